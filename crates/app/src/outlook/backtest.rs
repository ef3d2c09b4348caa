//! `shenggui outlook backtest`: what the forecast would have said at the end of each month, and
//! what the year brought.

use crate::cli::BacktestArgs;
use crate::office::{Office, refuse};
use crate::report::Report;
use anyhow::Result;

pub async fn command(_office: &Office, arguments: &BacktestArgs) -> Result<Report> {
    refuse(format!("{} 至 {}", arguments.from, arguments.to))
}
