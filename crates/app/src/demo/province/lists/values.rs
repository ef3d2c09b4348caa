//! One row of a list: a value for every column, from the firm's size and a hash of what it
//! belongs to, so that neither the order of columns nor that of firms matters.

use super::super::chance::{hash, unit};
use super::super::firms::World;
use super::bind::{Draw, Rule, Source};
use super::firm_size::FirmSize;
use chrono::{Datelike, Months, NaiveDate};
use rules::layout::Layout;
use rules::period::Month;

/// An empty cell.
pub const EMPTY: i64 = i64::MIN;
const WHOLE: i64 = 10_000;

/// A row by the places of the layout's columns; texts stand beside numbers.
#[derive(Debug, Default, Clone)]
pub struct Drawn {
    pub numbers: Vec<i64>,
    pub texts: Vec<String>,
}

impl Drawn {
    /// An empty row of so many columns.
    pub fn clear(&mut self, columns: usize) {
        self.numbers.clear();
        self.numbers.resize(columns, EMPTY);
        self.texts.iter_mut().for_each(String::clear);
        self.texts.resize(columns, String::new());
    }
}

/// What a row's draws hang on.
pub struct RowKey<'a> {
    pub layout: &'a Layout,
    /// Hash of each column's id, parallel to the layout.
    pub column_keys: &'a [u64],
    pub list_key: u64,
    pub seed: u64,
    pub month: Month,
}

/// Fills `row` by the rules, in their order.
pub fn draw(key: &RowKey, rules: &[Rule], world: &World, size: &mut FirmSize, row: &mut Drawn) {
    row.clear(key.layout.columns.len());
    for rule in rules {
        let told = |(column, values): &(usize, Vec<i64>)| values.contains(&row.numbers[*column]);
        if !rule.when.iter().all(told) {
            continue;
        }
        let month = if rule.steady {
            0
        } else {
            key.month.index() as u64 + 1
        };
        let column = key.list_key ^ key.column_keys[rule.column];
        let number = hash([key.seed, column, size.index as u64, month]);
        if rule.blank > 0.0 && unit(hash([number, 7, 0, 0])) < rule.blank {
            continue;
        }
        match &rule.draw {
            Draw::Words(words) => {
                let word = &words[(number % words.len() as u64) as usize];
                let serial = format!("{:07}", number % 10_000_000);
                row.texts[rule.column] = word.replace("{serial}", &serial);
            }
            Draw::Year(back) => {
                row.texts[rule.column] = format!("{}", key.month.year() + back);
            }
            other => row.numbers[rule.column] = amount(other, number, key, world, size, row),
        }
    }
}

fn amount(
    draw: &Draw,
    number: u64,
    key: &RowKey,
    world: &World,
    size: &mut FirmSize,
    row: &Drawn,
) -> i64 {
    let share = unit(number);
    match draw {
        Draw::Part {
            of,
            minus,
            percent: [low, high],
            least,
            step,
        } => {
            let Some(sum) = sum(of, size, row).zip(sum(minus, size, row)) else {
                return EMPTY;
            };
            let percent = low + (high - low) * share;
            let part = ((sum.0 - sum.1) as f64 * percent / 100.0) as i64;
            let part = part / step * step;
            least.map_or(part, |least| part.max(least))
        }
        Draw::Number {
            low,
            high,
            step,
            bend,
        } => {
            let steps = (high - low) / step + 1;
            let bent = (0..*bend).fold(1.0, |power, _| power * share);
            low + ((steps as f64 * bent) as i64).min(steps - 1) * step
        }
        Draw::Rest(columns) => {
            let others = columns.iter().map(|column| row.numbers[*column]);
            let sum = others
                .into_iter()
                .try_fold(0, |sum, part| (part != EMPTY).then_some(sum + part));
            sum.map_or(EMPTY, |sum| WHOLE - sum)
        }
        Draw::Yes { share: usual, over } => {
            let over = over.filter(|(source, from, _)| {
                value(*source, size, row).is_some_and(|value| value >= *from)
            });
            i64::from(share < over.map_or(*usual, |(_, _, share)| share))
        }
        Draw::Choice(weights) => chosen(weights, share),
        Draw::Size(numbers) => numbers[size.class()],
        Draw::Day { days, after } => day(*days, *after, number, key.month, row),
        Draw::Founded => world.drawn(size.index).map_or(EMPTY, |firm| {
            let month = Month::from_index(i32::from(firm.established));
            let day = month.and_then(|month| month.first_day().with_day(u32::from(firm.day)));
            day.map_or(EMPTY, day_number)
        }),
        Draw::Words(_) | Draw::Year(_) => EMPTY,
    }
}

fn value(source: Source, size: &mut FirmSize, row: &Drawn) -> Option<i64> {
    match source {
        Source::Firm(figure) => Some(size.figure(figure)),
        Source::Column(column) => Some(row.numbers[column]).filter(|value| *value != EMPTY),
    }
}

fn sum(sources: &[Source], size: &mut FirmSize, row: &Drawn) -> Option<i64> {
    let mut sum = 0;
    for source in sources {
        sum += value(*source, size, row)?;
    }
    Some(sum)
}

fn chosen(weights: &[(i64, f64)], share: f64) -> i64 {
    let whole: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut rest = share * whole;
    for (number, weight) in weights {
        if rest < *weight {
            return *number;
        }
        rest -= weight;
    }
    weights.last().map_or(EMPTY, |(number, _)| *number)
}

fn day(days: [i32; 2], after: Option<(usize, u32)>, number: u64, month: Month, row: &Drawn) -> i64 {
    let from = match after {
        None => day_number(month.last_day()),
        Some((column, months)) => {
            let begun = i32::try_from(row.numbers[column]).ok();
            let begun = begun.and_then(NaiveDate::from_num_days_from_ce_opt);
            match begun.and_then(|day| day.checked_add_months(Months::new(months))) {
                Some(day) => day_number(day),
                None => return EMPTY,
            }
        }
    };
    let span = u64::from(days[1].abs_diff(days[0])) + 1;
    from + i64::from(days[0]) + (number % span) as i64
}

/// Days as rows hold them.
pub fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}
