//! Who stood in the statistical library, from when to when, through which door and why not
//! any more: the truth behind the confirmed lists.
//!
//! The past is played year by year. New plants enter by the month; the others by the year,
//! in January and February on last year's revenue and in November and December on this
//! year's. How many enter follows the areas' targets, some areas ahead, some behind.

use super::chance::{hash, unit};
use super::firms::{Firm, NEVER, TRADE, World};
use rules::period::Month;

/// The threshold in fen: 20 million yuan.
pub const THRESHOLD: i64 = 2_000_000_000;
/// Firms on which a target of the province is reckoned.
const TARGET_FIRMS: f64 = 80_000.0;
/// Share of the first ten months in a year's sales.
const TEN_MONTHS: f64 = 0.818;
const NINE_MONTHS: f64 = 0.733;
/// Areas that are ahead make up for those that lack candidates.
const LEEWAY: f64 = 1.1;
/// Part of the yearly entries that falls to January and February.
const SPRING_PART: f64 = 0.14;

/// One stay in the library. Months as [`Month::index`] counts; `left` is [`NEVER`] while in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    pub firm: u32,
    pub entered: u16,
    pub left: u16,
    pub is_annual: bool,
    pub reason: &'static str,
}

/// A firm in the play.
#[derive(Clone, Copy, Default)]
struct Player {
    last_year: f32,
    entered: u16,
    is_in: bool,
    entered_annually: bool,
    spring: bool,
    autumn: bool,
}

struct Play<'a> {
    world: &'a World<'a>,
    players: Vec<Player>,
    spells: Vec<Spell>,
}

/// All stays of the drawn firms, by firm and month of entry.
pub fn history(world: &World) -> Vec<Spell> {
    let players = vec![Player::default(); world.firms.len()];
    let mut play = Play {
        world,
        players,
        spells: Vec::new(),
    };
    play.begin();
    for year in world.start.year()..=world.recipe.last_month.year() {
        play.year(year);
    }
    play.finish()
}

/// Entries that an area would make in a year if it were exactly on course.
pub fn area_targets(world: &World) -> Vec<f64> {
    let total = f64::from(world.codes.targets_total) * world.recipe.firms as f64 / TARGET_FIRMS;
    let weight = |area: u32| -> f64 {
        let counties = world
            .codes
            .counties
            .iter()
            .filter(|county| county.area == area);
        counties.map(|county| f64::from(county.weight)).sum()
    };
    let weights: Vec<f64> = world.areas.iter().map(|area| weight(*area)).collect();
    let sum: f64 = weights.iter().sum();
    weights
        .into_iter()
        .map(|weight| total * weight / sum)
        .collect()
}

impl<'a> Play<'a> {
    /// Who stands in the library when the play begins.
    fn begin(&mut self) {
        let start = self.world.start;
        for place in 0..self.players.len() {
            let (index, firm) = self.firm(place);
            let year: i64 = sales_of(self.world, index, start.plus(-12)).iter().sum();
            self.players[place].last_year = year as f32;
            let earliest = (i32::from(firm.commissioned) + 4).max(2011 * 12 + 1);
            if earliest >= start.index() {
                continue;
            }
            let draw = self.draw(index, 0, 1);
            let entered = earliest + (draw % (start.index() - earliest) as u64) as i32;
            if year >= THRESHOLD && unit(self.draw(index, 0, 2)) < 0.9 {
                let by_month = entered - i32::from(firm.commissioned) < 14;
                let entered = if by_month {
                    entered as u16
                } else {
                    annual_month(entered, draw)
                };
                self.enter(place, entered.min(start.index() as u16 - 1), !by_month);
            } else if year > THRESHOLD / 3 && unit(self.draw(index, 0, 3)) < 0.06 {
                let left = start.index() - 2 - (draw >> 32) as i32 % 30;
                if entered < left - 12 {
                    self.enter(place, annual_month(entered, draw), true);
                    let reason = if draw & 3 == 0 { "停产" } else { "规下" };
                    self.leave(place, annual_month(left, 0), reason);
                }
            }
        }
    }

    fn year(&mut self, year: i32) {
        let january = year * 12;
        let areas = self.world.areas.len();
        let mut entries = vec![0f64; areas];
        let mut spring = vec![0f64; areas];
        let mut autumn = vec![0f64; areas];
        for place in 0..self.players.len() {
            let (index, firm) = self.firm(place);
            let area = usize::from(firm.area);
            let months = sales_of(
                self.world,
                index,
                self.world.start.plus(january - self.world.start.index()),
            );
            let unwilling = unit(self.draw(index, 0, 4)) < 0.06 || self.is_barred(firm, year);
            if self.players[place].is_in {
                self.consider_exit(place, year, &months);
            } else if !unwilling {
                if self.enter_as_new_plant(place, year, &months) {
                    entries[area] += 1.0;
                } else {
                    let player = &mut self.players[place];
                    (player.spring, player.autumn) = doors(player.last_year, &months);
                    spring[area] += f64::from(u8::from(player.spring));
                    autumn[area] += f64::from(u8::from(player.autumn));
                }
            }
            self.players[place].last_year = months.iter().sum::<i64>() as f32;
        }
        let quotas = self.quotas(year);
        let chances = |part: f64, area: usize, made: f64, candidates: f64| {
            ((quotas[area] * part - made) / candidates.max(1.0)).clamp(0.02, 0.95)
        };
        let in_spring: Vec<f64> = (0..areas)
            .map(|area| chances(SPRING_PART, area, 0.0, spring[area]))
            .collect();
        let in_autumn: Vec<f64> = (0..areas)
            .map(|area| {
                let made = entries[area] + quotas[area] * SPRING_PART;
                chances(1.0, area, made, autumn[area])
            })
            .collect();
        self.open_annual_doors(january, &in_spring, &in_autumn);
    }

    fn open_annual_doors(&mut self, january: i32, spring: &[f64], autumn: &[f64]) {
        for place in 0..self.players.len() {
            let (index, firm) = self.firm(place);
            let area = usize::from(firm.area);
            let player = self.players[place];
            self.players[place].spring = false;
            self.players[place].autumn = false;
            let draw = self.draw(index, january, 5);
            let later = (draw & 1) as i32;
            if player.spring && unit(self.draw(index, january, 6)) < spring[area] {
                self.enter(place, (january + later) as u16, true);
            } else if player.autumn && unit(self.draw(index, january, 7)) < autumn[area] {
                self.enter(place, (january + 10 + later) as u16, true);
            }
        }
    }

    /// Entries of the year by area: ahead, on course or behind, the sum kept.
    fn quotas(&self, year: i32) -> Vec<f64> {
        let targets = area_targets(self.world);
        let pace = |area: usize| {
            let lasting = unit(hash([self.world.recipe.seed, area as u64, 0, 71]));
            let passing = unit(hash([self.world.recipe.seed, area as u64, year as u64, 72]));
            0.68 + 0.4 * lasting + 0.24 * passing
        };
        let paced: Vec<f64> = targets
            .iter()
            .enumerate()
            .map(|(area, target)| target * pace(area))
            .collect();
        let scale = LEEWAY * targets.iter().sum::<f64>() / paced.iter().sum::<f64>().max(1e-9);
        paced.into_iter().map(|quota| quota * scale).collect()
    }

    /// In a few counties nobody enters for a whole year.
    fn is_barred(&self, firm: &Firm, year: i32) -> bool {
        unit(hash([
            self.world.recipe.seed,
            u64::from(firm.county),
            year as u64,
            73,
        ])) < 0.035
    }

    /// A plant commissioned since last October whose sales pass the threshold this year.
    fn enter_as_new_plant(&mut self, place: usize, year: i32, months: &[i64; 12]) -> bool {
        let (index, firm) = self.firm(place);
        if i32::from(firm.commissioned) < year * 12 - 3 {
            return false;
        }
        let mut sum = 0;
        let passed = months.iter().position(|sales| {
            sum += sales;
            sum >= THRESHOLD
        });
        match passed {
            Some(month @ 1..=8) if unit(self.draw(index, year, 8)) < 0.92 => {
                let late = (self.draw(index, year, 9) & 1) as i32;
                self.enter(place, (year * 12 + month as i32 + 1 + late) as u16, false);
                true
            }
            _ => false,
        }
    }

    /// Exits are decided in the first annual batch, on what is known by September.
    fn consider_exit(&mut self, place: usize, year: i32, months: &[i64; 12]) {
        let (index, firm) = self.firm(place);
        let october = year * 12 + 9;
        let roll = unit(self.draw(index, year, 10));
        let so_far = months[..9].iter().sum::<i64>() as f64;
        let landing = so_far / NINE_MONTHS / THRESHOLD as f64;
        let last_year = f64::from(self.players[place].last_year) / THRESHOLD as f64;
        let happened = |month: u16| i32::from(month) < october;
        let left_area = firm.moves != NEVER
            && self.world.codes.counties[usize::from(firm.moves_to)].area
                != self.world.areas[usize::from(firm.area)];
        let reason = if happened(firm.cancelled) {
            Some("注销")
        } else if months[5..9].iter().all(|sales| *sales == 0) && roll < 0.85 {
            Some("停产")
        } else if firm.switches_to == TRADE && happened(firm.switches) && roll < 0.9 {
            Some("转专业")
        } else if left_area && happened(firm.moves) && firm.moves as i32 >= year * 12 && roll < 0.6
        {
            Some("搬迁")
        } else if (landing < 0.7 && roll < 0.85)
            || (landing < 0.97 && last_year < 1.25 && roll < 0.7)
        {
            Some("规下")
        } else {
            None
        };
        if let Some(reason) = reason {
            let late = u16::from(self.draw(index, year, 11) & 3 == 0);
            self.leave(place, october as u16 + 1 + late, reason);
        }
    }

    fn enter(&mut self, place: usize, month: u16, is_annual: bool) {
        let player = &mut self.players[place];
        (player.is_in, player.entered, player.entered_annually) = (true, month, is_annual);
    }

    fn leave(&mut self, place: usize, month: u16, reason: &'static str) {
        let player = &mut self.players[place];
        player.is_in = false;
        let (entered, is_annual) = (player.entered, player.entered_annually);
        let firm = (place + self.world.fixtures.len()) as u32;
        self.spells.push(Spell {
            firm,
            entered,
            left: month,
            is_annual,
            reason,
        });
    }

    /// Open stays are written down; a stay across a change of code becomes two.
    fn finish(mut self) -> Vec<Spell> {
        for place in 0..self.players.len() {
            if self.players[place].is_in {
                self.leave(place, NEVER, "");
            }
        }
        let mut continued = Vec::new();
        for spell in &mut self.spells {
            let changed =
                self.world.firms[spell.firm as usize - self.world.fixtures.len()].new_code;
            if changed > spell.entered && changed < spell.left && changed != NEVER {
                continued.push(Spell {
                    entered: changed + 1,
                    is_annual: false,
                    ..*spell
                });
                (spell.left, spell.reason) = (changed, "注销");
            }
        }
        self.spells.extend(continued);
        self.spells.sort_by_key(|spell| (spell.firm, spell.entered));
        self.spells
    }

    fn firm(&self, place: usize) -> (usize, &'a Firm) {
        (place + self.world.fixtures.len(), &self.world.firms[place])
    }

    fn draw(&self, index: usize, time: i32, purpose: u64) -> u64 {
        hash([
            self.world.recipe.seed,
            index as u64,
            time as u64,
            800 + purpose,
        ])
    }
}

/// Whether the spring and the autumn door of a year are open to a firm.
fn doors(last_year: f32, months: &[i64; 12]) -> (bool, bool) {
    let threshold = THRESHOLD as f64;
    let last_year = f64::from(last_year);
    let runs = months[..2].iter().any(|sales| *sales > 0);
    let so_far = months[..10].iter().sum::<i64>() as f64;
    let still_large = last_year >= threshold && so_far >= threshold * TEN_MONTHS;
    (
        last_year >= threshold && runs,
        so_far >= threshold || still_large,
    )
}

fn sales_of(world: &World, index: usize, january: Month) -> [i64; 12] {
    let mut months = [0; 12];
    for (number, slot) in months.iter_mut().enumerate() {
        *slot = world.sales(index, january.plus(number as i32)).unwrap_or(0);
    }
    months
}

/// The nearest month before, or at the start of time, in which annual entries happen.
fn annual_month(month: i32, draw: u64) -> u16 {
    let january = month.div_euclid(12) * 12;
    (january + if (draw >> 8) & 3 == 0 { 10 } else { 1 }) as u16
}
