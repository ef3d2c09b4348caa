//! The checked tree as SQL text for engines that judge where the figures already lie.
//!
//! The table has a column for each fact, named like it: BIGINT for amounts, rates, days
//! since 1970-01-01 and months since year 0, BOOLEAN, and text for codes and choices. Parameters of
//! the day of law are written in. Exactly our meaning: three values, strict CASE, least and
//! greatest, whole numbers only. Where a 64-bit number might not suffice, a wider exact type
//! is used, or the engine is refused. Knows no database and runs nothing.
//!
//! ```
//! use rules::expression::{Dialect, Kind, Slot, SqlWriter, Symbol, Vocabulary, parse};
//! let mut vocabulary = Vocabulary::default();
//! let symbols = [("revenue", Slot::Fact(0)), ("scale", Slot::Parameter(0))];
//! for (name, slot) in symbols {
//!     let symbol = Symbol { slot, name: name.to_string(), kind: Kind::Money };
//!     vocabulary.insert(name, symbol).expect("a new name");
//! }
//! let condition = parse("revenue >= scale", &vocabulary).expect("a condition");
//! let writer = SqlWriter::new(Dialect::Postgres, &vocabulary, &[Some(2_000_000_000)]);
//! let sql = writer.expect("a money").condition(&condition).expect("64 bits suffice");
//! assert_eq!(sql, r#""revenue" >= 2000000000"#);
//! ```

mod calendar;
mod dialect;
mod term;

pub use dialect::{Dialect, NotADialect};

use super::evaluate::Row;
use super::tree::{Amount, Condition, Relation, Term};
use super::vocabulary::{Kind, Slot, Vocabulary};
use term::Form;

/// Repeated parts can double a text again and again; more than this no engine should read.
const LENGTH_MAX: usize = 1_000_000;

/// Why an engine is not given an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlRefusal {
    #[error(
        "中间结果可能超出 64 位整数，SQLite 没有更宽的整数，会改用不精确的浮点数：\
         请用 PostgreSQL、DuckDB 或 Spark 计算，或把乘积定义成事实"
    )]
    NoWiderInteger,
    #[error(
        "中间结果可能超出 {} 的整数范围：请换一种数据库计算，或少乘几个因数",
        .0.in_words()
    )]
    BeyondWidest(Dialect),
    #[error("计算年月的日期可能远得算不准：请少加几个因数，或把日期定义成事实")]
    DayTooFar,
    #[error("写成 SQL 超过 {LENGTH_MAX} 字节：请把重复的部分定义成事实")]
    TooLong,
    #[error("参数“{0}”的值 {1} 超出其种类的范围：请更正 parameters.toml")]
    ParameterOutside(String, i64),
}

/// Writes conditions and amounts for one engine and one day of law.
#[derive(Debug)]
pub struct SqlWriter<'a> {
    dialect: Dialect,
    /// Parameters are bounded by what they are on the day, so that more fits 64 bits.
    vocabulary: Vocabulary,
    parameters: &'a [Option<i64>],
}

impl<'a> SqlWriter<'a> {
    /// `vocabulary` is the one that the expressions were parsed with; `parameters` has the
    /// values in force, `None` where none is known.
    pub fn new(
        dialect: Dialect,
        vocabulary: &Vocabulary,
        parameters: &'a [Option<i64>],
    ) -> Result<SqlWriter<'a>, SqlRefusal> {
        let mut bounded = vocabulary.clone();
        for (_, symbol) in vocabulary.iter() {
            let Slot::Parameter(index) = symbol.slot else {
                continue;
            };
            let value = parameters[index].unwrap_or(0);
            if parameters[index].is_some() && !symbol.kind.admits(value) {
                return Err(SqlRefusal::ParameterOutside(symbol.name.clone(), value));
            }
            bounded.bound(symbol.slot, u128::from(value.unsigned_abs()));
        }
        Ok(SqlWriter {
            dialect,
            vocabulary: bounded,
            parameters,
        })
    }

    /// A boolean expression that is true, false or NULL as the condition is true, false or
    /// unknown. Whoever joins it to others puts it in parentheses.
    pub fn condition(&self, condition: &Condition) -> Result<String, SqlRefusal> {
        if let Some(truth) = self.fixed(condition) {
            return Ok(self.truth(truth));
        }
        let enclosed = |part: &Condition| Ok(format!("({})", self.condition(part)?));
        let joined = |parts: &[Condition], word: &str| {
            let parts: Result<Vec<String>, SqlRefusal> = parts.iter().map(enclosed).collect();
            Ok(parts?.join(word))
        };
        limited(match condition {
            Condition::Always(truth) => self.truth(Some(*truth)),
            Condition::Holds(slot) => self.column(*slot),
            Condition::Compare {
                left,
                relation,
                right,
            } => {
                let form = self.form(&[left, right])?;
                let (left, right) = (self.side(left, form)?, self.side(right, form)?);
                format!("{left} {} {right}", sign(*relation))
            }
            Condition::Between { value, low, high } => {
                let form = self.form(&[value, low, high])?;
                let (low, high) = (self.side(low, form)?, self.side(high, form)?);
                format!("{} BETWEEN {low} AND {high}", self.side(value, form)?)
            }
            Condition::OneOf { value, list } => {
                let all: Vec<&Amount> = list.iter().chain([value]).collect();
                let form = self.form(&all)?;
                let list: Result<Vec<String>, SqlRefusal> =
                    list.iter().map(|other| self.side(other, form)).collect();
                format!("{} IN ({})", self.side(value, form)?, list?.join(", "))
            }
            Condition::Begins { code, prefix, .. } => {
                let pattern = self.dialect.text(&format!("{prefix}%"));
                format!("{} LIKE {pattern}", self.column(*code))
            }
            Condition::Missing(amount) => self.missing(&amount.term, Form::of(&amount.kind))?,
            Condition::Is { condition, truth } => {
                let word = match truth {
                    Some(true) => "TRUE",
                    Some(false) => "FALSE",
                    None => "NULL",
                };
                format!("{} IS {word}", enclosed(condition)?)
            }
            Condition::Not(condition) => format!("NOT {}", enclosed(condition)?),
            Condition::All(parts) => joined(parts, " AND ")?,
            Condition::Any(parts) => joined(parts, " OR ")?,
        })
    }

    /// An expression for the amount in whole units, rounded as [`Amount::rounded`] does, NULL
    /// where it is unknown. BIGINT where that suffices, else the engine's wide type; codes and
    /// choices as text.
    pub fn amount(&self, amount: &Amount) -> Result<String, SqlRefusal> {
        self.rounded(amount)
    }

    /// What a condition without facts comes to on the day of law.
    fn fixed(&self, condition: &Condition) -> Option<Option<bool>> {
        let is_fact = |slot: &Slot| matches!(slot, Slot::Fact(_));
        let reads_facts = condition.slots().iter().any(is_fact);
        (!reads_facts).then(|| condition.evaluate(self.day_of_law()))
    }

    fn day_of_law(&self) -> Row<'_> {
        Row {
            facts: &[],
            parameters: self.parameters,
        }
    }

    fn truth(&self, truth: Option<bool>) -> String {
        match truth {
            Some(true) => "TRUE".to_string(),
            Some(false) => "FALSE".to_string(),
            None => "CAST(NULL AS BOOLEAN)".to_string(),
        }
    }

    fn column(&self, slot: Slot) -> String {
        let identifier = self
            .vocabulary
            .identifier(slot)
            .expect("an expression is written with the vocabulary that it was parsed with");
        self.dialect.quoted(identifier)
    }

    /// How all sides of a comparison are written, so that none is narrower than another.
    fn form<'k>(&self, sides: &[&'k Amount]) -> Result<Form<'k>, SqlRefusal> {
        let form = Form::of(&sides[0].kind);
        let is_number = matches!(form, Form::Integer);
        let fits = |side: &&Amount| self.fits(&side.term);
        Ok(if is_number && !sides.iter().all(fits) {
            Form::Wide
        } else {
            form
        })
    }

    fn side(&self, amount: &Amount, form: Form<'_>) -> Result<String, SqlRefusal> {
        self.term(&amount.term, form)
    }

    /// A test, never NULL, of whether a value is unknown. All but CASE are strict: they are
    /// unknown where a fact that they read is.
    fn missing(&self, term: &Term, form: Form<'_>) -> Result<String, SqlRefusal> {
        let mut tests = Vec::new();
        self.gather_missing(term, form, &mut tests)?;
        Ok(if tests.is_empty() {
            self.truth(Some(false))
        } else {
            tests.join(" OR ")
        })
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "<>",
        Relation::Less => "<",
        Relation::AtMost => "<=",
        Relation::Greater => ">",
        Relation::AtLeast => ">=",
    }
}

fn limited(sql: String) -> Result<String, SqlRefusal> {
    if sql.len() > LENGTH_MAX {
        return Err(SqlRefusal::TooLong);
    }
    Ok(sql)
}

/// Whether no row can make the condition unknown.
fn is_never_unknown(condition: &Condition) -> bool {
    match condition {
        Condition::Always(_) | Condition::Missing(_) | Condition::Is { .. } => true,
        Condition::Not(inner) => is_never_unknown(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(is_never_unknown),
        _ => false,
    }
}

/// Codes, choices and booleans are only read and compared.
fn is_symbol(kind: &Kind) -> bool {
    matches!(kind, Kind::Boolean | Kind::Code { .. } | Kind::Choice(_))
}
