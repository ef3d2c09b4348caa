//! Whether an answer names a firm that is not the reader's.

use super::desk::province::{Firm, Viewer};
use std::collections::HashMap;

/// Symbols by which names are looked up, in bytes of UTF-8: four Chinese ones.
const HEAD: usize = 12;

/// Codes and names of all firms, ready to be looked for in long texts.
pub struct Foreign {
    by_head: HashMap<[u8; HEAD], Vec<usize>>,
    by_code: HashMap<String, usize>,
    firms: Vec<Firm>,
}

impl Foreign {
    pub fn new(firms: &[Firm]) -> Foreign {
        let mut by_head: HashMap<[u8; HEAD], Vec<usize>> = HashMap::new();
        for (number, firm) in firms.iter().enumerate() {
            if let Some(head) = firm.name.as_bytes().first_chunk::<HEAD>() {
                by_head.entry(*head).or_default().push(number);
            }
        }
        let codes = firms.iter().enumerate();
        Foreign {
            by_head,
            by_code: codes
                .map(|(number, firm)| (firm.uscc.clone(), number))
                .collect(),
            firms: firms.to_vec(),
        }
    }

    /// Firms that a text names and that are not the viewer's; the one that was asked for may
    /// be said again.
    pub fn named(&self, text: &str, viewer: &Viewer, asked: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut tell = |firm: &Firm, word: &str| {
            if firm.uscc != asked && !viewer.covers(firm) && found.len() < 3 {
                found.push(word.to_string());
            }
        };
        let runs = text.split(|symbol: char| !symbol.is_ascii_alphanumeric());
        for code in runs.filter(|run| run.len() == 18) {
            if let Some(number) = self.by_code.get(code) {
                tell(&self.firms[*number], code);
            }
        }
        let bytes = text.as_bytes();
        for (at, lead) in bytes.iter().enumerate() {
            // Names begin with a Chinese symbol.
            if *lead < 0xE0 {
                continue;
            }
            let Some(head) = bytes[at..].first_chunk::<HEAD>() else {
                break;
            };
            let Some(numbers) = self.by_head.get(head) else {
                continue;
            };
            let named = numbers.iter().map(|number| &self.firms[*number]);
            // Several firms may have one name: a name betrays only where none is the viewer's.
            let called = named.filter(|firm| bytes[at..].starts_with(firm.name.as_bytes()));
            let called: Vec<&Firm> = called.collect();
            let longest = called.iter().map(|firm| firm.name.len()).max();
            let exact = called
                .into_iter()
                .filter(|firm| Some(firm.name.len()) == longest)
                .collect::<Vec<_>>();
            let is_own = exact.iter().any(|firm| viewer.covers(firm));
            if let (false, Some(firm)) = (is_own, exact.first()) {
                tell(firm, &firm.name);
            }
        }
        found
    }
}
