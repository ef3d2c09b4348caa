//! Snapshots: stored, loaded, computed again to the same bytes, on either database.

use super::batches::{day, keep, ordinary};
use super::world::{act, month, on_each_database, pack};
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows, decode};
use programme::deliveries::{Batch, batches, in_force};
use programme::outlook::{
    Inputs, RunRequest, Snapshot, Standings, compute, fingerprint, inputs_for, load, newest,
    read_pack, save, save_pack, snapshot, snapshots,
};
use rules::pack::Pack;
use rules::uscc::Uscc;
use sea_orm::{ConnectionTrait, Statement};
use std::cell::RefCell;
use std::sync::Arc;

const FIRMS: usize = 9_000;
type Parts = Vec<(usize, Vec<u8>)>;

/// Rows of a layout for so many firms: numbers by the column's name, names as texts.
pub fn filled_for(
    firms: usize,
    pack: &Pack,
    kind: &str,
    number: impl Fn(&str, usize) -> i64,
) -> Rows {
    let codes = (0..firms).map(|n| Uscc::compose(&format!("91410122MA{n:07}")).expect("a code"));
    let mut keys: Vec<u128> = codes.map(Uscc::key).collect();
    keys.sort_unstable();
    let mut rows = Rows::for_layout(pack.layout(kind).expect("a layout"));
    for (name, values) in &mut rows.numbers {
        *values = (0..firms).map(|row| number(name, row)).collect();
    }
    for (name, values) in &mut rows.texts {
        let text = |row| match name.as_str() {
            "name" => format!("企业{row}"),
            _ => String::new(),
        };
        *values = (0..firms).map(text).collect();
    }
    rows.keys = keys;
    rows
}

fn filled(pack: &Pack, kind: &str, number: impl Fn(&str, usize) -> i64) -> Rows {
    filled_for(FIRMS, pack, kind, number)
}

async fn deliver(db: &Database, pack: &Pack) {
    let give = async |kind: &str, of: &str, rows: Rows| {
        let batch = Batch {
            kind: kind.to_string(),
            month: month(of),
            region: None,
            accepted: rows.len() as u64,
            ..ordinary(&format!("{kind}{of}"), "2025-10-08")
        };
        keep(db, &batch, &rows, &[]).await;
    };
    let register = filled(pack, "register", |column, _| match column {
        "place" => 410122,
        "industry" => 3423,
        _ => EMPTY,
    });
    give("register", "2025-09", register).await;
    for of in ["2025-07", "2025-08", "2025-09"] {
        let tax = filled(pack, "tax", |_, row| row as i64 * 100_000);
        give("tax", of, tax).await;
    }
    let entered = i64::from(month("2022-12").index());
    let confirmed = filled(pack, "confirmed", |column, row| match column {
        "entered" if row % 3 == 0 => entered,
        "entered" => i64::from(month("2025-05").index()),
        "entry_door" => (row % 2) as i64,
        _ => EMPTY,
    });
    give("confirmed", "2025-09", confirmed).await;
}

async fn run(db: &Database, pack: &Arc<Pack>, known_by: &str) -> (Snapshot, Parts) {
    let request = RunRequest {
        as_of: month("2025-09"),
        known_by: day(known_by),
    };
    let all = batches(db.reading()).await.expect("batches");
    let inputs = inputs_for(pack, request, &all, &Standings::default(), "0.0.0");
    let force = in_force(&all, request.known_by);
    let parts = compute(
        db,
        pack.clone(),
        request.as_of,
        force,
        Standings::default(),
        |_, _| {},
    );
    let parts = parts.await.expect("a run");
    let tx = db.begin_writing().await.expect("a transaction");
    save_pack(&tx, pack, act().at).await.expect("the pack");
    let period = (request.as_of, request.known_by);
    let saved = save(&tx, &inputs, period, &parts, &act())
        .await
        .expect("saved");
    tx.commit().await.expect("kept");
    (saved, parts.parts)
}

/// The parts of a snapshot as the database has them.
async fn stored_parts(db: &Database, id: i64) -> Parts {
    let db = db.reading();
    let sql =
        format!("SELECT count, payload FROM outlook_parts WHERE snapshot = {id} ORDER BY part");
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("rows");
    let part = |row: sea_orm::QueryResult| {
        let count: i64 = row.try_get("", "count").expect("count");
        (count as usize, row.try_get("", "payload").expect("payload"))
    };
    rows.into_iter().map(part).collect()
}

#[tokio::test]
async fn a_snapshot_is_read_back_and_computed_again_to_the_same_bytes() {
    let pack = Arc::new(pack());
    let fingerprints = RefCell::new(Vec::new());
    on_each_database("snapshots", async |db| {
        deliver(db, &pack).await;
        let (first, parts) = run(db, &pack, "2025-10-09").await;
        assert_eq!((first.id, first.count), (1, FIRMS as u64));
        assert_eq!(stored_parts(db, 1).await, parts);
        assert_eq!(fingerprint(&first.inputs, &parts), first.fingerprint);
        let found = snapshot(db.reading(), 1).await.expect("read");
        assert_eq!(found.as_ref(), Some(&first));
        assert_eq!(snapshot(db.reading(), 2).await.expect("read"), None);

        // A later delivery changes a later run, and nothing of the first.
        let more = Batch {
            kind: "tax".to_string(),
            month: month("2025-06"),
            region: None,
            ..ordinary("later", "2025-10-20")
        };
        keep(db, &more, &filled(&pack, "tax", |_, _| 7_000_000), &[]).await;
        let (second, _) = run(db, &pack, "2025-10-20").await;
        assert_ne!(second.fingerprint, first.fingerprint);
        check_replay(db, &pack, &first).await;
        check_replay(db, &pack, &second).await;
        check_lists(db, &first, &second).await;
        fingerprints
            .borrow_mut()
            .push((first.fingerprint, second.fingerprint));
    })
    .await;
    let fingerprints = fingerprints.into_inner();
    assert!(
        fingerprints.iter().all(|one| *one == fingerprints[0]),
        "the databases differ: {fingerprints:?}"
    );
}

/// Computes a snapshot again from what it recorded.
async fn check_replay(db: &Database, pack: &Arc<Pack>, of: &Snapshot) {
    let inputs: Inputs = serde_json::from_str(&of.inputs).expect("inputs");
    let files = read_pack(db.reading(), &of.pack)
        .await
        .expect("read")
        .expect("kept");
    assert_eq!(files.0, pack.files.0);
    let mut used = batches(db.reading()).await.expect("batches");
    used.retain(|batch| inputs.batches.iter().any(|(id, _)| *id == batch.id));
    let again = compute(
        db,
        pack.clone(),
        of.as_of,
        used,
        Standings::default(),
        |_, _| {},
    );
    let again = again.await.expect("a run").parts;
    assert_eq!(fingerprint(&of.inputs, &again), of.fingerprint);
    let firms = load(db.reading(), pack, of).await.expect("loaded");
    let whole: usize = again.iter().map(|(count, _)| count).sum();
    assert_eq!(firms.len(), whole);
    let decoded = again
        .iter()
        .map(|(_, bytes)| decode(bytes, None).expect("rows"));
    let keys: Vec<u128> = decoded.flat_map(|rows| rows.keys).collect();
    assert_eq!(firms.keys(), keys, "in order of the keys");
}

async fn check_lists(db: &Database, first: &Snapshot, second: &Snapshot) {
    let all = snapshots(db.reading()).await.expect("read");
    assert_eq!(all, [first.clone(), second.clone()]);
    let found = newest(db.reading(), Some(month("2025-09")))
        .await
        .expect("read");
    assert_eq!(found.as_ref(), Some(second));
    assert_eq!(
        newest(db.reading(), None).await.expect("read").as_ref(),
        Some(second)
    );
    let none = newest(db.reading(), Some(month("2025-08")))
        .await
        .expect("read");
    assert_eq!(none, None);
    assert_eq!(
        read_pack(db.reading(), "unknown").await.expect("read"),
        None
    );
}
