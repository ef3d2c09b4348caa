//! Firms claim their account: an office of their place invites, the firm answers with its
//! credit code and a one-time code.
//!
//! It does not tell whether a firm exists, is invited, or has an account already.

mod acts;
mod store;

pub use acts::{NewPerson, claim, invite};
pub use store::{of_organisation, open};

use super::accounts::PersonFault;
use rules::pack::security::Security;
use rules::uscc::Uscc;

const DAY: i64 = 86_400;
/// Symbols that nobody mistakes for one another, in print and on the phone.
pub const ALPHABET: &[u8] = b"ABCDEFGHJKMNPQRTUVWXY346789";
/// Symbols of a code.
pub const CODE_LENGTH: usize = 10;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: i64,
    pub uscc: String,
    /// Of the one-time code; the code itself is on the paper only.
    pub hash: String,
    pub organisation: String,
    pub person: String,
    pub made_at: i64,
    pub ends_at: i64,
    pub failures: i64,
    pub used_at: Option<i64>,
    /// The account that was claimed with it.
    pub account: Option<i64>,
    /// When a newer invitation took its place.
    pub ended_at: Option<i64>,
}

/// What an invitation is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStanding {
    Open,
    Used,
    Lapsed,
    Locked,
    Replaced,
}

impl ClaimStanding {
    pub fn name(self) -> &'static str {
        match self {
            ClaimStanding::Open => "待认领",
            ClaimStanding::Used => "已认领",
            ClaimStanding::Lapsed => "已过期",
            ClaimStanding::Locked => "错误过多，已作废",
            ClaimStanding::Replaced => "已换发",
        }
    }
}

impl Claim {
    pub fn standing(&self, security: &Security, now: i64) -> ClaimStanding {
        if self.used_at.is_some() {
            ClaimStanding::Used
        } else if self.ended_at.is_some() {
            ClaimStanding::Replaced
        } else if self.failures >= security.claim_failures_max {
            ClaimStanding::Locked
        } else if now >= self.ends_at {
            ClaimStanding::Lapsed
        } else {
            ClaimStanding::Open
        }
    }
}

/// The second at which an invitation of now ends.
pub fn end_of(security: &Security, now: i64) -> i64 {
    now + security.claim_days_max * DAY
}

/// A code as it is hashed, whatever was typed: capitals, without blanks and strokes.
pub fn normal_code(text: &str) -> String {
    let symbols = text.chars().filter(char::is_ascii_alphanumeric);
    let symbols = symbols.map(|symbol| symbol.to_ascii_uppercase());
    symbols.take(64).collect()
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteRefusal {
    #[error("{0} 不在本地企业名录内，只能邀请本地企业")]
    OutOfScope(Uscc),
    #[error("企业由市、县、开发区专班邀请")]
    NotLocal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// Whatever is wrong with code or firm.
    #[error(
        "信用代码或认领码不对，或者认领码已失效。请核对通知书；仍不成功的，请与发放通知书的单位联系换发"
    )]
    Wrong,
    #[error("同一地址失败次数过多，请一小时后再试")]
    AddressFull,
    #[error(transparent)]
    Person(#[from] PersonFault),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_good_once_for_a_time_and_a_few_failures() {
        let security = Security::default();
        let made_at = 1_000;
        let claim = |failures, used_at, ended_at| Claim {
            id: 1,
            uscc: String::new(),
            hash: String::new(),
            organisation: String::new(),
            person: String::new(),
            made_at,
            ends_at: end_of(&security, made_at),
            failures,
            used_at,
            account: None,
            ended_at,
        };
        let last = made_at + 30 * DAY - 1;
        for (claim, now, expected) in [
            (claim(0, None, None), made_at, ClaimStanding::Open),
            (claim(4, None, None), last, ClaimStanding::Open),
            (claim(5, None, None), last, ClaimStanding::Locked),
            (claim(0, None, None), last + 1, ClaimStanding::Lapsed),
            (claim(0, Some(1_001), None), last, ClaimStanding::Used),
            (claim(0, None, Some(1_001)), last, ClaimStanding::Replaced),
        ] {
            assert_eq!(claim.standing(&security, now), expected, "{claim:?} {now}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(normal_code(" abcde-fghjk "), "ABCDEFGHJK");
        assert_eq!(normal_code("ABCDE－FGHJK"), "ABCDEFGHJK");
        assert_eq!(normal_code(&"A".repeat(100)).len(), 64);
    }

    #[test]
    fn no_symbol_looks_like_another() {
        for alike in ["0O", "1IL", "2Z", "5S"] {
            let both = alike.bytes().filter(|symbol| ALPHABET.contains(symbol));
            assert_eq!(both.count(), 0, "{alike}");
        }
        let possible = (ALPHABET.len() as f64).powi(CODE_LENGTH as i32);
        assert!(possible > 1e14);
    }
}
