//! An office's own list beside the register and the candidates: who is missing, who
//! should not be there, and why. What the list says of a firm never becomes a fact.

use super::membership::Membership;
use crate::deliveries::payload::Rows;
use crate::outlook::Firms;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::uscc::Uscc;
use std::collections::{HashMap, HashSet};

/// What is found about one firm of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A class holds and it is not admitted yet.
    MayEnter,
    /// Admitted already.
    Member,
    /// Above scale: it should not be in the list.
    InScale,
    /// The register does not have it.
    NotRegistered,
    /// No class holds.
    NoClass,
    /// Data are missing to tell.
    Undecided,
    /// A candidate that the list does not name.
    MissingFromList,
}

impl Verdict {
    pub const ALL: [Verdict; 7] = [
        Verdict::MayEnter,
        Verdict::Member,
        Verdict::InScale,
        Verdict::NotRegistered,
        Verdict::NoClass,
        Verdict::Undecided,
        Verdict::MissingFromList,
    ];

    pub fn in_words(self) -> &'static str {
        match self {
            Verdict::MayEnter => "在名单，符合四类，可纳入",
            Verdict::Member => "在名单，已在培育库",
            Verdict::InScale => "在名单，但已在规，应移出名单",
            Verdict::NotRegistered => "在名单，但企业名录没有，应先核实",
            Verdict::NoClass => "在名单，但不符合四类",
            Verdict::Undecided => "在名单，数据不足，待补",
            Verdict::MissingFromList => "不在名单，但符合四类，可能漏列",
        }
    }
}

/// One firm of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub uscc: Uscc,
    pub name: String,
    pub verdict: Verdict,
    /// Index into the snapshot's firms.
    pub firm: Option<usize>,
    /// Class that the list gives, where it gives one.
    pub stated_class: Option<String>,
    /// Class that the data give.
    pub class: Option<usize>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    pub firms: Vec<Listed>,
}

impl Comparison {
    pub fn count(&self, verdict: Verdict) -> usize {
        self.firms
            .iter()
            .filter(|listed| listed.verdict == verdict)
            .count()
    }

    /// Firms whose stated class differs from what the data give.
    pub fn other_class<'a>(&'a self, pack: &'a Pack) -> impl Iterator<Item = &'a Listed> {
        self.firms.iter().filter(|listed| {
            let computed = listed.class.map(|class| pack.classes[class].id.as_str());
            let stated = listed.stated_class.as_deref();
            stated.is_some() && computed.is_some() && stated != computed
        })
    }
}

/// Compares a list with a snapshot. `region` limits who can be missing from it.
pub fn compare(
    pack: &Pack,
    list: &Rows,
    firms: &Firms,
    members: &HashMap<u128, Membership>,
    region: Option<DivisionCode>,
) -> Comparison {
    let names = list.text("name").unwrap_or_default();
    let classes = list.number("class").unwrap_or_default();
    let choices = pack
        .layout("pool-list")
        .and_then(|layout| layout.columns.iter().find(|column| column.id == "class"))
        .map(|column| column.choices.as_slice())
        .unwrap_or_default();
    let mut comparison = Comparison::default();
    let mut named = HashSet::new();
    for (row, key) in list.keys.iter().enumerate() {
        let Some(uscc) = Uscc::from_key(*key) else {
            continue;
        };
        named.insert(*key);
        let firm = firms.find(uscc);
        let member = members.get(key).copied().unwrap_or_default();
        let stated = classes
            .get(row)
            .and_then(|index| usize::try_from(*index).ok());
        comparison.firms.push(Listed {
            uscc,
            name: names.get(row).cloned().unwrap_or_default(),
            verdict: verdict(pack, firms, firm, member),
            firm,
            stated_class: stated.and_then(|index| Some(choices.get(index)?.id.clone())),
            class: firm.and_then(|firm| firms.first_class(firm)),
        });
    }
    for firm in 0..firms.len() {
        let member = members
            .get(&firms.keys()[firm])
            .copied()
            .unwrap_or_default();
        let inside = region.is_none() || firms.area(firm) == region;
        let open = firms.first_class(firm).is_some() && !member.standing.admitted;
        if inside && open && !named.contains(&firms.keys()[firm]) {
            comparison.firms.push(Listed {
                uscc: firms.uscc(firm),
                name: firms.name(firm).to_string(),
                verdict: Verdict::MissingFromList,
                firm: Some(firm),
                stated_class: None,
                class: firms.first_class(firm),
            });
        }
    }
    comparison
}

fn verdict(pack: &Pack, firms: &Firms, firm: Option<usize>, member: Membership) -> Verdict {
    let Some(firm) = firm.filter(|firm| firms.registered(*firm)) else {
        return Verdict::NotRegistered;
    };
    if firms.in_scale(firm) == Some(true) {
        Verdict::InScale
    } else if member.standing.admitted {
        Verdict::Member
    } else if firms.first_class(firm).is_some() {
        Verdict::MayEnter
    } else if (0..pack.classes.len()).any(|class| firms.class(firm, class).is_none()) {
        Verdict::Undecided
    } else {
        Verdict::NoClass
    }
}
