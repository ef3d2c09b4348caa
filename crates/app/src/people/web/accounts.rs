//! `/people`: the system keeper makes and closes accounts. Personal data is masked; whoever
//! needs it says what for, and that leaves a line.

use super::{Done, PostLine, account_of, back, day, keeper, number, post_line, refusal};
use crate::web::Workplace;
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use programme::database::commit;
use programme::journal::{self, Line};
use programme::people::accounts::{self, Account, Post, masked_phone};
use programme::people::keepers;
use programme::people::sign_on::{self, SignOnLink};
use rules::pack::Pack;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Accounts on a page.
pub(super) const PAGE: i64 = 50;
const PURPOSE_MAX: usize = 100;

pub fn routes() -> Routes {
    let keep = Access::May(Right::Accounts);
    Routes::new()
        .get("/people", keep, list_accounts)
        .post("/people", keep, create_account)
        .get("/people/{account}", keep, show_account)
        .post("/people/{account}/phone", keep, show_phone)
        .get("/people/{account}/closure", keep, ask_closure)
        .post("/people/{account}/closure", keep, create_closure)
}

/// One account of a list.
pub(super) struct AccountLine {
    pub id: i64,
    pub login: String,
    pub name: String,
    pub phone: String,
    pub posts: String,
    pub made: String,
    pub is_closed: bool,
}

/// What is asked of a list of accounts.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    after: i64,
}

/// A page of accounts, with the address of the next where there is one.
pub(super) async fn lines(
    visitor: &Visitor,
    path: &str,
    asked: &Asked,
) -> Result<(Vec<AccountLine>, String), Failure> {
    let office = visitor.office();
    let db = office.db.reading();
    let mut found = accounts::accounts(db, &asked.q, asked.after, PAGE + 1).await?;
    let has_more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let next = match found.last().filter(|_| has_more) {
        Some(last) => {
            let address = Address::of(path).with("q", &asked.q);
            address.with("after", last.id).to_string()
        }
        None => String::new(),
    };
    let mut lines = Vec::new();
    for account in &found {
        let posts = accounts::posts_of(db, account.id).await?;
        lines.push(line(&office.pack, account, &posts));
    }
    Ok((lines, next))
}

fn line(pack: &Pack, account: &Account, posts: &[Post]) -> AccountLine {
    let held = posts.iter().filter(|post| post.ended_at.is_none());
    let held: Vec<String> = held
        .map(|post| {
            let line = post_line(pack, post);
            format!("{} {}", line.organisation, line.role)
        })
        .collect();
    AccountLine {
        id: account.id,
        login: account.login.clone(),
        name: account.name.clone(),
        phone: masked_phone(&account.phone),
        posts: held.join("、"),
        made: day(account.made_at),
        is_closed: account.closed_at.is_some(),
    }
}

#[derive(Template)]
#[template(path = "people/accounts.html")]
struct AccountsPage {
    frame: Frame,
    q: String,
    lines: Vec<AccountLine>,
    next: String,
}

async fn list_accounts(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let (lines, next) = lines(&visitor, "/people", &asked).await?;
    let frame = visitor.frame("账号", "/people").await?;
    html(&AccountsPage {
        frame,
        q: asked.q,
        lines,
        next,
    })
}

#[derive(Deserialize)]
struct NewAccount {
    login: String,
    name: String,
    phone: String,
}

async fn create_account(visitor: Visitor, Form(given): Form<NewAccount>) -> Outcome {
    let keeper = keeper(&visitor)?;
    let tx = visitor.office().db.begin_writing().await?;
    let person = (&*given.login, &*given.name, &*given.phone);
    let made = keepers::create_account(&tx, &keeper, person).await?;
    let account = made.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&format!("/people/{}", account.id), "created"))
}

#[derive(Template)]
#[template(path = "people/one.html")]
struct OnePage {
    frame: Frame,
    id: i64,
    login: String,
    name: String,
    phone: String,
    is_phone_shown: bool,
    made: String,
    closed: String,
    posts: Vec<PostLine>,
    sign_on: Option<SignOnPart>,
}

/// What the page says of single sign-on, where there is any.
struct SignOnPart {
    name: String,
    /// Empty where the account has no link.
    subject: String,
    since: String,
    /// Whether the owner has confirmed it, in words.
    confirmation: String,
    is_unconfirmed: bool,
    /// Whether it is to the provider that is configured now.
    is_current: bool,
}

async fn sign_on_part(
    workplace: &Workplace,
    visitor: &Visitor,
    account: &Account,
) -> Result<Option<SignOnPart>, Failure> {
    let Some(provider) = workplace.config.sign_on() else {
        return Ok(None);
    };
    let link = sign_on::linked(visitor.office().db.reading(), account.id).await?;
    Ok(Some(SignOnPart {
        name: provider.name.to_string(),
        since: link
            .as_ref()
            .map_or(String::new(), |link| day(link.made_at)),
        is_unconfirmed: link
            .as_ref()
            .is_some_and(|link| link.confirmed_at.is_none()),
        confirmation: link.as_ref().map_or(String::new(), confirmation),
        is_current: link
            .as_ref()
            .is_none_or(|link| link.issuer == provider.issuer),
        subject: link.map_or(String::new(), |link| link.subject),
    }))
}

/// Whether the owner has confirmed a link, in words.
fn confirmation(link: &SignOnLink) -> String {
    match link.confirmed_at {
        Some(at) => format!("已确认（{}）", day(at)),
        None => "待本人确认".to_string(),
    }
}

const DONE: &[(&str, &str)] = &[
    (
        "created",
        "账号已建立，还不能登录。请告知安全管理员授予岗位、发放首次密码",
    ),
    ("closed", "账号已注销，岗位、登录、程序令牌同时结束"),
    (
        "linked",
        "账号已关联统一身份，待本人首次用单点登录时输密码确认",
    ),
    ("unlinked", "已取消关联，本人今后用密码登录"),
];

async fn one(
    workplace: &Workplace,
    visitor: &Visitor,
    account: &Account,
    is_phone_shown: bool,
) -> Result<OnePage, Failure> {
    let office = visitor.office();
    let posts = accounts::posts_of(office.db.reading(), account.id).await?;
    Ok(OnePage {
        frame: visitor.frame(account.in_words(), "/people").await?,
        id: account.id,
        login: account.login.clone(),
        name: account.name.clone(),
        phone: match is_phone_shown {
            true => account.phone.clone(),
            false => masked_phone(&account.phone),
        },
        is_phone_shown,
        made: day(account.made_at),
        closed: account.closed_at.map_or(String::new(), day),
        posts: posts
            .iter()
            .map(|post| post_line(&office.pack, post))
            .collect(),
        sign_on: sign_on_part(workplace, visitor, account).await?,
    })
}

async fn show_account(
    State(workplace): State<Workplace>,
    visitor: Visitor,
    Path(account): Path<String>,
    Query(asked): Query<Done>,
) -> Outcome {
    let account = account_of(&visitor, number(&account)?).await?;
    let mut page = one(&workplace, &visitor, &account, false).await?;
    page.frame.flash = asked.flash(DONE);
    html(&page)
}

#[derive(Deserialize)]
struct Purpose {
    purpose: String,
}

/// A POST, since it leaves a line.
async fn show_phone(
    State(workplace): State<Workplace>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(given): Form<Purpose>,
) -> Outcome {
    let account = account_of(&visitor, number(&account)?).await?;
    let purpose: String = given.purpose.trim().chars().take(PURPOSE_MAX).collect();
    if purpose.is_empty() {
        let text = "查看完整电话要写明用途，用途记入日志";
        return Err(Failure::Refused(text.to_string()));
    }
    let act = visitor.act()?;
    let tx = visitor.office().db.begin_writing().await?;
    let line = Line {
        act: "people.unmask",
        subject: account.login.clone(),
        detail: format!("电话：{purpose}"),
    };
    journal::append(&tx, &act, &line).await?;
    commit(tx).await?;
    html(&one(&workplace, &visitor, &account, true).await?)
}

#[derive(Template)]
#[template(path = "people/closure.html")]
struct ClosurePage {
    frame: Frame,
    home: String,
    address: String,
    head: String,
    posts: Vec<PostLine>,
}

async fn ask_closure(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let account = account_of(&visitor, number(&account)?).await?;
    if account.closed_at.is_some() {
        return Ok(Redirect::to(&format!("/people/{}", account.id)).into_response());
    }
    let office = visitor.office();
    let posts = accounts::posts_of(office.db.reading(), account.id).await?;
    let held = posts.iter().filter(|post| post.ended_at.is_none());
    html(&ClosurePage {
        frame: visitor.frame("注销账号", "/people").await?,
        home: format!("/people/{}", account.id),
        address: format!("/people/{}/closure", account.id),
        head: format!("注销 {} 的账号", account.in_words()),
        posts: held.map(|post| post_line(&office.pack, post)).collect(),
    })
}

async fn create_closure(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let keeper = keeper(&visitor)?;
    let office = visitor.office();
    let tx = office.db.begin_writing().await?;
    let id = number(&account)?;
    let closed = keepers::close_account(&tx, &office.pack, &keeper, id).await?;
    closed.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&format!("/people/{id}"), "closed"))
}
