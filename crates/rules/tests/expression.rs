//! What conditions mean, what is found wrong with them, and how they explain themselves.
//!
//! To add a test is to add a line to a table under `expression/`. A line states only the
//! values that matter, in fen, days and list places; the rest is unknown.

use proptest::prelude::*;
use rules::expression::{
    Condition, Kind, MONEY_MAX, NameRefused, Piece, Reason, Row, Slot, Symbol, Term, Vocabulary,
    parse, parse_amount, parse_question,
};

#[path = "generate/expression.rs"]
mod generate;
use generate::{Generator, Values, wide};

#[test]
fn conditions_come_out_as_sql_says() {
    let cases = cases(include_str!("expression/verdicts.txt"));
    check(&cases, |case| {
        let (text, values) = stated(case);
        vec![verdict_in_words(read(&text).evaluate(row(&values))).to_string()]
    });
}

#[test]
fn every_fault_is_found_at_its_place() {
    let cases = cases(include_str!("expression/findings.txt"));
    check(&cases, |case| {
        let found = parse(&case.replace("\\n", "\n"), &wide::vocabulary());
        let found = found.expect_err(case);
        found
            .iter()
            .map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.message))
            .collect()
    });
}

#[test]
fn a_question_states_its_values() {
    let cases = cases(include_str!("expression/questions.txt"));
    check(&cases, |case| {
        match parse_question(case, &wide::vocabulary()) {
            Ok(condition) => {
                let Condition::Compare { right, .. } = condition else {
                    return vec!["读得懂".to_string()];
                };
                vec![format!("{:?}", right.term)]
            }
            Err(found) => found
                .iter()
                .map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.message))
                .collect(),
        }
    });
}

#[test]
fn reasons_name_the_deciding_parts() {
    let cases = cases(include_str!("expression/reasons.txt"));
    check(&cases, |case| {
        let (text, values) = stated(case);
        let reasons = read(&text).explain(row(&values), &wide::vocabulary());
        reasons.iter().map(marked).collect()
    });
}

#[test]
fn a_reason_reads_as_one_text() {
    let values = known("revenue_12m=1876600000 scale_revenue=2000000000");
    let condition = read("revenue_12m >= scale_revenue");
    let reasons = condition.explain(row(&values), &generate::vocabulary());
    assert_eq!(
        reasons[0].to_string(),
        "近12个月应税销售额 1,876.6 万元，未达到规模标准 2,000.0 万元，还差 123.4 万元"
    );
    let hidden: Vec<_> = reasons[0]
        .words
        .iter()
        .filter_map(|piece| match piece {
            Piece::Value { facts, number, .. } => Some((facts.clone(), *number)),
            Piece::Text(_) | Piece::Near { .. } => None,
        })
        .collect();
    let revenue = match generate::vocabulary()
        .named("revenue_12m")
        .map(|symbol| symbol.slot)
    {
        Some(Slot::Fact(index)) => index,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        hidden,
        [(vec![revenue], 1_876_600_000), (vec![revenue], 123_400_000)]
    );
}

#[test]
fn spacing_and_parentheses_do_not_tell_conditions_apart() {
    let one = read("is_entered AND has_left AND revenue_12m>scale_revenue");
    let other = read("(is_entered\n AND (has_left)) and (revenue_12m > (scale_revenue))");
    assert_eq!(one, other);
}

#[test]
fn amounts_are_values_with_a_kind() {
    let vocabulary = generate::vocabulary();
    let amount = parse_amount("rd_expense * factor - 0", &vocabulary).expect("an amount");
    assert_eq!(amount.kind, Kind::Money);
    let values = known("rd_expense=400000000000000 factor=1000000000");
    let expected = i128::from(MONEY_MAX) * 1_000_000_000;
    assert_eq!(amount.evaluate(row(&values)), Some(expected));
    assert!(
        amount
            .magnitude_max(&vocabulary)
            .is_some_and(|most| most >= expected as u128)
    );
    for text in ["0", "'x'", "is_entered AND has_left", "5"] {
        assert!(parse_amount(text, &vocabulary).is_err(), "{text}");
    }
}

/// Some of the largest products still fit; the proof at check time is what forbids more.
#[test]
fn what_passes_the_check_never_overflows() {
    let product = "revenue_12m * factor * factor * (month_of_law - entered_in)";
    let sums = |count: usize| vec![product; count].join(" + ");
    let is_read = |count: usize| parse_amount(&sums(count), &generate::vocabulary()).is_ok();
    let count_max = (1..40)
        .take_while(|count| is_read(*count))
        .last()
        .expect("one fits");
    assert!(count_max >= 5, "{count_max}");
    assert!(!is_read(count_max + 1));
    let amount = parse_amount(&sums(count_max), &generate::vocabulary()).expect("an amount");
    for revenue in [MONEY_MAX, -MONEY_MAX] {
        let known_values =
            format!("revenue_12m={revenue} factor=1000000000 entered_in=24300 month_of_law=24301");
        let values = known(&known_values);
        let expected = i128::from(revenue) * 10i128.pow(18) * count_max as i128;
        assert_eq!(amount.evaluate(row(&values)), Some(expected));
    }
}

#[test]
fn names_that_mislead_are_refused() {
    let symbol = |index, kind| Symbol {
        slot: Slot::Fact(index),
        name: "甲".to_string(),
        kind,
    };
    let mut vocabulary = Vocabulary::default();
    assert_eq!(vocabulary.insert("one", symbol(0, Kind::Money)), Ok(()));
    let cases = [
        (
            "one",
            symbol(1, Kind::Money),
            NameRefused::Taken("one".into()),
        ),
        (
            "two",
            symbol(0, Kind::Money),
            NameRefused::SlotTaken("two".into(), "one".into()),
        ),
        (
            "Two",
            symbol(1, Kind::Money),
            NameRefused::Shape("Two".into()),
        ),
        (
            "2nd",
            symbol(1, Kind::Money),
            NameRefused::Shape("2nd".into()),
        ),
        (
            "null",
            symbol(1, Kind::Money),
            NameRefused::Reserved("null".into()),
        ),
        (
            "case",
            symbol(1, Kind::Money),
            NameRefused::Reserved("case".into()),
        ),
        (
            "two",
            symbol(1, Kind::Code { digits: 19 }),
            NameRefused::Digits("two".into()),
        ),
        (
            "two",
            symbol(1, Kind::Choice(Vec::new())),
            NameRefused::Choices("two".into()),
        ),
    ];
    for (identifier, symbol, expected) in cases {
        assert_eq!(vocabulary.insert(identifier, symbol), Err(expected));
    }
    // Words that SQL reserves and the language does not are names like others.
    for (index, identifier) in ["user", "date", "year", "left", "position"]
        .iter()
        .enumerate()
    {
        let added = vocabulary.insert(identifier, symbol(index + 1, Kind::Boolean));
        assert_eq!(added, Ok(()), "{identifier}");
    }
    let condition = parse("user AND date AND year AND left AND position", &vocabulary);
    assert!(matches!(condition, Ok(Condition::All(parts)) if parts.len() == 5));
}

#[test]
fn kinds_admit_what_they_can_hold() {
    let cases = [
        (Kind::Boolean, 1, true),
        (Kind::Boolean, 2, false),
        (Kind::Code { digits: 4 }, 9_999, true),
        (Kind::Code { digits: 4 }, 10_000, false),
        (Kind::Code { digits: 4 }, -1, false),
        (Kind::Month, 2026 * 12, true),
        (Kind::Month, 12, false),
        (Kind::Money, MONEY_MAX, true),
        (Kind::Money, MONEY_MAX + 1, false),
        (Kind::Money, i64::MIN, false),
        (Kind::Rate { per: 1_000 }, 1_000, true),
        (Kind::Integer, 1_000_000_000, true),
        (Kind::Integer, 1_000_000_001, false),
        (Kind::Day, -25_000, true),
        (Kind::Day, i64::MIN, false),
    ];
    for (kind, value, expected) in cases {
        assert_eq!(kind.admits(value), expected, "{kind:?} {value}");
    }
}

#[test]
fn long_and_deep_texts_are_refused_calmly() {
    let vocabulary = generate::vocabulary();
    let texts = [
        "(".repeat(10_000),
        format!("{}is_entered{}", "(".repeat(2_000), ")".repeat(2_000)),
        format!("{}is_entered", "NOT ".repeat(400)),
        format!("{}is_entered", "NOT ".repeat(4_000)),
        format!("{}employees > 0", "-".repeat(1_000)),
        format!("{}employees > 0", "- ".repeat(400)),
        format!("employees {}> 0", "+ employees ".repeat(1_500)),
        format!("is_entered{}", " AND is_entered".repeat(1_200)),
        format!("is_entered{}", " IS NULL".repeat(600)),
        format!("{}employees{} > 0", "f(".repeat(24), ")".repeat(24)),
        format!(
            "{}TRUE{}",
            "TRUE OR TRUE AND NOT (".repeat(8),
            ")".repeat(8)
        ),
        format!("{}0{}", "TRUE OR 0 = 0 + 0 * -(".repeat(8), ")".repeat(8)),
        format!("{}is_entered", "CASE ".repeat(1_000)),
        "甲".repeat(30_000),
    ];
    for text in texts {
        assert!(parse(&text, &vocabulary).is_err(), "{:.40}", text);
    }
    // What is merely long is fine.
    let list = vec!["'3922'"; 1_000].join(", ");
    assert!(parse(&format!("industry IN ({list})"), &vocabulary).is_ok());
    assert!(
        parse(
            &format!("is_entered{}", " OR is_entered".repeat(200)),
            &vocabulary
        )
        .is_ok()
    );
    assert!(
        parse(
            &format!("employees{} > 0", " + employees".repeat(199)),
            &vocabulary
        )
        .is_ok()
    );
    let deep = format!("{}is_entered{}", "NOT (".repeat(10), ")".repeat(10));
    assert!(parse(&deep, &vocabulary).is_ok());
}

#[test]
fn reading_any_mixture_of_words_and_signs_never_panics() {
    let words: Vec<&str> = "is_entered revenue_12m size industry opened_on entered_in \
        scale_revenue factor AND OR NOT IS NULL TRUE IN BETWEEN LIKE ( ) , = <> <= > + - * 0 5 \
        '39%' 'small' '' any select case interval date array escape collate unnest all cast （"
        .split_whitespace()
        .collect();
    let vocabulary = generate::vocabulary();
    let mut generator = Generator::new(7);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let count = 1 + generator.below(12);
        let text: Vec<&str> = (0..count)
            .map(|_| words[generator.below(words.len())])
            .collect();
        match parse(&text.join(" "), &vocabulary) {
            Ok(condition) => {
                accepted += 1;
                let values = generator.row();
                let outcome = condition.evaluate(row(&values));
                let reasons = condition.explain(row(&values), &vocabulary);
                assert!(
                    reasons.iter().all(|reason| reason.verdict == outcome),
                    "{text:?}"
                );
            }
            Err(findings) => assert!(!findings.is_empty()),
        }
    }
    assert!(accepted > 50, "{accepted}");
}

proptest! {
    #[test]
    fn reading_any_text_never_panics(text in any::<String>(), ascii in "[ -~\n]{0,60}") {
        let vocabulary = generate::vocabulary();
        prop_assert!(parse(&text, &vocabulary).is_err());
        let _ = parse(&ascii, &vocabulary);
    }

    #[test]
    fn logic_keeps_its_laws(seed in any::<u64>()) {
        let mut generator = Generator::new(seed);
        let one = generator.enclosed(2);
        let other = generator.enclosed(2);
        let third = generator.enclosed(2);
        let laws = [
            (format!("NOT (NOT {one})"), one.clone()),
            (format!("NOT ({one} AND {other})"), format!("NOT {one} OR NOT {other}")),
            (format!("NOT ({one} OR {other})"), format!("NOT {one} AND NOT {other}")),
            (format!("{one} AND {other} AND {third}"), format!("{third} AND {one} AND {other}")),
            (format!("{one} OR {other} OR {third}"), format!("{other} OR {third} OR {one}")),
            (format!("{one} AND ({other} OR {third})"), format!("{one} AND {other} OR {one} AND {third}")),
            (format!("{one} IS NOT TRUE"), format!("NOT ({one} IS TRUE)")),
            (format!("{one} IS NULL"), format!("{one} IS NOT TRUE AND {one} IS NOT FALSE")),
        ];
        for (left, right) in laws {
            let (left, right) = (read(&left), read(&right));
            for _ in 0..4 {
                let values = generator.row();
                prop_assert_eq!(left.evaluate(row(&values)), right.evaluate(row(&values)));
            }
        }
    }

    /// Every reason counts as the outcome does.
    #[test]
    fn reasons_agree_with_the_outcome(seed in any::<u64>()) {
        let mut generator = Generator::new(seed);
        let vocabulary = generate::vocabulary();
        let condition = read(&generator.condition(3));
        for _ in 0..4 {
            let values = generator.row();
            let outcome = condition.evaluate(row(&values));
            let reasons = condition.explain(row(&values), &vocabulary);
            prop_assert!(!reasons.is_empty());
            prop_assert!(reasons.iter().all(|reason| reason.verdict == outcome));
            prop_assert!(reasons.iter().all(|reason| !reason.words.is_empty()));
        }
    }

    /// In the whole language too: a reason always has words.
    #[test]
    fn reasons_of_the_whole_language_have_words(seed in any::<u64>()) {
        let mut wide = wide::Wide::new(seed);
        let parameters = wide.parameters();
        let text = wide.condition(2);
        if let Ok(condition) = parse(&text, &wide::vocabulary()) {
            let facts = wide.facts();
            let row = Row { facts: &facts, parameters: &parameters };
            let outcome = condition.evaluate(row);
            let reasons = condition.explain(row, &wide::vocabulary());
            prop_assert!(!reasons.is_empty());
            prop_assert!(reasons.iter().all(|reason| reason.verdict == outcome), "{text}");
            prop_assert!(reasons.iter().all(|reason| !reason.words.is_empty()), "{text}");
        }
    }

    /// No figure of a fact stands among the words that anybody may read: with every figure
    /// of a fact exchanged for another of the same verdict, those words stay the same.
    #[test]
    fn open_words_do_not_depend_on_figures(one in 0i64..1_900_000_000, other in 0i64..1_900_000_000) {
        let condition = read("revenue_12m + rd_expense >= scale_revenue AND NOT revenue_12m > rd_expense * factor");
        let open = |revenue: i64| -> Vec<String> {
            let values = known(&format!("revenue_12m={revenue} rd_expense=0 scale_revenue=2000000000 factor=-1"));
            let reasons = condition.explain(row(&values), &generate::vocabulary());
            let pieces = reasons.into_iter().flat_map(|reason| reason.words);
            pieces
                .filter_map(|piece| match piece {
                    Piece::Text(text) => Some(text),
                    Piece::Value { .. } | Piece::Near { .. } => None,
                })
                .collect()
        };
        prop_assert_eq!(open(one), open(other));
    }
}

#[test]
fn generated_conditions_read_many_shapes() {
    let mut generator = Generator::new(1);
    let mut terms = 0;
    for _ in 0..500 {
        let condition = read(&generator.condition(3));
        assert!(condition.slots().is_sorted());
        if let Condition::Compare { left, .. } = &condition {
            terms += usize::from(!matches!(left.term, Term::Slot(_)));
        }
    }
    assert!(terms > 10, "{terms}");
}

/// Lines that are indented say what is expected of the line above them.
fn cases(table: &str) -> Vec<(&str, Vec<String>)> {
    let mut cases: Vec<(&str, Vec<String>)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        match (line.strip_prefix("    "), cases.last_mut()) {
            (Some(expected), Some((_, lines))) => lines.push(expected.to_string()),
            _ => cases.push((line, Vec::new())),
        }
    }
    cases
}

fn check(cases: &[(&str, Vec<String>)], answer: impl Fn(&str) -> Vec<String>) {
    assert!(!cases.is_empty());
    let mut differences = String::new();
    for (case, expected) in cases {
        let found = answer(case);
        let block = format!("{case}\n    {}\n", found.join("\n    "));
        if found != *expected {
            differences.push_str(&block);
        }
    }
    assert!(
        differences.is_empty(),
        "came out differently:\n{differences}"
    );
}

/// A case is a condition and after a bar the values that are known.
fn stated(case: &str) -> (String, Values) {
    let (text, facts) = case.rsplit_once('|').expect("condition | values");
    (text.trim().replace("\\n", "\n"), known(facts))
}

fn verdict_in_words(verdict: Option<bool>) -> &'static str {
    match verdict {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

/// What tells something of a firm's figures stands in 【】.
fn marked(reason: &Reason) -> String {
    let mut text = format!("{}: ", verdict_in_words(reason.verdict));
    for piece in &reason.words {
        match piece {
            Piece::Text(words) | Piece::Near { text: words, .. } => text.push_str(words),
            Piece::Value { text: figure, .. } => text.push_str(&format!("【{figure}】")),
        }
    }
    text
}

fn known(facts: &str) -> Values {
    let mut values = wide::nothing_known();
    for fact in facts.split_whitespace() {
        let (identifier, value) = fact.split_once('=').expect("name=value");
        let value = Some(value.parse().expect("a whole number"));
        let vocabulary = wide::vocabulary();
        match vocabulary.named(identifier).expect(identifier).slot {
            Slot::Fact(index) => values.facts[index] = value,
            Slot::Parameter(index) => values.parameters[index] = value,
        }
    }
    values
}

fn row(values: &Values) -> Row<'_> {
    Row {
        facts: &values.facts,
        parameters: &values.parameters,
    }
}

fn read(text: &str) -> Condition {
    parse(text, &wide::vocabulary()).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}
