//! The three keepers (三员) and what they may do: the system keeper makes and closes accounts,
//! the security keeper gives posts, unlocks and resets, the audit keeper reads the journal.
//!
//! None of them is anything else beside it, nobody gives himself anything, and none of them
//! gets another keeper's account into their hands: for keepers only the operator at the
//! machine resets.

mod acts;

pub use acts::{
    close_account, create_account, end_post, end_session, end_sessions, give_post, has_keepers,
    reset_factor, reset_password, unlock,
};

use super::Organisation;
use super::accounts::{Account, PersonFault, Post};
use crate::journal::Act;
use rules::pack::Pack;
use rules::pack::roles::{Right, Role};

/// Who acts: an account through one of its posts, or the operator at the machine.
#[derive(Debug, Clone)]
pub struct Keeper {
    /// None for the operator.
    pub account: Option<i64>,
    pub act: Act,
}

/// Why an act of a keeper is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeeperRefusal {
    #[error(transparent)]
    Person(#[from] PersonFault),
    #[error("账号“{0}”已经有了，请换一个")]
    LoginTaken(String),
    #[error("没有这个账号，请核对")]
    NoAccount,
    #[error("账号“{0}”已注销")]
    Closed(String),
    #[error("没有“{0}”这个单位，请核对名称或代码")]
    UnknownOrganisation(String),
    #[error("没有“{0}”这个岗位")]
    UnknownRole(String),
    #[error("“{organisation}”不能设“{role}”岗位")]
    DoesNotSuit { organisation: String, role: String },
    #[error("企业岗位由企业凭认领码认领，不由管理员授予")]
    OnlyByClaim,
    #[error("不能给自己授予岗位，请由另一名安全管理员办理")]
    Himself,
    #[error("已经任“{0}”岗位")]
    AlreadyHeld(String),
    #[error("已任“{0}”，三员不得由一人兼任")]
    OtherKeeper(String),
    #[error("已任“{0}”，三员不得兼任业务岗位，业务岗位不得兼任三员")]
    KeeperAndBusiness(String),
    #[error("没有这个岗位，或者已经结束")]
    NoPost,
    #[error("“{0}”只有这一人，请先授予另一人再结束")]
    LastKeeper(String),
    #[error("“{0}”任三员岗位，请先由安全管理员结束其岗位再注销")]
    HoldsKeeperPost(String),
    #[error("“{0}”任三员岗位，密码和动态口令由运行人员在服务器上重置")]
    OnlyOperator(String),
    #[error("不能重置自己的密码和动态口令，请在“我的账号”中修改")]
    HimselfReset,
    #[error("账号“{0}”没有绑定动态口令")]
    NoFactor(String),
    #[error("不能注销自己的账号，请由另一名系统管理员办理")]
    HimselfClosed,
    #[error("不能给自己的账号关联统一身份，请由运行人员在服务器上办理")]
    HimselfLinked,
    #[error("“{0}”任三员岗位，统一身份由运行人员在服务器上关联和取消")]
    OnlyOperatorLinks(String),
    #[error("统一身份的标识要1至255个字母、数字或符号，请照登录页提示的原样填写")]
    NoSubject,
    #[error("账号“{0}”已关联统一身份，请先取消关联")]
    AlreadyLinked(String),
    #[error("这个标识已关联账号“{0}”，一个身份只关联一个账号，请核对")]
    SubjectTaken(String),
    #[error("账号“{0}”没有关联统一身份")]
    NotLinked(String),
}

/// Whether an account may get a post. `held` are the posts that the person holds now, with
/// whichever account.
///
/// # Errors
/// [`KeeperRefusal`], shown to the keeper.
pub fn may_give(
    pack: &Pack,
    giver: Option<i64>,
    account: &Account,
    held: &[Post],
    (organisation, role): (&Organisation, &Role),
) -> Result<(), KeeperRefusal> {
    if account.closed_at.is_some() {
        return Err(KeeperRefusal::Closed(account.login.clone()));
    }
    if giver == Some(account.id) {
        return Err(KeeperRefusal::Himself);
    }
    if !role.suits(&pack.agencies, organisation) {
        return Err(KeeperRefusal::DoesNotSuit {
            organisation: organisation.id(),
            role: role.name.clone(),
        });
    }
    if role.may(Right::OwnFirm) {
        return Err(KeeperRefusal::OnlyByClaim);
    }
    for post in held {
        let Some(other) = pack.role(&post.role) else {
            continue;
        };
        if post.account == account.id
            && other.id == role.id
            && post.organisation == organisation.id()
        {
            return Err(KeeperRefusal::AlreadyHeld(role.name.clone()));
        }
        match (role.keeper, other.keeper) {
            (true, true) if role.id != other.id => {
                return Err(KeeperRefusal::OtherKeeper(other.name.clone()));
            }
            (true, false) | (false, true) => {
                return Err(KeeperRefusal::KeeperAndBusiness(other.name.clone()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The keeper's role among posts, if one is held.
fn keeper_role<'a>(pack: &'a Pack, held: &[Post]) -> Option<&'a Role> {
    let roles = held.iter().filter(|post| post.ended_at.is_none());
    let mut roles = roles.filter_map(|post| pack.role(&post.role));
    roles.find(|role| role.keeper)
}

/// Whether a keeper may set another's password or factor anew.
fn may_reset(
    pack: &Pack,
    keeper: &Keeper,
    account: &Account,
    held: &[Post],
) -> Result<(), KeeperRefusal> {
    let operator = KeeperRefusal::OnlyOperator;
    may_open_a_way(
        pack,
        keeper,
        account,
        held,
        (KeeperRefusal::HimselfReset, operator),
    )
}

/// Whether a keeper may link another's account to an identity, or end that.
///
/// # Errors
/// [`KeeperRefusal`], shown to the keeper.
pub fn may_link(
    pack: &Pack,
    keeper: &Keeper,
    account: &Account,
    held: &[Post],
) -> Result<(), KeeperRefusal> {
    let operator = KeeperRefusal::OnlyOperatorLinks;
    may_open_a_way(
        pack,
        keeper,
        account,
        held,
        (KeeperRefusal::HimselfLinked, operator),
    )
}

/// Who resets or links opens a way in: nobody does it to himself, and none gets into a keeper's
/// account but by the operator.
fn may_open_a_way(
    pack: &Pack,
    keeper: &Keeper,
    account: &Account,
    held: &[Post],
    (himself, operator): (KeeperRefusal, fn(String) -> KeeperRefusal),
) -> Result<(), KeeperRefusal> {
    if account.closed_at.is_some() {
        return Err(KeeperRefusal::Closed(account.login.clone()));
    }
    match keeper.account {
        None => Ok(()),
        Some(own) if own == account.id => Err(himself),
        Some(_) if keeper_role(pack, held).is_some() => Err(operator(account.login.clone())),
        Some(_) => Ok(()),
    }
}
