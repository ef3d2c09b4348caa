//! Months of made-up firms in memory: revenue, power and persons with season, noise, stops,
//! gaps and late starts, the same every time.
//!
//! Knows what firms do, and nothing of what is forecast from it. Example: `part(0..8192, 18)`.

use super::mixed;
use programme::deliveries::payload::EMPTY;
use programme::outlook::landing::Part;
use std::ops::Range;

/// Months of every series.
pub(super) const MONTHS: usize = 36;
/// Two-digit industries, from the first of manufacturing.
const INDUSTRIES: u64 = 40;
const FIRST_INDUSTRY: usize = 6;
/// Festival and summer as the whole province has them, in percent of an ordinary month; the
/// first of the months is an October.
const SEASON: [f64; 12] = [
    101.0, 106.0, 112.0, 92.0, 68.0, 103.0, 101.0, 103.0, 107.0, 97.0, 98.0, 104.0,
];
/// In a hundred firms: those that stop, pause once, begin late, have gaps, never tell their
/// revenue, and do not tell their power or persons.
const STOPS: u64 = 3;
const PAUSES: u64 = 4;
const BEGIN: u64 = 8;
const GAPS: u64 = 10;
const SILENT: u64 = 2;
const UNTOLD: u64 = 15;

/// The months of these firms, with their industries and areas.
pub(super) fn part(firms: Range<usize>, areas: usize) -> Part {
    let cells = firms.len() * MONTHS;
    let mut series = [(); 3].map(|()| Vec::with_capacity(cells));
    let mut groups = Vec::with_capacity(firms.len());
    for firm in firms {
        let firm = Firm::new(firm as u64, areas);
        for place in 0..MONTHS {
            let months = firm.month(place);
            for (series, value) in series.iter_mut().zip(months) {
                series.push(value);
            }
        }
        groups.push((firm.industry, firm.area));
    }
    Part::new(MONTHS, series, &groups)
}

/// What a firm is from its first month to its last.
struct Firm {
    number: u64,
    industry: usize,
    area: usize,
    /// Revenue of an ordinary month in fen, and by how much it grows in one.
    size: f64,
    growth: f64,
    /// By how much a month differs from the next, and how much of the season the firm has.
    noise: f64,
    season: f64,
    begins: usize,
    stops: usize,
    pause: Range<usize>,
}

impl Firm {
    fn new(number: u64, areas: usize) -> Firm {
        let chance = |decision: u64| mixed(number, 300 + decision) >> 11;
        let percent = |decision| chance(decision) % 100;
        let part = |decision| chance(decision) as f64 / (1u64 << 53) as f64;
        let place = |decision| (chance(decision) % MONTHS as u64) as usize;
        let pause = place(0);
        Firm {
            number,
            industry: FIRST_INDUSTRY + (chance(1) % INDUSTRIES) as usize,
            area: 1 + chance(2) as usize % areas.max(1),
            // From 100,000 to 100 million yuan a month, most of them small.
            size: 1e7 * f64::from(1 << (chance(3) % 10)) * (1.0 + part(4)),
            growth: 0.02 * (part(5) - 0.45),
            noise: 0.05 + 0.3 * part(6) * part(7),
            season: 0.3 + part(8),
            begins: if percent(9) < BEGIN { place(10) } else { 0 },
            stops: if percent(11) < STOPS {
                place(12)
            } else {
                MONTHS
            },
            pause: match percent(13) < PAUSES {
                true => pause..pause + 1 + place(14) / 8,
                false => 0..0,
            },
        }
    }

    /// Revenue, power and persons of a month.
    fn month(&self, place: usize) -> [i64; 3] {
        let chance = |decision: u64| {
            let month = decision * MONTHS as u64 + place as u64;
            mixed(self.number, 1_000 + month) >> 11
        };
        let own = |percent: u64, decision: u64| mixed(self.number, 200 + decision) % 100 < percent;
        // The sum of three is nearly normal: its standard deviation is a half.
        let noise = || {
            let sum: f64 = (0..3).map(|draw| chance(draw) as f64).sum();
            sum / (1u64 << 53) as f64 - 1.5
        };
        let is_gap = |decision: u64| own(GAPS, decision) && chance(3 + decision) % 100 < 8;
        let season = 1.0 + self.season * (SEASON[place % 12] / 100.0 - 1.0);
        let industry = 1.0 + 0.1 * ((self.industry + place) % 12) as f64 / 12.0;
        let trend = 1.0 + self.growth * place as f64;
        let level = self.size * season * industry * trend;
        let is_idle = place >= self.stops || self.pause.contains(&place);
        let revenue = match is_idle {
            true => 0.0,
            false => level * (1.0 + 2.0 * self.noise * noise()).max(0.05),
        };
        let power = revenue / 4_000.0 * (1.0 + 0.2 * (chance(6) as f64 / (1u64 << 53) as f64));
        let persons = self.size * trend / 6e6 + 3.0;
        let told = |value: f64, untold: bool| match untold || place < self.begins {
            true => EMPTY,
            false => value.round() as i64,
        };
        [
            told(revenue, own(SILENT, 0) || is_gap(1)),
            told(power, own(UNTOLD, 2)),
            told(persons, own(UNTOLD, 3) || is_gap(2)),
        ]
    }
}
