//! Signing in, step by step: what is taken, what is refused, and what the journal says.
//!
//! Every step runs in one writing transaction that counts earlier attempts, decides and
//! records. Comparing a password with its hash takes long and is done before; the transaction
//! asks again whether that hash is still the one in force.

use super::Organisation;
use super::accounts::{self, Account, Post};
use super::attempts::{self, Outcome, Past, Standing, standing};
use super::factors;
use super::passwords;
use super::sessions::{self, Means, Needs, Session, Stage};
use super::sign_on;
use crate::database::{DatabaseFailure, Transaction};
use crate::journal::{self, Act, Line};
use chrono::NaiveDate;
use rules::pack::Pack;
use sea_orm::ConnectionTrait;

/// Symbols of a login that the journal keeps, whatever was typed.
const LOGIN_KEPT: usize = 64;

/// What holds for everybody who signs in here.
#[derive(Clone, Copy)]
pub struct House<'a> {
    pub pack: &'a Pack,
    /// A demonstration asks for no new password and no second factor.
    pub is_demonstration: bool,
    /// Whether signing in ends the account's other sessions.
    pub one_session: bool,
    /// Whether everybody needs a second factor, and not only those whose role says so.
    pub second_factor: bool,
}

/// Who asks, from where, when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub login: &'a str,
    pub address: &'a str,
    pub browser: &'a str,
    pub at: i64,
    pub on: NaiveDate,
}

/// What a typed password was compared with, and whether it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub account: i64,
    pub hash: String,
    pub fits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// Nobody of that name, wrong password, closed, or locked: they look alike.
    #[error("账号或密码不对，请核对后重新填写")]
    Wrong,
    #[error("账号已锁定")]
    Locked { until: i64 },
    #[error("同一地址失败次数过多，请一小时后再试")]
    AddressFull,
    #[error("首次密码已过有效期，请向安全管理员重新申领")]
    FirstPasswordLapsed,
    #[error("动态口令不对，或者已经用过，请等下一个口令再试")]
    WrongCode,
    #[error("登录已失效，请重新登录")]
    Over,
    /// So many browsers of this address are at the provider that one more is not sent there.
    #[error("同一地址正在进行的单点登录过多，请10分钟后再试，或者输账号和密码登录")]
    TooManyWaiting,
    /// The provider knows somebody whom no account is linked to, or a closed one.
    #[error("该身份尚未与本系统账号关联")]
    NotLinked,
    /// Whoever handed the password out knows it: it proves nothing of the owner.
    #[error("请先用账号和密码登录并改过首次密码，再用统一身份登录")]
    FirstPassword,
}

/// The first step: login and password. `token` is the hash of the new session's token.
pub async fn with_password(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    compared: Option<&Compared>,
    token: &str,
) -> Result<Result<Session, SignInRefusal>, DatabaseFailure> {
    let security = &house.pack.security;
    let key = (caller.login, caller.address);
    attempts::forget(tx, caller.at).await?;
    let account = accounts::account_of_login(tx, caller.login).await?;
    let account = account.filter(|account| account.closed_at.is_none());
    let kept = match &account {
        Some(account) => passwords::newest(tx, account.id).await?,
        None => None,
    };
    let right = account.zip(kept).filter(|(account, kept)| {
        compared.is_some_and(|compared| {
            compared.fits && compared.account == account.id && compared.hash == kept.hash
        })
    });
    let past = attempts::past(tx, security, key, caller.at).await?;
    if let Some(refusal) = barred(tx, house, caller, &past, (right.is_some(), "已锁定")).await? {
        return Ok(Err(refusal));
    }
    let Some((account, kept)) = right else {
        fail(tx, house, caller, "账号或密码不对").await?;
        return Ok(Err(SignInRefusal::Wrong));
    };
    if kept.has_lapsed(security, caller.at) && !house.is_demonstration {
        refused(tx, house, caller, "首次密码已过期").await?;
        return Ok(Err(SignInRefusal::FirstPasswordLapsed));
    }
    let session = open(tx, house, caller, (&account, Means::Password), token).await?;
    if session.stage != Stage::SecondFactor {
        attempts::record(tx, key, Outcome::Succeeded, caller.at).await?;
    }
    Ok(Ok(session))
}

/// Opens the session of an account that proved who it is, at its first stage.
pub(super) async fn open(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    (account, means): (&Account, Means),
    token: &str,
) -> Result<Session, DatabaseFailure> {
    let needs = needs(tx, house, account.id, caller.at).await?;
    let session = Session {
        hash: token.to_string(),
        account: account.id,
        post: 0,
        stage: Stage::first(needs.after(means)),
        made_at: caller.at,
        seen_at: caller.at,
        address: caller.address.to_string(),
        browser: caller.browser.to_string(),
        means,
    };
    sessions::keep_open(tx, &session).await?;
    finish(tx, house, account, &session, caller.on).await?;
    Ok(session)
}

/// The step with a code of the authenticator; `step` is the one whose code was typed, if any.
pub async fn with_factor(
    tx: &Transaction,
    house: House<'_>,
    session: &Session,
    caller: Caller<'_>,
    (factor, step): (i64, Option<i64>),
    token: &str,
) -> Result<Result<Session, SignInRefusal>, DatabaseFailure> {
    let security = &house.pack.security;
    let key = (caller.login, caller.address);
    let still = sessions::open(tx, &session.hash).await?;
    if still.is_none_or(|still| still.stage != Stage::SecondFactor) {
        return Ok(Err(SignInRefusal::Over));
    }
    let past = attempts::past(tx, security, key, caller.at).await?;
    match standing(security, &past, caller.at) {
        Standing::AddressFull => return Ok(Err(SignInRefusal::AddressFull)),
        Standing::Locked { until, .. } => {
            attempts::record(tx, key, Outcome::WhileLocked, caller.at).await?;
            refused(tx, house, caller, "已锁定").await?;
            return Ok(Err(SignInRefusal::Locked { until }));
        }
        Standing::Open => {}
    }
    let is_taken = match step {
        Some(step) => factors::use_step(tx, factor, step).await?,
        None => false,
    };
    if !is_taken {
        fail(tx, house, caller, "动态口令不对").await?;
        return Ok(Err(SignInRefusal::WrongCode));
    }
    attempts::record(tx, key, Outcome::Succeeded, caller.at).await?;
    let next = advance(tx, house, session, token, (caller.at, caller.on)).await?;
    Ok(next.ok_or(SignInRefusal::Over))
}

/// Goes from a stage that is done to the next, with a new token; none where the session has
/// ended meanwhile.
pub async fn advance(
    tx: &Transaction,
    house: House<'_>,
    session: &Session,
    token: &str,
    (at, on): (i64, NaiveDate),
) -> Result<Option<Session>, DatabaseFailure> {
    let account = accounts::account(tx, session.account).await?;
    let account = account.filter(|account| account.closed_at.is_none());
    let Some(account) = account else {
        return Ok(None);
    };
    if !sessions::end(tx, session.account, &session.hash, at).await? {
        return Ok(None);
    }
    let needs = needs(tx, house, account.id, at).await?;
    let next = Session {
        hash: token.to_string(),
        stage: session.stage.next(needs.after(session.means)),
        made_at: at,
        seen_at: at,
        ..session.clone()
    };
    sessions::keep_open(tx, &next).await?;
    finish(tx, house, &account, &next, on).await?;
    Ok(Some(next))
}

/// What is due of an account before it is signed in.
pub async fn needs<C: ConnectionTrait>(
    db: &C,
    house: House<'_>,
    account: i64,
    now: i64,
) -> Result<Needs, DatabaseFailure> {
    let has_factor = factors::confirmed(db, account).await?.is_some();
    let link = sign_on::linked(db, account).await?;
    let confirmation = link.is_some_and(|link| link.confirmed_at.is_none());
    if house.is_demonstration {
        return Ok(Needs {
            confirmation,
            second_factor: has_factor,
            ..Needs::default()
        });
    }
    let kept = passwords::newest(db, account).await?;
    let posts = accounts::posts_of(db, account).await?;
    let wants_factor = house.second_factor || posts.iter().any(|post| asks(post, house.pack));
    Ok(Needs {
        confirmation,
        second_factor: has_factor,
        new_password: kept.is_none_or(|kept| kept.is_due(&house.pack.security, now)),
        new_factor: wants_factor && !has_factor,
    })
}

/// Whether a post asks for a second factor.
fn asks(post: &Post, pack: &Pack) -> bool {
    post.seat(pack).is_some_and(|seat| seat.role.second_factor)
}

/// Writes down that somebody is in, where the session is whole.
async fn finish(
    tx: &Transaction,
    house: House<'_>,
    account: &Account,
    session: &Session,
    on: NaiveDate,
) -> Result<(), DatabaseFailure> {
    if session.stage != Stage::Whole {
        return Ok(());
    }
    let mut detail = match session.means {
        Means::Password => format!("地址 {}", session.address),
        Means::Provider | Means::ProviderWithFactor => {
            format!("单点登录，地址 {}", session.address)
        }
    };
    if house.one_session {
        let ended = sessions::end_all(tx, account.id, &session.hash, session.seen_at).await?;
        if ended > 0 {
            detail.push_str(&format!("，同时结束其他登录{ended}处"));
        }
    }
    let act = act_of(tx, house.pack, account, (session.seen_at, on)).await?;
    let line = Line {
        act: "people.sign-in",
        subject: account.login.clone(),
        detail,
    };
    journal::append(tx, &act, &line).await
}

/// An act of an account in its own matter: in the name of its first organisation.
pub async fn act_of<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    account: &Account,
    (at, on): (i64, NaiveDate),
) -> Result<Act, DatabaseFailure> {
    let posts = accounts::posts_of(db, account.id).await?;
    let seat = posts.iter().find_map(|post| post.seat(pack));
    Ok(Act {
        organisation: seat.map_or_else(|| office(pack), |seat| seat.organisation),
        person: account.in_words(),
        on,
        at,
    })
}

fn office(pack: &Pack) -> Organisation {
    Organisation::Agency(pack.office.agency.clone())
}

/// Whether past failures bar the way; only who knows the password is told that it is locked.
pub async fn barred(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    past: &Past,
    (is_right, why): (bool, &str),
) -> Result<Option<SignInRefusal>, DatabaseFailure> {
    match standing(&house.pack.security, past, caller.at) {
        Standing::Open => Ok(None),
        Standing::AddressFull => Ok(Some(SignInRefusal::AddressFull)),
        Standing::Locked { until, is_told } => {
            let key = (caller.login, caller.address);
            attempts::record(tx, key, Outcome::WhileLocked, caller.at).await?;
            refused(tx, house, caller, why).await?;
            Ok(Some(match is_right && is_told {
                true => SignInRefusal::Locked { until },
                false => SignInRefusal::Wrong,
            }))
        }
    }
}

/// Records a failure, and that it locks where it does.
pub async fn fail(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    why: &str,
) -> Result<(), DatabaseFailure> {
    let security = &house.pack.security;
    let key = (caller.login, caller.address);
    attempts::record(tx, key, Outcome::Failed, caller.at).await?;
    refused(tx, house, caller, why).await?;
    let past = attempts::past(tx, security, key, caller.at).await?;
    let by_login = attempts::Past {
        from_address: 0,
        ..past.clone()
    };
    if let Standing::Locked { .. } = standing(security, &by_login, caller.at) {
        let detail = format!("连续失败，锁定{}分钟", security.lock_minutes);
        write(tx, house, caller, "people.lock", detail).await?;
    }
    note_full(tx, house, caller).await
}

/// Writes down that an address is full, with the failure that filled it.
pub(super) async fn note_full(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
) -> Result<(), DatabaseFailure> {
    let security = &house.pack.security;
    let key = (caller.login, caller.address);
    let past = attempts::past(tx, security, key, caller.at).await?;
    if past.from_address == security.address_failures_max {
        let detail = format!("地址 {} 一小时内失败过多，暂停受理", caller.address);
        write(tx, house, caller, "people.lock-address", detail).await?;
    }
    Ok(())
}

/// Writes down that somebody was not let in. Attempts from an address that is full are not
/// written down one by one: whoever floods the site must not flood the journal.
pub(super) async fn refused(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    why: &str,
) -> Result<(), DatabaseFailure> {
    let detail = format!("{why}，地址 {}", caller.address);
    write(tx, house, caller, "people.sign-in-refused", detail).await
}

async fn write(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    act: &'static str,
    detail: String,
) -> Result<(), DatabaseFailure> {
    let line = Line {
        act,
        subject: bounded(caller.login),
        detail,
    };
    let act = Act {
        organisation: office(house.pack),
        person: String::new(),
        on: caller.on,
        at: caller.at,
    };
    journal::append(tx, &act, &line).await
}

/// A text that anybody may have typed, for the journal: bounded and on one line.
fn bounded(text: &str) -> String {
    let symbols = text.chars().filter(|symbol| !symbol.is_control());
    symbols.take(LOGIN_KEPT).collect()
}
