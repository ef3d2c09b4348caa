//! Whom a push concerns: a firm gets its own, an agency those of its measures, an office of a
//! place those of its firms, the leading group's office all of them.

use crate::cli::NoticesArgs;
use crate::office::{Office, today};
use crate::reader::{Reader, read_code};
use anyhow::Result;
use programme::database::{DatabaseFailure, Transaction};
use programme::measures::{Notice, Push};
use programme::outlook::Firms;
use programme::people::notices::{self, Notice as Told};
use programme::people::{Organisation, Scope, accounts};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::uscc::Uscc;
use std::collections::HashMap;

/// Whom notices are shown to.
pub enum Whose {
    Firm(Uscc),
    /// A reader, who may ask for one firm of the own ones.
    Office(Box<Reader>, Option<Uscc>),
}

impl Whose {
    /// A visitor of the pages is who the session says: a firm is itself, whatever firm is
    /// asked for, and an office sees a firm only where it sees it anyway.
    pub fn of(office: &Office, arguments: &NoticesArgs) -> Result<Whose> {
        let asked = arguments.firm.as_deref().map(read_code).transpose()?;
        if let (Some(uscc), None) = (asked, &office.visitor) {
            return Ok(Whose::Firm(uscc));
        }
        let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
        Ok(match reader.organisation {
            Organisation::Firm(uscc) => Whose::Firm(uscc),
            _ => Whose::Office(Box::new(reader), asked),
        })
    }

    pub fn concerns(
        &self,
        pack: &Pack,
        firms: &Firms,
        notice: &Notice,
        measure: Option<usize>,
    ) -> bool {
        let (reader, asked) = match self {
            Whose::Firm(uscc) => return uscc.key() == notice.key,
            Whose::Office(reader, asked) => (reader, asked),
        };
        if asked.is_some_and(|uscc| uscc.key() != notice.key) {
            return false;
        }
        let scope = &reader.scope;
        match &reader.organisation {
            Organisation::Agency(id) if *id == pack.office.agency => scope.covers_province(),
            Organisation::Agency(id) => {
                scope.covers_province()
                    && measure.is_some_and(|measure| {
                        let agencies = &pack.measures[measure].agencies;
                        agencies.iter().any(|own| own == id)
                    })
            }
            _ => {
                let firm = Uscc::from_key(notice.key).and_then(|uscc| firms.find(uscc));
                firm.is_some_and(|firm| scope.covers_firm(&firms.whereabouts(firm)))
            }
        }
    }

    pub fn name(&self, pack: &Pack) -> String {
        match self {
            Whose::Firm(uscc) => uscc.to_string(),
            Whose::Office(reader, _) => reader.organisation.name(pack, today()),
        }
    }
}

/// Tells every organisation with an account how many matters of a push are its own. Counts
/// are of matters, never of a firm's figures.
pub async fn tell(
    tx: &Transaction,
    pack: &Pack,
    firms: &Firms,
    push: &Push,
    notices: &[Notice],
) -> Result<(), DatabaseFailure> {
    let counted = count(pack, firms, notices);
    for id in accounts::seated_organisations(tx).await? {
        let Some(organisation) = Organisation::from_id(pack, &id) else {
            continue;
        };
        let (count, whose) = match &organisation {
            Organisation::Firm(uscc) => (counted.firms.get(&uscc.key()), "本企业"),
            Organisation::Agency(_) if !Scope::of(pack, &organisation).covers_province() => {
                continue;
            }
            Organisation::Agency(id) if *id == pack.office.agency => (Some(&counted.all), "全省"),
            Organisation::Agency(id) => (counted.agencies.get(id.as_str()), "本单位"),
            Organisation::Area(code) | Organisation::County(code) | Organisation::Zone(code) => {
                (counted.places.get(code), "本地企业")
            }
        };
        let Some(count) = count.filter(|count| **count > 0) else {
            continue;
        };
        let told = Told {
            organisation: id,
            account: None,
            kind: "push".to_string(),
            text: format!("{}推送的政策事项中，{whose}有{count}条", push.on),
            address: format!("/notices/pushes?push={}", push.id),
        };
        notices::tell(tx, &told, push.at).await?;
    }
    Ok(())
}

/// Matters of a push by whom they concern.
#[derive(Default)]
struct Counted<'a> {
    all: usize,
    agencies: HashMap<&'a str, usize>,
    places: HashMap<DivisionCode, usize>,
    firms: HashMap<u128, usize>,
}

fn count<'a>(pack: &'a Pack, firms: &Firms, notices: &[Notice]) -> Counted<'a> {
    let mut counted = Counted::default();
    for notice in notices {
        counted.all += 1;
        *counted.firms.entry(notice.key).or_default() += 1;
        for agency in &pack.measures[notice.measure].agencies {
            *counted.agencies.entry(agency).or_default() += 1;
        }
        let firm = Uscc::from_key(notice.key).and_then(|uscc| firms.find(uscc));
        let Some(firm) = firm else { continue };
        // 济源 is an area that is its own county.
        let county = firms
            .county(firm)
            .filter(|own| firms.area(firm) != Some(*own));
        for code in [firms.area(firm), county, firms.zone(firm)]
            .into_iter()
            .flatten()
        {
            *counted.places.entry(code).or_default() += 1;
        }
    }
    counted
}
