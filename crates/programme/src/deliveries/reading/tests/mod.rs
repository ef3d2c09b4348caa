//! Deliveries written on the spot, and what reading them gives.

mod cell_values;
mod csv_files;
mod headers;
mod malformed;
mod returned;
mod workbook97;
mod workbooks;

use super::*;
use std::path::PathBuf;

/// A layout of columns given as `name|synonym|…: type` with `!` for required ones.
fn layout(columns: &[&str]) -> Layout {
    let mut text =
        "id='x'\nname='样例'\nagencies=[]\npurpose=''\nbasis=''\nperiod='month'\n".to_string();
    for column in columns {
        let (names, kind) = column.split_once(": ").expect("names: type");
        let required = names.starts_with('!');
        let mut names = names.trim_start_matches('!').split('|');
        let name = names.next().expect("a name");
        let also: Vec<&str> = names.collect();
        text += &format!(
            "[[column]]\nid='{name}'\nname='{name}'\nalso={also:?}\ntype='{kind}'\nrequired={required}\n"
        );
    }
    toml::from_str(&text).expect("a layout")
}

fn tax() -> Layout {
    layout(&[
        "!统一社会信用代码|纳税人识别号: uscc",
        "!企业名称|纳税人名称: text",
        "所属期: month",
        "!应税销售额|销售额: money",
        "入库税额: money",
    ])
}

/// Like the register that offices pass around.
fn register() -> Layout {
    layout(&[
        "!统一社会信用代码: uscc",
        "!企业名称|单位名称: text",
        "!县区|生产经营地县（市、区）: division",
        "详细地址|生产经营地详细地址: text",
        "行业代码: industry",
        "行业名称: text",
        "成立时间: date",
        "从业人数: count",
    ])
}

/// A folder for one test's files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

/// Every row below the header as `number:cell|cell`, or the fault.
fn read_all(path: &Path, layout: &Layout) -> Result<Vec<String>, ReadFault> {
    let (mut rows, _) = RowSource::open(path, layout, None)?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next_row()? {
        let cells: Vec<String> = (0..row.width())
            .map(|i| values::said(row.cell(i)))
            .collect();
        lines.push(format!("{}:{}", row.number, cells.join("|")));
    }
    Ok(lines)
}

fn fault_of(path: &Path, layout: &Layout) -> String {
    match read_all(path, layout) {
        Ok(lines) => panic!("read as {lines:?}"),
        Err(fault) => fault.to_string(),
    }
}
