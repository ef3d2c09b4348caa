//! What a page of a firm shows: the head and the sides that were asked for, the same for page
//! and JSON.

use super::acts::{Acts, acts};
use super::head::{CardShown, card_shown};
use super::history::History;
use super::record::{Record, record};
use super::{
    Archive, Head, Ledger, Policy, answers, archive, delivered, granted, head, history,
    is_unmasked, ledger, material, policy, recorded,
};
use crate::measures::{Cause, Compared, Subject, compared};
use crate::outlook::warnings::judged;
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use rules::pack::Pack;
use rules::pack::roles::Right;
use serde::Serialize;

/// The sides of a firm, in the order in which an official asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ledger,
    Policy,
    History,
    Comparison,
    Archive,
    Record,
    Acts,
}

impl Side {
    pub const ALL: [Side; 7] = [
        Side::Ledger,
        Side::Policy,
        Side::History,
        Side::Comparison,
        Side::Archive,
        Side::Record,
        Side::Acts,
    ];

    /// As its address has it.
    pub fn id(self) -> &'static str {
        match self {
            Side::Ledger => "ledger",
            Side::Policy => "policy",
            Side::History => "history",
            Side::Comparison => "comparison",
            Side::Archive => "archive",
            Side::Record => "record",
            Side::Acts => "acts",
        }
    }

    /// As its tab says.
    pub fn name(self) -> &'static str {
        match self {
            Side::Ledger => "账本",
            Side::Policy => "政策",
            Side::History => "经历",
            Side::Comparison => "升规前后",
            Side::Archive => "档案",
            Side::Record => "记录",
            Side::Acts => "办理",
        }
    }
}

/// Before and after, line by line.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    pub steps: Vec<String>,
    pub groups: Vec<(String, Vec<ComparedShown>)>,
    pub is_already: bool,
    pub notice: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ComparedShown {
    pub name: String,
    pub cause: &'static str,
    pub cause_name: &'static str,
    pub cells: Vec<String>,
    pub is_same: bool,
    pub say: String,
    pub law: String,
}

/// What a page of a firm shows: head and the sides that were asked for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct View {
    pub head: Option<Head>,
    pub as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// Beside the ledger, for those who see guarded figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<Acts>,
    pub purpose: Option<String>,
}

/// Reads and lays out what was asked for.
pub async fn view(visitor: &Visitor, subject: &Subject, sides: &[Side]) -> Result<View, Failure> {
    let office = visitor.office();
    let pack = &office.pack;
    let delivered = delivered(office, subject).await?;
    let recorded = recorded(office, subject, &delivered).await?;
    let answers = answers(pack, subject, granted(&recorded));
    let judged = judged(office, None).await?;
    let mut view = View {
        head: Some(head(pack, subject, &judged, &recorded, &answers)),
        as_of: subject.snapshot.as_of.in_words(),
        ..View::default()
    };
    for side in sides {
        match side {
            Side::Ledger => {
                let material = material(office, subject, &delivered).await?;
                view.ledger = Some(ledger(pack, subject, &material));
                view.card = card_shown(&judged, subject);
            }
            Side::Policy => view.policy = Some(policy(pack, subject.on, &answers)),
            Side::History => view.history = Some(history(pack, &recorded)),
            Side::Comparison => view.comparison = Some(comparison(pack, subject)),
            Side::Archive => {
                let is_masked = !is_unmasked(visitor, subject).await?;
                let own = archive(office, subject, &delivered, &recorded, is_masked).await?;
                view.archive = Some(own);
            }
            Side::Record => {
                let may_audit = visitor.may(Right::Journal);
                view.record = Some(record(office, subject, may_audit).await?);
            }
            Side::Acts => view.acts = Some(acts(visitor, subject, &recorded, &answers)),
        }
    }
    Ok(view)
}

/// Lays the comparison out.
pub fn comparison(pack: &Pack, subject: &Subject) -> Comparison {
    let mut groups: Vec<(String, Vec<ComparedShown>)> = Vec::new();
    for line in compared(pack, subject) {
        let group = line.group.clone();
        let shown = compared_shown(line);
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, own)) => own.push(shown),
            None => groups.push((group, vec![shown])),
        }
    }
    Comparison {
        steps: pack
            .comparison
            .steps
            .iter()
            .map(|own| own.name.clone())
            .collect(),
        groups,
        is_already: subject.firms.in_scale(subject.firm) == Some(true),
        notice: pack.comparison.notice.clone(),
    }
}

fn compared_shown(line: Compared) -> ComparedShown {
    ComparedShown {
        is_same: line.cause == Cause::Unchanged,
        cause: line.cause.id(),
        cause_name: line.cause.name(),
        name: line.name,
        cells: line.cells,
        say: line.say,
        law: line.law,
    }
}
