//! Figures reported once and found otherwise later.

use super::world::{LUOYANG, PROVINCE, act, journal_of, month, on_each_database};
use programme::database::Database;
use programme::targets::progress::{AreaProgress, DivisionProgress, Progress, Standing};
use programme::targets::{Figure, Restatement, record_figures, restatements};

/// A progress in which one area has entered and left figures.
fn progress(as_of: &str, entered: u32, left: u32, standing: Standing) -> Progress {
    let row = |division| DivisionProgress {
        division: Some(division),
        entered,
        left,
        ..DivisionProgress::default()
    };
    Progress {
        as_of: month(as_of),
        province: row(PROVINCE),
        areas: vec![AreaProgress {
            area: row(LUOYANG),
            counties: vec![row(410305)],
        }],
        unplaced: None,
        standing,
        linear_percent: 0,
        expected_percent: 0,
    }
}

async fn keep(db: &Database, snapshot: i64, progress: &Progress) -> Vec<Restatement> {
    let tx = db.begin_writing().await.expect("a transaction");
    let kept = record_figures(&tx, snapshot, progress, &act()).await;
    tx.commit().await.expect("kept");
    kept.expect("the database")
}

#[tokio::test]
async fn what_later_runs_find_otherwise_is_listed() {
    on_each_database("figures", async |db| {
        use Standing::{Final, Preliminary};
        assert_eq!(
            keep(db, 1, &progress("2026-12", 70, 2, Preliminary)).await,
            []
        );
        assert_eq!(
            keep(db, 2, &progress("2026-12", 70, 2, Preliminary)).await,
            []
        );
        assert_eq!(
            keep(db, 3, &progress("2026-11", 50, 1, Preliminary)).await,
            []
        );
        assert_eq!(journal_of(db).await, []);
        let first = keep(db, 4, &progress("2026-12", 78, 2, Preliminary)).await;
        let figure = |entered, standing| Figure {
            entered,
            left: 2,
            standing,
        };
        let restated = |division, before, after, snapshot| Restatement {
            as_of: month("2026-12"),
            division,
            before,
            after,
            snapshot,
        };
        let (before, after) = (figure(70, Preliminary), figure(78, Preliminary));
        assert_eq!(
            first,
            [PROVINCE, LUOYANG].map(|code| restated(code, before, after, 4))
        );
        // The same numbers, now final: that is worth knowing too.
        let second = keep(db, 5, &progress("2026-12", 78, 2, Final)).await;
        let now = figure(78, Final);
        assert_eq!(
            second,
            [PROVINCE, LUOYANG].map(|code| restated(code, after, now, 5))
        );
        let listed = restatements(db.reading(), None).await.expect("figures");
        assert_eq!(listed, [first, second].concat());
        let of = async |text: &str| restatements(db.reading(), Some(month(text))).await;
        assert_eq!(of("2026-12").await.expect("figures"), listed);
        assert_eq!(of("2026-11").await.expect("figures"), []);
        assert_eq!(journal_of(db).await, [("targets.restate".to_string(), 2)]);
    })
    .await;
}
