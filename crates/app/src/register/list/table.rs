//! The table of firms as a page and a program read it.

use super::address;
use super::page_numbers;
use crate::register::columns::Column;
use crate::register::listing::{self, Listing, Total};
use crate::register::wanted::{Chip, Order, Wanted};
use crate::web::parts::Way;
use crate::workbook::Cell;
use programme::outlook::Inside;
use rules::money::grouped;
use serde_json::{Map, Value, json};

/// One page of the list, ready to be shown.
pub struct Shown {
    pub is_filtered: bool,
    pub count_shown: String,
    pub chips: Vec<Chip>,
    pub stages: Vec<Way>,
    pub columns: Vec<ShownColumn>,
    pub rows: Vec<ShownRow>,
    /// Texts under the columns; none where nothing is added up.
    pub totals: Option<Vec<String>>,
    pub range: String,
    pub previous: String,
    pub next: String,
    pub links: Vec<Way>,
    pub sizes: Vec<Way>,
    /// What the filter form hands on unchanged.
    pub kept: Vec<(&'static str, String)>,
    pub columns_address: String,
    /// What an export would hold, for whoever confirms it.
    pub export_columns: String,
    pub export_guarded: Vec<String>,
    pub purpose: String,
    pub query: String,
}

pub struct ShownColumn {
    pub id: String,
    pub text: String,
    pub unit: String,
    pub is_number: bool,
    /// Where it leads when the list is to be ordered by it; empty where it cannot.
    pub address: String,
    pub sorted: &'static str,
}

pub struct ShownRow {
    pub uscc: String,
    pub name: String,
    pub cells: Vec<ShownCell>,
}

pub struct ShownCell {
    pub text: String,
    pub label: String,
    pub class: &'static str,
    pub is_link: bool,
}

/// Pages of other sizes that are offered.
const SIZES: [usize; 3] = [50, 100, 200];

pub fn shown(listing: &Listing<'_>) -> Shown {
    let (book, wanted) = (listing.book, listing.wanted);
    let pack = &book.pack;
    let columns = listing.columns();
    let firms = listing.firms(listing.places());
    let heads: Vec<ShownColumn> = columns.iter().map(|own| head(listing, *own)).collect();
    let rows = firms.into_iter();
    let rows = rows.map(|firm| row(listing, firm, &columns, &heads));
    let rows = rows.collect();
    let at = |page: usize| address(&wanted.query_with("page", &page.to_string()));
    let page = listing.page();
    let names: Vec<String> = columns.iter().map(|own| own.heading(pack)).collect();
    Shown {
        is_filtered: wanted.is_filtered(),
        count_shown: grouped(listing.count as u64),
        chips: chips(listing),
        stages: stages(listing),
        totals: totals(listing, &columns),
        range: range(listing),
        previous: if page > 1 {
            at(page - 1)
        } else {
            String::new()
        },
        next: if page < listing.pages() {
            at(page + 1)
        } else {
            String::new()
        },
        links: page_numbers(listing)
            .map(|own| Way {
                address: at(own),
                text: own.to_string(),
                is_current: own == page,
            })
            .collect(),
        sizes: sizes(wanted),
        kept: wanted
            .manner()
            .map(|(key, value)| (key, value.to_string()))
            .collect(),
        columns_address: format!(
            "{}/columns?{}",
            super::ADDRESS,
            wanted.query_without(&["page"])
        ),
        export_columns: names.join("、"),
        export_guarded: listing::guarded(&book.seen, wanted),
        purpose: wanted.purpose.clone(),
        query: wanted.query(),
        columns: heads,
        rows,
    }
}

fn row(listing: &Listing<'_>, firm: Inside, columns: &[Column], heads: &[ShownColumn]) -> ShownRow {
    let cells = listing.row(firm, columns);
    let cells = cells.iter().zip(columns.iter().zip(heads));
    ShownRow {
        uscc: listing.book.seen.uscc(firm).to_string(),
        name: listing.book.seen.name(firm).to_string(),
        cells: cells
            .map(|(own, (column, head))| cell(own, *column, head))
            .collect(),
    }
}

/// The places of the page's firms among all.
fn range(listing: &Listing<'_>) -> String {
    let places = listing.places();
    match listing.count {
        0 => "0".to_string(),
        _ => format!(
            "{}–{}",
            grouped(places.start as u64 + 1),
            grouped(places.end as u64)
        ),
    }
}

fn chips(listing: &Listing<'_>) -> Vec<Chip> {
    let mut chips = listing.wanted.chips(&listing.book.pack);
    for chip in &mut chips {
        chip.without = address(&chip.without);
    }
    chips
}

fn head(listing: &Listing<'_>, column: Column) -> ShownColumn {
    let (book, wanted) = (listing.book, listing.wanted);
    let heading = column.heading(&book.pack);
    let (text, unit) = match heading
        .strip_suffix('）')
        .and_then(|own| own.rsplit_once('（'))
    {
        Some((text, unit @ ("万元" | "千瓦时"))) => (text.to_string(), unit.to_string()),
        _ => (heading, String::new()),
    };
    let own = wanted.order.filter(|order| order.column == column);
    let sorted = match own {
        Some(Order {
            is_descending: true,
            ..
        }) => "descending",
        Some(_) => "ascending",
        None => "none",
    };
    let id = column.id(&book.pack);
    // Figures are looked at from the largest, texts from the first.
    let is_number = column.is_number(&book.pack);
    let next = match (own, is_number) {
        (Some(order), _) if order.is_descending => id.to_string(),
        (Some(_), _) | (None, true) => format!("-{id}"),
        (None, false) => id.to_string(),
    };
    ShownColumn {
        id: id.to_string(),
        text,
        unit,
        is_number,
        address: match column.is_sortable(&book.seen) {
            true => address(&wanted.query_with("sort", &next)),
            false => String::new(),
        },
        sorted,
    }
}

fn cell(cell: &Cell, column: Column, head: &ShownColumn) -> ShownCell {
    let text = cell.shown();
    let class = match (column, head.is_number) {
        (Column::Name, _) => "stuck",
        (_, true) => "number",
        (Column::Reason, _) => "words",
        _ if text.chars().count() > 20 => "words",
        _ => "",
    };
    ShownCell {
        label: match head.unit.is_empty() {
            true => head.text.clone(),
            false => format!("{}（{}）", head.text, head.unit),
        },
        class,
        is_link: matches!(column, Column::Name | Column::Uscc),
        text,
    }
}

/// How many firms stand at each stage, the other filters being the same.
fn stages(listing: &Listing<'_>) -> Vec<Way> {
    let (book, wanted) = (listing.book, listing.wanted);
    let mut others = wanted.clone();
    others.stages.clear();
    let Ok(all) = listing::find(book, &others) else {
        return Vec::new();
    };
    let mut counts = vec![0u64; book.pack.stages.len()];
    for stage in all.found.iter().filter_map(|firm| book.seen.stage(firm)) {
        counts[stage] += 1;
    }
    let whole = Way {
        address: address(&wanted.query_without(&["stage", "page"])),
        text: format!("全部 {}", grouped(all.count as u64)),
        is_current: wanted.stages.is_empty(),
    };
    let own = book.pack.stages.iter().zip(&counts).enumerate();
    let own = own.filter(|(index, (_, count))| **count > 0 || wanted.stages.contains(index));
    let own = own.map(|(index, (stage, count))| Way {
        address: address(&wanted.query_with("stage", &stage.id)),
        text: format!("{} {}", stage.name, grouped(*count)),
        is_current: wanted.stages == [index],
    });
    std::iter::once(whole).chain(own).collect()
}

fn totals(listing: &Listing<'_>, columns: &[Column]) -> Option<Vec<String>> {
    let totals: Vec<Total> = columns.iter().map(|own| listing.total(*own)).collect();
    let is_any = totals.iter().any(|total| *total != Total::None);
    (is_any && listing.count > 0).then(|| totals.iter().map(Total::shown).collect())
}

fn sizes(wanted: &Wanted) -> Vec<Way> {
    let sizes = SIZES.iter().map(|rows| Way {
        address: address(&wanted.query_with("rows", &rows.to_string())),
        text: rows.to_string(),
        is_current: wanted.rows == *rows,
    });
    sizes.collect()
}

/// The page for programs: figures as whole numbers in the units of the pack.
pub(super) fn json(listing: &Listing<'_>) -> Value {
    let book = listing.book;
    let columns = listing.columns();
    let firms = listing.firms(listing.places());
    let rows = firms.into_iter().map(|firm| {
        let cells = listing.row(firm, &columns);
        let named = columns.iter().zip(cells);
        let mut row = Map::new();
        row.insert("uscc".to_string(), json!(book.seen.uscc(firm).to_string()));
        row.extend(named.map(|(column, cell)| (column.id(&book.pack).to_string(), value(&cell))));
        Value::Object(row)
    });
    let rows: Vec<Value> = rows.collect();
    json!({
        "count": listing.count,
        "page": listing.page(),
        "pages": listing.pages(),
        "as_of": book.snapshot.as_of.to_string(),
        "snapshot": book.snapshot.id,
        "firms": rows,
    })
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Count(number) | Cell::Money(number) | Cell::Yuan(number) => json!(number),
        Cell::Percent { part, of } => json!({ "part": part, "of": of }),
        Cell::Day(_) | Cell::Month(_) => json!(cell.shown()),
        Cell::Empty | Cell::Unknown => Value::Null,
    }
}
