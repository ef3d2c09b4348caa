//! From text to a checked tree, or to everything that is wrong with it.
//!
//! sqlparser reads the text; this module lets pass what the language has and proves that
//! it is a condition. What a value is, it leaves to `operand`. Positions are those of the text.
//!
//! ```
//! use rules::expression::{Vocabulary, parse};
//! let findings = parse("revenue >= 20000000", &Vocabulary::default()).unwrap_err();
//! assert_eq!(findings.len(), 2); // an unknown name, and a number that should be a parameter
//! ```

use super::Finding;
use super::lexis::{self, Plain, finding};
use super::operand::Operand;
use super::tree::{Amount, Condition, Relation, Term};
use super::vocabulary::{Definition, Kind, Vocabulary};
use sqlparser::ast::{BinaryOperator, Expr, InTarget, Spanned, UnaryOperator, Value};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

/// How deep sqlparser may go before it gives up; small enough for a thread's usual stack.
const RECURSION_MAX: usize = 24;

pub(super) const WRITE_THE_NAME: &str = "直接写名称，或 NOT 名称";

/// Reads a condition, or returns all that is wrong with it in the order of the text.
pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Condition, Vec<Finding>> {
    check(text, vocabulary, |checker, expr| checker.condition(expr))
}

/// Reads a condition that somebody asks for once, as [`parse`] reads one of the plan: its
/// numbers, days and months need no source and may stand in it.
pub fn parse_question(text: &str, vocabulary: &Vocabulary) -> Result<Condition, Vec<Finding>> {
    checked(text, vocabulary, true, |checker, expr| {
        checker.condition(expr)
    })
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
    checked(text, vocabulary, false, read)
}

fn checked<Tree>(
    text: &str,
    vocabulary: &Vocabulary,
    is_question: bool,
    read: impl Fn(&mut Checker<'_>, &Expr) -> Option<Tree>,
) -> Result<Tree, Vec<Finding>> {
    let expression = syntax(text)?;
    let mut checker = Checker {
        vocabulary,
        is_question,
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
    let place = message
        .rsplit_once(" at Line: ")
        .and_then(|(words, place)| {
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

pub(super) struct Checker<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    /// Whether values may be stated without a source.
    pub(super) is_question: bool,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    pub(super) fn report<Tree>(&mut self, at: &Expr, message: impl Into<String>) -> Option<Tree> {
        self.findings.push(finding(at.span().start, message));
        None
    }

    pub(super) fn condition(&mut self, expr: &Expr) -> Option<Condition> {
        match expr {
            Expr::Identifier(name) if self.defined(&name.value).is_some() => {
                self.defined(&name.value).cloned()
            }
            Expr::Nested(inner) => self.condition(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr: inner,
            } => self.condition(inner).map(not),
            Expr::BinaryOp { left, op, right } => match op {
                BinaryOperator::And | BinaryOperator::Or => self.join(expr, op),
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
                any,
                expr: value,
                pattern,
                escape_char: None,
            } => {
                let read = if *any {
                    self.begins_any(value, pattern)
                } else {
                    self.begins(value, pattern)
                };
                negate_if(*negated, read)
            }
            Expr::Value(value) if let Value::Boolean(truth) = value.value => {
                Some(Condition::Always(truth))
            }
            _ => self.not_a_condition(expr),
        }
    }

    fn defined(&self, name: &str) -> Option<&Condition> {
        match self.vocabulary.definition(name)? {
            Definition::Condition(condition) => Some(condition),
            Definition::Amount(_) => None,
        }
    }

    fn is_defined(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Nested(inner) => self.is_defined(inner),
            Expr::Identifier(name) => self.defined(&name.value).is_some(),
            _ => false,
        }
    }

    /// A boolean name is a condition; any other value is not.
    fn not_a_condition(&mut self, expr: &Expr) -> Option<Condition> {
        match self.operand(expr)? {
            Operand::Amount(Amount {
                term: Term::Slot(slot),
                kind: Kind::Boolean,
                ..
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

    /// A chain of AND, or of OR, becomes one list. The chain leans to the left and may be
    /// long, so it is walked, not descended.
    fn join(&mut self, chain: &Expr, word: &BinaryOperator) -> Option<Condition> {
        let mut sides = Vec::new();
        let mut rest = chain;
        while let Expr::BinaryOp { left, op, right } = rest
            && op == word
        {
            sides.push(right.as_ref());
            rest = left;
        }
        sides.push(rest);
        let read: Vec<_> = sides
            .iter()
            .rev()
            .map(|side| self.condition(side))
            .collect();
        let mut parts = Vec::with_capacity(read.len());
        let is_all = *word == BinaryOperator::And;
        for side in read {
            match side? {
                Condition::All(inner) if is_all => parts.extend(inner),
                Condition::Any(inner) if !is_all => parts.extend(inner),
                other => parts.push(other),
            }
        }
        Some(if is_all {
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
        let per = first.per.max(second.per);
        let (first, second) = (first.in_parts(per), second.in_parts(per));
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
            ..
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
        let advice = match amount.kind {
            Kind::Boolean => WRITE_THE_NAME,
            _ => "用 =、<> 或 IN",
        };
        self.report(at, format!("{what}没有大小之分：{advice}"))
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
        let (low, high) = (low?, high?);
        let per = first.per.max(low.per).max(high.per);
        Some(Condition::Between {
            low: low.in_parts(per),
            high: high.in_parts(per),
            value: first.in_parts(per),
        })
    }

    fn one_of(&mut self, value: &Expr, list: &[Expr]) -> Option<Condition> {
        let first = self.operand(value);
        let operands: Vec<_> = list.iter().map(|expr| self.operand(expr)).collect();
        let first = first.and_then(|first| self.amount(value, first, None))?;
        if first.kind == Kind::Boolean {
            let what = self.describe(&first);
            return self.report(value, format!("{what}不用 IN：{WRITE_THE_NAME}"));
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
        let per = others
            .iter()
            .fold(first.per, |per, other| per.max(other.per));
        is_complete.then(|| Condition::OneOf {
            value: first.in_parts(per),
            list: others
                .into_iter()
                .map(|other| other.in_parts(per))
                .collect(),
        })
    }

    fn is_null(&mut self, inner: &Expr) -> Option<Condition> {
        if reads_as_condition(inner) || self.is_defined(inner) {
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

/// Whether the shape alone makes it a condition; names are left to their kinds.
pub(super) fn reads_as_condition(expr: &Expr) -> bool {
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
        Expr::Value(value) => matches!(value.value, Value::Boolean(_)),
        _ => false,
    }
}
