//! One figure as its reader may see it: known, hidden behind a band, or unknown.

use super::answer::Place;
use crate::measures::Money;
use crate::register::book::Book;
use crate::register::columns::Column;
use crate::workbook::Cell;
use programme::deliveries::day_from;
use programme::outlook::{Figure as Seen, Inside};
use rules::expression::Kind;
use rules::pack::Pack;
use rules::period::Month;
use serde::Serialize;
use utoipa::ToSchema;

/// 一个数看得到什么。
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 已知，原值在 value。
    Known,
    /// 本单位不看原值，所在档次在 band；无档次可给时 band 为空。
    Hidden,
    /// 待补：还没有收到数据。
    Unknown,
    /// 此处没有这一项。
    None,
}

/// 已知的值。
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FigureValue {
    /// 文字。
    Text { text: String },
    /// 计数，或按单位计的整数。
    Count { count: i64 },
    /// 金额，单位为分。
    Money { amount_fen: i64 },
    /// 比例或概率：of 分之 part。
    Share { part: i64, of: i64 },
    /// 日期。
    Date {
        #[schema(format = Date)]
        date: String,
    },
    /// 月份，例如 2026-09。
    Month {
        #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
        month: String,
    },
    /// 是或否。
    Flag { flag: bool },
}

/// 一个数，连同看不看得到它。
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    pub state: State,
    /// 只在 state 为 known 时有值。
    pub value: Option<FigureValue>,
    /// 只在 state 为 hidden 时有值。
    pub band: Option<String>,
}

impl Figure {
    pub fn known(value: FigureValue) -> Figure {
        Figure {
            state: State::Known,
            value: Some(value),
            band: None,
        }
    }

    pub fn hidden(band: Option<String>) -> Figure {
        Figure {
            state: State::Hidden,
            value: None,
            band,
        }
    }

    fn without(state: State) -> Figure {
        Figure {
            state,
            value: None,
            band: None,
        }
    }

    pub fn unknown() -> Figure {
        Figure::without(State::Unknown)
    }

    pub fn none() -> Figure {
        Figure::without(State::None)
    }

    /// A fact of the pack as a reader sees it.
    pub fn of_fact(pack: &Pack, slot: usize, seen: Seen) -> Figure {
        let value = match seen {
            Seen::Known(value) => value,
            Seen::Hidden(band) => return Figure::hidden(Some(band)),
            Seen::Unknown => return Figure::unknown(),
        };
        Figure::known(match &pack.facts[slot].kind {
            Kind::Money => FigureValue::Money { amount_fen: value },
            Kind::Rate { per } => FigureValue::Share {
                part: value,
                of: *per,
            },
            Kind::Boolean => FigureValue::Flag { flag: value != 0 },
            Kind::Electricity | Kind::Count | Kind::Integer => FigureValue::Count { count: value },
            Kind::Day => date(value),
            Kind::Month => month(value),
            kind => FigureValue::Text {
                text: kind.in_figures(i128::from(value)),
            },
        })
    }

    /// The cell of a list.
    pub fn of_cell(book: &Book, firm: Inside, column: Column) -> Figure {
        if let Column::Fact(slot) = column {
            return Figure::of_fact(&book.pack, slot, book.seen.figure(firm, slot));
        }
        match column.cell(book, firm) {
            Cell::Text(text) => Figure::known(FigureValue::Text { text }),
            Cell::Count(count) => Figure::known(FigureValue::Count { count }),
            Cell::Money(amount_fen) | Cell::Yuan(amount_fen) => {
                Figure::known(FigureValue::Money { amount_fen })
            }
            Cell::Percent { part, of } => Figure::known(FigureValue::Share { part, of }),
            Cell::Day(day) => Figure::known(date(day)),
            Cell::Month(index) => Figure::known(month(index)),
            Cell::Empty => Figure::none(),
            Cell::Unknown => Figure::unknown(),
        }
    }

    /// What a measure comes to.
    pub fn of_money(money: &Money) -> Figure {
        match money {
            Money::None => Figure::none(),
            Money::Unknown => Figure::unknown(),
            Money::Band(band) => Figure::hidden(Some(band.clone())),
            Money::Known(fen) => Figure::known(FigureValue::Money { amount_fen: *fen }),
        }
    }
}

fn date(number: i64) -> FigureValue {
    match day_from(number) {
        Some(day) => FigureValue::Date {
            date: day.to_string(),
        },
        None => FigureValue::Text {
            text: Kind::Day.in_figures(i128::from(number)),
        },
    }
}

fn month(index: i64) -> FigureValue {
    let known = i32::try_from(index).ok().and_then(Month::from_index);
    match known {
        Some(month) => FigureValue::Month {
            month: month.to_string(),
        },
        None => FigureValue::Text {
            text: Kind::Month.in_figures(i128::from(index)),
        },
    }
}

/// 名单里的一家企业：代码、名称、所在地。
#[derive(Serialize, ToSchema)]
pub struct FirmName {
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// 名录没有名称时为空。
    pub name: Option<String>,
    pub area: Option<Place>,
    pub county: Option<Place>,
}

impl FirmName {
    pub fn of(book: &Book, firm: Inside) -> FirmName {
        let seen = &book.seen;
        let name = seen.name(firm);
        FirmName {
            uscc: seen.uscc(firm).to_string(),
            name: (!name.is_empty()).then(|| name.to_string()),
            area: Place::of(&book.pack, seen.area(firm)),
            county: Place::of(&book.pack, seen.county(firm)),
        }
    }
}
