//! Following up each firm that was handed on (clause 2.1.5): who follows it, what was noted,
//! and what became of it, which the newest snapshot says and nobody types in.
//!
//! Acts are inserted and never changed; notes hold words, and nobody is asked for figures.

mod store;

pub(super) use store::record;
pub use store::{close, note, of, read, read_by};

use super::snapshot::Firms;
use super::warnings::level_of;
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField, WarningField};
use rules::period::Month;
use rules::uscc::Uscc;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowActKind {
    /// The firm was handed on.
    Open,
    Note,
    Close,
}

impl FollowActKind {
    pub const ALL: [FollowActKind; 3] = [
        FollowActKind::Open,
        FollowActKind::Note,
        FollowActKind::Close,
    ];

    pub fn id(self) -> &'static str {
        match self {
            FollowActKind::Open => "open",
            FollowActKind::Note => "note",
            FollowActKind::Close => "close",
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            FollowActKind::Open => "移交",
            FollowActKind::Note => "跟进",
            FollowActKind::Close => "办结",
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowAct {
    pub id: i64,
    pub uscc: Uscc,
    pub kind: FollowActKind,
    /// The list by which the firm was handed on.
    pub hand_over: Option<HandedBy>,
    /// Purpose, note or reason.
    pub text: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
}

/// What a follow-up needs to know of the list that opened it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedBy {
    pub id: i64,
    pub receiver: String,
    pub as_of: Month,
}

/// One firm being followed, from the list that opened it to its close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub uscc: Uscc,
    pub opened_on: NaiveDate,
    /// Month of the data by which it was handed on.
    pub as_of: Month,
    /// Lists that name the firm while it is followed, oldest first.
    pub hand_overs: Vec<i64>,
    /// Agencies and places that received it.
    pub receivers: Vec<String>,
    /// What was noted, oldest first; the last closes it where it is closed.
    pub acts: Vec<FollowAct>,
}

impl FollowUp {
    pub fn is_closed(&self) -> bool {
        let last = self.acts.last();
        last.is_some_and(|act| act.kind == FollowActKind::Close)
    }

    /// Who follows: who noted something last, or else who received it.
    pub fn followed_by(&self) -> Vec<&str> {
        match self.acts.last() {
            Some(act) => vec![act.organisation.as_str()],
            None => self.receivers.iter().map(String::as_str).collect(),
        }
    }
}

/// Why nothing is recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpRefusal {
    #[error("{0}没有移交过，没有跟进事项；移交由统计部门办理（shenggui outlook hand-over）")]
    NotHandedOn(Uscc),
    #[error("{0}的跟进已于{1}办结；再次移交后才能继续")]
    Closed(Uscc, NaiveDate),
    #[error("{0}不在本单位的管辖范围，跟进由所在市县和接收单位记录")]
    OutOfScope(Uscc),
    #[error("请写明经办人（--by）")]
    NoPerson,
    #[error("请写明跟进情况（--note）")]
    NoNote,
    #[error("办结要写明原因（--reason）")]
    NoReason,
    #[error("日期 {0} 早于最近一次记录的 {1}，请核对")]
    Backwards(NaiveDate, NaiveDate),
}

/// All follow-ups from the acts in the order of their numbers. While a firm is followed, a
/// further list joins in; after its close, the next list opens another.
pub fn fold(acts: impl IntoIterator<Item = FollowAct>) -> Vec<FollowUp> {
    let mut follow_ups: Vec<FollowUp> = Vec::new();
    let mut newest: std::collections::HashMap<u128, usize> = Default::default();
    for act in acts {
        let key = act.uscc.key();
        let known = newest.get(&key).copied();
        let open = known.filter(|own| !follow_ups[*own].is_closed());
        match (act.hand_over.clone(), open) {
            (Some(by), Some(own)) => {
                let follow_up = &mut follow_ups[own];
                follow_up.hand_overs.push(by.id);
                if !follow_up.receivers.contains(&by.receiver) {
                    follow_up.receivers.push(by.receiver);
                }
            }
            (Some(by), None) => {
                newest.insert(key, follow_ups.len());
                follow_ups.push(FollowUp {
                    uscc: act.uscc,
                    opened_on: act.on,
                    as_of: by.as_of,
                    hand_overs: vec![by.id],
                    receivers: vec![by.receiver],
                    acts: Vec::new(),
                });
            }
            (None, Some(own)) => follow_ups[own].acts.push(act),
            // No act is recorded of a firm that nobody follows.
            (None, None) => {}
        }
    }
    follow_ups
}

/// Who wants to record something of a firm.
#[derive(Debug, Clone, Copy)]
pub struct Follower<'a> {
    /// Agency id or division code.
    pub organisation: &'a str,
    /// Whether it is the firm's own area or county.
    pub is_local: bool,
    pub person: &'a str,
    pub on: NaiveDate,
}

/// Whether it may be recorded. `follow_up` is the newest one of the firm.
pub fn admissible(
    uscc: Uscc,
    follow_up: Option<&FollowUp>,
    (kind, text): (FollowActKind, &str),
    follower: Follower<'_>,
) -> Result<(), FollowUpRefusal> {
    let Some(follow_up) = follow_up else {
        return Err(FollowUpRefusal::NotHandedOn(uscc));
    };
    let mut receivers = follow_up.receivers.iter();
    let is_receiver = receivers.any(|own| own == follower.organisation);
    if !is_receiver && !follower.is_local {
        return Err(FollowUpRefusal::OutOfScope(uscc));
    }
    if let Some(last) = follow_up.acts.last().filter(|_| follow_up.is_closed()) {
        return Err(FollowUpRefusal::Closed(uscc, last.on));
    }
    if follower.person.trim().is_empty() {
        return Err(FollowUpRefusal::NoPerson);
    }
    if text.trim().is_empty() {
        return Err(match kind {
            FollowActKind::Close => FollowUpRefusal::NoReason,
            _ => FollowUpRefusal::NoNote,
        });
    }
    let last = follow_up.acts.last();
    let last = last.map_or(follow_up.opened_on, |act| act.on);
    if follower.on < last {
        return Err(FollowUpRefusal::Backwards(follower.on, last));
    }
    Ok(())
}

/// What became of a firm, as the newest snapshot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Still warned of, at this level.
    Warned(usize),
    /// In scale without a warning, and nothing unknown could bring one.
    Safe,
    /// In scale without a warning, but not everything is known.
    Unproven,
    /// No longer in scale.
    Left,
    /// Left, and in scale again.
    Returned,
    Unknown,
}

impl Became {
    /// One of each, in the order in which lists count them.
    pub const ALL: [Became; 6] = [
        Became::Warned(0),
        Became::Unproven,
        Became::Safe,
        Became::Left,
        Became::Returned,
        Became::Unknown,
    ];

    pub fn in_words(self) -> &'static str {
        match self {
            Became::Warned(_) => "预警中",
            Became::Safe => "已脱险",
            Became::Unproven => "暂无预警（数据不全）",
            Became::Left => "已退规",
            Became::Returned => "已返规",
            Became::Unknown => "待补",
        }
    }
}

/// What became of a firm that was handed on by the data of a month.
pub fn became(pack: &Pack, firms: &Firms, uscc: Uscc, as_of: Month) -> Became {
    let Some(firm) = firms.find(uscc) else {
        return Became::Unknown;
    };
    let fact = |origin| pack.slot(origin).and_then(|slot| firms.fact(firm, slot));
    match firms.in_scale(firm) {
        None => Became::Unknown,
        Some(false) => Became::Left,
        Some(true) => {
            let entered = fact(Origin::Status(StatusField::Entered));
            let level = fact(Origin::Warning(WarningField::Level));
            if entered.is_some_and(|month| month > i64::from(as_of.index())) {
                return Became::Returned;
            }
            let possible = fact(Origin::Warning(WarningField::Possible));
            match (level, level_of(level), level_of(possible)) {
                (None, _, _) => Became::Unknown,
                (Some(_), Some(level), _) => Became::Warned(level),
                (Some(_), None, Some(_)) => Became::Unproven,
                (Some(_), None, None) => Became::Safe,
            }
        }
    }
}
