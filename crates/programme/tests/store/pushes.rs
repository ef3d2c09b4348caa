//! Pushes: each change is told once, what was told can be computed again, and results are
//! counted against it; on either database.

use super::world::{act, on_each_database, pack};
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows};
use programme::journal::Act;
use programme::measures::{
    Noted, Notice, NoticeKind, Outcome, OutcomeRefusal, Push, PushInputs, accuracy, changes,
    fingerprint, newest_push, notices, outcomes, pushes, record_outcomes, save_push, states,
    states_of,
};
use programme::outlook::{FRAME, Firms};
use rules::measures::Measure;
use rules::pack::Pack;
use rules::uscc::Uscc;

const DAY: &str = "2026-06-30";

fn code(number: usize) -> Uscc {
    Uscc::compose(&format!("91410122MA{number:07}")).expect("a code")
}

/// Firms with these facts; whatever is not stated is unknown.
fn firms(pack: &Pack, stated: &[(usize, &[(&str, i64)])]) -> Firms {
    let mut known: Vec<(u128, &[(&str, i64)])> = stated
        .iter()
        .map(|(number, facts)| (code(*number).key(), *facts))
        .collect();
    known.sort_unstable_by_key(|(key, _)| *key);
    let column = |id: &str| -> Vec<i64> {
        let value = |facts: &[(&str, i64)]| facts.iter().find(|(own, _)| *own == id).map(|f| f.1);
        known
            .iter()
            .map(|(_, facts)| value(facts).unwrap_or(EMPTY))
            .collect()
    };
    let ids = pack.facts.iter().map(|fact| fact.id.as_str()).chain(FRAME);
    let rows = Rows {
        keys: known.iter().map(|(key, _)| *key).collect(),
        numbers: ids.map(|id| (id.to_string(), column(id))).collect(),
        texts: vec![("name".to_string(), vec![String::new(); known.len()])],
    };
    Firms::new(pack, rows).expect("every fact has its column")
}

fn inputs(pack: &Pack, previous: i64) -> PushInputs {
    PushInputs {
        snapshot: 1,
        facts: "facts".to_string(),
        pack: pack.fingerprint.clone(),
        law_day: DAY.to_string(),
        notice_days: 90,
        previous,
        measures: pack
            .measures
            .iter()
            .map(|measure| measure.id.clone())
            .collect(),
        fact_ids: pack.facts.iter().map(|fact| fact.id.clone()).collect(),
        program: "test".to_string(),
    }
}

/// The industry department acts through somebody.
fn by(person: &str) -> Act {
    Act {
        person: person.to_string(),
        ..act()
    }
}

/// A measure for firms of the pool and for those that are new above scale, and no more.
fn for_pool_or_first(pack: &Pack) -> usize {
    let is_simple = |measure: &Measure| match measure.versions.as_slice() {
        [only] => {
            let texts = only.requirements.iter().map(|own| own.text.as_str());
            texts.collect::<Vec<&str>>() == ["is_pool_or_first"]
        }
        _ => false,
    };
    let found = pack.measures.iter().position(is_simple);
    found.expect("the plan has such measures")
}

struct Told {
    noted: Noted,
    notices: Vec<Notice>,
}

fn told(pack: &Pack, firms: &Firms, before: Option<&Noted>) -> Told {
    let ids = inputs(pack, 0).measures;
    let (noted, verdicts) = states(pack, firms, DAY.parse().expect("a day"), 90);
    let before = before.map(|noted| (ids.as_slice(), noted));
    let notices = changes(pack, &noted, &verdicts, before);
    Told { noted, notices }
}

async fn keep(db: &Database, pack: &Pack, told: &Told, previous: i64) -> Option<Push> {
    let act = act();
    let tx = db.begin_writing().await.expect("a transaction");
    let day = DAY.parse().expect("a day");
    let inputs = inputs(pack, previous);
    let saved = save_push(&tx, &inputs, &told.noted, &told.notices, day, &act).await;
    let saved = saved.expect("it is stored");
    tx.commit().await.expect("it is kept");
    saved
}

/// What was told of the measure for the pool: number of the firm and kind.
fn of(pack: &Pack, told: &Told) -> Vec<(usize, NoticeKind)> {
    let own = for_pool_or_first(pack);
    let own = told.notices.iter().filter(|notice| notice.measure == own);
    let number = |key: u128| (1..9).find(|number| code(*number).key() == key);
    let mut found: Vec<(usize, NoticeKind)> = own
        .filter_map(|notice| Some((number(notice.key)?, notice.kind)))
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found
}

#[tokio::test]
async fn a_change_is_told_once() {
    let pack = pack();
    let pool: &[(&str, i64)] = &[("in_pool", 1), ("in_scale", 0), ("area", 410_100)];
    let out: &[(&str, i64)] = &[("in_pool", 0), ("in_scale", 0), ("area", 410_100)];
    let open: &[(&str, i64)] = &[("in_scale", 0), ("area", 410_100)];
    let first = firms(&pack, &[(1, pool), (2, out), (3, open)]);
    let second = firms(&pack, &[(1, pool), (2, pool), (3, pool)]);
    on_each_database("push_once", async |db: &Database| {
        let one = told(&pack, &first, None);
        assert_eq!(
            of(&pack, &one),
            [(1, NoticeKind::New), (3, NoticeKind::OneMissing)]
        );
        let push = keep(db, &pack, &one, 0).await.expect("the first push");
        let before = states_of(db.reading(), &push, first.keys().to_vec()).await;
        let before = before.expect("the states are kept");
        assert_eq!(before.states, one.noted.states);
        assert_eq!(
            told(&pack, &first, Some(&before)).notices,
            [],
            "nothing changed"
        );
        let two = told(&pack, &second, Some(&before));
        assert_eq!(
            of(&pack, &two),
            [(2, NoticeKind::New), (3, NoticeKind::New)]
        );
        let read = notices(db.reading(), push.id).await.expect("notices");
        assert_eq!(read, one.notices);
        let again = fingerprint(&inputs(&pack, 0), &one.noted, &one.notices);
        assert_eq!(again.expect("a fingerprint"), push.fingerprint);
    })
    .await;
}

/// Who computed from an older push than the newest is turned away.
#[tokio::test]
async fn two_pushes_at_once_do_not_tell_the_same_twice() {
    let pack = pack();
    let pool: &[(&str, i64)] = &[("in_pool", 1), ("area", 410_100)];
    let firms = firms(&pack, &[(1, pool)]);
    on_each_database("push_race", async |db: &Database| {
        let one = told(&pack, &firms, None);
        assert!(keep(db, &pack, &one, 0).await.is_some());
        assert!(keep(db, &pack, &one, 0).await.is_none());
        assert_eq!(pushes(db.reading()).await.expect("pushes").len(), 1);
        assert_eq!(
            newest_push(db.reading())
                .await
                .expect("a push")
                .map(|p| p.id),
            Some(1)
        );
    })
    .await;
}

#[tokio::test]
async fn results_are_recorded_with_their_refusals() {
    let outcome = |number: usize, is_granted: bool, reason: &str| Outcome {
        measure: "example".to_string(),
        uscc: code(number),
        is_granted,
        amount_fen: Some(12_345),
        reason: reason.to_string(),
        push: Some(1),
    };
    on_each_database("push_results", async |db: &Database| {
        let record = async |list: &[Outcome], person: &str| {
            let tx = db.begin_writing().await.expect("a transaction");
            let found = record_outcomes(&tx, list, &by(person)).await;
            let found = found.expect("the database answers");
            if found.is_ok() {
                tx.commit().await.expect("it is kept");
            }
            found
        };
        let good = [outcome(1, true, ""), outcome(2, false, "资料不全")];
        assert_eq!(record(&good, "经办").await, Ok(2));
        assert_eq!(record(&good[..1], "").await, Err(OutcomeRefusal::NoPerson));
        assert!(matches!(
            record(&good[..1], "经办").await,
            Err(OutcomeRefusal::Repeated { .. })
        ));
        assert_eq!(
            record(&[outcome(3, false, " ")], "经办").await,
            Err(OutcomeRefusal::NoReason)
        );
        let all = outcomes(db.reading()).await.expect("results");
        assert_eq!(all, good);
        let told = [1, 2, 4].map(|n| ("example".to_string(), code(n).key(), NoticeKind::New));
        let found = accuracy(told.into_iter(), &all)["example"];
        assert_eq!((found.precision(), found.recall()), ((1, 2), (1, 1)));
    })
    .await;
}
