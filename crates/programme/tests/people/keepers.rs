//! Three keepers, none of whom is anything else; refusals by table, and two keepers at once.

use super::world::{act, journal_of, on_each_database, pack};
use programme::database::{Database, commit};
use programme::people::accounts::{self, Account, PersonFault};
use programme::people::keepers::{self, Keeper, KeeperRefusal};
use programme::people::{Organisation, passwords, sessions, tokens};
use rules::pack::Pack;
use std::sync::Arc;

fn operator() -> Keeper {
    Keeper {
        account: None,
        act: act(),
    }
}

fn keeper(account: i64) -> Keeper {
    Keeper {
        account: Some(account),
        act: act(),
    }
}

async fn made(db: &Database, login: &str, phone: &str) -> Result<Account, KeeperRefusal> {
    let tx = db.begin_writing().await.expect("begun");
    let made = keepers::create_account(&tx, &operator(), (login, "张三", phone)).await;
    let made = made.expect("an answer");
    commit(tx).await.expect("kept");
    made
}

async fn account(db: &Database, login: &str, phone: &str) -> i64 {
    made(db, login, phone).await.expect("an account").id
}

async fn give(
    db: &Database,
    pack: &Pack,
    by: &Keeper,
    account: i64,
    (organisation, role): (&str, &str),
) -> Result<i64, KeeperRefusal> {
    let organisation = Organisation::from_id(pack, organisation).expect("an organisation");
    let tx = db.begin_writing().await.expect("begun");
    let given = keepers::give_post(&tx, pack, by, account, (&organisation, role)).await;
    let given = given.expect("an answer");
    // What is refused leaves nothing: the transaction is given up.
    if given.is_ok() {
        commit(tx).await.expect("kept");
    }
    given
}

const OFFICE: &str = "leading-group-office";

type Case = (
    &'static str,
    i64,
    (&'static str, &'static str),
    Result<(), KeeperRefusal>,
);

/// What the security keeper may give to whom: a clerk, his other account, a person without a
/// post, one whose account is closed. Every case stands on those before it.
fn cases(pack: &Pack, security: i64, [clerk, twin, free, closed]: [i64; 4]) -> Vec<Case> {
    use KeeperRefusal::*;
    let named = |id: &str| pack.role(id).expect("a role").name.clone();
    let unsuited = |organisation: &str, role: &str| DoesNotSuit {
        organisation: organisation.to_string(),
        role: named(role),
    };
    let (area, audit) = (("410300", "area"), (OFFICE, "audit-keeper"));
    let business = KeeperAndBusiness(named("area"));
    let system = named("system-keeper");
    let firm = ("91411081MX0000011P", "enterprise");
    let (out, king) = (
        Closed("closed".to_string()),
        UnknownRole("king".to_string()),
    );
    vec![
        ("himself", security, audit, Err(Himself)),
        ("an office its own", clerk, area, Ok(())),
        ("twice", clerk, area, Err(AlreadyHeld(named("area")))),
        ("a second place", clerk, ("411000", "area"), Ok(())),
        (
            "beyond its kind",
            clerk,
            ("411081", "area"),
            Err(unsuited("411081", "area")),
        ),
        (
            "a place as province",
            clerk,
            ("410300", "office"),
            Err(unsuited("410300", "office")),
        ),
        ("business and keeper", clerk, audit, Err(business.clone())),
        (
            "the same person under another name",
            twin,
            audit,
            Err(business),
        ),
        ("a keeper", free, (OFFICE, "system-keeper"), Ok(())),
        (
            "two of the three",
            free,
            audit,
            Err(OtherKeeper(system.clone())),
        ),
        (
            "keeper and business",
            free,
            (OFFICE, "office"),
            Err(KeeperAndBusiness(system)),
        ),
        ("a firm", twin, firm, Err(OnlyByClaim)),
        ("closed", closed, area, Err(out)),
        ("nobody", 99, area, Err(NoAccount)),
        ("no role", twin, ("410300", "king"), Err(king)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_keeper_is_anything_else() {
    on_each_database("keepers", async |db| {
        let pack = pack();
        let security = account(db, "security", "13800000001").await;
        let clerk = account(db, "clerk", "13800000002").await;
        let twin = account(db, "twin", "13800000002").await;
        let free = account(db, "free", "13800000003").await;
        let closed = account(db, "closed", "13800000004").await;
        let tx = db.begin_writing().await.expect("begun");
        let done = keepers::close_account(&tx, &pack, &operator(), closed).await;
        done.expect("an answer").expect("closed");
        commit(tx).await.expect("kept");
        let keeper_post = (OFFICE, "security-keeper");
        let given = give(db, &pack, &operator(), security, keeper_post).await;
        given.expect("given");
        let own = keeper(security);
        for (name, account, post, expected) in cases(&pack, security, [clerk, twin, free, closed]) {
            let found = give(db, &pack, &own, account, post).await.map(|_| ());
            assert_eq!(found, expected, "{name}");
        }
        let journal = journal_of(db).await;
        let given = journal.iter().find(|(act, _)| act == "people.give-post");
        assert_eq!(given.map(|(_, times)| *times), Some(4), "{journal:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keepers_at_once_do_not_make_one_person_two() {
    on_each_database("at_once", async |db| {
        let pack = Arc::new(pack());
        let person = account(db, "person", "13800000009").await;
        const ROLES: [&str; 4] = ["audit-keeper", "system-keeper", "security-keeper", "office"];
        let gives = ROLES.iter().cycle().take(16).map(|role| {
            let (db, pack) = (db.clone(), pack.clone());
            tokio::spawn(async move {
                give(&db, &pack, &operator(), person, (OFFICE, role))
                    .await
                    .is_ok()
            })
        });
        let mut given = 0;
        for one in gives.collect::<Vec<_>>() {
            given += usize::from(one.await.expect("answered"));
        }
        assert_eq!(given, 1);
        let posts = accounts::posts_of(db.reading(), person)
            .await
            .expect("read");
        assert_eq!(posts.len(), 1, "{posts:?}");
        let made = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { made(&db, "same", "13800000010").await.is_ok() })
        });
        let mut count = 0;
        for one in made.collect::<Vec<_>>() {
            count += usize::from(one.await.expect("answered"));
        }
        assert_eq!(count, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keepers_do_not_get_one_anothers_accounts() {
    on_each_database("resets", async |db| {
        let pack = pack();
        let security = account(db, "security", "13800000001").await;
        let audit = account(db, "audit", "13800000002").await;
        let clerk = account(db, "clerk", "13800000003").await;
        for (account, post) in [
            (security, (OFFICE, "security-keeper")),
            (audit, (OFFICE, "audit-keeper")),
            (clerk, ("410300", "area")),
        ] {
            give(db, &pack, &operator(), account, post)
                .await
                .expect("given");
        }
        let only = KeeperRefusal::OnlyOperator("audit".to_string());
        for (name, by, account, expected) in [
            ("a clerk's", keeper(security), clerk, Ok(())),
            (
                "the own",
                keeper(security),
                security,
                Err(KeeperRefusal::HimselfReset),
            ),
            ("a keeper's", keeper(security), audit, Err(only)),
            ("by the operator", operator(), audit, Ok(())),
        ] {
            let tx = db.begin_writing().await.expect("begun");
            let reset = keepers::reset_password(&tx, &pack, &by, account, "hash").await;
            let reset = reset.expect("an answer").map(|_| ());
            commit(tx).await.expect("kept");
            assert_eq!(reset, expected, "{name}");
        }
        let tx = db.begin_writing().await.expect("begun");
        let post = accounts::posts_of(&tx, audit).await.expect("posts")[0].id;
        let last = keepers::end_post(&tx, &pack, &keeper(security), post).await;
        let name = pack.role("audit-keeper").expect("a role").name.clone();
        assert_eq!(
            last.expect("an answer"),
            Err(KeeperRefusal::LastKeeper(name))
        );
        let closed = keepers::close_account(&tx, &pack, &keeper(clerk), audit).await;
        let holds = KeeperRefusal::HoldsKeeperPost("audit".to_string());
        assert_eq!(closed.expect("an answer").map(|_| ()), Err(holds));
        let missing = keepers::reset_factor(&tx, &pack, &operator(), clerk).await;
        let none = KeeperRefusal::NoFactor("clerk".to_string());
        assert_eq!(missing.expect("an answer"), Err(none));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_closed_is_out_everywhere() {
    on_each_database("closed", async |db| {
        let pack = pack();
        let clerk = account(db, "clerk", "0371-65509999").await;
        let post = give(db, &pack, &operator(), clerk, ("410300", "area")).await;
        let post = post.expect("given");
        let at = act().at;
        let tx = db.begin_writing().await.expect("begun");
        let session = sessions::Session {
            hash: "s".to_string(),
            account: clerk,
            post,
            stage: sessions::Stage::Whole,
            made_at: at,
            seen_at: at,
            address: String::new(),
            browser: String::new(),
            means: sessions::Means::Password,
        };
        sessions::keep_open(&tx, &session).await.expect("opened");
        let token = tokens::Token {
            id: 0,
            hash: "t".to_string(),
            account: clerk,
            post,
            name: "对账".to_string(),
            rights: [rules::pack::roles::Right::Firms].into(),
            made_at: at,
            ends_at: at + 100,
            used_at: None,
            ended_at: None,
        };
        let id = tokens::insert(&tx, &token).await.expect("a token");
        commit(tx).await.expect("kept");
        let kept = tokens::of_hash(db.reading(), "t").await.expect("read");
        assert_eq!(kept, Some(tokens::Token { id, ..token }));
        let tx = db.begin_writing().await.expect("begun");
        let closed = keepers::close_account(&tx, &pack, &operator(), clerk).await;
        closed.expect("an answer").expect("closed");
        commit(tx).await.expect("kept");
        let reading = db.reading();
        assert_eq!(sessions::open(reading, "s").await.expect("read"), None);
        let token = tokens::of_hash(reading, "t").await.expect("read");
        assert!(!token.expect("a token").is_alive(at));
        let posts = accounts::posts_of(reading, clerk).await.expect("read");
        assert_eq!(posts[0].ended_at, Some(at));
        assert_eq!(passwords::newest(reading, clerk).await.expect("read"), None);
        let again = made(db, "clerk", "0371-65509999").await;
        assert_eq!(again, Err(KeeperRefusal::LoginTaken("clerk".to_string())));
        let fault = made(db, "Clerk 2", "0371-65509999").await;
        assert_eq!(fault, Err(KeeperRefusal::Person(PersonFault::Login)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_by_login_and_name() {
    on_each_database("search", async |db| {
        for login in ["li_si", "lixsi", "wang"] {
            account(db, login, "13800000001").await;
        }
        for (search, expected) in [
            ("", vec!["li_si", "lixsi", "wang"]),
            ("LI", vec!["li_si", "lixsi"]),
            ("i_s", vec!["li_si"]),
            ("%", vec![]),
            ("张", vec!["li_si", "lixsi", "wang"]),
            ("' OR 1=1 --", vec![]),
        ] {
            let found = accounts::accounts(db.reading(), search, 0, 10).await;
            let found = found.expect("read");
            let logins: Vec<&str> = found.iter().map(|own| own.login.as_str()).collect();
            assert_eq!(logins, expected, "{search}");
        }
        let rest = accounts::accounts(db.reading(), "", 1, 1)
            .await
            .expect("read");
        assert_eq!(rest[0].login, "lixsi");
    })
    .await;
}
