//! The journal's chain: every line that was changed, removed, moved or slipped in is
//! found, and the first one is named.

use super::world::{act, on_each_database};
use programme::database::{Database, Transaction};
use programme::journal::{Chain, Line, about, append, verify};
use sea_orm::ConnectionTrait;

const LINES: i64 = 6;

async fn write(db: &Database, count: i64) {
    for number in 1..=count {
        let tx = db.begin_writing().await.expect("a transaction");
        let line = Line {
            act: "deliveries.accept",
            subject: format!("第{number}批次"),
            detail: format!("税务月度数据 2025-{number:02}，收下{number}、退回0"),
        };
        append(&tx, &act(), &line).await.expect("a line");
        tx.commit().await.expect("kept");
    }
}

async fn tampered(db: &Database, statements: &[&str]) -> Chain {
    let tx: Transaction = db.begin_writing().await.expect("a transaction");
    for sql in statements {
        tx.execute_unprepared(sql).await.expect(sql);
    }
    // Dropping the transaction puts everything back for the next case.
    verify(&tx).await.expect("verified")
}

#[tokio::test]
async fn an_empty_journal_and_an_untouched_one_are_whole() {
    on_each_database("whole", async |db| {
        assert_eq!(
            verify(db.reading()).await.expect("read"),
            Chain::Whole { lines: 0 }
        );
        write(db, LINES).await;
        assert_eq!(
            verify(db.reading()).await.expect("read"),
            Chain::Whole { lines: LINES }
        );
    })
    .await;
}

#[tokio::test]
async fn lines_about_one_subject_come_newest_first() {
    on_each_database("about", async |db| {
        write(db, LINES).await;
        write(db, 2).await;
        let found = about(db.reading(), "第2批次", 10).await.expect("read");
        let ids: Vec<i64> = found.iter().map(|line| line.id).collect();
        assert_eq!(ids, [LINES + 2, 2]);
        assert_eq!(found[1].organisation, act().organisation.id());
        assert_eq!(found[1].detail, "税务月度数据 2025-02，收下2、退回0");
        let one = about(db.reading(), "第2批次", 1).await.expect("read");
        assert_eq!(one.len(), 1, "no more than was asked");
        let none = about(db.reading(), "第2", 10).await.expect("read");
        assert!(none.is_empty(), "a part of a subject is not the subject");
    })
    .await;
}

#[tokio::test]
async fn whoever_touches_a_line_is_found_out() {
    let swap = [
        "UPDATE journal_lines SET id = 99 WHERE id = 3",
        "UPDATE journal_lines SET id = 3 WHERE id = 4",
        "UPDATE journal_lines SET id = 4 WHERE id = 99",
    ];
    let copy = "INSERT INTO journal_lines (id, at, organisation, person, act, subject, detail, hash) \
        SELECT 7, at, organisation, person, act, subject, detail, hash FROM journal_lines WHERE id = 6";
    let slip_in = [
        "UPDATE journal_lines SET id = -id WHERE id >= 3",
        "UPDATE journal_lines SET id = 1 - id WHERE id < 0",
        "INSERT INTO journal_lines (id, at, organisation, person, act, subject, detail, hash) \
         SELECT 3, at, organisation, person, act, subject, detail, hash FROM journal_lines WHERE id = 2",
        "UPDATE journal_head SET lines = 7",
    ];
    let cases: [(&[&str], i64); 14] = [
        (
            &["UPDATE journal_lines SET detail = '收下9' WHERE id = 3"],
            3,
        ),
        (
            &["UPDATE journal_lines SET subject = subject || ' ' WHERE id = 1"],
            1,
        ),
        (
            &["UPDATE journal_lines SET person = '李四' WHERE id = 6"],
            6,
        ),
        (
            &["UPDATE journal_lines SET organisation = 'tax' WHERE id = 2"],
            2,
        ),
        (
            &["UPDATE journal_lines SET act = 'pool.admit' WHERE id = 2"],
            2,
        ),
        (&["UPDATE journal_lines SET at = at + 1 WHERE id = 4"], 4),
        (&["UPDATE journal_lines SET hash = '00' WHERE id = 5"], 5),
        (&["DELETE FROM journal_lines WHERE id = 1"], 1),
        (&["DELETE FROM journal_lines WHERE id = 3"], 3),
        (&["DELETE FROM journal_lines WHERE id = 6"], 6),
        (&["DELETE FROM journal_lines"], 1),
        (&swap, 3),
        (&[copy], 7),
        (&slip_in, 3),
    ];
    on_each_database("touched", async |db| {
        write(db, LINES).await;
        for (statements, line) in cases {
            let chain = tampered(db, statements).await;
            assert_eq!(chain, Chain::Broken { line }, "{statements:?}");
        }
        // Words moved from one column to the next are another line, too.
        let moved =
            "UPDATE journal_lines SET subject = '', detail = subject || detail WHERE id = 2";
        assert_eq!(tampered(db, &[moved]).await, Chain::Broken { line: 2 });
        let head = "UPDATE journal_head SET lines = 5";
        assert_eq!(tampered(db, &[head]).await, Chain::Broken { line: 7 });
    })
    .await;
}
