//! The draw: from the seed of the province to the lot of each firm.
//!
//! Shares and sizes are set here so that about a fifth of the firms stand above scale and
//! a thick band stands just below. A firm depends on the seed and its own place in the
//! province only, so that a larger province begins with the same firms.

use super::chance::Chance;
use super::firms::{Firm, NEVER, TRADE, Trait};
use super::names;
use super::recipe::{Codes, Recipe};
use super::series::profile_of;
use anyhow::ensure;
use rules::period::Month;

/// Natural logarithm of the median monthly sales in yuan (about 7 million a year).
const LOG_SIZE: f64 = 13.28;
const SIZE_SPREAD: f64 = 1.2;
/// Industrial divisions by the number of their firms, in thousandths; the rest get one.
const DIVISION_WEIGHTS: [(u32, u32); 32] = [
    (6, 6),
    (8, 4),
    (9, 6),
    (10, 14),
    (13, 92),
    (14, 48),
    (15, 16),
    (17, 32),
    (18, 40),
    (19, 20),
    (20, 26),
    (21, 22),
    (22, 20),
    (23, 18),
    (24, 18),
    (26, 62),
    (27, 30),
    (28, 4),
    (29, 46),
    (30, 118),
    (31, 14),
    (32, 22),
    (33, 62),
    (34, 72),
    (35, 70),
    (36, 34),
    (37, 14),
    (38, 50),
    (39, 28),
    (40, 12),
    (42, 14),
    (44, 16),
];

/// Weights and bounds from which firms are drawn.
pub struct Draw<'a> {
    recipe: &'a Recipe,
    codes: &'a Codes,
    county_areas: Vec<u16>,
    county_sums: Vec<u64>,
    industries: Vec<u16>,
    industry_sums: Vec<u64>,
    start: i32,
    last: i32,
}

impl<'a> Draw<'a> {
    pub fn new(
        recipe: &'a Recipe,
        codes: &'a Codes,
        areas: &[u32],
        start: Month,
    ) -> anyhow::Result<Draw<'a>> {
        let place = |area: u32| areas.iter().position(|one| *one == area).unwrap_or(0) as u16;
        // Counties of one area differ in size: the weight is spread unevenly, the sum kept.
        let mut sum = 0;
        let county_sums: Vec<u64> = codes
            .counties
            .iter()
            .map(|county| {
                sum += u64::from(county.weight) * (60 + u64::from(county.code) * 37 % 81);
                sum
            })
            .collect();
        ensure!(sum > 0, "没有可用的县级区划，无法生成演示省");
        let division = |code: &str| code.get(..2).and_then(|two| two.parse::<u32>().ok());
        let mut counts = [0u64; 100];
        let industries: Vec<u16> = (0..codes.industries.len().min(usize::from(TRADE)))
            .filter(|index| codes.industries[*index].code.len() == 4)
            .filter(|index| {
                division(&codes.industries[*index].code).is_some_and(|two| (6..=46).contains(&two))
            })
            .map(|index| index as u16)
            .collect();
        ensure!(
            !industries.is_empty(),
            "没有可用的工业行业小类，无法生成演示省"
        );
        let divisions: Vec<u32> = industries
            .iter()
            .filter_map(|index| division(&codes.industries[usize::from(*index)].code))
            .collect();
        divisions.iter().for_each(|two| counts[*two as usize] += 1);
        let mut sum = 0;
        let industry_sums = divisions
            .iter()
            .map(|two| {
                let weight = DIVISION_WEIGHTS.iter().find(|(code, _)| code == two);
                let weight = weight.map_or(1, |(_, weight)| u64::from(*weight));
                sum += weight * 100_000 / counts[*two as usize];
                sum
            })
            .collect();
        let county_areas = codes
            .counties
            .iter()
            .map(|county| place(county.area))
            .collect();
        let (start, last) = (start.index(), recipe.last_month.index());
        Ok(Draw {
            recipe,
            codes,
            county_areas,
            county_sums,
            industries,
            industry_sums,
            start,
            last,
        })
    }

    pub fn firm(&self, index: usize) -> Firm {
        let mut chance = Chance::new(self.recipe.seed, index as u64);
        let county = pick(&self.county_sums, &mut chance);
        let industry = self.industries[pick(&self.industry_sums, &mut chance)];
        let division: u8 = self.codes.industries[usize::from(industry)].code[..2]
            .parse()
            .unwrap_or(34);
        let bell = chance.normal();
        let is_new = chance.happens(0.032 * f64::from(self.last - self.start) / 12.0);
        // New plants are built large and alike.
        let spread = if is_new {
            1.25 + 0.7 * bell
        } else {
            SIZE_SPREAD * bell
        };
        let (established, commissioned) = self.founding(is_new, &mut chance);
        let code = names::code(
            self.recipe.seed,
            self.codes.counties[county].code,
            index as u64 * 2,
            i32::from(established) < 2015 * 12 + 9,
        );
        let mut traits = 0u8;
        for (what, probability) in [
            (Trait::Exports, 0.08),
            (Trait::Gas, 0.3),
            (Trait::Patchy, if spread < 0.0 { 0.12 } else { 0.01 }),
            (Trait::NoPowerAccount, 0.04),
            (Trait::NoInsurance, 0.06),
        ] {
            traits |= u8::from(chance.happens(probability)) * what as u8;
        }
        let mut firm = Firm {
            code,
            county: county as u16,
            area: self.county_areas[county],
            industry,
            division,
            profile: profile_of(u32::from(division)),
            brand: chance.below(names::BRANDS) as u16,
            form: chance.below(names::FORM_COUNT) as u8,
            traits,
            day: 1 + chance.below(28) as u8,
            log_size: (LOG_SIZE + spread) as f32,
            growth: (0.07 * chance.normal()) as f32,
            noise: chance.between(0.04, 0.26) as f32,
            intensity: power_intensity(division) * chance.between(0.5, 1.6) as f32,
            established,
            commissioned,
            stops: NEVER,
            resumes: NEVER,
            cancelled: NEVER,
            step_month: NEVER,
            step: 0.0,
            moves: NEVER,
            moves_to: 0,
            renamed: NEVER,
            new_code: NEVER,
            switches: NEVER,
            switches_to: 0,
        };
        self.fate(&mut firm, &mut chance);
        firm
    }

    fn founding(&self, is_new: bool, chance: &mut Chance) -> (u16, u16) {
        if is_new {
            let commissioned = self.month_within(chance);
            return (commissioned - 4 - chance.below(14) as u16, commissioned);
        }
        let age = (chance.unit() * 264.0) as i32;
        let commissioned = self.start - 14 - age;
        (
            (commissioned - 3 - chance.below(9) as i32) as u16,
            commissioned as u16,
        )
    }

    /// What happens to the firm between the start of the past and the last month.
    fn fate(&self, firm: &mut Firm, chance: &mut Chance) {
        let roll = chance.unit();
        let month = self
            .month_within(chance)
            .max(firm.commissioned.saturating_add(6));
        if roll < 0.06 {
            firm.stops = month;
            if chance.happens(0.7) {
                firm.cancelled = month + 6 + chance.below(14) as u16;
            }
        } else if roll < 0.10 {
            firm.stops = month;
            firm.resumes = month + 3 + chance.below(12) as u16;
        } else if roll < 0.22 {
            (firm.step_month, firm.step) = (month, -chance.between(0.35, 1.2) as f32);
        } else if roll < 0.38 {
            (firm.step_month, firm.step) = (month, chance.between(0.3, 0.95) as f32);
        }
        let roll = chance.unit();
        let month = self
            .month_within(chance)
            .max(firm.commissioned.saturating_add(9));
        let quarter_end = month + 2 - month % 3;
        if roll < 0.01 {
            (firm.moves, firm.moves_to) = (quarter_end, self.destination(firm, chance) as u16);
        } else if roll < 0.016 {
            firm.new_code = quarter_end;
        } else if roll < 0.036 {
            firm.renamed = quarter_end;
        } else if roll < 0.050 {
            // The first register takes no trade; who turns to it later drops out of industry.
            let may_trade = i32::from(quarter_end) > self.recipe.first_month().index();
            firm.switches = quarter_end;
            firm.switches_to = self.next_class(firm, may_trade, chance);
        }
    }

    /// Most firms that move stay in their area.
    fn destination(&self, firm: &Firm, chance: &mut Chance) -> usize {
        if chance.happens(0.3) {
            return pick(&self.county_sums, chance);
        }
        let neighbours: Vec<usize> = (0..self.county_areas.len())
            .filter(|county| self.county_areas[*county] == firm.area)
            .collect();
        neighbours[chance.below(neighbours.len() as u64) as usize]
    }

    fn next_class(&self, firm: &Firm, may_trade: bool, chance: &mut Chance) -> u16 {
        if may_trade && chance.happens(0.25) {
            return TRADE;
        }
        let place = self
            .industries
            .partition_point(|index| *index < firm.industry);
        self.industries[(place + 1) % self.industries.len()]
    }

    fn month_within(&self, chance: &mut Chance) -> u16 {
        (self.start + chance.below((self.last - self.start) as u64) as i32) as u16
    }
}

fn pick(sums: &[u64], chance: &mut Chance) -> usize {
    let total = sums.last().copied().unwrap_or(0);
    let drawn = chance.below(total);
    sums.partition_point(|sum| *sum <= drawn)
        .min(sums.len().saturating_sub(1))
}

fn power_intensity(division: u8) -> f32 {
    match division {
        6..=12 | 30 => 0.10,
        31 | 32 | 44 => 0.16,
        22 | 26 | 28 => 0.09,
        17 | 29 | 33 => 0.07,
        _ => 0.04,
    }
}
