//! What the data folder remembers about itself.

use crate::office::Office;
use anyhow::Result;

const BANNER: &str = "banner";

/// “演示数据” on a demonstration province.
pub async fn banner(office: &Office) -> Result<Option<String>> {
    Ok(programme::database::setting(office.db.reading(), BANNER).await?)
}

pub async fn set_banner(office: &Office, text: &str) -> Result<()> {
    let tx = office.db.begin_writing().await?;
    programme::database::keep_setting(&tx, BANNER, text).await?;
    tx.commit().await?;
    Ok(())
}
