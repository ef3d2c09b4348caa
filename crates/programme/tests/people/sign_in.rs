//! Failures are counted where they are written: nobody slips past the limit by being quick.

use super::world::{act, journal_of, on_each_database, pack};
use programme::database::{Database, commit};
use programme::people::sessions::{Session, Stage};
use programme::people::sign_in::{
    Caller, Compared, House, SignInRefusal, with_factor, with_password,
};
use programme::people::{accounts, attempts, factors, passwords, sessions};
use rules::pack::Pack;
use std::sync::Arc;

const NOW: i64 = 1_796_000_000;

/// An account whose password “right” is stored as “hash”.
async fn account(db: &Database, login: &str, must_change: bool) -> i64 {
    let tx = db.begin_writing().await.expect("begun");
    let id = accounts::create(&tx, login, "张三", "", NOW).await;
    let id = id.expect("an account");
    let set = passwords::keep(&tx, id, "hash", must_change, NOW).await;
    set.expect("a password");
    commit(tx).await.expect("kept");
    id
}

fn house(pack: &Pack) -> House<'_> {
    House {
        pack,
        is_demonstration: false,
        one_session: false,
        second_factor: false,
    }
}

fn caller<'a>(login: &'a str, address: &'a str, at: i64) -> Caller<'a> {
    Caller {
        login,
        address,
        browser: "",
        at,
        on: act().on,
    }
}

async fn attempt(
    db: &Database,
    pack: &Pack,
    (login, address, at): (&str, &str, i64),
    compared: Option<Compared>,
    token: &str,
) -> Result<Session, SignInRefusal> {
    let tx = db.begin_writing().await.expect("begun");
    let caller = caller(login, address, at);
    let answer = with_password(&tx, house(pack), caller, compared.as_ref(), token).await;
    let answer = answer.expect("an answer");
    commit(tx).await.expect("kept");
    answer
}

fn compared(account: i64, fits: bool) -> Option<Compared> {
    Some(Compared {
        account,
        hash: "hash".to_string(),
        fits,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_who_guess_at_once_get_five_answers() {
    on_each_database("guessing", async |db| {
        let pack = Arc::new(pack());
        let id = account(db, "office", false).await;
        let guesses = (0..40).map(|number| {
            let (db, pack) = (db.clone(), pack.clone());
            tokio::spawn(async move {
                let address = format!("10.0.0.{number}");
                let key = ("office", address.as_str(), NOW);
                attempt(&db, &pack, key, compared(id, false), "t").await
            })
        });
        for guess in guesses.collect::<Vec<_>>() {
            assert_eq!(guess.await.expect("answered"), Err(SignInRefusal::Wrong));
        }
        let journal = journal_of(db).await;
        let expected = [("people.lock", 1), ("people.sign-in-refused", 40)];
        let expected = expected.map(|(act, times)| (act.to_string(), times));
        assert_eq!(journal, expected);
        let past = attempts::past(db.reading(), &pack.security, ("office", "x"), NOW).await;
        let past = past.expect("read");
        assert_eq!((past.failures.len(), past.while_locked), (5, 35));
        // The right password does not help while locked, and does afterwards.
        let key = ("office", "10.1.0.1", NOW + 1);
        let early = attempt(db, &pack, key, compared(id, true), "early").await;
        assert_eq!(early, Err(SignInRefusal::Wrong), "too many guessed on");
        let key = ("office", "10.1.0.1", NOW + 1_800);
        let late = attempt(db, &pack, key, compared(id, true), "late").await;
        assert_eq!(late.expect("signed in").stage, Stage::Whole);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_reset_meanwhile_is_not_taken() {
    on_each_database("reset", async |db| {
        let pack = pack();
        let id = account(db, "office", false).await;
        let tx = db.begin_writing().await.expect("begun");
        let set = passwords::keep(&tx, id, "other", true, NOW + 1).await;
        set.expect("a password");
        commit(tx).await.expect("kept");
        let key = ("office", "10.0.0.1", NOW + 2);
        let stale = attempt(db, &pack, key, compared(id, true), "t").await;
        assert_eq!(stale, Err(SignInRefusal::Wrong));
        let fresh = |at| {
            Some(Compared {
                account: id,
                hash: "other".to_string(),
                fits: at > 0,
            })
        };
        let key = ("office", "10.0.0.1", NOW + 3);
        let first = attempt(db, &pack, key, fresh(1), "u").await;
        assert_eq!(first.expect("signed in").stage, Stage::NewPassword);
        let days = pack.security.first_password_days_max * 86_400;
        let key = ("office", "10.0.0.1", NOW + 2 + days);
        let lapsed = attempt(db, &pack, key, fresh(1), "v").await;
        assert_eq!(lapsed, Err(SignInRefusal::FirstPasswordLapsed));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlocked_account_begins_anew() {
    on_each_database("unlocked", async |db| {
        let pack = pack();
        let id = account(db, "office", false).await;
        for number in 0..5 {
            let key = ("office", "10.0.0.1", NOW + number);
            let wrong = attempt(db, &pack, key, compared(id, false), "t").await;
            assert_eq!(wrong, Err(SignInRefusal::Wrong));
        }
        let key = ("office", "10.0.0.2", NOW + 10);
        let locked = attempt(db, &pack, key, compared(id, true), "t").await;
        let until = NOW + 4 + 1_800;
        assert_eq!(locked, Err(SignInRefusal::Locked { until }));
        let tx = db.begin_writing().await.expect("begun");
        attempts::unlock(&tx, id, NOW + 10).await.expect("unlocked");
        commit(tx).await.expect("kept");
        let key = ("office", "10.0.0.2", NOW + 11);
        let open = attempt(db, &pack, key, compared(id, true), "t").await;
        assert!(open.is_ok(), "{open:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_lets_one_browser_in_however_many_try() {
    on_each_database("codes", async |db| {
        let pack = Arc::new(pack());
        let id = account(db, "office", false).await;
        let tx = db.begin_writing().await.expect("begun");
        factors::propose(&tx, id, "SECRET", NOW)
            .await
            .expect("proposed");
        let pending = factors::pending(&tx, id).await.expect("read");
        let factor = pending.expect("a factor");
        factors::confirm(&tx, &factor, 10, NOW)
            .await
            .expect("confirmed");
        commit(tx).await.expect("kept");
        let mut halves = Vec::new();
        for number in 0..4 {
            let key = ("office", "10.0.0.1", NOW);
            let token = format!("half{number}");
            let half = attempt(db, &pack, key, compared(id, true), &token).await;
            halves.push(half.expect("half signed in"));
        }
        let tries = halves.into_iter().map(|half| {
            let (db, pack) = (db.clone(), pack.clone());
            tokio::spawn(async move {
                assert_eq!(half.stage, Stage::SecondFactor);
                let tx = db.begin_writing().await.expect("begun");
                let caller = caller("office", "10.0.0.1", NOW);
                let token = format!("whole-{}", half.hash);
                let code = (factor.id, Some(11));
                let answer = with_factor(&tx, house(&pack), &half, caller, code, &token).await;
                commit(tx).await.expect("kept");
                answer.expect("an answer").is_ok()
            })
        });
        let mut taken = 0;
        for one in tries.collect::<Vec<_>>() {
            taken += usize::from(one.await.expect("answered"));
        }
        assert_eq!(taken, 1);
        let lifetimes = sessions::Lifetimes {
            idle: 60,
            whole: 60,
        };
        let held = sessions::held(db.reading(), id, lifetimes, NOW).await;
        let held = held.expect("read");
        let whole = held.iter().filter(|own| own.stage == Stage::Whole);
        assert_eq!((held.len(), whole.count()), (4, 1));
    })
    .await;
}
