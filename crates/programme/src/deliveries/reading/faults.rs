//! Why a file cannot be read as a delivery: what happened, where, what to do next.
//!
//! Faults of the whole file only; what is wrong with one cell is a
//! [`ValueFault`](super::values::ValueFault).

use super::header::HeaderFault;

/// Why the file as a whole cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    #[error("找不到文件“{0}”，请核对路径后重新导入")]
    NotFound(String),
    #[error("“{0}”是文件夹，不是文件，请指定其中要导入的那个文件")]
    Directory(String),
    #[error("文件是空的（0字节），请核对后重新导出")]
    Empty,
    #[error("文件有{megabytes} MB，超过{max_megabytes} MB的上限，请拆分后分批导入")]
    TooLarge { megabytes: u64, max_megabytes: u64 },
    #[error("这是{0}，不是可导入的表格，请另存为 .xlsx 或 .csv 后重新导入")]
    NotATable(&'static str),
    #[error("工作簿设有打开密码，请去掉密码后重新导入")]
    Protected,
    #[error("文件已损坏或不完整（{0}），请用 Excel 或 WPS 打开并另存为 .xlsx 后重新导入")]
    Broken(String),
    #[error("压缩内容展开后过大（{0}），为安全起见不予打开，请另存为 .csv 后重新导入")]
    Inflated(String),
    #[error(
        "第{line}行有既不是UTF-8也不是GB18030的字节，请用 Excel 或 WPS 另存为“CSV UTF-8”后重新导入"
    )]
    Encoding { line: u64 },
    #[error("第{row}行起引号没有配对，后面的行会并成一格，请改正该行的引号后重新导入")]
    OpenQuote { row: u64 },
    #[error("第{row}行长度超过{max_megabytes} MB，多半是引号没有配对，请改正后重新导入")]
    LongRow { row: u64, max_megabytes: u64 },
    #[error("第{row}行之后连续空白行超过{max}行，请删除空白行后重新导入")]
    BlankRows { row: u64, max: u64 },
    #[error("工作表有{found}个，超过{max}个的上限，请只保留要导入的工作表")]
    ManySheets { found: usize, max: usize },
    #[error("工作簿里没有可读的工作表，请核对文件")]
    NoSheet,
    #[error("{}都有符合要求的表头，请只保留要导入的那一个工作表", quoted(.0))]
    SeveralSheets(Vec<String>),
    #[error("{}", formulas_said(cells, *count))]
    Formulas { cells: Vec<String>, count: u64 },
    #[error(transparent)]
    Header(#[from] HeaderFault),
    #[error("读取文件失败（{0}），请稍后重试；仍不成功的，请联系系统管理员")]
    World(String),
}

impl ReadFault {
    pub(super) fn broken(detail: impl std::fmt::Display) -> ReadFault {
        ReadFault::Broken(detail.to_string())
    }

    pub(super) fn world(error: &std::io::Error) -> ReadFault {
        ReadFault::World(error.to_string())
    }
}

/// Names in quotation marks, joined as Chinese lists are.
pub(super) fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    quoted.join("、")
}

fn formulas_said(cells: &[String], count: u64) -> String {
    let named = cells.join("、");
    let more = if count > cells.len() as u64 {
        "等"
    } else {
        ""
    };
    format!(
        "{named}{more}共{count}处是公式，公式结果可能没有更新，请复制后选择性粘贴为数值再重新导入"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_where_and_what_to_do() {
        let fault = ReadFault::Formulas {
            cells: vec!["D5".to_string(), "D6".to_string()],
            count: 12,
        };
        assert_eq!(
            fault.to_string(),
            "D5、D6等共12处是公式，公式结果可能没有更新，请复制后选择性粘贴为数值再重新导入"
        );
        let fault = ReadFault::SeveralSheets(vec!["一月".to_string(), "二月".to_string()]);
        assert!(fault.to_string().starts_with("“一月”、“二月”都有"));
    }
}
