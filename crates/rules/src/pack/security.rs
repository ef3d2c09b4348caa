//! Numbers of signing in: passwords, lock-out, invitations, tokens; data of the pack, each
//! with the value that the classified protection of level three usually asks for.
//!
//! It decides nothing; what follows from the numbers is decided by the nouns.

use super::source::Source;
use serde::Deserialize;

/// How accounts are protected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// Symbols of a password at least.
    pub password_length_min: usize,
    /// Of the four classes (capital, small, digit, other) at least.
    pub password_classes_min: usize,
    /// So many of the last passwords are not taken again.
    pub password_history: usize,
    /// After so many days a password has to be changed.
    pub password_days_max: i64,
    /// A first password that nobody used is void after so many days.
    pub first_password_days_max: i64,
    /// So many failures within the minutes of a lock-out lock the account.
    pub failures_max: usize,
    pub lock_minutes: i64,
    /// Failures from one address within an hour, whatever the accounts.
    pub address_failures_max: usize,
    /// An invitation to claim an account is void after so many days.
    pub claim_days_max: i64,
    /// So many wrong codes void an invitation.
    pub claim_failures_max: i64,
    /// The longest time for which a program's token is given.
    pub token_days_max: i64,
}

impl Default for Security {
    fn default() -> Security {
        Security {
            password_length_min: 10,
            password_classes_min: 3,
            password_history: 5,
            password_days_max: 90,
            first_password_days_max: 7,
            failures_max: 5,
            lock_minutes: 30,
            address_failures_max: 30,
            claim_days_max: 30,
            claim_failures_max: 5,
            token_days_max: 365,
        }
    }
}

/// The `[security]` of a file, or the defaults where it has none.
pub(super) fn read(source: &mut Source<'_>) -> Security {
    let Some(placed) = source.optional::<Security>("security") else {
        return Security::default();
    };
    let (line, own) = (placed.line, placed.value);
    // Each with the least that protects at all.
    let least = [
        ("password_length_min", own.password_length_min as i64, 8),
        ("password_classes_min", own.password_classes_min as i64, 1),
        ("password_history", own.password_history as i64, 1),
        ("password_days_max", own.password_days_max, 1),
        ("first_password_days_max", own.first_password_days_max, 1),
        ("failures_max", own.failures_max as i64, 1),
        ("lock_minutes", own.lock_minutes, 1),
        ("address_failures_max", own.address_failures_max as i64, 1),
        ("claim_days_max", own.claim_days_max, 1),
        ("claim_failures_max", own.claim_failures_max, 1),
        ("token_days_max", own.token_days_max, 1),
    ];
    for (key, number, least) in least {
        if number < least {
            let message = format!("“{key}”不得小于{least}，现为{number}");
            source.note_line(line, message);
        }
    }
    if own.password_classes_min > 4 {
        source.note_line(line, "“password_classes_min”不得大于4".to_string());
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Security, Vec<String>) {
        let mut source = Source::new("roles.toml", text);
        let security = read(&mut source);
        let findings = source.finish();
        (security, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_written_has_its_usual_value() {
        assert_eq!(check(""), (Security::default(), Vec::new()));
        let (own, findings) = check("[security]\nfailures_max = 3\n");
        assert_eq!((own.failures_max, own.lock_minutes), (3, 30));
        assert_eq!(findings, Vec::<String>::new());
    }

    #[test]
    fn a_number_that_protects_nothing_is_a_finding() {
        for (line, told) in [
            ("password_length_min = 7", "不得小于8，现为7"),
            ("password_classes_min = 0", "不得小于1"),
            ("password_classes_min = 5", "不得大于4"),
            ("failures_max = 0", "不得小于1"),
            ("lock_minutes = -1", "不得小于1"),
            ("password_lenght_min = 10", "password_lenght_min"),
        ] {
            let (_, findings) = check(&format!("[security]\n{line}\n"));
            let text = findings.join("\n");
            assert!(text.contains(told), "{line}: {text}");
        }
    }
}
