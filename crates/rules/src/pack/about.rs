//! `pack.toml`: name, office, and the few choices that are not dated values.

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

/// Lower bounds of the bands in which figures are shown to those who may not see them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    pub money_wan_yuan: Vec<i64>,
}

impl Bands {
    /// “1,000–1,500万元”: the band of an amount in fen.
    pub fn of_money(&self, fen: i64) -> String {
        let wan = |bound: i64| crate::money::grouped(bound.unsigned_abs());
        let above = self
            .money_wan_yuan
            .iter()
            .rposition(|bound| fen >= bound * 1_000_000);
        match above {
            None => "0万元以下".to_string(),
            Some(_) if fen == 0 => "0".to_string(),
            Some(index) => match self.money_wan_yuan.get(index + 1) {
                Some(next) => format!("{}–{}万元", wan(self.money_wan_yuan[index]), wan(*next)),
                None => format!("{}万元以上", wan(self.money_wan_yuan[index])),
            },
        }
    }
}
