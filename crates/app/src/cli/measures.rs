//! Words of `shenggui measures`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum MeasuresCommand {
    /// 试算措施的案例，列出结论不符的和没有试到的
    #[command(
        after_help = "示例：shenggui measures test\n      shenggui measures test small-profit-income-tax --mutate"
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
