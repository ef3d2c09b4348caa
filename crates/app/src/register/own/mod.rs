//! The enterprise's own pages, in its words and for its telephone: where we stand, what is
//! ours, what is missing, what going above scale changes, what was done for us, where to ask.
//!
//! They know one firm: the one that the visitor's post belongs to. No address names a code, so
//! that nobody else's firm can be asked for.

#[cfg(test)]
mod tests;
pub mod web;

use super::firm::{Answers, Ledger, Policy, Recorded, Shown, place, pushes_in_words};
use super::firm::{matters, measure_name, standing};
use crate::measures::{Subject, agency_name};
use crate::outlook::warnings::Judged;
use programme::people::Organisation;
use rules::pack::Pack;
use serde::Serialize;

/// Everything that the owner sees, in the order in which an owner asks.
#[derive(Debug, Clone, Serialize)]
pub struct Own {
    pub name: String,
    pub uscc: String,
    pub place: String,
    pub as_of: String,
    pub stage: StageShown,
    /// The two things that matter next.
    pub next: Vec<String>,
    pub ledger: Ledger,
    pub entitled: Vec<Shown>,
    pub decided_elsewhere: Vec<Shown>,
    /// What all of it comes to, by period.
    pub due: Vec<String>,
    pub missing: Vec<MissingShown>,
    /// What going above scale brings and costs.
    pub brings: Vec<ChangeShown>,
    /// How many lines stay as they are.
    pub unchanged: usize,
    pub done: Vec<DoneShown>,
    pub ask: Ask,
    pub notice: String,
}

/// Where the firm stands, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageShown {
    pub name: String,
    pub words: &'static str,
}

/// A fact that is not known, who has it, and for which measures it decides.
#[derive(Debug, Clone, Serialize)]
pub struct MissingShown {
    pub fact: String,
    pub source: Option<String>,
    pub measures: Vec<String>,
}

/// One thing that changes.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeShown {
    pub name: String,
    pub say: String,
    pub now: String,
    pub then: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct DoneShown {
    pub on: String,
    pub text: String,
    pub by: String,
}

/// Where to turn to.
#[derive(Debug, Clone, Serialize)]
pub struct Ask {
    /// Office of the county, zone or area.
    pub local: String,
    pub statistics: String,
}

/// Where a firm stands by the records that count: the confirmed list, then the pool's.
pub fn stage(
    in_scale: Option<bool>,
    is_warned: bool,
    has_declared: bool,
    in_pool: bool,
    has_left: bool,
) -> StageShown {
    let (name, words) = match in_scale {
        None => ("还不知道", "统计部门的名单还没有送到本平台"),
        Some(true) if is_warned => (
            "在规模以上名单里，有退出的风险",
            "收入或者生产情况有变化，当地工作人员会来了解和帮忙",
        ),
        Some(true) => ("在规模以上名单里", "统计部门已经确认"),
        Some(false) if has_declared => (
            "已申报，等确认",
            "申报材料由统计部门依法审核，是否进入名单以统计部门为准",
        ),
        Some(false) if in_pool => (
            "在培育库里",
            "还不在规模以上名单里；培育库里的企业优先得到帮扶，不需要您另外报数",
        ),
        Some(false) if has_left => (
            "曾在规模以上名单里，现已退出",
            "收入再达到标准时可以再次申报",
        ),
        Some(false) => ("还没有进入规模以上名单", "达到标准后，是否申报由您决定"),
    };
    StageShown {
        name: name.to_string(),
        words,
    }
}

/// What the parts of the page are made of.
pub struct Parts<'a> {
    pub pack: &'a Pack,
    pub subject: &'a Subject,
    pub judged: &'a Judged,
    pub recorded: &'a Recorded,
    pub answers: &'a Answers,
}

impl Parts<'_> {
    /// Lays everything out.
    pub fn own(&self, ledger: Ledger, policy: Policy) -> Own {
        let Parts {
            pack,
            subject,
            judged,
            recorded,
            answers,
        } = *self;
        let standing = standing(pack, subject, judged, recorded, answers);
        let next = matters(&standing);
        let (brings, unchanged) = changes(pack, subject);
        Own {
            name: super::firm::name(subject),
            uscc: subject.firms.uscc(subject.firm).to_string(),
            place: place(pack, subject),
            as_of: subject.snapshot.as_of.in_words(),
            stage: stage(
                standing.in_scale,
                standing.warning.is_some(),
                standing.has_declared,
                standing.in_pool,
                standing.has_left,
            ),
            next: next.iter().map(|own| own.to_the_owner()).collect(),
            ledger,
            entitled: policy.entitled,
            decided_elsewhere: policy.decided_elsewhere,
            due: policy.due,
            missing: missing(&policy.one_fact_away),
            brings,
            unchanged,
            done: done(pack, recorded),
            ask: ask(pack, subject),
            notice: pack.comparison.notice.clone(),
        }
    }
}

/// Each missing fact once, with the measures that it alone would decide.
fn missing(near: &[Shown]) -> Vec<MissingShown> {
    let mut found: Vec<MissingShown> = Vec::new();
    for measure in near {
        for fact in &measure.one_fact {
            let known = found.iter_mut().find(|own| own.fact == fact.name);
            match known {
                Some(own) => own.measures.push(measure.name.clone()),
                None => found.push(MissingShown {
                    fact: fact.name.clone(),
                    source: fact.source.clone(),
                    measures: vec![measure.name.clone()],
                }),
            }
        }
    }
    found
}

/// What going above scale changes, and how much stays.
fn changes(pack: &Pack, subject: &Subject) -> (Vec<ChangeShown>, usize) {
    use crate::measures::{Cause, compared};
    let lines = compared(pack, subject);
    let unchanged = lines
        .iter()
        .filter(|own| own.cause == Cause::Unchanged)
        .count();
    let changed = lines
        .into_iter()
        .filter(|own| matches!(own.cause, Cause::Scale | Cause::Practice));
    let changed = changed.map(|own| ChangeShown {
        now: own.cells.first().cloned().unwrap_or_default(),
        then: own.cells.last().cloned().unwrap_or_default(),
        name: own.name,
        say: own.say,
    });
    (changed.collect(), unchanged)
}

/// Pushes, follow-ups, acts of the pool, results: newest first, without who exactly.
fn done(pack: &Pack, recorded: &Recorded) -> Vec<DoneShown> {
    let by = |id: &str, on| match Organisation::from_id(pack, id) {
        Some(own) => own.name(pack, on),
        None => id.to_string(),
    };
    let mut all = Vec::new();
    for own in &recorded.pool {
        all.push((
            own.on,
            own.kind.in_words().to_string(),
            by(&own.organisation, own.on),
        ));
    }
    for own in recorded.follow_ups.iter().flat_map(|own| &own.acts) {
        let text = format!("退规预警{}", own.kind.in_words());
        all.push((own.on, text, by(&own.organisation, own.on)));
    }
    for (on, organisation, text) in pushes_in_words(pack, &recorded.pushed) {
        all.push((on, text, by(&organisation, on)));
    }
    for own in &recorded.outcomes {
        let word = match own.outcome.is_granted {
            true => "已享受",
            false => "没有批准",
        };
        let text = format!("“{}”{word}", measure_name(pack, &own.outcome.measure));
        all.push((own.on, text, by(&own.organisation, own.on)));
    }
    all.sort_by_key(|(on, ..)| std::cmp::Reverse(*on));
    let shown = all.into_iter().map(|(on, text, by)| DoneShown {
        on: on.to_string(),
        text,
        by,
    });
    shown.collect()
}

fn ask(pack: &Pack, subject: &Subject) -> Ask {
    let (firms, firm) = (&subject.firms, subject.firm);
    let code = firms.zone(firm).or(firms.county(firm)).or(firms.area(firm));
    Ask {
        local: code.map_or("当地".to_string(), |code| pack.divisions.name(code)),
        statistics: agency_name(pack, &pack.warnings.hand_over.agency, subject.on),
    }
}
