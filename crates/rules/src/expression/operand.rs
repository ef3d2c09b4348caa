//! The values inside a condition: names, literals, sums and products, with their kinds.
//!
//! A literal has no kind of its own and takes that of the value it meets: `0` beside money
//! is no money, `'small'` beside 企业规模 is its third choice. What cannot be met, added or
//! multiplied is a finding; so is whatever might outgrow i128.
//!
//! ```
//! use rules::expression::{Kind, Slot, Symbol, Vocabulary, parse_amount};
//! let mut vocabulary = Vocabulary::default();
//! let revenue = Symbol { slot: Slot::Fact(0), name: "销售额".into(), kind: Kind::Money };
//! vocabulary.insert("revenue", revenue).expect("a new name");
//! assert_eq!(parse_amount("revenue + 0", &vocabulary).map(|amount| amount.kind), Ok(Kind::Money));
//! ```

use super::parse::{Checker, WRITE_THE_NAME, reads_as_condition};
use super::tree::{Amount, Term};
use super::vocabulary::{Choice, Definition, Kind, Symbol, Vocabulary};
use sqlparser::ast::{BinaryOperator, Expr, Ident, UnaryOperator, Value};

/// One side of a comparison before the other side is known.
pub(super) enum Operand {
    Amount(Amount),
    /// 0 of whatever quantity it is compared with or added to.
    Zero,
    Text(String),
    Truth(bool),
}

impl Checker<'_> {
    /// Gives an operand the kind of the value that it meets.
    pub(super) fn amount(
        &mut self,
        at: &Expr,
        operand: Operand,
        other: Option<&Amount>,
    ) -> Option<Amount> {
        match (operand, other) {
            (Operand::Amount(amount), Some(other)) if !amount.kind.is_like(&other.kind) => {
                let (own, met) = (self.describe(&amount), self.describe(other));
                let advice = match (&amount.kind, &other.kind) {
                    (Kind::Choice(_), Kind::Choice(_)) => "两者的选项清单须相同".to_string(),
                    (_, kind) => format!("改用同为{}的事实或参数", kind.in_words()),
                };
                self.report(at, format!("{own}不能与{met}比较：{advice}"))
            }
            (Operand::Amount(amount), _) => Some(amount),
            (Operand::Zero, Some(other)) if other.kind.is_quantity() => Some(Amount {
                term: Term::Number(0),
                ..other.clone()
            }),
            (Operand::Zero, Some(other)) if other.kind == Kind::Boolean => {
                let met = self.describe(other);
                self.report(at, format!("{met}不能与 0 比较：{WRITE_THE_NAME}"))
            }
            (Operand::Zero, Some(other)) => {
                let met = self.describe(other);
                self.report(at, format!("{met}不能与 0 比较：写成有出处的参数"))
            }
            (Operand::Text(text), Some(other)) => self.literal(at, &text, other),
            (Operand::Truth(_), Some(other)) => {
                let met = self.describe(other);
                self.report(at, format!("{met}不能与 TRUE 或 FALSE 比较"))
            }
            (Operand::Zero | Operand::Text(_) | Operand::Truth(_), None) => {
                self.report(at, "这一边须是事实或参数，不能是写明的值")
            }
        }
    }

    fn literal(&mut self, at: &Expr, text: &str, other: &Amount) -> Option<Amount> {
        let value = match &other.kind {
            kind if self.is_question && kind.is_stated_plainly() => match kind.stated(text) {
                Some(value) => value,
                None => return self.report(at, format!("“{text}”读不懂：{}", kind.how_stated())),
            },
            Kind::Code { digits } => {
                let is_code = text.len() == usize::from(*digits)
                    && text.bytes().all(|byte| byte.is_ascii_digit());
                match text.parse().ok().filter(|_| is_code) {
                    Some(number) => number,
                    None => {
                        let message = format!(
                            "代码“{text}”须是 {digits} 位数字；按前缀比较用 LIKE '39%' 的写法"
                        );
                        return self.report(at, message);
                    }
                }
            }
            Kind::Choice(choices) => match choices.iter().position(|choice| choice.id == text) {
                Some(index) => index as i64,
                None => {
                    let message = format!("没有选项“{text}”：可写 {}", listed(choices));
                    return self.report(at, message);
                }
            },
            Kind::Boolean => {
                let met = self.describe(other);
                let message = format!("{met}不能与文字“{text}”比较：{WRITE_THE_NAME}");
                return self.report(at, message);
            }
            kind => {
                let words = kind.in_words();
                let met = self.describe(other);
                let message = format!("{met}不能与文字“{text}”比较：把值写成有出处的{words}参数");
                return self.report(at, message);
            }
        };
        Some(Amount::whole(Term::Number(value), other.kind.clone()))
    }

    pub(super) fn whole_amount(&mut self, expr: &Expr) -> Option<Amount> {
        let operand = self.operand(expr)?;
        self.amount(expr, operand, None)
    }

    pub(super) fn operand(&mut self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::Nested(inner) => self.operand(inner),
            Expr::Identifier(name) => self.named(expr, name),
            Expr::Value(value) => self.value(expr, &value.value),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr: inner,
            } => self.negative(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Plus,
                expr: inner,
            } => self.report(inner, "数前不写 +，请删去"),
            Expr::BinaryOp { left, op, right } if is_arithmetic(op) => {
                self.arithmetic(expr, left, op, right)
            }
            Expr::Function(function) => self.function(expr, function),
            Expr::Case {
                operand: None,
                conditions,
                else_result,
                ..
            } => self.case(expr, conditions, else_result.as_deref()),
            Expr::Case { .. } => {
                self.report(expr, "CASE 后面直接写 WHEN 条件 THEN 值，不写被比较的值")
            }
            Expr::Tuple(_) => self.report(expr, "括号里只能有一个值；几个值用 IN (…, …)"),
            Expr::In { .. } => {
                self.report(expr, "IN 后面用括号列出各值，例如 IN ('small', 'micro')")
            }
            _ if reads_as_condition(expr) => self.report(
                expr,
                "这里须是一个值，却是一个条件：条件之间用 AND、OR、NOT 连接，必要时加括号",
            ),
            _ => self.report(
                expr,
                "语言里没有这种写法：用比较、AND、OR、NOT、加减乘、CASE",
            ),
        }
    }

    fn named(&mut self, at: &Expr, name: &Ident) -> Option<Operand> {
        if let Some(Symbol { slot, kind, .. }) = self.vocabulary.named(&name.value) {
            let per = match kind {
                Kind::Rate { per } => *per,
                _ => 1,
            };
            return Some(Operand::Amount(Amount {
                term: Term::Slot(*slot),
                kind: kind.clone(),
                per,
            }));
        }
        match self.vocabulary.definition(&name.value) {
            Some(Definition::Amount(amount)) => return Some(Operand::Amount(amount.clone())),
            Some(Definition::Condition(_)) => {
                let message = format!("“{}”是条件，不是一个值：用 AND、OR、NOT 连接", name.value);
                return self.report(at, message);
            }
            None => {}
        }
        let message = match nearest(&name.value, self.vocabulary) {
            Some((near, symbol)) => {
                format!(
                    "没有“{}”这个名称：是否想写 {near}（{}）",
                    name.value, symbol.name
                )
            }
            None if self.is_question => {
                format!("没有“{}”这个名称：可用的指标见所列清单", name.value)
            }
            None => format!(
                "没有“{}”这个名称：先在 facts.toml 或 parameters.toml 里定义",
                name.value
            ),
        };
        self.report(at, message)
    }

    fn value(&mut self, at: &Expr, value: &Value) -> Option<Operand> {
        match value {
            Value::Number(number, _) if number == "0" => Some(Operand::Zero),
            Value::Number(number, _) if self.is_question => Some(Operand::Text(number.clone())),
            Value::Number(number, _) => self.report(
                at,
                format!("{number} 没有出处：写成 parameters.toml 里的参数"),
            ),
            Value::SingleQuotedString(text) => Some(Operand::Text(text.clone())),
            Value::Boolean(truth) => Some(Operand::Truth(*truth)),
            Value::Null => self.report(at, "与 NULL 比较永远没有结果：写 IS NULL 或 IS NOT NULL"),
            other => self.report(at, format!("不能写 {other}：写成参数")),
        }
    }

    fn negative(&mut self, inner: &Expr) -> Option<Operand> {
        match self.operand(inner)? {
            Operand::Amount(Amount { term, kind, per }) if kind.is_quantity() => {
                Some(Operand::Amount(Amount {
                    term: Term::Negate(Box::new(term)),
                    kind,
                    per,
                }))
            }
            Operand::Zero => Some(Operand::Zero),
            Operand::Amount(amount) => {
                let what = self.describe(&amount);
                self.report(inner, format!("{what}前不能加负号"))
            }
            Operand::Text(_) | Operand::Truth(_) => self.report(inner, "写明的值前不能加负号"),
        }
    }

    fn arithmetic(
        &mut self,
        at: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
    ) -> Option<Operand> {
        let first = self.operand(left);
        let second = self.operand(right);
        let (first, second) = (first?, second?);
        let first_kind = zero_beside(op, &second);
        let second_kind = zero_beside(op, &first);
        let first = self.number(left, first, first_kind)?;
        let second = self.number(right, second, second_kind)?;
        let Some(kind) = result_kind(op, &first.kind, &second.kind) else {
            let (one, other) = (self.describe(&first), self.describe(&second));
            let message = match op {
                BinaryOperator::Multiply => {
                    format!("{one}不能乘{other}：金额、电量、数量只能乘整数或比例")
                }
                BinaryOperator::Plus => {
                    format!("{one}不能加{other}：同类的量才能相加，日期和月份只加整数")
                }
                _ => format!("{one}不能减{other}：同类才能相减，日期和月份也可减整数"),
            };
            return self.report(at, message);
        };
        let (first, second, per) = match op {
            BinaryOperator::Multiply => {
                let per = first.per.checked_mul(second.per);
                (first, second, per)
            }
            _ => {
                let per = first.per.max(second.per);
                (first.in_parts(per), second.in_parts(per), Some(per))
            }
        };
        let Some(per) = per.filter(|per| *per <= PER_MAX) else {
            return self.report(at, "比例连乘的位数太多：把乘积写成一个参数");
        };
        let (first, second) = (Box::new(first.term), Box::new(second.term));
        let term = match op {
            BinaryOperator::Plus => Term::Add(first, second),
            BinaryOperator::Minus => Term::Subtract(first, second),
            _ => Term::Multiply(first, second),
        };
        self.fitting(at, Amount { term, kind, per })
    }

    fn fitting(&mut self, at: &Expr, amount: Amount) -> Option<Operand> {
        if amount.term.magnitude_max(self.vocabulary).is_none() {
            let message = "结果可能大到算不准：少乘几个因数，或把乘积定义成事实";
            return self.report(at, message);
        }
        Some(Operand::Amount(amount))
    }

    /// An operand of + − ×, where 0 takes `zero_kind`.
    fn number(&mut self, at: &Expr, operand: Operand, zero_kind: Kind) -> Option<Amount> {
        match operand {
            Operand::Amount(amount) => Some(amount),
            Operand::Zero => Some(Amount::whole(Term::Number(0), zero_kind)),
            Operand::Text(text) if self.is_question && Kind::Integer.stated(&text).is_some() => {
                let number = Kind::Integer.stated(&text)?;
                Some(Amount::whole(Term::Number(number), Kind::Integer))
            }
            Operand::Text(_) | Operand::Truth(_) => {
                self.report(at, "文字和 TRUE、FALSE 不能参加加减乘")
            }
        }
    }

    /// “revenue_12m”（金额） for a name, else its kind.
    pub(super) fn describe(&self, amount: &Amount) -> String {
        let words = amount.kind.in_words();
        let identifier = match &amount.term {
            Term::Slot(slot) => self.vocabulary.identifier(*slot),
            _ => None,
        };
        match identifier {
            Some(identifier) => format!("“{identifier}”（{words}）"),
            None => words,
        }
    }
}

/// Parts to which products with rates may go.
const PER_MAX: i64 = 100_000_000;

fn is_arithmetic(op: &BinaryOperator) -> bool {
    use BinaryOperator::{Minus, Multiply, Plus};
    matches!(op, Plus | Minus | Multiply)
}

fn listed(choices: &[Choice]) -> String {
    let entries: Vec<String> = choices
        .iter()
        .map(|choice| format!("'{}'（{}）", choice.id, choice.name))
        .collect();
    entries.join("、")
}

/// 0 is a quantity like the one that it is added to; as a factor it is a bare number.
fn zero_beside(op: &BinaryOperator, other: &Operand) -> Kind {
    match other {
        Operand::Amount(amount) if *op != BinaryOperator::Multiply && amount.kind.is_quantity() => {
            amount.kind.clone()
        }
        _ => Kind::Integer,
    }
}

fn result_kind(op: &BinaryOperator, left: &Kind, right: &Kind) -> Option<Kind> {
    use Kind::{Day, Integer, Month, Rate};
    let is_plus = *op == BinaryOperator::Plus;
    match (left, right) {
        (rate @ Rate { .. }, Integer) | (Integer, rate @ Rate { .. })
            if *op == BinaryOperator::Multiply =>
        {
            Some(rate.clone())
        }
        (Integer | Rate { .. }, other) | (other, Integer | Rate { .. })
            if *op == BinaryOperator::Multiply && other.is_quantity() =>
        {
            Some(other.clone())
        }
        _ if *op == BinaryOperator::Multiply => None,
        (Day | Month, Integer) => Some(left.clone()),
        (Integer, Day | Month) if is_plus => Some(right.clone()),
        (Day, Day) | (Month, Month) if !is_plus => Some(Integer),
        _ if left.is_like(right) && left.is_quantity() => Some(left.clone()),
        _ => None,
    }
}

/// The name that was probably meant: at most a third of the letters differ.
fn nearest<'v>(name: &str, vocabulary: &'v Vocabulary) -> Option<(&'v str, &'v Symbol)> {
    let length = name.chars().count();
    if length > 60 {
        return None;
    }
    vocabulary
        .iter()
        .map(|(identifier, symbol)| {
            (
                distance(&name.to_lowercase(), identifier),
                identifier,
                symbol,
            )
        })
        .filter(|(distance, _, _)| *distance <= (length / 3).max(1))
        .min_by_key(|(distance, identifier, _)| (*distance, *identifier))
        .map(|(_, identifier, symbol)| (identifier, symbol))
}

/// Letters to add, drop or change.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for place in 0..other.len() {
            let change = diagonal + usize::from(letter != other[place]);
            diagonal = row[place + 1];
            row[place + 1] = change.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}
