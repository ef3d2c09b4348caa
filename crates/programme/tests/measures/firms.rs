//! Random firms for the province's own pack: values at its numbers and beside them, and much
//! that is unknown. The same seed gives the same firms.

use programme::CAPABILITIES;
use programme::deliveries::payload::Rows;
use programme::outlook;
use rules::columns::{Column, Columns, EMPTY};
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::files::PackFiles;
use rules::uscc::Uscc;
use std::path::Path;

/// The province's pack with the two example packs of cities.
pub fn pack() -> Pack {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = PackFiles::read(&policy.join("henan")).expect("the pack is readable");
    for place in ["410300", "411400"] {
        let local = PackFiles::read(&policy.join("local").join(place)).expect("readable");
        for (path, text) in local.0 {
            files.0.insert(format!("local/{place}/{path}"), text);
        }
    }
    Pack::check(files, CAPABILITIES).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// Facts of so many firms, one row each.
pub struct Firms {
    pub rows: Vec<Vec<Option<i64>>>,
    state: u64,
}

impl Firms {
    pub fn draw(pack: &Pack, count: usize, seed: u64) -> Firms {
        let mut firms = Firms {
            rows: Vec::new(),
            state: seed,
        };
        let pools: Vec<Vec<i64>> = pack
            .facts
            .iter()
            .map(|fact| {
                let pool = pool(pack, &fact.kind);
                let fitting = pool.into_iter().filter(|value| fact.admits(*value));
                fitting.collect()
            })
            .collect();
        for _ in 0..count {
            // Some firms are known well, some hardly at all.
            let known = firms.below(4) * 30 + 9;
            let row = pools
                .iter()
                .map(|pool| (firms.below(100) < known).then(|| pool[firms.below(pool.len())]));
            let row: Vec<Option<i64>> = row.collect();
            firms.rows.push(row);
        }
        firms
    }

    /// The same firms as a snapshot holds them.
    pub fn snapshot(&self, pack: &Pack) -> outlook::Firms {
        let facts = pack.facts.iter().enumerate().map(|(slot, fact)| {
            let values = self.rows.iter().map(|row| row[slot].unwrap_or(EMPTY));
            (fact.id.clone(), values.collect())
        });
        let unknown = |id: &str| (id.to_string(), vec![EMPTY; self.rows.len()]);
        let key = |number: usize| {
            let code = Uscc::compose(&format!("91410122MA{number:07}"));
            code.expect("a code").key()
        };
        let rows = Rows {
            keys: (0..self.rows.len()).map(key).collect(),
            numbers: facts.chain(outlook::FRAME.map(unknown)).collect(),
            texts: vec![("name".to_string(), vec![String::new(); self.rows.len()])],
        };
        outlook::Firms::new(pack, rows).expect("every fact has its column")
    }

    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// The same facts column by column.
    pub fn columns(&self, pack: &Pack) -> Columns {
        let column = |slot: usize| {
            let values = self.rows.iter().map(|row| row[slot].unwrap_or(EMPTY));
            Column::from_values(&values.collect::<Vec<i64>>())
        };
        let columns = (0..pack.facts.len()).map(|slot| Some(column(slot)));
        Columns::new(self.rows.len(), columns.collect())
    }
}

/// Values of a kind that the pack's numbers make interesting.
fn pool(pack: &Pack, kind: &Kind) -> Vec<i64> {
    let numbers = |wanted: &Kind| -> Vec<i64> {
        let own = pack.parameters.iter().filter(|parameter| {
            std::mem::discriminant(&parameter.expression_kind()) == std::mem::discriminant(wanted)
        });
        let values = own.flat_map(|parameter| {
            let dated = parameter.values.iter();
            dated.filter_map(|dated| parameter.number(&dated.value))
        });
        values
            .flat_map(|value| [value - 1, value, value + 1])
            .collect()
    };
    match kind {
        Kind::Money => {
            let mut pool = numbers(kind);
            pool.extend([
                0,
                1,
                280_000_000,
                1_500_000_000,
                3_000_000_000,
                50_000_000_000,
            ]);
            pool
        }
        Kind::Count | Kind::Integer => {
            let mut pool = numbers(&Kind::Count);
            pool.extend(numbers(&Kind::Integer));
            pool.extend([0, 1, 2, 5, 20, 80, 120, 400]);
            pool
        }
        Kind::Electricity => vec![0, 1, 10_000, 500_000, 500_001],
        Kind::Rate { per } => vec![0, 1, per / 100, per / 10, per / 2, *per],
        Kind::Day => vec![
            18_900, 20_000, 20_500, 20_540, 20_600, 20_610, 20_700, 21_000,
        ],
        Kind::Month => (24_270..24_325).step_by(6).collect(),
        Kind::Boolean => vec![0, 1],
        Kind::Code { digits: 4 } => vec![610, 1432, 1620, 2710, 3484, 3911, 3982, 4411],
        Kind::Code { .. } => vec![410_100, 410_300, 411_400, 410_102, 419_001],
        Kind::Choice(choices) => (0..choices.len() as i64).collect(),
    }
}
