//! The firms of the province: where they stand, what they make, how large they are, and
//! what happens to them. Less than a hundred bytes each; everything else is computed.

use super::draw::Draw;
use super::fixtures::Fixture;
use super::names;
use super::recipe::{Codes, Recipe};
use super::series::{Climate, Figures};
use rules::period::Month;

/// A month in which something never happens.
pub const NEVER: u16 = u16::MAX;
/// Stands for class 5122, a trade: the firm no longer makes what it sells.
pub const TRADE: u16 = u16::MAX;
pub const TRADE_CLASS: &str = "5122";
pub const TRADE_NAME: &str = "米、面制品及食用油批发";
/// Years before the first delivery in which the past is played through.
const PAST_YEARS: i32 = 2;
#[derive(Debug, Clone, Copy)]
pub enum Trait {
    Exports = 1,
    Gas = 2,
    /// Some months without any sale.
    Patchy = 4,
    NoPowerAccount = 8,
    NoInsurance = 16,
}

/// One drawn firm. Months are months since year 0, as [`Month::index`] counts.
#[derive(Debug, Clone)]
pub struct Firm {
    pub code: [u8; 18],
    pub county: u16,
    pub area: u16,
    pub industry: u16,
    pub division: u8,
    pub profile: u8,
    pub brand: u16,
    pub form: u8,
    pub traits: u8,
    pub day: u8,
    pub log_size: f32,
    pub growth: f32,
    pub noise: f32,
    /// Kilowatt-hours for each yuan sold.
    pub intensity: f32,
    pub established: u16,
    pub commissioned: u16,
    pub stops: u16,
    pub resumes: u16,
    pub cancelled: u16,
    pub step_month: u16,
    pub step: f32,
    pub moves: u16,
    pub moves_to: u16,
    pub renamed: u16,
    pub new_code: u16,
    pub switches: u16,
    pub switches_to: u16,
}

impl Firm {
    pub fn has(&self, what: Trait) -> bool {
        self.traits & what as u8 != 0
    }

    pub fn delivers_in(&self, month: Month) -> bool {
        let at = month.index();
        at >= i32::from(self.commissioned) && at < i32::from(self.cancelled)
    }

    /// Months since it stopped; `None` while it runs.
    pub fn stopped_for(&self, month: Month) -> Option<i32> {
        let at = month.index();
        (at >= i32::from(self.stops) && at < i32::from(self.resumes))
            .then(|| at - i32::from(self.stops))
    }

    /// The last month up to `month` in which the register had something to note.
    pub fn noted_until(&self, month: Month) -> u16 {
        [
            self.established,
            self.commissioned,
            self.cancelled,
            self.moves,
            self.renamed,
            self.new_code,
            self.switches,
        ]
        .into_iter()
        .filter(|at| i32::from(*at) <= month.index())
        .max()
        .unwrap_or(0)
    }
}

/// What is written of a firm in a given month.
#[derive(Debug, Default)]
pub struct Identity {
    pub code: String,
    pub name: String,
}

/// The whole province.
pub struct World<'a> {
    pub recipe: &'a Recipe,
    pub codes: &'a Codes,
    /// Fixture firms come first: index 0 up to their number.
    pub fixtures: Vec<Fixture>,
    pub firms: Vec<Firm>,
    /// Codes of areas, in the order of the counties.
    pub areas: Vec<u32>,
    /// First month of the past that is played through.
    pub start: Month,
    climate: Climate,
}

impl<'a> World<'a> {
    /// # Errors
    /// Where the recipe is out of bounds or the codes hold no county or no industry.
    pub fn draw(recipe: &'a Recipe, codes: &'a Codes) -> anyhow::Result<World<'a>> {
        recipe.check()?;
        let mut areas: Vec<u32> = Vec::new();
        for county in &codes.counties {
            if !areas.contains(&county.area) {
                areas.push(county.area);
            }
        }
        let mut fixtures = Fixture::all()?;
        fixtures.retain(|fixture| areas.contains(&fixture.area()));
        fixtures.truncate(recipe.firms);
        let start = recipe
            .first_month()
            .plus(1 - recipe.first_month().number() as i32);
        let start = start.plus(-12 * PAST_YEARS);
        let draw = Draw::new(recipe, codes, &areas, start)?;
        let firms = (fixtures.len()..recipe.firms)
            .map(|index| draw.firm(index))
            .collect();
        // The year before the past decides who stands in the list at its start.
        let climate = Climate::new(
            recipe.seed,
            areas.len(),
            start.plus(-12),
            recipe.last_month.plus(12),
        );
        Ok(World {
            recipe,
            codes,
            fixtures,
            firms,
            areas,
            start,
            climate,
        })
    }

    pub fn len(&self) -> usize {
        self.fixtures.len() + self.firms.len()
    }

    /// The drawn firm at an index; `None` for a fixture firm.
    pub fn drawn(&self, index: usize) -> Option<&Firm> {
        self.firms.get(index.checked_sub(self.fixtures.len())?)
    }

    pub fn sales(&self, index: usize, month: Month) -> Option<i64> {
        match self.drawn(index) {
            Some(firm) => self.climate.sales(firm, index as u64, month),
            None => self.fixtures[index].sales(month),
        }
    }

    pub fn figures(&self, index: usize, month: Month) -> Option<Figures> {
        match self.drawn(index) {
            Some(firm) => self.climate.figures(firm, index as u64, month),
            None => self.fixtures[index].figures(month),
        }
    }

    pub fn identify(&self, index: usize, month: Month, identity: &mut Identity) {
        identity.code.clear();
        identity.name.clear();
        let Some(firm) = self.drawn(index) else {
            self.fixtures[index].identify(month, identity);
            return;
        };
        let at = month.index();
        if at >= i32::from(firm.new_code) {
            identity
                .code
                .push_str(names::code_text(&self.later_code(index, firm)));
        } else {
            identity.code.push_str(names::code_text(&firm.code));
        }
        let brand = if at >= i32::from(firm.renamed) {
            firm.brand ^ 1
        } else {
            firm.brand
        };
        let county = &self.codes.counties[usize::from(firm.county)].name;
        let words = names::trades(u32::from(firm.division));
        let trade = words[usize::from(firm.brand) % words.len()];
        names::write_name(&mut identity.name, county, brand, trade, firm.form);
    }

    /// Index of the county where the firm produces in that month.
    pub fn county_of(&self, firm: &Firm, month: Month) -> usize {
        let moved = month.index() >= i32::from(firm.moves);
        usize::from(if moved { firm.moves_to } else { firm.county })
    }

    fn later_code(&self, index: usize, firm: &Firm) -> [u8; 18] {
        let county = self.codes.counties[usize::from(firm.county)].code;
        names::code(self.recipe.seed, county, index as u64 * 2 + 1, false)
    }
}
