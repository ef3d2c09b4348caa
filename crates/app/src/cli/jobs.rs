//! Words of `shenggui jobs` and `shenggui work`.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rules::period::{Month, ReportPeriod};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct JobsArgs {
    #[command(subcommand)]
    pub command: Option<JobsCommand>,
    /// 最多列多少项
    #[arg(long, default_value_t = 50, value_name = "项数")]
    pub limit: u32,
    /// 只列编号比它小的，用来翻页
    #[arg(long, value_name = "任务")]
    pub before: Option<i64>,
}

#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// 一项任务办到哪里、结果在哪里
    #[command(after_help = "示例：shenggui jobs show 3\n      shenggui jobs show 3 --out 结果")]
    Show {
        /// 任务编号
        #[arg(value_name = "任务")]
        id: i64,
        /// 把办成的通报、退回的数据行写到哪个目录
        #[arg(long, value_name = "目录")]
        out: Option<PathBuf>,
    },
    /// 取消还没有办完的任务；正在办理的，结果不再存入
    #[command(after_help = "示例：shenggui jobs cancel 3 --as 工信厅 --by 经办人")]
    Cancel {
        /// 任务编号
        #[arg(value_name = "任务")]
        id: i64,
        #[command(flatten)]
        asker: Asker,
    },
    /// 提交一项任务，由空闲的节点办理
    #[command(
        subcommand,
        after_help = "示例：shenggui jobs ask run --as-of 2026-09 --as 工信厅 --by 经办人"
    )]
    Ask(AskCommand),
}

/// Who asks.
#[derive(Debug, Args)]
pub struct Asker {
    /// 提交单位
    #[arg(long = "as", value_name = "单位")]
    pub agency: String,
    /// 经办人
    #[arg(long = "by", default_value = "", value_name = "姓名")]
    pub person: String,
}

/// Who asks, and whether it was asked before.
#[derive(Debug, Args)]
pub struct Asking {
    #[command(flatten)]
    pub asker: Asker,
    /// 提交编号：同一单位用同一编号再提交，不会重复办理
    #[arg(long, value_name = "编号")]
    pub key: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum AskCommand {
    /// 计算全省各企业所在阶段
    #[command(after_help = "示例：shenggui jobs ask run --as-of 2026-09 --as 工信厅 --by 经办人")]
    Run {
        /// 统计时点
        #[arg(long, value_name = "年-月")]
        as_of: Month,
        /// 只用这一天以前收到的数据，默认今天
        #[arg(long, value_name = "日期")]
        known_by: Option<NaiveDate>,
        #[command(flatten)]
        asking: Asking,
    },
    /// 导入一份交付；文件先存进数据库，任何节点都能办理
    #[command(
        after_help = "示例：shenggui jobs ask import tax 税务2026-09.csv --as 税务局 --by 经办人"
    )]
    Import {
        /// 种类：register 名录 · tax 税务 · power 用电用气 · insurance 社保 · confirmed 确认名单 · pool-list 培育库名单
        #[arg(value_name = "种类")]
        kind: String,
        /// XLSX、XLS 或 CSV 文件
        #[arg(value_name = "文件")]
        file: PathBuf,
        /// 数据月份；不写则取自表内、表名或文件名
        #[arg(long, value_name = "年-月")]
        month: Option<Month>,
        /// 只覆盖一个市时写其代码
        #[arg(long, value_name = "代码")]
        area: Option<u32>,
        /// 表内没有写单位时指明
        #[arg(long, value_name = "单位")]
        unit: Option<String>,
        /// 更正先前的批次
        #[arg(long, value_name = "批次")]
        supersedes: Option<i64>,
        /// 实际接收日期，默认今天
        #[arg(long, value_name = "日期")]
        received: Option<NaiveDate>,
        #[command(flatten)]
        asking: Asking,
    },
    /// 生成通报送审稿（季度 2026-Q3，年度 2026），或记录印发
    #[command(after_help = "示例：shenggui jobs ask bulletin 2026-Q3 --as 工信厅 --by 经办人")]
    Bulletin {
        /// 2026-Q3 或 2026
        #[arg(value_name = "期")]
        period: ReportPeriod,
        /// 成文日期，默认截止月份后的第十五日
        #[arg(long, value_name = "日期")]
        date: Option<NaiveDate>,
        /// 用哪个快照，默认该期末最近一次运行
        #[arg(long, value_name = "快照")]
        snapshot: Option<i64>,
        /// 对已印发的通报出更正通报
        #[arg(long)]
        correct: bool,
        /// 记录已签发，写明文号中的序号
        #[arg(long, value_name = "序号")]
        issue: Option<u32>,
        #[command(flatten)]
        asking: Asking,
    },
}

#[derive(Debug, Args)]
pub struct WorkArgs {
    /// 租约秒数：节点失去联系这么久以后，由别的节点接手
    #[arg(
        long,
        env = "SHENGGUI_LEASE",
        default_value_t = 30,
        value_name = "秒数",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub lease: u64,
    /// 节点名称，默认由主机名和进程号组成
    #[arg(long, value_name = "名称")]
    pub name: Option<String>,
    /// 没有可办的任务时就结束
    #[arg(long)]
    pub until_idle: bool,
}
