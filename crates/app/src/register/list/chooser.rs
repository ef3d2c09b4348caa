//! The page on which columns are chosen; it also says by which name a condition calls a fact.

use super::address;
use crate::register::book::Book;
use crate::register::columns::Column;
use crate::register::listing;
use crate::register::wanted::{COLUMNS_MAX, Wanted};
use crate::web::failure::Outcome;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, html};
use askama::Template;
use rules::expression::Kind;

#[derive(Template)]
#[template(path = "register-columns.html")]
struct ChooserPage {
    frame: Frame,
    groups: Vec<Group>,
    /// Everything of the query but the columns.
    kept: Vec<(&'static str, String)>,
    back: String,
    most: usize,
}

struct Group {
    title: &'static str,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    text: String,
    /// How a condition states it, and whether only its band is shown.
    note: String,
    is_chosen: bool,
}

pub(super) async fn show(visitor: &Visitor, book: &Book, wanted: &Wanted) -> Outcome {
    let chosen = listing::columns(&book.seen, wanted);
    let entry = |column: Column| Entry {
        id: column.id(&book.pack).to_string(),
        text: column.heading(&book.pack),
        note: note(book, column),
        is_chosen: chosen.contains(&column),
    };
    let is_fact = |column: &Column| matches!(column, Column::Fact(_));
    let all: Vec<Column> = Column::all(&book.pack).collect();
    let own = all.iter().filter(|column| !is_fact(column));
    let facts = all.iter().filter(|column| is_fact(column));
    let groups = vec![
        Group {
            title: "企业和阶段",
            entries: own.map(|column| entry(*column)).collect(),
        },
        Group {
            title: "指标",
            entries: facts.map(|column| entry(*column)).collect(),
        },
    ];
    let kept = wanted.filters().chain(wanted.manner());
    let kept = kept.filter(|(key, _)| *key != "columns");
    html(&ChooserPage {
        frame: visitor.frame("选择列", super::ADDRESS).await?,
        groups,
        kept: kept.map(|(key, value)| (key, value.to_string())).collect(),
        back: address(&wanted.query()),
        most: COLUMNS_MAX,
    })
}

fn note(book: &Book, column: Column) -> String {
    let Column::Fact(slot) = column else {
        return String::new();
    };
    let fact = &book.pack.facts[slot];
    if !book.seen.sees_fact(slot) {
        return "只看档次".to_string();
    }
    match &fact.kind {
        Kind::Choice(choices) => {
            let ids: Vec<String> = choices
                .iter()
                .map(|choice| format!("'{}'（{}）", choice.id, choice.name))
                .collect();
            format!("{}：{}", fact.id, ids.join("、"))
        }
        _ => fact.id.clone(),
    }
}
