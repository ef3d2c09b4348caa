//! Who is in the pool: what acts say, and which acts are admissible.

use crate::outlook::{Firms, Standing};
use chrono::NaiveDate;
use rules::uscc::Uscc;
use std::collections::HashMap;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActKind {
    /// 纳入.
    Admit,
    /// 移出.
    Remove,
    /// The firm applied to the statistics authority.
    Declare,
    /// The application was withdrawn or returned.
    Withdraw,
}

impl ActKind {
    pub fn id(self) -> &'static str {
        match self {
            ActKind::Admit => "admit",
            ActKind::Remove => "remove",
            ActKind::Declare => "declare",
            ActKind::Withdraw => "withdraw",
        }
    }

    pub fn from_id(id: &str) -> Option<ActKind> {
        [
            ActKind::Admit,
            ActKind::Remove,
            ActKind::Declare,
            ActKind::Withdraw,
        ]
        .into_iter()
        .find(|kind| kind.id() == id)
    }

    pub fn in_words(self) -> &'static str {
        match self {
            ActKind::Admit => "纳入培育库",
            ActKind::Remove => "移出培育库",
            ActKind::Declare => "申报入统",
            ActKind::Withdraw => "撤回申报",
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolAct {
    pub id: i64,
    pub uscc: Uscc,
    pub kind: ActKind,
    /// Class of the pack at the time; empty where none held.
    pub class: String,
    pub reason: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
}

impl PoolAct {
    /// Whether another record was made by the same person for the same reason on the same day,
    /// as those are that were made at once.
    pub fn is_alike(&self, other: &PoolAct) -> bool {
        self.kind == other.kind
            && self.reason == other.reason
            && self.organisation == other.organisation
            && self.person == other.person
            && self.on == other.on
    }
}

/// What the acts up to a day make of a firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Membership {
    pub standing: Standing,
    /// Admitted at least once.
    pub ever_admitted: bool,
    /// Day of the last act.
    pub last_on: Option<NaiveDate>,
}

/// Folds acts in order of their numbers.
pub fn fold<'a>(acts: impl Iterator<Item = &'a PoolAct>) -> HashMap<u128, Membership> {
    let mut members: HashMap<u128, Membership> = HashMap::new();
    for act in acts {
        let member = members.entry(act.uscc.key()).or_default();
        member.last_on = Some(act.on);
        match act.kind {
            ActKind::Admit => {
                member.standing.admitted = true;
                member.ever_admitted = true;
            }
            ActKind::Remove => member.standing.admitted = false,
            ActKind::Declare => member.standing.declared = true,
            ActKind::Withdraw => member.standing.declared = false,
        }
    }
    members
}

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolRefusal {
    #[error("企业名录没有{0}，请先交付名录，再办理")]
    NotRegistered(Uscc),
    #[error("{0}已在规，不需要{1}")]
    InScale(Uscc, &'static str),
    #[error("{0}已在培育库")]
    Already(Uscc),
    #[error("{0}不在培育库")]
    NotMember(Uscc),
    #[error("{0}已申报，尚无结果")]
    AlreadyDeclared(Uscc),
    #[error("{0}没有在途的申报")]
    NotDeclared(Uscc),
    #[error("要写明事由（--reason）和经办人（--by）")]
    NoReason,
    #[error("{0}的上一条记录在{1}，办理日期不能早于它")]
    BeforeLast(Uscc, NaiveDate),
    #[error("{0}不在本单位的管辖范围")]
    OutOfScope(Uscc),
    /// What pages say of firms of others and of firms that nobody knows alike.
    #[error("{0}不在企业名录，或者不在本单位的管辖范围")]
    NotHere(Uscc),
}

/// Whether an act may be recorded, given the newest snapshot and earlier acts.
///
/// # Errors
/// [`PoolRefusal`], each an answer to the person who asked.
pub fn admissible(
    kind: ActKind,
    uscc: Uscc,
    firms: &Firms,
    member: Membership,
    on: NaiveDate,
) -> Result<usize, PoolRefusal> {
    if let Some(last) = member.last_on.filter(|last| *last > on) {
        return Err(PoolRefusal::BeforeLast(uscc, last));
    }
    let firm = firms
        .find(uscc)
        .filter(|firm| firms.registered(*firm))
        .ok_or(PoolRefusal::NotRegistered(uscc))?;
    let in_scale = firms.in_scale(firm) == Some(true);
    match kind {
        ActKind::Admit if in_scale => Err(PoolRefusal::InScale(uscc, "纳入培育库")),
        ActKind::Admit if member.standing.admitted => Err(PoolRefusal::Already(uscc)),
        ActKind::Remove if !member.standing.admitted => Err(PoolRefusal::NotMember(uscc)),
        ActKind::Declare if in_scale => Err(PoolRefusal::InScale(uscc, "申报入统")),
        ActKind::Declare if member.standing.declared => Err(PoolRefusal::AlreadyDeclared(uscc)),
        ActKind::Withdraw if !member.standing.declared => Err(PoolRefusal::NotDeclared(uscc)),
        _ => Ok(firm),
    }
}
