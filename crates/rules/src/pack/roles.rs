//! Roles: what an account may open and do, as data of the pack. What no role names is denied.
//!
//! It knows organisations by kind; it knows no account.

use super::agencies::{Agency, AgencyKind, DataClass};
use super::organisation::Organisation;
use super::source::{Placed, Source};
use serde::Deserialize;
use std::collections::BTreeSet;

/// One thing that a role allows. Reading and acting are apart, so that a reader's role has no
/// way to change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// The living plan.
    Plan,
    /// The map of areas with targets, landing and warnings.
    Map,
    /// The list of firms and the pages of firms.
    Firms,
    /// Taking lists away as workbooks.
    Export,
    /// Pool, candidates, coverage, sufficiency.
    Pool,
    /// Admitting, removing and declaring firms.
    Admit,
    /// Warned firms, as far as the scope shows them.
    Warnings,
    /// Handing lists of warned firms on.
    HandOver,
    /// Following warned firms.
    FollowUp,
    /// Measures and their firms.
    Measures,
    /// Pushing what changed.
    Push,
    /// Recording what came of a measure.
    Outcome,
    /// Batches, and where figures come from.
    Deliveries,
    /// Handing a delivery in.
    Deliver,
    /// Asking for a run.
    Run,
    /// Targets and progress.
    Targets,
    /// Measuring, approving and issuing targets.
    SetTargets,
    /// Answering a consultation on targets.
    Consult,
    /// Reading issued bulletins.
    Bulletins,
    /// Drafting bulletins.
    Compose,
    /// Approving and issuing bulletins.
    Issue,
    /// Issuing lists to finance platforms.
    Exchange,
    /// Taking lists that were issued to the own organisation.
    ReceiveLists,
    /// Inviting firms of the own county to claim their account.
    Invite,
    /// The firm's own page.
    OwnFirm,
    /// Reading the journal.
    Journal,
    /// Taking the journal away.
    ExportJournal,
    /// Making and closing accounts (system keeper).
    Accounts,
    /// Giving and taking posts, unlocking (security keeper).
    Grants,
    /// Settings and running (system keeper).
    Settings,
}

/// Every right with its id in the pack and as officials call it.
const RIGHTS: [(Right, &str, &str); 30] = [
    (Right::Plan, "plan", "查看方案进展"),
    (Right::Map, "map", "查看地图和落点"),
    (Right::Firms, "firms", "查看企业"),
    (Right::Export, "export", "导出名单"),
    (Right::Pool, "pool", "查看培育库"),
    (Right::Admit, "admit", "纳入、移出和申报"),
    (Right::Warnings, "warnings", "查看退规预警"),
    (Right::HandOver, "hand-over", "移交预警名单"),
    (Right::FollowUp, "follow-up", "跟进预警企业"),
    (Right::Measures, "measures", "查看政策措施"),
    (Right::Push, "push", "推送政策"),
    (Right::Outcome, "outcome", "登记办理结果"),
    (Right::Deliveries, "deliveries", "查看来文数据"),
    (Right::Deliver, "deliver", "报送数据"),
    (Right::Run, "run", "发起运行"),
    (Right::Targets, "targets", "查看目标"),
    (Right::SetTargets, "set-targets", "测算和下达目标"),
    (Right::Consult, "consult", "会商目标"),
    (Right::Bulletins, "bulletins", "查看通报"),
    (Right::Compose, "compose", "起草通报"),
    (Right::Issue, "issue", "签批和印发通报"),
    (Right::Exchange, "exchange", "交换名单"),
    (Right::ReceiveLists, "receive-lists", "领取名单"),
    (Right::Invite, "invite", "邀请企业认领账号"),
    (Right::OwnFirm, "own-firm", "查看本企业"),
    (Right::Journal, "journal", "查看日志"),
    (Right::ExportJournal, "export-journal", "导出日志"),
    (Right::Accounts, "accounts", "管理账号"),
    (Right::Grants, "grants", "授予岗位"),
    (Right::Settings, "settings", "管理设置"),
];

impl Right {
    /// All rights, in the order of the pages.
    pub fn all() -> impl Iterator<Item = Right> {
        RIGHTS.iter().map(|(right, ..)| *right)
    }

    /// The right of an id, if it is one.
    pub fn of_id(id: &str) -> Option<Right> {
        Right::all().find(|right| right.id() == id)
    }

    fn entry(self) -> &'static (Right, &'static str, &'static str) {
        let mut all = RIGHTS.iter();
        all.find(|(own, ..)| *own == self)
            .expect("every right is in the table, which a test checks")
    }

    /// As the pack writes it.
    pub fn id(self) -> &'static str {
        self.entry().1
    }

    /// As officials call it.
    pub fn name(self) -> &'static str {
        self.entry().2
    }
}

/// Which firms a role sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleRegion {
    Province,
    /// The organisation's own area, county or zone.
    Own,
    /// The firm itself.
    #[serde(rename = "self")]
    Itself,
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub id: String,
    pub name: String,
    /// Ids of agencies, or kinds of organisations in the plural.
    pub organisations: Vec<String>,
    pub region: RoleRegion,
    /// Bounds the classes that the organisation may see; none leaves them as they are.
    #[serde(default)]
    pub classes: Option<Vec<DataClass>>,
    /// One of the three keepers, who are never the same person.
    #[serde(default)]
    pub keeper: bool,
    /// Whether whoever holds it signs in with a second factor.
    #[serde(default)]
    pub second_factor: bool,
    pub rights: BTreeSet<Right>,
}

impl Role {
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Whether an organisation may have this role.
    pub fn suits(&self, agencies: &[Agency], organisation: &Organisation) -> bool {
        let kind = match organisation {
            Organisation::Agency(id) => {
                let agency = agencies.iter().find(|agency| agency.id == *id);
                let Some(agency) = agency else { return false };
                if self.organisations.contains(&agency.id) {
                    return true;
                }
                match agency.kind {
                    AgencyKind::Department => "departments",
                    AgencyKind::Supplier => "suppliers",
                    AgencyKind::Enforcement => "enforcement",
                    AgencyKind::Bank
                    | AgencyKind::Guarantor
                    | AgencyKind::Insurer
                    | AgencyKind::Platform => "banks",
                    AgencyKind::LeadingGroup | AgencyKind::Office | AgencyKind::Supervisor => {
                        return false;
                    }
                }
            }
            Organisation::Area(_) => "areas",
            Organisation::County(_) => "counties",
            Organisation::Zone(_) => "zones",
            Organisation::Firm(_) => "firms",
        };
        self.organisations.iter().any(|own| own == kind)
    }
}

const KINDS: [&str; 8] = [
    "departments",
    "suppliers",
    "enforcement",
    "areas",
    "counties",
    "zones",
    "banks",
    "firms",
];

pub(super) fn read(source: &mut Source<'_>, agencies: &BTreeSet<String>) -> Vec<Role> {
    let roles: Vec<Placed<Role>> = source.entries("role");
    let mut ids = BTreeSet::new();
    for Placed { line, value } in &roles {
        if !ids.insert(value.id.clone()) {
            source.note_line(*line, format!("岗位“{}”重复", value.id));
        }
        for own in &value.organisations {
            if !agencies.contains(own) && !KINDS.contains(&own.as_str()) {
                let message = format!("岗位“{}”的单位“{own}”不在机构表内", value.id);
                source.note_line(*line, message);
            }
        }
        let business = value.rights.iter().find(|right| !is_keeping(**right));
        if let (true, Some(right)) = (value.keeper, business) {
            let message = format!(
                "岗位“{}”是三员之一，不得有业务权限“{}”",
                value.id,
                right.name()
            );
            source.note_line(*line, message);
        }
    }
    roles.into_iter().map(|placed| placed.value).collect()
}

fn is_keeping(right: Right) -> bool {
    matches!(
        right,
        Right::Journal | Right::ExportJournal | Right::Accounts | Right::Grants | Right::Settings
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    #[test]
    fn rights_are_read_as_the_table_writes_them() {
        for (right, id, _) in RIGHTS {
            let text: StrDeserializer<'_, Error> = id.into_deserializer();
            assert_eq!(Right::deserialize(text), Ok(right), "{id}");
        }
        let last = RIGHTS[RIGHTS.len() - 1].0 as usize;
        assert_eq!(last + 1, RIGHTS.len(), "one right is not in the table");
    }
}
