//! One day: a person, and steps one after the other, as data.

use super::axe;
use crate::desk::Desk;
use crate::desk::served::Served;
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PASSWORD: &str = "Shenggui#2026";
/// How long a page may take to show what is expected.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    #[serde(skip)]
    pub name: String,
    /// Who signs in; nobody where a day begins without an account.
    #[serde(default)]
    login: Option<String>,
    /// `desktop` or `phone` where the day is for one of them alone.
    #[serde(default)]
    only: Option<String>,
    step: Vec<Step>,
}

/// One thing done and what is then seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Step {
    /// An address.
    open: Option<String>,
    /// Words of a link or button.
    press: Option<String>,
    /// A CSS selector to press, where words do not do.
    click: Option<String>,
    /// Name of a field and what is written into it.
    fill: BTreeMap<String, String>,
    /// A file for the field of this name: a path below the data folder.
    file: BTreeMap<String, String>,
    /// Words that must then be on the page.
    see: Vec<String>,
    /// Words that must not.
    miss: Vec<String>,
    /// An act that this person must then have in the journal.
    journal: Option<String>,
    /// Name of the picture of what is then shown; axe looks at it too.
    shot: Option<String>,
}

impl Day {
    /// All days, by their file names.
    pub fn all() -> Vec<Day> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/days");
        let entries = std::fs::read_dir(&folder).expect("the days");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        let read = paths.iter().map(|path| {
            let text = std::fs::read_to_string(path).expect("a day in UTF-8");
            let mut day: Day =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            day.name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            day
        });
        read.collect()
    }

    pub fn fits(&self, width: u32) -> bool {
        match self.only.as_deref() {
            Some("phone") => width <= 600,
            Some(_) => width > 600,
            None => true,
        }
    }
}

/// Lives the day; tells what was not as it should be. The first step that cannot be done
/// ends it.
pub async fn live(
    browser: &Client,
    desk: &Desk,
    served: &Served,
    day: &Day,
    size: (u32, u32),
) -> Vec<String> {
    let mut told = Vec::new();
    let site = format!("http://{}", served.address);
    if let Some(login) = &day.login {
        browser
            .goto(&format!("{site}/session"))
            .await
            .expect("the page of signing in");
        told.extend(axe::complaints(browser).await);
        write(browser, "login", login)
            .await
            .expect("a field for the login");
        write(browser, "password", PASSWORD)
            .await
            .expect("a field for the password");
        press(browser, "登录").await.expect("a button to sign in");
        // What is opened next must not be overtaken by the first page.
        let person = browser.wait().at_most(3 * PATIENCE);
        let person = person.for_element(Locator::Css(".person, .stamp")).await;
        person.expect("a page that knows who signed in");
    }
    for (number, step) in day.step.iter().enumerate() {
        let done = take(browser, desk, &site, step).await;
        let seen = match done {
            Ok(()) => look(browser, desk, day, step).await,
            Err(error) => Err(error),
        };
        if let Some(shot) = &step.shot {
            told.extend(
                axe::complaints(browser)
                    .await
                    .into_iter()
                    .map(|text| format!("{shot}: {text}")),
            );
            told.extend(
                wide(browser, size.0)
                    .await
                    .map(|text| format!("{shot}: {text}")),
            );
            picture(browser, shot, size).await;
        }
        if let Err(error) = seen {
            let address = browser
                .current_url()
                .await
                .map_or_else(|e| e.to_string(), |url| url.to_string());
            picture(browser, &format!("failed-{}", day.name), size).await;
            told.push(format!("step {} at {address}: {error}", number + 1));
            return told;
        }
    }
    told
}

async fn take(browser: &Client, desk: &Desk, site: &str, step: &Step) -> Result<(), String> {
    if let Some(address) = &step.open {
        let opened = browser.goto(&format!("{site}{address}")).await;
        opened.map_err(|error| format!("{address} does not open: {error}"))?;
    }
    for (name, text) in &step.fill {
        write(browser, name, text).await?;
    }
    for (name, path) in &step.file {
        let path = desk.path(path);
        let field = find(browser, &format!("//input[@name='{name}']")).await?;
        let path = path.display().to_string();
        field
            .send_keys(&path)
            .await
            .map_err(|error| format!("{name}: {error}"))?;
    }
    if let Some(selector) = &step.click {
        let element = browser
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await;
        let element = element.map_err(|_| format!("nothing is {selector}"))?;
        element
            .click()
            .await
            .map_err(|error| format!("{selector}: {error}"))?;
    }
    if let Some(words) = &step.press {
        press(browser, words).await?;
    }
    Ok(())
}

async fn look(browser: &Client, desk: &Desk, day: &Day, step: &Step) -> Result<(), String> {
    for words in &step.see {
        let path = format!("//body//*[contains(normalize-space(.), '{words}')]");
        find(browser, &path)
            .await
            .map_err(|_| format!("“{words}” is not on the page"))?;
    }
    for words in &step.miss {
        let text = browser.find(Locator::Css("body")).await;
        let text = text
            .map_err(|error| error.to_string())?
            .text()
            .await
            .unwrap_or_default();
        if text.contains(words.as_str()) {
            return Err(format!("“{words}” is on the page"));
        }
    }
    if let Some(act) = &step.journal {
        let login = day.login.as_deref().unwrap_or_default();
        let lines = desk
            .run(&["--json", "journal", "list", "--act", act])
            .done()
            .stdout;
        if !lines.contains(&format!("（{login}）")) {
            return Err(format!("the journal has no {act} of {login}: {lines}"));
        }
    }
    Ok(())
}

async fn find(browser: &Client, path: &str) -> Result<Element, String> {
    let found = browser
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::XPath(path))
        .await;
    found.map_err(|_| format!("nothing is {path}"))
}

/// Writes into the field of a name; a choice is made by its words or its value.
async fn write(browser: &Client, name: &str, text: &str) -> Result<(), String> {
    let path = format!(
        "//*[@name='{name}' and not(@type='hidden') and not(ancestor::dialog[not(@open)])]"
    );
    let field = find(browser, &path).await?;
    let failed = |error: fantoccini::error::CmdError| format!("{name}: {error}");
    match field.tag_name().await.map_err(failed)?.as_str() {
        "select" => {
            let by_words = field.select_by_label(text).await;
            match by_words {
                Ok(()) => Ok(()),
                Err(_) => field.select_by_value(text).await.map_err(failed),
            }
        }
        _ => {
            let kind = field
                .attr("type")
                .await
                .map_err(failed)?
                .unwrap_or_default();
            if kind == "checkbox" || kind == "radio" {
                let own = format!("//input[@name='{name}' and @value='{text}']");
                return find(browser, &own).await?.click().await.map_err(failed);
            }
            if kind == "date" {
                let script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))";
                let element = serde_json::to_value(field).expect("an element");
                browser
                    .execute(script, vec![element, text.into()])
                    .await
                    .map_err(failed)?;
                return Ok(());
            }
            field.clear().await.map_err(failed)?;
            field.send_keys(text).await.map_err(failed)
        }
    }
}

/// Presses the first visible link or button with these words.
async fn press(browser: &Client, words: &str) -> Result<(), String> {
    let path = format!(
        "//*[(self::a or self::button or self::summary or self::label) and contains(normalize-space(.), '{words}')]"
    );
    find(browser, &path)
        .await
        .map_err(|_| format!("nothing to press is called “{words}”"))?;
    let found = browser.find_all(Locator::XPath(&path)).await;
    for element in found.map_err(|error| error.to_string())? {
        if element.is_displayed().await.unwrap_or(false) {
            return element
                .click()
                .await
                .map_err(|error| format!("{words}: {error}"));
        }
    }
    Err(format!("what is called “{words}” is not to be seen"))
}

/// A page never asks to be moved sideways: what is too wide scrolls by itself.
async fn wide(browser: &Client, width: u32) -> Option<String> {
    let script = "return document.documentElement.scrollWidth";
    let found = browser.execute(script, Vec::new()).await.ok()?.as_u64()?;
    (found > u64::from(width) + 1)
        .then(|| format!("the page is {found} wide on a screen of {width}"))
}

/// Takes a picture of the whole page, where pictures are wanted.
async fn picture(browser: &Client, name: &str, (width, _): (u32, u32)) {
    let Ok(folder) = std::env::var("SHENGGUI_SHOTS") else {
        return;
    };
    let image = browser.screenshot().await.expect("a picture");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let path = Path::new(&folder).join(format!("{name}-{width}.png"));
    std::fs::write(path, image).expect("a picture is kept");
}
