//! Sessions: browsers that somebody signed in with, and how far they have come.
//!
//! The browser has a token, the database its hash. Every stage has a token of its own, so that
//! one that somebody knew before is worth nothing afterwards.

mod store;

pub(crate) use store::end_stage;
pub use store::{end, end_all, held, keep_open, open, touch, use_post};

use rules::pack::files::hexadecimal;
use sm3::{Digest, Sm3};

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A provider knows who it is; whether the account is theirs its own password has to prove.
    Confirmation,
    /// It is proved who it is, the second factor is asked for.
    SecondFactor,
    /// A new password has to be set before anything else.
    NewPassword,
    /// A second factor has to be set up before anything else.
    NewFactor,
    /// Signed in.
    Whole,
}

/// What an account has to do before it is signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// The link to a provider has not been confirmed by the owner.
    pub confirmation: bool,
    pub second_factor: bool,
    pub new_password: bool,
    pub new_factor: bool,
}

/// By what somebody proved who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Means {
    #[default]
    Password,
    /// A provider of identities.
    Provider,
    /// The same, where the provider itself asks for a second factor.
    ProviderWithFactor,
}

impl Means {
    fn number(self) -> i64 {
        match self {
            Means::Password => 0,
            Means::Provider => 1,
            Means::ProviderWithFactor => 2,
        }
    }

    fn of_number(number: i64) -> Means {
        match number {
            2 => Means::ProviderWithFactor,
            1 => Means::Provider,
            _ => Means::Password,
        }
    }
}

impl Needs {
    /// What is left to do of this after means that do some of it.
    pub fn after(self, means: Means) -> Needs {
        let has_factor = means == Means::ProviderWithFactor;
        Needs {
            confirmation: self.confirmation && means != Means::Password,
            second_factor: self.second_factor && !has_factor,
            new_password: self.new_password && means == Means::Password,
            new_factor: self.new_factor && !has_factor,
        }
    }
}

impl Stage {
    /// The first stage of an account that proved who it is.
    pub fn first(needs: Needs) -> Stage {
        match needs.confirmation {
            true => Stage::Confirmation,
            false => Stage::Confirmation.next(needs),
        }
    }

    /// The stage after this one.
    pub fn next(self, needs: Needs) -> Stage {
        if self < Stage::SecondFactor && needs.second_factor {
            return Stage::SecondFactor;
        }
        if self < Stage::NewPassword && needs.new_password {
            return Stage::NewPassword;
        }
        if self < Stage::NewFactor && needs.new_factor {
            return Stage::NewFactor;
        }
        Stage::Whole
    }

    fn number(self) -> i64 {
        match self {
            Stage::SecondFactor => 0,
            Stage::NewPassword => 1,
            Stage::NewFactor => 2,
            Stage::Whole => 3,
            Stage::Confirmation => 4,
        }
    }

    fn of_number(number: i64) -> Stage {
        match number {
            4 => Stage::Confirmation,
            3 => Stage::Whole,
            2 => Stage::NewFactor,
            1 => Stage::NewPassword,
            _ => Stage::SecondFactor,
        }
    }
}

/// A browser that somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SM3 of the token; names the session without giving it away.
    pub hash: String,
    pub account: i64,
    pub post: i64,
    pub stage: Stage,
    pub made_at: i64,
    pub seen_at: i64,
    pub address: String,
    pub browser: String,
    pub means: Means,
}

/// How long sessions hold, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    pub idle: i64,
    pub whole: i64,
}

/// A sign-in that is not finished lapses sooner.
const UNFINISHED_SECONDS: i64 = 15 * 60;

impl Session {
    /// Whether it still holds.
    pub fn is_alive(&self, lifetimes: Lifetimes, now: i64) -> bool {
        let whole = match self.stage {
            Stage::Whole => lifetimes.whole,
            _ => lifetimes.whole.min(UNFINISHED_SECONDS),
        };
        now - self.seen_at <= lifetimes.idle && now - self.made_at <= whole
    }
}

/// What is stored of a secret that is long and random: whoever reads the table cannot use it.
pub fn hash_of_token(token: &str) -> String {
    hexadecimal(&Sm3::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::Stage::*;
    use super::*;

    #[test]
    fn every_need_is_met_in_its_order_and_once() {
        for (needs, stages) in [
            ([false, false, false, false], vec![Whole]),
            ([false, true, false, false], vec![SecondFactor, Whole]),
            ([false, false, true, false], vec![NewPassword, Whole]),
            ([false, false, false, true], vec![NewFactor, Whole]),
            (
                [false, true, true, false],
                vec![SecondFactor, NewPassword, Whole],
            ),
            (
                [false, false, true, true],
                vec![NewPassword, NewFactor, Whole],
            ),
            ([true, false, false, false], vec![Confirmation, Whole]),
            (
                [true, true, false, false],
                vec![Confirmation, SecondFactor, Whole],
            ),
            (
                [true, false, false, true],
                vec![Confirmation, NewFactor, Whole],
            ),
        ] {
            let [confirmation, second_factor, new_password, new_factor] = needs;
            let needs = Needs {
                confirmation,
                second_factor,
                new_password,
                new_factor,
            };
            let mut stage = Stage::first(needs);
            let mut passed = vec![stage];
            while stage != Whole {
                stage = stage.next(needs);
                passed.push(stage);
            }
            assert_eq!(passed, stages, "{needs:?}");
        }
    }

    #[test]
    fn a_provider_does_some_of_it() {
        let all = Needs {
            confirmation: true,
            second_factor: true,
            new_password: true,
            new_factor: true,
        };
        for (means, left) in [
            (Means::Password, [false, true, true, true]),
            (Means::Provider, [true, true, false, true]),
            (Means::ProviderWithFactor, [true, false, false, false]),
        ] {
            let needs = all.after(means);
            let found = [
                needs.confirmation,
                needs.second_factor,
                needs.new_password,
                needs.new_factor,
            ];
            assert_eq!(found, left, "{means:?}");
        }
    }

    #[test]
    fn sessions_end_unused_and_in_any_case() {
        let lifetimes = Lifetimes {
            idle: 1_800,
            whole: 43_200,
        };
        for (stage, made_at, seen_at, now, is_alive) in [
            (Whole, 0, 0, 1_800, true),
            (Whole, 0, 0, 1_801, false),
            (Whole, 0, 43_000, 43_200, true),
            (Whole, 0, 43_000, 43_201, false),
            (NewPassword, 0, 890, 900, true),
            (NewPassword, 0, 890, 901, false),
            (Confirmation, 0, 890, 900, true),
            (Confirmation, 0, 890, 901, false),
        ] {
            let session = Session {
                hash: String::new(),
                account: 1,
                post: 0,
                stage,
                made_at,
                seen_at,
                address: String::new(),
                browser: String::new(),
                means: Means::Password,
            };
            let name = format!("{stage:?} {made_at} {seen_at} {now}");
            assert_eq!(session.is_alive(lifetimes, now), is_alive, "{name}");
        }
    }
}
