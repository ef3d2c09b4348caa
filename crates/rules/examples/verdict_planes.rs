//! How long the verdicts of a province take: 60 measures of 5 conditions over 100 facts.
//!
//! Firms and conditions are drawn from a seed; nothing is read but memory.
//!
//! ```text
//! cargo run --release -p rules --example verdict_planes -- 500000 5000000
//! ```

use rules::columns::{Column, Columns, EMPTY, Program, amounts};
use rules::expression::{
    Choice, Condition, Kind, Row, Slot, Symbol, Vocabulary, parse, parse_amount,
};
use std::fmt;
use std::time::{Duration, Instant};

const MEASURES: usize = 60;
const CONDITIONS: usize = 5;
const LEAVES: usize = 200;
const REPEATS: usize = 40;

fn main() {
    let wanted: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let wanted = if wanted.is_empty() {
        vec![500_000]
    } else {
        wanted
    };
    let mut draw = Draw(7);
    let facts = facts();
    let vocabulary = vocabulary(&facts);
    let texts = conditions(&mut draw);
    let conditions: Vec<Condition> = texts
        .iter()
        .map(|text| {
            parse(text, &vocabulary).unwrap_or_else(|findings| panic!("{text} {findings:?}"))
        })
        .collect();
    let conditions: Vec<&Condition> = conditions.iter().collect();
    let parameters = parameters();
    let values: Vec<Option<i64>> = parameters
        .iter()
        .map(|(_, _, value)| Some(*value))
        .collect();
    for firms in wanted {
        measure(firms, &facts, &vocabulary, &conditions, &values);
    }
}

fn measure(
    firms: usize,
    facts: &[(String, Kind)],
    vocabulary: &Vocabulary,
    conditions: &[&Condition],
    parameters: &[Option<i64>],
) {
    let mut draw = Draw(firms as u64);
    let begin = Instant::now();
    let columns = facts.iter().map(|(name, kind)| {
        let values = values(&mut draw, name, kind, firms);
        Some(Column::from_values(&values))
    });
    let columns = Columns::new(firms, columns.collect());
    println!(
        "{firms} firms, {} facts, drawn in {:.1?}",
        facts.len(),
        begin.elapsed()
    );
    let per_firm = columns.bytes() as f64 / firms as f64;
    println!(
        "  columns: {} MB, {per_firm:.0} bytes a firm",
        columns.bytes() / 1_000_000
    );
    let begin = Instant::now();
    let program = Program::new(conditions, parameters, &columns);
    println!(
        "  program of {} conditions: {:.1?}, {program}",
        conditions.len(),
        begin.elapsed()
    );
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("threads can be started");
        pool.install(|| {
            let fresh = cost(|| drop(program.evaluate(&columns)));
            let mut planes = Vec::new();
            let again = cost(|| program.evaluate_into(&columns, &mut planes));
            let counts = cost(|| drop(program.counts(&columns, None)));
            let bytes: usize = planes.iter().map(|own| own.holds.len() * 16).sum();
            println!(
                "  {threads} threads: fresh planes {fresh}, the same planes {again} \
                 ({} MB), counts only {counts}",
                bytes / 1_000_000
            );
        });
    }
    let planes = program.evaluate(&columns);
    let step = firms / 997 + 1;
    let mut checked = 0;
    for firm in (0..firms).step_by(step) {
        let row = columns.row(firm);
        let row = Row {
            facts: &row,
            parameters,
        };
        for (condition, planes) in conditions.iter().zip(&planes) {
            assert_eq!(planes.verdict(firm), condition.evaluate(row));
            checked += 1;
        }
    }
    let amount = "least(money_1 * rate_a, CASE WHEN flag_1 THEN money_cap ELSE money_low END)";
    let amount = parse_amount(amount, vocabulary).expect("an amount");
    let sums = cost(|| {
        let amounts = amounts(&[&amount], parameters, &columns);
        std::hint::black_box(amounts[0].total(None));
    });
    println!("  {checked} verdicts as row by row; one amount and its sum {sums}");
}

/// The shortest of several runs, and what they cost the processors on average: on a machine
/// with other work only the second says something.
struct Cost {
    shortest: Duration,
    processors: Duration,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost {
            shortest,
            processors,
        } = self;
        write!(f, "{shortest:.1?} (processors {processors:.1?})")
    }
}

fn cost(mut work: impl FnMut()) -> Cost {
    let before = processor_time();
    let durations = (0..REPEATS).map(|_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    });
    Cost {
        shortest: durations.min().unwrap_or_default(),
        processors: (processor_time() - before) / REPEATS as u32,
    }
}

/// In ticks of 10 ms, as Linux tells it; elsewhere 0.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.split_whitespace().skip(13).take(2);
    let ticks: u64 = fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as i64
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as i64) as usize]
    }
}

fn facts() -> Vec<(String, Kind)> {
    let sizes = ["large", "medium", "small", "micro"].map(|id| Choice {
        id: id.to_string(),
        name: id.to_string(),
    });
    let kinds = [
        ("money", 30, Kind::Money),
        ("flag", 30, Kind::Boolean),
        ("day", 12, Kind::Day),
        ("month", 4, Kind::Month),
        ("count", 14, Kind::Count),
        ("span", 4, Kind::Integer),
        ("industry", 2, Kind::Code { digits: 4 }),
        ("division", 2, Kind::Code { digits: 6 }),
        ("size", 2, Kind::Choice(sizes.to_vec())),
    ];
    let facts = kinds.into_iter().flat_map(|(name, count, kind)| {
        (0..count).map(move |index| (format!("{name}_{index}"), kind.clone()))
    });
    facts.collect()
}

/// About one fact in four is known of every firm, the others of 19 in 20.
fn values(draw: &mut Draw, name: &str, kind: &Kind, firms: usize) -> Vec<i64> {
    let is_complete = name.ends_with(['0', '4']);
    let one = |_| {
        if !is_complete && draw.below(20) == 0 {
            return EMPTY;
        }
        match kind {
            // Up to 200 million yuan; most below 20.
            Kind::Money => {
                let most = 2_000_000_000 << draw.below(4);
                draw.below(most)
            }
            Kind::Boolean => draw.below(2),
            Kind::Day => 14_000 + draw.below(6_700),
            Kind::Month => 24_100 + draw.below(220),
            Kind::Count => draw.below(if name < "count_2" { 3_000 } else { 100 }),
            Kind::Code { digits: 4 } => 600 + draw.below(4_000),
            Kind::Code { .. } => 410_000 + draw.below(9_000),
            Kind::Choice(_) => draw.below(4),
            _ => draw.below(60) - 12,
        }
    };
    (0..firms).map(one).collect()
}

fn parameters() -> Vec<(&'static str, Kind, i64)> {
    vec![
        ("money_low", Kind::Money, 300_000_000),
        ("money_scale", Kind::Money, 2_000_000_000),
        ("money_high", Kind::Money, 4_000_000_000),
        ("money_cap", Kind::Money, 9_000_000_000),
        ("applied_on", Kind::Day, 20_726),
        ("month_of_law", Kind::Month, 24_320),
        ("few", Kind::Count, 12),
        ("many", Kind::Count, 60),
        ("months_a", Kind::Integer, 12),
        ("months_b", Kind::Integer, 36),
        ("factor", Kind::Integer, 3),
        ("rate_a", Kind::Rate { per: 100 }, 3),
        ("rate_b", Kind::Rate { per: 1000 }, 25),
    ]
}

fn vocabulary(facts: &[(String, Kind)]) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let mut add = |identifier: &str, slot: Slot, kind: &Kind| {
        let (name, kind) = (identifier.to_string(), kind.clone());
        let symbol = Symbol { slot, name, kind };
        vocabulary.insert(identifier, symbol).expect("a new name");
    };
    for (index, (name, kind)) in facts.iter().enumerate() {
        add(name, Slot::Fact(index), kind);
    }
    for (index, (name, kind, _)) in parameters().iter().enumerate() {
        add(name, Slot::Parameter(index), kind);
    }
    vocabulary
}

/// Conditions of one to three leaves; a few leaves are in many of them.
fn conditions(draw: &mut Draw) -> Vec<String> {
    let leaves: Vec<String> = (0..LEAVES).map(|index| leaf(draw, index)).collect();
    let condition = |_| {
        let count = 1 + draw.below(3);
        let parts: Vec<&str> = (0..count)
            .map(|_| {
                let end = 1 + draw.below(LEAVES as i64);
                leaves[draw.below(end) as usize].as_str()
            })
            .collect();
        let word = draw.one_of(&[") AND (", ") AND (", ") OR ("]);
        format!("({})", parts.join(word))
    };
    (0..MEASURES * CONDITIONS).map(condition).collect()
}

fn leaf(draw: &mut Draw, index: usize) -> String {
    let money = |draw: &mut Draw| format!("money_{}", draw.below(30));
    let sign = draw.one_of(&[">=", "<", ">="]);
    let limit = draw.one_of(&["money_low", "money_scale", "money_high", "money_cap"]);
    let months = draw.one_of(&["months_a", "months_b"]);
    let people = draw.one_of(&["few", "many"]);
    match index % 20 {
        0..=5 => format!("{} {sign} {limit}", money(draw)),
        6..=8 => format!("flag_{}", draw.below(30)),
        9 => format!("NOT flag_{}", draw.below(30)),
        10 => format!(
            "months_between(day_{}, applied_on) {sign} {months}",
            draw.below(12)
        ),
        11 => format!("day_{} {sign} applied_on", draw.below(12)),
        12 => format!("count_{} BETWEEN few AND many", draw.below(14)),
        13 => format!("count_{} {sign} {people}", draw.below(14)),
        14 => {
            let (one, other) = (13 + draw.below(30), 13 + draw.below(30));
            format!("industry_{} LIKE ANY ('{one}%', '{other}%')", draw.below(2))
        }
        15 => format!("size_{} IN ('small', 'micro')", draw.below(2)),
        16 => format!("division_{} LIKE '41{:02}%'", draw.below(2), draw.below(80)),
        17 => format!("{} >= {} * rate_b", money(draw), money(draw)),
        18 if index < 100 => format!("least({}, {}) {sign} {limit}", money(draw), money(draw)),
        18 => format!(
            "CASE WHEN flag_{} THEN {} ELSE money_low END {sign} {limit}",
            draw.below(30),
            money(draw)
        ),
        _ if index < 100 => format!(
            "month_{} + span_{} {sign} month_of_law",
            draw.below(4),
            draw.below(4)
        ),
        _ => format!("span_{} * factor {sign} {months}", draw.below(4)),
    }
}
