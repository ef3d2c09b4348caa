//! 经历: everything that happened to one firm on one line of time, from registers, confirmed
//! lists, and records of what was done.
//!
//! Cases and visits take their place here once they are recorded: an event is a day, words and
//! who; nothing else asks where it comes from.

use super::kept::told;
use super::material::Delivered;
use crate::measures::Subject;
use crate::office::Office;
use anyhow::Result;
use chrono::NaiveDate;
use programme::deliveries::day_from;
use programme::measures::{NoticeKind, RecordedOutcome};
use programme::outlook::follow_ups::{self, FollowUp};
use programme::people::Organisation;
use programme::pool::{self, PoolAct};
use programme::register::{self, Door, Enterprise, StatusBook};
use rules::expression::Kind as FactKind;
use rules::money::Fen;
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField};
use rules::period::Month;
use rules::uscc::Uscc;
use serde::Serialize;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    Register,
    Status,
    Pool,
    Warning,
    Push,
    Outcome,
}

/// One event.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub about: About,
    /// A day, or a month where no day is known.
    pub at: String,
    /// What it is put in order by.
    #[serde(skip)]
    pub day: NaiveDate,
    pub text: String,
    /// Who did it, or who says so.
    pub by: String,
    pub link: Option<String>,
}

/// The line of time, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct History {
    pub events: Vec<Event>,
}

/// Who the firm is by the lists, and what was recorded of it.
pub struct Recorded {
    pub enterprise: Option<Enterprise>,
    pub book: StatusBook,
    /// Codes of the firm, oldest first.
    pub codes: Vec<Uscc>,
    pub pool: Vec<PoolAct>,
    pub follow_ups: Vec<FollowUp>,
    pub outcomes: Vec<RecordedOutcome>,
    pub pushed: Vec<Pushed>,
}

/// One notice of a push to the firm.
pub struct Pushed {
    pub push: i64,
    pub on: NaiveDate,
    pub organisation: String,
    pub measure: String,
    pub kind: NoticeKind,
    /// Id of the fact that would decide.
    pub fact: Option<String>,
}

/// Reads all of it.
pub async fn recorded(
    office: &Office,
    subject: &Subject,
    delivered: &Delivered,
) -> Result<Recorded> {
    let db = office.db.reading();
    let (batches, stored) = (&delivered.batches, &delivered.stored);
    let as_of = subject.snapshot.as_of;
    let uscc = subject.firms.uscc(subject.firm);
    let enterprise =
        register::one_enterprise(db, &office.pack, batches, stored, as_of, uscc).await?;
    let (book, codes) = register::status_of(db, batches, stored, as_of, uscc).await?;
    Ok(Recorded {
        enterprise,
        book,
        codes,
        pool: pool::acts_of(db, uscc).await?,
        follow_ups: follow_ups::of(db, uscc).await?,
        outcomes: programme::measures::outcomes_of(db, uscc).await?,
        pushed: pushed(office, uscc).await?,
    })
}

async fn pushed(office: &Office, uscc: Uscc) -> Result<Vec<Pushed>> {
    let mut found = Vec::new();
    for told in told(office).await? {
        for notice in told.to(uscc.key()) {
            let Some(measure) = told.inputs.measures.get(notice.measure) else {
                continue;
            };
            found.push(Pushed {
                push: told.push.id,
                on: told.push.on,
                organisation: told.push.organisation.clone(),
                measure: measure.clone(),
                kind: notice.kind,
                fact: notice
                    .fact
                    .and_then(|fact| told.inputs.fact_ids.get(fact).cloned()),
            });
        }
    }
    Ok(found)
}

/// Puts everything on one line.
pub fn history(pack: &Pack, recorded: &Recorded) -> History {
    let mut events = Vec::new();
    events.extend(recorded.enterprise.iter().flat_map(founded));
    events.extend(stays(pack, recorded));
    events.extend(recorded.pool.iter().map(|act| of_pool(pack, act)));
    events.extend(
        recorded
            .follow_ups
            .iter()
            .flat_map(|own| followed(pack, own)),
    );
    events.extend(pushes(pack, &recorded.pushed));
    events.extend(recorded.outcomes.iter().map(|own| came(pack, own)));
    events.sort_by_key(|event| std::cmp::Reverse(event.day));
    History { events }
}

fn event(about: About, day: NaiveDate, text: String, by: String) -> Event {
    Event {
        about,
        at: day.to_string(),
        day,
        text,
        by,
        link: None,
    }
}

fn in_month(about: About, month: Month, text: String, by: String) -> Event {
    Event {
        at: month.in_words(),
        ..event(about, month.first_day(), text, by)
    }
}

fn founded(enterprise: &Enterprise) -> Vec<Event> {
    let by = format!("企业名录，第{}批次", enterprise.batch);
    let days = [
        (enterprise.established, "成立"),
        (enterprise.commissioned, "投产"),
    ];
    let known = days.into_iter().filter_map(|(day, word)| {
        let day = day_from(day)?;
        Some(event(About::Register, day, word.to_string(), by.clone()))
    });
    known.collect()
}

/// Entered and left, as the statistics authority confirmed.
fn stays(pack: &Pack, recorded: &Recorded) -> Vec<Event> {
    let mut events = Vec::new();
    let choices = pack
        .slot(Origin::Status(StatusField::LeftReason))
        .and_then(|slot| match &pack.facts[slot].kind {
            FactKind::Choice(choices) => Some(choices.as_slice()),
            _ => None,
        })
        .unwrap_or_default();
    let now = recorded.codes.last();
    for code in &recorded.codes {
        let under = match Some(code) == now {
            true => String::new(),
            false => format!("（曾用代码{code}）"),
        };
        for spell in recorded.book.spells(code.key()) {
            let by = format!("统计部门确认名单，第{}批次", spell.batch);
            let order = match recorded.book.was_in_before(code.key(), spell.entered) {
                true => "再次升规入库",
                false => "首次升规入库",
            };
            let door = match spell.door {
                Door::Annual => "年度",
                Door::Monthly => "月度",
            };
            let text = format!("{order}，{door}{under}");
            events.push(in_month(About::Status, spell.entered, text, by.clone()));
            if let Some(left) = spell.left {
                let reason = spell.reason.and_then(|own| choices.get(own.0 as usize));
                let reason = reason.map_or(String::new(), |own| format!("，原因：{}", own.name));
                let text = format!("退库{reason}{under}");
                events.push(in_month(About::Status, left, text, by));
            }
        }
    }
    events
}

/// “许昌市，经办人”.
pub(super) fn who(pack: &Pack, organisation: &str, person: &str, on: NaiveDate) -> String {
    let name = Organisation::from_id(pack, organisation)
        .map_or_else(|| organisation.to_string(), |own| own.name(pack, on));
    match person.is_empty() {
        true => name,
        false => format!("{name}，{person}"),
    }
}

fn of_pool(pack: &Pack, act: &PoolAct) -> Event {
    let class = pack.classes.iter().find(|class| class.id == act.class);
    let class = class.map_or(String::new(), |class| {
        format!("（{}类，{}）", class.letter, class.name)
    });
    let text = format!("{}{class}，事由：{}", act.kind.in_words(), act.reason);
    let by = who(pack, &act.organisation, &act.person, act.on);
    event(About::Pool, act.on, text, by)
}

fn followed(pack: &Pack, own: &FollowUp) -> Vec<Event> {
    let receivers = own.receivers.iter();
    let receivers: Vec<String> = receivers
        .map(|id| who(pack, id, "", own.opened_on))
        .collect();
    let ids: Vec<String> = own.hand_overs.iter().map(ToString::to_string).collect();
    let opened = format!(
        "列入第{}号退规预警移交名单，移交给{}",
        ids.join("、"),
        receivers.join("、")
    );
    let by = who(pack, &pack.warnings.hand_over.agency, "", own.opened_on);
    let mut events = vec![event(About::Warning, own.opened_on, opened, by)];
    events.extend(own.acts.iter().map(|act| {
        let text = format!("预警{}：{}", act.kind.in_words(), act.text);
        let by = who(pack, &act.organisation, &act.person, act.on);
        event(About::Warning, act.on, text, by)
    }));
    events
}

fn pushes(pack: &Pack, pushed: &[Pushed]) -> Vec<Event> {
    let told = pushes_in_words(pack, pushed).into_iter();
    let events = told.map(|(on, organisation, text)| {
        let by = who(pack, &organisation, "", on);
        event(About::Push, on, text, by)
    });
    events.collect()
}

/// One sentence for each push and kind of notice: the day, who pushed, and what.
pub fn pushes_in_words(pack: &Pack, pushed: &[Pushed]) -> Vec<(NaiveDate, String, String)> {
    let mut groups: Vec<(&Pushed, Vec<String>)> = Vec::new();
    for own in pushed {
        let text = named(pack, own);
        let is_same = |other: &Pushed| other.push == own.push && other.kind == own.kind;
        match groups.iter_mut().find(|(first, _)| is_same(first)) {
            Some((_, names)) => names.push(text),
            None => groups.push((own, vec![text])),
        }
    }
    let sentences = groups.into_iter().map(|(own, names)| {
        let what = match own.kind {
            NoticeKind::New => "告知新符合条件的政策",
            NoticeKind::Lapsing => "提醒即将不再符合条件的政策",
            NoticeKind::OneMissing => "告知只差一项资料的政策",
        };
        let text = format!("{what}{}项：{}", names.len(), names.join("、"));
        (own.on, own.organisation.clone(), text)
    });
    sentences.collect()
}

/// “首贷任务倾斜”（缺有贷款记录）.
fn named(pack: &Pack, own: &Pushed) -> String {
    let name = measure_name(pack, &own.measure);
    let fact = own.fact.as_deref().and_then(|id| pack.fact_slot(id));
    match fact.filter(|_| own.kind == NoticeKind::OneMissing) {
        Some(slot) => format!("“{name}”（缺{}）", pack.facts[slot].name),
        None => format!("“{name}”"),
    }
}

/// What a measure is called; its id where the pack has it no more.
pub fn measure_name(pack: &Pack, id: &str) -> String {
    let measure = pack.measure_named(id);
    measure.map_or_else(|| id.to_string(), |own| pack.measures[own].name.clone())
}

fn came(pack: &Pack, own: &RecordedOutcome) -> Event {
    let name = measure_name(pack, &own.outcome.measure);
    let result = match own.outcome.is_granted {
        true => "已享受",
        false => "未批准",
    };
    let amount = own.outcome.amount_fen;
    let amount = amount.map_or(String::new(), |fen| format!("，{}元", Fen(fen).in_yuan()));
    let reason = match own.outcome.reason.is_empty() {
        true => String::new(),
        false => format!("，{}", own.outcome.reason),
    };
    let text = format!("“{name}”{result}{amount}{reason}");
    let by = who(pack, &own.organisation, &own.person, own.on);
    Event {
        link: Some(format!("/measures/{}", own.outcome.measure)),
        ..event(About::Outcome, own.on, text, by)
    }
}
