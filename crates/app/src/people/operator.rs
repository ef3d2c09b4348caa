//! `shenggui people`: what the operator does at the machine. The first keepers are made here,
//! and what keepers may not do to one another.

use super::{passwords, secrets};
use crate::cli::{
    AccountsArgs, FirstKeepersArgs, LinkArgs, OneAccountArgs, Operator, PeopleCommand,
};
use crate::office::{Office, refuse, today};
use crate::report::{Field, Report, Table};
use crate::web::config;
use anyhow::Result;
use chrono::{DateTime, Local, Utc};
use programme::database::Transaction;
use programme::people::Organisation;
use programme::people::accounts::{self, Account, Post, masked_phone, normal_login};
use programme::people::attempts::{self, Standing, standing};
use programme::people::keepers::{self, Keeper, KeeperRefusal};
use programme::people::{factors, passwords as kept, sign_on};
use rules::pack::Pack;
use rules::pack::roles::{Right, Role, RoleRegion};

pub async fn command(office: &Office, command: &PeopleCommand) -> Result<Report> {
    match command {
        PeopleCommand::Roles => Ok(roles(&office.pack)),
        PeopleCommand::Accounts(arguments) => list(office, arguments).await,
        PeopleCommand::Show { login } => show(office, login).await,
        PeopleCommand::FirstKeepers(arguments) => first_keepers(office, arguments).await,
        command => act(office, command).await,
    }
}

/// The operator acts for the provincial office.
fn operator(office: &Office, by: &Operator) -> Result<Keeper> {
    if by.person.trim().is_empty() {
        return refuse("请写明经办人（--by）");
    }
    let person = format!("{}（服务器操作）", by.person.trim());
    Ok(Keeper {
        account: None,
        act: office.act(office.provincial_office(), &person, None)?,
    })
}

async fn known(tx: &Transaction, login: &str) -> Result<Account> {
    match accounts::account_of_login(tx, &normal_login(login)).await? {
        Some(account) => Ok(account),
        None => refuse(format!(
            "没有账号“{login}”，全部账号见 shenggui people accounts"
        )),
    }
}

fn answered<T>(answer: Result<T, KeeperRefusal>) -> Result<T> {
    answer.or_else(refuse)
}

/// Acts on one account, each in one transaction.
async fn act(office: &Office, command: &PeopleCommand) -> Result<Report> {
    let pack = &office.pack;
    let tx = office.db.begin_writing().await?;
    let report = match command {
        PeopleCommand::Create(own) => {
            let keeper = operator(office, &own.by)?;
            let person = (&*own.login, &*own.name, &*own.phone);
            let account = answered(keepers::create_account(&tx, &keeper, person).await?)?;
            let login = &account.login;
            Report::new(format!("账号“{login}”已建立"))
                .note(format!("授予岗位：shenggui people grant {login} --organisation 单位 --role 岗位 --by 经办人"))
                .note(format!("发放首次密码：shenggui people reset-password {login} --by 经办人"))
        }
        PeopleCommand::Grant(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            let organisation = office.organisation(&own.organisation)?;
            let post = (&organisation, own.role.as_str());
            let id = answered(keepers::give_post(&tx, pack, &keeper, account.id, post).await?)?;
            let name = organisation.name(pack, today());
            Report::new(format!(
                "已授予“{}”{name}“{}”岗位，岗位号 {id}",
                account.login, own.role
            ))
        }
        PeopleCommand::EndPost { post, by } => {
            let keeper = operator(office, by)?;
            answered(keepers::end_post(&tx, pack, &keeper, *post).await?)?;
            Report::new(format!("岗位 {post} 已结束"))
        }
        PeopleCommand::Close(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            answered(keepers::close_account(&tx, pack, &keeper, account.id).await?)?;
            Report::new(format!("账号“{}”已注销", account.login))
        }
        PeopleCommand::Unlock(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            answered(keepers::unlock(&tx, &keeper, account.id).await?)?;
            Report::new(format!("账号“{}”已解锁", account.login))
        }
        PeopleCommand::ResetPassword(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            let password = first_password(office, &tx, &keeper, &account).await?;
            told(pack, &[(account, password)])
        }
        PeopleCommand::ResetFactor(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            answered(keepers::reset_factor(&tx, pack, &keeper, account.id).await?)?;
            Report::new(format!("账号“{}”的动态口令已重置", account.login))
        }
        PeopleCommand::Link(own) => link(office, &tx, own).await?,
        PeopleCommand::Unlink(own) => unlink(office, &tx, own).await?,
        PeopleCommand::EndSessions(own) => {
            let keeper = operator(office, &own.by)?;
            let account = known(&tx, &own.login).await?;
            let ended = answered(keepers::end_sessions(&tx, &keeper, account.id).await?)?;
            Report::new(format!("账号“{}”的登录已结束{ended}处", account.login))
        }
        PeopleCommand::Roles
        | PeopleCommand::Accounts(_)
        | PeopleCommand::Show { .. }
        | PeopleCommand::FirstKeepers(_) => unreachable!("answered by `command`"),
    };
    tx.commit().await?;
    Ok(report)
}

async fn link(office: &Office, tx: &Transaction, own: &LinkArgs) -> Result<Report> {
    let keeper = operator(office, &own.by)?;
    let account = known(tx, &own.login).await?;
    let (login, issuer) = (&account.login, issuer(office, own)?);
    let identity = (issuer.as_str(), own.subject.as_str());
    answered(sign_on::link(tx, &office.pack, &keeper, account.id, identity).await?)?;
    let subject = own.subject.trim();
    Ok(Report::new(format!(
        "账号“{login}”已关联 {issuer} 的“{subject}”，待本人确认"
    ))
    .note(
        "本人首次用单点登录时输本账号的密码确认；还在用首次密码的，要先用账号和密码登录并改过密码",
    ))
}

async fn unlink(office: &Office, tx: &Transaction, own: &OneAccountArgs) -> Result<Report> {
    let keeper = operator(office, &own.by)?;
    let account = known(tx, &own.login).await?;
    answered(sign_on::unlink(tx, &office.pack, &keeper, account.id).await?)?;
    let login = &account.login;
    Ok(Report::new(format!("账号“{login}”已取消关联统一身份")))
}

/// The provider that an identity is of.
fn issuer(office: &Office, own: &LinkArgs) -> Result<String> {
    if let Some(issuer) = &own.issuer {
        return Ok(issuer.clone());
    }
    let config = config::read(None, &office.folder)?;
    match config.sign_on() {
        Some(sign_on) => Ok(sign_on.issuer.to_string()),
        None => refuse(
            "没有配置单点登录，请用 --issuer 写明认证方的地址，或先在配置文件中写 [oidc] 一节",
        ),
    }
}

async fn first_password(
    office: &Office,
    tx: &Transaction,
    keeper: &Keeper,
    account: &Account,
) -> Result<String> {
    let pack = &office.pack;
    let password = secrets::first_password(&pack.security, &account.login, &account.name)?;
    let hash = passwords::hash(&password)?;
    answered(keepers::reset_password(tx, pack, keeper, account.id, &hash).await?)?;
    Ok(password)
}

/// First passwords, printed once.
fn told(pack: &Pack, made: &[(Account, String)]) -> Report {
    let columns = [
        ("login", "账号"),
        ("name", "姓名"),
        ("password", "首次密码"),
    ];
    let mut table = Table::new("passwords", "首次密码", &columns);
    for (account, password) in made {
        table.row(vec![
            Field::text(account.login.clone()),
            Field::text(account.name.clone()),
            Field::text(password.clone()),
        ]);
    }
    Report::new("首次密码已生成，只显示这一次")
        .table(table)
        .note(format!(
            "{}天内有效，登录后必须先改；请当面交给本人",
            pack.security.first_password_days_max
        ))
}

/// The first account of each keeper's role.
async fn first_keepers(office: &Office, arguments: &FirstKeepersArgs) -> Result<Report> {
    let pack = &office.pack;
    let keeper = operator(office, &arguments.by)?;
    let tx = office.db.begin_writing().await?;
    if keepers::has_keepers(&tx, pack).await? {
        return refuse(
            "已经有三员，不再建立第一批。补充人员：shenggui people create、shenggui people grant",
        );
    }
    let wanted = [
        (Right::Accounts, "system", &arguments.system),
        (Right::Grants, "security", &arguments.security),
        (Right::ExportJournal, "audit", &arguments.audit),
    ];
    let organisation = office.provincial_office();
    let mut made = Vec::new();
    for (right, login, given) in wanted {
        let Some((name, phone)) = given.split_once([',', '，']) else {
            return refuse(format!("“{given}”请写成 姓名,电话"));
        };
        let role = pack
            .roles
            .iter()
            .find(|role| role.keeper && role.may(right));
        let Some(role) = role else {
            return refuse(format!(
                "政策包没有“{}”的管理员岗位，请补上 roles.toml",
                right.name()
            ));
        };
        let person = (login, name, phone);
        let account = answered(keepers::create_account(&tx, &keeper, person).await?)?;
        let post = (&organisation, role.id.as_str());
        answered(keepers::give_post(&tx, pack, &keeper, account.id, post).await?)?;
        let password = first_password(office, &tx, &keeper, &account).await?;
        made.push((account, password));
    }
    tx.commit().await?;
    Ok(told(pack, &made).note("三员登录时还要绑定动态口令，请各自准备手机"))
}

async fn list(office: &Office, arguments: &AccountsArgs) -> Result<Report> {
    let pack = &office.pack;
    let db = office.db.reading();
    let columns = [
        ("login", "账号"),
        ("person", "姓名"),
        ("phone", "电话"),
        ("posts", "岗位"),
        ("made", "建立"),
        ("state", "状态"),
    ];
    let mut table = Table::new("accounts", "账号", &columns);
    let limit = i64::from(arguments.limit);
    for account in accounts::accounts(db, &arguments.search, 0, limit).await? {
        let posts = accounts::posts_of(db, account.id).await?;
        let held = posts.iter().filter(|post| post.ended_at.is_none());
        let held: Vec<String> = held.map(|post| in_words(pack, post)).collect();
        table.row(vec![
            Field::text(account.login.clone()),
            Field::text(account.name.clone()),
            text_or_empty(masked_phone(&account.phone)),
            text_or_empty(held.join("、")),
            Field::text(time(account.made_at)),
            Field::text(if account.closed_at.is_some() {
                "已注销"
            } else {
                "有效"
            }),
        ]);
    }
    Ok(Report::new("账号一览").table(table))
}

fn text_or_empty(text: String) -> Field {
    match text.is_empty() {
        true => Field::Empty,
        false => Field::Text(text),
    }
}

fn in_words(pack: &Pack, post: &Post) -> String {
    let organisation = Organisation::from_id(pack, &post.organisation);
    let name = organisation.map_or(post.organisation.clone(), |own| own.name(pack, today()));
    let role = pack.role(&post.role);
    format!(
        "{name} {}",
        role.map_or(post.role.as_str(), |role| role.name.as_str())
    )
}

fn time(at: i64) -> String {
    let time = DateTime::from_timestamp(at, 0).map(|time| time.with_timezone(&Local));
    time.map_or(String::new(), |time| {
        time.format("%Y-%m-%d %H:%M").to_string()
    })
}

async fn show(office: &Office, login: &str) -> Result<Report> {
    let pack = &office.pack;
    let db = office.db.reading();
    let Some(account) = accounts::account_of_login(db, &normal_login(login)).await? else {
        return refuse(format!(
            "没有账号“{login}”，全部账号见 shenggui people accounts"
        ));
    };
    let now = Utc::now().timestamp();
    let password = kept::newest(db, account.id).await?;
    let factor = factors::confirmed(db, account.id).await?;
    let past = attempts::past(db, &pack.security, (&account.login, ""), now).await?;
    let locked = match standing(&pack.security, &past, now) {
        Standing::Locked { until, .. } => Field::text(format!("锁定到 {}", time(until))),
        _ => Field::text("没有锁定"),
    };
    let columns = [
        ("post", "岗位号"),
        ("organisation", "单位和岗位"),
        ("given", "授予"),
        ("ended", "结束"),
    ];
    let mut table = Table::new("posts", "岗位", &columns);
    for post in accounts::posts_of(db, account.id).await? {
        table.row(vec![
            Field::Count(post.id),
            Field::text(in_words(pack, &post)),
            Field::text(time(post.given_at)),
            post.ended_at
                .map_or(Field::Empty, |at| Field::text(time(at))),
        ]);
    }
    let set = match &password {
        None => Field::text("还没有，请发放首次密码"),
        Some(own) if own.must_change => Field::text(format!("首次密码，{} 发放", time(own.set_at))),
        Some(own) => Field::text(format!("{} 设置", time(own.set_at))),
    };
    let factor = factor.map_or(Field::text("没有绑定"), |own| {
        Field::text(format!("{} 绑定", time(own.made_at)))
    });
    let link = sign_on::linked(db, account.id).await?;
    let link = link.map_or(Field::text("没有关联"), |own| {
        let state = match own.confirmed_at {
            Some(at) => format!("{} 已确认", time(at)),
            None => "待本人确认".to_string(),
        };
        Field::text(format!("{} {}，{state}", own.issuer, own.subject))
    });
    let state = if account.closed_at.is_some() {
        "已注销"
    } else {
        "有效"
    };
    Ok(Report::new(format!("账号 {}", account.in_words()))
        .fact("state", "状态", Field::text(state))
        .fact("phone", "电话", text_or_empty(masked_phone(&account.phone)))
        .fact("password", "密码", set)
        .fact("factor", "动态口令", factor)
        .fact("sign_on", "统一身份", link)
        .fact("lock", "登录", locked)
        .table(table))
}

/// Roles and what each may do.
fn roles(pack: &Pack) -> Report {
    let columns = [
        ("role", "岗位"),
        ("name", "名称"),
        ("region", "看得到的企业"),
        ("keeper", "三员"),
        ("second_factor", "动态口令"),
        ("rights", "权限"),
    ];
    let mut table = Table::new("roles", "岗位", &columns);
    for role in &pack.roles {
        let rights: Vec<&str> = role.rights.iter().map(|right| right.name()).collect();
        table.row(vec![
            Field::text(role.id.clone()),
            Field::text(role.name.clone()),
            Field::text(region(role)),
            Field::Flag(role.keeper),
            Field::Flag(role.second_factor),
            Field::text(rights.join("、")),
        ]);
    }
    Report::new("岗位一览").table(table)
}

fn region(role: &Role) -> &'static str {
    match role.region {
        RoleRegion::Province => "全省",
        RoleRegion::Own => "本地",
        RoleRegion::Itself => "本企业",
        RoleRegion::None => "不看企业",
    }
}
