//! Words of `shenggui journal`.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use programme::journal::Anchor;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// 逐条校验日志链
    #[command(
        after_help = "示例：shenggui journal verify\n      shenggui journal verify --anchor 128:抄存的校验值"
    )]
    Verify {
        /// 另外抄存的“条数:校验值”，核对那一条还是不是原来的，可写多次
        #[arg(long, value_name = "条数:校验值")]
        anchor: Vec<String>,
    },
    /// 日志条数和末条校验值，供抄存
    #[command(after_help = "示例：shenggui journal head")]
    Head,
    /// 按条件查日志，新的在前
    #[command(
        after_help = "示例：shenggui journal list --act pool --from 2026-09-01\n      shenggui journal list --text 批次 --export 日志.xlsx"
    )]
    List(JournalListArgs),
}

impl JournalCommand {
    /// What was noted elsewhere.
    ///
    /// # Errors
    /// The text that is no anchor.
    pub fn anchors(texts: &[String]) -> Result<Vec<Anchor>, String> {
        let read = |text: &String| {
            let anchor = text.parse();
            anchor.map_err(|fault| format!("“{text}”不能识别：{fault}"))
        };
        texts.iter().map(read).collect()
    }
}

#[derive(Debug, Args)]
pub struct JournalListArgs {
    /// 事项代号或其开头，例如 pool 或 pool.admit
    #[arg(long, value_name = "事项")]
    pub act: Option<String>,
    /// 哪个单位办的
    #[arg(long, value_name = "单位")]
    pub organisation: Option<String>,
    /// 谁办的
    #[arg(long, value_name = "姓名")]
    pub person: Option<String>,
    /// 对什么办的，写全，例如 第3批次
    #[arg(long, value_name = "对象")]
    pub subject: Option<String>,
    /// 从哪一天起
    #[arg(long, value_name = "日期")]
    pub from: Option<NaiveDate>,
    /// 到哪一天止，含当天
    #[arg(long, value_name = "日期")]
    pub to: Option<NaiveDate>,
    /// 对象或说明里的字
    #[arg(long, value_name = "文字")]
    pub text: Option<String>,
    /// 只列编号比它小的，用来翻页
    #[arg(long, value_name = "条")]
    pub before: Option<i64>,
    /// 最多列多少条
    #[arg(long, default_value_t = 50, value_name = "条数", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// 全部写成工作簿
    #[arg(long, value_name = "文件")]
    pub export: Option<PathBuf>,
    /// 谁在导出，记入日志
    #[arg(long = "by", value_name = "姓名")]
    pub by: Option<String>,
}
