//! The values inside a condition as SQL, each in a type that it cannot leave.
//!
//! A value is a 64-bit number unless the proof of its size says that it, or something on
//! the way to it, may be larger. What reads no fact is computed here and written as a literal.
//!
//! ```text
//! least(a, b) → CASE WHEN "a" IS NULL OR "b" IS NULL THEN NULL ELSE LEAST("a", "b") END
//! ```

use super::calendar::Calendar;
use super::{Dialect, SqlRefusal, SqlWriter, is_never_unknown, is_symbol, limited};
use crate::expression::evaluate::round;
use crate::expression::tree::{Amount, Condition, Span, Term};
use crate::expression::vocabulary::{Kind, Slot};
use std::collections::BTreeSet;

const INTEGER_MAX: u128 = i64::MAX.unsigned_abs() as u128;

/// What type a value is written in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form<'k> {
    /// BIGINT.
    Integer,
    /// The engine's exact type beyond 64 bits.
    Wide,
    /// A code, a choice or a boolean.
    Symbol(&'k Kind),
}

impl<'k> Form<'k> {
    pub(super) fn of(kind: &'k Kind) -> Form<'k> {
        if is_symbol(kind) {
            Form::Symbol(kind)
        } else {
            Form::Integer
        }
    }
}

impl SqlWriter<'_> {
    /// Whether 64 bits hold the value and everything on the way to it.
    pub(super) fn fits(&self, term: &Term) -> bool {
        self.magnitude(term) <= INTEGER_MAX
    }

    fn magnitude(&self, term: &Term) -> u128 {
        term.magnitude_max(&self.vocabulary).unwrap_or(u128::MAX)
    }

    /// A value in parentheses or a single word; a bare literal where it reads no fact.
    pub(super) fn term(&self, term: &Term, form: Form<'_>) -> Result<String, SqlRefusal> {
        if let Some(value) = self.constant(term) {
            return self.literal(value, form);
        }
        if matches!(form, Form::Wide) {
            let wide = self.wide_type(self.magnitude(term))?;
            if self.fits(term) {
                let narrow = self.term(term, Form::Integer)?;
                return Ok(format!("CAST({narrow} AS {wide})"));
            }
        }
        let binary = |left: &Term, word: &str, right: &Term| {
            let (left, right) = (self.term(left, form)?, self.term(right, form)?);
            Ok(format!("({left} {word} {right})"))
        };
        limited(match term {
            Term::Slot(slot) => self.column(*slot),
            Term::Number(number) => self.literal(Some(i128::from(*number)), form)?,
            Term::Negate(inner) => format!("(-{})", self.term(inner, form)?),
            Term::Add(left, right) => binary(left, "+", right)?,
            Term::Subtract(left, right) => binary(left, "-", right)?,
            Term::Multiply(left, right) => binary(left, "*", right)?,
            Term::Parts(inner, parts) => format!("({} * {parts})", self.term(inner, form)?),
            Term::Least(terms) => self.chosen(term, terms, ("min", "LEAST"), form)?,
            Term::Greatest(terms) => self.chosen(term, terms, ("max", "GREATEST"), form)?,
            Term::Case { arms, otherwise } => self.case(arms, otherwise.as_deref(), form)?,
            Term::Elapsed {
                unit,
                of_days,
                from,
                to,
            } => {
                let months = match unit {
                    Span::Months => 1,
                    Span::Years => 12,
                };
                if *of_days {
                    self.between_days(from, to, months)?
                } else {
                    let distance = binary(to, "-", from)?;
                    self.divided(&distance, months, self.magnitude(term), form)?
                }
            }
            Term::Named { term, .. } => self.term(term, form)?,
        })
    }

    /// The value of a term that reads no fact; the inner one is what it comes to.
    fn constant(&self, term: &Term) -> Option<Option<i128>> {
        let mut slots = BTreeSet::new();
        term.gather(&mut slots);
        let is_fact = |slot: &Slot| matches!(slot, Slot::Fact(_));
        let reads_facts = slots.iter().any(is_fact);
        (!reads_facts).then(|| term.evaluate(self.day_of_law()))
    }

    fn wide_type(&self, magnitude: u128) -> Result<&'static str, SqlRefusal> {
        let (wide, most) = self.dialect.wide_type().ok_or(SqlRefusal::NoWiderInteger)?;
        if magnitude > most {
            return Err(SqlRefusal::BeyondWidest(self.dialect));
        }
        Ok(wide)
    }

    fn type_of(&self, form: Form<'_>) -> Result<&'static str, SqlRefusal> {
        match form {
            Form::Integer => Ok("BIGINT"),
            Form::Wide => self.wide_type(0),
            Form::Symbol(kind) => Ok(self.dialect.column_type(kind)),
        }
    }

    fn literal(&self, value: Option<i128>, form: Form<'_>) -> Result<String, SqlRefusal> {
        let Some(number) = value else {
            return Ok(format!("CAST(NULL AS {})", self.type_of(form)?));
        };
        Ok(match form {
            Form::Symbol(Kind::Boolean) => self.truth(Some(number != 0)),
            Form::Symbol(Kind::Choice(choices)) => {
                let choice = usize::try_from(number).ok().and_then(|at| choices.get(at));
                let choice = choice.expect("parameters were checked to be admitted");
                self.dialect.text(&choice.id)
            }
            Form::Symbol(kind) => self.dialect.text(&kind.in_figures(number)),
            // Two signs in a row would begin a comment.
            _ if number < 0 => format!("({number})"),
            _ => number.to_string(),
        })
    }

    /// As [`SqlWriter::term`], where nothing beside it gives a literal its type: 32 bits
    /// would overflow in the next product.
    fn typed(&self, term: &Term, form: Form<'_>) -> Result<String, SqlRefusal> {
        let sql = self.term(term, form)?;
        let is_number = !matches!(form, Form::Symbol(_));
        if is_number && matches!(self.constant(term), Some(Some(_))) {
            return Ok(format!("CAST({sql} AS {})", self.type_of(form)?));
        }
        Ok(sql)
    }

    /// SQLite's min and max of several values are strict as ours are, the others skip NULL.
    fn chosen(
        &self,
        whole: &Term,
        terms: &[Term],
        (strict, lenient): (&str, &str),
        form: Form<'_>,
    ) -> Result<String, SqlRefusal> {
        let written: Result<Vec<String>, SqlRefusal> =
            terms.iter().map(|term| self.typed(term, form)).collect();
        let written = written?.join(", ");
        if self.dialect == Dialect::Sqlite {
            return Ok(format!("{strict}({written})"));
        }
        let missing = self.missing(whole, form)?;
        Ok(format!(
            "CASE WHEN {missing} THEN NULL ELSE {lenient}({written}) END"
        ))
    }

    /// An unknown condition ends the search, where SQL would go on to the next arm.
    fn case(
        &self,
        arms: &[(Condition, Term)],
        otherwise: Option<&Term>,
        form: Form<'_>,
    ) -> Result<String, SqlRefusal> {
        let mut sql = String::from("CASE");
        for (condition, term) in arms {
            let test = self.condition(condition)?;
            sql.push_str(&format!(" WHEN {test} THEN {}", self.typed(term, form)?));
            let is_known = matches!(self.fixed(condition), Some(Some(_)));
            if !is_known && !is_never_unknown(condition) {
                sql.push_str(&format!(" WHEN ({test}) IS NULL THEN NULL"));
            }
        }
        if let Some(term) = otherwise {
            sql.push_str(&format!(" ELSE {}", self.typed(term, form)?));
        }
        Ok(sql + " END")
    }

    fn between_days(&self, from: &Term, to: &Term, months: i64) -> Result<String, SqlRefusal> {
        let magnitude = self.magnitude(from).max(self.magnitude(to));
        let calendar = Calendar::new(self.dialect, magnitude)?;
        let place = |term: &Term| match self.constant(term) {
            Some(day) => {
                let day = day.map(|day| i64::try_from(day).expect("its magnitude was bounded"));
                let place = day.map(|day| i128::from(calendar.known_place(day)));
                self.literal(place, Form::Integer)
            }
            None => limited(calendar.place(&self.term(term, Form::Integer)?)),
        };
        Ok(calendar.between(&place(from)?, &place(to)?, months))
    }

    /// Whole division towards zero, in the form given.
    fn divided(
        &self,
        number: &str,
        by: i64,
        magnitude: u128,
        form: Form<'_>,
    ) -> Result<String, SqlRefusal> {
        if by == 1 {
            return Ok(number.to_string());
        }
        if !matches!(form, Form::Wide) {
            return Ok(self.dialect.divided(number, by));
        }
        // Spark's division ends in 64 bits, whatever it began with.
        if self.dialect == Dialect::Spark && magnitude / u128::from(by.unsigned_abs()) > INTEGER_MAX
        {
            return Err(SqlRefusal::BeyondWidest(self.dialect));
        }
        let divided = self.dialect.divided_wide(number, by);
        Ok(format!("CAST({divided} AS {})", self.type_of(form)?))
    }

    /// Tests of which one is true exactly where the value is unknown; none is ever NULL.
    pub(super) fn gather_missing(
        &self,
        term: &Term,
        form: Form<'_>,
        tests: &mut Vec<String>,
    ) -> Result<(), SqlRefusal> {
        if let Some(value) = self.constant(term) {
            if value.is_none() {
                tests.push(self.truth(Some(true)));
            }
            return Ok(());
        }
        let inner: Vec<&Term> = match term {
            Term::Slot(_) | Term::Case { .. } => {
                let form = match form {
                    Form::Symbol(_) => form,
                    _ if self.fits(term) => Form::Integer,
                    _ => Form::Wide,
                };
                let test = format!("{} IS NULL", self.term(term, form)?);
                if !tests.contains(&test) {
                    tests.push(test);
                }
                return Ok(());
            }
            Term::Number(_) => Vec::new(),
            Term::Negate(inner) | Term::Parts(inner, _) | Term::Named { term: inner, .. } => {
                vec![inner]
            }
            Term::Add(left, right) | Term::Subtract(left, right) | Term::Multiply(left, right) => {
                vec![left, right]
            }
            Term::Least(terms) | Term::Greatest(terms) => terms.iter().collect(),
            Term::Elapsed { from, to, .. } => vec![from, to],
        };
        for term in inner {
            self.gather_missing(term, form, tests)?;
        }
        Ok(())
    }

    /// Half away from zero, as [`Amount::rounded`]; the value is written three times.
    pub(super) fn rounded(&self, amount: &Amount) -> Result<String, SqlRefusal> {
        let (term, per) = (&amount.term, amount.per);
        let form = Form::of(&amount.kind);
        if let Some(value) = self.constant(term) {
            let value = value.map(|value| round(value, per));
            let fits = value.is_none_or(|value| value.unsigned_abs() <= INTEGER_MAX);
            let form = if fits { form } else { Form::Wide };
            let sql = self.literal(value, form)?;
            return Ok(match form {
                Form::Symbol(_) => sql,
                _ => format!("CAST({sql} AS {})", self.type_of(form)?),
            });
        }
        let half = per / 2;
        let magnitude = self.magnitude(term).saturating_add(half as u128);
        let is_wide = !matches!(form, Form::Symbol(_)) && magnitude > INTEGER_MAX;
        let form = if is_wide { Form::Wide } else { form };
        let number = self.term(term, form)?;
        if per == 1 {
            return Ok(number);
        }
        let away =
            |sign: &str| self.divided(&format!("({number} {sign} {half})"), per, magnitude, form);
        let (less, more) = (away("-")?, away("+")?);
        let sql = format!("CASE WHEN {number} < 0 THEN {less} ELSE {more} END");
        let narrows = is_wide && magnitude / per as u128 <= INTEGER_MAX;
        limited(if narrows {
            format!("CAST({sql} AS BIGINT)")
        } else {
            sql
        })
    }
}
