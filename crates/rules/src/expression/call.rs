//! Values that are chosen or measured: CASE, least, greatest, elapsed months and years.
//!
//! They are strict, unlike SQL's own: what looks at something unknown is unknown, since a
//! missing figure must not turn into the last arm of a CASE (decision record 0007).

use super::lexis::FUNCTIONS;
use super::operand::Operand;
use super::parse::Checker;
use super::tree::{Amount, Condition, Span, Term};
use super::vocabulary::Kind;
use sqlparser::ast::{
    CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectNamePart,
};

/// More arguments than this are not written by people.
const ARGUMENTS_MAX: usize = 16;

impl Checker<'_> {
    pub(super) fn function(&mut self, at: &Expr, function: &Function) -> Option<Operand> {
        let name = match function.name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => name.value.to_ascii_lowercase(),
            _ => String::new(),
        };
        let Some((_, usage)) = FUNCTIONS.iter().find(|(own, _)| *own == name) else {
            return self.report(at, "语言里没有这个函数");
        };
        let Some(arguments) = plain_arguments(function) else {
            return self.report(at, format!("写法应为 {usage}"));
        };
        if arguments.len() < 2 || arguments.len() > ARGUMENTS_MAX {
            return self.report(at, format!("写法应为 {usage}"));
        }
        match name.as_str() {
            "least" => self.choose(at, &arguments, Term::Least),
            "greatest" => self.choose(at, &arguments, Term::Greatest),
            "months_between" => self.elapsed(at, &arguments, Span::Months, usage),
            _ => self.elapsed(at, &arguments, Span::Years, usage),
        }
    }

    fn choose(
        &mut self,
        at: &Expr,
        arguments: &[&Expr],
        term: fn(Vec<Term>) -> Term,
    ) -> Option<Operand> {
        let operands = arguments.iter().map(|argument| self.operand(argument));
        let operands: Vec<Option<Operand>> = operands.collect();
        let amounts = self.alike(arguments, operands)?;
        let (kind, per) = (amounts[0].kind.clone(), amounts[0].per);
        if !kind.is_ordered() {
            let what = kind.in_words();
            return self.report(at, format!("{what}没有大小之分，不能取较小或较大"));
        }
        let terms = amounts.into_iter().map(|amount| amount.term).collect();
        let term = term(terms);
        Some(Operand::Amount(Amount { term, kind, per }))
    }

    pub(super) fn case(
        &mut self,
        at: &Expr,
        arms: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Option<Operand> {
        let mut conditions = Vec::new();
        let mut places = Vec::new();
        let mut operands = Vec::new();
        for arm in arms {
            conditions.push(self.condition(&arm.condition));
            operands.push(self.operand(&arm.result));
            places.push(&arm.result);
        }
        if let Some(last) = otherwise {
            operands.push(self.operand(last));
            places.push(last);
        }
        const NO_VALUE: &str = "CASE 给出的是值，不是条件：条件用 AND、OR 写";
        if operands
            .iter()
            .flatten()
            .any(|operand| matches!(operand, Operand::Truth(_)))
        {
            return self.report(at, NO_VALUE);
        }
        let conditions: Option<Vec<Condition>> = conditions.into_iter().collect();
        let mut amounts = self.alike(&places, operands)?;
        let conditions = conditions?;
        let (kind, per) = (amounts[0].kind.clone(), amounts[0].per);
        if kind == Kind::Boolean {
            return self.report(at, NO_VALUE);
        }
        let last = otherwise.and_then(|_| amounts.pop());
        let values = amounts.into_iter().map(|amount| amount.term);
        let term = Term::Case {
            arms: conditions.into_iter().zip(values).collect(),
            otherwise: last.map(|amount| Box::new(amount.term)),
        };
        Some(Operand::Amount(Amount { term, kind, per }))
    }

    /// Values of one kind and in the same parts.
    fn alike(&mut self, places: &[&Expr], operands: Vec<Option<Operand>>) -> Option<Vec<Amount>> {
        let operands: Vec<Operand> = operands.into_iter().collect::<Option<_>>()?;
        let first = operands.iter().find_map(|operand| match operand {
            Operand::Amount(amount) => Some(amount.clone()),
            _ => None,
        });
        let is_text = |operand: &Operand| matches!(operand, Operand::Text(_));
        if let (None, Some(place)) = (&first, operands.iter().position(is_text)) {
            let message = "各值都是写明的，看不出种类：至少一个须是事实或参数";
            return self.report(places[place], message);
        }
        // Where all are 0, they are bare numbers.
        let first = first.unwrap_or_else(|| Amount::whole(Term::Number(0), Kind::Integer));
        let amounts: Vec<Option<Amount>> = places
            .iter()
            .zip(operands)
            .map(|(place, operand)| self.amount(place, operand, Some(&first)))
            .collect();
        let amounts: Vec<Amount> = amounts.into_iter().collect::<Option<_>>()?;
        let per = amounts.iter().map(|amount| amount.per).max().unwrap_or(1);
        let aligned = amounts.into_iter().map(|amount| amount.in_parts(per));
        Some(aligned.collect())
    }

    fn elapsed(
        &mut self,
        at: &Expr,
        arguments: &[&Expr],
        unit: Span,
        usage: &str,
    ) -> Option<Operand> {
        let [from, to] = arguments else {
            return self.report(at, format!("写法应为 {usage}"));
        };
        let (first, second) = (self.operand(from), self.operand(to));
        let first = first.and_then(|first| self.amount(from, first, None));
        let second = second.and_then(|second| self.amount(to, second, None));
        let (first, second) = (first?, second?);
        let of_days = match (&first.kind, &second.kind) {
            (Kind::Day, Kind::Day) => true,
            (Kind::Month, Kind::Month) => false,
            _ => {
                let (one, other) = (self.describe(&first), self.describe(&second));
                let message = format!("{one}与{other}之间不能数年月：两者须同为日期或同为月份");
                return self.report(at, message);
            }
        };
        let term = Term::Elapsed {
            unit,
            of_days,
            from: Box::new(first.term),
            to: Box::new(second.term),
        };
        Some(Operand::Amount(Amount::whole(term, Kind::Integer)))
    }
}

fn plain_arguments(function: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let is_plain = list.duplicate_treatment.is_none()
        && list.clauses.is_empty()
        && function.over.is_none()
        && function.filter.is_none();
    let arguments = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    arguments
        .collect::<Option<Vec<&Expr>>>()
        .filter(|_| is_plain)
}
