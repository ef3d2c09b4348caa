//! First letters of the pinyin of names; of a sign with several readings any will do.
//!
//! Each sign of a name is a byte that stands for the set of its first letters. A query is
//! matched by shifting bits: bit i is set where the first i + 1 letters fit up to here.
//!
//! Example: 长 may begin with C or Z, so 长葛 is found by `cg` and by `zg`.

use pinyin::{ToPinyin, ToPinyinMulti};
use std::cmp::Ordering;
use std::collections::HashMap;

/// Letters and digits; a bit each, letters first.
const SYMBOLS: usize = 36;
/// A query longer than this finds nothing by initials.
const LETTERS_MAX: usize = 32;

/// First letters of many names.
#[derive(Debug)]
pub(super) struct Initials {
    /// One byte for each sign that has a first letter.
    signs: Vec<u8>,
    starts: Vec<u32>,
    /// Letters and digits that occur in each name: most names need no closer look.
    held: Vec<u64>,
    /// Sets of first letters by the byte that stands for them.
    sets: Vec<u64>,
    by_set: HashMap<u64, u8>,
    by_sign: HashMap<char, Option<u8>>,
}

impl Default for Initials {
    fn default() -> Initials {
        Initials {
            signs: Vec::new(),
            starts: vec![0],
            held: Vec::new(),
            sets: Vec::new(),
            by_set: HashMap::new(),
            by_sign: HashMap::new(),
        }
    }
}

impl Initials {
    /// Adds the next name.
    pub fn push(&mut self, name: &str) {
        let mut held = 0;
        for sign in name.chars() {
            let byte = match self.by_sign.get(&sign) {
                Some(known) => *known,
                None => {
                    let byte = self.byte_of(sign);
                    self.by_sign.insert(sign, byte);
                    byte
                }
            };
            if let Some(byte) = byte {
                self.signs.push(byte);
                held |= self.sets[usize::from(byte)];
            }
        }
        self.held.push(held);
        self.starts.push(self.signs.len() as u32);
    }

    /// Lets go of what only adding needs.
    pub fn finish(&mut self) {
        self.by_set = HashMap::new();
        self.by_sign = HashMap::new();
        self.signs.shrink_to_fit();
    }

    /// Sets the bit of every name in which these letters follow each other.
    pub fn find(&self, word: &str, plane: &mut [u64]) {
        let letters: Option<Vec<u64>> = word.bytes().map(bit_of).collect();
        let Some(letters) = letters.filter(|own| (1..=LETTERS_MAX).contains(&own.len())) else {
            return;
        };
        let wanted = letters.iter().fold(0, |all, letter| all | letter);
        let mut fits = [0u32; 256];
        for (fit, set) in fits.iter_mut().zip(&self.sets) {
            for (place, letter) in letters.iter().enumerate() {
                *fit |= u32::from(set & letter != 0) << place;
            }
        }
        let goal = 1u32 << (letters.len() - 1);
        for (firm, held) in self.held.iter().enumerate() {
            if held & wanted != wanted {
                continue;
            }
            let own = self.starts[firm] as usize..self.starts[firm + 1] as usize;
            let (mut state, mut reached) = (0u32, 0u32);
            for sign in &self.signs[own] {
                state = ((state << 1) | 1) & fits[usize::from(*sign)];
                reached |= state;
            }
            plane[firm / 64] |= u64::from(reached & goal != 0) << (firm % 64);
        }
    }

    /// Memory that the letters take.
    pub fn bytes(&self) -> usize {
        self.signs.len() + 4 * self.starts.len() + 8 * (self.held.len() + self.sets.len())
    }

    fn byte_of(&mut self, sign: char) -> Option<u8> {
        let set = first_letters(sign);
        let first = set & set.wrapping_neg();
        if set == 0 {
            return None;
        }
        if let Some(byte) = self.by_set.get(&set) {
            return Some(*byte);
        }
        // There are far fewer sets; should a new table have more, one reading has to do.
        let set = match self.sets.len() < usize::from(u8::MAX) - SYMBOLS {
            true => set,
            false => first,
        };
        if let Some(byte) = self.by_set.get(&set) {
            return Some(*byte);
        }
        let byte = u8::try_from(self.sets.len()).ok()?;
        self.sets.push(set);
        self.by_set.insert(set, byte);
        Some(byte)
    }
}

/// The first letters of all readings of a sign; letters and digits are their own.
fn first_letters(sign: char) -> u64 {
    if sign.is_ascii() {
        return bit_of(sign as u8).unwrap_or(0);
    }
    let readings = sign.to_pinyin_multi().into_iter().flatten();
    readings
        .filter_map(|reading| bit_of(*reading.plain().as_bytes().first()?))
        .fold(0, |set, bit| set | bit)
}

fn bit_of(symbol: u8) -> Option<u64> {
    match symbol {
        b'A'..=b'Z' => Some(1 << (symbol - b'A')),
        b'a'..=b'z' => Some(1 << (symbol - b'a')),
        b'0'..=b'9' => Some(1 << (26 + symbol - b'0')),
        _ => None,
    }
}

/// The usual readings of the signs of some names, to order names by.
pub(super) struct Readings {
    /// Place of each sign in the order of the dictionary.
    places: HashMap<char, u32>,
    /// The same for the signs that most names are made of.
    common: Vec<u32>,
}

/// Readings that names of firms and places have where a dictionary puts another first.
const IN_NAMES: [(char, &str); 1] = [('长', "chang")];

fn usual_reading(sign: char) -> &'static str {
    let own = IN_NAMES.iter().find(|(known, _)| *known == sign);
    let by_dictionary = || sign.to_pinyin().map_or("", |reading| reading.plain());
    own.map_or_else(by_dictionary, |(_, reading)| reading)
}

const COMMON_FIRST: u32 = 0x4e00;
const COMMON_COUNT: usize = 0x5200;

impl Readings {
    /// The readings of all signs that occur.
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Readings {
        let mut places: HashMap<char, u32> = HashMap::new();
        for name in names {
            for sign in name.chars() {
                places.entry(sign).or_default();
            }
        }
        let mut signs: Vec<(&str, char)> = places
            .keys()
            .map(|sign| (usual_reading(*sign), *sign))
            .collect();
        signs.sort_unstable();
        let mut common = vec![0; COMMON_COUNT];
        for (place, (_, sign)) in signs.into_iter().enumerate() {
            let place = place as u32 + 1;
            match common.get_mut((sign as u32).wrapping_sub(COMMON_FIRST) as usize) {
                Some(own) => *own = place,
                None => {
                    places.insert(sign, place);
                }
            }
        }
        Readings { places, common }
    }

    /// The first four signs as one number: names of which it differs stand in its order.
    pub fn beginning(&self, name: &str) -> u64 {
        let mut places = name.chars().map(|sign| self.place(sign));
        (0..4).fold(0, |read, _| {
            let place = places.next().unwrap_or(0);
            // More kinds of signs than this do not exist side by side; what shares the last
            // number is told apart by the whole name.
            read << 16 | u64::from(place.min(u32::from(u16::MAX)))
        })
    }

    /// Which of two names stands first in a dictionary.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        let places = one.chars().map(|sign| self.place(sign));
        places.cmp(other.chars().map(|sign| self.place(sign)))
    }

    fn place(&self, sign: char) -> u32 {
        let common = (sign as u32).wrapping_sub(COMMON_FIRST) as usize;
        match self.common.get(common) {
            Some(place) => *place,
            None => self.places[&sign],
        }
    }
}
