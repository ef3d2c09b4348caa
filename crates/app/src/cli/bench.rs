//! What only `cargo xtask bench` asks for.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// 直接写入合成批次
    Fill {
        #[arg(long)]
        firms: usize,
        #[arg(long, default_value_t = 36)]
        months: u32,
    },
    /// 写出一个月的税务交付文件（CSV 和 XLSX）
    Files {
        #[arg(long)]
        firms: usize,
        #[arg(long)]
        out: PathBuf,
    },
    /// 只用读表库逐格读一遍，作为比较
    ReadSheet { file: PathBuf },
    /// 分别测量装载、编译和判定全部措施的时间
    Verdicts(VerdictsArgs),
    /// 测量学习全省和算出每家企业全年落点的时间，企业在内存里合成
    Landing(LandingTimeArgs),
    /// 测量预测一个文件里全部序列的时间，不含读写
    Forecast(ForecastTimeArgs),
    /// 许多人同时查看页面，服务另行打开
    Web(WebArgs),
    /// 写出最近快照的全部事实和本程序的结论，供别的引擎判定后比较
    Facts {
        #[arg(long)]
        out: PathBuf,
        /// 按哪一天的规定，默认今天
        #[arg(long)]
        on: Option<NaiveDate>,
        /// 只写均匀抽取的约这么多家
        #[arg(long)]
        sample: Option<usize>,
    },
}

#[derive(Debug, Args)]
pub struct VerdictsArgs {
    /// 按哪一天的规定，默认今天
    #[arg(long)]
    pub on: Option<NaiveDate>,
    /// 取几轮中最快的一轮
    #[arg(long, default_value_t = 5)]
    pub rounds: u32,
    #[arg(long)]
    pub threads: Option<usize>,
    /// 把快照的企业首尾相接重复几遍
    #[arg(long, default_value_t = 1)]
    pub times: usize,
}

#[derive(Debug, Args)]
pub struct LandingTimeArgs {
    #[arg(long)]
    pub firms: usize,
    /// 取几轮中最快的一轮
    #[arg(long, default_value_t = 3)]
    pub rounds: u32,
    #[arg(long)]
    pub threads: Option<usize>,
}

#[derive(Debug, Args)]
pub struct ForecastTimeArgs {
    /// CSV 文件，三列：id,month,value
    #[arg(long)]
    pub input: PathBuf,
    #[arg(long)]
    pub horizon: u32,
    /// 取几轮中最快的一轮
    #[arg(long, default_value_t = 10)]
    pub rounds: u32,
    #[arg(long)]
    pub threads: Option<usize>,
}

#[derive(Debug, Args)]
pub struct WebArgs {
    /// 服务的地址
    #[arg(long)]
    pub address: String,
    #[arg(long, default_value_t = 50)]
    pub users: usize,
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// 每人看完一页后平均停多少毫秒
    #[arg(long, default_value_t = 1000)]
    pub pause: u64,
    /// 只看这一页，如 /register
    #[arg(long)]
    pub page: Option<String>,
    /// 不看页面，只把全部企业导出一次：xlsx 或 csv
    #[arg(long)]
    pub export: Option<String>,
}
