//! The section `[oidc]`: which provider, who this program is there, and how it is reached.
//!
//! The secret comes from the environment or from a file of its own, never from the section.

use super::client::Client;
use crate::office::refuse;
use anyhow::{Context, Result};
use openidconnect::url::Url;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the browser comes back to, below the public address.
pub const CALLBACK: &str = "/session/sign-on/callback";

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "usual_name")]
    name: String,
    address: String,
    #[serde(default)]
    factor: bool,
    #[serde(default)]
    plain_http: bool,
    certificates: Option<PathBuf>,
    #[serde(default = "usual_wait")]
    wait_seconds: u64,
}

fn usual_name() -> String {
    "统一身份认证".to_string()
}

fn usual_wait() -> u64 {
    10
}

/// What is known of the provider before it is asked anything.
pub struct Settings {
    /// As the provider itself writes it, to the last sign.
    pub issuer: String,
    pub client_id: String,
    pub secret: Secret,
    /// What people call the provider.
    pub name: String,
    /// The whole address of [`CALLBACK`].
    pub callback: String,
    /// Whether the provider itself asks for a second factor.
    pub factor: bool,
    pub client: Client,
}

/// A text that is shown nowhere.
pub struct Secret(String);

impl Secret {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("（不显示）")
    }
}

/// Keys that the environment may set, and whether the value is a text.
const KEYS: &[(&str, bool)] = &[
    ("issuer", true),
    ("client_id", true),
    ("client_secret_file", true),
    ("name", true),
    ("address", true),
    ("factor", false),
    ("plain_http", false),
    ("certificates", true),
    ("wait_seconds", false),
];

/// Reads the section, and above it `SHENGGUI_OIDC_<NAME>` of the environment; none where
/// neither says anything. Paths that are not absolute start at the folder.
///
/// # Errors
/// A refusal that names the key.
pub fn read(
    section: Option<toml::Value>,
    environment: impl Fn(&str) -> Option<String>,
    folder: &Path,
) -> Result<Option<Settings>> {
    let mut table = match section {
        None => toml::Table::new(),
        Some(toml::Value::Table(table)) => table,
        Some(_) => return refuse("配置有误：单点登录写成一节 [oidc]"),
    };
    // Not left to the reader of keys: its refusal might show the value.
    if table.contains_key("client_secret") {
        return refuse(
            "客户端密钥不写进 [oidc]：请改用环境变量 SHENGGUI_OIDC_CLIENT_SECRET，或写进单独的文件，用 client_secret_file 指明",
        );
    }
    let from_environment =
        |key: &str| environment(&format!("SHENGGUI_OIDC_{}", key.to_uppercase()));
    for (key, is_text) in KEYS {
        if let Some(text) = from_environment(key) {
            let value = match is_text {
                true => text.into(),
                false => super::super::config::typed(&text),
            };
            table.insert((*key).to_string(), value);
        }
    }
    let secret = from_environment("client_secret");
    if table.is_empty() && secret.is_none() {
        return Ok(None);
    }
    let written: Written = match table.try_into() {
        Ok(written) => written,
        Err(error) => return refuse(format!("单点登录的配置 [oidc] 有误：{}", error.message())),
    };
    checked(written, secret, folder).map(Some)
}

fn checked(written: Written, secret: Option<String>, folder: &Path) -> Result<Settings> {
    let secret = match (secret, &written.client_secret_file) {
        (Some(secret), _) => secret,
        (None, Some(path)) => {
            let path = folder.join(path);
            let shown = path.display();
            std::fs::read_to_string(&path)
                .with_context(|| format!("客户端密钥文件“{shown}”不能读取"))?
        }
        (None, None) => String::new(),
    };
    let secret = secret.trim().to_string();
    if secret.is_empty() {
        return refuse(
            "单点登录没有客户端密钥：请给出环境变量 SHENGGUI_OIDC_CLIENT_SECRET，或在 [oidc] 用 client_secret_file 指明文件",
        );
    }
    if written.client_id.is_empty() || written.name.trim().is_empty() {
        return refuse("单点登录的 client_id 和 name 不能为空");
    }
    let plain = written.plain_http;
    address_of("issuer", &written.issuer, plain)?;
    let own = address_of("address", &written.address, plain)?;
    if own.path() != "/" || own.query().is_some() || own.fragment().is_some() {
        return refuse(
            "单点登录的 address 只写本系统的公开地址，不带路径，例如 https://sgt.example.gov.cn",
        );
    }
    if !(1..=60).contains(&written.wait_seconds) {
        return refuse("单点登录的 wait_seconds 写1至60");
    }
    let certificates = match &written.certificates {
        None => None,
        Some(path) => {
            let path = folder.join(path);
            let shown = path.display();
            let bytes =
                std::fs::read(&path).with_context(|| format!("证书文件“{shown}”不能读取"))?;
            Some((shown.to_string(), bytes))
        }
    };
    let wait = Duration::from_secs(written.wait_seconds);
    Ok(Settings {
        client: Client::new(certificates, plain, wait)?,
        callback: format!("{}{CALLBACK}", written.address.trim_end_matches('/')),
        issuer: written.issuer,
        client_id: written.client_id,
        secret: Secret(secret),
        name: written.name.trim().to_string(),
        factor: written.factor,
    })
}

/// An address of the web; without encryption only where the configuration allows it.
fn address_of(key: &str, text: &str, plain: bool) -> Result<Url> {
    let url = Url::parse(text).ok().filter(|url| url.has_host());
    match url {
        Some(url) if url.scheme() == "https" => Ok(url),
        Some(url) if url.scheme() == "http" && plain => Ok(url),
        Some(url) if url.scheme() == "http" => refuse(format!(
            "单点登录的 {key} 要用 https；只走内网且确实没有 https 的，在 [oidc] 写明 plain_http = true"
        )),
        _ => refuse(format!("单点登录的 {key}“{text}”不是网址")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cret-of-the-client";

    fn check(section: &str, secret: Option<&str>) -> Result<Option<Settings>> {
        let section = toml::from_str::<toml::Table>(section).expect("a table");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("none.pem"), "nothing").expect("written");
        std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).expect("written");
        let environment = |name: &str| secret.filter(|_| name == "SHENGGUI_OIDC_CLIENT_SECRET");
        let environment = |name: &str| environment(name).map(str::to_string);
        let section = (!section.is_empty()).then_some(toml::Value::Table(section));
        read(section, environment, folder.path())
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_is_shown() {
        let head = "client_id = \"sgt\"\naddress = \"https://sgt.example\"\n";
        for (rest, secret, fault) in [
            ("issuer = \"https://id.example\"", None, "没有客户端密钥"),
            (
                "issuer = \"http://id.example\"",
                Some(SECRET),
                "plain_http = true",
            ),
            ("issuer = \"ftp://id.example\"", Some(SECRET), "不是网址"),
            ("issuer = \"统一身份\"", Some(SECRET), "不是网址"),
            ("", Some(SECRET), "issuer"),
            (
                "issuer = \"https://id.example\"\nclient_secret = \"s3cret-of-the-client\"",
                None,
                "不写进",
            ),
            (
                "issuer = \"https://id.example\"\nverify = false",
                Some(SECRET),
                "verify",
            ),
            (
                "issuer = \"https://id.example\"\nwait_seconds = 0",
                Some(SECRET),
                "wait_seconds",
            ),
            (
                "issuer = \"https://id.example\"\ncertificates = \"none.pem\"",
                Some(SECRET),
                "没有证书",
            ),
            (
                "issuer = \"https://id.example\"\nclient_secret_file = \"gone\"",
                None,
                "不能读取",
            ),
        ] {
            let error = check(&format!("{head}{rest}"), secret).err();
            let told = error.map_or(String::new(), |error| format!("{error:#}"));
            assert!(told.contains(fault), "{rest}: {told}");
            assert!(!told.contains(SECRET), "{told}");
        }
    }

    #[test]
    fn the_secret_comes_from_its_file_and_the_address_is_whole() {
        let section = "issuer = \"http://id.example\"\nclient_id = \"sgt\"\n\
             address = \"http://sgt.example/\"\nplain_http = true\n\
             client_secret_file = \"secret\"\n";
        let settings = check(section, None).expect("right").expect("a section");
        assert_eq!(settings.secret.reveal(), SECRET);
        assert_eq!(
            settings.callback,
            "http://sgt.example/session/sign-on/callback"
        );
        assert!(!format!("{:?}", settings.secret).contains(SECRET));
        assert!(check("", None).expect("right").is_none());
    }
}
