//! What a password has to be, how long it holds, and which were taken before.
//!
//! It compares rules with texts; how a text is hashed is no matter of it.

mod store;

pub use store::{earlier, keep, newest};

use rules::pack::security::Security;

/// More symbols are not hashed: that would be work without use.
pub const LENGTH_MAX: usize = 128;
const DAY: i64 = 86_400;

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("密码至少{0}位")]
    TooShort(usize),
    #[error("密码最多{0}位")]
    TooLong(usize),
    #[error("密码至少包含大写字母、小写字母、数字、其他符号中的{0}种")]
    TooFewClasses(usize),
    #[error("密码不得包含账号")]
    LikeLogin,
    #[error("密码不得包含姓名")]
    LikeName,
    #[error("不得使用最近{0}次用过的密码")]
    Earlier(usize),
}

/// Everything that speaks against a password. Whether it is an earlier one is asked apart,
/// since only the hashes of those are known.
pub fn faults(security: &Security, password: &str, login: &str, name: &str) -> Vec<PasswordFault> {
    let mut faults = Vec::new();
    let length = password.chars().count();
    if length < security.password_length_min {
        faults.push(PasswordFault::TooShort(security.password_length_min));
    }
    if length > LENGTH_MAX {
        faults.push(PasswordFault::TooLong(LENGTH_MAX));
    }
    if classes(password) < security.password_classes_min {
        let least = security.password_classes_min;
        faults.push(PasswordFault::TooFewClasses(least));
    }
    if holds(password, login, 3) {
        faults.push(PasswordFault::LikeLogin);
    }
    if holds(password, name, 2) {
        faults.push(PasswordFault::LikeName);
    }
    faults
}

/// How many of the four classes of symbols a text has.
fn classes(text: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [
        |symbol| symbol.is_ascii_uppercase(),
        |symbol| symbol.is_ascii_lowercase(),
        |symbol| symbol.is_ascii_digit(),
        |symbol| !symbol.is_ascii_alphanumeric(),
    ];
    kinds.iter().filter(|is| text.chars().any(is)).count()
}

/// Whether a text holds another, capitals or not; what is very short stands in anything.
fn holds(text: &str, other: &str, least: usize) -> bool {
    let other = other.trim().to_lowercase();
    other.chars().count() >= least && text.to_lowercase().contains(&other)
}

/// A password as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub hash: String,
    pub set_at: i64,
    /// Whether it is a first password, given by somebody else.
    pub must_change: bool,
}

impl Kept {
    /// Whether another has to be set before anything else.
    pub fn is_due(&self, security: &Security, now: i64) -> bool {
        self.must_change || now - self.set_at > security.password_days_max * DAY
    }

    /// Whether it was a first password and was not used in time.
    pub fn has_lapsed(&self, security: &Security, now: i64) -> bool {
        self.must_change && now - self.set_at > security.first_password_days_max * DAY
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordFault::*;
    use super::*;

    #[test]
    fn every_rule_is_the_only_one_that_fails_somewhere() {
        let long = format!("Aa1{}", "-".repeat(LENGTH_MAX - 3));
        let longer = format!("{long}-");
        for (password, expected) in [
            ("Abcdefgh1x", vec![]),
            ("Abcdefg1x", vec![TooShort(10)]),
            ("Abcdefghxx", vec![TooFewClasses(3)]),
            ("abcdefgh-1", vec![]),
            ("abcdefghx1", vec![TooFewClasses(3)]),
            ("密码密码密码密码aA", vec![]),
            ("密码密码密码密码aa", vec![TooFewClasses(3)]),
            (long.as_str(), vec![]),
            (longer.as_str(), vec![TooLong(LENGTH_MAX)]),
            ("xxZhangSan-1", vec![LikeLogin]),
            // Another name that begins alike is not told apart.
            ("张三丰aA111111", vec![LikeName]),
            ("我是张三aA1111", vec![LikeName]),
            ("", vec![TooShort(10), TooFewClasses(3)]),
        ] {
            let found = faults(&Security::default(), password, "zhangsan", "张三");
            let name = password.chars().take(20).collect::<String>();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn very_short_logins_and_names_do_not_forbid_anything() {
        let security = Security::default();
        assert_eq!(faults(&security, "Abcdefgh1x", "ab", "b"), vec![]);
        assert_eq!(faults(&security, "Abcdefgh1x", "ABC", ""), vec![LikeLogin]);
    }

    #[test]
    fn a_password_holds_to_the_last_second_of_its_days() {
        let security = Security::default();
        let kept = |must_change| Kept {
            hash: String::new(),
            set_at: 1_000,
            must_change,
        };
        for (must_change, now, is_due, has_lapsed) in [
            (false, 1_000 + 90 * DAY, false, false),
            (false, 1_001 + 90 * DAY, true, false),
            (true, 1_000, true, false),
            (true, 1_000 + 7 * DAY, true, false),
            (true, 1_001 + 7 * DAY, true, true),
        ] {
            let kept = kept(must_change);
            assert_eq!(kept.is_due(&security, now), is_due, "{must_change} {now}");
            let lapsed = kept.has_lapsed(&security, now);
            assert_eq!(lapsed, has_lapsed, "{must_change} {now}");
        }
    }
}
