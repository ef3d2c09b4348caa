//! What somebody wants of the list of firms: filters, order, columns, page; read from the query
//! of an address and nothing else. Whatever is not foreseen is refused with what is possible.
//!
//! Example: `stage=pool&class=A&sort=-persons&columns=name,uscc&page=2`

mod read;
mod words;

pub use read::{kinds, read, understood};

use super::book::Pool;
use super::columns::Column;
use rules::expression::Condition;
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;

/// Firms of a page where nothing is said.
pub const ROWS_USUAL: usize = 50;
/// Firms of a page at most.
pub const ROWS_MAX: usize = 200;
/// Signs of a stated purpose.
const PURPOSE_MAX: usize = 100;
/// Columns of a list at most.
pub const COLUMNS_MAX: usize = 40;

/// What is wanted, proved against the pack and against what the reader may see.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Parts of name, initials or code.
    pub text: String,
    pub areas: Vec<DivisionCode>,
    pub counties: Vec<DivisionCode>,
    pub zones: Vec<DivisionCode>,
    pub industries: Vec<Industry>,
    /// Indexes into the pack's stages.
    pub stages: Vec<usize>,
    /// Stage and kind.
    pub kinds: Vec<(usize, usize)>,
    pub classes: Vec<usize>,
    /// Indexes into the pack's bands of counts.
    pub sizes: Vec<usize>,
    pub measure: Option<usize>,
    pub verdicts: Vec<Verdict>,
    /// Values of the fact that states the level.
    pub warnings: Vec<i64>,
    pub pools: Vec<Pool>,
    /// A condition of the reader's own, with its text.
    pub condition: Option<(String, Condition)>,
    pub order: Option<Order>,
    /// Chosen columns; the usual ones where there are none.
    pub columns: Vec<Column>,
    /// Why figures are read whose every reading is written down.
    pub purpose: String,
    /// From 1.
    pub page: usize,
    /// Firms of a page.
    pub rows: usize,
    /// The query as it was understood: keys and values in the order of keys.
    pairs: Vec<(&'static str, String)>,
}

/// By what a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub column: Column,
    pub is_descending: bool,
}

/// A part of the classification of industries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Industry {
    /// B, C or D.
    Section(String),
    /// Two or four digits: what begins with them.
    Begins { low: i64, high: i64 },
}

/// A filter that is set, with the way to the list without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub key: &'static str,
    pub value: String,
    /// 阶段：培育
    pub text: String,
    pub without: String,
}

/// Why a query is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WantedRefusal {
    #[error("没有“{0}”这个条件，可用：{possible}", possible = keys())]
    Key(String),
    #[error("{what}没有“{value}”，可用：{possible}")]
    Value {
        what: &'static str,
        value: String,
        possible: String,
    },
    #[error("“{0}”不是区划表里的{1}代码，请从列表中选择")]
    Division(String, &'static str),
    #[error("没有“{0}”这项政策措施，请从列表中选择")]
    Measure(String),
    #[error("没有“{0}”这一列，请从“选择列”中选取")]
    Column(String),
    #[error("列太多，最多{COLUMNS_MAX}列，请减少")]
    Columns,
    #[error("不能按“{0}”排序：{1}")]
    Order(String, &'static str),
    #[error("自定义条件第{line}行第{column}字：{message}")]
    Condition {
        line: usize,
        column: usize,
        message: String,
    },
    #[error("{what}用到{names}，本账号只能看档次，不能用作条件；请删去这一项")]
    Hidden { what: &'static str, names: String },
    #[error("{what}应为1到{most}之间的整数，收到“{value}”")]
    Number {
        what: &'static str,
        value: String,
        most: usize,
    },
    #[error("按结论筛选要先选一项政策措施")]
    NoMeasure,
    #[error("用途最多{PURPOSE_MAX}字，请改短")]
    Purpose,
    #[error("条件太长，请减少")]
    Long,
}

/// Keys of a query, in the order in which they are written.
pub const KEYS: [&str; 19] = [
    "q", "area", "county", "zone", "industry", "stage", "kind", "class", "size", "measure",
    "verdict", "warning", "pool", "where", "sort", "columns", "rows", "purpose", "page",
];

/// Keys that say which firms are meant; the others say how they are shown.
const FILTERS: usize = 14;

fn keys() -> String {
    KEYS.join("、")
}

impl Wanted {
    /// The query as it stands behind the question mark of an address.
    pub fn query(&self) -> String {
        written(self.pairs.iter().map(|(key, value)| (*key, value.as_str())))
    }

    /// What of it is kept in a view: everything but the page and today's purpose.
    pub fn view_query(&self) -> String {
        self.query_without(&["page", "purpose"])
    }

    /// The query without some keys.
    pub fn query_without(&self, keys: &[&str]) -> String {
        let kept = self.pairs.iter().filter(|(key, _)| !keys.contains(key));
        written(kept.map(|(key, value)| (*key, value.as_str())))
    }

    /// The query with one value of a key in place of all that it has; from the first page.
    pub fn query_with(&self, key: &str, value: &str) -> String {
        let others = self.pairs.iter().filter(|(own, _)| {
            let is_page = *own == "page";
            *own != key && !is_page
        });
        let others = others.map(|(key, value)| (*key, value.as_str()));
        written(others.chain([(key, value)]))
    }

    /// The filters, as they were asked for.
    pub fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let own = self.pairs.iter();
        let filters = own.filter(|(key, _)| KEYS[..FILTERS].contains(key));
        filters.map(|(key, value)| (*key, value.as_str()))
    }

    /// What is shown and how, without the filters: keys and values.
    pub fn manner(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let own = self.pairs.iter();
        let others = own.filter(|(key, _)| !KEYS[..FILTERS].contains(key) && *key != "page");
        others.map(|(key, value)| (*key, value.as_str()))
    }

    /// Lets go of counties and zones outside the areas that are wanted: a form still holds those
    /// of the area that was chosen before.
    pub fn keep_fitting(&mut self, pack: &Pack) {
        if self.areas.is_empty() {
            return;
        }
        let areas = self.areas.clone();
        let fits = |code: &DivisionCode| {
            let place = pack.divisions.place(*code);
            place.is_some_and(|place| areas.contains(&place.area))
        };
        self.counties.retain(fits);
        self.zones.retain(fits);
        self.pairs.retain(|(key, value)| {
            let is_below = matches!(*key, "county" | "zone");
            !is_below || value.parse().is_ok_and(|code| fits(&code))
        });
    }

    /// Whether any firm is left out.
    pub fn is_filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    /// Whether a value of a key is among what is wanted.
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.pairs
            .iter()
            .any(|(own, known)| *own == key && known == value)
    }

    /// The first value of a key; empty where it has none.
    pub fn value(&self, key: &str) -> &str {
        let found = self.pairs.iter().find(|(own, _)| *own == key);
        found.map_or("", |(_, value)| value)
    }
}

/// Pairs as a query.
fn written<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    query.finish()
}
