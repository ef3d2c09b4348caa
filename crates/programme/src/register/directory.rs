//! Finding firms among many by what people remember of them: a part of the name, the first
//! letters of its pinyin, the credit code or a part of it.
//!
//! Built once for the firms of a snapshot and only read afterwards. It knows names and codes,
//! and neither places nor figures; who may see a firm is decided where its answers are used.
//!
//! ```
//! use programme::register::Directory;
//! let code = rules::uscc::Uscc::compose("91410300MA0000001").expect("a code");
//! let directory = Directory::new([(code, "洛阳恒昌轴承有限公司")]);
//! assert_eq!(directory.find("lyhc"), [0b1]);
//! assert_eq!(directory.find("恒昌 轴承"), [0b1]);
//! assert_eq!(directory.find("郑州"), [0b0]);
//! ```

use super::initials::{Initials, Readings};
use memchr::memmem::Finder;
use rayon::prelude::*;
use rules::uscc::Uscc;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Symbols of a credit code.
const CODE_LENGTH: usize = 18;
/// Fewer symbols than this stand in nearly every code and are not looked for there.
const CODE_PART_MIN: usize = 4;
/// Words of a query that are looked for; more say no more.
const WORDS_MAX: usize = 6;
/// Signs of a query that are read.
const QUERY_MAX: usize = 80;
/// Parts no name; no name holds it.
const END: u8 = b'\n';

/// Names and codes of firms, laid out for search.
#[derive(Debug)]
pub struct Directory {
    count: usize,
    /// Normalised names, each with its [`END`].
    names: Vec<u8>,
    /// Where each name begins, and where the last ends.
    starts: Vec<u32>,
    codes: Vec<u8>,
    initials: Initials,
    /// Place of each firm in the order of the dictionary.
    ranks: Vec<u32>,
}

impl Directory {
    /// A directory of firms in their order.
    pub fn new<'a>(firms: impl IntoIterator<Item = (Uscc, &'a str)>) -> Directory {
        let mut directory = Directory {
            count: 0,
            names: Vec::new(),
            starts: vec![0],
            codes: Vec::new(),
            initials: Initials::default(),
            ranks: Vec::new(),
        };
        for (code, name) in firms {
            let name = normalised(name);
            directory.names.extend_from_slice(name.as_bytes());
            directory.names.push(END);
            directory.starts.push(directory.names.len() as u32);
            let before = directory.codes.len();
            use std::io::Write;
            write!(directory.codes, "{code}").expect("memory takes what is written");
            assert_eq!(directory.codes.len() - before, CODE_LENGTH);
            directory.initials.push(&name);
            directory.count += 1;
        }
        directory.ranks = directory.ranked();
        directory.names.shrink_to_fit();
        directory.codes.shrink_to_fit();
        directory.initials.finish();
        directory
    }

    /// Firms that a text means, a bit each: every word of it has to be found.
    pub fn find(&self, text: &str) -> Vec<u64> {
        let mut plane = vec![u64::MAX; self.count.div_ceil(64)];
        if let Some(last) = plane.last_mut()
            && !self.count.is_multiple_of(64)
        {
            *last = (1 << (self.count % 64)) - 1;
        }
        let text: String = text.chars().take(QUERY_MAX).collect();
        for word in text.split_whitespace().take(WORDS_MAX) {
            let own = self.find_word(&normalised(word));
            plane.iter_mut().zip(own).for_each(|(to, own)| *to &= own);
        }
        plane
    }

    /// Place of a firm when names are ordered as in a dictionary, by their pinyin; no two firms
    /// have the same.
    pub fn rank(&self, firm: usize) -> u32 {
        self.ranks[firm]
    }

    /// Memory that the directory takes.
    pub fn bytes(&self) -> usize {
        let words = self.starts.len() + self.ranks.len();
        self.names.len() + self.codes.len() + 4 * words + self.initials.bytes()
    }

    fn find_word(&self, word: &str) -> Vec<u64> {
        let mut plane = vec![0; self.count.div_ceil(64)];
        if word.is_empty() {
            return plane;
        }
        self.in_names(word, &mut plane);
        if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.initials.find(word, &mut plane);
            if (CODE_PART_MIN..=CODE_LENGTH).contains(&word.len()) {
                self.in_codes(word, &mut plane);
            }
        }
        plane
    }

    fn in_names(&self, word: &str, plane: &mut [u64]) {
        let finder = Finder::new(word.as_bytes());
        let (mut from, mut firm) = (0, 0);
        while let Some(found) = finder.find(&self.names[from..]) {
            let at = (from + found) as u32;
            while self.starts[firm + 1] <= at {
                firm += 1;
            }
            plane[firm / 64] |= 1 << (firm % 64);
            from = self.starts[firm + 1] as usize;
        }
    }

    fn in_codes(&self, word: &str, plane: &mut [u64]) {
        let word = word.as_bytes();
        // Most look for the front of a code, which very many share: no search is needed there.
        let mut is_begun = vec![false; self.count];
        for (firm, code) in self.codes.chunks_exact(CODE_LENGTH).enumerate() {
            is_begun[firm] = code.starts_with(word);
            plane[firm / 64] |= u64::from(is_begun[firm]) << (firm % 64);
        }
        let finder = Finder::new(word);
        let mut first = 0;
        for run in is_begun.chunk_by(|one, other| one == other) {
            if !run[0] {
                self.within_codes(&finder, word.len(), first..first + run.len(), plane);
            }
            first += run.len();
        }
    }

    /// Looks through the codes of neighbouring firms.
    fn within_codes(
        &self,
        finder: &Finder<'_>,
        length: usize,
        firms: Range<usize>,
        plane: &mut [u64],
    ) {
        let codes = &self.codes[..firms.end * CODE_LENGTH];
        let mut from = firms.start * CODE_LENGTH;
        while let Some(found) = finder.find(&codes[from..]) {
            let at = from + found;
            let firm = at / CODE_LENGTH;
            if at % CODE_LENGTH + length <= CODE_LENGTH {
                plane[firm / 64] |= 1 << (firm % 64);
                from = (firm + 1) * CODE_LENGTH;
            } else {
                // Begins in one code and ends in the next: neither was meant.
                from = at + 1;
            }
        }
    }

    fn name(&self, firm: usize) -> &str {
        let (start, end) = (self.starts[firm], self.starts[firm + 1] - 1);
        let bytes = &self.names[start as usize..end as usize];
        std::str::from_utf8(bytes).expect("names are kept whole")
    }

    /// Names in dictionary order; equal ones by code.
    fn ranked(&self) -> Vec<u32> {
        let readings = Readings::of((0..self.count).map(|firm| self.name(firm)));
        // Beginnings decide most comparisons without a look at the names.
        let mut order: Vec<(u64, u32)> = (0..self.count)
            .into_par_iter()
            .map(|firm| (readings.beginning(self.name(firm)), firm as u32))
            .collect();
        order.par_sort_unstable_by(|(one_begins, one), (other_begins, other)| {
            let by_beginning = one_begins.cmp(other_begins);
            by_beginning.then_with(|| {
                let (one, other) = (*one as usize, *other as usize);
                let code = |firm: usize| &self.codes[firm * CODE_LENGTH..][..CODE_LENGTH];
                let by_name = readings.compare(self.name(one), self.name(other));
                by_name.then_with(|| code(one).cmp(code(other)))
            })
        });
        let mut ranks = vec![0; self.count];
        for (rank, (_, firm)) in order.into_iter().enumerate() {
            ranks[firm as usize] = rank as u32;
        }
        ranks
    }
}

/// Full-width signs made half-width, letters upper case, no blanks.
fn normalised(text: &str) -> Cow<'_, str> {
    let is_plain = |sign: char| matches!(sign, '\u{4e00}'..='\u{9fff}' | '0'..='9' | 'A'..='Z' | '(' | ')' | '-' | '.');
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let signs = text.nfkc().flat_map(char::to_uppercase);
    let kept = signs.filter(|sign| !sign.is_whitespace() && !sign.is_control());
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 9] = [
        "洛阳恒昌轴承有限公司",
        "河南（重型）机械厂",
        "长葛市厦华电子有限公司",
        "ＡＢＣ 新材料 股份有限公司",
        "郑州单氏重工有限公司",
        "洛阳恒昌轴承有限公司",
        "",
        "=1+1 贸易商行",
        "开封市3D打印科技有限公司",
    ];

    fn code(number: usize) -> Uscc {
        Uscc::compose(&format!("9141030{number}MA{number:07}")).expect("a code")
    }

    fn directory() -> Directory {
        Directory::new(NAMES.iter().enumerate().map(|(n, name)| (code(n), *name)))
    }

    fn found(directory: &Directory, text: &str) -> Vec<usize> {
        let plane = directory.find(text);
        let firms = 0..directory.count;
        firms
            .filter(|firm| plane[firm / 64] >> (firm % 64) & 1 == 1)
            .collect()
    }

    #[test]
    fn firms_are_found_by_what_people_remember() {
        let directory = directory();
        let cases: &[(&str, &[usize])] = &[
            ("洛阳恒昌", &[0, 5]),
            ("恒昌 洛阳", &[0, 5]),
            ("lyhc", &[0, 5]),
            ("LyHc", &[0, 5]),
            ("ｌｙｈｃ", &[0, 5]),
            ("昌轴", &[0, 5]),
            ("（重型）", &[1]),
            ("(重型)", &[1]),
            ("hnzx", &[1]),
            ("hncx", &[1]),
            ("cgsxh", &[2]),
            ("zgssh", &[2]),
            ("shzcss", &[]),
            ("zzdszg", &[4]),
            ("zzsscg", &[4]),
            ("abc新材料", &[3]),
            ("abcxcl", &[3]),
            ("3ddy", &[8]),
            ("9141030", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
            ("91410303MA", &[3]),
            ("MA0000004", &[4]),
            ("=1+1", &[7]),
            ("没有这家", &[]),
            ("\n", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
            ("", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(&directory, text), *expected, "{text}");
        }
        let whole = code(7).to_string();
        assert_eq!(found(&directory, &whole), [7]);
        assert_eq!(found(&directory, &whole.to_lowercase()), [7]);
    }

    #[test]
    fn names_are_ordered_as_in_a_dictionary() {
        let directory = directory();
        let mut order: Vec<usize> = (0..NAMES.len()).collect();
        order.sort_by_key(|firm| directory.rank(*firm));
        // Nothing, signs, letters, then chang, he, kai, luo twice by code, zheng.
        assert_eq!(order, [6, 7, 3, 2, 1, 8, 0, 5, 4]);
    }

    proptest! {
        /// What the directory finds in names is what looking through all of them finds.
        #[test]
        fn a_part_of_a_name_is_found_wherever_it_stands(
            names in proptest::collection::vec("[洛阳郑州A1（ ]{0,6}", 0..150),
            part in "[洛阳郑州A1（]{1,3}",
        ) {
            let firms = names.iter().enumerate();
            let numbered = |number: usize| Uscc::compose(&format!("91410300MB{number:07}"));
            let directory = Directory::new(
                firms.map(|(n, name)| (numbered(n).expect("a code"), name.as_str())),
            );
            let word = normalised(&part);
            let mut plane = vec![0; directory.count.div_ceil(64)];
            directory.in_names(&word, &mut plane);
            for (firm, name) in names.iter().enumerate() {
                let is_found = plane[firm / 64] >> (firm % 64) & 1 == 1;
                prop_assert_eq!(is_found, normalised(name).contains(word.as_ref()), "{}", name);
            }
        }
    }
}
