//! Row after row: what is accepted, what is remarked upon, what is refused and why.

use super::columns::{value, words};
use super::{Against, add, sorted};
use crate::deliveries::RowFinding;
use crate::deliveries::payload::{EMPTY, Rows};
use crate::deliveries::reading::{Cell, Recognised, Row, values};
use rules::layout::{COLUMNS_MAX, Column, ColumnKind, LayoutPeriod};
use rules::period::Month;
use rules::uscc::{Uscc, UsccFault};
use std::collections::{BTreeMap, HashSet};

/// Index for “not kept”.
const NOWHERE: usize = usize::MAX;

/// Where a layout's column is kept.
#[derive(Clone, Copy)]
enum Target {
    Number(usize),
    Text(usize),
    /// Judged but not kept.
    Nowhere,
}

pub(super) struct Interpreter<'a> {
    against: &'a Against<'a>,
    uscc: usize,
    name: Option<usize>,
    month: Option<usize>,
    targets: Vec<Target>,
    rows: Rows,
    row_numbers: Vec<u64>,
    row_months: Vec<i32>,
    months: BTreeMap<Month, u64>,
    refused_months: BTreeMap<Month, u64>,
    findings: Vec<RowFinding>,
    adds: bool,
}

impl<'a> Interpreter<'a> {
    pub fn new(against: &'a Against<'a>) -> Interpreter<'a> {
        let layout = against.layout;
        let rows = Rows::for_layout(layout);
        let targets = layout
            .columns
            .iter()
            .map(|column| target(&rows, column))
            .collect();
        let adds = layout.columns.iter().any(|column| {
            let id = column.series.as_deref();
            against
                .pack
                .series
                .iter()
                .any(|s| Some(s.id.as_str()) == id && s.adds)
        });
        Interpreter {
            against,
            uscc: layout.column("uscc").unwrap_or(NOWHERE),
            name: layout.column("name"),
            month: (layout.period == LayoutPeriod::Month)
                .then(|| layout.column("month"))
                .flatten(),
            targets,
            rows,
            row_numbers: Vec::new(),
            row_months: Vec::new(),
            months: BTreeMap::new(),
            refused_months: BTreeMap::new(),
            findings: Vec::new(),
            adds,
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Months that the rows name, with their number of rows; those of refused rows only
    /// where no row was accepted.
    pub fn months(&self) -> &BTreeMap<Month, u64> {
        if self.months.is_empty() {
            &self.refused_months
        } else {
            &self.months
        }
    }

    /// Judges one row.
    pub fn take(&mut self, recognised: &Recognised, row: Row<'_>) {
        let mut remarks = Vec::new();
        match self.judge(recognised, row, &mut remarks) {
            Ok(()) => {
                self.row_numbers.push(row.number);
                for message in remarks {
                    self.findings.push(RowFinding {
                        row: row.number,
                        refused: false,
                        message,
                    });
                }
            }
            Err(message) => {
                self.refuse(row.number, message);
                if let Ok(Some(month)) = self.row_month(recognised, row) {
                    *self.refused_months.entry(month).or_default() += 1;
                }
            }
        }
    }

    fn refuse(&mut self, row: u64, message: String) {
        self.findings.push(RowFinding {
            row,
            refused: true,
            message,
        });
    }

    fn judge(
        &mut self,
        recognised: &Recognised,
        row: Row<'_>,
        remarks: &mut Vec<String>,
    ) -> Result<(), String> {
        let code = self.code(recognised, row, remarks)?;
        self.check_entity(recognised, row, code)?;
        let month = self.row_month(recognised, row)?;
        let columns = &self.against.layout.columns;
        let mut numbers = [EMPTY; COLUMNS_MAX];
        let mut texts: Vec<(usize, String)> = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            if index == self.uscc || Some(index) == self.month {
                continue;
            }
            let Some(at) = &recognised.columns[index] else {
                continue;
            };
            if matches!(self.targets[index], Target::Nowhere) && !column.filled {
                continue;
            }
            let cell = row.cell(at.index);
            let found = value(self.against.pack, column, at, cell, code)?;
            if column.filled && found.is_empty() {
                return Err(format!("{}为空，请补填", column.name));
            }
            remarks.extend(found.remark);
            match self.targets[index] {
                Target::Number(slot) => numbers[slot] = found.number,
                Target::Text(slot) => texts.push((slot, found.text)),
                Target::Nowhere => {}
            }
        }
        self.check_region(&numbers, code)?;
        if self.against.layout.id != "register" && !self.against.registered.contains(&code.key()) {
            remarks.push("企业名录没有这家企业，数据先行保存，名录补齐后自动归入".to_string());
        }
        self.keep(code, month, &numbers, texts);
        Ok(())
    }

    fn keep(
        &mut self,
        code: Uscc,
        month: Option<Month>,
        numbers: &[i64],
        texts: Vec<(usize, String)>,
    ) {
        self.rows.keys.push(code.key());
        for ((_, values), number) in self.rows.numbers.iter_mut().zip(numbers) {
            values.push(*number);
        }
        for (_, values) in &mut self.rows.texts {
            values.push(String::new());
        }
        let last = self.rows.keys.len() - 1;
        for (slot, text) in texts {
            self.rows.texts[slot].1[last] = text;
        }
        self.row_months.push(month.map_or(i32::MIN, Month::index));
        if let Some(month) = month {
            *self.months.entry(month).or_default() += 1;
        }
    }

    /// The credit code, or why the row has none that can be used.
    fn code(
        &self,
        recognised: &Recognised,
        row: Row<'_>,
        remarks: &mut Vec<String>,
    ) -> Result<Uscc, String> {
        let at = recognised.columns[self.uscc]
            .as_ref()
            .expect("required column");
        let cell = row.cell(at.index);
        let written = values::code_text(cell).map_err(|fault| fault.to_string())?;
        let written = written.unwrap_or_default();
        if self.says_total(recognised, row, &written) {
            return Err("这一行是合计，不是企业，没有存入".to_string());
        }
        match Uscc::read(&written) {
            Ok((code, _)) => {
                if !matches!(cell, Cell::Text(raw) if raw == code.to_string()) {
                    remarks.push(format!("统一社会信用代码已按规范写法记为{code}"));
                }
                Ok(code)
            }
            Err(UsccFault::CheckSymbol { code, .. }) if self.against.exceptions.contains(&code) => {
                remarks.push("代码校验位不符，按已登记的例外接受".to_string());
                Ok(code)
            }
            Err(fault) => Err(fault.to_string()),
        }
    }

    fn says_total(&self, recognised: &Recognised, row: Row<'_>, code: &str) -> bool {
        let totals = &self.against.pack.legal_entity.total_words;
        let name = self
            .name
            .and_then(|name| recognised.columns[name].as_ref())
            .map(|at| words(row.cell(at.index)))
            .unwrap_or_default();
        let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
        let is_word = |text: &str| {
            totals
                .iter()
                .any(|word| bare(text).starts_with(word.as_str()))
        };
        code.trim().chars().count() < 18 && (is_word(&name) || is_word(code) || row.sums_up())
    }

    /// A branch cannot enter, nor what is no legal person of industry (domain §1.3).
    fn check_entity(
        &self,
        recognised: &Recognised,
        row: Row<'_>,
        code: Uscc,
    ) -> Result<(), String> {
        if self.against.layout.id != "register" {
            return Ok(());
        }
        let entity = &self.against.pack.legal_entity;
        let institution = code.institution();
        if !entity.institutions.contains(&institution) {
            return Err(format!(
                "代码前两位{institution}表明不是企业法人（个体工商户、机关事业单位等不在范围内）"
            ));
        }
        let Some(at) = self.name.and_then(|name| recognised.columns[name].as_ref()) else {
            return Ok(());
        };
        let name = words(row.cell(at.index));
        let ending = entity
            .branch_endings
            .iter()
            .find(|ending| name.ends_with(*ending));
        match ending {
            Some(ending) => Err(format!(
                "“{name}”是{ending}，不是法人单位，不能入统；请登记其所属法人"
            )),
            None => Ok(()),
        }
    }

    fn row_month(&self, recognised: &Recognised, row: Row<'_>) -> Result<Option<Month>, String> {
        let Some(at) = self
            .month
            .and_then(|month| recognised.columns[month].as_ref())
        else {
            return Ok(None);
        };
        let month = values::month(row.cell(at.index)).map_err(|fault| format!("所属期{fault}"))?;
        if let (Some(named), Some(month)) = (self.against.month, month)
            && named != month
        {
            return Err(format!(
                "所属期{}与本次交付的{}不符",
                month.in_words(),
                named.in_words()
            ));
        }
        Ok(month)
    }

    /// A delivery limited to an area takes firms of that area only.
    fn check_region(&self, numbers: &[i64], code: Uscc) -> Result<(), String> {
        let Some(region) = self.against.region else {
            return Ok(());
        };
        let divisions = &self.against.pack.divisions;
        let stated =
            self.against
                .layout
                .column("place")
                .and_then(|column| match self.targets[column] {
                    Target::Number(slot) if numbers[slot] != EMPTY => Some(numbers[slot] as u32),
                    _ => None,
                });
        let registering = || code.registering_division().parse().ok();
        let area = stated
            .or_else(registering)
            .and_then(|place| divisions.place(place))
            .map(|place| place.area);
        if stated.is_some() && area != Some(region) {
            return Err(format!(
                "生产经营地不在{}，不属于本次交付范围",
                divisions.name(region)
            ));
        }
        Ok(())
    }

    /// Sorts, settles rows of the same firm, and gives everything away.
    pub fn finish(mut self, month: Month) -> (Rows, Vec<u64>, Vec<RowFinding>) {
        let distinct = self.distinct_column();
        let order = sorted(&self.rows.keys);
        let mut kept: Vec<u32> = Vec::with_capacity(order.len());
        let mut repeated = Vec::new();
        let mut merged = Vec::new();
        for index in order {
            let row = index as usize;
            if self.row_months[row] != i32::MIN && self.row_months[row] != month.index() {
                repeated.push((row, format!("所属期与本次交付的{}不符", month.in_words())));
                continue;
            }
            let same = kept
                .iter()
                .rev()
                .take_while(|other| self.rows.keys[**other as usize] == self.rows.keys[row])
                .find(|other| same_entry(&self.rows, distinct, **other as usize, row))
                .copied();
            match same {
                None => kept.push(index),
                Some(first) if self.adds => {
                    merged.push((self.row_numbers[row], self.row_numbers[first as usize]));
                    for (_, values) in &mut self.rows.numbers {
                        let value = values[row];
                        add(&mut values[first as usize], value);
                    }
                }
                Some(first) => {
                    let first = self.row_numbers[first as usize];
                    repeated.push((row, format!("同一企业在本表重复出现，首见于第{first}行")));
                }
            }
        }
        let refused: HashSet<u64> = repeated
            .iter()
            .map(|(row, _)| self.row_numbers[*row])
            .collect();
        self.findings
            .retain(|finding| !refused.contains(&finding.row));
        for (row, message) in repeated {
            self.refuse(self.row_numbers[row], message);
        }
        for (row, first) in merged {
            self.findings.push(RowFinding {
                row,
                refused: false,
                message: format!("同一企业多个户号，已与第{first}行合计"),
            });
        }
        let numbers = kept
            .iter()
            .map(|row| self.row_numbers[*row as usize])
            .collect();
        (self.rows.pick(&kept), numbers, self.findings)
    }

    /// A confirmed list may name a firm once for each time it entered.
    fn distinct_column(&self) -> Option<usize> {
        let column = self.against.layout.distinct_by.as_ref()?;
        match self.targets[self.against.layout.column(column)?] {
            Target::Number(slot) => Some(slot),
            Target::Text(_) | Target::Nowhere => None,
        }
    }
}

fn same_entry(rows: &Rows, distinct: Option<usize>, one: usize, other: usize) -> bool {
    distinct.is_none_or(|slot| rows.numbers[slot].1[one] == rows.numbers[slot].1[other])
}

fn target(rows: &Rows, column: &Column) -> Target {
    let number = rows.numbers.iter().position(|(id, _)| *id == column.id);
    let text = rows.texts.iter().position(|(id, _)| *id == column.id);
    match (number, text, column.kind) {
        (Some(slot), _, _) => Target::Number(slot),
        (None, Some(slot), ColumnKind::Text | ColumnKind::Uscc) => Target::Text(slot),
        _ => Target::Nowhere,
    }
}
