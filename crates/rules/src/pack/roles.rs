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

impl Right {
    pub const ALL: [Right; 30] = [
        Right::Plan,
        Right::Map,
        Right::Firms,
        Right::Export,
        Right::Pool,
        Right::Admit,
        Right::Warnings,
        Right::HandOver,
        Right::FollowUp,
        Right::Measures,
        Right::Push,
        Right::Outcome,
        Right::Deliveries,
        Right::Deliver,
        Right::Run,
        Right::Targets,
        Right::SetTargets,
        Right::Consult,
        Right::Bulletins,
        Right::Compose,
        Right::Issue,
        Right::Exchange,
        Right::ReceiveLists,
        Right::Invite,
        Right::OwnFirm,
        Right::Journal,
        Right::ExportJournal,
        Right::Accounts,
        Right::Grants,
        Right::Settings,
    ];

    /// As the pack and programs write it.
    pub fn id(self) -> &'static str {
        match self {
            Right::Plan => "plan",
            Right::Map => "map",
            Right::Firms => "firms",
            Right::Export => "export",
            Right::Pool => "pool",
            Right::Admit => "admit",
            Right::Warnings => "warnings",
            Right::HandOver => "hand-over",
            Right::FollowUp => "follow-up",
            Right::Measures => "measures",
            Right::Push => "push",
            Right::Outcome => "outcome",
            Right::Deliveries => "deliveries",
            Right::Deliver => "deliver",
            Right::Run => "run",
            Right::Targets => "targets",
            Right::SetTargets => "set-targets",
            Right::Consult => "consult",
            Right::Bulletins => "bulletins",
            Right::Compose => "compose",
            Right::Issue => "issue",
            Right::Exchange => "exchange",
            Right::ReceiveLists => "receive-lists",
            Right::Invite => "invite",
            Right::OwnFirm => "own-firm",
            Right::Journal => "journal",
            Right::ExportJournal => "export-journal",
            Right::Accounts => "accounts",
            Right::Grants => "grants",
            Right::Settings => "settings",
        }
    }

    /// Reads back what [`Right::id`] wrote.
    pub fn of_id(id: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.id() == id)
    }

    /// As officials call it.
    pub fn name(self) -> &'static str {
        match self {
            Right::Plan => "查看方案进展",
            Right::Map => "查看地图和落点",
            Right::Firms => "查看企业",
            Right::Export => "导出名单",
            Right::Pool => "查看培育库",
            Right::Admit => "纳入、移出和申报",
            Right::Warnings => "查看退规预警",
            Right::HandOver => "移交预警名单",
            Right::FollowUp => "跟进预警企业",
            Right::Measures => "查看政策措施",
            Right::Push => "推送政策",
            Right::Outcome => "登记办理结果",
            Right::Deliveries => "查看来文数据",
            Right::Deliver => "报送数据",
            Right::Run => "发起运行",
            Right::Targets => "查看目标",
            Right::SetTargets => "测算和下达目标",
            Right::Consult => "会商目标",
            Right::Bulletins => "查看通报",
            Right::Compose => "起草通报",
            Right::Issue => "签批和印发通报",
            Right::Exchange => "交换名单",
            Right::ReceiveLists => "领取名单",
            Right::Invite => "邀请企业认领账号",
            Right::OwnFirm => "查看本企业",
            Right::Journal => "查看日志",
            Right::ExportJournal => "导出日志",
            Right::Accounts => "管理账号",
            Right::Grants => "授予岗位",
            Right::Settings => "管理设置",
        }
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

    #[test]
    fn ids_are_what_the_pack_writes() {
        for right in Right::ALL {
            let text = format!("right = \"{}\"", right.id());
            let table: std::collections::BTreeMap<String, Right> =
                toml::from_str(&text).expect(right.id());
            assert_eq!(table["right"], right);
            assert_eq!(Right::of_id(right.id()), Some(right));
        }
        assert_eq!(Right::of_id("anything"), None);
    }
}
