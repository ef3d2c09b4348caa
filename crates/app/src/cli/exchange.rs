//! Words of `shenggui exchange`.

use super::Signature;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ExchangeCommand {
    /// 发放一份名单
    #[command(
        after_help = "示例：shenggui exchange issue platforms --to 省融资云平台 --as 领导小组办公室 --by 经办人 --out 名单"
    )]
    Issue(IssueListArgs),
    /// 已发的名单
    #[command(after_help = "示例：shenggui exchange lists")]
    Lists,
    /// 核对名单文件的签名和指纹
    #[command(after_help = "示例：shenggui exchange verify 名单 --key 公钥.txt")]
    Verify {
        /// 名单文件所在的目录
        #[arg(value_name = "目录")]
        folder: PathBuf,
        /// 发放单位交来的公钥
        #[arg(long, value_name = "文件")]
        key: Option<PathBuf>,
    },
    /// 生成名单签名密钥，显示公钥
    #[command(after_help = "示例：shenggui exchange key")]
    Key,
}

#[derive(Debug, Args)]
pub struct IssueListArgs {
    /// 名单种类，见政策包 exchange.toml
    #[arg(value_name = "种类")]
    pub kind: String,
    /// 接收单位
    #[arg(long, value_name = "单位")]
    pub to: String,
    /// 把名单文件写到哪个目录
    #[arg(long, value_name = "目录")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub signature: Signature,
}
