//! Where a firm's year will land, in words: the probability, the revenue as things go and what
//! is missing, and what speaks for the firm.
//!
//! Nothing is asked of the firm and nothing is computed here but differences and rates of
//! change. Who may not see tax figures reads the band they lie in.
//!
//! Example: “照目前走势全年约1,870万元，差130万元”, or “照目前走势全年在1,500–2,000万元一档”.

use crate::report::Field;
use crate::sight;
use programme::outlook::Firms;
use programme::people::Scope;
use rules::expression::Kind;
use rules::money::grouped;
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::facts::{LandingField, Origin, RegisterField};
use rules::period::Month;

const FEN_IN_WAN_YUAN: i64 = 1_000_000;

/// A probability as the forecast has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probability {
    pub class: DataClass,
    /// Parts of `per`.
    pub parts: i64,
    pub per: i64,
}

impl Probability {
    /// Of the year reaching the threshold; none where the forecast does not say.
    pub fn of(pack: &Pack, firms: &Firms, firm: usize) -> Option<Probability> {
        let slot = pack.slot(Origin::Landing(LandingField::Above))?;
        let fact = &pack.facts[slot];
        let Kind::Rate { per } = fact.kind else {
            return None;
        };
        Some(Probability {
            class: fact.class,
            parts: firms.fact(firm, slot)?,
            per,
        })
    }

    /// As one reader may see it.
    pub fn shown(self, pack: &Pack, scope: &Scope) -> Field {
        sight::probability(pack, scope, self.class, self.parts, self.per)
    }
}

/// What one reader may read of firms, against the threshold of the day.
pub struct Words<'a> {
    pub pack: &'a Pack,
    pub scope: &'a Scope,
    pub firms: &'a Firms,
    /// Revenue (fen) from which a firm is above scale, if there is one on the day.
    pub threshold: Option<i64>,
}

impl Words<'_> {
    /// Where the year lands as things go, and what is missing.
    pub fn landing(&self, firm: usize) -> Field {
        let slot = self.pack.slot(Origin::Landing(LandingField::Middle));
        let middle = slot.and_then(|slot| Some((slot, self.firms.fact(firm, slot)?)));
        let Some((slot, fen)) = middle else {
            return Field::Unknown;
        };
        if !self.scope.sees(self.pack.facts[slot].class) {
            let band = self.pack.bands.of_money(fen);
            return Field::text(format!("照目前走势全年在{band}一档"));
        }
        let mut text = format!("照目前走势全年约{}万元", in_wan_yuan(fen));
        if let Some(threshold) = self.threshold {
            text.push('，');
            text.push_str(&distance(fen, threshold));
        }
        Field::text(text)
    }

    /// What speaks for a firm, from facts that are there.
    pub fn reach(&self, firm: usize) -> Field {
        let parts = [
            self.has_reached(firm).map(str::to_string),
            self.growth(firm),
            self.commissioned(firm),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.is_empty() {
            true => Field::Unknown,
            false => Field::text(parts.join("；")),
        }
    }

    /// Yes or no is for everybody: class A says as much.
    pub fn has_reached(&self, firm: usize) -> Option<&'static str> {
        let threshold = self.threshold?;
        let is_reached = |id| self.fact(firm, id).map(|(_, fen)| fen >= threshold);
        if is_reached("sales_ytd_known") == Some(true) {
            return Some("本年已达规模标准");
        }
        (is_reached("sales_12m_known") == Some(true)).then_some("近12个月已达规模标准")
    }

    /// The last twelve months' sales against the twelve before.
    fn growth(&self, firm: usize) -> Option<String> {
        let (slot, now) = self.fact(firm, "sales_12m")?;
        let (slot_before, before) = self.fact(firm, "sales_12m_before")?;
        if before <= 0 {
            return None;
        }
        let change = i128::from(now) - i128::from(before);
        let permille =
            (change * 2000 + change.signum() * i128::from(before)) / (i128::from(before) * 2);
        let word = if permille < 0 { "下降" } else { "增长" };
        let size = permille.abs();
        if size == 0 {
            return Some("近12个月与上一个12个月持平".to_string());
        }
        let facts = [slot, slot_before].into_iter();
        let shown = match sight::sees_all(self.pack, self.scope, facts) {
            true => format!("{}.{}%", size / 10, size % 10),
            false => self.pack.bands.of(&Kind::Rate { per: 1000 }, size),
        };
        Some(format!("近12个月比上一个12个月{word}{shown}"))
    }

    /// When a firm of the class of new ones went into production.
    fn commissioned(&self, firm: usize) -> Option<String> {
        let mut classes = self.pack.classes.iter();
        let class = classes.position(|class| class.id == "commissioned")?;
        if self.firms.class(firm, class) != Some(true) {
            return None;
        }
        let slot = self
            .pack
            .slot(Origin::Register(RegisterField::Commissioned))?;
        let index = i32::try_from(self.firms.fact(firm, slot)?).ok()?;
        Some(format!("{}投产", Month::from_index(index)?.in_words()))
    }

    fn fact(&self, firm: usize, id: &str) -> Option<(usize, i64)> {
        let slot = self.pack.fact_slot(id)?;
        Some((slot, self.firms.fact(firm, slot)?))
    }
}

/// Whole 万元, half rounded up.
fn wan_yuan(fen: i64) -> i64 {
    (fen + FEN_IN_WAN_YUAN / 2).div_euclid(FEN_IN_WAN_YUAN)
}

fn in_wan_yuan(fen: i64) -> String {
    let wan = wan_yuan(fen);
    let sign = if wan < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(wan.unsigned_abs()))
}

/// How far the year is from the threshold, so that the figures shown add up.
fn distance(fen: i64, threshold: i64) -> String {
    let gap = wan_yuan(threshold) - wan_yuan(fen);
    match (fen >= threshold, gap) {
        (true, 0) => "刚过规模标准".to_string(),
        (true, _) => format!("超过规模标准{}万元", grouped(gap.unsigned_abs())),
        (false, 0) => "差不足1万元".to_string(),
        (false, _) => format!("差{}万元", grouped(gap.unsigned_abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::invented::{Invented, own_pack};
    use rules::pack::organisation::Organisation;

    const THRESHOLD: i64 = 2_000 * FEN_IN_WAN_YUAN;

    /// What the tax bureau and the provincial office read of one firm.
    fn check(facts: &[(&str, i64)], tax: [&str; 3], office: [&str; 3]) {
        let pack = own_pack();
        let firms = Invented::default().firm(facts).firms(&pack);
        for (name, expected) in [("省税务局", tax), ("省工业和信息化厅", office)] {
            let reader = Organisation::read(&pack, name).expect("an agency");
            let scope = Scope::of(&pack, &reader);
            let words = Words {
                pack: &pack,
                scope: &scope,
                firms: &firms,
                threshold: Some(THRESHOLD),
            };
            let above = Probability::of(&pack, &firms, 0);
            let above = above.map_or(Field::Unknown, |above| above.shown(&pack, &scope));
            let found = [above, words.landing(0), words.reach(0)];
            assert_eq!(found.map(|field| field.shown()), expected, "{name}");
        }
    }

    #[test]
    fn tax_reads_figures_and_others_bands() {
        let wan = |number: i64| number * FEN_IN_WAN_YUAN;
        let commissioned = Month::new(2025, 3).expect("a month").index();
        check(
            &[
                ("landing_above", 4_321),
                ("landing_middle", wan(1_870)),
                ("sales_12m", wan(1_123)),
                ("sales_12m_known", wan(1_123)),
                ("sales_12m_before", wan(1_000)),
                ("commissioned", i64::from(commissioned)),
                ("#classes", 0b1100),
                ("#undecided", 0),
            ],
            [
                "43.2%",
                "照目前走势全年约1,870万元，差130万元",
                "近12个月比上一个12个月增长12.3%；2025年3月投产",
            ],
            [
                "30–50%",
                "照目前走势全年在1,500–2,000万元一档",
                "近12个月比上一个12个月增长10–20%；2025年3月投产",
            ],
        );
    }

    #[test]
    fn what_is_certain_and_what_falls() {
        let wan = |number: i64| number * FEN_IN_WAN_YUAN;
        check(
            &[
                ("landing_above", 10_000),
                ("landing_middle", wan(2_310)),
                ("sales_ytd_known", wan(2_000)),
                ("sales_12m", wan(2_400)),
                ("sales_12m_before", wan(3_000)),
            ],
            [
                "100.0%",
                "照目前走势全年约2,310万元，超过规模标准310万元",
                "本年已达规模标准；近12个月比上一个12个月下降20.0%",
            ],
            [
                "70–100%",
                "照目前走势全年在2,000–5,000万元一档",
                "本年已达规模标准；近12个月比上一个12个月下降20–30%",
            ],
        );
    }

    #[test]
    fn what_is_not_known_is_said() {
        check(&[], ["待补"; 3], ["待补"; 3]);
        check(
            &[
                ("landing_above", 0),
                ("sales_12m", 5),
                ("sales_12m_before", 0),
            ],
            ["0.0%", "待补", "待补"],
            ["0–1%", "待补", "待补"],
        );
    }

    #[test]
    fn what_is_missing_adds_up_with_what_is_shown() {
        let wan = |hundredths: i64| hundredths * FEN_IN_WAN_YUAN / 100;
        let cases = [
            (187_000, "1,870", "差130万元"),
            (187_049, "1,870", "差130万元"),
            (187_050, "1,871", "差129万元"),
            (199_970, "2,000", "差不足1万元"),
            (200_000, "2,000", "刚过规模标准"),
            (231_000, "2,310", "超过规模标准310万元"),
            (0, "0", "差2,000万元"),
        ];
        for (hundredths, shown, expected) in cases {
            let fen = wan(hundredths);
            assert_eq!(in_wan_yuan(fen), shown);
            assert_eq!(distance(fen, wan(200_000)), expected);
        }
    }
}
