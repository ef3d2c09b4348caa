//! Tokens with which programs act through one post of an account, for some of its rights and
//! for a time.

mod store;

pub use store::{end, end_of_account, end_of_post, insert, of_account, of_hash, touch};

use rules::pack::roles::{Right, Role};
use rules::pack::security::Security;
use std::collections::BTreeSet;

/// Tokens that an account has at a time.
pub const COUNT_MAX: usize = 20;
const NAME_MAX: usize = 40;
const DAY: i64 = 86_400;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    /// SM3 of what the program has.
    pub hash: String,
    pub account: i64,
    pub post: i64,
    pub name: String,
    pub rights: BTreeSet<Right>,
    pub made_at: i64,
    pub ends_at: i64,
    pub used_at: Option<i64>,
    pub ended_at: Option<i64>,
}

impl Token {
    pub fn is_alive(&self, now: i64) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    #[error("请给令牌起一个{NAME_MAX}字以内的名称，写明供什么系统使用")]
    NoName,
    #[error("请至少选一项权限")]
    NoRight,
    #[error("本岗位没有“{}”权限，令牌不能有", .0.name())]
    BeyondRole(Right),
    #[error("令牌不得用于“{}”，请登录后办理", .0.name())]
    NotForPrograms(Right),
    #[error("令牌期限为1至{0}天")]
    TooLong(i64),
    #[error("一个账号最多{COUNT_MAX}个有效令牌，请先停用不再使用的")]
    TooMany,
}

/// What a token may be: rights of the post's role, none that keepers have, and a bounded time.
///
/// # Errors
/// [`TokenRefusal`], shown to who asked.
pub fn grantable(
    security: &Security,
    role: &Role,
    (name, rights, days): (&str, &BTreeSet<Right>, i64),
    alive: usize,
) -> Result<(), TokenRefusal> {
    if name.trim().is_empty() || name.chars().count() > NAME_MAX {
        return Err(TokenRefusal::NoName);
    }
    if rights.is_empty() {
        return Err(TokenRefusal::NoRight);
    }
    if let Some(right) = rights.iter().find(|right| !role.may(**right)) {
        return Err(TokenRefusal::BeyondRole(*right));
    }
    let keeping = [Right::Accounts, Right::Grants];
    if let Some(right) = rights.iter().find(|right| keeping.contains(right)) {
        return Err(TokenRefusal::NotForPrograms(*right));
    }
    if !(1..=security.token_days_max).contains(&days) {
        return Err(TokenRefusal::TooLong(security.token_days_max));
    }
    if alive >= COUNT_MAX {
        return Err(TokenRefusal::TooMany);
    }
    Ok(())
}

/// The second at which a token of so many days ends.
pub fn end_of(now: i64, days: i64) -> i64 {
    now + days * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(rights: &[&str]) -> Role {
        let text = format!(
            "id = \"x\"\nname = \"x\"\norganisations = []\nregion = \"none\"\nrights = {rights:?}"
        );
        toml::from_str(&text).expect("a role")
    }

    #[test]
    fn a_token_is_never_wider_than_its_post() {
        use TokenRefusal::*;
        let role = role(&["plan", "firms", "accounts", "settings"]);
        let long = "名".repeat(NAME_MAX + 1);
        let plan: &[Right] = &[Right::Plan];
        for (name, rights, days, alive, expected) in [
            ("对账", plan, 365, 19, Ok(())),
            ("对账", &[Right::Plan, Right::Settings], 1, 0, Ok(())),
            (" ", plan, 1, 0, Err(NoName)),
            (&long, plan, 1, 0, Err(NoName)),
            ("甲", &[], 1, 0, Err(NoRight)),
            (
                "甲",
                &[Right::Plan, Right::Pool],
                1,
                0,
                Err(BeyondRole(Right::Pool)),
            ),
            (
                "甲",
                &[Right::Accounts],
                1,
                0,
                Err(NotForPrograms(Right::Accounts)),
            ),
            ("甲", plan, 0, 0, Err(TooLong(365))),
            ("甲", plan, 366, 0, Err(TooLong(365))),
            ("甲", plan, 1, 20, Err(TooMany)),
        ] {
            let rights = rights.iter().copied().collect();
            let found = grantable(&Security::default(), &role, (name, &rights, days), alive);
            assert_eq!(found, expected, "{name} {days} {alive}");
        }
    }
}
