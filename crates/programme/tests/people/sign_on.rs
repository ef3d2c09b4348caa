//! Sign-ons under way are taken once, in time, by the browser that began; links are one to one,
//! and count once the owner has confirmed them.

use super::world::{act, journal_of, on_each_database, pack};
use programme::database::{Database, commit};
use programme::people::keepers::{self, Keeper, KeeperRefusal};
use programme::people::sessions::{Means, Session, Stage};
use programme::people::sign_in::{Caller, Compared, House, SignInRefusal};
use programme::people::sign_on::{self, Begun, Identity, Received, WAITING_MAX, WAITING_SECONDS};
use programme::people::{accounts, passwords};
use rules::pack::Pack;

const NOW: i64 = 1_796_000_000;
const ISSUER: &str = "https://id.example";

fn house(pack: &Pack) -> House<'_> {
    House {
        pack,
        is_demonstration: false,
        one_session: false,
        second_factor: false,
    }
}

fn operator() -> Keeper {
    Keeper {
        account: None,
        act: act(),
    }
}

async fn account(db: &Database, login: &str) -> i64 {
    let tx = db.begin_writing().await.expect("begun");
    let id = accounts::create(&tx, login, "张三", "", NOW).await;
    let id = id.expect("an account");
    let set = passwords::keep(&tx, id, "hash", false, NOW).await;
    set.expect("a password");
    commit(tx).await.expect("kept");
    id
}

async fn begin(db: &Database, pack: &Pack, state: &str, at: i64) -> Result<(), SignInRefusal> {
    let tx = db.begin_writing().await.expect("begun");
    let begun = Begun {
        hash: state.to_string(),
        browser: "own".to_string(),
        nonce: "nonce".to_string(),
        verifier: "verifier".to_string(),
        next: "/pool".to_string(),
        address: "10.0.0.1".to_string(),
        made_at: at,
    };
    let answer = sign_on::begin(&tx, house(pack), &begun).await;
    commit(tx).await.expect("kept");
    answer.expect("an answer")
}

async fn receive(db: &Database, state: &str, browser: &str, at: i64) -> &'static str {
    let tx = db.begin_writing().await.expect("begun");
    let received = sign_on::receive(&tx, (state, browser), at).await;
    commit(tx).await.expect("kept");
    match received.expect("an answer") {
        Received::Expected(begun) => {
            assert_eq!((&*begun.nonce, &*begun.verifier), ("nonce", "verifier"));
            assert_eq!(begun.next, "/pool");
            "expected"
        }
        Received::Unknown => "unknown",
        Received::Stale(why) => why,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_once_in_time_and_by_its_browser() {
    on_each_database("sign_on", async |db| {
        let pack = pack();
        for (state, at) in [("a", NOW), ("b", NOW + 1)] {
            begin(db, &pack, state, at).await.expect("kept");
        }
        let late = NOW + WAITING_SECONDS;
        for (state, browser, at, expected) in [
            ("c", "own", NOW, "unknown"),
            ("a", "other", NOW, "答复来自另一个浏览器"),
            ("a", "own", late + 1, "答复超过10分钟"),
            ("a", "own", late, "expected"),
            ("a", "own", late, "答复重复使用"),
            ("a", "other", late, "答复重复使用"),
            ("b", "own", late + 1, "expected"),
        ] {
            let found = receive(db, state, browser, at).await;
            assert_eq!(found, expected, "{state} {browser} {at}");
        }
        // What nobody waits for any more is forgotten when the next one begins.
        begin(db, &pack, "d", late + late).await.expect("kept");
        assert_eq!(receive(db, "b", "own", late).await, "unknown");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_takes_the_answer() {
    on_each_database("at_once", async |db| {
        begin(db, &pack(), "a", NOW).await.expect("kept");
        let asked = (0..20).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { receive(&db, "a", "own", NOW).await })
        });
        let mut found = Vec::new();
        for answer in asked.collect::<Vec<_>>() {
            found.push(answer.await.expect("answered"));
        }
        let taken = found.iter().filter(|own| **own == "expected").count();
        assert_eq!((taken, found.len()), (1, 20));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_under_way_and_no_more() {
    on_each_database("waiting", async |db| {
        let pack = pack();
        for number in 0..WAITING_MAX {
            let state = format!("s{number}");
            begin(db, &pack, &state, NOW).await.expect("kept");
        }
        let full = Err(SignInRefusal::TooManyWaiting);
        assert_eq!(begin(db, &pack, "t", NOW).await, full);
        // One comes back, and there is room again.
        assert_eq!(receive(db, "s0", "own", NOW).await, "expected");
        assert_eq!(begin(db, &pack, "t", NOW).await, Ok(()));
        assert_eq!(begin(db, &pack, "u", NOW).await, full);
        let later = NOW + WAITING_SECONDS + 1;
        assert_eq!(begin(db, &pack, "u", later).await, Ok(()));
    })
    .await;
}

async fn link(db: &Database, account: i64, subject: &str) -> Result<(), KeeperRefusal> {
    let tx = db.begin_writing().await.expect("begun");
    let linked = sign_on::link(&tx, &pack(), &operator(), account, (ISSUER, subject)).await;
    let linked = linked.expect("an answer");
    if linked.is_ok() {
        commit(tx).await.expect("kept");
    }
    linked.map(|_| ())
}

async fn unlink(db: &Database, account: i64) {
    let tx = db.begin_writing().await.expect("begun");
    let ended = sign_on::unlink(&tx, &pack(), &operator(), account).await;
    ended.expect("an answer").expect("ended");
    commit(tx).await.expect("kept");
}

fn caller(login: &str) -> Caller<'_> {
    Caller {
        login,
        address: "10.0.0.1",
        browser: "",
        at: NOW,
        on: act().on,
    }
}

/// Comes back from the provider with the subject; `token` is the new session's.
async fn come(
    db: &Database,
    identity: Identity<'_>,
    token: &str,
) -> Result<Session, SignInRefusal> {
    let pack = pack();
    let tx = db.begin_writing().await.expect("begun");
    let answer = sign_on::with_provider(&tx, house(&pack), caller(""), identity, token).await;
    commit(tx).await.expect("kept");
    answer.expect("an answer")
}

async fn enter(db: &Database, issuer: &str, means: Means) -> Result<Stage, SignInRefusal> {
    let identity = Identity {
        issuer,
        subject: "s",
        means,
    };
    let token = format!("{issuer} {means:?}");
    let session = come(db, identity, &token).await;
    session.map(|session| session.stage)
}

const OWN: Identity<'_> = Identity {
    issuer: ISSUER,
    subject: "s",
    means: Means::Provider,
};

/// Gives the password whose hash is `hash`, right or wrong.
async fn confirm(
    db: &Database,
    session: &Session,
    (hash, fits): (&str, bool),
    token: &str,
) -> Result<Stage, SignInRefusal> {
    let pack = pack();
    let compared = Compared {
        account: session.account,
        hash: hash.to_string(),
        fits,
    };
    let tx = db.begin_writing().await.expect("begun");
    let caller = caller("one");
    let answer = sign_on::confirm(&tx, house(&pack), session, caller, Some(&compared), token).await;
    commit(tx).await.expect("kept");
    answer.expect("an answer").map(|session| session.stage)
}

async fn set_password(db: &Database, account: i64, hash: &str, is_first: bool) {
    let tx = db.begin_writing().await.expect("begun");
    let set = passwords::keep(&tx, account, hash, is_first, NOW).await;
    set.expect("a password");
    commit(tx).await.expect("kept");
}

async fn is_confirmed(db: &Database, account: i64) -> bool {
    let link = sign_on::linked(db.reading(), account).await.expect("read");
    link.expect("a link").confirmed_at.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_confirms_a_link_once() {
    on_each_database("confirm", async |db| {
        let one = account(db, "one").await;
        assert_eq!(link(db, one, "s").await, Ok(()));
        let first = come(db, OWN, "a").await.expect("a session");
        let other = come(db, OWN, "b").await.expect("a session");
        assert_eq!(
            (first.stage, other.stage),
            (Stage::Confirmation, Stage::Confirmation)
        );
        for (name, given) in [("wrong", ("hash", false)), ("of before", ("old", true))] {
            let answer = confirm(db, &first, given, "c").await;
            assert_eq!(answer, Err(SignInRefusal::Wrong), "{name}");
            assert!(!is_confirmed(db, one).await, "{name}");
        }
        let right = ("hash", true);
        assert_eq!(confirm(db, &first, right, "c").await, Ok(Stage::Whole));
        assert!(is_confirmed(db, one).await);
        // The session of before has ended, and another browser confirms nothing anew.
        let over = Err(SignInRefusal::Over);
        assert_eq!(confirm(db, &first, right, "d").await, over);
        assert_eq!(confirm(db, &other, right, "d").await, Ok(Stage::Whole));
        let entered = enter(db, ISSUER, Means::Provider).await;
        assert_eq!(entered, Ok(Stage::Whole));
        let expected = [
            ("people.confirm-sign-on", 1),
            ("people.link-sign-on", 1),
            ("people.sign-in", 3),
            ("people.sign-in-refused", 2),
        ];
        let expected = expected.map(|(act, times)| (act.to_string(), times));
        assert_eq!(journal_of(db).await, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_lock_as_they_do_elsewhere() {
    on_each_database("confirm_lock", async |db| {
        let one = account(db, "one").await;
        assert_eq!(link(db, one, "s").await, Ok(()));
        let session = come(db, OWN, "a").await.expect("a session");
        for _ in 0..pack().security.failures_max {
            let answer = confirm(db, &session, ("hash", false), "b").await;
            assert_eq!(answer, Err(SignInRefusal::Wrong));
        }
        let locked = |answer| matches!(answer, Err(SignInRefusal::Locked { .. }));
        assert!(locked(confirm(db, &session, ("hash", true), "b").await));
        // Whoever guesses on is not told.
        let guessed = confirm(db, &session, ("hash", false), "b").await;
        assert_eq!(guessed, Err(SignInRefusal::Wrong));
        assert!(locked(enter(db, ISSUER, Means::ProviderWithFactor).await));
        assert!(!is_confirmed(db, one).await);
        let lines = journal_of(db).await;
        assert!(lines.contains(&("people.lock".to_string(), 1)), "{lines:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_handed_out_confirms_nothing() {
    on_each_database("confirm_first", async |db| {
        let one = account(db, "one").await;
        assert_eq!(link(db, one, "s").await, Ok(()));
        let refused = Err(SignInRefusal::FirstPassword);
        let session = come(db, OWN, "a").await.expect("a session");
        // Handed out anew while the page is open, and before somebody comes.
        set_password(db, one, "first", true).await;
        let answer = confirm(db, &session, ("first", true), "b").await;
        assert_eq!(answer, refused);
        assert_eq!(enter(db, ISSUER, Means::Provider).await, refused);
        assert!(!is_confirmed(db, one).await);
        set_password(db, one, "own", false).await;
        let answer = confirm(db, &session, ("own", true), "b").await;
        assert_eq!(answer, Ok(Stage::Whole));
        // What is confirmed stays so: the provider says who it is, no password does.
        set_password(db, one, "second", true).await;
        let entered = enter(db, ISSUER, Means::ProviderWithFactor).await;
        assert_eq!(entered, Ok(Stage::Whole));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_made_anew_is_confirmed_anew() {
    on_each_database("confirm_anew", async |db| {
        let one = account(db, "one").await;
        assert_eq!(link(db, one, "s").await, Ok(()));
        let session = come(db, OWN, "a").await.expect("a session");
        // Another identity takes the place of the one that the page is about: the password
        // that is typed there must not confirm it.
        unlink(db, one).await;
        assert_eq!(link(db, one, "t").await, Ok(()));
        let right = ("hash", true);
        let answer = confirm(db, &session, right, "b").await;
        assert_eq!(answer, Err(SignInRefusal::Over));
        assert!(!is_confirmed(db, one).await);
        for (number, subject) in ["s", "t", "s"].into_iter().enumerate() {
            unlink(db, one).await;
            assert_eq!(link(db, one, subject).await, Ok(()));
            let identity = Identity { subject, ..OWN };
            let token = format!("c{number}");
            let session = come(db, identity, &token).await.expect("a session");
            assert_eq!(session.stage, Stage::Confirmation, "{number}");
            let token = format!("d{number}");
            let answer = confirm(db, &session, right, &token).await;
            assert_eq!(answer, Ok(Stage::Whole), "{number}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_one_to_one_and_end_with_the_account() {
    on_each_database("links", async |db| {
        let (one, other) = (account(db, "one").await, account(db, "other").await);
        assert_eq!(link(db, one, "s").await, Ok(()));
        let taken = KeeperRefusal::SubjectTaken("one".to_string());
        assert_eq!(link(db, other, "s").await, Err(taken));
        let already = KeeperRefusal::AlreadyLinked("one".to_string());
        assert_eq!(link(db, one, "t").await, Err(already));
        let entered = enter(db, ISSUER, Means::Provider).await;
        assert_eq!(entered, Ok(Stage::Confirmation));
        // The same subject of another provider is somebody else.
        let foreign = enter(db, "https://other.example", Means::Provider).await;
        assert_eq!(foreign, Err(SignInRefusal::NotLinked));
        let tx = db.begin_writing().await.expect("begun");
        let closed = keepers::close_account(&tx, &pack(), &operator(), one).await;
        closed.expect("an answer").expect("closed");
        commit(tx).await.expect("kept");
        let closed = enter(db, ISSUER, Means::ProviderWithFactor).await;
        assert_eq!(closed, Err(SignInRefusal::NotLinked));
        let gone = KeeperRefusal::Closed("one".to_string());
        assert_eq!(link(db, one, "s").await, Err(gone));
        assert_eq!(link(db, other, "s").await, Ok(()));
        let expected = [
            ("people.close-account", 1),
            ("people.link-sign-on", 2),
            ("people.sign-in-refused", 2),
        ];
        let expected = expected.map(|(act, times)| (act.to_string(), times));
        assert_eq!(journal_of(db).await, expected);
    })
    .await;
}
