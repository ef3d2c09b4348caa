//! The SQL that is written for each engine, and what no engine is given.
//!
//! That it means the same is proved where engines are at hand: `expression_oracle` and
//! `expression_engines` in the tests of `programme`. Here one reads what it looks like.

use rules::expression::{
    Condition, Dialect, Kind, Slot, SqlRefusal, SqlWriter, Symbol, Vocabulary, parse, parse_amount,
};

#[path = "generate/expression.rs"]
mod generate;
use generate::{Values, wide};

#[test]
fn each_engine_gets_its_own_words() {
    let table = include_str!("expression/sql.txt");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let mut written = String::new();
    for case in lines.clone().filter(|line| !line.starts_with("    ")) {
        written.push_str(&format!("{case}\n"));
        for dialect in Dialect::ALL {
            written.push_str(&format!("    {dialect}: {}\n", sql(case, dialect)));
        }
    }
    let expected: String = lines.map(|line| format!("{line}\n")).collect();
    assert!(written == expected, "came out differently:\n{written}");
}

/// A condition, or an amount after `=`, and after a bar the parameters that are known.
fn sql(case: &str, dialect: Dialect) -> String {
    let (text, day) = case.rsplit_once('|').expect("expression | parameters");
    let parameters = known(day).parameters;
    let vocabulary = wide::vocabulary();
    let writer = SqlWriter::new(dialect, &vocabulary, &parameters).expect("admitted");
    let written = match text.trim().strip_prefix("= ") {
        Some(amount) => writer.amount(&parse_amount(amount, &vocabulary).expect(amount)),
        None => writer.condition(&read(text.trim())),
    };
    written.unwrap_or_else(|refusal| refusal.to_string())
}

/// What no integer of the engine holds exactly is refused, never computed in floats.
#[test]
fn sql_is_exact_or_refused() {
    let (bits, widest) = (SqlRefusal::NoWiderInteger, SqlRefusal::BeyondWidest);
    let days_of_law = [
        ("factor=3 month_of_law=24301", false),
        ("factor=1000000000 month_of_law=24301", true),
    ];
    for (day, is_wide) in days_of_law {
        let parameters = known(day).parameters;
        let written = |dialect: Dialect, text: &str| {
            let writer = SqlWriter::new(dialect, &wide::vocabulary(), &parameters);
            writer.expect("admitted").condition(&read(text))
        };
        let product = "revenue_12m * factor > 0";
        let expected = if is_wide {
            Err(bits.clone())
        } else {
            Ok("(`revenue_12m` * 3) > 0".into())
        };
        assert_eq!(written(Dialect::Sqlite, product), expected);
        // Just within i128 and beyond 38 digits.
        let product = "revenue_12m * factor * factor * (month_of_law - entered_in)";
        let large = format!("{} > 0", [product; 5].join(" + "));
        assert_eq!(written(Dialect::Spark, &large).is_err(), is_wide);
        assert!(written(Dialect::Duckdb, &large).is_ok());
        if is_wide {
            assert_eq!(written(Dialect::Spark, &large), Err(widest(Dialect::Spark)));
        }
        // Days so far away that no calendar counts them.
        let far =
            "months_between(opened_on + years_above * years_above * years_above, opened_on) > 0";
        assert_eq!(written(Dialect::Postgres, far), Err(SqlRefusal::DayTooFar));
    }
    let outside = [Some(i64::MAX)];
    let mut vocabulary = Vocabulary::default();
    let symbol = Symbol {
        slot: Slot::Parameter(0),
        name: "规模标准".into(),
        kind: Kind::Money,
    };
    vocabulary.insert("scale", symbol).expect("a new name");
    let refused = SqlWriter::new(Dialect::Spark, &vocabulary, &outside).expect_err("outside");
    assert_eq!(
        refused.to_string(),
        "参数“规模标准”的值 9223372036854775807 超出其种类的范围：请更正 parameters.toml"
    );
}

#[test]
fn dialects_are_called_by_name() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
    }
    let unknown = "mysql".parse::<Dialect>().expect_err("none of ours");
    assert_eq!(
        unknown.to_string(),
        "没有“mysql”这种数据库：可写 sqlite、postgres、duckdb、spark"
    );
}

fn known(values: &str) -> Values {
    let vocabulary = wide::vocabulary();
    let mut known = wide::nothing_known();
    for value in values.split_whitespace() {
        let (identifier, value) = value.split_once('=').expect("name=value");
        let value = Some(value.parse().expect("a whole number"));
        match vocabulary.named(identifier).expect(identifier).slot {
            Slot::Fact(index) => known.facts[index] = value,
            Slot::Parameter(index) => known.parameters[index] = value,
        }
    }
    known
}

fn read(text: &str) -> Condition {
    parse(text, &wide::vocabulary()).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}
