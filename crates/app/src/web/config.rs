//! How the pages are served: a TOML file, and the environment above it.
//!
//! Nothing here shows a secret; the address of the database comes from `DATABASE_URL`.

#[cfg(feature = "oidc")]
use super::oidc::Provider;
use crate::office::refuse;
use anyhow::{Context, Result};
use programme::people::sessions::Lifetimes;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;
#[cfg(feature = "oidc")]
use std::sync::Arc;

/// The file in the data folder that is read where none is named.
pub const FILE: &str = "shenggui.toml";

/// Settings of serving, all of which have a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen. Beyond this machine a proxy with TLS stands before it.
    pub listen: SocketAddr,
    /// Whether browsers reach the pages by HTTPS; cookies are then sent by HTTPS alone.
    pub secure: bool,
    /// A session that is not used ends after so many seconds.
    pub idle_seconds: i64,
    /// A session ends after so many seconds in any case.
    pub session_seconds: i64,
    /// Whether signing in ends the account's other sessions.
    pub one_session: bool,
    /// Whether every account needs a second factor.
    pub second_factor: bool,
    /// Whether the address of a visitor is the last one in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Bytes of an uploaded file.
    pub upload_bytes: usize,
    /// Bytes of any other request.
    pub request_bytes: usize,
    /// Requests of programs that an account may make in a minute, a sixth of them at once.
    pub api_per_minute: u32,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Name of this node among several on one database; empty for one of its own making.
    pub node: String,
    /// A node that says nothing for so long is taken for dead, and its job is done by another.
    pub lease_seconds: u64,
    /// The provider of single sign-on, which has a section of its own.
    #[cfg(feature = "oidc")]
    #[serde(skip)]
    pub provider: Option<Arc<Provider>>,
}

/// What pages say of single sign-on.
#[derive(Debug, Clone, Copy)]
pub struct SignOn<'a> {
    /// What people call the provider.
    pub name: &'a str,
    pub issuer: &'a str,
}

impl Config {
    /// Single sign-on, where it is configured.
    #[cfg(feature = "oidc")]
    pub fn sign_on(&self) -> Option<SignOn<'_>> {
        let provider = self.provider.as_ref()?;
        Some(SignOn {
            name: provider.name(),
            issuer: provider.issuer(),
        })
    }

    /// This program was built without single sign-on.
    #[cfg(not(feature = "oidc"))]
    pub fn sign_on(&self) -> Option<SignOn<'_>> {
        None
    }

    /// How long sessions hold.
    pub fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: self.idle_seconds,
            whole: self.session_seconds,
        }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8026)),
            secure: false,
            idle_seconds: 30 * 60,
            session_seconds: 12 * 3600,
            one_session: false,
            second_factor: false,
            behind_proxy: false,
            upload_bytes: 300 * 1024 * 1024,
            request_bytes: 512 * 1024,
            api_per_minute: 1_200,
            log_json: false,
            node: String::new(),
            lease_seconds: 30,
            #[cfg(feature = "oidc")]
            provider: None,
        }
    }
}

/// Reads the settings: the named file, or the data folder's own where there is one, or else
/// the defaults; then `SHENGGUI_<NAME>` of the environment.
///
/// # Errors
/// A refusal that names file, line and key.
pub fn read(named: Option<&Path>, folder: &Path) -> Result<Config> {
    let own = folder.join(FILE);
    let path = match named {
        Some(path) => Some(path),
        None => own.is_file().then_some(own.as_path()),
    };
    let mut table = toml::Table::new();
    if let Some(path) = path {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).with_context(|| format!("配置文件“{shown}”不能读取"))?;
        table = match text.parse() {
            Ok(table) => table,
            Err(error) => return refuse(format!("配置文件“{shown}”写法有误：{error}")),
        };
    }
    for key in KEYS {
        let name = format!("SHENGGUI_{}", key.to_uppercase());
        if let Ok(text) = std::env::var(&name) {
            table.insert((*key).to_string(), typed(&text));
        }
    }
    let section = table.remove(SECTION);
    let config: Config = match table.try_into() {
        Ok(config) => config,
        Err(error) => return refuse(format!("配置有误：{error}")),
    };
    with_sign_on(config, section, folder)
}

/// The section of single sign-on.
const SECTION: &str = "oidc";

#[cfg(feature = "oidc")]
fn with_sign_on(config: Config, section: Option<toml::Value>, folder: &Path) -> Result<Config> {
    let settings = super::oidc::read(section, |name| std::env::var(name).ok(), folder)?;
    Ok(Config {
        provider: settings.map(Provider::new).map(Arc::new),
        ..config
    })
}

/// Whoever wants single sign-on and does not get it must know.
#[cfg(not(feature = "oidc"))]
fn with_sign_on(config: Config, section: Option<toml::Value>, _: &Path) -> Result<Config> {
    let is_named = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("SHENGGUI_OIDC_");
    if section.is_some() || std::env::vars_os().any(|(name, _)| is_named(&name)) {
        return refuse(
            "配置要求单点登录（[oidc] 一节或环境变量 SHENGGUI_OIDC_…），但本程序没有带这项功能，没有启动。\
             请换用带单点登录的程序（构建时写 --features oidc），或删去这项配置",
        );
    }
    Ok(config)
}

/// Keys that the environment may set.
const KEYS: &[&str] = &[
    "listen",
    "secure",
    "idle_seconds",
    "session_seconds",
    "one_session",
    "second_factor",
    "behind_proxy",
    "upload_bytes",
    "request_bytes",
    "api_per_minute",
    "log_json",
    "node",
    "lease_seconds",
];

/// A value of the environment: truth, number, or text.
pub(super) fn typed(text: &str) -> toml::Value {
    match (text.parse::<bool>(), text.parse::<i64>()) {
        (Ok(truth), _) => truth.into(),
        (_, Ok(number)) => number.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_can_come_from_the_environment() {
        let default = toml::Table::try_from(toml::toml! {
            listen = "127.0.0.1:1"
        });
        assert!(default.is_ok());
        for key in KEYS {
            let text = format!("{key} = []");
            let table: toml::Table = text.parse().expect("a table");
            let error = table.try_into::<Config>().expect_err("a list fits nowhere");
            assert!(!error.to_string().contains("unknown field"), "{key}");
        }
    }
}
