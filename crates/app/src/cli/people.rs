//! Words of `shenggui people`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// 建立第一批三员（系统、安全、审计管理员），各打印一次首次密码
    #[command(
        after_help = "示例：shenggui people first-keepers --system 张三,13800000001 --security 李四,13800000002 --audit 王五,13800000003 --by 赵六"
    )]
    FirstKeepers(FirstKeepersArgs),
    /// 岗位和权限一览
    #[command(after_help = "示例：shenggui people roles")]
    Roles,
    /// 全部账号和岗位
    #[command(
        after_help = "示例：shenggui people accounts\n      shenggui people accounts --search 张"
    )]
    Accounts(AccountsArgs),
    /// 一个账号：岗位、密码、动态口令、登录
    #[command(after_help = "示例：shenggui people show zhangsan")]
    Show {
        /// 账号
        #[arg(value_name = "账号")]
        login: String,
    },
    /// 建立账号
    #[command(
        after_help = "示例：shenggui people create zhangsan --name 张三 --phone 13812345678 --by 赵六"
    )]
    Create(CreateArgs),
    /// 授予岗位
    #[command(
        after_help = "示例：shenggui people grant zhangsan --organisation 洛阳市 --role area --by 赵六"
    )]
    Grant(GrantArgs),
    /// 结束岗位
    #[command(after_help = "示例：shenggui people end-post 3 --by 赵六")]
    EndPost {
        /// 岗位号，见 shenggui people show
        #[arg(value_name = "岗位号")]
        post: i64,
        #[command(flatten)]
        by: Operator,
    },
    /// 注销账号
    #[command(after_help = "示例：shenggui people close zhangsan --by 赵六")]
    Close(OneAccountArgs),
    /// 解锁
    #[command(after_help = "示例：shenggui people unlock zhangsan --by 赵六")]
    Unlock(OneAccountArgs),
    /// 生成首次密码，只打印一次
    #[command(after_help = "示例：shenggui people reset-password zhangsan --by 赵六")]
    ResetPassword(OneAccountArgs),
    /// 重置动态口令，本人下次登录时重新绑定
    #[command(after_help = "示例：shenggui people reset-factor zhangsan --by 赵六")]
    ResetFactor(OneAccountArgs),
    /// 关联统一身份，本人确认后可以单点登录
    #[command(after_help = "示例：shenggui people link zhangsan --subject 248289761001 --by 赵六")]
    Link(LinkArgs),
    /// 取消关联统一身份
    #[command(after_help = "示例：shenggui people unlink zhangsan --by 赵六")]
    Unlink(OneAccountArgs),
    /// 结束一个账号的全部登录
    #[command(after_help = "示例：shenggui people end-sessions zhangsan --by 赵六")]
    EndSessions(OneAccountArgs),
}

/// The operator at the machine, who answers for what is done.
#[derive(Debug, Args)]
pub struct Operator {
    /// 经办人（运行人员），记入日志
    #[arg(long = "by", value_name = "姓名")]
    pub person: String,
}

#[derive(Debug, Args)]
pub struct FirstKeepersArgs {
    /// 系统管理员：姓名,电话
    #[arg(long, value_name = "姓名,电话")]
    pub system: String,
    /// 安全管理员：姓名,电话
    #[arg(long, value_name = "姓名,电话")]
    pub security: String,
    /// 审计管理员：姓名,电话
    #[arg(long, value_name = "姓名,电话")]
    pub audit: String,
    #[command(flatten)]
    pub by: Operator,
}

#[derive(Debug, Args)]
pub struct AccountsArgs {
    /// 账号或姓名中的文字
    #[arg(long, default_value = "", value_name = "文字")]
    pub search: String,
    /// 最多列出多少个
    #[arg(long, default_value_t = 200, value_name = "条数")]
    pub limit: u32,
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    /// 账号：2至32位小写字母、数字、点、连字符或下划线
    #[arg(value_name = "账号")]
    pub login: String,
    /// 姓名
    #[arg(long, value_name = "姓名")]
    pub name: String,
    /// 手机号码或带区号的座机
    #[arg(long, value_name = "电话")]
    pub phone: String,
    #[command(flatten)]
    pub by: Operator,
}

#[derive(Debug, Args)]
pub struct GrantArgs {
    /// 账号
    #[arg(value_name = "账号")]
    pub login: String,
    /// 单位：部门或市县的名称、代码
    #[arg(long, value_name = "单位")]
    pub organisation: String,
    /// 岗位的标识，见 shenggui people roles
    #[arg(long, value_name = "岗位")]
    pub role: String,
    #[command(flatten)]
    pub by: Operator,
}

#[derive(Debug, Args)]
pub struct LinkArgs {
    /// 账号
    #[arg(value_name = "账号")]
    pub login: String,
    /// 统一身份的标识，照本人登录时页面显示的原样
    #[arg(long, value_name = "标识")]
    pub subject: String,
    /// 认证方的地址（issuer），默认取配置文件中的
    #[arg(long, value_name = "地址")]
    pub issuer: Option<String>,
    #[command(flatten)]
    pub by: Operator,
}

#[derive(Debug, Args)]
pub struct OneAccountArgs {
    /// 账号
    #[arg(value_name = "账号")]
    pub login: String,
    #[command(flatten)]
    pub by: Operator,
}
