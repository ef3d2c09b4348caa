//! Random firms around the numbers of the card, with much that is unknown. The same seed gives
//! the same firms.

use programme::CAPABILITIES;
use rules::expression::{Kind, Slot};
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField};
use rules::pack::files::PackFiles;
use std::collections::BTreeSet;
use std::path::Path;

pub const COUNT: usize = 20_000;
pub const DAY: &str = "2026-09-30";

pub fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    let files = PackFiles::read(&folder).expect("the pack is readable");
    Pack::check(files, CAPABILITIES).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

pub fn parameters(pack: &Pack) -> Vec<Option<i64>> {
    pack.parameters_on(DAY.parse().expect("a day"))
}

/// Slots of the facts that the card reads, and of being in scale.
pub fn read(pack: &Pack) -> Vec<usize> {
    let mut slots = BTreeSet::new();
    slots.extend(pack.slot(Origin::Status(StatusField::InScale)));
    for item in &pack.warnings.items {
        for slot in item.condition.slots() {
            if let Slot::Fact(fact) = slot {
                slots.insert(fact);
            }
        }
    }
    slots.into_iter().collect()
}

/// Facts of so many firms, one row each; what the card does not read is unknown.
pub fn draw(pack: &Pack, count: usize, seed: u64) -> Vec<Vec<Option<i64>>> {
    let in_scale = pack.slot(Origin::Status(StatusField::InScale));
    let read = read(pack);
    let mut chance = Chance(seed);
    let mut rows = Vec::new();
    for _ in 0..count {
        let known = 40 + chance.below(4) * 20;
        let mut row = vec![None; pack.facts.len()];
        for slot in &read {
            let is_known = chance.below(100) < known || Some(*slot) == in_scale;
            let value = value(&mut chance, &pack.facts[*slot].kind);
            row[*slot] = is_known.then_some(value);
        }
        if let Some(slot) = in_scale {
            row[slot] = [Some(1), Some(1), Some(1), Some(1), Some(0), None][chance.below(6)];
        }
        rows.push(row);
    }
    rows
}

fn value(chance: &mut Chance, kind: &Kind) -> i64 {
    let near = |chance: &mut Chance, number: i64| number + chance.below(3) as i64 - 1;
    let pick = |chance: &mut Chance, pool: &[i64]| pool[chance.below(pool.len())];
    match kind {
        Kind::Money => {
            let number = pick(
                chance,
                &[
                    0,
                    1_400_000_000,
                    1_600_000_000,
                    2_000_000_000,
                    2_500_000_000,
                ],
            );
            near(chance, number)
        }
        Kind::Count => {
            let number = pick(chance, &[0, 1, 2, 3, 12, 70, 80, 100]);
            near(chance, number).max(0)
        }
        Kind::Rate { per } => {
            let percent = pick(chance, &[1, 20, 50, 80, 99]);
            near(chance, per / 100 * percent)
        }
        Kind::Choice(choices) => chance.below(choices.len()) as i64,
        Kind::Boolean => i64::from(chance.below(8) == 0),
        _ => panic!("the card reads a fact of another kind: {kind:?}"),
    }
}

/// SplitMix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}
