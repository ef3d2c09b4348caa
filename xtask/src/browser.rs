//! The browser that the tests of pages drive: Debian's chromium with its driver.
//!
//! Example: `browser::provide()?` before the tests run.

use crate::postgres::{apt_get, has_program, user_id};
use anyhow::{Context, Result, bail};

const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];
/// Pages are looked at with characters, not with boxes.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Makes sure that there is a browser; installs it where that is allowed.
pub fn provide() -> Result<()> {
    let missing = || PROGRAMS.iter().copied().filter(|name| !has_program(name));
    let names: Vec<&str> = missing().collect();
    if names.is_empty() {
        return Ok(());
    }
    let advice = format!(
        "not on PATH: {}.\nInstall them (Debian: apt-get install {})",
        names.join(", "),
        PACKAGES.join(" ")
    );
    if user_id("")? != 0 || !has_program("apt-get") {
        bail!(advice);
    }
    eprintln!("browser: installing Debian's packages");
    apt_get(&["update"]).with_context(|| advice.clone())?;
    let install = [&["install"][..], &PACKAGES].concat();
    apt_get(&install).with_context(|| advice.clone())?;
    match missing().next() {
        None => Ok(()),
        Some(_) => bail!(advice),
    }
}
