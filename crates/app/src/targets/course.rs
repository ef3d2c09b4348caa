//! How a year went, month by month, against its target and the two lines: computed once for
//! everybody, shown to each as far as it is theirs.

use crate::extent::Extent;
use crate::grounds::book;
use crate::office::Office;
use anyhow::Result;
use programme::outlook::{self, Firms, Snapshot};
use programme::targets;
use programme::targets::progress::{Progress, line_of_year, progress};
use rules::pack::Pack;
use rules::period::Month;
use serde_json::{Value, json};
use std::sync::Arc;

/// Progress at the end of every month of a year up to its newest snapshot.
pub struct Course {
    pub snapshot: Snapshot,
    pub months: Vec<Progress>,
    /// The lines of the whole year, in percent by month.
    pub linear: Vec<u32>,
    pub expected: Vec<u32>,
}

/// The course of a year; none where nothing was run for it.
pub async fn course(office: &Office, year: i32) -> Result<Option<Arc<Course>>> {
    let db = office.db.reading();
    let all = outlook::snapshots(db).await?.into_iter();
    let own = all.filter(|snapshot| snapshot.as_of.year() == year);
    let Some(snapshot) = own.max_by_key(|own| (own.as_of, own.known_by, own.id)) else {
        return Ok(None);
    };
    let issued = targets::issued(db, &office.pack, year).await?;
    let made_from = format!("{:?}", (snapshot.id, &issued, &office.pack.fingerprint));
    let courses = &office.memory.courses;
    if let Some(kept) = courses.get(&made_from) {
        return Ok(Some(kept));
    }
    let _turn = office.memory.composing.lock().await;
    if let Some(kept) = courses.get(&made_from) {
        return Ok(Some(kept));
    }
    // The newest firms stay in memory; those of an earlier year are read and let go.
    let firms: Arc<Firms> = match office.memory.firms(snapshot.id) {
        Some(firms) => firms,
        None => Arc::new(outlook::load(db, &office.pack, &snapshot).await?),
    };
    let book = book(office, &snapshot, &firms).await?;
    let pack = office.pack.clone();
    let made = tokio::task::spawn_blocking(move || {
        let months = (1..=snapshot.as_of.number()).filter_map(|number| Month::new(year, number));
        let months = months.map(|month| progress(&pack, &firms, &book.status, &issued, month));
        Course {
            months: months.collect(),
            linear: line_of_year(pack.progress.linear_percent),
            expected: line_of_year(pack.progress.expected_percent),
            snapshot,
        }
    });
    let made = Arc::new(made.await?);
    courses.keep(made_from, &made);
    Ok(Some(made))
}

impl Course {
    pub fn newest(&self) -> &Progress {
        self.months.last().expect("a snapshot has a month")
    }

    /// The figure for a page: title that says the finding, and the data of the drawing.
    pub fn chart(&self, pack: &Pack, extent: Extent) -> Option<Drawing> {
        let now = extent.progress(self.newest())?;
        let target = now.target.filter(|target| *target > 0)?;
        let done = |entered: u32| f64::from(entered * 1000 / target) / 10.0;
        let entered = self
            .months
            .iter()
            .filter_map(|month| extent.progress(month));
        let entered: Vec<u32> = entered.map(|line| line.entered).collect();
        let months = 1..=12u32;
        let values = |all: Vec<Value>| {
            let mut all = all;
            all.resize(12, Value::Null);
            all
        };
        let own = values(entered.iter().map(|count| json!(done(*count))).collect());
        let expected = self.newest().expected_percent;
        let gap = i64::from(now.entered) * 100 - i64::from(target) * i64::from(expected);
        let finding = match gap {
            gap if gap < 0 => "低于预期进度",
            _ => "达到预期进度",
        };
        let title = format!(
            "{}{}年完成 {}%，{finding}（{expected}%）",
            extent.name(pack),
            self.snapshot.as_of.year(),
            done(now.entered)
        );
        let categories: Vec<String> = months.clone().map(|month| format!("{month}月")).collect();
        let data = json!({
            "kind": "line",
            "title": title,
            "unit": "%",
            "categories": categories,
            "series": [
                { "name": "完成率", "values": own, "style": "solid" },
                { "name": "预期进度", "values": self.expected, "style": "dashed" },
                { "name": "时序进度", "values": self.linear, "style": "last-year" },
            ],
        });
        let rows = months.map(|month| {
            let place = month as usize - 1;
            let entered = entered.get(place);
            [
                format!("{month}月"),
                entered.map_or("—".to_string(), |count| count.to_string()),
                entered.map_or("—".to_string(), |count| format!("{:.1}%", done(*count))),
                format!("{}%", self.expected[place]),
                format!("{}%", self.linear[place]),
            ]
        });
        Some(Drawing {
            data: data.to_string(),
            rows: rows.collect(),
            title,
        })
    }
}

/// A chart with its table.
pub struct Drawing {
    pub title: String,
    pub data: String,
    /// Month, entered, completion, the two lines.
    pub rows: Vec<[String; 5]>,
}
