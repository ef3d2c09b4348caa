//! Receiving an answer, letting in, linking: each decides inside its writing transaction and
//! leaves its line in the journal.

use super::confirmation::{self, proves_owner};
use super::store::{self, keep, of_hash, of_subject, take};
use super::{
    Begun, Identity, Received, SignOnLink, WAITING_MAX, WAITING_SECONDS, is_subject, linked,
};
use crate::database::{DatabaseFailure, Transaction};
use crate::journal::{self, Line};
use crate::people::accounts::{self, Account};
use crate::people::attempts::{self, Outcome, Past, Standing, standing};
use crate::people::keepers::{Keeper, KeeperRefusal, may_link};
use crate::people::notices::{self, Notice};
use crate::people::sessions::Session;
use crate::people::sign_in::{self, Caller, House, SignInRefusal};
use rules::pack::Pack;

/// Under this name failures are counted that are nobody's; no account can have it.
const NOBODY: &str = "单点登录";

/// Takes what a browser brings back; it can be taken once.
pub async fn receive(
    tx: &Transaction,
    (state, browser): (&str, &str),
    at: i64,
) -> Result<Received, DatabaseFailure> {
    let Some((begun, is_used)) = of_hash(tx, state).await? else {
        return Ok(Received::Unknown);
    };
    if is_used {
        return Ok(Received::Stale("答复重复使用"));
    }
    // Another browser's answer must not be used up by whoever found its address.
    if begun.browser != browser {
        return Ok(Received::Stale("答复来自另一个浏览器"));
    }
    if at - begun.made_at > WAITING_SECONDS {
        return Ok(Received::Stale("答复超过10分钟"));
    }
    match take(tx, state, at).await? {
        true => Ok(Received::Expected(begun)),
        false => Ok(Received::Stale("答复重复使用")),
    }
}

/// Whether an address has failed too often to be listened to.
async fn is_full(
    tx: &Transaction,
    house: House<'_>,
    address: &str,
    at: i64,
) -> Result<bool, DatabaseFailure> {
    let security = &house.pack.security;
    let past = attempts::past(tx, security, (NOBODY, address), at).await?;
    let of_address = Past {
        from_address: past.from_address,
        ..Past::default()
    };
    Ok(standing(security, &of_address, at) == Standing::AddressFull)
}

/// Keeps what a browser will bring back.
pub async fn begin(
    tx: &Transaction,
    house: House<'_>,
    begun: &Begun,
) -> Result<Result<(), SignInRefusal>, DatabaseFailure> {
    if is_full(tx, house, &begun.address, begun.made_at).await? {
        return Ok(Err(SignInRefusal::AddressFull));
    }
    store::forget(tx, begun.made_at).await?;
    if store::waiting(tx, &begun.address, begun.made_at).await? >= WAITING_MAX {
        return Ok(Err(SignInRefusal::TooManyWaiting));
    }
    store::keep_begun(tx, begun).await?;
    Ok(Ok(()))
}

/// Records a sign-on that nobody makes by accident: it counts against the address.
pub async fn fail(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    why: &str,
) -> Result<(), DatabaseFailure> {
    if is_full(tx, house, caller.address, caller.at).await? {
        return Ok(());
    }
    let key = (NOBODY, caller.address);
    attempts::record(tx, key, Outcome::Failed, caller.at).await?;
    note(tx, house, caller, why).await?;
    sign_in::note_full(tx, house, caller).await
}

/// Writes down a sign-on that came to nothing, and counts it against nobody: that a provider
/// is silent, or an account not linked yet, must not shut out a whole building.
pub async fn note(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    why: &str,
) -> Result<(), DatabaseFailure> {
    sign_in::refused(tx, house, caller, &format!("单点登录：{why}")).await
}

/// Signs in the account that an identity is linked to. `caller.login` is not asked for;
/// `token` is the hash of the new session's token.
pub async fn with_provider(
    tx: &Transaction,
    house: House<'_>,
    caller: Caller<'_>,
    identity: Identity<'_>,
    token: &str,
) -> Result<Result<Session, SignInRefusal>, DatabaseFailure> {
    attempts::forget(tx, caller.at).await?;
    if is_full(tx, house, caller.address, caller.at).await? {
        return Ok(Err(SignInRefusal::AddressFull));
    }
    let link = of_subject(tx, identity.issuer, identity.subject).await?;
    let account = match &link {
        Some(link) => accounts::account(tx, link.account).await?,
        None => None,
    };
    let Some(account) = account.filter(|account| account.closed_at.is_none()) else {
        let why = format!("身份 {} 尚未关联", identity.subject);
        note(tx, house, caller, &why).await?;
        return Ok(Err(SignInRefusal::NotLinked));
    };
    let caller = Caller {
        login: &account.login,
        ..caller
    };
    let key = (caller.login, caller.address);
    let past = attempts::past(tx, &house.pack.security, key, caller.at).await?;
    if let Standing::Locked { until, .. } = standing(&house.pack.security, &past, caller.at) {
        attempts::record(tx, key, Outcome::WhileLocked, caller.at).await?;
        note(tx, house, caller, "已锁定").await?;
        return Ok(Err(SignInRefusal::Locked { until }));
    }
    let is_confirmed = link.is_some_and(|link| link.confirmed_at.is_some());
    if !is_confirmed && !proves_owner(tx, account.id).await? {
        note(tx, house, caller, "首次密码未改，关联不能确认").await?;
        return Ok(Err(SignInRefusal::FirstPassword));
    }
    // Failures with the password stand: this says nothing of it.
    let session = sign_in::open(tx, house, caller, (&account, identity.means), token).await?;
    Ok(Ok(session))
}

type Answer<T> = Result<Result<T, KeeperRefusal>, DatabaseFailure>;

/// Links an account to an identity. The owner is told, since it opens another way in, which
/// counts once they have confirmed it.
pub async fn link(
    tx: &Transaction,
    pack: &Pack,
    keeper: &Keeper,
    account: i64,
    (issuer, subject): (&str, &str),
) -> Answer<Account> {
    let account = match changeable(tx, pack, keeper, account).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (issuer, subject) = (issuer.trim(), subject.trim());
    if !is_subject(subject) {
        return Ok(Err(KeeperRefusal::NoSubject));
    }
    if linked(tx, account.id).await?.is_some() {
        return Ok(Err(KeeperRefusal::AlreadyLinked(account.login)));
    }
    if let Some(other) = of_subject(tx, issuer, subject).await? {
        let other = accounts::account(tx, other.account).await?;
        let login = other.map_or(String::new(), |other| other.login);
        return Ok(Err(KeeperRefusal::SubjectTaken(login)));
    }
    let link = SignOnLink {
        account: account.id,
        issuer: issuer.to_string(),
        subject: subject.to_string(),
        made_at: keeper.act.at,
        confirmed_at: None,
    };
    keep(tx, &link).await?;
    write(tx, keeper, "people.link-sign-on", &account, &link).await?;
    let text = "您的账号已关联统一身份，首次用单点登录时要输本账号的密码确认。不是本人申请的，请告知安全管理员";
    tell(tx, keeper, &account, text).await?;
    Ok(Ok(account))
}

/// Ends the link of an account.
pub async fn unlink(tx: &Transaction, pack: &Pack, keeper: &Keeper, account: i64) -> Answer<()> {
    let account = match changeable(tx, pack, keeper, account).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(link) = linked(tx, account.id).await? else {
        return Ok(Err(KeeperRefusal::NotLinked(account.login)));
    };
    confirmation::end(tx, account.id, keeper.act.at).await?;
    write(tx, keeper, "people.unlink-sign-on", &account, &link).await?;
    let text = "您的账号已取消关联统一身份，今后请用密码登录";
    tell(tx, keeper, &account, text).await?;
    Ok(Ok(()))
}

async fn changeable(tx: &Transaction, pack: &Pack, keeper: &Keeper, id: i64) -> Answer<Account> {
    let Some(account) = accounts::account(tx, id).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let held = accounts::posts_of_person(tx, &account).await?;
    Ok(may_link(pack, keeper, &account, &held).map(|()| account))
}

async fn write(
    tx: &Transaction,
    keeper: &Keeper,
    act: &'static str,
    account: &Account,
    link: &SignOnLink,
) -> Result<(), DatabaseFailure> {
    let line = Line {
        act,
        subject: account.login.clone(),
        detail: format!("{} {}", link.issuer, link.subject),
    };
    journal::append(tx, &keeper.act, &line).await
}

async fn tell(
    tx: &Transaction,
    keeper: &Keeper,
    account: &Account,
    text: &str,
) -> Result<(), DatabaseFailure> {
    let notice = Notice {
        organisation: String::new(),
        account: Some(account.id),
        kind: "sign-on".to_string(),
        text: text.to_string(),
        address: "/account".to_string(),
    };
    notices::tell(tx, &notice, keeper.act.at).await?;
    Ok(())
}
