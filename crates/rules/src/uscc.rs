//! The unified social credit code (统一社会信用代码) of GB 32100-2015.
//!
//! Eighteen symbols: registering department, kind of institution, division of the
//! registering authority (six digits), subject code (nine), check symbol.
//! This module knows the alphabet and the check symbol; it does not know whether a
//! firm exists, nor whether an exception was granted for a genuine early code.
//!
//! ```
//! use rules::uscc::Uscc;
//! let (code, changed) = Uscc::read(" ９1410102ma00t3xt06 ").unwrap();
//! assert_eq!(code.to_string(), "91410102MA00T3XT06");
//! assert!(changed);
//! ```

use std::fmt;
use unicode_normalization::UnicodeNormalization;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i-1) mod 31 for the first seventeen symbols.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
const LENGTH: usize = 18;

/// A credit code whose eighteen symbols are all of the alphabet of GB 32100-2015.
///
/// Ordered by [`Uscc::key`], not by text: see there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(u128);

/// Why a text is not a usable credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccFault {
    #[error("统一社会信用代码为空，请补填")]
    Empty,
    #[error("统一社会信用代码应为18位，这里是{0}位，请核对营业执照")]
    Length(usize),
    #[error(
        "统一社会信用代码第{position}位“{symbol}”不在国标字符集内（不用I、O、Z、S、V），请核对营业执照"
    )]
    Symbol { position: usize, symbol: char },
    #[error(
        "统一社会信用代码校验位不符：末位是“{found}”，按国标应为“{expected}”，请核对营业执照；确属早期真实代码的，先登记例外再导入"
    )]
    CheckSymbol {
        code: Uscc,
        found: char,
        expected: char,
    },
}

impl Uscc {
    /// Symbols of a code.
    pub const LENGTH: usize = LENGTH;

    /// The code of a text that is meant as one, also where its check symbol fails: genuine
    /// early codes do.
    pub fn written(text: &str) -> Option<Uscc> {
        match Self::read(text) {
            Ok((code, _)) | Err(UsccFault::CheckSymbol { code, .. }) => Some(code),
            Err(_) => None,
        }
    }

    /// Reads a code as people type it: full-width symbols, lower case and white
    /// space are normalised. The second value says whether anything was.
    ///
    /// # Errors
    /// [`UsccFault`]; a failing check symbol carries the code so that a recorded
    /// exception can let it pass.
    pub fn read(text: &str) -> Result<(Uscc, bool), UsccFault> {
        if text.len() == LENGTH
            && let Some(code) = Self::from_symbols(text.as_bytes())
        {
            return code.checked().map(|code| (code, false));
        }
        let normalised: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace() && *c != '\u{feff}' && *c != '\u{200b}')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if normalised.is_empty() {
            return Err(UsccFault::Empty);
        }
        let length = normalised.chars().count();
        if length != LENGTH {
            return Err(UsccFault::Length(length));
        }
        for (index, symbol) in normalised.chars().enumerate() {
            if !symbol.is_ascii() || value_of(symbol as u8).is_none() {
                return Err(UsccFault::Symbol {
                    position: index + 1,
                    symbol,
                });
            }
        }
        let code =
            Self::from_symbols(normalised.as_bytes()).expect("every symbol was just checked");
        code.checked().map(|code| (code, normalised != text))
    }

    /// Composes a code from its first seventeen symbols and their check symbol.
    /// `None` where a symbol is not of the alphabet.
    pub fn compose(first_seventeen: &str) -> Option<Uscc> {
        let mut symbols: Vec<u8> = first_seventeen.bytes().collect();
        if symbols.len() != LENGTH - 1 {
            return None;
        }
        symbols.push(check_symbol(&symbols)?);
        Self::from_symbols(&symbols)
    }

    /// The code as a number of ninety bits that reads the symbols backwards.
    ///
    /// Codes of one county share their front; their ends are spread evenly. Sorting
    /// and splitting by this key therefore gives parts of equal size.
    pub fn key(self) -> u128 {
        self.0
    }

    /// The inverse of [`Uscc::key`]; `None` where a five-bit group is no symbol.
    pub fn from_key(key: u128) -> Option<Uscc> {
        let code = Uscc(key);
        (key >> 90 == 0 && (0..LENGTH).all(|i| code.value(i) < 31)).then_some(code)
    }

    /// Division of the registering authority: symbols 3 to 8. It is where the firm
    /// was first registered, not where it produces, and may be an abolished code.
    pub fn registering_division(self) -> String {
        self.to_string()[2..8].to_string()
    }

    /// Symbols 1 and 2: registering department and kind of institution.
    pub fn institution(self) -> String {
        self.to_string()[..2].to_string()
    }

    fn checked(self) -> Result<Uscc, UsccFault> {
        let sum: u32 = (0..17).map(|i| u32::from(self.value(i)) * WEIGHTS[i]).sum();
        let expected = ((31 - sum % 31) % 31) as u8;
        if expected == self.value(17) {
            return Ok(self);
        }
        Err(UsccFault::CheckSymbol {
            code: self,
            found: ALPHABET[self.value(17) as usize] as char,
            expected: ALPHABET[expected as usize] as char,
        })
    }

    /// Value of the symbol at `index`, counted from the front.
    fn value(self, index: usize) -> u8 {
        ((self.0 >> (5 * index)) & 31) as u8
    }

    fn from_symbols(symbols: &[u8]) -> Option<Uscc> {
        let mut key = 0u128;
        for (index, symbol) in symbols.iter().enumerate() {
            key |= u128::from(value_of(*symbol)?) << (5 * index);
        }
        Some(Uscc(key))
    }
}

/// Check symbol of seventeen symbols; `None` where one is not of the alphabet.
fn check_symbol(symbols: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (symbol, weight) in symbols.iter().zip(WEIGHTS) {
        sum += u32::from(value_of(*symbol)?) * weight;
    }
    Some(ALPHABET[((31 - sum % 31) % 31) as usize])
}

fn value_of(symbol: u8) -> Option<u8> {
    const VALUES: [u8; 128] = {
        let mut values = [u8::MAX; 128];
        let mut i = 0;
        while i < 31 {
            values[ALPHABET[i] as usize] = i as u8;
            i += 1;
        }
        values
    };
    VALUES
        .get(symbol as usize)
        .copied()
        .filter(|value| *value != u8::MAX)
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; LENGTH];
        for (index, slot) in text.iter_mut().enumerate() {
            *slot = ALPHABET[self.value(index) as usize];
        }
        f.pad(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Public examples with what is known of each; see docs/glossary.md for the source.
    const EXAMPLES: &str = include_str!("../tests/uscc-examples.csv");

    #[test]
    fn examples_read_as_known() {
        for line in EXAMPLES.lines().skip(1) {
            let (code, expected) = line.split_once(',').expect("code,expected");
            let valid = Uscc::read(code).is_ok();
            assert_eq!(valid, expected == "valid", "{code}");
        }
    }

    #[test]
    fn spelling_is_normalised_and_said() {
        let plain = Uscc::read("91410102MA00T3XT06").expect("valid").0;
        for text in [
            " 91410102MA00T3XT06",
            "91410102ma00t3xt06",
            "９１４１０１０２ＭＡ００Ｔ３ＸＴ０６",
            "91410102MA00T3XT06\u{3000}",
        ] {
            assert_eq!(Uscc::read(text), Ok((plain, true)), "{text}");
        }
        assert_eq!(Uscc::read("91410102MA00T3XT06"), Ok((plain, false)));
    }

    #[test]
    fn a_failing_check_symbol_keeps_the_code() {
        let fault = Uscc::read("91350100M0001TGQXM").expect_err("an early genuine code");
        assert!(
            matches!(fault, UsccFault::CheckSymbol { code, .. } if code.to_string() == "91350100M0001TGQXM")
        );
    }

    proptest::proptest! {
        #[test]
        fn composing_checks_and_every_single_slip_is_found(
            front in "[0-9A-HJ-NPQRTUWXY]{17}", place in 0usize..17, step in 1u8..31
        ) {
            let code = Uscc::compose(&front).expect("alphabet");
            proptest::prop_assert_eq!(Uscc::read(&code.to_string()), Ok((code, false)));
            proptest::prop_assert_eq!(Uscc::from_key(code.key()), Some(code));
            let mut slipped: Vec<u8> = code.to_string().into_bytes();
            let value = (value_of(slipped[place]).expect("symbol") + step) % 31;
            slipped[place] = ALPHABET[value as usize];
            let text = String::from_utf8(slipped).expect("ASCII");
            proptest::prop_assert!(Uscc::read(&text).is_err());
        }
    }
}
