//! Of when the page is: the newest figures with all records, or an earlier month as it was
//! known on a day, with what had been recorded by then.

use crate::office::{Office, refuse, today};
use anyhow::Result;
use chrono::{Local, NaiveDate, NaiveTime, TimeZone};
use programme::journal::Horizon;
use programme::outlook::{self, Snapshot};
use rules::period::Month;

/// A snapshot with the records that belong to it.
#[derive(Debug, Clone)]
pub struct Moment {
    pub snapshot: Snapshot,
    pub horizon: Horizon,
    /// Day whose law decides.
    pub law: NaiveDate,
    /// Whether an earlier state is shown.
    pub is_past: bool,
}

/// What an address asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub as_of: Option<Month>,
    pub known_by: Option<NaiveDate>,
}

impl Wanted {
    /// # Errors
    /// A refusal where a month or a day is not written as one.
    pub fn read(as_of: &str, known_by: &str) -> Result<Wanted> {
        let as_of = match as_of.trim() {
            "" => None,
            text => match text.parse() {
                Ok(month) => Some(month),
                Err(_) => return refuse(format!("月份“{text}”请写成 2026-06")),
            },
        };
        let known_by = match known_by.trim() {
            "" => None,
            text => match text.parse() {
                Ok(day) => Some(day),
                Err(_) => return refuse(format!("日期“{text}”请写成 2026-09-30")),
            },
        };
        Ok(Wanted { as_of, known_by })
    }
}

/// The moment that is asked for, and the months that can be asked for, newest first.
pub async fn moment(office: &Office, wanted: Wanted) -> Result<(Moment, Vec<Month>)> {
    let mut all = outlook::snapshots(office.db.reading()).await?;
    all.sort_by_key(|own| (own.as_of, own.known_by, own.id));
    let Some(newest) = all.last().map(|own| own.id) else {
        return refuse("还没有运行过，没有可以显示的数字；请先发起一次全省计算");
    };
    let mut months: Vec<Month> = all.iter().rev().map(|own| own.as_of).collect();
    months.dedup();
    let fits = |own: &&Snapshot| {
        wanted.as_of.is_none_or(|month| own.as_of == month)
            && wanted.known_by.is_none_or(|day| own.known_by <= day)
    };
    let Some(snapshot) = all.iter().rfind(fits).cloned() else {
        let month = wanted
            .as_of
            .map(|month| format!("截至{}", month.in_words()));
        let day = wanted.known_by.map(|day| format!("{day} 以前收到数据"));
        let asked: Vec<String> = month.into_iter().chain(day).collect();
        return refuse(format!("没有{}的快照，请换一个日期", asked.join("、")));
    };
    let is_past = wanted.known_by.is_some() || snapshot.id != newest;
    let moment = match is_past {
        true => past(snapshot, wanted.known_by),
        false => Moment {
            snapshot,
            horizon: Horizon::ALL,
            law: today(),
            is_past,
        },
    };
    Ok((moment, months))
}

/// What had been recorded of days up to `day` by the end of it. A snapshot that looked back
/// was made later: what stood in the records then belongs to it too.
fn past(snapshot: Snapshot, day: Option<NaiveDate>) -> Moment {
    let on = day.unwrap_or(snapshot.known_by).min(today());
    let next = on.succ_opt().unwrap_or(on).and_time(NaiveTime::MIN);
    let end = Local.from_local_datetime(&next).earliest();
    let end = end.map_or(i64::MAX, |end| end.timestamp() - 1);
    Moment {
        horizon: Horizon {
            on,
            at: end.max(snapshot.at),
        },
        snapshot,
        law: on,
        is_past: true,
    }
}
