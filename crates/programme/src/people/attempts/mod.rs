//! Attempts to sign in: how many failed, and what follows from that for the next.
//!
//! A login is locked after some failures within the minutes of a lock-out, whether somebody
//! has it or not, so that the answers do not tell. Attempts are counted inside the writing
//! transaction that records them: those who try at once stand in one line.

mod store;

pub use store::{forget, past, record, unlock};

use rules::pack::security::Security;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Wrong password, wrong code, or nobody of that name.
    Failed,
    Succeeded,
    /// Nothing was looked at, since the login is locked.
    WhileLocked,
}

impl Outcome {
    fn number(self) -> i64 {
        match self {
            Outcome::Failed => 0,
            Outcome::Succeeded => 1,
            Outcome::WhileLocked => 2,
        }
    }
}

/// What happened before an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Seconds of the failures since the last success or unlocking, in their order.
    pub failures: Vec<i64>,
    /// Attempts while the login was locked, of late.
    pub while_locked: usize,
    /// Failures from the same address within the last hour.
    pub from_address: usize,
}

/// What an attempt meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// Locked. Whoever gives the right password is told until when, unless so many tried
    /// meanwhile that the answer would be a way to guess on.
    Locked {
        until: i64,
        is_told: bool,
    },
    /// Too many failures from one address.
    AddressFull,
}

/// Failures are counted within this many seconds for an address.
pub const ADDRESS_SECONDS: i64 = 3_600;

/// What the next attempt meets.
pub fn standing(security: &Security, past: &Past, now: i64) -> Standing {
    if past.from_address >= security.address_failures_max {
        return Standing::AddressFull;
    }
    let lock = security.lock_minutes * 60;
    let runs = past.failures.windows(security.failures_max);
    let locking = runs.filter(|run| run[run.len() - 1] - run[0] < lock);
    let until = locking.map(|run| run[run.len() - 1] + lock).max();
    match until.filter(|until| *until > now) {
        Some(until) => Standing::Locked {
            until,
            is_told: past.while_locked < security.failures_max,
        },
        None => Standing::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failures: &[i64], while_locked: usize, from_address: usize, now: i64) -> Standing {
        let past = Past {
            failures: failures.to_vec(),
            while_locked,
            from_address,
        };
        standing(&Security::default(), &past, now)
    }

    const fn locked(until: i64) -> Standing {
        Standing::Locked {
            until,
            is_told: true,
        }
    }

    #[test]
    fn the_fifth_failure_locks_for_thirty_minutes() {
        for (name, failures, now, expected) in [
            ("nothing", &[][..], 0, Standing::Open),
            ("four", &[1, 2, 3, 4], 5, Standing::Open),
            ("five", &[1, 2, 3, 4, 5], 5, locked(1_805)),
            ("the last second", &[1, 2, 3, 4, 5], 1_804, locked(1_805)),
            ("it ends", &[1, 2, 3, 4, 5], 1_805, Standing::Open),
            ("just within", &[0, 2, 3, 4, 1_799], 1_800, locked(3_599)),
            ("just not", &[0, 2, 3, 4, 1_800], 1_801, Standing::Open),
            (
                "an older one does not shorten it",
                &[1, 1, 1, 1, 1_700],
                1_802,
                locked(3_500),
            ),
            (
                "locked anew",
                &[1, 2, 3, 4, 5, 1_900, 1_901, 1_902, 1_903, 1_904],
                2_000,
                locked(3_704),
            ),
        ] {
            assert_eq!(check(failures, 0, 0, now), expected, "{name}");
        }
    }

    #[test]
    fn who_goes_on_guessing_is_no_longer_told() {
        let five = [1, 2, 3, 4, 5];
        for (while_locked, is_told) in [(4, true), (5, false)] {
            let until = 1_805;
            let expected = Standing::Locked { until, is_told };
            assert_eq!(check(&five, while_locked, 0, 9), expected);
        }
    }

    #[test]
    fn an_address_is_full_after_thirty() {
        assert_eq!(check(&[], 0, 29, 0), Standing::Open);
        assert_eq!(check(&[], 0, 30, 0), Standing::AddressFull);
        assert_eq!(check(&[1, 2, 3, 4, 5], 0, 30, 6), Standing::AddressFull);
    }
}
