//! How an import ended, as the person sees it.

use super::import::{Order, Outcome};
use crate::report::{Field, Report, Table};
use std::collections::BTreeMap;

impl Outcome {
    /// What the person sees.
    pub fn report(&self, order: &Order) -> Report {
        let title = match (self.batch, order.dry_run) {
            (Some(id), _) => format!("已存入，第{id}批次"),
            (None, true) => "预览，没有存入".to_string(),
            (None, false) => "没有可收下的行，没有存入".to_string(),
        };
        let mut report = Report::new(title)
            .fact("batch", "批次", Field::maybe_count(self.batch))
            .fact(
                "month",
                "月份",
                Field::text(format!("{}（取自{}）", self.month, self.month_from)),
            )
            .fact(
                "sheet",
                "工作表",
                if self.sheet.is_empty() {
                    Field::Empty
                } else {
                    Field::text(self.sheet.clone())
                },
            )
            .fact("rows", "数据行", Field::count(self.rows as i64))
            .fact("accepted", "收下", Field::count(self.accepted as i64))
            .fact("remarked", "其中备注", Field::count(self.remarked as i64))
            .fact("rejected", "退回", Field::count(self.rejected as i64));
        let merged = self.rows - self.accepted - self.rejected;
        if merged > 0 {
            let label = "合并（同一企业多个户号）";
            report = report.fact("merged", label, Field::Count(merged as i64));
        }
        if self.blank_rows > 0 {
            report = report.fact("blank_rows", "空白行", Field::count(self.blank_rows as i64));
        }
        if let Some(path) = &self.returned {
            let shown = Field::text(path.display().to_string());
            report = report.fact("returned", "退回文件", shown);
        }
        if order.dry_run {
            report = report.table(self.columns_table());
        }
        if !self.findings.is_empty() {
            report = report.table(self.summary());
        }
        for note in &self.notes {
            report = report.note(note.clone());
        }
        if let (Some(id), false) = (self.batch, self.findings.is_empty()) {
            report = report.note(format!("逐行说明见 shenggui indicators batch {id}"));
        }
        report
    }

    fn columns_table(&self) -> Table {
        let mut table = Table::new(
            "columns",
            "识别出的列",
            &[("column", "含义"), ("header", "表头"), ("unit", "单位")],
        );
        for (column, header, unit) in &self.columns {
            table.row(vec![
                Field::text(column.clone()),
                Field::text(header.clone()),
                if unit.is_empty() {
                    Field::Empty
                } else {
                    Field::text(unit.clone())
                },
            ]);
        }
        table
    }

    /// What was said, by message, with the first rows.
    pub fn summary(&self) -> Table {
        const ROWS_SHOWN: usize = 5;
        let mut groups: BTreeMap<(bool, String), Vec<u64>> = BTreeMap::new();
        for finding in &self.findings {
            let key = (!finding.refused, general(&finding.message));
            groups.entry(key).or_default().push(finding.row);
        }
        let mut table = Table::new(
            "findings",
            "说明归类",
            &[
                ("outcome", "处理"),
                ("message", "说明"),
                ("count", "行数"),
                ("rows", "所在行"),
            ],
        );
        for ((accepted, message), rows) in groups {
            let first: Vec<String> = rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
            let more = if rows.len() > ROWS_SHOWN { "…" } else { "" };
            table.row(vec![
                Field::text(word(!accepted)),
                Field::text(message),
                Field::count(rows.len() as i64),
                Field::text(format!("{}{more}", first.join("、"))),
            ]);
        }
        table
    }
}

/// What became of a row.
pub fn word(is_refused: bool) -> &'static str {
    match is_refused {
        true => "退回",
        false => "收下并备注",
    }
}

/// A message without what differs from row to row: quoted texts, credit codes, row numbers.
pub fn general(message: &str) -> String {
    let mut general = String::new();
    let mut rest = message;
    while let Some(symbol) = rest.chars().next() {
        let run = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_alphanumeric())
                .len();
        let row_number = general.ends_with('第') && rest[run..].starts_with('行');
        if symbol == '“' {
            let end = rest
                .find('”')
                .map_or(rest.len(), |end| end + '”'.len_utf8());
            general.push_str("“…”");
            rest = &rest[end..];
        } else if run >= 15 || (run > 0 && row_number) {
            general.push('…');
            rest = &rest[run..];
        } else if run > 0 {
            general.push_str(&rest[..run]);
            rest = &rest[run..];
        } else {
            general.push(symbol);
            rest = &rest[symbol.len_utf8()..];
        }
    }
    general
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn advice_stays_and_what_differs_goes() {
        let cases = [
            ("“市直”不是县级区划，县级待核", "“…”不是县级区划，县级待核"),
            ("已按规范写法记为91410102MA00T3XT06", "已按规范写法记为…"),
            ("首见于第31行", "首见于第…行"),
            (
                "已在第2批次；用 --supersedes 2 重新交付",
                "已在第2批次；用 --supersedes 2 重新交付",
            ),
            ("应为18位，这里是17位", "应为18位，这里是17位"),
        ];
        for (message, expected) in cases {
            assert_eq!(general(message), expected);
        }
    }
}
