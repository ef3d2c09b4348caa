//! Words of `shenggui measures`.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rules::period::Month;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum MeasuresCommand {
    /// 全部措施：依据、效力、各结论家数
    #[command(
        after_help = "示例：shenggui measures list\n      shenggui measures list --on 2022-06-30 --division 410300"
    )]
    List(ListArgs),
    /// 一项措施：各版本的条件、数额、材料和出处
    #[command(
        after_help = "示例：shenggui measures show 措施标识\n      shenggui measures show 措施标识 --on 2022-06-30"
    )]
    Show(ShowArgs),
    /// 一家企业：逐项结论、理由、还差多少、缺什么、数额
    #[command(
        after_help = "示例：shenggui measures firm 91410102MA00T3XT06\n      shenggui measures firm 91410102MA00T3XT06 --on 2022-06-30\n      shenggui measures firm 91410102MA00T3XT06 --as 税务局 --purpose 政策辅导"
    )]
    Firm(FirmMeasuresArgs),
    /// 符合一项措施的企业名单，可导出
    #[command(
        after_help = "示例：shenggui measures eligible 措施标识 --division 410300\n      shenggui measures eligible 措施标识 --as 地方金融监管局 --export 白名单.xlsx"
    )]
    Eligible(EligibleArgs),
    /// 一项措施待补数据的企业，按所缺事实归并
    #[command(after_help = "示例：shenggui measures missing 措施标识")]
    Missing(MissingArgs),
    /// 一家企业升规前后对照，可写成文书
    #[command(
        after_help = "示例：shenggui measures compare 91410102MA00T3XT06\n      shenggui measures compare 91410102MA00T3XT06 --out 对照表"
    )]
    Compare(CompareMeasuresArgs),
    /// 把全部判定写成一条 SQL，在别的数据库上执行
    #[command(
        after_help = "示例：shenggui measures sql --dialect postgres\n      shenggui measures sql --dialect duckdb --on 2026-06-30"
    )]
    Sql(SqlArgs),
    /// 比对上次推送，把有变化的结论推送给企业和部门
    #[command(
        after_help = "示例：shenggui measures push --as 工信厅 --by 经办人\n      shenggui measures push --as 工信厅 --by 经办人 --dry-run"
    )]
    Push(PushArgs),
    /// 各次推送
    #[command(after_help = "示例：shenggui measures pushes")]
    Pushes,
    /// 推送给一个部门、一个地方或一家企业的事项，可导出
    #[command(
        after_help = "示例：shenggui measures notices --as 税务局\n      shenggui measures notices --firm 91410102MA00T3XT06\n      shenggui measures notices --push 3 --as 洛阳市 --export 推送.xlsx"
    )]
    Notices(NoticesArgs),
    /// 重算一次推送，核对是否逐字节相同
    #[command(after_help = "示例：shenggui measures replay 3")]
    Replay {
        /// 推送号
        #[arg(value_name = "推送")]
        push: i64,
    },
    /// 记录一家企业一项措施的办理结果：已享受或未批准
    #[command(
        after_help = "示例：shenggui measures outcome 措施标识 91410102MA00T3XT06 --granted --as 地方金融监管局 --by 经办人\n      shenggui measures outcome --list 政策兑现表.xlsx --as 工信厅 --by 经办人"
    )]
    Outcome(OutcomeArgs),
    /// 各项措施推送的查准率和查全率
    #[command(after_help = "示例：shenggui measures accuracy")]
    Accuracy,
    /// 试算措施的案例，列出结论不符的和没有试到的
    #[command(
        after_help = "示例：shenggui measures test\n      shenggui measures test 措施标识 --mutate"
    )]
    Test {
        /// 措施，不写则全部
        #[arg(value_name = "措施")]
        id: Option<String>,
        /// 再把每个数各改一个单位，列出案例察觉不到的
        #[arg(long)]
        mutate: bool,
    },
    /// 新建一项措施：写出带说明的两个文件
    #[command(
        after_help = "示例：shenggui --pack 政策包 measures new equipment-renewal --name 设备更新补助"
    )]
    New {
        /// 措施的标识，小写字母、数字和连字符
        #[arg(value_name = "措施")]
        id: String,
        /// 名称
        #[arg(long, value_name = "名称")]
        name: String,
    },
}

/// Which law and which data.
#[derive(Debug, Clone, Args)]
pub struct LawArgs {
    /// 按哪一天的规定，默认今天
    #[arg(long, value_name = "日期")]
    pub on: Option<NaiveDate>,
    /// 用哪个统计时点的数据，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub law: LawArgs,
    /// 只统计一个市或县
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 只列落实方案某一条款的措施
    #[arg(long, value_name = "条款")]
    pub clause: Option<String>,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// 措施
    #[arg(value_name = "措施")]
    pub id: String,
    /// 只看某一天施行的版本；不写则列出全部版本
    #[arg(long, value_name = "日期")]
    pub on: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub struct FirmMeasuresArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 只看一项措施，并列出每个条件
    #[arg(long, value_name = "措施")]
    pub measure: Option<String>,
    /// 谁在查看；不写则看不到的数按档显示
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 企业本人查看，原值全部显示
    #[arg(long = "self", conflicts_with = "agency")]
    pub itself: bool,
    /// 查看原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    #[command(flatten)]
    pub law: LawArgs,
}

#[derive(Debug, Args)]
pub struct EligibleArgs {
    /// 措施
    #[arg(value_name = "措施")]
    pub id: String,
    /// 结论：entitled 可享 · discretion 裁量 · local 依地方细则 · unknown 待补数据 · not-entitled 不可享；不写则为前三种
    #[arg(long, value_name = "结论")]
    pub verdict: Option<String>,
    /// 只看一个市或县
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    /// 谁在查看
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 查看原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 最多列出多少家
    #[arg(long, default_value_t = 50, value_name = "家数")]
    pub limit: usize,
    /// 全部导出为 XLSX
    #[arg(long, value_name = "路径")]
    pub export: Option<PathBuf>,
    #[command(flatten)]
    pub law: LawArgs,
}

#[derive(Debug, Args)]
pub struct MissingArgs {
    /// 措施
    #[arg(value_name = "措施")]
    pub id: String,
    /// 只看一个市或县
    #[arg(long, alias = "area", value_name = "代码")]
    pub division: Option<u32>,
    #[command(flatten)]
    pub law: LawArgs,
}

#[derive(Debug, Args)]
pub struct CompareMeasuresArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 谁在查看；不写则看不到的数按档显示
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 企业本人查看，原值全部显示
    #[arg(long = "self", conflicts_with = "agency")]
    pub itself: bool,
    /// 查看原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 写成 DOCX 和网页，放到哪个目录
    #[arg(long, value_name = "目录")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub law: LawArgs,
}

#[derive(Debug, Args)]
pub struct SqlArgs {
    /// sqlite · postgres · duckdb · spark
    #[arg(long, default_value = "postgres", value_name = "数据库")]
    pub dialect: String,
    /// 事实所在的表
    #[arg(long, default_value = "firms", value_name = "表名")]
    pub table: String,
    /// 按哪一天的规定，默认今天
    #[arg(long, value_name = "日期")]
    pub on: Option<NaiveDate>,
    /// 只写建表语句
    #[arg(long)]
    pub schema: bool,
}

#[derive(Debug, Args)]
pub struct PushArgs {
    #[command(flatten)]
    pub signature: super::Signature,
    /// 只看会推送什么，不存入
    #[arg(long)]
    pub dry_run: bool,
    /// 用哪个统计时点的数据，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

#[derive(Debug, Args)]
pub struct NoticesArgs {
    /// 哪一次推送，默认最近一次
    #[arg(long, value_name = "推送")]
    pub push: Option<i64>,
    /// 推送给哪个单位
    #[arg(
        long = "as",
        value_name = "单位",
        required_unless_present = "firm",
        conflicts_with = "firm"
    )]
    pub agency: Option<String>,
    /// 推送给哪家企业（各次推送都列出）
    #[arg(long, value_name = "代码")]
    pub firm: Option<String>,
    /// 最多列出多少条
    #[arg(long, default_value_t = 50, value_name = "条数")]
    pub limit: usize,
    /// 全部导出为 XLSX
    #[arg(long, value_name = "路径")]
    pub export: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct OutcomeArgs {
    /// 措施
    #[arg(value_name = "措施", required_unless_present = "list")]
    pub id: Option<String>,
    /// 统一社会信用代码
    #[arg(value_name = "代码", required_unless_present = "list")]
    pub uscc: Option<String>,
    /// 已享受
    #[arg(long, required_unless_present_any = ["refused", "list"])]
    pub granted: bool,
    /// 未批准
    #[arg(long, conflicts_with = "granted")]
    pub refused: bool,
    /// 实际享受的金额（元）
    #[arg(long, value_name = "元")]
    pub amount: Option<String>,
    /// 原因或文号
    #[arg(long, default_value = "", value_name = "文字")]
    pub reason: String,
    /// 政策兑现表（XLSX 或 CSV）：统一社会信用代码、措施、结果、金额（元）、原因
    #[arg(long, value_name = "文件", conflicts_with_all = ["id", "uscc", "granted", "refused"])]
    pub list: Option<PathBuf>,
    #[command(flatten)]
    pub signature: super::Signature,
}
