//! Words of `shenggui targets`.

use super::Signature;
use clap::{Args, Subcommand};
use rules::period::Month;

#[derive(Debug, Subcommand)]
pub enum TargetsCommand {
    /// 按规上企业占比测算（最大余额法）
    #[command(
        after_help = "示例：shenggui targets measure --year 2027 --total 2500 --as 工信厅 --by 经办人\n      shenggui targets measure --year 2027 --area 410300 --as 洛阳市 --by 经办人"
    )]
    Measure(MeasureArgs),
    /// 调整测算数，须写明理由
    #[command(
        after_help = "示例：shenggui targets adjust --year 2027 --move 410100:410200:10 --reason 会商意见 --as 工信厅 --by 经办人"
    )]
    Adjust(AdjustArgs),
    /// 记录会商意见
    #[command(
        after_help = "示例：shenggui targets consult --year 2027 --with 统计局 --opinion 同意 --as 工信厅 --by 经办人"
    )]
    Consult(ConsultArgs),
    /// 记录省政府同意
    #[command(
        after_help = "示例：shenggui targets approve --year 2027 --note 省政府批示 --as 工信厅 --by 经办人"
    )]
    Approve(ApproveArgs),
    /// 下达
    #[command(
        after_help = "示例：shenggui targets issue --year 2027 --document 文号 --as 工信厅 --by 经办人"
    )]
    Issue(IssueArgs),
    /// 查看一年的目标和办理经过
    #[command(after_help = "示例：shenggui targets show --year 2022")]
    Show(YearArgs),
    /// 进度
    #[command(after_help = "示例：shenggui targets progress --as-of 2026-09 --counties")]
    Progress(ProgressArgs),
    /// 本年退库企业家数，按原因
    #[command(after_help = "示例：shenggui targets exits --as-of 2026-09")]
    Exits(ExitsArgs),
    /// 数字修订记录
    #[command(after_help = "示例：shenggui targets restatements")]
    Restatements(RestatementsArgs),
}

#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 全省总数；测算县级目标时不写，取该市已下达的目标
    #[arg(long, value_name = "家数")]
    pub total: Option<u32>,
    /// 把该市目标分到县
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 以哪个月的在库数为基数，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub base: Option<Month>,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct AdjustArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 办理该市分到县的目标时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 从甲地调给乙地：甲代码:乙代码:家数，可写多个
    #[arg(long = "move", value_name = "甲:乙:数", required = true)]
    pub moves: Vec<String>,
    /// 调整理由
    #[arg(long, value_name = "理由")]
    pub reason: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct ConsultArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 办理该市分到县的目标时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 会商单位
    #[arg(long, value_name = "单位")]
    pub with: String,
    /// 意见
    #[arg(long, value_name = "意见")]
    pub opinion: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 办理该市分到县的目标时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 批示或会议纪要
    #[arg(long, value_name = "依据")]
    pub note: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct IssueArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 办理该市分到县的目标时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 文号
    #[arg(long, value_name = "文号")]
    pub document: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct YearArgs {
    /// 目标年份
    #[arg(long, value_name = "年份")]
    pub year: i32,
    /// 办理该市分到县的目标时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
}

#[derive(Debug, Args)]
pub struct ProgressArgs {
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
    /// 列到县
    #[arg(long)]
    pub counties: bool,
    /// 只看一个市（同时列到县）
    #[arg(long, value_name = "代码")]
    pub division: Option<u32>,
}

#[derive(Debug, Args)]
pub struct ExitsArgs {
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
    /// 只看一个市
    #[arg(long, value_name = "代码")]
    pub division: Option<u32>,
}

#[derive(Debug, Args)]
pub struct RestatementsArgs {
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}
