//! Looks back: what was received later cannot be known then, on either database.

use super::batches::{day, keep, ordinary};
use super::snapshots::filled_for;
use super::world::{month, on_each_database, pack};
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows};
use programme::deliveries::{Batch, batches, in_force};
use programme::outlook::RunFailure;
use programme::outlook::backtest::{Input, Origin, Said, actual_years, look_back};
use rules::pack::Pack;
use rules::period::Month;
use std::sync::Arc;

const FIRMS: usize = 40;
/// 100,000 元 in fen: twelve months of it times the row are a year.
const UNIT: i64 = 10_000_000;

fn filled(pack: &Pack, kind: &str, number: impl Fn(&str, usize) -> i64) -> Rows {
    filled_for(FIRMS, pack, kind, number)
}

fn batch(kind: &str, of: Month, received_on: &str) -> Batch {
    Batch {
        kind: kind.to_string(),
        month: of,
        region: None,
        accepted: FIRMS as u64,
        ..ordinary(&format!("{kind}{of}{received_on}"), received_on)
    }
}

/// A register, and revenue of every month from the beginning of 2024 to the end of 2025, each
/// received on the tenth of the next month. Gives the number of the batch of May 2025.
async fn deliver(db: &Database, pack: &Pack) -> i64 {
    let register = filled(pack, "register", |column, _| match column {
        "place" => 410122,
        "industry" => 3423,
        _ => EMPTY,
    });
    keep(
        db,
        &batch("register", month("2024-01"), "2024-02-01"),
        &register,
        &[],
    )
    .await;
    let mut may = 0;
    for at in 0..24 {
        let of = month("2024-01").plus(at);
        let received = format!("{}-10", of.plus(1));
        let tax = filled(pack, "tax", |_, row| (row as i64 + 1) * UNIT);
        let id = keep(db, &batch("tax", of, &received), &tax, &[]).await;
        if of == month("2025-05") {
            may = id;
        }
    }
    may
}

async fn look(db: &Database, pack: &Arc<Pack>, as_of: &str) -> (Vec<Said>, Vec<Input>, Month) {
    let origin = Origin::end_of(month(as_of));
    let all = batches(db.reading()).await.expect("batches");
    let force = in_force(&all, origin.known_by);
    let look = look_back(db, pack.clone(), origin, force).await;
    let look = look.expect("a look").expect("revenue had come in");
    (look.said, look.inputs, look.last_month)
}

#[tokio::test]
async fn a_look_back_that_is_given_a_later_batch_is_refused() {
    let pack = Arc::new(pack());
    on_each_database("look_back_leak", async |db| {
        deliver(db, &pack).await;
        let origin = Origin::end_of(month("2025-06"));
        let all = batches(db.reading()).await.expect("batches");
        let mut force = in_force(&all, origin.known_by);
        let (said, _, last) = look(db, &pack, "2025-06").await;
        // June itself came in July.
        assert_eq!((said.len(), last), (FIRMS, month("2025-05")));

        let planted = all.iter().find(|own| own.received_on > origin.known_by);
        let planted = planted.expect("a batch of July").clone();
        force.push(planted.clone());
        let refused = look_back(db, pack.clone(), origin, force).await;
        match refused {
            Err(RunFailure::Leak {
                batch,
                received_on,
                known_by,
            }) => {
                assert_eq!((batch, received_on), (planted.id, planted.received_on));
                assert_eq!(known_by, day("2025-06-30"));
            }
            other => panic!("the planted batch went through: {other:?}"),
        }
        // One received on the very last day is no leak.
        let on_the_day = batch("tax", month("2025-06"), "2025-06-30");
        let tax = filled(&pack, "tax", |_, row| (row as i64 + 1) * UNIT);
        keep(db, &on_the_day, &tax, &[]).await;
        let (_, _, last) = look(db, &pack, "2025-06").await;
        assert_eq!(last, month("2025-06"));
    })
    .await;
}

#[tokio::test]
async fn what_is_received_later_changes_nothing_of_an_earlier_look() {
    let pack = Arc::new(pack());
    on_each_database("look_back_later", async |db| {
        let may = deliver(db, &pack).await;
        let before = look(db, &pack, "2025-06").await;
        let later = look(db, &pack, "2025-07").await;
        let truth = actual(db, &pack).await;

        // A correction of May arrives in July and supersedes what was known in June.
        let correction = Batch {
            supersedes: Some(may),
            ..batch("tax", month("2025-05"), "2025-07-20")
        };
        let tax = filled(&pack, "tax", |_, row| (row as i64 + 1) * UNIT * 7);
        keep(db, &correction, &tax, &[]).await;
        assert_eq!(look(db, &pack, "2025-06").await, before);
        assert_ne!(look(db, &pack, "2025-07").await, later);
        // Twelve months, and then six more for the one month that was seven times as much.
        let corrected = actual(db, &pack).await;
        assert_eq!(truth.len(), FIRMS);
        for (own, after) in truth.iter().zip(&corrected) {
            assert_eq!(after * 12.0, own * 18.0);
        }
    })
    .await;
}

/// The year 2025 as everything received since tells it, in ascending order.
async fn actual(db: &Database, pack: &Arc<Pack>) -> Vec<f64> {
    let all = batches(db.reading()).await.expect("batches");
    let found = actual_years(db, pack, &all, day("2026-12-31"), 2025).await;
    let (years, incomplete) = found.expect("years");
    assert_eq!(incomplete, 0);
    let mut years: Vec<f64> = years.into_values().collect();
    years.sort_by(f64::total_cmp);
    years
}
