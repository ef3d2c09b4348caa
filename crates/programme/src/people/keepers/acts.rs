//! The acts themselves: each reads what it decides on inside its writing transaction, and
//! leaves its line in the journal.

use super::{Keeper, KeeperRefusal, keeper_role, may_give, may_reset};
use crate::database::{DatabaseFailure, Transaction};
use crate::journal::{self, Line};
use crate::people::Organisation;
use crate::people::accounts::{self, Account, check_login, check_person};
use crate::people::{attempts, factors, passwords, sessions, sign_on, tokens};
use rules::pack::Pack;
use sea_orm::ConnectionTrait;

type Answer<T> = Result<Result<T, KeeperRefusal>, DatabaseFailure>;

/// Makes an account; it gets its first password with [`reset_password`].
pub async fn create_account(
    tx: &Transaction,
    keeper: &Keeper,
    (login, name, phone): (&str, &str, &str),
) -> Answer<Account> {
    let login = accounts::normal_login(login);
    let (name, phone) = (name.trim(), phone.trim());
    if let Err(fault) = check_login(&login).and_then(|()| check_person(name, phone)) {
        return Ok(Err(fault.into()));
    }
    if accounts::account_of_login(tx, &login).await?.is_some() {
        return Ok(Err(KeeperRefusal::LoginTaken(login)));
    }
    let id = accounts::create(tx, &login, name, phone, keeper.act.at).await?;
    write(tx, keeper, "people.create-account", &login, String::new()).await?;
    let account = accounts::account(tx, id).await?;
    Ok(account.ok_or(KeeperRefusal::NoAccount))
}

/// Closes an account: posts, sessions and tokens end with it.
pub async fn close_account(
    tx: &Transaction,
    pack: &Pack,
    keeper: &Keeper,
    account: i64,
) -> Answer<Account> {
    let account = match open_account(tx, account).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if keeper.account == Some(account.id) {
        return Ok(Err(KeeperRefusal::HimselfClosed));
    }
    let posts = accounts::posts_of(tx, account.id).await?;
    if keeper_role(pack, &posts).is_some() {
        return Ok(Err(KeeperRefusal::HoldsKeeperPost(account.login)));
    }
    let at = keeper.act.at;
    for post in posts.iter().filter(|post| post.ended_at.is_none()) {
        accounts::end_post(tx, post.id, at).await?;
    }
    sessions::end_all(tx, account.id, "", at).await?;
    tokens::end_of_account(tx, account.id, at).await?;
    factors::end(tx, account.id, at).await?;
    sign_on::end_link(tx, account.id, at).await?;
    accounts::close(tx, account.id, at).await?;
    let login = account.login.as_str();
    write(tx, keeper, "people.close-account", login, String::new()).await?;
    Ok(Ok(account))
}

async fn open_account(tx: &Transaction, id: i64) -> Answer<Account> {
    Ok(match accounts::account(tx, id).await? {
        None => Err(KeeperRefusal::NoAccount),
        Some(account) if account.closed_at.is_some() => Err(KeeperRefusal::Closed(account.login)),
        Some(account) => Ok(account),
    })
}

/// Gives a post.
pub async fn give_post(
    tx: &Transaction,
    pack: &Pack,
    keeper: &Keeper,
    account: i64,
    (organisation, role): (&Organisation, &str),
) -> Answer<i64> {
    let Some(account) = accounts::account(tx, account).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let Some(role) = pack.role(role) else {
        return Ok(Err(KeeperRefusal::UnknownRole(role.to_string())));
    };
    let held = accounts::posts_of_person(tx, &account).await?;
    if let Err(refusal) = may_give(pack, keeper.account, &account, &held, (organisation, role)) {
        return Ok(Err(refusal));
    }
    let (id, at) = (organisation.id(), keeper.act.at);
    let post = accounts::give_post(tx, account.id, &id, &role.id, at).await?;
    let detail = format!("{id} {}", role.id);
    write(tx, keeper, "people.give-post", &account.login, detail).await?;
    Ok(Ok(post))
}

/// Ends a post, and the tokens that act through it.
pub async fn end_post(tx: &Transaction, pack: &Pack, keeper: &Keeper, post: i64) -> Answer<()> {
    let post = accounts::post(tx, post).await?;
    let Some(post) = post.filter(|post| post.ended_at.is_none()) else {
        return Ok(Err(KeeperRefusal::NoPost));
    };
    if let Some(role) = pack.role(&post.role)
        && role.keeper
        && accounts::holders(tx, &role.id).await? <= 1
    {
        return Ok(Err(KeeperRefusal::LastKeeper(role.name.clone())));
    }
    accounts::end_post(tx, post.id, keeper.act.at).await?;
    tokens::end_of_post(tx, post.id, keeper.act.at).await?;
    let account = accounts::account(tx, post.account).await?;
    let login = account.map_or(String::new(), |account| account.login);
    let detail = format!("{} {}", post.organisation, post.role);
    write(tx, keeper, "people.end-post", &login, detail).await?;
    Ok(Ok(()))
}

/// Forgets the failures of an account.
pub async fn unlock(tx: &Transaction, keeper: &Keeper, account: i64) -> Answer<()> {
    let account = match open_account(tx, account).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    attempts::unlock(tx, account.id, keeper.act.at).await?;
    let login = account.login.as_str();
    write(tx, keeper, "people.unlock", login, String::new()).await?;
    Ok(Ok(()))
}

/// Gives a first password, whose hash is given; all sessions and tokens end.
pub async fn reset_password(
    tx: &Transaction,
    pack: &Pack,
    keeper: &Keeper,
    account: i64,
    hash: &str,
) -> Answer<Account> {
    let Some(account) = accounts::account(tx, account).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let held = accounts::posts_of_person(tx, &account).await?;
    if let Err(refusal) = may_reset(pack, keeper, &account, &held) {
        return Ok(Err(refusal));
    }
    let at = keeper.act.at;
    passwords::keep(tx, account.id, hash, true, at).await?;
    attempts::unlock(tx, account.id, at).await?;
    sessions::end_all(tx, account.id, "", at).await?;
    tokens::end_of_account(tx, account.id, at).await?;
    let login = account.login.as_str();
    write(tx, keeper, "people.reset-password", login, String::new()).await?;
    Ok(Ok(account))
}

/// Ends the second factor of an account, so that it can set up another; all sessions end.
pub async fn reset_factor(
    tx: &Transaction,
    pack: &Pack,
    keeper: &Keeper,
    account: i64,
) -> Answer<()> {
    let Some(account) = accounts::account(tx, account).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let held = accounts::posts_of_person(tx, &account).await?;
    if let Err(refusal) = may_reset(pack, keeper, &account, &held) {
        return Ok(Err(refusal));
    }
    let at = keeper.act.at;
    if !factors::end(tx, account.id, at).await? {
        return Ok(Err(KeeperRefusal::NoFactor(account.login)));
    }
    sessions::end_all(tx, account.id, "", at).await?;
    let login = account.login.as_str();
    write(tx, keeper, "people.reset-factor", login, String::new()).await?;
    Ok(Ok(()))
}

/// Ends all sessions of an account; how many there were.
pub async fn end_sessions(tx: &Transaction, keeper: &Keeper, account: i64) -> Answer<u64> {
    let Some(account) = accounts::account(tx, account).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let ended = sessions::end_all(tx, account.id, "", keeper.act.at).await?;
    let detail = format!("{ended}处");
    write(tx, keeper, "people.end-sessions", &account.login, detail).await?;
    Ok(Ok(ended))
}

/// Ends one session of an account.
pub async fn end_session(
    tx: &Transaction,
    keeper: &Keeper,
    account: i64,
    hash: &str,
) -> Answer<bool> {
    let Some(account) = accounts::account(tx, account).await? else {
        return Ok(Err(KeeperRefusal::NoAccount));
    };
    let ended = sessions::end(tx, account.id, hash, keeper.act.at).await?;
    if ended {
        let detail = "1处".to_string();
        write(tx, keeper, "people.end-sessions", &account.login, detail).await?;
    }
    Ok(Ok(ended))
}

/// Whether any of the three keepers is there.
pub async fn has_keepers<C: ConnectionTrait>(db: &C, pack: &Pack) -> Result<bool, DatabaseFailure> {
    for role in pack.roles.iter().filter(|role| role.keeper) {
        if accounts::holders(db, &role.id).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn write(
    tx: &Transaction,
    keeper: &Keeper,
    act: &'static str,
    login: &str,
    detail: String,
) -> Result<(), DatabaseFailure> {
    let line = Line {
        act,
        subject: login.to_string(),
        detail,
    };
    journal::append(tx, &keeper.act, &line).await
}
