//! The journal for auditors: lines by who, what, when; whether it is whole; all of it as a
//! workbook. Nothing can be changed here.

use super::{COLUMNS, act_name, export, fields, start_of};
use crate::office::Office;
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::file;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use anyhow::Context;
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Query};
use chrono::{Days, NaiveDate};
use programme::journal::{self, Chain, JournalFilter};
use programme::people::Organisation;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Lines on a page.
const LINES: u32 = 100;
/// Characters of a field that is searched for.
const TEXT_MAX: usize = 60;

pub fn routes() -> Routes {
    let reading = Access::May(Right::Journal);
    Routes::new()
        .get("/journal", reading, list_lines)
        .get("/journal/verification", reading, show_verification)
        .post(
            "/journal/export",
            Access::May(Right::ExportJournal),
            create_export,
        )
}

/// What is looked for, as the form sends it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Asked {
    act: String,
    organisation: String,
    person: String,
    subject: String,
    from: String,
    to: String,
    text: String,
    before: String,
}

impl Asked {
    /// Name, label and value of what is set.
    fn set(&self) -> [(&'static str, &'static str, &str); 7] {
        [
            ("act", "事项", &self.act),
            ("organisation", "单位", &self.organisation),
            ("person", "经办人", &self.person),
            ("subject", "对象", &self.subject),
            ("from", "自", &self.from),
            ("to", "至", &self.to),
            ("text", "含有", &self.text),
        ]
    }

    fn address(&self) -> Address {
        let set = self.set().into_iter();
        set.fold(Address::of("/journal"), |address, (name, _, value)| {
            address.with(name, value)
        })
    }

    fn filter(&self, office: &Office) -> Result<JournalFilter, Failure> {
        if let Some((_, label, _)) = self
            .set()
            .iter()
            .find(|own| own.2.chars().count() > TEXT_MAX)
        {
            let text = format!("“{label}”最多{TEXT_MAX}字，请缩短");
            return Err(Failure::Malformed(text));
        }
        let some = |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty());
        let organisation = match some(&self.organisation) {
            Some(name) => Some(organisation(office, &name)?.id()),
            None => None,
        };
        let after = day(&self.to)?.and_then(|day| day.checked_add_days(Days::new(1)));
        Ok(JournalFilter {
            act: some(&self.act),
            organisation,
            person: some(&self.person),
            subject: some(&self.subject),
            from: day(&self.from)?.and_then(start_of),
            to: after.and_then(start_of).map(|next| next - 1),
            text: some(&self.text),
            before: match self.before.as_str() {
                "" => None,
                text => {
                    Some(text.parse().map_err(|_| {
                        Failure::Malformed("页码不对，请从第一页重新翻起".to_string())
                    })?)
                }
            },
            limit: LINES,
        })
    }
}

/// An agency, an area or county, or a firm by its credit code.
fn organisation(office: &Office, name: &str) -> Result<Organisation, Failure> {
    if let Some(firm) = rules::uscc::Uscc::written(name) {
        return Ok(Organisation::Firm(firm));
    }
    let found = Organisation::read(&office.pack, name);
    found.map_err(|_| {
        Failure::Refused(format!(
            "没有“{name}”这个单位，请写部门、市县名称或信用代码"
        ))
    })
}

fn day(text: &str) -> Result<Option<NaiveDate>, Failure> {
    match text {
        "" => Ok(None),
        text => match text.parse() {
            Ok(day) => Ok(Some(day)),
            Err(_) => {
                let text = format!("日期“{text}”请写成 2026-09-30");
                Err(Failure::Malformed(text))
            }
        },
    }
}

#[derive(Template)]
#[template(path = "journal/list.html")]
struct ListPage {
    frame: Frame,
    asked: Asked,
    acts: Vec<Choice>,
    chips: Vec<Chip>,
    count: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    next: String,
    may_export: bool,
}

struct Choice {
    id: String,
    name: String,
    is_chosen: bool,
}

struct Chip {
    label: &'static str,
    value: String,
    without: String,
}

async fn list_lines(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let db = office.db.reading();
    let filter = asked.filter(office)?;
    let found = journal::search(db, &filter).await?;
    let counted = journal::count(db, &filter).await?;
    let acts = journal::acts(db).await?;
    let acts = acts.into_iter().map(|id| Choice {
        name: act_name(&id).to_string(),
        is_chosen: id == asked.act,
        id,
    });
    let set = asked.set().into_iter();
    let chips = set
        .filter(|own| !own.2.is_empty())
        .map(|(name, label, value)| Chip {
            label,
            value: match name {
                "act" => act_name(value).to_string(),
                _ => value.to_string(),
            },
            without: asked.address().without(name).to_string(),
        });
    let more = if counted.is_more { "以上" } else { "" };
    let rows = found.lines.iter().map(|line| {
        let shown = fields(office, line);
        shown.iter().map(|field| field.shown()).collect()
    });
    html(&ListPage {
        frame: visitor.frame("日志", "/journal").await?,
        acts: acts.collect(),
        chips: chips.collect(),
        count: format!(
            "{}条{more}",
            crate::report::Field::Count(counted.lines).shown()
        ),
        columns: COLUMNS.iter().map(|(_, label)| *label).collect(),
        rows: rows.collect(),
        next: found.next.map_or(String::new(), |before| {
            asked.address().with("before", before).to_string()
        }),
        may_export: visitor.may(Right::ExportJournal),
        asked,
    })
}

#[derive(Template)]
#[template(path = "journal/verification.html")]
struct VerificationPage {
    frame: Frame,
    is_whole: bool,
    text: String,
    anchor: String,
}

/// Walks the whole chain, which takes some seconds for millions of lines.
async fn show_verification(visitor: Visitor) -> Outcome {
    let db = visitor.office().db.reading();
    let (is_whole, text) = match journal::verify(db).await? {
        Chain::Whole { lines } => {
            let lines = crate::report::Field::Count(lines).shown();
            (
                true,
                format!("日志完整，共{lines}条，逐条核对无误，没有被改动。"),
            )
        }
        Chain::Broken { line } | Chain::Diverged { line } => (
            false,
            format!("日志第{line}条起与校验链不符，可能被改动或缺失，请立即核查并保留现场。"),
        ),
    };
    let head = journal::head(db).await?;
    html(&VerificationPage {
        frame: visitor.frame("日志核对", "/journal").await?,
        is_whole,
        text,
        anchor: format!("{}:{}", head.lines, head.hash),
    })
}

/// All lines that are looked for as a workbook. It is written before it is sent: nobody gets
/// it without a line that says so.
async fn create_export(visitor: Visitor, Form(asked): Form<Asked>) -> Outcome {
    let office = visitor.office();
    let filter = asked.filter(office)?;
    let folder = tempfile::tempdir()
        .context("a private folder")
        .map_err(Failure::World)?;
    let path = folder.path().join("日志.xlsx");
    let act = visitor.act()?;
    export(office, filter, &path, &act).await?;
    let opened = tokio::fs::File::open(&path).await;
    let opened = opened.context("the export").map_err(Failure::World)?;
    let body = Body::from_stream(futures_util::stream::unfold(
        (opened, folder),
        |(mut opened, folder)| async move {
            use tokio::io::AsyncReadExt;
            let mut piece = vec![0; 64 * 1024];
            match opened.read(&mut piece).await {
                Ok(0) => None,
                Ok(length) => {
                    piece.truncate(length);
                    Some((Ok(axum::body::Bytes::from(piece)), (opened, folder)))
                }
                Err(error) => Some((Err(error), (opened, folder))),
            }
        },
    ));
    let name = format!("日志_{}.xlsx", act.on.format("%Y%m%d"));
    Ok(file(&name, body))
}
