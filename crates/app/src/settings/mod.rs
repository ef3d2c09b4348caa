//! What the data folder remembers about itself.

pub mod web;

use crate::office::Office;
use anyhow::Result;

const BANNER: &str = "banner";

/// “演示数据” on a demonstration province.
pub async fn banner(office: &Office) -> Result<Option<String>> {
    Ok(programme::database::setting(office.db.reading(), BANNER).await?)
}

const FINISHED: &str = "demonstration-finished";

/// Whether a demonstration province was built to its end.
pub async fn is_finished(office: &Office) -> Result<bool> {
    let found = programme::database::setting(office.db.reading(), FINISHED).await?;
    Ok(found.is_some())
}

pub async fn set_finished(office: &Office) -> Result<()> {
    keep(office, FINISHED, "yes").await
}

pub async fn set_banner(office: &Office, text: &str) -> Result<()> {
    keep(office, BANNER, text).await
}

async fn keep(office: &Office, name: &str, content: &str) -> Result<()> {
    let tx = office.db.begin_writing().await?;
    programme::database::keep_setting(&tx, name, content).await?;
    tx.commit().await?;
    Ok(())
}
