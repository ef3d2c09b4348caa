//! The register of industrial firms: all of them once, then every quarter those that are
//! new or changed.

use super::chance::hash;
use super::faults::{self, Fault};
use super::files::{Encoding, Table};
use super::firms::{Firm, Identity, NEVER, TRADE, TRADE_CLASS, TRADE_NAME, World};
use super::monthly::{SHEET_FIRMS_MAX, branch_code};
use super::names;
use anyhow::bail;
use chrono::{Datelike, NaiveDate};
use rules::period::Month;
use std::path::Path;

const FILE_KEY: u64 = 1 << 32;
const PERSON: &str = "（略）";
const TELEPHONE: &str = "138****0000";

/// One delivery of the register: what is noted after `after`, up to `month`.
pub struct RegisterFile<'a> {
    pub month: Month,
    pub after: Option<Month>,
    pub path: &'a Path,
    pub made_on: NaiveDate,
}

/// One row before it is written.
#[derive(Default)]
struct Entry {
    identity: Identity,
    place: String,
    registered_place: String,
    industry: String,
    industry_name: String,
    established: String,
    commissioned: String,
    persons: String,
    predecessor: String,
    remark: &'static str,
}

/// Whether the register fits a workbook.
pub fn is_sheet(firms: usize) -> bool {
    firms <= SHEET_FIRMS_MAX
}

/// Writes one delivery.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(world: &World, file: &RegisterFile) -> anyhow::Result<()> {
    let mut table = if is_sheet(world.recipe.firms) {
        Table::sheet(file.path, "工业企业名录", file.made_on)?
    } else {
        Table::text(file.path, Encoding::Gb18030)?
    };
    write_header(&mut table, file.month)?;
    let mut number = 0;
    for index in 0..world.len() {
        if !is_listed(world, index, file) {
            continue;
        }
        let fault = match world.drawn(index) {
            Some(_) => faults::of_row(world.recipe.seed, FILE_KEY, index),
            None => None,
        };
        let mut entry = entry(world, index, file.month);
        match fault {
            Some(Fault::Trade) => {
                (entry.industry, entry.industry_name) = (TRADE_CLASS.into(), TRADE_NAME.into());
            }
            Some(Fault::NoAmount(word)) => entry.persons = word.into(),
            _ => faults::spoil_code(&mut entry.identity.code, fault),
        }
        number += 1;
        write_row(&mut table, number, &entry)?;
        if fault == Some(Fault::Branch) {
            let county = world
                .drawn(index)
                .map_or(0, |firm| usize::from(firm.county));
            entry.identity.name.push_str("第一分公司");
            entry.identity.code = names::code_text(&branch_code(world, county, index)).into();
        }
        if matches!(fault, Some(Fault::Branch | Fault::Twice)) {
            number += 1;
            write_row(&mut table, number, &entry)?;
        }
    }
    table.close()
}

fn is_listed(world: &World, index: usize, file: &RegisterFile) -> bool {
    let month = file.month.index();
    let after = file.after.map_or(-1, Month::index);
    match world.drawn(index) {
        Some(firm) => {
            i32::from(firm.established) <= month && i32::from(firm.noted_until(file.month)) > after
        }
        None => {
            let noted = world.fixtures[index].noted_until(file.month).index();
            noted <= month && noted > after
        }
    }
}

fn entry(world: &World, index: usize, month: Month) -> Entry {
    let mut entry = Entry::default();
    world.identify(index, month, &mut entry.identity);
    let industry_name = |code: &str| {
        let known = world
            .codes
            .industries
            .iter()
            .find(|industry| industry.code == code);
        known.map_or(
            if code == TRADE_CLASS { TRADE_NAME } else { "" },
            |industry| &industry.name,
        )
    };
    let Some(firm) = world.drawn(index) else {
        let fixture = &world.fixtures[index];
        let state = fixture.state(month);
        let county = world
            .codes
            .counties
            .iter()
            .find(|one| one.code == state.division);
        entry.place = match (&fixture.place, county) {
            (Some(place), _) => place.clone(),
            (None, Some(county)) => county.name.clone(),
            (None, None) => state.division.to_string(),
        };
        // Offices know the division of a registry elsewhere only as “elsewhere”.
        let registry = &entry.identity.code[2..8];
        let is_here = |area: &u32| area.to_string()[..2] == registry[..2];
        if world.areas.iter().any(is_here) {
            entry.registered_place = registry.to_string();
        }
        entry.industry.clone_from(&state.industry);
        entry.industry_name = industry_name(&state.industry).to_string();
        entry.established = fixture.established.to_string();
        if Month::of(fixture.commissioned) <= month {
            entry.commissioned = fixture.commissioned.to_string();
        }
        entry.persons = fixture.persons.to_string();
        entry.predecessor = fixture.predecessor(month).unwrap_or("").to_string();
        return entry;
    };
    let county = &world.codes.counties[world.county_of(firm, month)];
    entry.place.clone_from(&county.name);
    entry.registered_place = world.codes.counties[usize::from(firm.county)]
        .code
        .to_string();
    (entry.industry, entry.industry_name) = industry_of(world, firm, month);
    let spelling = hash([world.recipe.seed, index as u64, 0, 63]);
    entry.established = spell_day(firm.established, firm.day, spelling);
    if firm.commissioned != NEVER && i32::from(firm.commissioned) <= month.index() {
        entry.commissioned = spell_day(firm.commissioned, firm.day, spelling >> 3);
    }
    let persons = world
        .figures(index, month)
        .map_or(0, |figures| figures.persons);
    entry.persons = persons.to_string();
    if i32::from(firm.new_code) <= month.index() {
        entry.predecessor = names::code_text(&firm.code).to_string();
        entry.remark = "换发代码";
    }
    if i32::from(firm.cancelled) <= month.index() {
        entry.remark = "已注销";
    }
    entry
}

fn industry_of(world: &World, firm: &Firm, month: Month) -> (String, String) {
    let switched = i32::from(firm.switches) <= month.index();
    if switched && firm.switches_to == TRADE {
        return (TRADE_CLASS.into(), TRADE_NAME.into());
    }
    let place = if switched {
        firm.switches_to
    } else {
        firm.industry
    };
    let industry = &world.codes.industries[usize::from(place)];
    (industry.code.clone(), industry.name.clone())
}

/// Days as offices write them, some of them only to the month.
pub fn spell_day(month: u16, day: u8, spelling: u64) -> String {
    let Some(month) = Month::from_index(i32::from(month)) else {
        return String::new();
    };
    let day = month
        .first_day()
        .with_day(u32::from(day))
        .unwrap_or(month.first_day());
    let style = match spelling & 7 {
        0 | 1 => "%Y%m%d",
        2..=4 => "%Y-%m-%d",
        5 => "%Y/%-m/%-d",
        6 => "%Y.%m",
        _ => "%Y年%-m月%-d日",
    };
    day.format(style).to_string()
}

fn write_header(table: &mut Table, month: Month) -> anyhow::Result<()> {
    let single = [
        "成立时间",
        "投产时间",
        "从业人数（人）",
        "联系人",
        "联系电话",
        "曾用统一社会信用代码",
        "备注",
    ];
    if let Table::Text(_) = table {
        let front = [
            "序号",
            "企业名称",
            "统一社会信用代码",
            "生产经营地县（市、区）",
            "生产经营地详细地址",
            "注册地",
            "行业代码",
            "行业名称",
        ];
        return table.words(&[&front[..], &single[..]].concat());
    }
    let Table::Sheet(sheet) = table else {
        bail!("a table is text or a sheet")
    };
    sheet.merge(
        (0, 14),
        1,
        &format!("全省工业企业名录（截至{}）", month.in_words()),
    )?;
    table.end_row()?;
    let Table::Sheet(sheet) = table else {
        bail!("a table is text or a sheet")
    };
    for (column, word) in ["序号", "企业名称", "统一社会信用代码"]
        .into_iter()
        .enumerate()
    {
        sheet.merge((column as u16, column as u16), 2, word)?;
    }
    sheet.merge((3, 4), 1, "生产经营地")?;
    sheet.merge((5, 5), 2, "注册地")?;
    sheet.merge((6, 7), 1, "行业")?;
    for (column, word) in single.into_iter().enumerate() {
        sheet.merge((column as u16 + 8, column as u16 + 8), 2, word)?;
    }
    table.end_row()?;
    for (column, word) in [
        (3, "县（市、区）"),
        (4, "详细地址"),
        (6, "代码"),
        (7, "名称"),
    ] {
        if let Table::Sheet(sheet) = table {
            sheet.skip_to(column);
        }
        table.word(word)?;
    }
    table.end_row()
}

fn write_row(table: &mut Table, number: usize, entry: &Entry) -> anyhow::Result<()> {
    table.number(&number.to_string())?;
    table.word(&entry.identity.name)?;
    table.word(&entry.identity.code)?;
    table.word(&entry.place)?;
    table.word(&format!("{}产业集聚区", entry.place))?;
    for word in [
        &entry.registered_place,
        &entry.industry,
        &entry.industry_name,
        &entry.established,
        &entry.commissioned,
    ] {
        table.word(word)?;
    }
    table.number(&entry.persons)?;
    for word in [PERSON, TELEPHONE, &entry.predecessor, entry.remark] {
        table.word(word)?;
    }
    table.end_row()
}
