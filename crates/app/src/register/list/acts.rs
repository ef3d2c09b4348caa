//! What is done with firms chosen from a list: shown before it happens, and told afterwards.

use super::{ADDRESS, address, open, read};
use crate::outlook::newest;
use crate::pool::{NamedCode, record_acts};
use crate::reader::read_code;
use crate::register::book::{Book, Pool};
use crate::register::listing;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Form;
use programme::outlook::Inside;
use programme::pool::ActKind;
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use std::collections::BTreeSet;

/// Firms that are chosen at a time.
const CHOSEN_MAX: usize = 2_000;
/// Firms that are named before an act; of more only the number is said.
const NAMED_MAX: usize = 200;

/// A form with chosen firms.
pub(super) struct Chosen<'a> {
    fields: &'a [(String, String)],
    pub firms: BTreeSet<Uscc>,
}

impl<'a> Chosen<'a> {
    pub fn read(fields: &'a [(String, String)]) -> Result<Chosen<'a>, Failure> {
        let mut firms = BTreeSet::new();
        for (_, code) in fields.iter().filter(|(key, _)| key == "firm") {
            firms.insert(read_code(code)?);
        }
        if firms.len() > CHOSEN_MAX {
            return Err(Failure::Refused(format!(
                "一次最多选{CHOSEN_MAX}家，现选{}家，请分批办理",
                firms.len()
            )));
        }
        Ok(Chosen { fields, firms })
    }

    /// The value of a field; empty where it is not there.
    pub fn field(&self, name: &str) -> &'a str {
        let found = self.fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// One chosen firm, and why nothing is done with it, if so.
struct Named {
    uscc: String,
    name: String,
    why: &'static str,
}

#[derive(Template)]
#[template(path = "register-selection.html")]
struct SelectionPage {
    frame: Frame,
    is_admission: bool,
    query: String,
    back: String,
    firms: Vec<Named>,
    left: Vec<Named>,
    /// Firms that are meant but not named one by one.
    unnamed: usize,
    columns: String,
    guarded: Vec<String>,
    purpose: String,
    reason: String,
}

/// What will happen with the chosen firms; nothing happens yet.
pub(super) async fn show_selection(
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Outcome {
    let chosen = Chosen::read(&sent)?;
    let book = open(&visitor).await?;
    let wanted = read(&book, chosen.field("query"))?;
    let is_admission = match chosen.field("act") {
        "admit" if visitor.may(Right::Admit) => true,
        "export" if visitor.may(Right::Export) => false,
        _ => return Err(Failure::Denied),
    };
    let (firms, left) = sorted(&book, &chosen, is_admission);
    if firms.is_empty() && left.is_empty() {
        let text = "没有选中企业，请在名单里勾选后再办理".to_string();
        return Err(Failure::Refused(text));
    }
    let columns = listing::columns(&book.seen, &wanted);
    let names: Vec<String> = columns.iter().map(|own| own.heading(&book.pack)).collect();
    let title = match is_admission {
        true => "纳入培育库",
        false => "导出所选企业",
    };
    html(&SelectionPage {
        frame: visitor.frame(title, ADDRESS).await?,
        is_admission,
        query: wanted.query(),
        back: address(&wanted.query()),
        unnamed: firms.len().saturating_sub(NAMED_MAX),
        firms,
        left,
        columns: names.join("、"),
        guarded: listing::guarded(&book.seen, &wanted),
        purpose: wanted.purpose.clone(),
        reason: String::new(),
    })
}

/// The chosen firms that the act is for, and the others.
fn sorted(book: &Book, chosen: &Chosen<'_>, is_admission: bool) -> (Vec<Named>, Vec<Named>) {
    let (mut firms, mut left) = (Vec::new(), Vec::new());
    // Firms that the reader may not see are not named, not even as refused.
    let found = chosen.firms.iter().filter_map(|code| book.seen.find(*code));
    for firm in found {
        let why = match is_admission {
            true => why_not(book, firm),
            false => "",
        };
        let named = Named {
            uscc: book.seen.uscc(firm).to_string(),
            name: book.seen.name(firm).to_string(),
            why,
        };
        match why.is_empty() {
            true => firms.push(named),
            false => left.push(named),
        }
    }
    (firms, left)
}

/// Why a firm cannot be admitted; empty where it can.
fn why_not(book: &Book, firm: Inside) -> &'static str {
    let seen = &book.seen;
    match book.pool.of(firm) {
        _ if !seen.registered(firm) => "企业名录没有这家企业",
        _ if seen.in_scale(firm) == Some(true) => "已在规，不需要纳入",
        Pool::In => "已在培育库",
        Pool::Declared | Pool::Left | Pool::Out => "",
    }
}

#[derive(Template)]
#[template(path = "register-admitted.html")]
struct AdmittedPage {
    frame: Frame,
    back: String,
    /// Why, each naming its firm.
    refused: Vec<String>,
}

pub(super) async fn create_admissions(
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Outcome {
    let chosen = Chosen::read(&sent)?;
    let book = open(&visitor).await?;
    let wanted = read(&book, chosen.field("query"))?;
    let reason = chosen.field("reason").trim();
    if reason.is_empty() {
        let text = "纳入培育库要写明事由，请填写后再办理".to_string();
        return Err(Failure::Refused(text));
    }
    let own = chosen.firms.iter().filter_map(|code| book.seen.find(*code));
    let codes: Vec<NamedCode> = own
        .map(|firm| {
            let code = book.seen.uscc(firm);
            (code.to_string(), Ok(code))
        })
        .collect();
    if codes.is_empty() {
        return Err(Failure::Refused("没有选中企业，没有办理".to_string()));
    }
    let office = visitor.office();
    let (_, firms) = newest(office, None).await?;
    let act = visitor.act()?;
    let (done, refused) = record_acts(office, ActKind::Admit, codes, reason, &act, &firms).await?;
    let mut frame = visitor.frame("纳入培育库", ADDRESS).await?;
    frame.flash = Some(match done {
        0 => Flash {
            kind: "refusal".to_string(),
            text: "所选企业都不能纳入，原因见下表".to_string(),
        },
        _ => Flash {
            kind: "done".to_string(),
            text: format!(
                "已将{done}家企业纳入培育库，名单立即更新；阶段和各项数字在下次运行后更新"
            ),
        },
    });
    let refused = refused.rows.iter();
    html(&AdmittedPage {
        frame,
        back: address(&wanted.query()),
        refused: refused.map(|row| row[1].shown()).collect(),
    })
}
