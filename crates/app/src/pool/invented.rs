//! Invented firms for the tests of this folder: a snapshot of which only some facts are known.

use crate::cli::PackSource;
use crate::office::{pack_files, read_pack};
use programme::deliveries::payload::{EMPTY, Rows};
use programme::outlook::{FRAME, Firms};
use rules::pack::Pack;
use rules::uscc::Uscc;
use std::sync::Arc;

/// The pack that the program carries.
pub fn own_pack() -> Arc<Pack> {
    let files = pack_files(&PackSource::default(), None).expect("carried");
    Arc::new(read_pack(files).expect("the program's own pack holds"))
}

/// Firms by the facts that are known of them; the place of a firm is its turn.
#[derive(Debug, Default)]
pub struct Invented {
    known: Vec<Vec<(String, i64)>>,
}

impl Invented {
    /// One more firm: facts by their ids, and `#classes` by bits.
    pub fn firm(mut self, facts: &[(&str, i64)]) -> Invented {
        let facts = facts.iter().map(|(id, value)| (id.to_string(), *value));
        self.known.push(facts.collect());
        self
    }

    /// The snapshot.
    pub fn firms(&self, pack: &Pack) -> Firms {
        let mut keys: Vec<u128> = (0..self.known.len())
            .map(|number| {
                let code = Uscc::compose(&format!("91410122MA{number:07}"));
                code.expect("a code").key()
            })
            .collect();
        keys.sort_unstable();
        let ids = pack.facts.iter().map(|fact| fact.id.as_str()).chain(FRAME);
        let column = |id: &str| {
            let value = |facts: &Vec<(String, i64)>| {
                let found = facts.iter().find(|(known, _)| known == id);
                found.map_or(EMPTY, |(_, value)| *value)
            };
            (id.to_string(), self.known.iter().map(value).collect())
        };
        let names = (0..self.known.len()).map(|number| format!("虚构企业{number}"));
        let rows = Rows {
            keys,
            numbers: ids.map(column).collect(),
            texts: vec![("name".to_string(), names.collect())],
        };
        Firms::new(pack, rows).expect("every fact has its column")
    }
}
