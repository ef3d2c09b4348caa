//! `pack.toml`: name, office, and the few choices that are not dated values.

use crate::expression::Kind;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub id: String,
    pub name: String,
    pub edition: String,
    /// Code of the province.
    pub division: String,
    pub plan_title: String,
}

/// Who issues bulletins, and the words of their head.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    pub agency: String,
    pub masthead: String,
    pub signature: String,
    pub title_issuer: Vec<String>,
    /// Document numbers read “<prefix>〔2026〕5号”.
    pub number_prefix: String,
    pub addressees: String,
    pub copies_to: String,
}

/// Which parameters hold the threshold and the pool factor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub threshold: String,
    pub pool_factor_percent: String,
}

/// Who counts as a legal person of industry (domain §1.3).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalEntity {
    /// Leading two symbols of admissible credit codes.
    pub institutions: Vec<String>,
    /// A name with one of these endings is a branch.
    pub branch_endings: Vec<String>,
    /// Sections of GB/T 4754-2017 that are industry.
    pub sections: Vec<String>,
    /// A row that carries one of these words instead of a code is a total.
    pub total_words: Vec<String>,
    /// “市直”: the area is meant, no county.
    pub city_level_words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Share of the year's target at the end of each quarter, straight line.
    pub linear_percent: [u32; 4],
    /// The same as experience expects it.
    pub expected_percent: [u32; 4],
    /// Annual entries up to this month count to the year before; 0 turns it off.
    pub annual_entry_counts_back_through_month: u32,
    /// A firm that changes its code within so many months stays above scale: it counts
    /// neither as left nor as entered.
    pub code_change_within_months: u32,
    /// A year's figure is final once a confirmed list of this month of the next year is in.
    pub final_from_month_of_next_year: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Targets are whole multiples of this.
    pub unit: u32,
}

/// From which series the year's landing is forecast.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landing {
    /// Series of the revenue that is held against the scale threshold.
    pub revenue: String,
    /// Series that tell a month whose revenue is late.
    #[serde(default)]
    pub power: Option<String>,
    #[serde(default)]
    pub staff: Option<String>,
    /// Months that are looked back on, 13 to 60.
    pub months: u32,
    /// Share of the year that falls to each month, January first, in parts of 10,000: what is
    /// expected before the province has a year of its own.
    pub profile: [u32; 12],
}

/// Lower bounds of the bands in which figures are shown to those who may not see them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    pub money_wan_yuan: Vec<i64>,
    /// Persons, pieces, points.
    pub count: Vec<i64>,
    /// 万千瓦时.
    pub electricity_wan: Vec<i64>,
    pub percent: Vec<i64>,
}

impl Bands {
    /// “1,000–1,500万元”: the band of an amount in fen.
    pub fn of_money(&self, fen: i64) -> String {
        between(&self.money_wan_yuan, i128::from(fen), 1_000_000, "万元")
    }

    /// The band of a value of any kind; days and months are told by their year.
    pub fn of(&self, kind: &Kind, value: i128) -> String {
        match kind {
            Kind::Money => between(&self.money_wan_yuan, value, 1_000_000, "万元"),
            Kind::Count | Kind::Integer => between(&self.count, value, 1, ""),
            Kind::Electricity => between(&self.electricity_wan, value, 10_000, "万千瓦时"),
            Kind::Rate { per } => {
                // Bounds are percents: compared in hundredths of a part.
                between(&self.percent, value * 100, i128::from(*per), "%")
            }
            Kind::Day | Kind::Month => {
                let text = kind.in_figures(value);
                format!("{}年", text.chars().take(4).collect::<String>())
            }
            Kind::Boolean | Kind::Code { .. } | Kind::Choice(_) => "不公开".to_string(),
        }
    }
}

/// The band of a value; `unit` is how much of it one of a bound's units is.
fn between(bounds: &[i64], value: i128, unit: i128, name: &str) -> String {
    let shown = |bound: i64| crate::money::grouped(bound.unsigned_abs());
    let above = bounds
        .iter()
        .rposition(|bound| value >= i128::from(*bound) * unit);
    match above {
        None => format!("0{name}以下"),
        Some(_) if value == 0 => "0".to_string(),
        Some(index) => match bounds.get(index + 1) {
            Some(next) => format!("{}–{}{name}", shown(bounds[index]), shown(*next)),
            None => format!("{}{name}以上", shown(bounds[index])),
        },
    }
}
