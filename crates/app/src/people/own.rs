//! What people do with their own account: password, second factor, program tokens.
//!
//! Whether it may be done is decided in `programme::people`; secrets are made up here and
//! shown once.

use super::{authenticator, passwords};
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use chrono::{Local, Utc};
use programme::database::{Transaction, commit};
use programme::journal::{self, Line};
use programme::people::attempts::{self, Standing, standing};
use programme::people::passwords::{self as kept, PasswordFault, faults};
use programme::people::sign_in::{self, Caller, House};
use programme::people::{factors, sessions};
use rules::pack::security::Security;

/// The rules of passwords as people are told them.
pub fn password_rules(security: &Security) -> Vec<String> {
    vec![
        format!("至少{}位", security.password_length_min),
        format!(
            "包含大写字母、小写字母、数字、其他符号中的至少{}种",
            security.password_classes_min
        ),
        "不含账号和姓名".to_string(),
        format!("不与最近{}次用过的相同", security.password_history),
    ]
}

/// Everything that speaks against a password that was typed twice.
pub fn typed_faults(
    security: &Security,
    (password, again): (&str, &str),
    (login, name): (&str, &str),
) -> Vec<String> {
    let found = faults(security, password, login, name);
    let mut told: Vec<String> = found.iter().map(ToString::to_string).collect();
    if password != again {
        told.push("两次输入的密码不一致".to_string());
    }
    told
}

/// Whether the password in force was given by somebody else.
pub async fn has_first_password(visitor: &Visitor) -> Result<bool, Failure> {
    let db = visitor.office().db.reading();
    let newest = kept::newest(db, visitor.account().id).await?;
    Ok(newest.is_some_and(|newest| newest.must_change))
}

/// Sets a new password; the account's other sessions end. What speaks against it is given back.
pub async fn change_password(
    visitor: &Visitor,
    (password, again): (String, String),
) -> Result<Result<(), Vec<String>>, Failure> {
    let office = visitor.office();
    let security = &office.pack.security;
    let account = visitor.account();
    let person = (account.login.as_str(), account.name.as_str());
    let told = typed_faults(security, (&password, &again), person);
    if !told.is_empty() {
        return Ok(Err(told));
    }
    let db = office.db.reading();
    let history = security.password_history;
    let earlier = kept::earlier(db, account.id, history).await?;
    if passwords::is_among(earlier.clone(), password.clone()).await? {
        return Ok(Err(vec![PasswordFault::Earlier(history).to_string()]));
    }
    let hash = passwords::hashed(password).await?;
    let now = Utc::now().timestamp();
    let tx = office.db.begin_writing().await?;
    // Whoever was reset or changed it elsewhere meanwhile begins anew.
    let session = visitor.session()?;
    let is_same = kept::earlier(&tx, account.id, history).await? == earlier;
    if !is_same || sessions::open(&tx, &session.hash).await?.is_none() {
        return Err(Failure::SignInFirst);
    }
    kept::keep(&tx, account.id, &hash, false, now).await?;
    let ended = sessions::end_all(&tx, account.id, &session.hash, now).await?;
    let detail = match ended {
        0 => String::new(),
        ended => format!("同时结束其他登录{ended}处"),
    };
    write(&tx, visitor, "people.change-password", detail).await?;
    commit(tx).await?;
    Ok(Ok(()))
}

/// A secret on its way into an authenticator.
pub struct Proposal {
    /// In groups of four.
    pub secret: String,
    /// An SVG element.
    pub picture: String,
}

/// Makes up a secret in place of one that waits for confirmation.
pub async fn propose_factor(visitor: &Visitor) -> Result<Proposal, Failure> {
    let account = visitor.account();
    let secret = authenticator::new_secret()?;
    let tx = visitor.office().db.begin_writing().await?;
    factors::propose(&tx, account.id, &secret, Utc::now().timestamp()).await?;
    write(&tx, visitor, "people.propose-factor", String::new()).await?;
    commit(tx).await?;
    shown(&secret, &account.login)
}

/// The secret that waits for confirmation.
pub async fn proposal(visitor: &Visitor) -> Result<Option<Proposal>, Failure> {
    let account = visitor.account();
    let db = visitor.office().db.reading();
    let pending = factors::pending(db, account.id).await?;
    pending
        .map(|pending| shown(&pending.secret, &account.login))
        .transpose()
}

fn shown(secret: &str, login: &str) -> Result<Proposal, Failure> {
    Ok(Proposal {
        secret: authenticator::grouped(secret),
        picture: authenticator::picture(secret, login)?,
    })
}

/// Puts the secret that waits into force where the code is its own.
pub async fn confirm_factor(visitor: &Visitor, code: &str) -> Result<bool, Failure> {
    let account = visitor.account();
    let now = Utc::now().timestamp();
    let tx = visitor.office().db.begin_writing().await?;
    let Some(pending) = factors::pending(&tx, account.id).await? else {
        return Ok(false);
    };
    let Some(step) = authenticator::step_of(&pending.secret, code, now)? else {
        return Ok(false);
    };
    factors::confirm(&tx, &pending, step, now).await?;
    write(&tx, visitor, "people.bind-factor", String::new()).await?;
    commit(tx).await?;
    Ok(true)
}

/// Writes down what somebody did with the own account.
pub async fn write(
    tx: &Transaction,
    visitor: &Visitor,
    act: &'static str,
    detail: String,
) -> Result<(), Failure> {
    let when = (Utc::now().timestamp(), Local::now().date_naive());
    let account = visitor.account();
    let by = sign_in::act_of(tx, &visitor.office().pack, account, when).await?;
    let line = Line {
        act,
        subject: account.login.clone(),
        detail,
    };
    Ok(journal::append(tx, &by, &line).await?)
}

/// What came of asking for the password once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Right,
    Wrong,
    Locked,
}

impl Proof {
    pub fn told(self) -> &'static str {
        match self {
            Proof::Right => "",
            Proof::Wrong => "当前密码不对，请核对后重新填写",
            Proof::Locked => "连续失败次数过多，暂时不能办理，请稍后再试",
        }
    }
}

/// Asks for the password once more; failures count as those of signing in do.
pub async fn prove(
    visitor: &Visitor,
    house: House<'_>,
    caller: Caller<'_>,
    password: String,
) -> Result<Proof, Failure> {
    let office = visitor.office();
    let stored = kept::newest(office.db.reading(), visitor.account().id).await?;
    let fits = passwords::compare(stored.map(|stored| stored.hash), password).await?;
    let tx = office.db.begin_writing().await?;
    let key = (caller.login, caller.address);
    let past = attempts::past(&tx, &house.pack.security, key, caller.at).await?;
    if standing(&house.pack.security, &past, caller.at) != Standing::Open {
        return Ok(Proof::Locked);
    }
    if !fits {
        sign_in::fail(&tx, house, caller, "当前密码不对").await?;
        commit(tx).await?;
        return Ok(Proof::Wrong);
    }
    Ok(Proof::Right)
}
