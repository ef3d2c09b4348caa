//! An invented province, drawn from a seed, and readers of it.

use crate::pool::invented::own_pack;
use crate::register::book::{Book, PoolPlanes};
use chrono::NaiveDate;
use programme::deliveries::payload::{EMPTY, Rows};
use programme::measures::Verdicts;
use programme::outlook::{FRAME, Firms, Seen, Snapshot, Standing};
use programme::people::Scope;
use programme::pool::Membership;
use programme::register::Directory;
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::organisation::Organisation;
use rules::uscc::Uscc;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// Numbers that look random and are the same for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = self.below(list.len());
        &list[place]
    }
}

/// Reading the pack takes longer than most tests.
static PACK: LazyLock<Arc<Pack>> = LazyLock::new(own_pack);

pub struct World {
    pub pack: Arc<Pack>,
    verdicts: Arc<Verdicts>,
    pub firms: Arc<Firms>,
    pub members: HashMap<u128, Membership>,
    pub directory: Arc<Directory>,
}

/// Areas and counties where firms stand; the last has an unknown county.
pub const PLACES: [(i64, i64, i64); 6] = [
    (410_100, 410_122, EMPTY),
    (410_100, 410_102, EMPTY),
    (410_300, 410_329, EMPTY),
    (410_300, 410_302, EMPTY),
    (410_300, EMPTY, EMPTY),
    (EMPTY, EMPTY, EMPTY),
];

const NAMES: [&str; 6] = [
    "洛阳恒昌轴承有限公司",
    "郑州长河新材料有限公司",
    "=HYPERLINK(\"http://a\")贸易厂",
    "河南(重型)机械厂",
    "伊川县单氏耐材有限公司",
    "",
];

impl World {
    pub fn drawn(dice: &mut Dice, count: usize) -> World {
        let pack = PACK.clone();
        let mut keys: Vec<u128> = (0..count)
            .map(|number| {
                let code = Uscc::compose(&format!("9141{:04}MA{number:07}", number * 37 % 10_000));
                code.expect("a code").key()
            })
            .collect();
        keys.sort_unstable();
        let places: Vec<_> = (0..count).map(|_| *dice.one_of(&PLACES)).collect();
        let ids = pack.facts.iter().map(|fact| fact.id.as_str()).chain(FRAME);
        let mut numbers = Vec::new();
        for id in ids {
            let column = (0..count).map(|firm| match id {
                "area" => places[firm].0,
                "county" => places[firm].1,
                _ => drawn(&pack, id, dice),
            });
            numbers.push((id.to_string(), column.collect()));
        }
        let names = (0..count).map(|_| (*dice.one_of(&NAMES)).to_string());
        let rows = Rows {
            keys: keys.clone(),
            numbers,
            texts: vec![("name".to_string(), names.collect())],
        };
        let firms = Arc::new(Firms::new(&pack, rows).expect("every fact has its column"));
        let members = keys.iter().filter_map(|key| {
            let drawn = dice.below(8);
            let standing = Standing {
                admitted: drawn & 1 == 1,
                declared: drawn == 3,
            };
            let member = Membership {
                standing,
                ever_admitted: drawn < 4,
                last_on: None,
            };
            (drawn < 5).then_some((*key, member))
        });
        let members = members.collect();
        let named = (0..firms.len()).map(|firm| (firms.uscc(firm), firms.name(firm)));
        World {
            directory: Arc::new(Directory::new(named)),
            verdicts: Arc::new(Verdicts::on(&pack, firms.columns(), law_day())),
            pack,
            members,
            firms,
        }
    }

    /// What an organisation's lists are read from.
    pub fn book(&self, organisation: &str) -> Book {
        let reader = Organisation::read(&self.pack, organisation).expect("an organisation");
        self.book_of(&Scope::of(&self.pack, &reader))
    }

    pub fn book_of(&self, scope: &Scope) -> Book {
        let on = law_day();
        let as_of = "2026-09".parse().expect("a month");
        Book {
            pack: self.pack.clone(),
            snapshot: Snapshot {
                id: 7,
                as_of,
                known_by: on,
                pack: String::new(),
                program: String::new(),
                inputs: String::new(),
                count: self.firms.len() as u64,
                fingerprint: String::new(),
                at: 0,
            },
            on,
            parameters: self.pack.parameters_on(as_of.last_day()),
            seen: Arc::new(Seen::new(self.pack.clone(), self.firms.clone(), scope)),
            directory: self.directory.clone(),
            pool: Arc::new(PoolPlanes::new(&self.firms, self.members.iter())),
            verdicts: self.verdicts.clone(),
        }
    }
}

fn law_day() -> NaiveDate {
    "2026-10-15".parse().expect("a day")
}

/// A value of a column, often unknown, seldom far apart, so that many are equal.
fn drawn(pack: &Pack, id: &str, dice: &mut Dice) -> i64 {
    if dice.below(5) == 0 && id != "#classes" && id != "#undecided" {
        return EMPTY;
    }
    match id {
        "#stage" => dice.below(pack.stages.len()) as i64,
        // Only stages with kinds have one; the second stage of the pack has three.
        "#kind" => EMPTY,
        "#classes" | "#undecided" => dice.below(1 << pack.classes.len()) as i64,
        "#zone" => *dice.one_of(&[EMPTY, 410_371, 410_171]),
        "#registered" => dice.below(2) as i64,
        "industry" => *dice.one_of(&[3_922, 3_951, 610, 1_311, 4_411]),
        "persons" => *dice.one_of(&[0, 9, 10, 19, 20, 299, 300, 5_000]),
        _ => {
            let fact = pack.fact_slot(id).map(|slot| &pack.facts[slot]);
            match fact.map(|fact| &fact.kind) {
                Some(Kind::Money) => dice.below(40) as i64 * 100_000_000 - 500_000_000,
                Some(Kind::Rate { per }) => dice.below(5) as i64 * per / 4,
                Some(Kind::Boolean) => dice.below(2) as i64,
                Some(Kind::Choice(choices)) => dice.below(choices.len()) as i64,
                Some(Kind::Day) => 20_000 + dice.below(900) as i64,
                Some(Kind::Month) => 24_290 + dice.below(40) as i64,
                _ => dice.below(30) as i64,
            }
        }
    }
}
