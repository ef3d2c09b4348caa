//! Answered requests of programs: found again for a day, for their account and their text alone.

use super::world::on_each_database;
use programme::database::Database;
use programme::requests::{Answered, Earlier, KEPT_SECONDS, earlier, keep};

const KEY: &str = "0123456789abcdef";

fn answered(account: i64, hash: &str, at: i64) -> Answered {
    Answered {
        account,
        key: KEY.to_string(),
        hash: hash.to_string(),
        status: 201,
        body: "{\"done\":[]}".to_string(),
        at,
    }
}

async fn kept(db: &Database, own: &Answered) {
    let tx = db.begin_writing().await.expect("a transaction");
    keep(&tx, own).await.expect("kept");
    tx.commit().await.expect("committed");
}

async fn asked(db: &Database, account: i64, hash: &str, now: i64) -> Earlier {
    let tx = db.begin_writing().await.expect("a transaction");
    let found = earlier(&tx, account, KEY, hash, now).await;
    found.expect("the database")
}

#[tokio::test]
async fn an_answer_is_found_again_for_a_day() {
    on_each_database("requests", async |db| {
        let at = 1_000_000;
        assert_eq!(asked(db, 1, "a", at).await, Earlier::None);
        let own = answered(1, "a", at);
        kept(db, &own).await;
        let last = at + KEPT_SECONDS - 1;
        assert_eq!(asked(db, 1, "a", last).await, Earlier::Same(own));
        assert_eq!(asked(db, 1, "b", last).await, Earlier::Other);
        assert_eq!(
            asked(db, 2, "a", last).await,
            Earlier::None,
            "another account"
        );
        assert_eq!(
            asked(db, 1, "a", last + 1).await,
            Earlier::None,
            "a day later"
        );
        // Its place is free again once it is old.
        let next = answered(1, "b", last + 1);
        kept(db, &next).await;
        assert_eq!(asked(db, 1, "b", last + 2).await, Earlier::Same(next));
    })
    .await;
}

#[tokio::test]
async fn an_act_that_is_undone_leaves_no_answer() {
    on_each_database("undone_requests", async |db| {
        let tx = db.begin_writing().await.expect("a transaction");
        keep(&tx, &answered(1, "a", 5)).await.expect("kept");
        drop(tx);
        assert_eq!(asked(db, 1, "a", 6).await, Earlier::None);
    })
    .await;
}
