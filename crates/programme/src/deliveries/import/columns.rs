//! The value of one cell as the number or text that its column stores.

use crate::deliveries::payload::EMPTY;
use crate::deliveries::reading::values::{self, ValueFault, said};
use crate::deliveries::reading::{Cell, ColumnAt};
use rules::layout::{Column, ColumnKind};
use rules::money::Fen;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::uscc::Uscc;

/// A value to store, with what is to be said of it.
pub(super) struct Value {
    pub number: i64,
    pub text: String,
    pub remark: Option<String>,
}

impl Value {
    fn number(number: i64) -> Value {
        Value {
            number,
            text: String::new(),
            remark: None,
        }
    }

    fn empty() -> Value {
        Value::number(EMPTY)
    }

    pub fn is_empty(&self) -> bool {
        self.number == EMPTY && self.text.is_empty()
    }
}

/// Reads a cell for its column. `Err` is the reason for refusing the row.
pub(super) fn value(
    pack: &Pack,
    column: &Column,
    at: &ColumnAt,
    cell: Cell<'_>,
    code: Uscc,
) -> Result<Value, String> {
    let named = |fault: ValueFault| format!("{}{fault}", column.name);
    match column.kind {
        ColumnKind::Text => Ok(Value {
            text: words(cell),
            ..Value::empty()
        }),
        ColumnKind::Uscc => other_code(column, cell),
        ColumnKind::Money | ColumnKind::Electricity | ColumnKind::Gas => {
            let unit = at
                .unit
                .expect("a quantity without a unit refuses the whole file");
            let number = values::amount(cell, unit).map_err(named)?;
            Ok(doubtful(column, number.unwrap_or(EMPTY), cell, unit.name()))
        }
        ColumnKind::Count => Ok(Value::number(
            values::count(cell).map_err(named)?.unwrap_or(EMPTY),
        )),
        ColumnKind::Date => {
            let day = values::day(cell).map_err(named)?;
            Ok(day.map_or_else(Value::empty, |(day, _)| {
                Value::number(crate::deliveries::day_number(day))
            }))
        }
        ColumnKind::Month => {
            let month = values::month(cell).map_err(named)?;
            Ok(month.map_or_else(Value::empty, |month| {
                Value::number(i64::from(month.index()))
            }))
        }
        ColumnKind::Division => division(pack, column, cell, code),
        ColumnKind::Industry => industry(pack, cell),
        ColumnKind::Choice => choice(column, cell),
        ColumnKind::Flag => flag(column, cell),
        ColumnKind::Percent => percent(column, cell),
    }
}

const YES: [&str; 8] = ["是", "有", "√", "✓", "Y", "YES", "TRUE", "1"];
const NO: [&str; 8] = ["否", "无", "×", "✗", "N", "NO", "FALSE", "0"];

fn flag(column: &Column, cell: Cell<'_>) -> Result<Value, String> {
    let written = words(cell);
    let is_one_of = |list: &[&str]| list.iter().any(|word| word.eq_ignore_ascii_case(&written));
    match written.as_str() {
        "" => Ok(Value::empty()),
        _ if is_one_of(&YES) => Ok(Value::number(1)),
        _ if is_one_of(&NO) => Ok(Value::number(0)),
        _ => Err(format!(
            "{}“{written}”不能识别，请填“是”或“否”",
            column.name
        )),
    }
}

/// 12.5 and 12.5% are the same share. 0.125 without a sign might be either, so it is refused.
fn percent(column: &Column, cell: Cell<'_>) -> Result<Value, String> {
    let written = words(cell);
    if written.is_empty() {
        return Ok(Value::empty());
    }
    let bare = written.trim_end_matches(['%', '％']).trim();
    let is_signed = bare.len() < written.len();
    let fault = || {
        format!(
            "{}“{written}”不是百分数，请写成 12.5% 这样，至多两位小数",
            column.name
        )
    };
    let hundredths = Fen::read_decimal(bare, Fen::PER_YUAN).ok_or_else(fault)?.0;
    if hundredths.abs() > 1_000_000 {
        return Err(fault());
    }
    if !is_signed && (1..=100).contains(&hundredths.abs()) {
        return Err(format!(
            "{}“{written}”分不清是比例还是百分数，请带上百分号，例如 12.5%",
            column.name
        ));
    }
    Ok(Value::number(hundredths))
}

/// Predecessor codes: a wrong one is remarked upon, the firm itself is fine.
fn other_code(column: &Column, cell: Cell<'_>) -> Result<Value, String> {
    let written = values::code_text(cell).map_err(|fault| format!("{}{fault}", column.name))?;
    let Some(written) = written else {
        return Ok(Value::empty());
    };
    match Uscc::read(&written) {
        Ok((code, _)) => Ok(Value {
            text: code.to_string(),
            ..Value::empty()
        }),
        Err(fault) => Err(format!("{}“{}”：{fault}", column.name, written.trim())),
    }
}

/// Text of a cell; nothing where it holds an error value.
pub(super) fn words(cell: Cell<'_>) -> String {
    values::text(cell)
        .ok()
        .flatten()
        .map(|text| text.into_owned())
        .unwrap_or_default()
}

fn doubtful(column: &Column, number: i64, cell: Cell<'_>, unit: &str) -> Value {
    let mut value = Value::number(number);
    if let Some(above) = column.doubtful_above
        && number != EMPTY
        && number.unsigned_abs() > above.unsigned_abs()
    {
        value.remark = Some(format!(
            "{}{}{unit}明显偏大，疑似以元填报；按原样保存，未作换算",
            column.name,
            said(cell)
        ));
    }
    value
}

fn division(pack: &Pack, column: &Column, cell: Cell<'_>, code: Uscc) -> Result<Value, String> {
    let written = words(cell);
    if written.is_empty() {
        return Ok(Value::empty());
    }
    let registering: DivisionCode = code.registering_division().parse().unwrap_or(0);
    let Some((place, remark)) = pack.divisions.understand(&written, registering) else {
        // Firms produce where they are counted; they may be registered anywhere.
        if !column.filled {
            return Ok(Value {
                remark: Some(format!(
                    "{}“{written}”不在本省区划表内，未作归入",
                    column.name
                )),
                ..Value::empty()
            });
        }
        return Err(format!(
            "{}“{written}”不在本省区划表内，请写县（市、区）全称或六位代码",
            column.name
        ));
    };
    let number = place.county.or(place.zone).unwrap_or(place.area);
    Ok(Value {
        remark: remark.map(|remark| remark.in_words(&written)),
        ..Value::number(i64::from(number))
    })
}

fn industry(pack: &Pack, cell: Cell<'_>) -> Result<Value, String> {
    let written = words(cell);
    if written.is_empty() {
        return Ok(Value::empty());
    }
    let bare = written.trim_start_matches(|c: char| c.is_ascii_uppercase());
    // A sheet that stored 0610 as a number shows 610; only that zero can be missing.
    let code = match cell {
        Cell::Number(_) if bare.len() == 3 => format!("0{bare}"),
        _ => bare.to_string(),
    };
    if pack.industries.get(&code).is_none() || code.len() != 4 {
        let sections = pack.legal_entity.sections.join("、");
        return Err(format!(
            "行业代码“{written}”不是工业（国民经济行业分类{sections}门类四位小类），不属于本名录范围"
        ));
    }
    let mut value = Value::number(
        code.parse()
            .map_err(|_| format!("行业代码“{written}”不是数字"))?,
    );
    if code != bare {
        value.remark = Some(format!(
            "行业代码“{written}”被存成数字，按四位小类记为{code}"
        ));
    }
    Ok(value)
}

fn choice(column: &Column, cell: Cell<'_>) -> Result<Value, String> {
    let written = words(cell);
    if written.is_empty() {
        return Ok(Value::empty());
    }
    let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let wanted = plain(&written);
    let found = column
        .choices
        .iter()
        .position(|choice| choice.names.iter().any(|name| plain(name) == wanted));
    match found {
        Some(index) => Ok(Value::number(index as i64)),
        None => {
            let known: Vec<&str> = column
                .choices
                .iter()
                .filter_map(|choice| choice.names.first().map(String::as_str))
                .collect();
            Err(format!(
                "{}“{written}”不在可填范围（{}）内",
                column.name,
                known.join("、")
            ))
        }
    }
}
