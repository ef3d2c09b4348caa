//! Values: what is read exactly, and what is refused with its text quoted.

use super::super::values::*;
use super::*;
use Cell::{Bool, Day, Empty, Error, Number, Text};

#[test]
fn amounts_are_exact_to_the_fen() {
    let cases = [
        (Empty, Unit::Yuan, Ok(None)),
        (Text(" \u{3000}"), Unit::Yuan, Ok(None)),
        (Number(993_694.08), Unit::Yuan, Ok(Some(99_369_408))),
        (Number(0.1 + 0.2), Unit::Yuan, Ok(Some(30))),
        (Number(-0.01), Unit::Yuan, Ok(Some(-1))),
        (Number(0.0), Unit::Yuan, Ok(Some(0))),
        (Number(2277.9), Unit::WanYuan, Ok(Some(2_277_900_000))),
        (Number(1e-6), Unit::WanYuan, Ok(Some(1))),
        (Number(1.1), Unit::YiYuan, Ok(Some(11_000_000_000))),
        (
            Number(123_456_789_012.34),
            Unit::Yuan,
            Ok(Some(12_345_678_901_234)),
        ),
        (Text("993,694.08"), Unit::Yuan, Ok(Some(99_369_408))),
        (Text("１，２３４．５"), Unit::Yuan, Ok(Some(123_450))),
        (Text("-12"), Unit::ThousandYuan, Ok(Some(-1_200_000))),
        (
            Number(0.001),
            Unit::Yuan,
            Err("“0.001”元精确到分以下，请核对后保留到分"),
        ),
        (
            Text("0.0000001"),
            Unit::WanYuan,
            Err("“0.0000001”万元精确到分以下，请核对后保留到分"),
        ),
        (
            Number(1e300),
            Unit::Yuan,
            Err("”超出可记录的范围，请核对数值和单位"),
        ),
        (
            Number(f64::NAN),
            Unit::Yuan,
            Err("“NaN”超出可记录的范围，请核对数值和单位"),
        ),
        (
            Text("92233720368547758.08"),
            Unit::Yuan,
            Err("超出可记录的范围"),
        ),
        (
            Text("零"),
            Unit::Yuan,
            Err("“零”不是数字金额，请填写数字，没有数据的留空"),
        ),
        (Text("-"), Unit::Yuan, Err("“-”不是数字金额")),
        (Text("无"), Unit::Yuan, Err("“无”不是数字金额")),
        (Text("#N/A"), Unit::Yuan, Err("“#N/A”不是数字金额")),
        (Text("1e5"), Unit::Yuan, Err("“1e5”不是数字金额")),
        (Text("12万"), Unit::Yuan, Err("“12万”不是数字金额")),
    ];
    for (cell, unit, expected) in cases {
        check(cell, amount(cell, unit), expected);
    }
}

#[test]
fn what_is_no_amount_is_quoted() {
    let cases = [
        (Error("#DIV/0!"), Unit::Yuan, Err("单元格是错误值“#DIV/0!”")),
        (
            Day(45_000.0),
            Unit::Yuan,
            Err("“2023-03-15”是日期，不是数字"),
        ),
        (Bool(true), Unit::Yuan, Err("“TRUE”不是数字金额")),
        (
            Text("零"),
            Unit::KilowattHour,
            Err("“零”不是数字，请填写数字"),
        ),
    ];
    for (cell, unit, expected) in cases {
        check(cell, amount(cell, unit), expected);
    }
}

#[test]
fn electricity_rounds_half_away_from_zero() {
    let cases = [
        (Number(64_773.0), Unit::KilowattHour, 64_773),
        (Number(0.5), Unit::KilowattHour, 1),
        (Number(0.49999), Unit::KilowattHour, 0),
        (Number(-0.5), Unit::KilowattHour, -1),
        (Number(6.477349), Unit::WanKilowattHour, 64_773),
        (Number(6.47735), Unit::WanKilowattHour, 64_774),
        (Number(1.2344999), Unit::MegawattHour, 1_234),
        (Text("12.500000000000000000001"), Unit::CubicMetre, 13),
        (Text("-0.4"), Unit::WanCubicMetre, -4_000),
        (Text(".5"), Unit::CubicMetre, 1),
    ];
    for (cell, unit, expected) in cases {
        assert_eq!(amount(cell, unit), Ok(Some(expected)), "{cell:?}");
    }
}

#[test]
fn counts_are_whole() {
    let cases = [
        (Empty, Ok(None)),
        (Number(93.0), Ok(Some(93))),
        (Text("1,093"), Ok(Some(1093))),
        (Text("90人"), Ok(Some(90))),
        (Text("９３ "), Ok(Some(93))),
        (Number(-1.0), Err("“-1”不是非负整数")),
        (Number(93.5), Err("“93.5”不是非负整数")),
        (Text("-3"), Err("“-3”不是非负整数")),
        (Text("3.5"), Err("“3.5”不是非负整数")),
        (Text("若干"), Err("“若干”不是数字")),
        (Text("人"), Err("“人”不是数字")),
    ];
    for (cell, expected) in cases {
        check(cell, count(cell), expected);
    }
}

#[test]
fn days_read_as_people_write_them() {
    let cases = [
        (Number(20_240_714.0), "2024-07-14 Day"),
        (Text("20240714"), "2024-07-14 Day"),
        (Text("２０２４０７１４"), "2024-07-14 Day"),
        (Text("2003/5/17"), "2003-05-17 Day"),
        (Text("1998-07-26"), "1998-07-26 Day"),
        (Text("2020年11月3日"), "2020-11-03 Day"),
        (Text("2020 年 11 月 3 日"), "2020-11-03 Day"),
        (Text("2020.1.3"), "2020-01-03 Day"),
        (Text("2020-01-01 08:30:00"), "2020-01-01 Day"),
        (Text("2020-01-01T00:00:00"), "2020-01-01 Day"),
        (Day(45_000.75), "2023-03-15 Day"),
        (Day(1.0), "1900-01-01 Day"),
        (Day(61.0), "1900-03-01 Day"),
        (Text("2014.11"), "2014-11-01 Month"),
        (Text("2014.1"), "2014-01-01 Month"),
        (Number(2014.11), "2014-11-01 Month"),
        (Number(2014.9), "2014-09-01 Month"),
        (Number(202_011.0), "2020-11-01 Month"),
        (Text("2020年11月"), "2020-11-01 Month"),
        (Number(2020.0), "2020-01-01 Year"),
        (Text("2020年"), "2020-01-01 Year"),
        (Empty, "none"),
        (Text(" "), "none"),
        (
            Number(2014.1),
            "“2014.1”分不清是1月还是10月，请将该列设为文本后写成 2026-01 或 2026-10",
        ),
        (Text("2023-02-30"), "日期“2023-02-30”不存在，请核对后改正"),
        (Number(20_261_301.0), "日期“20261301”不存在，请核对后改正"),
        (
            Text("1899-12-31"),
            "“1899-12-31”的年份不在1900至2100之间，请核对后改正",
        ),
        (
            Text("2101.1"),
            "“2101.1”的年份不在1900至2100之间，请核对后改正",
        ),
        (Day(0.5), "“0.5”的年份不在1900至2100之间，请核对后改正"),
        (
            Number(44_197.0),
            "“44197”不是日期，请写成 2026-09-30 或 2026年9月30日",
        ),
        (
            Text("98-7-26"),
            "“98-7-26”不是日期，请写成 2026-09-30 或 2026年9月30日",
        ),
        (
            Text("2020-11.3"),
            "“2020-11.3”不是日期，请写成 2026-09-30 或 2026年9月30日",
        ),
        (
            Text("不详"),
            "“不详”不是日期，请写成 2026-09-30 或 2026年9月30日",
        ),
        (
            Error("#N/A"),
            "单元格是错误值“#N/A”，请改正或清空后重新导入",
        ),
    ];
    for (cell, expected) in cases {
        let said = match day(cell) {
            Ok(None) => "none".to_string(),
            Ok(Some((day, precision))) => format!("{day} {precision:?}"),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(said, expected, "{cell:?}");
    }
}

#[test]
fn months_are_months() {
    let cases = [
        (Number(202_607.0), Ok(Some("2026-07"))),
        (Text("202607"), Ok(Some("2026-07"))),
        (Text("2026年9月"), Ok(Some("2026-09"))),
        (Text("2026-09"), Ok(Some("2026-09"))),
        (Text("2026.9"), Ok(Some("2026-09"))),
        (Text("2026/9/30"), Ok(Some("2026-09"))),
        (Day(45_000.0), Ok(Some("2023-03"))),
        (Empty, Ok(None)),
        (
            Text("明年一季度"),
            Err("“明年一季度”不是月份，请写成 2026-09 或 2026年9月"),
        ),
        (Text("2026"), Err("“2026”不是月份")),
        (Text("202613"), Err("日期“202613”不存在")),
    ];
    for (cell, expected) in cases {
        let month = month(cell).map(|month| month.map(|month| month.to_string()));
        check(cell, month, expected.map(|month| month.map(str::to_string)));
    }
}

#[test]
fn texts_and_codes() {
    let cases = [
        (Text("\u{3000}伊川县 "), Ok(Some("伊川县"))),
        (Number(3922.0), Ok(Some("3922"))),
        (Number(13_800_000_000.0), Ok(Some("13800000000"))),
        (Number(0.25), Ok(Some("0.25"))),
        (Text("  "), Ok(None)),
        (Error("#N/A"), Err("单元格是错误值“#N/A”")),
    ];
    for (cell, expected) in cases {
        let text = text(cell).map(|text| text.map(|text| text.into_owned()));
        check(cell, text, expected.map(|text| text.map(str::to_string)));
    }
    let as_number = "统一社会信用代码被存成数字会丢失位数，请将该列设为文本后重新填写";
    let cases = [
        (Text(" 91410102MA00T3XT06"), Ok(Some("91410102MA00T3XT06"))),
        (Text("914101020000000006"), Ok(Some("914101020000000006"))),
        (Text("9141010E+17"), Ok(Some("9141010E+17"))),
        (Number(914_101_020_000_000_000.0), Err(as_number)),
        (Text("9.141E+17"), Err(as_number)),
        (Text("９．１４１Ｅ＋１７"), Err(as_number)),
        (Empty, Ok(None)),
    ];
    for (cell, expected) in cases {
        let code = code_text(cell).map(|code| code.map(|code| code.into_owned()));
        check(cell, code, expected.map(|code| code.map(str::to_string)));
    }
}

/// Faults need only hold the expected words.
fn check<T: PartialEq + std::fmt::Debug>(
    cell: Cell<'_>,
    found: Result<T, ValueFault>,
    expected: Result<T, &str>,
) {
    match (&found, &expected) {
        (Err(fault), Err(words)) => assert!(fault.to_string().contains(words), "{cell:?}: {fault}"),
        _ => assert_eq!(
            found.as_ref().ok(),
            expected.as_ref().ok(),
            "{cell:?}: {found:?}"
        ),
    }
}

proptest::proptest! {
    #[test]
    fn any_cell_is_read_or_refused(text in "\\PC{0,24}", number in proptest::num::f64::ANY) {
        for cell in [Text(&text), Number(number), Day(number)] {
            let _ = (day(cell), month(cell), count(cell), values::text(cell), code_text(cell));
            let _ = (amount(cell, Unit::WanYuan), amount(cell, Unit::WanKilowattHour));
        }
    }

    #[test]
    fn whole_fen_survive_being_a_number_or_a_text(fen in -999_999_999_999_999i64..=999_999_999_999_999) {
        let sign = if fen < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100);
        let number: f64 = text.parse().expect("a number");
        proptest::prop_assert_eq!(amount(Number(number), Unit::Yuan), Ok(Some(fen)));
        proptest::prop_assert_eq!(amount(Text(&text), Unit::Yuan), Ok(Some(fen)));
    }
}
