//! The recipe of a list fitted to the pack's layout: columns by place, choices by number,
//! in an order in which each column comes after those it is drawn from. What does not fit
//! is left out and said.

use super::firm_size::FirmFigure;
use super::recipe::{Among, ListEntry, RuleEntry};
use rules::layout::{Column, ColumnKind, Layout};
use std::collections::BTreeMap;

/// One list that can be written.
pub struct List {
    pub entry: ListEntry,
    pub layout: Layout,
    /// Sorts of rows, each with its own shares and rules.
    pub rows: Vec<RowSort>,
}

/// Rows of one sort: whom they name and how they are drawn.
pub struct RowSort {
    pub among: Among,
    pub rules: Vec<Rule>,
}

/// How the column at a place of the layout is drawn.
#[derive(Debug, Clone)]
pub struct Rule {
    pub column: usize,
    pub draw: Draw,
    pub blank: f64,
    /// Filled only where these columns have one of these values.
    pub when: Vec<(usize, Vec<i64>)>,
    pub steady: bool,
}

/// Amounts are in base units of the column's kind.
#[derive(Debug, Clone)]
pub enum Draw {
    Part {
        of: Vec<Source>,
        minus: Vec<Source>,
        percent: [f64; 2],
        least: Option<i64>,
        step: i64,
    },
    Number {
        low: i64,
        high: i64,
        step: i64,
        bend: u32,
    },
    Rest(Vec<usize>),
    Yes {
        share: f64,
        over: Option<(Source, i64, f64)>,
    },
    Choice(Vec<(i64, f64)>),
    /// Numbers of the choices large, medium, small, micro.
    Size([i64; 4]),
    /// Relative to the last day of the delivered month, or to a column after some months.
    Day {
        days: [i32; 2],
        after: Option<(usize, u32)>,
    },
    Founded,
    Words(Vec<String>),
    Year(i32),
}

/// What a part is taken of.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    Firm(FirmFigure),
    Column(usize),
}

const SIZES: [&str; 4] = ["large", "medium", "small", "micro"];

impl List {
    /// The list as far as it fits, and what does not.
    pub fn bind(entry: ListEntry, layout: &Layout) -> (List, Vec<String>) {
        let mut troubles = Vec::new();
        for column in &layout.columns {
            let known = entry.columns.contains_key(&column.id) || entry.omit.contains(&column.id);
            if !known && !["uscc", "name"].contains(&column.id.as_str()) {
                troubles.push(format!("列“{}”（{}）没有取法", column.name, column.id));
            }
        }
        let whole = [super::recipe::RowsEntry {
            share: entry.share,
            among: entry.among,
            set: BTreeMap::new(),
        }];
        let sorts = match entry.rows.is_empty() {
            true => &whole[..],
            false => &entry.rows[..],
        };
        let mut rows = Vec::new();
        for sort in sorts {
            let mut columns = entry.columns.clone();
            columns.extend(sort.set.clone());
            rows.push(RowSort {
                among: Among::read(sort.share.or(entry.share), sort.among.or(entry.among)),
                rules: bind_rules(layout, &columns, &mut troubles),
            });
        }
        troubles.sort();
        troubles.dedup();
        let layout = layout.clone();
        (
            List {
                entry,
                layout,
                rows,
            },
            troubles,
        )
    }
}

fn bind_rules(
    layout: &Layout,
    columns: &BTreeMap<String, RuleEntry>,
    troubles: &mut Vec<String>,
) -> Vec<Rule> {
    let mut open = Vec::new();
    for (id, entry) in columns {
        match Rule::bind(layout, id, entry) {
            Ok(rule) => open.push(rule),
            Err(trouble) => troubles.push(format!("列“{id}”：{trouble}")),
        }
    }
    let mut ordered: Vec<Rule> = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let is_ready = |rule: &Rule| {
            let known = |column: &usize| ordered.iter().any(|done| done.column == *column);
            rule.needs().iter().all(known)
        };
        let (ready, waiting): (Vec<Rule>, Vec<Rule>) = open.into_iter().partition(is_ready);
        if ready.is_empty() {
            let names = waiting
                .iter()
                .map(|rule| layout.columns[rule.column].id.clone());
            let names: Vec<String> = names.collect();
            troubles.push(format!("列{}互相依赖或依赖没有的列", names.join("、")));
            break;
        }
        ordered.extend(ready);
        open = waiting;
    }
    ordered
}

impl Rule {
    fn bind(layout: &Layout, id: &str, entry: &RuleEntry) -> Result<Rule, String> {
        let column = place(layout, id)?;
        let mut when = Vec::new();
        for (other, values) in &entry.when {
            let at = place(layout, other)?;
            let numbers = values
                .iter()
                .map(|value| number_of(&layout.columns[at], value));
            when.push((at, numbers.collect::<Result<_, _>>()?));
        }
        Ok(Rule {
            column,
            draw: draw_of(layout, &layout.columns[column], entry)?,
            blank: entry.blank,
            when,
            steady: entry.steady,
        })
    }

    /// Columns that have to be drawn before.
    fn needs(&self) -> Vec<usize> {
        let column = |source: &Source| match source {
            Source::Column(column) => Some(*column),
            Source::Firm(_) => None,
        };
        let mut needs: Vec<usize> = self.when.iter().map(|(column, _)| *column).collect();
        match &self.draw {
            Draw::Part { of, minus, .. } => {
                needs.extend(of.iter().chain(minus).filter_map(column));
            }
            Draw::Rest(columns) => needs.extend(columns),
            Draw::Yes {
                over: Some((source, ..)),
                ..
            } => needs.extend(column(source)),
            Draw::Day {
                after: Some((column, _)),
                ..
            } => needs.push(*column),
            _ => {}
        }
        needs
    }
}

fn draw_of(layout: &Layout, column: &Column, entry: &RuleEntry) -> Result<Draw, String> {
    let scaled = |number: f64| (number * scale(column.kind)).round() as i64;
    let step = entry.round.map_or(1, scaled).max(1);
    let sources = |ids: &[String]| -> Result<Vec<Source>, String> {
        ids.iter().map(|id| source(layout, id)).collect()
    };
    let mut draws = Vec::new();
    if let Some(of) = &entry.part_of {
        draws.push(Draw::Part {
            of: sources(of)?,
            minus: sources(&entry.minus)?,
            percent: entry.percent.ok_or("part_of 要写 percent")?,
            least: entry.least.map(scaled),
            step,
        });
    }
    if let Some([low, high]) = entry.number.filter(|[low, high]| low <= high) {
        draws.push(Draw::Number {
            low: scaled(low),
            high: scaled(high),
            step: if entry.round.is_none() && column.kind == ColumnKind::Money {
                scaled(1.0)
            } else {
                step
            },
            bend: entry.bend.unwrap_or(1),
        });
    }
    if let Some(of) = &entry.rest_of {
        let columns = of.iter().map(|id| place(layout, id));
        draws.push(Draw::Rest(columns.collect::<Result<_, _>>()?));
    }
    if let Some(share) = entry.yes {
        let over = match &entry.over {
            Some(over) => Some((source(layout, &over.of)?, over.yuan * 100, over.yes)),
            None => None,
        };
        draws.push(Draw::Yes { share, over });
    }
    if let Some(weights) = &entry.choice {
        let one = |(id, weight): (&String, &f64)| Ok((number_of(column, id)?, *weight));
        draws.push(Draw::Choice(
            weights.iter().map(one).collect::<Result<_, String>>()?,
        ));
    }
    draws.extend(other_draws(layout, column, entry)?);
    match draws.pop() {
        Some(draw) if draws.is_empty() => Ok(draw),
        _ => Err("要写一种取法，且只写一种".to_string()),
    }
}

fn other_draws(layout: &Layout, column: &Column, entry: &RuleEntry) -> Result<Vec<Draw>, String> {
    let mut draws = Vec::new();
    if entry.size {
        let mut numbers = [0; 4];
        for (number, id) in numbers.iter_mut().zip(SIZES) {
            *number = number_of(column, id)?;
        }
        draws.push(Draw::Size(numbers));
    }
    if let Some(days) = entry.days {
        let after = entry.after.as_ref().map(|id| place(layout, id));
        let after = after.transpose()?.map(|column| (column, entry.months));
        draws.push(Draw::Day { days, after });
    }
    if entry.founded {
        draws.push(Draw::Founded);
    }
    if let Some(words) = entry.words.as_ref().filter(|words| !words.is_empty()) {
        draws.push(Draw::Words(words.clone()));
    }
    if let Some(year) = entry.year {
        draws.push(Draw::Year(year));
    }
    Ok(draws)
}

/// Base units in one of the recipe's: fen in a yuan, hundredths in a percent.
fn scale(kind: ColumnKind) -> f64 {
    match kind {
        ColumnKind::Money | ColumnKind::Percent => 100.0,
        _ => 1.0,
    }
}

fn place(layout: &Layout, id: &str) -> Result<usize, String> {
    let place = layout.column(id);
    place.ok_or_else(|| format!("交付格式没有列“{id}”"))
}

fn source(layout: &Layout, id: &str) -> Result<Source, String> {
    match id.strip_prefix("firm.") {
        Some(figure) => FirmFigure::named(figure)
            .map(Source::Firm)
            .ok_or_else(|| format!("没有企业数“{id}”")),
        None => place(layout, id).map(Source::Column),
    }
}

/// The stored number of a choice, or of yes and no.
pub fn number_of(column: &Column, id: &str) -> Result<i64, String> {
    if column.kind == ColumnKind::Flag {
        return match id {
            "yes" => Ok(1),
            "no" => Ok(0),
            _ => Err(format!("“{id}”应为 yes 或 no")),
        };
    }
    let found = column.choices.iter().position(|choice| choice.id == id);
    let number = found.ok_or_else(|| format!("列“{}”没有选项“{id}”", column.name))?;
    Ok(number as i64)
}
