//! What firms have in common, drawn: the years of the province, of each area and of each
//! industry, as points that cover all years evenly.
//!
//! It has no clock and no state: every number is a function of seed and place. The direction
//! in which a pool's number moves most is cut into equal strata, one point each; what is left
//! comes in mirrored pairs. So a seed moves a probability only in the fourth digit.
//!
//! Example: for the firms of one area the direction is, but for their industries, the sum of
//! the province's and the area's year.

use crate::outlook::Shocks;
use crate::outlook::normal::{density, quantile};
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeSet;

/// Number between 0 and 1, never either, that belongs to a seed, a stream and a place in it.
pub(super) fn uniform(seed: u64, stream: u64, place: u64) -> f64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = mixed(seed ^ mixed(stream.wrapping_add(ODD)));
    let bits = self::mixed(mixed.wrapping_add(place.wrapping_mul(ODD)));
    ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// The finaliser of SplitMix64.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Streams of numbers that must not meet.
const STRATA: u64 = 1;
const FACTORS: u64 = 2;

/// Firms that share area and industry: one height in every draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// Places among the factors; none where the firm's is not known.
    area: Option<usize>,
    industry: Option<usize>,
}

/// One firm's part in a draw: it lands with the probability `cdf(level + height of its cell)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    pub level: f64,
    /// Place among the cells of a [`Sight`].
    pub cell: usize,
}

/// Drawn years, shared by all divisions.
#[derive(Debug)]
pub(super) struct Years {
    shocks: Shocks,
    areas: Vec<DivisionCode>,
    industries: Vec<u32>,
    /// Per draw the position on the direction that matters most: ascending.
    positions: Vec<f64>,
    /// Per pair of draws one normal a factor; the second of the pair has the opposite.
    factors: Vec<f64>,
}

/// The cells of a group of firms, and the direction in which their number moves most.
#[derive(Debug)]
pub(super) struct Sight {
    cells: Vec<Cell>,
    /// Scales of the cells: 1 ⁄ √(what is left to the firm).
    scales: Vec<f64>,
    /// Per factor, of length one in all; zeros where nobody is to be counted.
    direction: Vec<f64>,
    /// The factors that occur.
    used: Vec<usize>,
}

impl Years {
    /// Draws `draws` years (made even), or a single one where nothing is shared.
    pub fn new(
        shocks: Shocks,
        areas: &BTreeSet<DivisionCode>,
        industries: &BTreeSet<u32>,
        seed: u64,
        draws: usize,
    ) -> Years {
        let draws = Years::count(shocks, draws);
        let mut years = Years {
            shocks,
            areas: areas.iter().copied().collect(),
            industries: industries.iter().copied().collect(),
            positions: Vec::new(),
            factors: Vec::new(),
        };
        if draws == 1 {
            years.positions.push(0.0);
            years.factors = vec![0.0; years.width()];
            return years;
        }
        let stratum = |draw: usize| {
            let within = uniform(seed, STRATA, draw as u64);
            quantile((draw as f64 + within) / draws as f64)
        };
        years.positions = (0..draws).map(stratum).collect();
        let width = years.width();
        years.factors = vec![0.0; draws / 2 * width];
        // Each factor walks through its own even row of points from a random start.
        let walks: Vec<(f64, f64)> = (0..width)
            .map(|factor| (uniform(seed, FACTORS, factor as u64), stride(factor)))
            .collect();
        let pairs = years.factors.chunks_mut(width).enumerate();
        pairs.for_each(|(pair, own)| {
            for (factor, (start, stride)) in own.iter_mut().zip(&walks) {
                let walked = start + pair as f64 * stride;
                let point = (walked - walked.floor()).clamp(1e-9, 1.0 - 1e-9);
                *factor = quantile(point);
            }
        });
        years
    }

    /// How many years are drawn where so many are asked for.
    pub fn count(shocks: Shocks, draws: usize) -> usize {
        match shocks.is_none() {
            true => 1,
            false => draws.max(2).next_multiple_of(2),
        }
    }

    pub fn draws(&self) -> usize {
        self.positions.len()
    }

    /// The province, the areas, the industries.
    fn width(&self) -> usize {
        1 + self.areas.len() + self.industries.len()
    }

    /// Where a firm belongs.
    pub fn cell(&self, area: Option<DivisionCode>, industry: Option<u32>) -> Cell {
        let area = area.and_then(|code| self.areas.binary_search(&code).ok());
        let industry = industry.and_then(|code| self.industries.binary_search(&code).ok());
        Cell {
            area: area.map(|place| 1 + place),
            industry: industry.map(|place| 1 + self.areas.len() + place),
        }
    }

    /// The loading of every factor of a cell.
    fn loads(&self, cell: Cell) -> [(Option<usize>, f64); 3] {
        [
            (Some(0), self.shocks.province.sqrt()),
            (cell.area, self.shocks.area.sqrt()),
            (cell.industry, self.shocks.industry.sqrt()),
        ]
    }

    /// 1 ⁄ √(variance left to a firm of the cell).
    fn scale(&self, cell: Cell) -> f64 {
        let mut own = 1.0 - self.shocks.province;
        if cell.area.is_some() {
            own -= self.shocks.area;
        }
        if cell.industry.is_some() {
            own -= self.shocks.industry;
        }
        1.0 / own.sqrt()
    }

    /// Looks at firms by their probabilities and cells. The first `counted` firms give the
    /// direction; the others only stand beside them.
    pub fn look(&self, firms: &[(f64, Cell)], counted: usize) -> (Sight, Vec<Chance>) {
        let distinct: BTreeSet<Cell> = firms.iter().map(|(_, cell)| *cell).collect();
        let cells: Vec<Cell> = distinct.into_iter().collect();
        let scales: Vec<f64> = cells.iter().map(|cell| self.scale(*cell)).collect();
        let mut direction = vec![0.0; self.width()];
        let mut chances = Vec::with_capacity(firms.len());
        for (place, (above, cell)) in firms.iter().enumerate() {
            let index = cells.binary_search(cell).expect("every cell was collected");
            let level = quantile(*above);
            chances.push(Chance {
                level: level * scales[index],
                cell: index,
            });
            if place < counted {
                for (factor, load) in self.loads(*cell) {
                    direction[factor.unwrap_or(0)] += factor.map_or(0.0, |_| load * density(level));
                }
            }
        }
        let length = direction.iter().map(|part| part * part).sum::<f64>().sqrt();
        if length > 0.0 {
            direction.iter_mut().for_each(|part| *part /= length);
        }
        let used: BTreeSet<usize> = cells
            .iter()
            .flat_map(|cell| [Some(0), cell.area, cell.industry])
            .flatten()
            .collect();
        let sight = Sight {
            cells,
            scales,
            direction,
            used: used.into_iter().collect(),
        };
        (sight, chances)
    }

    /// The heights of all cells in one draw, scaled as levels are.
    pub fn heights(&self, sight: &Sight, draw: usize, heights: &mut Vec<f64>) {
        let width = self.width();
        let own = &self.factors[draw / 2 * width..][..width];
        let sign = if draw.is_multiple_of(2) { 1.0 } else { -1.0 };
        let used = sight.used.iter();
        let along: f64 = used
            .map(|factor| sight.direction[*factor] * own[*factor])
            .sum();
        let missing = self.positions[draw] - sign * along;
        heights.clear();
        for (cell, scale) in sight.cells.iter().zip(&sight.scales) {
            let parts = self.loads(*cell).map(|(factor, load)| {
                factor.map_or(0.0, |factor| {
                    load * (sign * own[factor] + missing * sight.direction[factor])
                })
            });
            heights.push(scale * parts.iter().sum::<f64>());
        }
    }
}

/// The fractional part of the square root of a prime: rows of points with such strides stay
/// even, one factor against another.
fn stride(factor: usize) -> f64 {
    let is_prime = |number: &u32| (2..*number).all(|by| !number.is_multiple_of(by));
    let prime = (2u32..).filter(is_prime).nth(factor);
    let root = f64::from(prime.expect("there is always another prime")).sqrt();
    root - root.floor()
}
