//! How large a firm is and where it stands: what the columns of lists are drawn from.

use super::super::confirmed::Spell;
use super::super::firms::World;
use super::super::pool_lists::Candidate;
use rules::period::Month;

/// Months for which a firm counts as entered for the first time.
const FIRST_MONTHS: i32 = 36;
const SLOTS: usize = 16;

/// A figure of the firm itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirmFigure {
    /// Sales in fen of the calendar year so many years before the delivery.
    Sales(u8),
    /// Sales in fen of three months up to the delivered one.
    Quarter,
    Persons,
    /// Contribution base of the month in fen.
    Payroll,
    /// Kilowatt-hours of a year.
    Power(u8),
    /// Cubic metres of a year.
    Gas(u8),
}

impl FirmFigure {
    /// As `demo/lists.toml` spells it behind `firm.`.
    pub fn named(text: &str) -> Option<FirmFigure> {
        Some(match text {
            "sales" => FirmFigure::Sales(1),
            "sales_2" => FirmFigure::Sales(2),
            "sales_3" => FirmFigure::Sales(3),
            "sales_4" => FirmFigure::Sales(4),
            "sales_quarter" => FirmFigure::Quarter,
            "persons" => FirmFigure::Persons,
            "payroll" => FirmFigure::Payroll,
            "power" => FirmFigure::Power(1),
            "power_2" => FirmFigure::Power(2),
            "gas" => FirmFigure::Gas(1),
            "gas_2" => FirmFigure::Gas(2),
            _ => return None,
        })
    }

    fn slot(self) -> usize {
        match self {
            FirmFigure::Quarter => 0,
            FirmFigure::Persons => 1,
            FirmFigure::Payroll => 2,
            FirmFigure::Sales(back) => 3 + usize::from(back),
            FirmFigure::Power(back) => 8 + usize::from(back),
            FirmFigure::Gas(back) => 12 + usize::from(back),
        }
    }
}

/// The figures of one firm at one month, each computed once.
pub struct FirmSize<'a> {
    world: &'a World<'a>,
    pub index: usize,
    month: Month,
    known: [Option<i64>; SLOTS],
}

impl<'a> FirmSize<'a> {
    /// Nothing is computed yet.
    pub fn new(world: &'a World<'a>, index: usize, month: Month) -> FirmSize<'a> {
        FirmSize {
            world,
            index,
            month,
            known: [None; SLOTS],
        }
    }

    /// A firm that was not there yet has nothing.
    pub fn figure(&mut self, figure: FirmFigure) -> i64 {
        if let Some(known) = self.known[figure.slot()] {
            return known;
        }
        let (world, index, month) = (self.world, self.index, self.month);
        let year = |back: u8| {
            (1..=12).filter_map(move |number| Month::new(month.year() - i32::from(back), number))
        };
        let figures = |month: Month| world.figures(index, month).unwrap_or_default();
        let sales = |month: Month| world.sales(index, month).unwrap_or(0).max(0);
        let value = match figure {
            FirmFigure::Sales(back) => year(back).map(sales).sum(),
            FirmFigure::Quarter => (0..3).map(|back| sales(month.plus(-back))).sum(),
            FirmFigure::Persons => figures(month).persons,
            FirmFigure::Payroll => figures(month).base_fen,
            FirmFigure::Power(back) => year(back).map(|at| figures(at).electricity_kwh).sum(),
            FirmFigure::Gas(back) => year(back).map(|at| figures(at).gas_m3).sum(),
        };
        self.known[figure.slot()] = Some(value);
        value
    }

    /// Large, medium, small, micro: 0 to 3, by the bounds for industry of 2011.
    pub fn class(&mut self) -> usize {
        let persons = self.figure(FirmFigure::Persons);
        let sales = self.figure(FirmFigure::Sales(1));
        let bounds = [
            (1000, 40_000_000_000),
            (300, 2_000_000_000),
            (20, 300_000_000),
        ];
        bounds
            .iter()
            .position(|(people, fen)| persons >= *people && sales >= *fen)
            .unwrap_or(3)
    }
}

/// Where a firm stands among those whom measures are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    First,
    Pool,
    Above,
    Other,
}

/// The standing of every firm at a month; fixture firms are not looked at.
pub fn standings(
    world: &World,
    spells: &[Spell],
    pools: &[Vec<Candidate>],
    month: Month,
) -> Vec<Standing> {
    let mut standings = vec![Standing::Other; world.len()];
    for candidate in pools.iter().flatten() {
        standings[candidate.firm()] = Standing::Pool;
    }
    let at = month.index();
    let mut before = None;
    for spell in spells.iter().filter(|spell| i32::from(spell.entered) <= at) {
        let is_second = before == Some(spell.firm);
        before = Some(spell.firm);
        if i32::from(spell.left) > at {
            let is_first = !is_second && at - i32::from(spell.entered) < FIRST_MONTHS;
            let standing = if is_first {
                Standing::First
            } else {
                Standing::Above
            };
            standings[spell.firm as usize] = standing;
        }
    }
    standings
}
