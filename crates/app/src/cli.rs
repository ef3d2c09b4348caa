//! The command line: what can be asked, and with which words.

mod bench;
mod exchange;
#[cfg(test)]
mod guides;
mod jobs;
mod journal;
mod measures;
mod outlook;
mod people;
mod pool;
mod targets;

pub use bench::*;
pub use exchange::*;
pub use jobs::*;
pub use journal::*;
pub use measures::*;
pub use outlook::*;
pub use people::*;
pub use pool::*;
pub use targets::*;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use rules::period::{Month, ReportPeriod};
use std::path::PathBuf;

/// 升规通：一省小微工业企业上规模工作的名录、监测、培育、目标与通报。
#[derive(Debug, Parser)]
#[command(
    name = "shenggui",
    version,
    disable_help_subcommand = true,
    subcommand_required = true
)]
#[command(
    after_help = "示例：\n  shenggui --data 数据 init\n  shenggui --data 数据 import tax 税务2026-09.csv --as 税务局\n  shenggui --data 数据 run --as-of 2026-09\n退出码：0 完成，1 未予办理（附原因），2 用法有误"
)]
pub struct Cli {
    /// 数据目录
    #[arg(
        long,
        global = true,
        env = "SHENGGUI_DATA",
        default_value = "shenggui-data",
        value_name = "目录"
    )]
    pub data: PathBuf,
    #[command(flatten)]
    pub source: PackSource,
    /// 以 JSON 输出
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// Which policy packs are used.
#[derive(Debug, Clone, Default, Args)]
pub struct PackSource {
    /// 政策包目录，不写则用程序自带的
    #[arg(long, global = true, env = "SHENGGUI_PACK", value_name = "目录")]
    pub pack: Option<PathBuf>,
    /// 市县政策包目录（以区划代码命名），可写多次；数据目录 local/ 下的自动加载
    #[arg(
        long,
        global = true,
        env = "SHENGGUI_LOCAL",
        value_delimiter = ':',
        value_name = "目录"
    )]
    pub local: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 建立数据目录
    #[command(after_help = "示例：shenggui --data 数据 init")]
    Init,
    /// 导入一份交付（名录、税务、用电、社保、确认名单、培育库名单）
    #[command(
        after_help = "示例：shenggui import tax 税务2026-09.csv --as 税务局\n      shenggui import pool-list 洛阳.xlsx --as 洛阳市 --area 410300 --dry-run"
    )]
    Import(ImportArgs),
    /// 计算全省各企业所在阶段，存为快照
    #[command(
        after_help = "示例：shenggui run --as-of 2026-09\n      shenggui run --as-of 2026-09 --known-by 2026-10-10\n      shenggui run --replay 3"
    )]
    Run(RunArgs),
    /// 查看一家企业
    #[command(after_help = "示例：shenggui firm 91410102MA00T3XT06 --as 税务局")]
    Firm(FirmArgs),
    /// 政策措施：逐条判定、名单、缺项、对照、推送、案例
    #[command(
        subcommand,
        after_help = "示例：shenggui measures firm 91410102MA00T3XT06"
    )]
    Measures(MeasuresCommand),
    /// 培育库：候选、纳入、移出、覆盖、比对、导出
    #[command(
        subcommand,
        after_help = "示例：shenggui pool coverage --as-of 2026-09"
    )]
    Pool(PoolCommand),
    /// 目标：测算、会商、报批、下达、进度
    #[command(
        subcommand,
        after_help = "示例：shenggui targets progress --as-of 2026-09"
    )]
    Targets(TargetsCommand),
    /// 生成通报（季度 2026-Q3，年度 2026）
    #[command(
        after_help = "示例：shenggui bulletin 2026-Q3 --out 通报\n      shenggui bulletin 2026 --out 通报"
    )]
    Bulletin(BulletinArgs),
    /// 政策包：检查、写出、生成参考页
    #[command(subcommand, after_help = "示例：shenggui pack check policy/henan")]
    Pack(PackCommand),
    /// 名录：登记代码例外
    #[command(
        subcommand,
        after_help = "示例：shenggui register exception 91350100M0001TGQXM --evidence 营业执照复印件 --as 市场监管局 --by 经办人"
    )]
    Register(RegisterCommand),
    /// 交付批次：一览、逐行说明
    #[command(subcommand, after_help = "示例：shenggui indicators batches")]
    Indicators(IndicatorsCommand),
    /// 快照、各阶段家数、退规预警和移交、跟进
    #[command(
        subcommand,
        after_help = "示例：shenggui outlook stages --as-of 2026-09\n      shenggui outlook warnings --level 红色"
    )]
    Outlook(OutlookCommand),
    /// 机构、账号、岗位
    #[command(after_help = "示例：shenggui people\n      shenggui people accounts")]
    People {
        /// 不写则列出机构
        #[command(subcommand)]
        command: Option<PeopleCommand>,
    },
    /// 名单交换：给融资平台和金融机构的名单
    #[command(
        subcommand,
        after_help = "示例：shenggui exchange issue platforms --to 省融资云平台 --as 领导小组办公室 --by 经办人"
    )]
    Exchange(ExchangeCommand),
    /// 日志：校验是否被改动、查询、导出
    #[command(subcommand, after_help = "示例：shenggui journal verify")]
    Journal(JournalCommand),
    /// 备份整个数据目录为一个文件，程序不必停下
    #[command(after_help = "示例：shenggui backup 备份2026-11-25.zip")]
    Backup(BackupArgs),
    /// 由备份建立新的数据目录
    #[command(after_help = "示例：shenggui --data 新目录 restore 备份2026-11-25.zip")]
    Restore(RestoreArgs),
    /// 任务：提交、查看、取消由各节点办理的长时间工作
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "示例：shenggui jobs\n      shenggui jobs ask run --as-of 2026-09 --as 工信厅 --by 经办人\n      shenggui jobs show 3"
    )]
    Jobs(JobsArgs),
    /// 作为一个节点办理任务，不打开网页
    #[command(after_help = "示例：shenggui work\n      shenggui work --until-idle")]
    Work(WorkArgs),
    /// 供其他系统调用的接口
    #[command(subcommand, after_help = "示例：shenggui api document")]
    Api(ApiCommand),
    /// 打开首页（仅本机 127.0.0.1）
    #[command(after_help = "示例：shenggui serve --port 8026")]
    Serve(ServeArgs),
    /// 建立演示省份并打开首页
    #[command(after_help = "示例：shenggui demo\n      shenggui demo --firms 50000 --no-serve")]
    Demo(DemoArgs),
    /// 性能测量用，供 cargo xtask bench 调用
    #[command(hide = true, subcommand)]
    Bench(BenchCommand),
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 种类：register 名录 · tax 税务 · power 用电用气 · insurance 社保 · confirmed 确认名单 · pool-list 培育库名单
    #[arg(value_name = "种类")]
    pub kind: String,
    /// XLSX、XLS 或 CSV 文件
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 数据月份；不写则取自表内、表名或文件名
    #[arg(long, value_name = "年-月")]
    pub month: Option<Month>,
    /// 只覆盖一个市时写其代码
    #[arg(long, value_name = "代码")]
    pub area: Option<u32>,
    /// 交付单位：部门或市县的名称、代码
    #[arg(long = "as", value_name = "单位")]
    pub agency: String,
    /// 表内没有写单位时指明：元、千元、万元、亿元、千瓦时、万千瓦时
    #[arg(long, value_name = "单位")]
    pub unit: Option<String>,
    /// 更正先前的批次
    #[arg(long, value_name = "批次")]
    pub supersedes: Option<i64>,
    /// 退回的行写到哪里；不写则在原文件旁边
    #[arg(long, value_name = "路径")]
    pub errors: Option<PathBuf>,
    /// 实际接收日期，默认今天
    #[arg(long, value_name = "日期")]
    pub received: Option<NaiveDate>,
    /// 只预览，不存入
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// 统计时点
    #[arg(long, value_name = "年-月", required_unless_present = "replay")]
    pub as_of: Option<Month>,
    /// 只用这一天以前收到的数据，默认今天
    #[arg(long, value_name = "日期")]
    pub known_by: Option<NaiveDate>,
    /// 重算一个快照，核对是否逐字节相同
    #[arg(long, value_name = "快照", conflicts_with_all = ["as_of", "known_by"])]
    pub replay: Option<i64>,
}

#[derive(Debug, Args)]
pub struct FirmArgs {
    /// 统一社会信用代码
    #[arg(value_name = "代码")]
    pub uscc: String,
    /// 谁在查看；不写则税务数据按档显示
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 查看原值的用途，记入日志
    #[arg(long, value_name = "用途")]
    pub purpose: Option<String>,
    /// 截至月份，默认最近一次运行
    #[arg(long, value_name = "年-月")]
    pub as_of: Option<Month>,
}

/// Who records something and why.
#[derive(Debug, Args)]
pub struct Signature {
    /// 办理单位
    #[arg(long = "as", value_name = "单位")]
    pub agency: String,
    /// 经办人
    #[arg(long = "by", value_name = "姓名")]
    pub person: String,
    /// 办理日期，默认今天
    #[arg(long, value_name = "日期")]
    pub on: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub struct BulletinArgs {
    /// 2026-Q3 或 2026
    #[arg(value_name = "期")]
    pub period: ReportPeriod,
    /// 写到哪个目录
    #[arg(long, value_name = "目录", required_unless_present_any = ["issue", "approve"])]
    pub out: Option<PathBuf>,
    /// 成文日期，默认截止月份后的第十五日
    #[arg(long, value_name = "日期")]
    pub date: Option<NaiveDate>,
    /// 用哪个快照，默认该期末最近一次运行
    #[arg(long, value_name = "快照")]
    pub snapshot: Option<i64>,
    /// 对已印发的通报出更正通报
    #[arg(long)]
    pub correct: bool,
    /// 记录已签发，写明文号中的序号
    #[arg(long, value_name = "序号")]
    pub issue: Option<u32>,
    /// 批准年度通报的附件：praise 表扬 · criticism 批评 · summon 约谈
    #[arg(long, value_name = "附件")]
    pub approve: Option<String>,
    /// 办理单位（签发、批准时）
    #[arg(long = "as", value_name = "单位")]
    pub agency: Option<String>,
    /// 签发或批准人
    #[arg(long = "by", value_name = "姓名")]
    pub person: Option<String>,
}

impl BulletinArgs {
    /// The bulletin of a period, with nothing else said of it.
    pub fn of_period(period: ReportPeriod) -> BulletinArgs {
        BulletinArgs {
            period,
            out: None,
            date: None,
            snapshot: None,
            correct: false,
            issue: None,
            approve: None,
            agency: None,
            person: None,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// 检查政策包，列出全部问题和条款覆盖情况
    #[command(after_help = "示例：shenggui pack check policy/henan")]
    Check {
        /// 政策包目录，不写则查程序自带的
        #[arg(value_name = "目录")]
        folder: Option<PathBuf>,
    },
    /// 把政策包写到一个新目录，供修改
    #[command(
        after_help = "示例：shenggui pack export 政策包\n      shenggui --pack 旧政策包 pack export 新政策包"
    )]
    Export {
        /// 写到哪个目录；目录须不存在或是空的
        #[arg(value_name = "目录")]
        folder: PathBuf,
    },
    /// 由政策包生成事实、参数、条件语言、措施的参考页（Markdown）
    #[command(
        after_help = "示例：shenggui pack reference --out docs/reference\n      shenggui --pack 政策包 pack reference --out 参考"
    )]
    Reference {
        /// 写到哪个目录；同名的页会被替换
        #[arg(long, value_name = "目录")]
        out: PathBuf,
    },
    /// 存入方案原文（UTF-8 文本），与各条款对照显示
    #[command(
        after_help = "示例：shenggui pack attach 方案.txt --as 领导小组办公室 --by 经办人\n句前标注 【2.1.1】 的归入该条，其余按标题归入各章节"
    )]
    Attach(AttachArgs),
    /// 存入各市的边界图（GeoJSON），地图页显示
    #[command(
        after_help = "示例：shenggui pack attach-map 各市.geojson --approval 豫S〔2026年〕001号 --as 领导小组办公室 --by 经办人"
    )]
    AttachMap(AttachMapArgs),
}

impl PackCommand {
    /// Whether it writes into the data folder.
    pub fn needs_office(&self) -> bool {
        matches!(self, PackCommand::Attach(_) | PackCommand::AttachMap(_))
    }
}

#[derive(Debug, Args)]
pub struct AttachArgs {
    /// 方案原文文件
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Args)]
pub struct AttachMapArgs {
    /// GeoJSON 文件，每个省辖市一个图形，properties 有 adcode
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 审图号
    #[arg(long, value_name = "审图号")]
    pub approval: String,
    #[command(flatten)]
    pub signature: Signature,
}

#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// 登记校验位不符但真实的代码
    #[command(
        after_help = "示例：shenggui register exception 91350100M0001TGQXM --evidence 营业执照复印件 --as 市场监管局 --by 经办人"
    )]
    Exception {
        /// 统一社会信用代码
        #[arg(value_name = "代码")]
        uscc: String,
        /// 依据
        #[arg(long, value_name = "依据")]
        evidence: String,
        #[command(flatten)]
        signature: Signature,
    },
}

#[derive(Debug, Subcommand)]
pub enum IndicatorsCommand {
    /// 全部批次
    #[command(after_help = "示例：shenggui indicators batches")]
    Batches,
    /// 一个批次及逐行说明
    #[command(after_help = "示例：shenggui indicators batch 3")]
    Batch {
        /// 批次号
        #[arg(value_name = "批次")]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// 写到哪个文件；已有的文件不覆盖
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 经办人，记入日志
    #[arg(long = "by", value_name = "姓名")]
    pub person: Option<String>,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// 备份文件
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 经办人，记入日志
    #[arg(long = "by", value_name = "姓名")]
    pub person: Option<String>,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// 端口，默认随配置，配置没有写的为8026
    #[arg(long, value_name = "端口")]
    pub port: Option<u16>,
    /// 配置文件，默认为数据目录中的 shenggui.toml（可以没有）
    #[arg(long, value_name = "文件")]
    pub config: Option<PathBuf>,
    /// 只列出全部地址和可用的岗位权限，不打开
    #[arg(long)]
    pub routes: bool,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// 企业家数
    #[arg(long, value_name = "家数")]
    pub firms: Option<usize>,
    /// 多少个月的数据
    #[arg(long, value_name = "月数")]
    pub months: Option<u32>,
    /// 随机种子
    #[arg(long, value_name = "数")]
    pub seed: Option<u64>,
    /// 本机端口
    #[arg(long, default_value_t = 8026, value_name = "端口")]
    pub port: u16,
    /// 只建立，不打开首页
    #[arg(long)]
    pub no_serve: bool,
}

#[derive(Debug, Subcommand)]
pub enum ApiCommand {
    /// 输出接口文档（OpenAPI 3.1）
    #[command(after_help = "示例：shenggui api document > openapi.json")]
    Document,
}
