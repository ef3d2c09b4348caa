//! Words of `shenggui pool`.

use super::Signature;
use clap::{Args, Subcommand};
use programme::pool::sufficiency::DRAWS_MAX;
use rules::period::Month;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum PoolCommand {
    /// 符合四类之一、尚未入库的企业
    #[command(
        after_help = "示例：shenggui pool candidates --division 410300 --class A --top 20\n      shenggui pool candidates --as 税务局 --purpose 培育库研判"
    )]
    Candidates(CandidatesArgs),
    /// 纳入培育库
    #[command(
        after_help = "示例：shenggui pool admit 91410102MA00T3XT06 --reason 近12个月销售接近两千万元 --as 洛阳市 --by 经办人\n      shenggui pool admit --list 6 --reason 县区上报 --as 工信厅 --by 经办人"
    )]
    Admit(ActArgs),
    /// 移出培育库
    #[command(
        after_help = "示例：shenggui pool remove 91410102MA00T3XT06 --reason 已搬迁 --as 洛阳市 --by 经办人"
    )]
    Remove(ActArgs),
    /// 记录企业已向统计部门申报入统
    #[command(
        after_help = "示例：shenggui pool declare 91410102MA00T3XT06 --reason 月度申报 --as 伊川县 --by 经办人"
    )]
    Declare(ActArgs),
    /// 记录撤回申报
    #[command(
        after_help = "示例：shenggui pool withdraw 91410102MA00T3XT06 --reason 材料退回 --as 伊川县 --by 经办人"
    )]
    Withdraw(ActArgs),
    /// 培育库与目标的 1.2 倍相比
    #[command(after_help = "示例：shenggui pool coverage --as-of 2026-09 --counties")]
    Coverage(CoverageArgs),
    /// 培育库够不够：完成概率、需在库家数、再纳入哪些企业最有用
    #[command(
        after_help = "示例：shenggui pool sufficiency\n      shenggui pool sufficiency --area 洛阳市\n      shenggui pool sufficiency --area 410300 --as 税务局 --purpose 培育库研判"
    )]
    Sufficiency(SufficiencyArgs),
    /// 把一份培育库名单与名录、候选比对
    #[command(after_help = "示例：shenggui pool compare 6")]
    Compare(CompareArgs),
    /// 按各地常用的列导出培育库
    #[command(after_help = "示例：shenggui pool export 培育库.xlsx --division 410300")]
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub struct CandidatesArgs {
    /// 省辖市或县的代码
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 类别字母
    #[arg(long, value_name = "A/B/C/D")]
    pub class: Option<String>,
    /// 最多列多少家，按全年达规概率从高到低
    #[arg(long, alias = "top", default_value_t = 50, value_name = "家数")]
    pub limit: usize,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
    /// 谁在查看；不写则税务数据按档显示
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 查看税务或统计原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
}

#[derive(Debug, Args)]
pub struct ActArgs {
    /// 统一社会信用代码，可写多个
    #[arg(value_name = "代码", required_unless_present = "list")]
    pub uscc: Vec<String>,
    /// 按一份培育库名单（批次）办理
    #[arg(long, value_name = "批次", conflicts_with = "uscc")]
    pub list: Option<i64>,
    /// 事由
    #[arg(long, value_name = "事由")]
    pub reason: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
    /// 只看一个市（同时列到县）
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 列到县
    #[arg(long)]
    pub counties: bool,
}

#[derive(Debug, Args)]
pub struct SufficiencyArgs {
    /// 省辖市或县，写代码或名称（同时列到县，并列出再纳入哪些企业最有用）
    #[arg(long, alias = "division", value_name = "代码或名称")]
    pub area: Option<String>,
    /// 列到县
    #[arg(long)]
    pub counties: bool,
    /// 哪一年，默认最近一次运行所在的年份
    #[arg(long, value_name = "年份")]
    pub year: Option<i32>,
    /// 抽样的种子，同一种子结果相同
    #[arg(long, default_value_t = 1, value_name = "整数")]
    pub seed: u64,
    /// 抽取多少种年景
    #[arg(
        long,
        default_value_t = 10_000,
        value_name = "次数",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(DRAWS_MAX))
    )]
    pub draws: u32,
    /// 谁在查看；不写则按省级工作机构，税务数据按档显示
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 查看税务或统计原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// 培育库名单的批次
    #[arg(value_name = "批次")]
    pub batch: i64,
    /// 最多列多少家
    #[arg(long, default_value_t = 50, value_name = "家数")]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// 写到哪个 .xlsx 文件
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 省辖市或县的代码
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}
