//! Units of money, electricity and gas as headers and titles write them.
//!
//! Does not know any column; it reads a word or a line and says which unit it names.

use rules::layout::ColumnKind;
use rules::money::Fen;
use unicode_normalization::UnicodeNormalization;

/// A unit in which a column states its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Yuan,
    ThousandYuan,
    WanYuan,
    MillionYuan,
    YiYuan,
    KilowattHour,
    MegawattHour,
    WanKilowattHour,
    CubicMetre,
    WanCubicMetre,
}

/// Spellings after [`key`]; longer ones first, since endings are looked for.
const SPELLINGS: &[(&str, Unit)] = &[
    ("人民币百万元", Unit::MillionYuan),
    ("人民币万元", Unit::WanYuan),
    ("人民币千元", Unit::ThousandYuan),
    ("人民币亿元", Unit::YiYuan),
    ("人民币元", Unit::Yuan),
    ("百万元", Unit::MillionYuan),
    ("千元", Unit::ThousandYuan),
    ("万元", Unit::WanYuan),
    ("亿元", Unit::YiYuan),
    ("元", Unit::Yuan),
    ("万千瓦小时", Unit::WanKilowattHour),
    ("万千瓦时", Unit::WanKilowattHour),
    ("万kwh", Unit::WanKilowattHour),
    ("万度", Unit::WanKilowattHour),
    ("兆瓦小时", Unit::MegawattHour),
    ("兆瓦时", Unit::MegawattHour),
    ("mwh", Unit::MegawattHour),
    ("千瓦小时", Unit::KilowattHour),
    ("千瓦时", Unit::KilowattHour),
    ("kwh", Unit::KilowattHour),
    ("度", Unit::KilowattHour),
    ("万立方米", Unit::WanCubicMetre),
    ("万立方", Unit::WanCubicMetre),
    ("万方", Unit::WanCubicMetre),
    ("万m3", Unit::WanCubicMetre),
    ("立方米", Unit::CubicMetre),
    ("立方", Unit::CubicMetre),
    ("m3", Unit::CubicMetre),
    ("方", Unit::CubicMetre),
];

/// Words that only say what is counted.
const COUNTED: &[&str] = &["人", "人次", "名", "家", "户", "个", "件", "项", "台", "套"];

impl Unit {
    /// Money, electricity or gas.
    pub fn kind(self) -> ColumnKind {
        match self {
            Unit::Yuan | Unit::ThousandYuan | Unit::WanYuan | Unit::MillionYuan | Unit::YiYuan => {
                ColumnKind::Money
            }
            Unit::KilowattHour | Unit::MegawattHour | Unit::WanKilowattHour => {
                ColumnKind::Electricity
            }
            Unit::CubicMetre | Unit::WanCubicMetre => ColumnKind::Gas,
        }
    }

    /// What one unit is worth in the kind's base unit: fen, kWh or cubic metres.
    pub fn base_units(self) -> i64 {
        match self {
            Unit::Yuan => Fen::PER_YUAN,
            Unit::ThousandYuan => 1_000 * Fen::PER_YUAN,
            Unit::WanYuan => Fen::PER_WAN_YUAN,
            Unit::MillionYuan => 100 * Fen::PER_WAN_YUAN,
            Unit::YiYuan => 10_000 * Fen::PER_WAN_YUAN,
            Unit::KilowattHour | Unit::CubicMetre => 1,
            Unit::MegawattHour => 1_000,
            Unit::WanKilowattHour | Unit::WanCubicMetre => 10_000,
        }
    }

    /// The unit's ordinary name.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Yuan => "元",
            Unit::ThousandYuan => "千元",
            Unit::WanYuan => "万元",
            Unit::MillionYuan => "百万元",
            Unit::YiYuan => "亿元",
            Unit::KilowattHour => "千瓦时",
            Unit::MegawattHour => "兆瓦时",
            Unit::WanKilowattHour => "万千瓦时",
            Unit::CubicMetre => "立方米",
            Unit::WanCubicMetre => "万立方米",
        }
    }

    /// Reads a unit's name in any usual spelling.
    pub fn read(text: &str) -> Option<Unit> {
        let word = key(text);
        let spelt = SPELLINGS.iter().find(|(spelling, _)| *spelling == word)?;
        Some(spelt.1)
    }
}

/// What a word says as a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnitWord {
    Known(Unit),
    /// 人, 家 and the like: figures as they stand.
    Counted,
    /// It looks like a unit, such as 万人 or 美元, and we do not know it.
    Unknown,
    /// Something else.
    Other,
}

/// Reads what stands in a header's brackets.
pub(super) fn unit_word(text: &str) -> UnitWord {
    let word = key(text);
    let word = ["计量单位", "金额单位", "货币单位", "单位"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .unwrap_or(&word);
    if let Some(unit) = Unit::read(word) {
        return UnitWord::Known(unit);
    }
    if COUNTED.contains(&word) {
        return UnitWord::Counted;
    }
    let scaled = word.starts_with(['十', '百', '千', '万', '亿']);
    let ends = [
        "元",
        "千瓦时",
        "度",
        "立方",
        "吨",
        "wh",
        "m3",
        "人",
        "家",
        "户",
    ];
    if scaled || ends.iter().any(|end| word.ends_with(end)) {
        return UnitWord::Unknown;
    }
    UnitWord::Other
}

/// A header's key without a unit at its end, for headers like `营业收入万元`.
pub(super) fn without_trailing_unit(header_key: &str) -> Option<(&str, Unit)> {
    SPELLINGS.iter().find_map(|(spelling, unit)| {
        let rest = header_key.strip_suffix(spelling)?;
        let rest = rest.strip_suffix("单位").unwrap_or(rest);
        (!rest.is_empty()).then_some((rest, *unit))
    })
}

/// Units that a title names: `单位：万元`, `（万元）`, `计量单位：万元、人`.
pub(super) fn units_in_title(title: &str) -> Vec<Unit> {
    let text: Vec<char> = title.nfkc().collect();
    let mut units = Vec::new();
    for at in 0..text.len() {
        let opens = matches!(text[at], '(' | '[' | '【' | '〔');
        let names = text[at] == '位' && at > 0 && text[at - 1] == '单';
        if opens || names {
            read_listed_units(&text[at + 1..], opens, &mut units);
        }
    }
    units.dedup();
    units
}

/// Reads words parted by 、 and the like; in brackets all of them must be units.
fn read_listed_units(text: &[char], in_brackets: bool, units: &mut Vec<Unit>) {
    let ends = |c: char| matches!(c, ')' | ']' | '】' | '〕' | '。' | ';' | '\n' | '(' | '[');
    let mut found = Vec::new();
    let mut word = String::new();
    let mut rest = text
        .iter()
        .copied()
        .skip_while(|c| *c == ':' || c.is_whitespace())
        .take(24);
    loop {
        let symbol = rest.next();
        match symbol {
            Some(c) if !ends(c) && !c.is_whitespace() && !matches!(c, '、' | ',' | '/') => {
                word.push(c);
                continue;
            }
            _ => {}
        }
        match unit_word(&word) {
            UnitWord::Known(unit) => found.push(unit),
            UnitWord::Counted => {}
            _ if in_brackets => return,
            _ => break,
        }
        word.clear();
        match symbol {
            Some('、' | ',' | '/') => {}
            _ => break,
        }
    }
    units.extend(found);
}

/// What remains of a text for comparing: NFKC, lower case, letters and digits only.
pub(super) fn key(text: &str) -> String {
    text.nfkc()
        .filter(|symbol| symbol.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_read_in_usual_spellings() {
        let cases = [
            ("元", Some(Unit::Yuan)),
            ("人民币：万元", Some(Unit::WanYuan)),
            ("百万元", Some(Unit::MillionYuan)),
            ("亿 元", Some(Unit::YiYuan)),
            ("KWH", Some(Unit::KilowattHour)),
            ("kW·h", Some(Unit::KilowattHour)),
            ("度", Some(Unit::KilowattHour)),
            ("万度", Some(Unit::WanKilowattHour)),
            ("ＭＷｈ", Some(Unit::MegawattHour)),
            ("m³", Some(Unit::CubicMetre)),
            ("㎥", Some(Unit::CubicMetre)),
            ("万美元", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Unit::read(text), expected, "{text}");
        }
    }

    #[test]
    fn brackets_hold_units_or_something_else() {
        let cases = [
            ("单位：万元", UnitWord::Known(Unit::WanYuan)),
            ("人", UnitWord::Counted),
            ("万人", UnitWord::Unknown),
            ("美元", UnitWord::Unknown),
            ("十万元", UnitWord::Unknown),
            ("市、区", UnitWord::Other),
            ("2025年", UnitWord::Other),
        ];
        for (text, expected) in cases {
            assert_eq!(unit_word(text), expected, "{text}");
        }
    }

    #[test]
    fn titles_name_units_anywhere() {
        let cases = [
            ("填报单位： 单位：万元", vec![Unit::WanYuan]),
            ("填报单位：度假区管委会 2026年9月", vec![]),
            ("工业用电情况（万千瓦时）", vec![Unit::WanKilowattHour]),
            (
                "单位:万元、人、万度",
                vec![Unit::WanYuan, Unit::WanKilowattHour],
            ),
            ("培育库名单（2026年）", vec![]),
            ("计量单位 元", vec![Unit::Yuan]),
            ("填报单位：元丰公司", vec![]),
        ];
        for (title, expected) in cases {
            assert_eq!(units_in_title(title), expected, "{title}");
        }
    }
}
