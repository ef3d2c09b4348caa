//! A department's list of who enjoyed what (政策兑现表), read as a whole or refused as a whole.

use crate::office::{Refused, refuse};
use anyhow::{Context, Result};
use calamine::{Data, Reader, open_workbook_auto};
use programme::measures::Outcome;
use rules::money::Fen;
use rules::pack::Pack;
use rules::uscc::Uscc;
use std::path::Path;

const ROWS_MAX: usize = 200_000;
const CODE: &[&str] = &["统一社会信用代码", "社会信用代码", "信用代码"];
const MEASURE: &[&str] = &["措施", "政策", "政策名称", "措施名称", "标识"];
const RESULT: &[&str] = &["结果", "办理结果", "是否享受", "审核结果"];
const AMOUNT: &[&str] = &["金额（元）", "金额(元)", "享受金额（元）", "拨付金额（元）"];
const REASON: &[&str] = &["原因", "备注", "依据", "文号"];
const GRANTED: &[&str] = &["已享受", "享受", "批准", "通过", "已拨付", "是"];
const REFUSED: &[&str] = &["未批准", "不予批准", "未通过", "未享受", "否"];

/// Reads the list. Every fault is named with its row; with one fault nothing is taken.
pub fn read(pack: &Pack, path: &Path) -> Result<Vec<Outcome>> {
    let rows = rows_of(path)?;
    if rows.len() > ROWS_MAX {
        return refuse(format!("表内行数超过{ROWS_MAX}，请分开交"));
    }
    let is_header = |row: &Vec<String>| find(row, CODE).is_some() && find(row, RESULT).is_some();
    let Some(head) = rows.iter().take(10).position(is_header) else {
        return refuse(
            "没有找到表头：要有“统一社会信用代码”“措施”“结果”三列，可另有“金额（元）”“原因”",
        );
    };
    let header = &rows[head];
    let (Some(code), Some(measure), Some(result)) = (
        find(header, CODE),
        find(header, MEASURE),
        find(header, RESULT),
    ) else {
        return refuse("表头缺“措施”一列，填措施的标识或名称");
    };
    let columns = Columns {
        code,
        measure,
        result,
        amount: find(header, AMOUNT),
        reason: find(header, REASON),
    };
    let mut outcomes = Vec::new();
    let mut faults = Vec::new();
    for (index, row) in rows.iter().enumerate().skip(head + 1) {
        if row.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        match one(pack, row, &columns) {
            Ok(outcome) => outcomes.push(outcome),
            Err(fault) => faults.push(format!("第{}行：{fault}", index + 1)),
        }
    }
    if faults.is_empty() && outcomes.is_empty() {
        return refuse("表内没有可用的数据行");
    }
    if !faults.is_empty() {
        let count = faults.len();
        faults.truncate(50);
        let text = format!(
            "政策兑现表有{count}处要改，整表没有存入：\n{}",
            faults.join("\n")
        );
        return Err(Refused(text).into());
    }
    Ok(outcomes)
}

struct Columns {
    code: usize,
    measure: usize,
    result: usize,
    amount: Option<usize>,
    reason: Option<usize>,
}

fn one(pack: &Pack, row: &[String], columns: &Columns) -> std::result::Result<Outcome, String> {
    let cell = |column: usize| row.get(column).map_or("", String::as_str);
    let (uscc, _) = Uscc::read(cell(columns.code)).map_err(|fault| fault.to_string())?;
    let written = cell(columns.measure);
    let measure = pack
        .measures
        .iter()
        .find(|measure| measure.id == written || measure.name == written)
        .ok_or_else(|| format!("没有“{written}”这项措施"))?;
    let result = cell(columns.result);
    let is_granted = match (GRANTED.contains(&result), REFUSED.contains(&result)) {
        (true, _) => true,
        (_, true) => false,
        _ => return Err(format!("结果“{result}”不能识别，请填“已享受”或“未批准”")),
    };
    let amount = columns.amount.map(cell).filter(|text| !text.is_empty());
    let amount_fen = match amount {
        Some(text) => match Fen::read_decimal(text, Fen::PER_YUAN) {
            Some(fen) if fen.0 >= 0 => Some(fen.0),
            _ => return Err(format!("金额“{text}”不是以元为单位、不小于零的数")),
        },
        None => None,
    };
    let reason = columns.reason.map_or("", cell).trim().to_string();
    if !is_granted && reason.is_empty() {
        return Err("未批准的要写明原因".to_string());
    }
    Ok(Outcome {
        measure: measure.id.clone(),
        uscc,
        is_granted,
        amount_fen,
        reason,
        push: None,
    })
}

fn find(row: &[String], names: &[&str]) -> Option<usize> {
    row.iter().position(|cell| names.contains(&cell.as_str()))
}

fn rows_of(path: &Path) -> Result<Vec<Vec<String>>> {
    let shown = path.display();
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    if ending.as_deref() == Some("csv") {
        let bytes = std::fs::read(path).with_context(|| format!("“{shown}”不能读取"))?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_string(),
            Err(_) => encoding_rs::GB18030.decode(&bytes).0.into_owned(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows = reader.records().map(|record| {
            let record = record?;
            Ok(record.iter().map(|cell| cell.trim().to_string()).collect())
        });
        return rows.collect::<csv::Result<_>>().context("CSV 不能识别");
    }
    let mut book = open_workbook_auto(path).with_context(|| format!("“{shown}”不能打开"))?;
    let Some(Ok(range)) = book.worksheet_range_at(0) else {
        return refuse(format!("“{shown}”里没有工作表"));
    };
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        other => other.to_string().trim().to_string(),
    };
    Ok(range
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_by_any_of_their_names() {
        let row: Vec<String> = ["序号", "信用代码", "政策", "办理结果"]
            .into_iter()
            .map(str::to_string)
            .collect();
        assert_eq!(find(&row, CODE), Some(1));
        assert_eq!(find(&row, RESULT), Some(3));
        assert_eq!(find(&row, AMOUNT), None);
    }
}
