//! Sign-ons under way are taken once, in time, by the browser that began; links are one to one.

use super::world::{act, journal_of, on_each_database, pack};
use programme::database::{Database, commit};
use programme::people::keepers::{self, Keeper, KeeperRefusal};
use programme::people::sessions::{Means, Stage};
use programme::people::sign_in::{Caller, House, SignInRefusal};
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
    let set = passwords::keep(&tx, id, "hash", true, NOW).await;
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

async fn enter(db: &Database, issuer: &str, means: Means) -> Result<Stage, SignInRefusal> {
    let pack = pack();
    let tx = db.begin_writing().await.expect("begun");
    let caller = Caller {
        login: "",
        address: "10.0.0.1",
        browser: "",
        at: NOW,
        on: act().on,
    };
    let identity = Identity {
        issuer,
        subject: "s",
        means,
    };
    let token = format!("{issuer} {means:?}");
    let answer = sign_on::with_provider(&tx, house(&pack), caller, identity, &token).await;
    commit(tx).await.expect("kept");
    answer.expect("an answer").map(|session| session.stage)
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
        assert_eq!(entered, Ok(Stage::Whole));
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
            ("people.sign-in", 1),
            ("people.sign-in-refused", 2),
        ];
        let expected = expected.map(|(act, times)| (act.to_string(), times));
        assert_eq!(journal_of(db).await, expected);
    })
    .await;
}
