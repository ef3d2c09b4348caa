//! The head of a firm's page: who it is, where it stands and why, and what matters next.

use super::archive::{industry, place};
use super::history::Recorded;
use super::ledger::{persons, threshold};
use super::matters::{Due, Landing, Matter, Standing, Warning, matters};
use super::policy::Answers;
use crate::measures::Subject;
use crate::outlook::card;
use crate::outlook::prospect::{Probability, Words};
use crate::outlook::warnings::Judged;
use crate::sight;
use programme::outlook::explain_stage;
use programme::pool::{self, Membership};
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::facts::{Origin, RegisterField, StatusField};
use serde::Serialize;

/// The head as one reader may see it.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    pub name: String,
    pub uscc: String,
    pub place: String,
    pub industry: String,
    pub size: String,
    /// What the data propose, and why.
    pub stage: String,
    pub stage_reason: String,
    /// Stages that cannot be decided, with what is missing.
    pub undecided: Vec<String>,
    /// What the statistics authority confirmed.
    pub confirmed: String,
    /// What people recorded of the pool.
    pub recorded: String,
    pub warning: Option<String>,
    pub next: Vec<NextShown>,
}

/// The points card, for those who see guarded figures.
#[derive(Debug, Clone, Serialize)]
pub struct CardShown {
    /// Points, and what could be added; for the statistics authority alone.
    pub points: Option<(i64, i64)>,
    pub groups: Vec<CardGroup>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CardGroup {
    pub title: String,
    pub items: Vec<CardItem>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CardItem {
    pub head: String,
    pub lines: Vec<String>,
}

/// The card of a firm in scale, where the reader sees guarded figures.
pub fn card_shown(judged: &Judged, subject: &Subject) -> Option<CardShown> {
    if !subject.reader.sees_guarded() {
        return None;
    }
    let uscc = subject.firms.uscc(subject.firm);
    let (points, groups) = card::shown(judged, uscc, &subject.reader.scope)?;
    let groups = groups.into_iter().map(|group| CardGroup {
        title: group.title,
        items: group
            .items
            .into_iter()
            .map(|item| CardItem {
                head: item.head,
                lines: item.lines,
            })
            .collect(),
    });
    Some(CardShown {
        points,
        groups: groups.collect(),
    })
}

/// One thing that matters next.
#[derive(Debug, Clone, Serialize)]
pub struct NextShown {
    pub id: &'static str,
    pub meaning: &'static str,
    pub word: &'static str,
    pub text: String,
    pub side: &'static str,
}

impl NextShown {
    fn of(matter: &Matter, is_owner: bool) -> NextShown {
        let (meaning, word) = matter.lamp();
        NextShown {
            id: matter.id(),
            meaning,
            word,
            text: match is_owner {
                true => matter.to_the_owner(),
                false => matter.in_words(),
            },
            side: matter.side(),
        }
    }
}

/// Lays the head out.
pub fn head(
    pack: &Pack,
    subject: &Subject,
    judged: &Judged,
    recorded: &Recorded,
    answers: &Answers,
) -> Head {
    let (firms, firm) = (&subject.firms, subject.firm);
    let scope = &subject.reader.scope;
    let parameters = pack.parameters_on(subject.snapshot.as_of.last_day());
    let facts = firms.facts(firm);
    let (why, undecided) = explain_stage(pack, &facts, &parameters);
    let standing = standing(pack, subject, judged, recorded, answers);
    let is_owner = subject.reader.is_firm;
    let slot = pack.slot(Origin::Register(RegisterField::Industry));
    let class = slot.and_then(|slot| firms.fact(firm, slot));
    let next = matters(&standing);
    Head {
        name: name(subject),
        uscc: firms.uscc(firm).to_string(),
        place: place(pack, subject),
        industry: class.map_or("待补".to_string(), |class| industry(pack, class)),
        size: size(pack, subject),
        stage: stage(pack, subject),
        stage_reason: sight::reasons(pack, scope, &why),
        undecided: undecided
            .iter()
            .map(|(stage, reasons)| format!("{stage}：{}", sight::reasons(pack, scope, reasons)))
            .collect(),
        confirmed: confirmed(pack, subject),
        recorded: by_records(recorded),
        warning: standing
            .warning
            .as_ref()
            .map(|own| format!("{}，{}", own.level, own.reasons)),
        next: next
            .iter()
            .map(|own| NextShown::of(own, is_owner))
            .collect(),
    }
}

/// The firm's name; some are known from departments' lists alone.
pub fn name(subject: &Subject) -> String {
    match subject.firms.name(subject.firm) {
        "" => "（名录没有名称）".to_string(),
        name => name.to_string(),
    }
}

fn stage(pack: &Pack, subject: &Subject) -> String {
    let (firms, firm) = (&subject.firms, subject.firm);
    let stage = firms.stage(firm).map(|stage| &pack.stages[stage]);
    match (stage, firms.kind(firm)) {
        (Some(stage), Some(kind)) => format!("{}（{}）", stage.name, stage.kinds[kind].name),
        (Some(stage), None) => stage.name.clone(),
        (None, _) => "待补".to_string(),
    }
}

/// Persons, and the size that an agency stated where the reader may see it.
fn size(pack: &Pack, subject: &Subject) -> String {
    const STATED: [&str; 2] = ["insured_size", "financing_size"];
    let stated = STATED.iter().find_map(|id| {
        let slot = pack.fact_slot(id)?;
        let fact = &pack.facts[slot];
        let value = subject.firms.fact(subject.firm, slot)?;
        let Kind::Choice(choices) = &fact.kind else {
            return None;
        };
        let choice = choices.get(usize::try_from(value).ok()?)?;
        subject
            .reader
            .scope
            .sees(fact.class)
            .then(|| format!("{}（{}）", choice.name, fact.name))
    });
    let staff = persons(pack, subject).map(|number| format!("从业{number}人"));
    let parts: Vec<String> = [stated, staff].into_iter().flatten().collect();
    match parts.is_empty() {
        true => "待补".to_string(),
        false => parts.join("，"),
    }
}

/// “在规，2024年11月入库” by the confirmed lists.
fn confirmed(pack: &Pack, subject: &Subject) -> String {
    let (firms, firm) = (&subject.firms, subject.firm);
    let month = |field| {
        let slot = pack.slot(Origin::Status(field))?;
        let index = i32::try_from(firms.fact(firm, slot)?).ok()?;
        rules::period::Month::from_index(index)
    };
    match firms.in_scale(firm) {
        None => "待补：还没有确认名单".to_string(),
        Some(true) => match month(StatusField::Entered) {
            Some(entered) => format!("在规，{}入库", entered.in_words()),
            None => "在规".to_string(),
        },
        Some(false) => match month(StatusField::Left) {
            Some(left) => format!("不在规，{}退库", left.in_words()),
            None => "不在规".to_string(),
        },
    }
}

fn membership(recorded: &Recorded) -> Membership {
    let members = pool::fold(recorded.pool.iter());
    members.into_values().next().unwrap_or_default()
}

fn by_records(recorded: &Recorded) -> String {
    let member = membership(recorded);
    let last = member
        .last_on
        .map_or(String::new(), |on| format!("（{on}）"));
    match (member.standing.admitted, member.standing.declared) {
        (_, true) => format!("已申报入统{last}"),
        (true, false) => format!("在培育库{last}"),
        (false, false) if member.ever_admitted => format!("已移出培育库{last}"),
        (false, false) => "不在培育库".to_string(),
    }
}

/// Where the firm stands, in the reader's words.
pub fn standing(
    pack: &Pack,
    subject: &Subject,
    judged: &Judged,
    recorded: &Recorded,
    answers: &Answers,
) -> Standing {
    let (firms, firm) = (&subject.firms, subject.firm);
    let scope = &subject.reader.scope;
    let member = membership(recorded);
    let words = Words {
        pack,
        scope,
        firms,
        threshold: threshold(pack, subject.snapshot.as_of),
    };
    let above = Probability::of(pack, firms, firm);
    let levels = judged.firms.find(firms.uscc(firm)).and_then(|own| {
        let (_, possible) = judged.levels(own)?;
        Some((judged.warned(own), possible))
    });
    let (warned, possible) = levels.unwrap_or((None, None));
    let is_followed = recorded.follow_ups.iter().any(|own| !own.is_closed());
    let (count, sums) = answers.due(pack);
    let class = firms.first_class(firm).map(|class| &pack.classes[class]);
    let has_left = pack
        .slot(Origin::Status(StatusField::HasLeft))
        .and_then(|slot| firms.fact(firm, slot));
    Standing {
        in_scale: firms.in_scale(firm),
        warning: warned.map(|own| Warning {
            level: judged.level_name(own.level).to_string(),
            reasons: judged.reason_names(&own.reasons).join("、"),
            is_followed,
        }),
        may_reach: possible.map(|level| judged.level_name(level).to_string()),
        has_declared: member.standing.declared,
        in_pool: member.standing.admitted,
        class: class.map(|own| format!("{}类（{}）", own.letter, own.name)),
        has_reached: words.has_reached(firm).is_some(),
        has_left: has_left == Some(1),
        landing: above.map(|above| Landing {
            words: words.landing(firm).shown(),
            is_likely: above.parts * 2 >= above.per,
        }),
        due: (count > 0).then(|| Due {
            count,
            amount: (!sums.is_empty()).then(|| sums.join("，")),
        }),
        one_fact: answers
            .one_fact(pack)
            .into_iter()
            .map(|own| own.name)
            .collect(),
    }
}
