//! Words of `shenggui outlook`.

use super::Signature;
use clap::{Args, Subcommand};
use rules::period::Month;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum OutlookCommand {
    /// 预测任一份月度序列：点预测和10%、50%、90%分位数
    #[command(
        after_help = "示例：shenggui outlook forecast --input 序列.csv --horizon 12\n      文件三列：id,month,value；不需要数据目录"
    )]
    Forecast(ForecastArgs),
    /// 一家企业的全年落点怎样算出，可照着手算
    #[command(
        after_help = "示例：shenggui outlook landing 91410102MA00T3XT06 --as 税务局 --purpose 核对落点"
    )]
    Landing(LandingArgs),
    /// 回测：逐月末只用当时已收到的数据预测，与实际对照
    #[command(
        after_help = "示例：shenggui outlook backtest --from 2024-01 --to 2026-09 --out 回测"
    )]
    Backtest(BacktestArgs),
    /// 全部快照
    #[command(after_help = "示例：shenggui outlook snapshots")]
    Snapshots,
    /// 各阶段家数
    #[command(after_help = "示例：shenggui outlook stages --as-of 2026-09")]
    Stages {
        /// 统计时点，默认最近一次运行
        #[arg(long, value_name = "年-月")]
        as_of: Option<Month>,
    },
    /// 拟退规预警名单：级别和原因类别，不含数据
    #[command(
        after_help = "示例：shenggui outlook warnings --level 红色\n      shenggui outlook warnings --incomplete\n      shenggui outlook warnings --reason 停产歇业 --division 410300 --as 洛阳市"
    )]
    Warnings(WarningsArgs),
    /// 一家企业的退规预警积分卡
    #[command(
        after_help = "示例：shenggui outlook card 91410102MA00T3XT06 --as 统计局 --purpose 核对预警"
    )]
    Card(CardArgs),
    /// 统计部门移交拟退规预警名单，并对每家企业开始跟进
    #[command(
        after_help = "示例：shenggui outlook hand-over --level 红色 --to 工业和信息化厅 --purpose 上门帮扶 --as 统计局 --by 经办人 --out 移交\n      shenggui outlook hand-over --level 红色 --level 橙色 --division 410300 --to 洛阳市 --purpose 一企一策 --as 统计局 --by 经办人"
    )]
    HandOver(HandOverArgs),
    /// 全部移交
    #[command(after_help = "示例：shenggui outlook hand-overs")]
    HandOvers,
    /// 接收单位再次查看移交的名单
    #[command(
        after_help = "示例：shenggui outlook hand-over-list 1 --as 工业和信息化厅\n      shenggui outlook hand-over-list 1 --as 工业和信息化厅 --out 移交"
    )]
    HandOverList(HandOverListArgs),
    /// 跟进情况：谁在跟进、最近情况、是否脱险
    #[command(
        after_help = "示例：shenggui outlook follow-ups --open\n      shenggui outlook follow-ups --division 410300 --as 洛阳市"
    )]
    FollowUps(FollowUpsArgs),
    /// 一家企业的跟进记录；记一条跟进情况，或办结
    #[command(
        after_help = "示例：shenggui outlook follow-up 91410102MA00T3XT06\n      shenggui outlook follow-up 91410102MA00T3XT06 --note 已上门，设备检修后复产 --as 洛阳市 --by 经办人\n      shenggui outlook follow-up 91410102MA00T3XT06 --close --reason 已恢复正常生产 --as 洛阳市 --by 经办人"
    )]
    FollowUp(FollowUpArgs),
}

#[derive(Debug, Args)]
pub struct ForecastArgs {
    /// CSV 文件，三列：id,month,value
    #[arg(long, value_name = "文件")]
    pub input: PathBuf,
    /// 往后预测几个月，1到36
    #[arg(long, value_name = "月数", default_value_t = 12)]
    pub horizon: u32,
    /// 写到哪个文件；不写则显示在屏幕上
    #[arg(long, value_name = "文件")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LandingArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 谁在查看；看不到税务原值的单位只看到档次
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 企业本人查看
    #[arg(long = "self", conflicts_with = "agency")]
    pub itself: bool,
    /// 查看原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// 第一个月末
    #[arg(long, value_name = "年-月")]
    pub from: Month,
    /// 最后一个月末
    #[arg(long, value_name = "年-月")]
    pub to: Month,
    /// 每个市走访多少家
    #[arg(long, value_name = "家数", default_value_t = 30)]
    pub visits: usize,
    /// 报告写到哪个目录；不写则只显示主要数字
    #[arg(long, value_name = "目录")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
pub struct WarningsArgs {
    /// 只看这些级别，可写多次
    #[arg(long, value_name = "级别", value_delimiter = ',')]
    pub level: Vec<String>,
    /// 只看这一类原因
    #[arg(long, value_name = "原因类别")]
    pub reason: Option<String>,
    /// 改列没有预警、但数据不全的企业
    #[arg(long, conflicts_with_all = ["level", "reason"])]
    pub incomplete: bool,
    /// 只看一个市或县
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 谁在查看
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 统计部门查看积分的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 最多列多少家
    #[arg(long, default_value_t = 50, value_name = "家数")]
    pub limit: usize,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

#[derive(Debug, Args)]
pub struct CardArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 谁在查看；统计、税务以外的单位只看到级别和原因类别
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 企业本人查看
    #[arg(long = "self", conflicts_with = "agency")]
    pub itself: bool,
    /// 查看的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

#[derive(Debug, Args)]
pub struct HandOverArgs {
    /// 移交哪些级别，可写多次
    #[arg(long, required = true, value_name = "级别", value_delimiter = ',')]
    pub level: Vec<String>,
    /// 只移交一个市或县的企业
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 接收单位：部门或市县
    #[arg(long, value_name = "单位")]
    pub to: String,
    /// 移交用途，写进名单并记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: String,
    /// 把名单写成工作簿和函，放到哪个目录
    #[arg(long, value_name = "目录")]
    pub out: Option<PathBuf>,
    /// 统计时点，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct HandOverListArgs {
    /// 移交号
    #[arg(value_name = "移交号")]
    pub id: i64,
    /// 谁在查看：移交单位或接收单位
    #[arg(long = "as", value_name = "单位")]
    pub agency: String,
    /// 再写一次工作簿和函，放到哪个目录
    #[arg(long, value_name = "目录")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct FollowUpsArgs {
    /// 只看一个市或县
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 只看没有办结的
    #[arg(long)]
    pub open: bool,
    /// 谁在查看
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 最多列多少家
    #[arg(long, default_value_t = 50, value_name = "家数")]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct FollowUpArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 跟进情况；不必填写企业数据
    #[arg(long, value_name = "情况", conflicts_with = "close")]
    pub note: Option<String>,
    /// 办结
    #[arg(long, requires = "reason")]
    pub close: bool,
    /// 办结的原因
    #[arg(long, value_name = "原因", requires = "close")]
    pub reason: Option<String>,
    /// 谁在查看或记录
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 经办人
    #[arg(long = "by", value_name = "姓名")]
    pub person: Option<String>,
    /// 办理日期，默认今天
    #[arg(long, value_name = "日期")]
    pub on: Option<chrono::NaiveDate>,
}
