//! How long the forecast of the series of a file takes, without reading it or writing anything.
//!
//! ```text
//! shenggui bench forecast --input series.csv --horizon 18 --threads 1
//! ```

use super::verdicts::best;
use crate::cli::ForecastTimeArgs;
use crate::outlook::forecast::series_of;
use crate::report::{Field, Report};
use anyhow::Result;
use programme::outlook::forecast::series::forecast as ahead;

/// `shenggui bench forecast`.
pub(super) fn forecast(arguments: &ForecastTimeArgs) -> Result<Report> {
    let series = series_of(&arguments.input)?;
    let (micros, _) = best(arguments.rounds, || ahead(&series, arguments.horizon));
    Ok(Report::new("序列预测用时")
        .fact("series", "序列", Field::Count(series.len() as i64))
        .fact(
            "threads",
            "线程",
            Field::Count(rayon::current_num_threads() as i64),
        )
        .fact("micros", "全部序列（微秒）", Field::Count(micros)))
}
