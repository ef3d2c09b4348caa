//! The language as people learn it: every form with an example, tried on two sample firms.
//!
//! One table for the reference and for the tests, so that what is written about the language
//! cannot drift from what it does: outcomes and pairs of kinds are computed, never typed.
//! Knows no pack; the names in the examples are its own.
//!
//! ```
//! use rules::expression::language;
//! let form = language::forms().find(|form| form.written == "NOT").expect("a word of the language");
//! assert_eq!(language::outcomes(form), ["不成立".to_string(), "未知".to_string()]);
//! ```

use super::vocabulary::{Choice, Kind, Slot, Symbol, Vocabulary};
use super::{Row, parse, parse_amount};

/// Forms that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Chapter {
    pub title: &'static str,
    pub forms: &'static [Form],
}

/// One operator, word or function.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// As it is written, with places in Chinese: `least(甲, 乙, …)`.
    pub written: &'static str,
    pub meaning: &'static str,
    /// A condition or an amount over the names of [`samples`].
    pub example: &'static str,
}

/// A name that the examples use, with its value for each of the two sample firms.
#[derive(Debug, Clone)]
pub struct Sample {
    pub identifier: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    pub values: [Option<i64>; 2],
}

/// What may stand beside a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairings {
    pub kind: Kind,
    /// In the order of [`SIGNS`]: the kinds that may stand to the right, with what comes out
    /// where it is an amount.
    pub partners: [Vec<(Kind, Option<Kind>)>; 5],
    /// Whether the figure 0 may stand to the right, for each sign.
    pub takes_zero: [bool; 5],
}

/// The signs for which [`pairings`] tries all kinds.
pub const SIGNS: [&str; 5] = ["=", "<=", "+", "-", "*"];

const fn form(written: &'static str, meaning: &'static str, example: &'static str) -> Form {
    Form {
        written,
        meaning,
        example,
    }
}

/// Everything that the language has.
pub const LANGUAGE: [Chapter; 6] = [
    Chapter {
        title: "比较",
        forms: &[
            form("=", "相等", "size = 'small'"),
            form("<>", "不相等", "size <> 'micro'"),
            form("<", "小于", "revenue < revenue_floor"),
            form("<=", "不超过", "persons <= persons_cap"),
            form(">", "大于", "revenue > 0"),
            form(">=", "不低于", "revenue >= revenue_floor"),
            form(
                "BETWEEN 下限 AND 上限",
                "在两数之间，含两端",
                "persons BETWEEN persons_floor AND persons_cap",
            ),
            form(
                "IN (…, …)",
                "是所列之一，选项、代码写单引号",
                "size IN ('small', 'micro')",
            ),
            form("LIKE '前缀%'", "代码以这些数字开头", "industry LIKE '39%'"),
            form(
                "LIKE ANY ('前缀%', …)",
                "代码以其中一个前缀开头",
                "industry LIKE ANY ('38%', '39%')",
            ),
            form(
                "NOT BETWEEN、NOT IN、NOT LIKE",
                "不在两数之间、不是所列、不以前缀开头",
                "persons NOT BETWEEN persons_floor AND persons_cap OR size NOT IN ('micro') OR industry NOT LIKE '39%'",
            ),
        ],
    },
    Chapter {
        title: "是否类事实和条件的连接",
        forms: &[
            form("名称", "是否类的事实直接写名称", "in_pool"),
            form("NOT", "否定", "NOT in_pool"),
            form("AND", "都成立", "in_pool AND revenue >= revenue_floor"),
            form("OR", "至少一个成立", "in_pool OR persons >= persons_floor"),
            form(
                "( )",
                "先看括号里的；没有括号时先 AND 后 OR",
                "in_pool AND (size = 'small' OR size = 'micro')",
            ),
            form("TRUE", "总成立", "TRUE"),
            form("FALSE", "总不成立", "FALSE"),
        ],
    },
    Chapter {
        title: "有没有数",
        forms: &[
            form(
                "IS NULL",
                "没有这个数；左边是条件的，条件未知",
                "revenue IS NULL",
            ),
            form("IS NOT NULL", "有这个数", "revenue IS NOT NULL"),
            form("IS TRUE", "确知成立", "(revenue >= revenue_floor) IS TRUE"),
            form("IS FALSE", "确知不成立", "in_pool IS FALSE"),
            form("IS NOT TRUE", "不成立或未知", "in_pool IS NOT TRUE"),
            form("IS NOT FALSE", "成立或未知", "in_pool IS NOT FALSE"),
        ],
    },
    Chapter {
        title: "加、减、乘",
        forms: &[
            form("+", "相加", "valid_until + grace_days >= law_day"),
            form("-", "相减；放在前面是负数", "revenue - revenue_floor"),
            form("*", "相乘；比例按份数精确计算", "revenue * reward_rate"),
        ],
    },
    Chapter {
        title: "取其一",
        forms: &[
            form(
                "least(甲, 乙, …)",
                "取最小的",
                "least(revenue * reward_rate, reward_cap)",
            ),
            form(
                "greatest(甲, 乙, …)",
                "取最大的",
                "greatest(revenue - revenue_floor, 0)",
            ),
            form(
                "CASE WHEN 条件 THEN 值 … ELSE 值 END",
                "依次看各条件，取第一个成立的；只给出值，不给出条件",
                "CASE WHEN size = 'micro' THEN reward_cap ELSE revenue * reward_rate END",
            ),
        ],
    },
    Chapter {
        title: "日期和月份",
        forms: &[
            form(
                "months_between(起, 止)",
                "满几个月；起止同为日期或同为月份",
                "months_between(entered, law_month)",
            ),
            form(
                "years_between(起, 止)",
                "满几年；起止同为日期或同为月份",
                "years_between(founded, law_day)",
            ),
        ],
    },
];

/// All forms, in the order of the chapters.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    LANGUAGE.iter().flat_map(|chapter| chapter.forms)
}

/// The names that the examples use. The second firm lacks some of its figures.
pub fn samples() -> Vec<Sample> {
    let sample = |identifier, name, kind, first, second| Sample {
        identifier,
        name,
        kind,
        values: [Some(first), second],
    };
    let same = |identifier, name, kind, value| Sample {
        identifier,
        name,
        kind,
        values: [Some(value), Some(value)],
    };
    let yuan = |yuan: i64| yuan * 100;
    vec![
        sample("revenue", "销售额", Kind::Money, yuan(23_456_789), None),
        sample("persons", "从业人数", Kind::Count, 120, Some(15)),
        sample(
            "industry",
            "行业代码",
            Kind::Code { digits: 4 },
            3922,
            Some(1399),
        ),
        sample("size", "企业规模", Kind::Choice(sizes()), 0, Some(1)),
        sample("in_pool", "在培育库", Kind::Boolean, 1, None),
        sample("founded", "成立日期", Kind::Day, 17_000, Some(20_000)),
        sample("valid_until", "证书有效期止", Kind::Day, 20_600, None),
        sample("entered", "入库月份", Kind::Month, 24_301, None),
        same("revenue_floor", "销售额下限", Kind::Money, yuan(20_000_000)),
        same("reward_cap", "奖励上限", Kind::Money, yuan(1_000_000)),
        same("reward_rate", "奖励比例", Kind::Rate { per: 1_000 }, 25),
        same("persons_floor", "人数下限", Kind::Count, 20),
        same("persons_cap", "人数上限", Kind::Count, 300),
        same("grace_days", "宽限天数", Kind::Integer, 30),
        same("law_day", "判定日", Kind::Day, 20_634),
        same("law_month", "判定月份", Kind::Month, 24_317),
    ]
}

fn sizes() -> Vec<Choice> {
    let choice = |id: &str, name: &str| Choice {
        id: id.to_string(),
        name: name.to_string(),
    };
    vec![choice("small", "小型"), choice("micro", "微型")]
}

/// What the example of a form comes to for the two sample firms: 成立, 不成立, 未知, or a figure.
pub fn outcomes(form: &Form) -> [String; 2] {
    let samples = samples();
    let named = samples
        .iter()
        .map(|sample| (sample.identifier, sample.name, sample.kind.clone()));
    let vocabulary = vocabulary(named);
    let unknown = || "未知".to_string();
    [0, 1].map(|firm| {
        let facts: Vec<Option<i64>> = samples.iter().map(|sample| sample.values[firm]).collect();
        let row = Row {
            facts: &facts,
            parameters: &[],
        };
        if let Ok(condition) = parse(form.example, &vocabulary) {
            let told = |truth: bool| if truth { "成立" } else { "不成立" };
            return condition
                .evaluate(row)
                .map_or_else(unknown, |truth| told(truth).to_string());
        }
        let amount = parse_amount(form.example, &vocabulary);
        let amount = amount.expect("the tests read every example");
        amount
            .rounded(row)
            .map_or_else(unknown, |value| amount.kind.in_figures(value))
    })
}

fn vocabulary<'a>(named: impl Iterator<Item = (&'a str, &'a str, Kind)>) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for (index, (identifier, name, kind)) in named.enumerate() {
        let symbol = Symbol {
            slot: Slot::Fact(index),
            name: name.to_string(),
            kind,
        };
        let inserted = vocabulary.insert(identifier, symbol);
        inserted.expect("the samples have names of their own");
    }
    vocabulary
}

/// One of each kind, in the order in which the reference names them.
pub fn kinds() -> Vec<Kind> {
    vec![
        Kind::Money,
        Kind::Electricity,
        Kind::Count,
        Kind::Integer,
        Kind::Rate { per: 100 },
        Kind::Day,
        Kind::Month,
        Kind::Boolean,
        Kind::Code { digits: 4 },
        Kind::Choice(sizes()),
    ]
}

/// What may stand beside what, found by trying every pair of kinds.
pub fn pairings() -> Vec<Pairings> {
    let kinds = kinds();
    let names: Vec<String> = (0..kinds.len()).map(|index| format!("k{index}")).collect();
    let named = names.iter().zip(&kinds);
    let vocabulary = vocabulary(named.map(|(name, kind)| (name.as_str(), "", kind.clone())));
    let tried = |left: &str, sign: &str, right: &str| -> Option<Option<Kind>> {
        let text = format!("{left} {sign} {right}");
        if parse(&text, &vocabulary).is_ok() {
            return Some(None);
        }
        let amount = parse_amount(&text, &vocabulary).ok()?;
        Some(Some(amount.kind))
    };
    let rows = names.iter().zip(&kinds);
    rows.map(|(left, kind)| Pairings {
        kind: kind.clone(),
        partners: SIGNS.map(|sign| {
            let others = names.iter().zip(&kinds);
            others
                .filter_map(|(right, other)| Some((other.clone(), tried(left, sign, right)?)))
                .collect()
        }),
        takes_zero: SIGNS.map(|sign| tried(left, sign, "0").is_some()),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lexis;
    use super::*;

    #[test]
    fn every_example_is_of_the_language_and_shows_its_form() {
        let samples = samples();
        let named = samples
            .iter()
            .map(|s| (s.identifier, s.name, s.kind.clone()));
        let vocabulary = vocabulary(named);
        for form in forms() {
            let text = form.example;
            let is_read =
                parse(text, &vocabulary).is_ok() || parse_amount(text, &vocabulary).is_ok();
            assert!(is_read, "{text}: {:?}", parse(text, &vocabulary));
            let head = form.written.split([' ', '(']).find(|word| word.is_ascii());
            let head = head.unwrap_or_default();
            assert!(text.contains(head), "{text} shows no {head}");
        }
    }

    #[test]
    fn every_word_and_function_has_a_form() {
        let written: Vec<String> = forms().map(|form| form.written.to_lowercase()).collect();
        let has = |word: &str| {
            written.iter().any(|form| {
                let mut words = form.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                words.any(|own| own == word)
            })
        };
        for word in lexis::words() {
            assert!(has(word), "{word} stands in no form of the reference");
        }
        for (_, usage) in lexis::FUNCTIONS {
            assert!(forms().any(|form| form.written == usage), "{usage}");
        }
    }

    #[test]
    fn the_second_firm_shows_what_is_unknown() {
        let unknown = forms().filter(|form| outcomes(form)[1] == "未知").count();
        assert!(unknown >= 8, "{unknown}");
        assert!(forms().all(|form| outcomes(form)[0] != "未知"));
    }

    #[test]
    fn pairs_of_kinds_are_those_of_the_checker() {
        let found = pairings();
        let money = &found[0];
        let names = |at: usize| -> Vec<String> {
            money.partners[at]
                .iter()
                .map(|(kind, _)| kind.in_words())
                .collect()
        };
        assert_eq!(names(2), ["金额"]);
        assert_eq!(names(4), ["整数", "比例"]);
        assert_eq!(money.takes_zero, [true, true, true, true, true]);
        let day = &found[5];
        assert!(day.partners[3].contains(&(Kind::Day, Some(Kind::Integer))));
        assert!(!day.takes_zero[0]);
    }
}
