//! Lists handed on are read back as they were, once only; every firm is followed from then on,
//! by those whom it concerns; on either database.

use super::world::{LUOYANG, act, act_of, journal_of, month, on_each_database, pack};
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows};
use programme::journal::Act;
use programme::outlook::follow_ups::{self, Became, FollowUp, FollowUpRefusal, became};
use programme::outlook::hand_overs::{
    HandOver, HandOverRefusal, Handed, Request, hand_over, hand_overs, handed, save,
};
use programme::outlook::{FRAME, Firms};
use programme::people::Organisation;
use rules::pack::Pack;
use rules::uscc::Uscc;

fn code(number: usize) -> Uscc {
    Uscc::compose(&format!("91410329MA{number:07}")).expect("a code")
}

fn firm(number: usize, level: &str) -> Handed {
    Handed {
        key: code(number).key(),
        name: format!("示例{number}有限公司"),
        area: Some(LUOYANG),
        county: (number != 2).then_some(410_329),
        entered: (number != 2).then(|| month("2022-12")),
        level: level.to_string(),
        possible: if number == 1 { "红色" } else { "" }.to_string(),
        reasons: vec!["停产歇业".to_string(), "数据缺报".to_string()],
    }
}

fn request(receiver: &str) -> Request {
    Request {
        snapshot: 3,
        as_of: month("2026-09"),
        levels: "红色、橙色".to_string(),
        division: None,
        receiver: receiver.to_string(),
        purpose: "上门帮扶".to_string(),
        basis: "实施方案二（一）".to_string(),
    }
}

/// Firms in the order of their keys, as a snapshot has them.
fn list() -> Vec<Handed> {
    let mut list = vec![firm(1, "橙色"), firm(2, "红色")];
    list.sort_by_key(|firm| firm.key);
    list
}

async fn hand(
    db: &Database,
    request: &Request,
    list: &[Handed],
) -> Result<HandOver, HandOverRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let statistics = act_of(Organisation::Agency("statistics".to_string()));
    let saved = save(&tx, &pack(), request, list, &statistics).await;
    let saved = saved.expect("the database answers");
    if saved.is_ok() {
        tx.commit().await.expect("it is kept");
    }
    saved
}

async fn note(
    db: &Database,
    number: usize,
    (text, closes): (&str, bool),
    is_local: bool,
    act: &Act,
) -> Result<(), FollowUpRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let uscc = code(number);
    let done = match closes {
        true => follow_ups::close(&tx, uscc, text, is_local, act).await,
        false => follow_ups::note(&tx, uscc, text, is_local, act).await,
    };
    let done = done.expect("the database answers");
    if done.is_ok() {
        tx.commit().await.expect("it is kept");
    }
    done
}

async fn newest(db: &Database, number: usize) -> FollowUp {
    let all = follow_ups::of(db.reading(), code(number)).await;
    let mut all = all.expect("follow-ups");
    all.pop().expect("the firm is followed")
}

#[tokio::test]
async fn a_list_is_handed_on_once_and_read_again_as_it_was() {
    on_each_database("hand_over", async |db: &Database| {
        let (list, first) = (list(), request("industry"));
        let saved = hand(db, &first, &list).await.expect("the first list");
        assert_eq!((saved.id, saved.count), (1, 2));
        assert_eq!(
            handed(db.reading(), 1).await.expect("the list"),
            list,
            "as it was"
        );
        let read = hand_over(db.reading(), 1).await.expect("the record");
        assert_eq!(read, Some(saved.clone()));
        assert_eq!(
            hand(db, &first, &list).await,
            Err(HandOverRefusal::Repeated(1))
        );
        assert_eq!(hand(db, &first, &[]).await, Err(HandOverRefusal::NoFirm));
        // Another receiver, another list, another snapshot are no repetition.
        let other = hand(db, &request("tax"), &list).await.expect("another");
        assert_eq!(other.fingerprint, saved.fingerprint);
        hand(db, &first, &list[..1]).await.expect("another list");
        let later = Request {
            snapshot: 4,
            ..first
        };
        hand(db, &later, &list).await.expect("a later snapshot");
        let all = hand_overs(db.reading()).await.expect("records");
        let ids: Vec<i64> = all.iter().map(|own| own.id).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        let lines = [("outlook.hand-over".to_string(), 4)];
        assert_eq!(journal_of(db).await, lines);
    })
    .await;
}

#[tokio::test]
async fn firms_that_were_handed_on_are_followed_by_those_whom_it_concerns() {
    on_each_database("follow_up", async |db: &Database| {
        let local = act_of(Organisation::Area(LUOYANG));
        let refused = note(db, 1, ("已上门", false), true, &local).await;
        assert_eq!(refused, Err(FollowUpRefusal::NotHandedOn(code(1))));
        hand(db, &request("industry"), &list())
            .await
            .expect("handed on");
        let opened = newest(db, 1).await;
        assert_eq!(opened.followed_by(), ["industry"]);
        assert_eq!((opened.acts.len(), opened.is_closed()), (0, false));

        refused_notes(db, &local).await;
        note(db, 1, ("已上门，设备检修", false), true, &local)
            .await
            .expect("local");
        note(db, 1, ("已恢复生产", false), false, &act())
            .await
            .expect("the receiver");
        assert_eq!(newest(db, 1).await.followed_by(), ["industry"]);
        note(db, 1, ("已恢复正常", true), true, &local)
            .await
            .expect("closed");
        let closed = newest(db, 1).await;
        assert!(closed.is_closed());
        let texts: Vec<&str> = closed.acts.iter().map(|act| act.text.as_str()).collect();
        assert_eq!(texts, ["已上门，设备检修", "已恢复生产", "已恢复正常"]);
        let refused = note(db, 1, ("又停了", false), true, &local).await;
        assert_eq!(refused, Err(FollowUpRefusal::Closed(code(1), local.on)));
        let lines = [
            ("outlook.close", 1),
            ("outlook.follow-up", 2),
            ("outlook.hand-over", 1),
        ];
        let lines = lines.map(|(act, times)| (act.to_string(), times));
        assert_eq!(journal_of(db).await, lines);
    })
    .await;
}

/// Nobody else notes anything, and nothing without words, a person and an order in time.
async fn refused_notes(db: &Database, local: &Act) {
    let tax = act_of(Organisation::Agency("tax".to_string()));
    let nobody = Act {
        person: String::new(),
        ..local.clone()
    };
    let early = Act {
        on: month("2026-11").first_day(),
        ..local.clone()
    };
    let (out, back) = (local.on, early.on);
    let cases = [
        (
            "another agency",
            ("已上门", false),
            false,
            &tax,
            FollowUpRefusal::OutOfScope(code(1)),
        ),
        (
            "nobody answers for it",
            ("已上门", false),
            true,
            &nobody,
            FollowUpRefusal::NoPerson,
        ),
        (
            "nothing is said",
            (" ", false),
            true,
            local,
            FollowUpRefusal::NoNote,
        ),
        (
            "no reason to close",
            ("", true),
            true,
            local,
            FollowUpRefusal::NoReason,
        ),
        (
            "before it was opened",
            ("已上门", false),
            true,
            &early,
            FollowUpRefusal::Backwards(back, out),
        ),
    ];
    for (name, what, is_local, act, refusal) in cases {
        assert_eq!(
            note(db, 1, what, is_local, act).await,
            Err(refusal),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_further_list_joins_in_and_one_after_the_close_opens_another() {
    on_each_database("follow_again", async |db: &Database| {
        let local = act_of(Organisation::Area(LUOYANG));
        hand(db, &request("industry"), &list())
            .await
            .expect("first");
        hand(db, &request("tax"), &list()).await.expect("second");
        let joined = newest(db, 1).await;
        assert_eq!(joined.hand_overs, [1, 2]);
        assert_eq!(joined.followed_by(), ["industry", "tax"]);
        let all = follow_ups::read(db.reading()).await.expect("follow-ups");
        assert_eq!(all.len(), 2, "one for each firm");
        note(db, 1, ("已恢复正常", true), true, &local)
            .await
            .expect("closed");
        let later = Request {
            snapshot: 4,
            as_of: month("2026-10"),
            ..request("industry")
        };
        hand(db, &later, &list()).await.expect("third");
        let again = follow_ups::of(db.reading(), code(1))
            .await
            .expect("follow-ups");
        assert_eq!(again.len(), 2);
        assert_eq!(again[1].hand_overs, [3]);
        assert_eq!(again[1].as_of, month("2026-10"));
        let other = newest(db, 2).await;
        assert_eq!(other.hand_overs, [1, 2, 3], "it was never closed");
    })
    .await;
}

/// Facts of a firm that differ from nothing known.
type Facts = &'static [(&'static str, i64)];

#[test]
fn what_became_of_a_firm_is_read_from_the_newest_snapshot() {
    let pack = pack();
    const AT: i64 = 2026 * 12 + 8;
    let cases: [(&str, Facts, Became); 9] = [
        (
            "warned",
            &[
                ("in_scale", 1),
                ("warning_level", 3),
                ("entered_month", AT - 20),
            ],
            Became::Warned(2),
        ),
        (
            "lightly warned",
            &[("in_scale", 1), ("warning_level", 1), ("entered_month", AT)],
            Became::Warned(0),
        ),
        (
            "safe",
            &[("in_scale", 1), ("warning_level", 0), ("entered_month", AT)],
            Became::Safe,
        ),
        (
            "no warning, but not all is known",
            &[
                ("in_scale", 1),
                ("warning_level", 0),
                ("warning_possible", 1),
                ("entered_month", AT),
            ],
            Became::Unproven,
        ),
        ("left", &[("in_scale", 0), ("has_left", 1)], Became::Left),
        (
            "vanished from the list",
            &[("in_scale", 0), ("has_left", 0)],
            Became::Left,
        ),
        (
            "back",
            &[
                ("in_scale", 1),
                ("warning_level", 0),
                ("entered_month", AT + 1),
            ],
            Became::Returned,
        ),
        ("level unknown", &[("in_scale", 1)], Became::Unknown),
        ("no list yet", &[], Became::Unknown),
    ];
    for (name, facts, expected) in cases {
        let firms = one(&pack, facts);
        let found = became(&pack, &firms, code(1), month("2026-09"));
        assert_eq!(found, expected, "{name}");
    }
    let found = became(&pack, &one(&pack, &[]), code(2), month("2026-09"));
    assert_eq!(found, Became::Unknown, "not in the snapshot");
}

/// A snapshot of one firm with these facts.
fn one(pack: &Pack, facts: &[(&str, i64)]) -> Firms {
    let value = |id: &str| {
        let stated = facts.iter().find(|(own, _)| *own == id);
        vec![stated.map_or(EMPTY, |(_, value)| *value)]
    };
    let ids = pack.facts.iter().map(|fact| fact.id.as_str()).chain(FRAME);
    let rows = Rows {
        keys: vec![code(1).key()],
        numbers: ids.map(|id| (id.to_string(), value(id))).collect(),
        texts: vec![("name".to_string(), vec![String::new()])],
    };
    Firms::new(pack, rows).expect("every fact has its column")
}
