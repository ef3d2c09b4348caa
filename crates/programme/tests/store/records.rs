//! Records that people make: exceptions for codes, and acts of the pool.

use super::batches::day;
use super::world::{LUOYANG, act, act_of, journal_of, on_each_database};
use programme::database::Database;
use programme::journal::Act;
use programme::people::Organisation;
use programme::pool::{ActKind, acts, acts_of, last_act, record, standings};
use programme::register::{Exception, ExceptionRefusal, exceptions, record_exception};
use rules::uscc::{Uscc, UsccFault};

/// A genuine code of the early pilot, which fails its check.
const EARLY: &str = "91350100M0001TGQXM";

fn early() -> Uscc {
    match Uscc::read(EARLY) {
        Err(UsccFault::CheckSymbol { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

async fn except(
    db: &Database,
    code: &str,
    evidence: &str,
    person: &str,
) -> Result<Uscc, ExceptionRefusal> {
    let act = Act {
        person: person.to_string(),
        ..act()
    };
    let tx = db.begin_writing().await.expect("a transaction");
    let done = record_exception(&tx, code, evidence, &act)
        .await
        .expect("the database");
    if done.is_ok() {
        tx.commit().await.expect("kept");
    }
    done
}

#[tokio::test]
async fn an_exception_is_recorded_once_with_evidence_and_name() {
    on_each_database("exceptions", async |db| {
        let missing = except(db, EARLY, " ", "张三").await;
        assert_eq!(missing, Err(ExceptionRefusal::NoEvidence));
        let nameless = except(db, EARLY, "营业执照", "").await;
        assert_eq!(nameless, Err(ExceptionRefusal::NoEvidence));
        let sound = Uscc::compose("91410122MA0000001").expect("a code");
        let needless = except(db, &sound.to_string(), "营业执照", "张三").await;
        assert_eq!(needless, Err(ExceptionRefusal::NotNeeded(sound)));
        let short = except(db, "9135", "营业执照", "张三").await;
        assert!(matches!(short, Err(ExceptionRefusal::Code(_))), "{short:?}");
        assert!(exceptions(db.reading()).await.expect("read").is_empty());
        assert_eq!(journal_of(db).await, []);

        assert_eq!(
            except(db, &EARLY.to_lowercase(), "营业执照'复印件'", "张三").await,
            Ok(early())
        );
        let again = except(db, EARLY, "另一份", "李四").await;
        let recorded = ExceptionRefusal::Recorded(early(), "张三".to_string(), act().on);
        assert_eq!(again, Err(recorded));
        let all = exceptions(db.reading()).await.expect("read");
        let expected = Exception {
            uscc: early(),
            evidence: "营业执照'复印件'".to_string(),
            organisation: "industry".to_string(),
            person: "张三".to_string(),
            on: act().on,
        };
        assert_eq!(all.into_values().collect::<Vec<_>>(), [expected]);
        assert_eq!(
            journal_of(db).await,
            [("register.exception".to_string(), 1)]
        );
    })
    .await;
}

#[tokio::test]
async fn acts_of_the_pool_are_read_back_and_count_as_far_as_they_were_known() {
    on_each_database("pool", async |db| {
        let one = Uscc::compose("91410329MA0000002").expect("a code");
        let steps: [(ActKind, &[Uscc], &str); 5] = [
            (ActKind::Admit, &[one, early()], "2025-10-08"),
            (ActKind::Declare, &[one], "2025-10-10"),
            (ActKind::Withdraw, &[one], "2025-10-12"),
            (ActKind::Remove, &[early()], "2025-10-12"),
            (ActKind::Admit, &[early()], "2025-10-14"),
        ];
        assert_eq!(last_act(db.reading()).await.expect("read"), 0);
        for (kind, codes, on) in steps {
            let act = Act {
                on: day(on),
                ..act_of(Organisation::Area(LUOYANG))
            };
            let firms: Vec<_> = codes
                .iter()
                .map(|code| (*code, "growing".to_string()))
                .collect();
            let tx = db.begin_writing().await.expect("a transaction");
            record(&tx, kind, &firms, "县区'上报'", &act)
                .await
                .expect("recorded");
            tx.commit().await.expect("kept");
        }
        let all = acts(db.reading()).await.expect("read");
        let ids: Vec<i64> = all.iter().map(|act| act.id).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
        assert_eq!(last_act(db.reading()).await.expect("read"), 6);
        let of_early = acts_of(db.reading(), early()).await.expect("read");
        let kinds: Vec<ActKind> = of_early.iter().map(|act| act.kind).collect();
        assert_eq!(kinds, [ActKind::Admit, ActKind::Remove, ActKind::Admit]);
        assert_eq!(of_early[0].reason, "县区'上报'");
        assert_eq!(of_early[0].organisation, "410300");
        check_standings(db, one).await;
        let lines: i64 = journal_of(db).await.iter().map(|(_, times)| times).sum();
        assert_eq!(lines, 5, "one line for each step");
    })
    .await;
}

/// Through which act, known by which day: is the first declared, is the early one in?
async fn check_standings(db: &Database, one: Uscc) {
    let cases = [
        (6, "2025-10-07", (false, false), (false, false)),
        (6, "2025-10-08", (true, false), (true, false)),
        (6, "2025-10-11", (true, true), (true, false)),
        (6, "2025-10-13", (true, false), (false, false)),
        (6, "2025-10-14", (true, false), (true, false)),
        (3, "2025-10-14", (true, true), (true, false)),
        (1, "2025-10-14", (true, false), (false, false)),
        (0, "2025-10-14", (false, false), (false, false)),
    ];
    for (through, known_by, of_one, of_early) in cases {
        let found = standings(db.reading(), through, day(known_by))
            .await
            .expect("read");
        assert_eq!(found.through, through);
        let of = |code: Uscc| {
            let standing = found.by_key.get(&code.key()).copied().unwrap_or_default();
            (standing.admitted, standing.declared)
        };
        assert_eq!(
            (of(one), of(early())),
            (of_one, of_early),
            "{through}, {known_by}"
        );
    }
}
