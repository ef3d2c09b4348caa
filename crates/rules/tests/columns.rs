//! What is computed of all firms at once is what is computed of each: planes, counts and
//! amounts against the row evaluator, on generated conditions and firms.
//!
//! A case is a seed, a number of firms and how their values are drawn.

use rules::columns::{Column, Columns, EMPTY, Planes, Program, amounts};
use rules::expression::{Amount, Condition, Row, parse, parse_amount};

#[path = "generate/expression.rs"]
mod generate;
use generate::{Generator, Values};

/// Firms of a block.
const BLOCK: usize = 8192;

/// What chance rarely writes: numbers beyond i64 and i128, spans at their ends.
const SOUGHT: [&str; 12] = [
    "months_between(opened_on + years_above * years_above * years_above, applied_on) IS NULL",
    "years_between(applied_on, opened_on + years_above * years_above * years_above) >= grace_span",
    "revenue_12m * years_above * years_above * (month_of_law - entered_in) IS NULL",
    "revenue_12m * years_above * years_above * (month_of_law - entered_in) >= rd_expense",
    "NOT revenue_12m * factor * factor * (month_of_law - entered_in) > 0",
    "revenue_12m * factor = rd_expense * factor OR revenue_12m * years_above < rd_expense",
    "least(revenue_12m * years_above * factor, rd_expense) < scale_revenue",
    "months_between(opened_on, applied_on) BETWEEN 0 AND grace_span",
    "years_between(entered_in, month_of_law) <= grace_span",
    "years_between(licence_until, applied_on) IN (0, factor, -factor, grace_span)",
    "months_between(opened_on + years_above * factor, applied_on) > months_between(opened_on, licence_until)",
    "CASE WHEN is_entered THEN months_between(entered_in, month_of_law) ELSE grace_span END < 0",
];

/// Halves to round, and numbers beyond i64.
const SOUGHT_AMOUNTS: [&str; 4] = [
    "rd_expense * subsidy_rate",
    "-(rd_share * rd_expense)",
    "subsidy",
    "rd_share * (revenue_12m * years_above)",
];

#[derive(Debug, Clone, Copy)]
enum Draw {
    /// Close together, a fifth unknown.
    Near,
    /// At the limits of money and of narrow integers.
    Extreme,
    /// Nothing unknown.
    Complete,
}

struct World {
    rows: Vec<Values>,
    columns: Columns,
    /// Of one day of law.
    parameters: Vec<Option<i64>>,
}

#[test]
fn planes_say_of_each_firm_what_its_row_says() {
    for (seed, draw) in [(1, Draw::Near), (2, Draw::Extreme), (3, Draw::Complete)] {
        for law in 0..4 {
            check(seed * 10 + law, 601, draw, 120);
        }
    }
}

#[test]
fn blocks_and_words_end_anywhere() {
    for firms in [0, 1, 63, 64, 65, 127, 128] {
        check(firms as u64, firms, Draw::Near, 60);
    }
    for firms in [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 65] {
        check(firms as u64, firms, Draw::Extreme, 12);
        check(firms as u64 + 1, firms, Draw::Near, 12);
    }
}

#[test]
fn amounts_are_those_of_each_firm() {
    for (seed, draw) in [(1, Draw::Near), (2, Draw::Extreme), (3, Draw::Complete)] {
        check_amounts(seed, 601, draw, 80);
        check_amounts(seed + 3, BLOCK + 1, draw, 6);
    }
}

fn check(seed: u64, firms: usize, draw: Draw, count: usize) {
    let mut generator = Generator::wide(seed);
    let world = world(&mut generator, firms, draw);
    let conditions = conditions(&mut generator, count);
    let conditions: Vec<&Condition> = conditions.iter().collect();
    let program = Program::new(&conditions, &world.parameters, &world.columns);
    let mut planes = vec![Planes::default(); 3];
    program.evaluate_into(&world.columns, &mut planes);
    let again = program.evaluate(&world.columns);
    assert_eq!(planes, again, "what stood in the planes does not matter");
    for (condition, planes) in conditions.iter().zip(&planes) {
        for (firm, values) in world.rows.iter().enumerate() {
            let row = world.row(values);
            let expected = condition.evaluate(row);
            assert_eq!(planes.verdict(firm), expected, "{condition:?} {row:?}");
        }
        for plane in [&planes.holds, &planes.fails] {
            let bits: u32 = plane.iter().map(|word| word.count_ones()).sum();
            let inside = (0..firms).filter(|firm| plane[firm / 64] >> (firm % 64) & 1 == 1);
            assert_eq!(bits as usize, inside.count(), "no bit beyond the last firm");
        }
    }
    let chosen: Vec<u64> = (0..firms.div_ceil(64))
        .map(|word| if word % 3 == 1 { u64::MAX << 5 } else { 0 })
        .collect();
    for within in [None, Some(chosen.as_slice())] {
        let expected: Vec<_> = planes.iter().map(|planes| planes.counts(within)).collect();
        assert_eq!(program.counts(&world.columns, within), expected);
    }
}

fn check_amounts(seed: u64, firms: usize, draw: Draw, count: usize) {
    let mut generator = Generator::wide(seed);
    let world = world(&mut generator, firms, draw);
    let vocabulary = generate::extremes::vocabulary();
    let sought = SOUGHT_AMOUNTS
        .iter()
        .map(|text| parse_amount(text, &vocabulary));
    let mut wanted: Vec<Amount> = sought.collect::<Result<_, _>>().expect("amounts");
    let count = count + wanted.len();
    while wanted.len() < count {
        wanted.extend(parse_amount(&generator.wide_amount(3), &vocabulary));
    }
    let references: Vec<&Amount> = wanted.iter().collect();
    let results = amounts(&references, &world.parameters, &world.columns);
    let odd: Vec<u64> = vec![0xaaaa_aaaa_aaaa_aaaa; firms.div_ceil(64)];
    for (amount, result) in wanted.iter().zip(&results) {
        let (mut sum, mut known) = (0i128, 0);
        for (firm, values) in world.rows.iter().enumerate() {
            let expected = amount.rounded(world.row(values));
            assert_eq!(result.get(firm), expected, "{amount:?} {values:?}");
            if firm % 2 == 1 && expected.is_some() {
                known += 1;
                sum = sum.wrapping_add(expected.unwrap_or_default());
            }
        }
        let is_summable = sum.unsigned_abs() < 1 << 100;
        if is_summable {
            let total = result.total(Some(&odd));
            assert_eq!((total.sum, total.firms), (sum, known));
        }
    }
}

impl World {
    fn row<'a>(&'a self, values: &'a Values) -> Row<'a> {
        Row {
            facts: &values.facts,
            parameters: &self.parameters,
        }
    }
}

/// Firms as rows and as columns; some columns are of one value or wholly unknown.
fn world(generator: &mut Generator, firms: usize, draw: Draw) -> World {
    let one = |generator: &mut Generator| match draw {
        Draw::Extreme if generator.below(2) == 0 => generator.extreme_row(),
        _ => generator.row(),
    };
    let law = one(generator);
    let mut rows: Vec<Values> = (0..firms).map(|_| one(generator)).collect();
    let slots = law.facts.len();
    for slot in 0..slots {
        let kept = rows.iter().find_map(|row| row.facts[slot]);
        let treatment = generator.below(12);
        for row in &mut rows {
            let value = &mut row.facts[slot];
            match (draw, treatment) {
                (_, 0) => *value = None,
                (_, 1) => *value = value.and(kept),
                (_, 2) => *value = kept,
                (Draw::Complete, _) | (_, 3) => *value = value.or(kept),
                _ => {}
            }
        }
    }
    let column = |slot: usize| {
        let values: Vec<i64> = rows
            .iter()
            .map(|row| row.facts[slot].unwrap_or(EMPTY))
            .collect();
        let (first, second) = values.split_at(firms / 3);
        let column = Column::from_parts(&[first, &[], second]);
        column.range().map(|_| column)
    };
    let columns = Columns::new(firms, (0..slots).map(column).collect());
    for (firm, row) in rows.iter().enumerate() {
        assert_eq!(columns.row(firm), row.facts);
    }
    World {
        rows,
        columns,
        parameters: law.parameters,
    }
}

/// What nests too deep is written anew.
fn conditions(generator: &mut Generator, count: usize) -> Vec<Condition> {
    let vocabulary = generate::extremes::vocabulary();
    let sought = SOUGHT.iter().map(|text| parse(text, &vocabulary));
    let mut found: Vec<Condition> = sought.collect::<Result<_, _>>().expect("conditions");
    let count = count + found.len();
    let mut tries = 0;
    while found.len() < count {
        let text = match tries % 4 {
            0 => generator.condition(3),
            _ => generator.wide_condition(3),
        };
        tries += 1;
        found.extend(parse(&text, &vocabulary));
    }
    assert!(
        tries < 2 * count + 10,
        "{tries} texts for {count} conditions"
    );
    found
}
