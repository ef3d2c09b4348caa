//! How a department's delivery is laid out: which columns, under which names.
//!
//! A layout is data of the pack (`deliveries/<kind>.toml`). It never says at which
//! position a column stands; headers are found by name and synonym.

use serde::Deserialize;

/// More columns than this no layout has.
pub const COLUMNS_MAX: usize = 64;

/// One kind of delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Kind as the command line spells it: `register`, `tax`, `pool-list` …
    pub id: String,
    /// What people call it: “税务月度数据”.
    pub name: String,
    /// Agencies that may deliver it, by their id in `agencies.toml`; `areas` and
    /// `counties` stand for every area and county office.
    pub agencies: Vec<String>,
    /// Purpose that every batch of this kind carries.
    pub purpose: String,
    /// Legal basis that every batch of this kind carries.
    pub basis: String,
    /// Whether the figures belong to one month or the delivery is a list as of a month.
    pub period: LayoutPeriod,
    /// Column that together with the code tells entries apart: a confirmed list names a
    /// firm once for each time it entered.
    #[serde(default)]
    pub distinct_by: Option<String>,
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutPeriod {
    /// Every row is a figure of the delivered month.
    Month,
    /// The rows are a list as it stood in the delivered month.
    List,
}

/// One column of a layout.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub id: String,
    /// Standard header.
    pub name: String,
    /// Other headers in use. A two-row header is matched as “upper/lower” joined
    /// without the slash, so `行业` over `代码` is `行业代码`.
    #[serde(default)]
    pub also: Vec<String>,
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// Without this column the delivery is refused.
    #[serde(default)]
    pub required: bool,
    /// A row that leaves this column empty is refused.
    #[serde(default)]
    pub filled: bool,
    /// The monthly series that the column feeds, by its id in `facts.toml`.
    #[serde(default)]
    pub series: Option<String>,
    /// A larger absolute value, in the column's own base unit (fen, kWh, persons), is
    /// kept as stated and remarked upon as doubtful.
    #[serde(default)]
    pub doubtful_above: Option<i64>,
    /// What a choice column may hold: stored word, then the spellings in use.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub id: String,
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    Uscc,
    Text,
    /// County, area or zone, by name or code.
    Division,
    /// Four-digit class of GB/T 4754-2017.
    Industry,
    Date,
    Month,
    /// Whole number of persons or pieces, not negative.
    Count,
    /// Money; the unit stands in the header or the title. Base unit: fen.
    Money,
    /// 是 or 否, 有 or 无; held as 1 and 0.
    Flag,
    /// “12.5” or “12.5%”; held in ten-thousandths of the whole.
    Percent,
    /// Electricity; base unit: kWh.
    Electricity,
    /// Gas; base unit: cubic metre.
    Gas,
    Choice,
}

impl Layout {
    pub fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }
}
