//! A firm claims once, with its own code, and learns nothing about other firms.

use super::world::{LUOYANG, act_of, journal_of, on_each_database, pack};
use programme::database::{Database, commit};
use programme::journal::Act;
use programme::people::accounts::{self, Account, PersonFault};
use programme::people::claims::{self, Claim, ClaimRefusal, InviteRefusal, NewPerson};
use programme::people::notices::{self, Inbox};
use programme::people::{Organisation, Scope, Whereabouts};
use rules::pack::Pack;
use rules::uscc::Uscc;
use std::sync::Arc;

fn code(number: usize) -> Uscc {
    Uscc::compose(&format!("91410329MA{number:07}")).expect("a code")
}

fn at(number: usize, area: u32, county: u32) -> Whereabouts {
    Whereabouts {
        key: code(number).key(),
        area: Some(area),
        county: Some(county),
        zone: None,
    }
}

async fn invite(
    db: &Database,
    pack: &Pack,
    by: Organisation,
    (uscc, firm): (Uscc, Option<Whereabouts>),
) -> Result<Claim, InviteRefusal> {
    let scope = Scope::of(pack, &by);
    let act = act_of(by);
    let tx = db.begin_writing().await.expect("begun");
    let firm = (uscc, firm.as_ref());
    let claim = claims::invite(&tx, pack, (&act, &scope), firm, "hash").await;
    let claim = claim.expect("an answer");
    commit(tx).await.expect("kept");
    claim
}

async fn claim(
    db: &Database,
    pack: &Pack,
    uscc: Uscc,
    (compared, address, at): (Option<(i64, bool)>, &str, i64),
) -> Result<Account, ClaimRefusal> {
    let act = Act {
        at,
        ..act_of(Organisation::Firm(uscc))
    };
    let person = NewPerson {
        name: "王五",
        phone: "13812345678",
        password: "hash of a password",
    };
    let tx = db.begin_writing().await.expect("begun");
    let answer = claims::claim(&tx, pack, &act, (uscc, address), compared, person).await;
    let answer = answer.expect("an answer");
    commit(tx).await.expect("kept");
    answer
}

fn now() -> i64 {
    act_of(Organisation::Area(LUOYANG)).at
}

#[tokio::test(flavor = "multi_thread")]
async fn only_offices_of_the_place_invite() {
    on_each_database("invite", async |db| {
        let pack = pack();
        let firm = at(1, LUOYANG, 410_329);
        let out = Err(InviteRefusal::OutOfScope(code(1)));
        for (by, firm, expected) in [
            (Organisation::Area(LUOYANG), Some(firm), Ok(())),
            (Organisation::County(410_329), Some(firm), Ok(())),
            (Organisation::County(410_328), Some(firm), out.clone()),
            (Organisation::Area(411_000), Some(firm), out.clone()),
            (Organisation::Area(LUOYANG), None, out.clone()),
            (
                Organisation::Area(LUOYANG),
                Some(at(2, LUOYANG, 410_329)),
                out,
            ),
            (
                Organisation::Agency("industry".to_string()),
                Some(firm),
                Err(InviteRefusal::NotLocal),
            ),
            (
                Organisation::Firm(code(1)),
                Some(firm),
                Err(InviteRefusal::NotLocal),
            ),
        ] {
            let name = format!("{by:?} {firm:?}");
            let found = invite(db, &pack, by, (code(1), firm)).await.map(|_| ());
            assert_eq!(found, expected, "{name}");
        }
        // The newer invitation took the place of the older.
        let open = claims::open(db.reading(), &code(1).to_string()).await;
        assert_eq!(open.expect("read").map(|open| open.id), Some(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_claims_once_and_a_second_person_with_another_code() {
    on_each_database("claim", async |db| {
        let pack = Arc::new(pack());
        let county = || Organisation::County(410_329);
        let firm = (code(1), Some(at(1, LUOYANG, 410_329)));
        let first = invite(db, &pack, county(), firm).await.expect("invited").id;
        let wrong = Err(ClaimRefusal::Wrong);
        for (name, uscc, compared) in [
            ("a foreign firm", code(2), Some((first, true))),
            ("no firm at all", code(3), None),
            ("a wrong code", code(1), Some((first, false))),
            ("another invitation", code(1), Some((first + 1, true))),
        ] {
            let found = claim(db, &pack, uscc, (compared, "10.0.0.1", now())).await;
            assert_eq!(found.map(|_| ()), wrong, "{name}");
        }
        let many = (0..8).map(|number| {
            let (db, pack) = (db.clone(), pack.clone());
            tokio::spawn(async move {
                let address = format!("10.0.1.{number}");
                let how = (Some((first, true)), address.as_str(), now());
                claim(&db, &pack, code(1), how).await.is_ok()
            })
        });
        let mut claimed = 0;
        for one in many.collect::<Vec<_>>() {
            claimed += usize::from(one.await.expect("answered"));
        }
        assert_eq!(claimed, 1);
        let second = invite(db, &pack, county(), firm).await.expect("invited").id;
        let how = (Some((second, true)), "10.0.0.2", now());
        let account = claim(db, &pack, code(1), how).await.expect("claimed");
        assert_eq!(account.login, format!("{}-2", code(1)));
        let posts = accounts::posts_of(db.reading(), account.id)
            .await
            .expect("read");
        assert_eq!(posts.len(), 1);
        let seat = posts[0].seat(&pack).expect("a seat");
        assert_eq!(seat.organisation, Organisation::Firm(code(1)));
        let inbox = Inbox {
            account: 999,
            organisation: "410329",
            since: 0,
        };
        let unread = notices::unread(db.reading(), inbox).await.expect("read");
        assert_eq!(unread, 2, "the office learns of both");
        let journal = journal_of(db).await;
        let times = |act: &str| {
            let found = journal.iter().find(|(own, _)| own == act);
            found.map_or(0, |(_, times)| *times)
        };
        assert_eq!(times("people.claim"), 2);
        assert_eq!(times("people.claim-refused"), 4 + 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_and_time_void_an_invitation() {
    on_each_database("void", async |db| {
        let pack = pack();
        let firm = (code(1), Some(at(1, LUOYANG, 410_329)));
        let by = || Organisation::Area(LUOYANG);
        let id = invite(db, &pack, by(), firm).await.expect("invited").id;
        for number in 0..5 {
            let address = format!("10.0.0.{number}");
            let how = (Some((id, false)), address.as_str(), now());
            assert!(claim(db, &pack, code(1), how).await.is_err());
        }
        let how = (Some((id, true)), "10.0.0.9", now());
        assert_eq!(
            claim(db, &pack, code(1), how).await,
            Err(ClaimRefusal::Wrong)
        );
        let id = invite(db, &pack, by(), firm).await.expect("invited").id;
        let end = now() + 30 * 86_400;
        let how = (Some((id, true)), "10.0.0.9", end);
        assert_eq!(
            claim(db, &pack, code(1), how).await,
            Err(ClaimRefusal::Wrong)
        );
        let how = (Some((id, true)), "10.0.0.9", end - 1);
        assert!(claim(db, &pack, code(1), how).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_guesses_is_not_listened_to() {
    on_each_database("address", async |db| {
        let pack = pack();
        for number in 0..30 {
            let found = claim(db, &pack, code(number), (None, "10.0.0.1", now())).await;
            assert_eq!(found, Err(ClaimRefusal::Wrong), "{number}");
        }
        let found = claim(db, &pack, code(40), (None, "10.0.0.1", now())).await;
        assert_eq!(found, Err(ClaimRefusal::AddressFull));
        let found = claim(db, &pack, code(40), (None, "10.0.0.2", now())).await;
        assert_eq!(found, Err(ClaimRefusal::Wrong));
        assert_eq!(
            ClaimRefusal::from(PersonFault::Phone).to_string(),
            PersonFault::Phone.to_string()
        );
    })
    .await;
}
