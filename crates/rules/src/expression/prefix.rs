//! Codes by their first digits: `industry LIKE '39%'`, `industry LIKE ANY ('13%', '14%')`.

use super::operand::Operand;
use super::parse::Checker;
use super::tree::{Amount, Condition, Term};
use super::vocabulary::Kind;
use sqlparser::ast::{Expr, Value};

impl Checker<'_> {
    /// `code LIKE ANY ('13%', '14%')`: begins with one of them.
    pub(super) fn begins_any(&mut self, value: &Expr, patterns: &Expr) -> Option<Condition> {
        let list = match patterns {
            Expr::Tuple(list) => list.as_slice(),
            Expr::Nested(one) => std::slice::from_ref(one.as_ref()),
            _ => {
                let message = "LIKE ANY 后面用括号列出前缀，例如 LIKE ANY ('13%', '14%')";
                return self.report(patterns, message);
            }
        };
        let read: Vec<Option<Condition>> = list
            .iter()
            .map(|pattern| self.begins(value, pattern))
            .collect();
        let mut parts: Vec<Condition> = read.into_iter().collect::<Option<_>>()?;
        match parts.len() {
            1 => parts.pop(),
            _ => Some(Condition::Any(parts)),
        }
    }

    pub(super) fn begins(&mut self, value: &Expr, pattern: &Expr) -> Option<Condition> {
        let code = self.operand(value).and_then(|operand| match operand {
            Operand::Amount(Amount {
                term: Term::Slot(slot),
                kind: Kind::Code { digits },
                ..
            }) => Some((slot, digits)),
            Operand::Amount(amount) => {
                let what = self.describe(&amount);
                self.report(
                    value,
                    format!("{what}不是代码：LIKE 只用于代码，例如 industry LIKE '39%'"),
                )
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
            let message =
                format!("“{text}”不是前缀：先写数字，末尾一个 %，例如 '39%'；整个代码用 = 比较");
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
