//! One account for each role of the demonstration, all with the same password.

use crate::office::Office;
use crate::people::passwords;
use anyhow::{Context, Result};
use chrono::Utc;
use programme::people::{accounts, passwords as kept};
use serde::Deserialize;

const FILE: &str = include_str!("../../../../demo/accounts.toml");

#[derive(Deserialize)]
struct Accounts {
    password: String,
    account: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    login: String,
    name: String,
    /// Organisation and role.
    posts: Vec<(String, String)>,
}

fn read() -> Result<Accounts> {
    toml::from_str(FILE).context("demo/accounts.toml")
}

/// Makes the accounts.
pub(super) async fn make(office: &Office) -> Result<()> {
    let given = read()?;
    let hash = passwords::hash(&given.password)?;
    let at = Utc::now().timestamp();
    let tx = office.db.begin_writing().await?;
    for entry in &given.account {
        // A demonstration that was interrupted has them already.
        let known = accounts::account_of_login(&tx, &entry.login).await?;
        if known.is_some() {
            continue;
        }
        let id = accounts::create(&tx, &entry.login, &entry.name, "", at).await?;
        kept::keep(&tx, id, &hash, false, at).await?;
        for (organisation, role) in &entry.posts {
            accounts::give_post(&tx, id, organisation, role, at).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Lines that tell who can sign in.
pub(super) fn told() -> Result<Vec<String>> {
    let given = read()?;
    let names = given
        .account
        .iter()
        .map(|own| format!("{}（{}）", own.login, own.name));
    Ok(vec![
        format!("演示账号：{}", names.collect::<Vec<_>>().join("、")),
        format!("密码都是 {}", given.password),
    ])
}
