//! Inviting and claiming, each in one writing transaction with its journal line.

use super::{Claim, ClaimRefusal, ClaimStanding, InviteRefusal, end_of, store};
use crate::database::{DatabaseFailure, Transaction};
use crate::journal::{self, Act, Line};
use crate::people::accounts::{self, Account, check_person};
use crate::people::attempts::{self, Outcome, Past, Standing, standing};
use crate::people::{Organisation, Scope, Whereabouts, notices, passwords};
use rules::pack::Pack;
use rules::pack::roles::Right;
use rules::uscc::Uscc;

/// Invites a firm. `firm` is where the register has it, if it does.
pub async fn invite(
    tx: &Transaction,
    pack: &Pack,
    (act, scope): (&Act, &Scope),
    (uscc, firm): (Uscc, Option<&Whereabouts>),
    hash: &str,
) -> Result<Result<Claim, InviteRefusal>, DatabaseFailure> {
    if !matches!(
        act.organisation,
        Organisation::Area(_) | Organisation::County(_) | Organisation::Zone(_)
    ) {
        return Ok(Err(InviteRefusal::NotLocal));
    }
    if !firm.is_some_and(|firm| firm.key == uscc.key() && scope.covers_firm(firm)) {
        return Ok(Err(InviteRefusal::OutOfScope(uscc)));
    }
    let mut claim = Claim {
        id: 0,
        uscc: uscc.to_string(),
        hash: hash.to_string(),
        organisation: act.organisation.id(),
        person: act.person.clone(),
        made_at: act.at,
        ends_at: end_of(&pack.security, act.at),
        failures: 0,
        used_at: None,
        account: None,
        ended_at: None,
    };
    claim.id = store::insert(tx, &claim).await?;
    let line = Line {
        act: "people.invite",
        subject: claim.uscc.clone(),
        detail: format!("认领通知第{}号", claim.id),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(claim))
}

/// Who claims, as he says himself.
#[derive(Debug, Clone, Copy)]
pub struct NewPerson<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    /// Hash of the password that he chose.
    pub password: &'a str,
}

/// Claims the account of a firm. `compared` is the invitation whose code was compared before,
/// and whether it fits; `act` is the firm's own.
pub async fn claim(
    tx: &Transaction,
    pack: &Pack,
    act: &Act,
    (uscc, address): (Uscc, &str),
    compared: Option<(i64, bool)>,
    person: NewPerson<'_>,
) -> Result<Result<Account, ClaimRefusal>, DatabaseFailure> {
    let security = &pack.security;
    let (name, phone) = (person.name.trim(), person.phone.trim());
    if let Err(fault) = check_person(name, phone) {
        return Ok(Err(fault.into()));
    }
    let key = (&*format!("claim {uscc}"), address);
    let past = attempts::past(tx, security, key, act.at).await?;
    let by_address = Past {
        from_address: past.from_address,
        ..Past::default()
    };
    if standing(security, &by_address, act.at) == Standing::AddressFull {
        return Ok(Err(ClaimRefusal::AddressFull));
    }
    let code = uscc.to_string();
    let open = store::open(tx, &code).await?;
    let open = open.filter(|own| own.standing(security, act.at) == ClaimStanding::Open);
    let fits = |own: &Claim| compared == Some((own.id, true));
    let Some(own) = open.as_ref().filter(|own| fits(own)) else {
        // Only a code that was compared with this very invitation counts against it.
        if let Some(own) = open.filter(|own| compared == Some((own.id, false))) {
            store::count_failure(tx, own.id).await?;
        }
        attempts::record(tx, key, Outcome::Failed, act.at).await?;
        let line = Line {
            act: "people.claim-refused",
            subject: code,
            detail: format!("信用代码或认领码不对，地址 {address}"),
        };
        journal::append(tx, act, &line).await?;
        return Ok(Err(ClaimRefusal::Wrong));
    };
    let login = free_login(tx, &code).await?;
    let id = accounts::create(tx, &login, name, phone, act.at).await?;
    passwords::keep(tx, id, person.password, false, act.at).await?;
    for role in pack.roles.iter().filter(|role| role.may(Right::OwnFirm)) {
        accounts::give_post(tx, id, &code, &role.id, act.at).await?;
    }
    store::use_up(tx, own.id, id, act.at).await?;
    attempts::record(tx, key, Outcome::Succeeded, act.at).await?;
    let line = Line {
        act: "people.claim",
        subject: code.clone(),
        detail: format!("认领通知第{}号，账号 {login}", own.id),
    };
    journal::append(tx, act, &line).await?;
    let told = notices::Notice {
        organisation: own.organisation.clone(),
        account: None,
        kind: "claim".to_string(),
        text: format!("企业 {code} 已认领账号（认领通知第{}号）", own.id),
        address: "/people/invitations".to_string(),
    };
    notices::tell(tx, &told, act.at).await?;
    let account = accounts::account(tx, id).await?;
    Ok(account.ok_or(ClaimRefusal::Wrong))
}

/// The credit code, or with a number behind it where the firm has accounts already.
async fn free_login(tx: &Transaction, code: &str) -> Result<String, DatabaseFailure> {
    let mut number = 1;
    loop {
        let login = match number {
            1 => code.to_string(),
            number => format!("{code}-{number}"),
        };
        if accounts::account_of_login(tx, &login).await?.is_none() {
            return Ok(login);
        }
        number += 1;
    }
}
