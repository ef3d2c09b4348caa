//! The first rows of a delivery as they are read, so that a person sees before anything is
//! stored whether columns and units are right.

use programme::deliveries::import::Judged;
use programme::deliveries::{day_from, known_number};
use rules::layout::{Column, ColumnKind, Layout};
use rules::money::{Fen, grouped};
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;

/// Rows that are shown.
const ROWS: usize = 6;

/// The first accepted rows, column by column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Names of the columns with their units.
    pub columns: Vec<String>,
    /// Number of the row in the sheet, then its values.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// The first rows of what was judged.
pub fn sample(pack: &Pack, layout: &Layout, judged: &Judged) -> Sample {
    let rows = &judged.rows;
    let is_kept = |column: &&Column| {
        rows.number(&column.id).is_some() || rows.text(&column.id).is_some() || column.id == "uscc"
    };
    let recognised = &judged.reading.recognised.columns;
    let pairs = layout.columns.iter().zip(recognised);
    let present = pairs
        .filter(|(_, at)| at.is_some())
        .map(|(column, _)| column);
    let columns: Vec<&Column> = present.filter(is_kept).collect();
    let mut first: Vec<usize> = (0..rows.len()).collect();
    first.sort_by_key(|index| judged.row_numbers[*index]);
    let rows_shown = first.into_iter().take(ROWS).map(|index| {
        let value = |column: &&Column| match column.id.as_str() {
            "uscc" => {
                Uscc::from_key(rows.keys[index]).map_or(String::new(), |uscc| uscc.to_string())
            }
            id => match (rows.number(id), rows.text(id)) {
                (Some(numbers), _) => shown(pack, column, numbers[index]),
                (None, Some(texts)) => texts[index].clone(),
                (None, None) => String::new(),
            },
        };
        (
            judged.row_numbers[index],
            columns.iter().map(value).collect(),
        )
    });
    Sample {
        rows: rows_shown.collect(),
        columns: columns.iter().map(|column| head(column)).collect(),
    }
}

fn head(column: &Column) -> String {
    let unit = match column.kind {
        ColumnKind::Money => "（元）",
        ColumnKind::Electricity => "（千瓦时）",
        ColumnKind::Gas => "（立方米）",
        _ => "",
    };
    format!("{}{unit}", column.name)
}

fn shown(pack: &Pack, column: &Column, value: i64) -> String {
    let Some(number) = known_number(value) else {
        return "—".to_string();
    };
    let code = || u32::try_from(number).unwrap_or_default();
    match column.kind {
        ColumnKind::Money => Fen(number).in_yuan(),
        ColumnKind::Division => pack.divisions.name(code()),
        ColumnKind::Industry => format!("{number:04}"),
        ColumnKind::Date => day_from(number).map_or("—".to_string(), |day| day.to_string()),
        ColumnKind::Month => i32::try_from(number)
            .ok()
            .and_then(Month::from_index)
            .map_or("—".to_string(), |month| month.to_string()),
        ColumnKind::Flag if number == 1 => "是".to_string(),
        ColumnKind::Flag => "否".to_string(),
        ColumnKind::Percent => format!("{}.{:02}%", number / 100, (number % 100).abs()),
        ColumnKind::Choice => usize::try_from(number)
            .ok()
            .and_then(|place| column.choices.get(place)?.names.first().cloned())
            .unwrap_or_else(|| number.to_string()),
        _ if number < 0 => format!("-{}", grouped(number.unsigned_abs())),
        _ => grouped(number.unsigned_abs()),
    }
}
