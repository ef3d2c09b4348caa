//! Random sequences of wishes against a model of the records.

use super::workflow::{Wish, wish};
use super::world::{LUOYANG, PROVINCE, on_each_database, pack};
use programme::targets::{issued, round};
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeMap;

const SEQUENCES: u64 = 20;
const WISHES: usize = 40;

/// A year's targets as anyone would keep them on paper.
#[derive(Default)]
struct Model {
    edition: u32,
    is_consulted: bool,
    is_approved: bool,
    is_issued: bool,
    luoyang: u32,
    in_force: Option<u32>,
}

impl Model {
    /// Whether the wish is granted.
    fn grants(&mut self, number: u64) -> bool {
        let is_open = self.edition > 0 && !self.is_approved;
        let granted = match number {
            0 => true,
            1 => is_open && self.luoyang != 250,
            2 | 6 => false,
            3 => is_open,
            4 => is_open && self.is_consulted,
            _ => self.is_approved && !self.is_issued,
        };
        match number {
            _ if !granted => {}
            0 => {
                *self = Model {
                    edition: self.edition + 1,
                    luoyang: 230,
                    in_force: self.in_force,
                    ..Model::default()
                }
            }
            1 => self.luoyang = 250,
            3 => self.is_consulted = true,
            4 => self.is_approved = true,
            _ => {
                self.is_issued = true;
                self.in_force = Some(self.luoyang);
            }
        }
        granted
    }
}

const BALANCED: [(DivisionCode, u32); 2] = [(LUOYANG, 250), (410100, 290)];
const UNBALANCED: [(DivisionCode, u32); 1] = [(LUOYANG, 260)];

fn wish_of(number: u64) -> Wish<'static> {
    match number {
        0 => Wish::Measure(2500),
        1 => Wish::Adjust(&BALANCED, "因"),
        2 => Wish::Adjust(&UNBALANCED, "因"),
        3 => Wish::Consult("tax", "同意"),
        4 => Wish::Approve("省政府批准"),
        5 => Wish::Issue("豫政〔2027〕1号"),
        _ => Wish::Issue(""),
    }
}

#[tokio::test]
async fn any_sequence_of_wishes_ends_as_the_model_does() {
    let pack = pack();
    on_each_database("model", async |db| {
        let mut issues = 0;
        for sequence in 0..SEQUENCES {
            let year = 2030 + sequence as i32;
            let mut model = Model::default();
            let mut random = sequence + 1;
            for step in 0..WISHES {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                // The way forward comes more often than the rest.
                let number = [0, 1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6][(random >> 33) as usize % 12];
                let outcome = wish(db, &pack, (year, PROVINCE), wish_of(number)).await;
                let name = format!("sequence {sequence}, step {step}, wish {number}: {outcome:?}");
                assert_eq!(outcome.is_ok(), model.grants(number), "{name}");
                let found = round(db.reading(), year, PROVINCE).await.expect("acts");
                let found = found.as_ref();
                assert_eq!(
                    found.map_or(0, |round| round.edition),
                    model.edition,
                    "{name}"
                );
                assert!(found.is_none_or(|round| round.total() == 2500), "{name}");
                let targets = issued(db.reading(), &pack, year).await.expect("targets");
                assert_eq!(targets.get(&LUOYANG).copied(), model.in_force, "{name}");
                let sum = targets.values().sum::<u32>();
                assert_eq!(sum, model.in_force.map_or(0, |_| 2500), "{name}");
            }
            issues += u32::from(model.in_force.is_some());
        }
        assert!(issues > 5, "only {issues} sequences came to an end");
        let others: BTreeMap<DivisionCode, u32> = BTreeMap::new();
        assert_eq!(
            issued(db.reading(), &pack, 2029).await.expect("targets"),
            others
        );
    })
    .await;
}
