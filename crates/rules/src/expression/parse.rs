//! From text to a checked tree, or to everything that is wrong with it.
//!
//! sqlparser reads the text; this module lets pass what the language has, gives every
//! name its slot, and proves kinds and magnitudes. Positions are those of the text.
//!
//! ```
//! use rules::expression::{Vocabulary, parse};
//! let findings = parse("revenue >= 20000000", &Vocabulary::default()).unwrap_err();
//! assert_eq!(findings.len(), 2); // an unknown name, and a number that should be a parameter
//! ```

use super::Finding;
use super::lexis::{self, Plain, finding};
use super::tree::{Amount, Condition, Relation, Term};
use super::vocabulary::{Choice, Kind, Symbol, Vocabulary};
use sqlparser::ast::{BinaryOperator, Expr, Ident, InTarget, Spanned, UnaryOperator, Value};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

/// How deep sqlparser may go before it gives up; small enough for a thread's usual stack.
const RECURSION_MAX: usize = 50;

/// Reads a condition, or returns all that is wrong with it in the order of the text.
pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Condition, Vec<Finding>> {
    check(text, vocabulary, |checker, expr| checker.condition(expr))
}

/// Reads an amount, as [`parse`] reads a condition.
pub fn parse_amount(text: &str, vocabulary: &Vocabulary) -> Result<Amount, Vec<Finding>> {
    check(text, vocabulary, |checker, expr| checker.whole_amount(expr))
}

fn check<Tree>(
    text: &str,
    vocabulary: &Vocabulary,
    read: impl Fn(&mut Checker<'_>, &Expr) -> Option<Tree>,
) -> Result<Tree, Vec<Finding>> {
    let expression = syntax(text)?;
    let mut checker = Checker {
        vocabulary,
        findings: Vec::new(),
    };
    match read(&mut checker, &expression) {
        Some(tree) if checker.findings.is_empty() => Ok(tree),
        _ => {
            checker.findings.sort();
            checker.findings.dedup();
            assert!(!checker.findings.is_empty(), "no tree without a reason");
            Err(checker.findings)
        }
    }
}

fn syntax(text: &str) -> Result<Expr, Vec<Finding>> {
    let tokens = lexis::read(text)?;
    let end = tokens.last().map(|token| token.span.end);
    let end = end.unwrap_or(Location { line: 1, column: 1 });
    let mut parser = Parser::new(&Plain)
        .with_recursion_limit(RECURSION_MAX)
        .with_tokens_with_locations(tokens);
    let expression = parser
        .parse_expr()
        .map_err(|error| vec![unparsable(&error, end)])?;
    let rest = parser.peek_token_ref();
    match &rest.token {
        Token::EOF => Ok(expression),
        token => Err(vec![unexpected(&token.to_string(), rest.span.start)]),
    }
}

/// sqlparser states its position only in words: "…, found: X at Line: 1, Column: 9".
fn unparsable(error: &ParserError, end: Location) -> Finding {
    let message = match error {
        ParserError::RecursionLimitExceeded => {
            return finding(end, "条件嵌套太深，请拆成几条条件");
        }
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
    };
    let place = message.rsplit_once(" at Line: ").and_then(|(words, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        let (line, column) = (line.parse().ok()?, column.parse().ok()?);
        let found = words.rsplit_once("found: ").map_or("", |(_, found)| found);
        Some((found, Location { line, column }))
    });
    match place {
        Some((found, at)) => unexpected(found, at),
        None => finding(end, "条件没有写完：后面还缺名称、参数或右括号"),
    }
}

fn unexpected(found: &str, at: Location) -> Finding {
    let message = format!("读到“{found}”就读不下去：看前面是否缺名称、AND、OR 或比较符号");
    finding(at, message)
}

struct Checker<'v> {
    vocabulary: &'v Vocabulary,
    findings: Vec<Finding>,
}

/// One side of a comparison before the other side is known.
enum Operand {
    Amount(Amount),
    /// 0 of whatever quantity it is compared with or added to.
    Zero,
    Text(String),
    Truth(bool),
}

impl Checker<'_> {
    fn report<Tree>(&mut self, at: &Expr, message: impl Into<String>) -> Option<Tree> {
        self.findings.push(finding(at.span().start, message));
        None
    }

    fn condition(&mut self, expr: &Expr) -> Option<Condition> {
        match expr {
            Expr::Nested(inner) => self.condition(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr: inner,
            } => self.condition(inner).map(not),
            Expr::BinaryOp { left, op, right } => match op {
                BinaryOperator::And => self.join(left, right, true),
                BinaryOperator::Or => self.join(left, right, false),
                op => match relation_of(op) {
                    Some(relation) => self.compare(left, relation, right),
                    None => self.not_a_condition(expr),
                },
            },
            Expr::IsNull(inner) => self.is_null(inner),
            Expr::IsNotNull(inner) => self.is_null(inner).map(not),
            Expr::IsTrue(inner) => self.is(inner, true),
            Expr::IsNotTrue(inner) => self.is(inner, true).map(not),
            Expr::IsFalse(inner) => self.is(inner, false),
            Expr::IsNotFalse(inner) => self.is(inner, false).map(not),
            Expr::Between {
                expr: value,
                negated,
                low,
                high,
            } => negate_if(*negated, self.between(value, low, high)),
            Expr::In {
                expr: value,
                target: InTarget::List(list),
                negated,
                global: false,
            } => negate_if(*negated, self.one_of(value, list)),
            Expr::Like {
                negated,
                any: false,
                expr: value,
                pattern,
                escape_char: None,
            } => negate_if(*negated, self.begins(value, pattern)),
            Expr::Value(value) if let Value::Boolean(truth) = value.value => {
                Some(Condition::Always(truth))
            }
            _ => self.not_a_condition(expr),
        }
    }

    /// A boolean name is a condition; any other value is not.
    fn not_a_condition(&mut self, expr: &Expr) -> Option<Condition> {
        match self.operand(expr)? {
            Operand::Amount(Amount {
                term: Term::Slot(slot),
                kind: Kind::Boolean,
            }) => Some(Condition::Holds(slot)),
            Operand::Amount(amount) => {
                let what = self.describe(&amount);
                let message = format!("{what}不是条件：写成比较，例如 … >= 某个参数");
                self.report(expr, message)
            }
            Operand::Zero | Operand::Text(_) => {
                self.report(expr, "单独的数或文字不是条件：写成比较，例如 事实 >= 参数")
            }
            Operand::Truth(truth) => Some(Condition::Always(truth)),
        }
    }

    /// AND where `all`, else OR; chains become one list.
    fn join(&mut self, left: &Expr, right: &Expr, all: bool) -> Option<Condition> {
        let left = self.condition(left);
        let right = self.condition(right);
        let mut parts = Vec::new();
        for side in [left?, right?] {
            match side {
                Condition::All(inner) if all => parts.extend(inner),
                Condition::Any(inner) if !all => parts.extend(inner),
                other => parts.push(other),
            }
        }
        Some(if all {
            Condition::All(parts)
        } else {
            Condition::Any(parts)
        })
    }

    fn compare(&mut self, left: &Expr, relation: Relation, right: &Expr) -> Option<Condition> {
        let first = self.operand(left);
        let second = self.operand(right);
        let (first, second) = (first?, second?);
        if let (Operand::Amount(amount), Operand::Truth(truth))
        | (Operand::Truth(truth), Operand::Amount(amount)) = (&first, &second)
        {
            return self.compare_truth(left, amount, relation, *truth);
        }
        let is_first_known = matches!(first, Operand::Amount(_));
        let (first, second) = if is_first_known {
            let first = self.amount(left, first, None)?;
            let second = self.amount(right, second, Some(&first))?;
            (first, second)
        } else {
            let second = self.amount(right, second, None)?;
            let first = self.amount(left, first, Some(&second))?;
            (first, second)
        };
        if relation.is_ordering() && !first.kind.is_ordered() {
            return self.without_order(left, &first);
        }
        Some(Condition::Compare {
            left: first,
            relation,
            right: second,
        })
    }

    fn compare_truth(
        &mut self,
        at: &Expr,
        amount: &Amount,
        relation: Relation,
        truth: bool,
    ) -> Option<Condition> {
        let Amount {
            term: Term::Slot(slot),
            kind: Kind::Boolean,
        } = amount
        else {
            let what = self.describe(amount);
            return self.report(at, format!("{what}不能与 TRUE 或 FALSE 比较"));
        };
        let holds = Condition::Holds(*slot);
        match relation {
            Relation::Equal => negate_if(!truth, Some(holds)),
            Relation::NotEqual => negate_if(truth, Some(holds)),
            _ => self.without_order(at, amount),
        }
    }

    fn without_order<Tree>(&mut self, at: &Expr, amount: &Amount) -> Option<Tree> {
        let what = self.describe(amount);
        self.report(at, format!("{what}没有大小之分：用 =、<> 或 IN"))
    }

    fn between(&mut self, value: &Expr, low: &Expr, high: &Expr) -> Option<Condition> {
        let operands = [value, low, high].map(|expr| self.operand(expr));
        let [first, second, third] = operands;
        let first = first.and_then(|first| self.amount(value, first, None));
        let first = first?;
        if !first.kind.is_ordered() {
            return self.without_order(value, &first);
        }
        let low = second.and_then(|second| self.amount(low, second, Some(&first)));
        let high = third.and_then(|third| self.amount(high, third, Some(&first)));
        Some(Condition::Between {
            low: low?,
            high: high?,
            value: first,
        })
    }

    fn one_of(&mut self, value: &Expr, list: &[Expr]) -> Option<Condition> {
        let first = self.operand(value);
        let operands: Vec<_> = list.iter().map(|expr| self.operand(expr)).collect();
        let first = first.and_then(|first| self.amount(value, first, None))?;
        if first.kind == Kind::Boolean {
            let what = self.describe(&first);
            return self.report(value, format!("{what}不用 IN：直接写名称，或 NOT 名称"));
        }
        let mut others = Vec::with_capacity(list.len());
        let mut is_complete = true;
        for (expr, operand) in list.iter().zip(operands) {
            match operand.and_then(|operand| self.amount(expr, operand, Some(&first))) {
                Some(amount) if !others.contains(&amount) => others.push(amount),
                Some(_) => {}
                None => is_complete = false,
            }
        }
        is_complete.then_some(Condition::OneOf {
            value: first,
            list: others,
        })
    }

    fn begins(&mut self, value: &Expr, pattern: &Expr) -> Option<Condition> {
        let code = self.operand(value).and_then(|operand| match operand {
            Operand::Amount(Amount {
                term: Term::Slot(slot),
                kind: Kind::Code { digits },
            }) => Some((slot, digits)),
            Operand::Amount(amount) => {
                let what = self.describe(&amount);
                self.report(value, format!("{what}不是代码：LIKE 只用于代码，例如 industry LIKE '39%'"))
            }
            _ => self.report(value, "LIKE 左边须是代码，例如 industry LIKE '39%'"),
        });
        let text = match plain_text(pattern) {
            Some(text) => Some(text),
            None => self.report(pattern, "LIKE 后面须是写明的前缀，例如 '39%'"),
        };
        let ((code, digits), text) = (code?, text?);
        let is_number = |prefix: &str| prefix.bytes().all(|byte| byte.is_ascii_digit());
        let Some(prefix) = text.strip_suffix('%').filter(|prefix| is_number(prefix)) else {
            let message = format!("“{text}”不是前缀：先写数字，末尾一个 %，例如 '39%'；整个代码用 = 比较");
            return self.report(pattern, message);
        };
        if prefix.is_empty() || prefix.len() > usize::from(digits) {
            let message = format!("前缀“{prefix}”须有 1 至 {digits} 位数字");
            return self.report(pattern, message);
        }
        let width = 10i64.pow(u32::from(digits) - prefix.len() as u32);
        let low = prefix.parse::<i64>().ok()?.checked_mul(width)?;
        Some(Condition::Begins {
            code,
            prefix: prefix.to_string(),
            low,
            high: low + (width - 1),
        })
    }

    fn is_null(&mut self, inner: &Expr) -> Option<Condition> {
        if reads_as_condition(inner) {
            let condition = Box::new(self.condition(inner)?);
            return Some(Condition::Is {
                condition,
                truth: None,
            });
        }
        match self.operand(inner)? {
            Operand::Amount(amount) => Some(Condition::Missing(amount)),
            _ => self.report(inner, "写明的值不会缺：IS NULL 只用于事实和参数"),
        }
    }

    fn is(&mut self, inner: &Expr, truth: bool) -> Option<Condition> {
        Some(Condition::Is {
            condition: Box::new(self.condition(inner)?),
            truth: Some(truth),
        })
    }

    /// Gives an operand the kind of the value that it meets.
    fn amount(&mut self, at: &Expr, operand: Operand, other: Option<&Amount>) -> Option<Amount> {
        match (operand, other) {
            (Operand::Amount(amount), Some(other)) if amount.kind != other.kind => {
                let (own, met) = (self.describe(&amount), self.describe(other));
                let advice = match (&amount.kind, &other.kind) {
                    (Kind::Choice(_), Kind::Choice(_)) => "两者的选项清单须相同".to_string(),
                    (_, kind) => format!("换成{}", kind.in_words()),
                };
                self.report(at, format!("{own}不能与{met}比较：{advice}"))
            }
            (Operand::Amount(amount), _) => Some(amount),
            (Operand::Zero, Some(other)) if other.kind.is_quantity() => Some(Amount {
                term: Term::Number(0),
                kind: other.kind.clone(),
            }),
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
            Kind::Code { digits } => {
                let is_code = text.len() == usize::from(*digits)
                    && text.bytes().all(|byte| byte.is_ascii_digit());
                match text.parse().ok().filter(|_| is_code) {
                    Some(number) => number,
                    None => {
                        let message =
                            format!("代码“{text}”须是 {digits} 位数字；按前缀比较用 LIKE '39%' 的写法");
                        return self.report(at, message);
                    }
                }
            }
            Kind::Choice(choices) => {
                match choices.iter().position(|choice| choice.id == text) {
                    Some(index) => index as i64,
                    None => {
                        let message = format!("没有选项“{text}”：可写 {}", listed(choices));
                        return self.report(at, message);
                    }
                }
            }
            kind => {
                let words = kind.in_words();
                let met = self.describe(other);
                let message =
                    format!("{met}不能与文字“{text}”比较：把值写成有出处的{words}参数");
                return self.report(at, message);
            }
        };
        Some(Amount {
            term: Term::Number(value),
            kind: other.kind.clone(),
        })
    }

    fn whole_amount(&mut self, expr: &Expr) -> Option<Amount> {
        let operand = self.operand(expr)?;
        self.amount(expr, operand, None)
    }

    fn operand(&mut self, expr: &Expr) -> Option<Operand> {
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
            Expr::Function(function) => {
                let message = format!(
                    "语言里没有函数 {}：把结果定义成事实，或用比较和加减乘写出来",
                    function.name
                );
                self.report(expr, message)
            }
            Expr::Tuple(_) => self.report(expr, "括号里只能有一个值；几个值用 IN (…, …)"),
            Expr::In { .. } => self.report(expr, "IN 后面用括号列出各值，例如 IN ('small', 'micro')"),
            _ if reads_as_condition(expr) => {
                self.report(expr, "这里须是一个值，却是一个条件：条件之间用 AND、OR、NOT 连接，必要时加括号")
            }
            _ => self.report(expr, "语言里没有这种写法：用比较、AND、OR、NOT、加减乘"),
        }
    }

    fn named(&mut self, at: &Expr, name: &Ident) -> Option<Operand> {
        if let Some(Symbol { slot, kind, .. }) = self.vocabulary.named(&name.value) {
            return Some(Operand::Amount(Amount {
                term: Term::Slot(*slot),
                kind: kind.clone(),
            }));
        }
        let message = match nearest(&name.value, self.vocabulary) {
            Some((near, symbol)) => {
                format!("没有“{}”这个名称：是否想写 {near}（{}）", name.value, symbol.name)
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
            Value::Number(number, _) => {
                self.report(at, format!("{number} 没有出处：写成 parameters.toml 里的参数"))
            }
            Value::SingleQuotedString(text) => Some(Operand::Text(text.clone())),
            Value::Boolean(truth) => Some(Operand::Truth(*truth)),
            Value::Null => self.report(at, "与 NULL 比较永远没有结果：写 IS NULL 或 IS NOT NULL"),
            other => self.report(at, format!("不能写 {other}：写成参数")),
        }
    }

    fn negative(&mut self, inner: &Expr) -> Option<Operand> {
        match self.operand(inner)? {
            Operand::Amount(Amount { term, kind }) if kind.is_quantity() => {
                Some(Operand::Amount(Amount {
                    term: Term::Negate(Box::new(term)),
                    kind,
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
                    format!("{one}不能乘{other}：金额、电量、数量只能乘整数")
                }
                BinaryOperator::Plus => {
                    format!("{one}不能加{other}：同类的量才能相加，日期和月份只加整数")
                }
                _ => format!("{one}不能减{other}：同类才能相减，日期和月份也可减整数"),
            };
            return self.report(at, message);
        };
        let (first, second) = (Box::new(first.term), Box::new(second.term));
        let term = match op {
            BinaryOperator::Plus => Term::Add(first, second),
            BinaryOperator::Minus => Term::Subtract(first, second),
            _ => Term::Multiply(first, second),
        };
        if term.magnitude_max(self.vocabulary).is_none() {
            let message = "结果可能大到算不准：少乘几个因数，或把乘积定义成事实";
            return self.report(at, message);
        }
        Some(Operand::Amount(Amount { term, kind }))
    }

    /// An operand of + − ×, where 0 takes `zero_kind`.
    fn number(&mut self, at: &Expr, operand: Operand, zero_kind: Kind) -> Option<Amount> {
        match operand {
            Operand::Amount(amount) => Some(amount),
            Operand::Zero => Some(Amount {
                term: Term::Number(0),
                kind: zero_kind,
            }),
            Operand::Text(_) | Operand::Truth(_) => {
                self.report(at, "文字和 TRUE、FALSE 不能参加加减乘")
            }
        }
    }

    /// “revenue_12m”（金额） for a name, else its kind.
    fn describe(&self, amount: &Amount) -> String {
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

fn not(condition: Condition) -> Condition {
    match condition {
        Condition::Not(inner) => *inner,
        other => Condition::Not(Box::new(other)),
    }
}

fn negate_if(negated: bool, condition: Option<Condition>) -> Option<Condition> {
    if negated {
        condition.map(not)
    } else {
        condition
    }
}

fn relation_of(op: &BinaryOperator) -> Option<Relation> {
    Some(match op {
        BinaryOperator::Eq => Relation::Equal,
        BinaryOperator::NotEq => Relation::NotEqual,
        BinaryOperator::Lt => Relation::Less,
        BinaryOperator::LtEq => Relation::AtMost,
        BinaryOperator::Gt => Relation::Greater,
        BinaryOperator::GtEq => Relation::AtLeast,
        _ => return None,
    })
}

fn is_arithmetic(op: &BinaryOperator) -> bool {
    use BinaryOperator::{Minus, Multiply, Plus};
    matches!(op, Plus | Minus | Multiply)
}

/// Whether the shape alone makes it a condition; names are left to their kinds.
fn reads_as_condition(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => reads_as_condition(inner),
        Expr::UnaryOp { op, .. } => *op == UnaryOperator::Not,
        Expr::BinaryOp { op, .. } => {
            relation_of(op).is_some() || matches!(op, BinaryOperator::And | BinaryOperator::Or)
        }
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::Between { .. }
        | Expr::In { .. }
        | Expr::Like { .. } => true,
        _ => false,
    }
}

fn plain_text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Nested(inner) => plain_text(inner),
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
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
        Operand::Amount(amount)
            if *op != BinaryOperator::Multiply && amount.kind.is_quantity() =>
        {
            amount.kind.clone()
        }
        _ => Kind::Integer,
    }
}

fn result_kind(op: &BinaryOperator, left: &Kind, right: &Kind) -> Option<Kind> {
    use Kind::{Day, Integer, Month};
    let is_plus = *op == BinaryOperator::Plus;
    match (left, right) {
        (Integer, other) | (other, Integer)
            if *op == BinaryOperator::Multiply && other.is_quantity() =>
        {
            Some(other.clone())
        }
        _ if *op == BinaryOperator::Multiply => None,
        (Day | Month, Integer) => Some(left.clone()),
        (Integer, Day | Month) if is_plus => Some(right.clone()),
        (Day, Day) | (Month, Month) if !is_plus => Some(Integer),
        _ if left == right && left.is_quantity() => Some(left.clone()),
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
        .map(|(identifier, symbol)| (distance(&name.to_lowercase(), identifier), identifier, symbol))
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
