//! Several who write at once stand in one line: numbers without gaps, one chain.

use super::batches::{ordinary, parts, rows};
use super::world::{act, on_each_database};
use programme::deliveries::{self, batches, stored};
use programme::journal::{Chain, Line, append, verify};

const WRITERS: usize = 8;
const BATCHES_EACH: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn eight_writers_leave_no_gap_and_one_chain() {
    on_each_database("writers", async |db| {
        let writers = (0..WRITERS).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for number in 0..BATCHES_EACH {
                    let given = ordinary(&format!("{writer}-{number}"), "2025-10-08");
                    let tx = db.begin_writing().await.expect("a transaction");
                    let parts = parts(&rows(writer + 1));
                    let id = deliveries::insert(&tx, &given, &parts, &[]).await;
                    let line = Line {
                        act: "deliveries.accept",
                        subject: format!("第{}批次", id.expect("a batch")),
                        detail: given.file_hash,
                    };
                    append(&tx, &act(), &line).await.expect("a line");
                    // Every other writer thinks again once, and leaves no trace of it.
                    if writer % 2 == 0 && number == 2 {
                        drop(tx);
                        continue;
                    }
                    tx.commit().await.expect("kept");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("written");
        }
        let kept = (WRITERS * BATCHES_EACH - WRITERS / 2) as i64;
        let all = batches(db.reading()).await.expect("read");
        let ids: Vec<i64> = all.iter().map(|batch| batch.id).collect();
        assert_eq!(ids, (1..=kept).collect::<Vec<i64>>());
        assert_eq!(stored(db.reading()).await.expect("read").len(), all.len());
        let chain = verify(db.reading()).await.expect("read");
        assert_eq!(chain, Chain::Whole { lines: kept });
    })
    .await;
}
