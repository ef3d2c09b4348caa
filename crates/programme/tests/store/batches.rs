//! Batches: whole and in parts, the same file, what supersedes what, what counts when.

use super::world::{month, on_each_database, pack};
use chrono::NaiveDate;
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows, encode, part_of, parts_for};
use programme::deliveries::{
    self, Batch, RowFinding, StoredBatch, batch, batches, findings, in_force, load_part, rows_of,
    same_file, stored,
};
use rules::uscc::Uscc;

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// An ordinary batch; a case changes what matters to it.
pub fn ordinary(file_hash: &str, received_on: &str) -> Batch {
    Batch {
        id: 0,
        kind: "register".to_string(),
        month: month("2025-09"),
        organisation: "market-regulation".to_string(),
        region: Some(410300),
        purpose: "建立小升规工作名录".to_string(),
        basis: "实施方案二（一）".to_string(),
        file_name: "名录'2025-09'.csv".to_string(),
        file_hash: file_hash.to_string(),
        received_on: day(received_on),
        at: 1_760_000_000,
        accepted: 0,
        rejected: 3,
        remarked: 2,
        supersedes: None,
    }
}

/// Rows of the register, sorted by key, with gaps among numbers and texts.
pub fn rows(count: usize) -> Rows {
    let codes = (0..count).map(|n| Uscc::compose(&format!("91410122MA{n:07}")));
    let mut keys: Vec<u128> = codes.map(|code| code.expect("a code").key()).collect();
    keys.sort_unstable();
    let pack = pack();
    let mut rows = Rows::for_layout(pack.layout("register").expect("a layout"));
    for (column, (_, values)) in rows.numbers.iter_mut().enumerate() {
        let value = |row: usize| {
            if row % 7 == column {
                EMPTY
            } else {
                (row * 31 + column) as i64
            }
        };
        *values = (0..count).map(value).collect();
    }
    for (column, (_, values)) in rows.texts.iter_mut().enumerate() {
        let value = |row: usize| match row % 5 == column {
            true => String::new(),
            false => format!("文{row}'\"\u{3000}"),
        };
        *values = (0..count).map(value).collect();
    }
    rows.keys = keys;
    rows
}

pub fn parts(rows: &Rows) -> Vec<(usize, Vec<u8>)> {
    let parts = parts_for(rows.len());
    let start = |part: usize| rows.keys.partition_point(|key| part_of(*key, parts) < part);
    let bytes = |part: usize| {
        let (from, to) = (start(part), start(part + 1));
        (to - from, encode(rows, from, to).expect("a payload"))
    };
    (0..parts).map(bytes).collect()
}

/// Stores a batch with these rows and gives its number.
pub async fn keep(db: &Database, batch: &Batch, rows: &Rows, said: &[RowFinding]) -> i64 {
    let tx = db.begin_writing().await.expect("a transaction");
    let id = deliveries::insert(&tx, batch, &parts(rows), said).await;
    tx.commit().await.expect("kept");
    id.expect("a batch")
}

/// The rows of a part of the key space, picked out of the whole.
fn picked(whole: &Rows, part: usize, parts: usize) -> Rows {
    let here = |row: &u32| part_of(whole.keys[*row as usize], parts) == part;
    let order: Vec<u32> = (0..whole.len() as u32).filter(here).collect();
    whole.pick(&order)
}

async fn check_divisions(db: &Database, place: StoredBatch, whole: &Rows) {
    for parts in [1, 2, 4, 256] {
        // Decoding is slow in a debug build: of many parts a few stand for all.
        let few = if parts > 4 { 85 } else { 1 };
        for part in (0..parts).step_by(few) {
            let loaded = load_part(db.reading(), place, part, parts, None).await;
            let loaded = loaded.expect("a part");
            let expected = picked(whole, part, parts);
            assert_eq!(loaded.keys, expected.keys, "part {part} of {parts}");
            if !expected.is_empty() {
                assert_eq!(loaded, expected, "part {part} of {parts}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_stored_is_read_back_whole_and_by_any_division() {
    on_each_database("batches", async |db| {
        for (count, expected_parts) in [(1, 1), (2048, 1), (2049, 2), (20_000, 16)] {
            let whole = rows(count);
            let mut given = ordinary(&format!("hash{count}"), "2025-10-08");
            given.accepted = count as u64;
            given.id = keep(db, &given, &whole, &[]).await;
            let found = batch(db.reading(), given.id).await.expect("read");
            assert_eq!(found.as_ref(), Some(&given));
            let place = stored(db.reading()).await.expect("read")[&given.id];
            assert_eq!(place.parts, expected_parts, "{count} rows");
            check_divisions(db, place, &whole).await;
        }
        let all = batches(db.reading()).await.expect("read");
        let ids: Vec<i64> = all.iter().map(|batch| batch.id).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test]
async fn one_firm_is_read_out_of_batches_of_any_number_of_parts() {
    on_each_database("one_firm", async |db| {
        let mut places = Vec::new();
        let sizes = [20_000, 40, 8193];
        for (turn, count) in sizes.into_iter().enumerate() {
            let given = ordinary(&format!("one{turn}"), "2025-10-08");
            let id = keep(db, &given, &rows(count), &[]).await;
            places.push(stored(db.reading()).await.expect("read")[&id]);
        }
        for row in [0, 7, 39] {
            let key = rows(40).keys[row];
            let found = rows_of(db.reading(), &places, key, None).await;
            let found = found.expect("rows");
            let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
            assert_eq!(ids, [1, 2, 3], "in the order that was asked");
            for ((_, own), count) in found.iter().zip(sizes) {
                let whole = rows(count);
                let place = whole.keys.binary_search(&key).expect("there");
                assert_eq!(*own, whole.pick(&[place as u32]));
            }
        }
        let late = Uscc::compose("91410122MA0015000").expect("a code");
        let narrow = rows_of(db.reading(), &places, late.key(), Some(&["name"]));
        let narrow = narrow.await.expect("rows");
        let ids: Vec<i64> = narrow.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [1], "only the largest batch names it");
        assert!(narrow[0].1.numbers.is_empty() && narrow[0].1.text("name").is_some());
        let none = rows_of(db.reading(), &[], rows(1).keys[0], None).await;
        assert!(none.expect("nothing").is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_the_wanted_columns_are_read() {
    on_each_database("columns", async |db| {
        let whole = rows(9_000);
        let id = keep(db, &ordinary("one", "2025-10-08"), &whole, &[]).await;
        let place = stored(db.reading()).await.expect("read")[&id];
        let loaded = load_part(db.reading(), place, 0, 1, Some(&["industry", "name"])).await;
        let loaded = loaded.expect("read");
        assert_eq!(loaded.keys, whole.keys);
        assert_eq!(loaded.number("industry"), whole.number("industry"));
        assert_eq!(loaded.text("name"), whole.text("name"));
        assert_eq!((loaded.numbers.len(), loaded.texts.len()), (1, 1));
        let keys_only = load_part(db.reading(), place, 0, 1, Some(&[])).await;
        assert_eq!(keys_only.expect("read").keys, whole.keys);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_of_rows_is_read_back_in_order() {
    on_each_database("findings", async |db| {
        let finding = |row, refused, message: &str| RowFinding {
            row,
            refused,
            message: message.to_string(),
        };
        let said = [
            finding(2, false, "统一社会信用代码已按规范写法记为…"),
            finding(10_000_003, true, "“O'Brien; DROP TABLE”不是数字"),
            finding(2, true, ""),
        ];
        let id = keep(db, &ordinary("one", "2025-10-08"), &rows(1), &said).await;
        assert_eq!(findings(db.reading(), id).await.expect("read"), said);
        let silent = keep(db, &ordinary("two", "2025-10-08"), &rows(1), &[]).await;
        assert_eq!(findings(db.reading(), silent).await.expect("read"), []);
        assert_eq!(findings(db.reading(), 99).await.expect("read"), []);
        assert_eq!(batch(db.reading(), 99).await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn the_same_file_is_found_until_it_is_superseded() {
    on_each_database("same_file", async |db| {
        let found = async |hash: &str| {
            let same = same_file(db.reading(), hash).await.expect("read");
            same.map(|batch| batch.id)
        };
        assert_eq!(found("one").await, None);
        keep(db, &ordinary("one", "2025-10-08"), &rows(1), &[]).await;
        keep(db, &ordinary("other", "2025-10-08"), &rows(1), &[]).await;
        assert_eq!(found("one").await, Some(1));
        let mut correction = ordinary("two", "2025-10-20");
        correction.supersedes = Some(1);
        keep(db, &correction, &rows(2), &[]).await;
        assert_eq!(found("one").await, None);
        assert_eq!(found("two").await, Some(3));
        assert_eq!(found("other").await, Some(2));
    })
    .await;
}

#[tokio::test]
async fn what_counts_is_what_was_known_and_not_superseded_by_then() {
    on_each_database("in_force", async |db| {
        let received = [
            ("2025-10-08", None),
            ("2025-10-08", None),
            ("2025-10-20", Some(1)),
            // Corrects the correction, yet was received before it.
            ("2025-10-15", Some(3)),
            ("2025-10-25", Some(4)),
        ];
        for (number, (received_on, supersedes)) in received.into_iter().enumerate() {
            let mut given = ordinary(&number.to_string(), received_on);
            given.supersedes = supersedes;
            keep(db, &given, &rows(1), &[]).await;
        }
        let all = batches(db.reading()).await.expect("read");
        let cases: [(&str, &[i64]); 7] = [
            ("2025-10-07", &[]),
            ("2025-10-08", &[1, 2]),
            ("2025-10-14", &[1, 2]),
            ("2025-10-15", &[1, 2, 4]),
            ("2025-10-20", &[2, 4]),
            ("2025-10-24", &[2, 4]),
            ("2025-10-25", &[2, 5]),
        ];
        for (known_by, expected) in cases {
            let force = in_force(&all, day(known_by));
            let ids: Vec<i64> = force.iter().map(|batch| batch.id).collect();
            assert_eq!(ids, expected, "known by {known_by}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_transaction_leaves_neither_rows_nor_a_gap() {
    on_each_database("abandoned", async |db| {
        keep(db, &ordinary("one", "2025-10-08"), &rows(10), &[]).await;
        let tx = db.begin_writing().await.expect("a transaction");
        let (given, parts) = (ordinary("two", "2025-10-08"), parts(&rows(10)));
        let lost = deliveries::insert(&tx, &given, &parts, &[]).await;
        assert_eq!(lost.expect("inserted"), 2);
        drop(tx);
        assert_eq!(batch(db.reading(), 2).await.expect("read"), None);
        assert_eq!(stored(db.reading()).await.expect("read").len(), 1);
        let id = keep(db, &ordinary("three", "2025-10-08"), &rows(10), &[]).await;
        assert_eq!(id, 2);
    })
    .await;
}
