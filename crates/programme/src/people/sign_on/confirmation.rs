//! Confirming a link: its owner proves the account once with the account's own password, so
//! that nobody who may link acts as somebody else.

use super::store;
use crate::database::{DatabaseFailure, Transaction};
use crate::journal::{self, Line};
use crate::people::accounts;
use crate::people::attempts::{self, Outcome};
use crate::people::passwords;
use crate::people::sessions::{self, Session, Stage};
use crate::people::sign_in::{self, Caller, Compared, House, SignInRefusal};

/// Whether an account has a password that its owner alone knows: one that was handed out is
/// known to others until it was changed.
pub(super) async fn proves_owner(tx: &Transaction, account: i64) -> Result<bool, DatabaseFailure> {
    let kept = passwords::newest(tx, account).await?;
    Ok(kept.is_some_and(|kept| !kept.must_change))
}

/// The step with the account's own password, which confirms the link that the session came by.
/// It is counted and locked as signing in with the password is.
pub async fn confirm(
    tx: &Transaction,
    house: House<'_>,
    session: &Session,
    caller: Caller<'_>,
    compared: Option<&Compared>,
    token: &str,
) -> Result<Result<Session, SignInRefusal>, DatabaseFailure> {
    let security = &house.pack.security;
    let key = (caller.login, caller.address);
    attempts::forget(tx, caller.at).await?;
    let still = sessions::open(tx, &session.hash).await?;
    if still.is_none_or(|still| still.stage != Stage::Confirmation) {
        return Ok(Err(SignInRefusal::Over));
    }
    let kept = passwords::newest(tx, session.account).await?;
    let right = kept.filter(|kept| {
        compared.is_some_and(|compared| {
            compared.fits && compared.account == session.account && compared.hash == kept.hash
        })
    });
    let past = attempts::past(tx, security, key, caller.at).await?;
    let locked = (right.is_some(), "单点登录：已锁定");
    if let Some(refusal) = sign_in::barred(tx, house, caller, &past, locked).await? {
        return Ok(Err(refusal));
    }
    let Some(kept) = right else {
        sign_in::fail(tx, house, caller, "单点登录：确认关联的密码不对").await?;
        return Ok(Err(SignInRefusal::Wrong));
    };
    if kept.must_change {
        let why = "单点登录：首次密码未改，关联不能确认";
        sign_in::refused(tx, house, caller, why).await?;
        return Ok(Err(SignInRefusal::FirstPassword));
    }
    write_confirmed(tx, house, session, caller).await?;
    let when = (caller.at, caller.on);
    let Some(next) = sign_in::advance(tx, house, session, token, when).await? else {
        return Ok(Err(SignInRefusal::Over));
    };
    if next.stage != Stage::SecondFactor {
        attempts::record(tx, key, Outcome::Succeeded, caller.at).await?;
    }
    Ok(Ok(next))
}

/// Confirms the link, with its line where it was not confirmed meanwhile in another browser.
async fn write_confirmed(
    tx: &Transaction,
    house: House<'_>,
    session: &Session,
    caller: Caller<'_>,
) -> Result<(), DatabaseFailure> {
    let account = accounts::account(tx, session.account).await?;
    let link = store::linked(tx, session.account).await?;
    let Some((account, link)) = account.zip(link) else {
        return Ok(());
    };
    if !store::confirm(tx, account.id, caller.at).await? {
        return Ok(());
    }
    let when = (caller.at, caller.on);
    let act = sign_in::act_of(tx, house.pack, &account, when).await?;
    let line = Line {
        act: "people.confirm-sign-on",
        subject: account.login.clone(),
        detail: format!("{} {}，地址 {}", link.issuer, link.subject, caller.address),
    };
    journal::append(tx, &act, &line).await
}

/// Ends the link of an account, and whoever is about to confirm it: their password must not
/// confirm the link that comes next.
pub(crate) async fn end(tx: &Transaction, account: i64, at: i64) -> Result<(), DatabaseFailure> {
    store::end(tx, account, at).await?;
    sessions::end_stage(tx, account, Stage::Confirmation, at).await
}
