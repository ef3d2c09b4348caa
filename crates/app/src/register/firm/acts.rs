//! 办理: what this visitor may do to a firm, each with what will happen before it happens.

use super::history::{Recorded, measure_name};
use super::policy::Answers;
use crate::measures::Subject;
use crate::web::visitor::Visitor;
use programme::people::{Organisation, Scope};
use programme::pool::{self, ActKind, admissible};
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::roles::Right;
use serde::Serialize;

/// What may be done, form by form.
#[derive(Debug, Clone, Serialize)]
pub struct Acts {
    pub pool: Vec<PoolForm>,
    /// Why nothing of the pool can be recorded, act by act.
    pub pool_refused: Vec<String>,
    /// Measures whose results this organisation may record; none where it may not.
    pub outcomes: Option<Vec<Choice>>,
    pub follow_up: Option<FollowForm>,
}

impl Acts {
    pub fn is_empty(&self) -> bool {
        let nothing = self.pool.is_empty() && self.pool_refused.is_empty();
        nothing && self.outcomes.is_none() && self.follow_up.is_none()
    }
}

/// One act of the pool.
#[derive(Debug, Clone, Serialize)]
pub struct PoolForm {
    pub id: &'static str,
    pub address: &'static str,
    pub verb: &'static str,
    /// What will happen.
    pub says: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub is_chosen: bool,
}

/// A warned firm that is followed.
#[derive(Debug, Clone, Serialize)]
pub struct FollowForm {
    pub since: String,
}

/// The acts of the pool that pages offer, with where they are posted.
const POOL: [(ActKind, &str); 3] = [
    (ActKind::Admit, "/pool/admissions"),
    (ActKind::Remove, "/pool/removals"),
    (ActKind::Declare, "/pool/declarations"),
];

/// What the visitor may do to this firm now.
pub fn acts(visitor: &Visitor, subject: &Subject, recorded: &Recorded, answers: &Answers) -> Acts {
    let pack = &visitor.office().pack;
    let mut acts = Acts {
        pool: Vec::new(),
        pool_refused: Vec::new(),
        outcomes: None,
        follow_up: None,
    };
    if visitor.may(Right::Admit) {
        for (kind, address) in POOL {
            match pool_form(subject, recorded, kind, address) {
                Ok(form) => acts.pool.push(form),
                Err(reason) => acts.pool_refused.push(reason),
            }
        }
    }
    if visitor.may(Right::Outcome) {
        let choices = measures(pack, subject, answers);
        acts.outcomes = (!choices.is_empty()).then_some(choices);
    }
    if visitor.may(Right::FollowUp) {
        let open = recorded.follow_ups.iter().find(|own| !own.is_closed());
        let own = open.filter(|own| may_follow(pack, subject, &own.receivers));
        acts.follow_up = own.map(|own| FollowForm {
            since: own.opened_on.to_string(),
        });
    }
    acts
}

/// A form, or why it cannot be done.
fn pool_form(
    subject: &Subject,
    recorded: &Recorded,
    kind: ActKind,
    address: &'static str,
) -> Result<PoolForm, String> {
    let uscc = subject.firms.uscc(subject.firm);
    let members = pool::fold(recorded.pool.iter());
    let member = members.get(&uscc.key()).copied().unwrap_or_default();
    let on = crate::office::today();
    admissible(kind, uscc, &subject.firms, member, on)
        .map_err(|refusal| format!("{}：{refusal}", kind.in_words()))?;
    Ok(PoolForm {
        id: kind.id(),
        address,
        verb: kind.in_words(),
        says: says(kind).iter().map(|own| (*own).to_string()).collect(),
    })
}

fn says(kind: ActKind) -> &'static [&'static str] {
    match kind {
        ActKind::Admit => &[
            "企业进入培育库，计入本地培育库家数，下次运行后各处数字更新。",
            "这是工作记录，不给企业定任何目标，也不要求企业报数。",
        ],
        ActKind::Remove => &[
            "企业不再计入本地培育库，以前的记录都保留。",
            "需要时可以再次纳入。",
        ],
        ActKind::Declare => &[
            "记下企业已向统计部门申请入统；是否入统由统计部门依法确认。",
            "申报由企业自愿提出，本平台不代替申报。",
        ],
        ActKind::Withdraw => &["记下申报已撤回。"],
    }
}

/// Measures whose results the organisation records: its own for an agency, all for a place and
/// the provincial office; what the firm may have stands first.
fn measures(pack: &Pack, subject: &Subject, answers: &Answers) -> Vec<Choice> {
    let organisation = &subject.reader.organisation;
    let is_own = |measure: usize| match organisation {
        Organisation::Agency(id) if *id == pack.office.agency => true,
        Organisation::Agency(id) => pack.measures[measure].agencies.contains(id),
        Organisation::Firm(_) => false,
        _ => true,
    };
    let own = answers.all.iter().filter(|own| is_own(own.measure));
    let (open, rest): (Vec<_>, Vec<_>) = own.partition(|own| own.verdict.is_open_door());
    let choice = |own: &crate::measures::Answer| {
        let id = pack.measures[own.measure].id.clone();
        let word = match own.verdict {
            Verdict::Unknown => "待补",
            verdict => verdict.name(),
        };
        Choice {
            text: format!("{}（{word}）", measure_name(pack, &id)),
            value: id,
            is_chosen: false,
        }
    };
    open.into_iter().chain(rest).map(choice).collect()
}

/// Those who received the list, and the firm's own area and county.
fn may_follow(pack: &Pack, subject: &Subject, receivers: &[String]) -> bool {
    let organisation = &subject.reader.organisation;
    if receivers.contains(&organisation.id()) {
        return true;
    }
    let scope = Scope::of(pack, organisation);
    let whereabouts = subject.firms.whereabouts(subject.firm);
    !matches!(organisation, Organisation::Agency(_)) && scope.covers_firm(&whereabouts)
}
