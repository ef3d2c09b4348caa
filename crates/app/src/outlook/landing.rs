//! `shenggui outlook landing`: how the landing of one firm comes about.

use crate::cli::LandingArgs;
use crate::office::{Office, refuse};
use crate::report::Report;
use anyhow::Result;

pub async fn command(_office: &Office, arguments: &LandingArgs) -> Result<Report> {
    refuse(arguments.uscc.clone())
}
