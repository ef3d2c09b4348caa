//! Random questions in the whole language, for engines that judge the SQL we write.
//!
//! Adds to the names of the plain generator rates, names that SQL reserves and named values,
//! and to its shapes CASE, least, greatest, elapsed time, products with rates, LIKE ANY.
//! A table has the facts only; parameters are of one day of law and stand in the SQL.
//!
//! ```text
//! wide.condition(2) → CASE WHEN has_left THEN rd_share ELSE growth_min END * revenue_12m >= tiered
//! ```

use super::questions::Question;
use super::{Generator, Values, is_quantity};
use rules::expression::{
    Amount, Definition, Kind, MONEY_MAX, Slot, Symbol, Term, Vocabulary, parse, parse_amount,
};

/// Names beside those of the plain vocabulary; some are words of SQL.
pub fn vocabulary() -> Vocabulary {
    let facts = [
        ("rd_share", "研发强度", Kind::Rate { per: 1_000 }),
        ("debt_share", "资产负债率", Kind::Rate { per: 10_000 }),
        ("industry_before", "上年行业代码", Kind::Code { digits: 4 }),
        ("order", "在手订单", Kind::Money),
        ("user", "已注册用户", Kind::Boolean),
        ("group", "集团户数", Kind::Count),
        ("certificate_until", "高新技术企业证书有效期止", Kind::Day),
        ("permit_until", "排污许可有效期至", Kind::Month),
    ];
    let parameters = [
        ("subsidy_rate", "补助比例", Kind::Rate { per: 100 }),
        ("growth_min", "最低增幅", Kind::Rate { per: 1_000 }),
        ("subsidy_max", "补助上限", Kind::Money),
    ];
    let mut vocabulary = super::vocabulary();
    let counts = super::nothing_known();
    let facts = facts.into_iter().enumerate();
    let parameters = parameters.into_iter().enumerate();
    let symbols = facts
        .map(|(index, symbol)| (Slot::Fact(counts.facts.len() + index), symbol))
        .chain(
            parameters
                .map(|(index, symbol)| (Slot::Parameter(counts.parameters.len() + index), symbol)),
        );
    for (slot, (identifier, name, kind)) in symbols {
        let name = name.to_string();
        vocabulary
            .insert(identifier, Symbol { slot, name, kind })
            .expect("the names differ");
    }
    for expiry in ["certificate_until", "permit_until"] {
        let slot = vocabulary.named(expiry).expect(expiry).slot;
        vocabulary.mark_expiry(slot);
    }
    define(&mut vocabulary);
    vocabulary
}

/// A row of this vocabulary in which every value is missing.
pub fn nothing_known() -> Values {
    let vocabulary = vocabulary();
    let is_fact = |slot: Slot| matches!(slot, Slot::Fact(_));
    let all = vocabulary.iter().count();
    let facts = vocabulary
        .iter()
        .filter(|(_, symbol)| is_fact(symbol.slot))
        .count();
    Values {
        facts: vec![None; facts],
        parameters: vec![None; all - facts],
    }
}

const NAMED_CONDITIONS: [(&str, &str); 2] = [
    ("scaled_up", "revenue_12m >= scale_revenue AND NOT has_left"),
    ("in_trade", "industry LIKE ANY ('39%', '09%')"),
];
const NAMED_AMOUNTS: [(&str, &str, &str); 3] = [
    (
        "subsidy",
        "补助额",
        "least(revenue_12m * subsidy_rate, subsidy_max)",
    ),
    (
        "tenure",
        "在规月数",
        "months_between(entered_in, month_of_law)",
    ),
    (
        "tiered",
        "分档奖励",
        "CASE WHEN scaled_up THEN subsidy_max WHEN in_trade THEN order END",
    ),
];

fn define(vocabulary: &mut Vocabulary) {
    for (identifier, text) in NAMED_CONDITIONS {
        let condition = parse(text, vocabulary).expect(text);
        vocabulary
            .define(identifier, Definition::Condition(condition))
            .expect(identifier);
    }
    for (identifier, name, text) in NAMED_AMOUNTS {
        let amount = parse_amount(text, vocabulary).expect(text);
        let term = Term::Named {
            name: name.to_string(),
            term: Box::new(amount.term.clone()),
        };
        let named = Definition::Amount(Amount { term, ..amount });
        vocabulary.define(identifier, named).expect(identifier);
    }
}

/// Writes questions and makes firms and days of law.
pub struct Wide {
    generator: Generator,
}

impl Wide {
    pub fn new(seed: u64) -> Wide {
        let mut generator = Generator::new(seed);
        generator.vocabulary = vocabulary();
        Wide { generator }
    }

    fn below(&mut self, end: usize) -> usize {
        self.generator.below(end)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// The facts of one firm; about a seventh is unknown.
    pub fn facts(&mut self) -> Vec<Option<i64>> {
        self.values(|slot| matches!(slot, Slot::Fact(_)))
    }

    /// The parameters of one day of law; about a seventh is unknown.
    pub fn parameters(&mut self) -> Vec<Option<i64>> {
        self.values(|slot| matches!(slot, Slot::Parameter(_)))
    }

    fn values(&mut self, is_wanted: impl Fn(Slot) -> bool) -> Vec<Option<i64>> {
        let vocabulary = vocabulary();
        let mut symbols: Vec<&Symbol> = vocabulary
            .iter()
            .map(|(_, symbol)| symbol)
            .filter(|symbol| is_wanted(symbol.slot))
            .collect();
        symbols.sort_by_key(|symbol| symbol.slot);
        symbols
            .into_iter()
            .map(|symbol| (self.below(7) > 0).then(|| self.value(&symbol.kind)))
            .collect()
    }

    /// Mostly close together, at times at the ends of what the kind admits.
    fn value(&mut self, kind: &Kind) -> i64 {
        match kind {
            Kind::Money if self.below(12) == 0 => {
                [MONEY_MAX, -MONEY_MAX, 199_999, -150][self.below(4)]
            }
            Kind::Integer if self.below(12) == 0 => {
                [1_000_000_000, -1_000_000_000, 12][self.below(3)]
            }
            Kind::Electricity if self.below(12) == 0 => 1_000_000_000_000,
            Kind::Rate { per } => {
                let around = [0, 1, 5, per / 2, *per, per * 3 / 2, -per / 8, 100 * per];
                around[self.below(around.len())]
            }
            Kind::Day => match self.below(4) {
                // 1900-01-01 to 2199-12-31.
                0 => self.below(109_573) as i64 - 25_567,
                // Around the end of February 2024, 2026 and 2000.
                1 => 19_782 + self.below(5) as i64 - 2,
                2 => 20_511 + self.below(35) as i64 - 2,
                _ => 11_016 + self.below(4) as i64 - 2,
            },
            Kind::Month if self.below(4) == 0 => 22_800 + self.below(3_600) as i64,
            kind => self.generator.value(kind),
        }
    }

    /// A question that the checker accepts, with its text. Now and then it rightly refuses
    /// one, for size; too often would be a fault of the generator.
    pub fn question(&mut self, depth: usize) -> (String, Question) {
        let vocabulary = vocabulary();
        for _ in 0..20 {
            let is_amount = self.below(4) == 0;
            let (text, question) = if is_amount {
                let kind = self.kind();
                let text = self.term(&kind, depth);
                let amount = parse_amount(&text, &vocabulary).map(Question::Amount);
                (text, amount)
            } else {
                let text = self.condition(depth);
                let condition = parse(&text, &vocabulary).map(Question::Condition);
                (text, condition)
            };
            match question {
                Ok(question) => return (text, question),
                Err(found) => {
                    let is_size = |message: &str| {
                        ["大到", "位数太多", "超过", "相抵"]
                            .iter()
                            .any(|word| message.contains(word))
                    };
                    let is_wanted = found.iter().all(|finding| is_size(&finding.message));
                    assert!(is_wanted, "{text}\n{found:?}");
                }
            }
        }
        panic!("twenty questions in a row were refused");
    }

    fn kind(&mut self) -> Kind {
        let rate = Kind::Rate { per: 1_000 };
        let kinds = [
            Kind::Money,
            Kind::Money,
            Kind::Money,
            rate.clone(),
            rate,
            Kind::Integer,
            Kind::Count,
            Kind::Electricity,
            Kind::Day,
            Kind::Month,
            Kind::Code { digits: 4 },
            Kind::Code { digits: 6 },
        ];
        kinds[self.below(kinds.len())].clone()
    }

    pub fn condition(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 6 } else { 11 }) {
            0 => self.generator.condition(0),
            1 => {
                let kind = self.kind();
                let sign = self.pick(&["=", "<>", "<", "<=", ">", ">="]);
                let (left, right) = (self.term(&kind, depth), self.term(&kind, depth));
                format!("{left} {sign} {right}")
            }
            2 => {
                let kind = self.kind();
                let not = self.pick(&["", "NOT "]);
                let terms: Vec<String> = (0..3).map(|_| self.term(&kind, depth.min(1))).collect();
                format!("{} {not}BETWEEN {} AND {}", terms[0], terms[1], terms[2])
            }
            3 => {
                let not = self.pick(&["", "NOT "]);
                let patterns = self.pick(&["'39%', '09%'", "'3922%'", "'1%', '4%', '0932%'"]);
                let name = self.pick(&["industry", "industry_before"]);
                format!("{name} {not}LIKE ANY ({patterns})")
            }
            4 => self.pick(&["scaled_up", "in_trade", "user"]).to_string(),
            5 => {
                let (test, other) = (self.condition(0), self.condition(0));
                let sign = self.pick(&["=", "<>"]);
                format!(
                    "CASE WHEN {test} THEN size WHEN {other} THEN 'micro' ELSE 'small' END {sign} size"
                )
            }
            6 => format!("NOT ({})", self.condition(depth - 1)),
            7 => {
                let test = self.pick(&["NULL", "NOT NULL", "TRUE", "NOT TRUE", "NOT FALSE"]);
                format!("({}) IS {test}", self.condition(depth - 1))
            }
            8 => {
                let kind = self.kind();
                let test = self.pick(&["NULL", "NOT NULL"]);
                format!("{} IS {test}", self.term(&kind, depth))
            }
            9 => self.generator.condition(depth.min(2)),
            _ => {
                let word = self.pick(&[") AND (", ") OR ("]);
                let parts: Vec<String> = (0..2 + self.below(2))
                    .map(|_| self.condition(depth - 1))
                    .collect();
                format!("({})", parts.join(word))
            }
        }
    }

    /// A value of the kind; rates are of any parts.
    pub fn term(&mut self, kind: &Kind, depth: usize) -> String {
        if depth == 0 {
            return match kind {
                Kind::Rate { .. } => self
                    .pick(&["rd_share", "debt_share", "subsidy_rate", "growth_min"])
                    .to_string(),
                Kind::Money if self.below(5) == 0 => self.pick(&["subsidy", "tiered"]).to_string(),
                Kind::Integer if self.below(4) == 0 => "tenure".to_string(),
                kind => self.generator.named(|own| own == kind),
            };
        }
        let depth = depth - 1;
        match self.below(7) {
            0 | 1 => {
                let function = self.pick(&["least", "greatest"]);
                let terms: Vec<String> = (0..2 + self.below(2))
                    .map(|_| self.term(kind, depth))
                    .collect();
                format!("{function}({})", terms.join(", "))
            }
            2 | 3 => {
                let arms: Vec<String> = (0..1 + self.below(2))
                    .map(|_| {
                        let test = self.condition(depth);
                        format!("WHEN {test} THEN {}", self.term(kind, depth))
                    })
                    .collect();
                let last = match self.below(3) {
                    0 => String::new(),
                    1 if is_quantity(kind) => " ELSE 0".to_string(),
                    _ => format!(" ELSE {}", self.term(kind, depth)),
                };
                format!("CASE {}{last} END", arms.join(" "))
            }
            _ => self.arithmetic(kind, depth),
        }
    }

    fn arithmetic(&mut self, kind: &Kind, depth: usize) -> String {
        let sign = self.pick(&["+", "-"]);
        match kind {
            Kind::Code { .. } => self.term(kind, 0),
            Kind::Day | Kind::Month => {
                let span = self.term(&Kind::Integer, depth.min(1));
                format!("({} {sign} ({span}))", self.term(kind, depth))
            }
            Kind::Integer if self.below(2) == 0 => {
                let function = self.pick(&["months_between", "years_between"]);
                let kind = [Kind::Day, Kind::Day, Kind::Month][self.below(3)].clone();
                let (from, to) = (self.term(&kind, depth.min(1)), self.term(&kind, 0));
                if self.below(2) == 0 {
                    format!("{function}({from}, {to})")
                } else {
                    format!("{function}({to}, {from})")
                }
            }
            kind => match self.below(4) {
                // A bare number times a rate is a rate.
                0 if *kind != Kind::Integer => {
                    let rate = self.term(&Kind::Rate { per: 1_000 }, depth.min(1));
                    format!("({} * ({rate}))", self.term(kind, depth))
                }
                1 => {
                    let factor = self.term(&Kind::Integer, 0);
                    format!("({factor} * ({}))", self.term(kind, depth))
                }
                2 => format!("-({})", self.term(kind, depth)),
                _ => {
                    let (left, right) = (self.term(kind, depth), self.term(kind, depth));
                    format!("({left} {sign} ({right}))")
                }
            },
        }
    }
}
