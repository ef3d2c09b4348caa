//! Lines of the journal are found by what auditors ask for, newest first, page by page.

use super::world::{act_of, on_each_database};
use programme::database::Database;
use programme::journal::{
    Act, Anchor, Chain, JournalFilter, Line, LineCount, Walk, acts, append, count, head, search,
    verify, verify_against,
};
use programme::people::Organisation;
use sea_orm::ConnectionTrait;

const HOUR: i64 = 3_600;
const BEGIN: i64 = 1_790_000_000;
const DAYS: i64 = 10;
/// Lines of one day.
const DAILY: i64 = 12;

const ACTS: [&str; 4] = [
    "pool.admit",
    "pool.remove",
    "deliveries.accept",
    "outlook.run",
];

/// Twelve lines a day: acts take turns, two organisations, three people, ten firms.
async fn write(db: &Database) {
    let tx = db.begin_writing().await.expect("a transaction");
    for number in 0..DAYS * DAILY {
        let organisation = match number % 2 {
            0 => Organisation::Agency("industry".to_string()),
            _ => Organisation::Area(410_300),
        };
        let act = Act {
            person: ["张三", "李四", "王五"][number as usize % 3].to_string(),
            // Every fifth line had to wait an hour for its turn.
            at: BEGIN + number * 2 * HOUR - i64::from(number % 5 == 4) * HOUR,
            ..act_of(organisation)
        };
        let line = Line {
            act: ACTS[number as usize % ACTS.len()],
            subject: format!("第{}号", number % 10),
            detail: format!("完成100%_{number}，Excel表"),
        };
        append(&tx, &act, &line).await.expect("a line");
    }
    tx.commit().await.expect("kept");
}

fn filter() -> JournalFilter {
    JournalFilter {
        limit: 1_000,
        ..JournalFilter::default()
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_string())
}

/// Name of a case, the filter, and which lines it lets through.
type Case = (&'static str, JournalFilter, fn(i64) -> bool);

fn simple_cases() -> Vec<Case> {
    let act = |act: &str| JournalFilter {
        act: some(act),
        ..filter()
    };
    let text = |text: &str| JournalFilter {
        text: some(text),
        ..filter()
    };
    let organisation = JournalFilter {
        organisation: some("410300"),
        ..filter()
    };
    let person = JournalFilter {
        person: some("李四"),
        ..filter()
    };
    let subject = JournalFilter {
        subject: some("第7号"),
        ..filter()
    };
    vec![
        ("all", filter(), |_| true),
        ("noun", act("pool"), |n| n % 4 < 2),
        ("act", act("pool.remove"), |n| n % 4 == 1),
        ("no act", act("funds"), |_| false),
        ("organisation", organisation, |n| n % 2 == 1),
        ("person", person, |n| n % 3 == 1),
        ("subject", subject, |n| n % 10 == 7),
        ("sign", text("100%_11"), |n| n == 11 || n >= 110),
        ("case", text("eXCEL"), |_| true),
        ("not a pattern", text("1%"), |_| false),
    ]
}

fn joined_cases() -> Vec<Case> {
    let two_days = JournalFilter {
        from: Some(BEGIN + 24 * HOUR),
        to: Some(BEGIN + 72 * HOUR - 1),
        ..filter()
    };
    let together = JournalFilter {
        act: some("pool"),
        organisation: some("industry"),
        person: some("张三"),
        from: Some(BEGIN + 48 * HOUR),
        text: some("完成"),
        ..filter()
    };
    vec![
        ("two days", two_days, |n| {
            let hour = n * 2 - i64::from(n % 5 == 4);
            (24..72).contains(&hour)
        }),
        ("together", together, |n| n % 4 == 0 && n % 3 == 0 && n > 24),
    ]
}

#[tokio::test]
async fn lines_are_found_by_every_filter_and_by_all_together() {
    on_each_database("journal_search", async |db| {
        write(db).await;
        let known = acts(db.reading()).await.expect("acts");
        assert_eq!(
            known,
            [
                "deliveries.accept",
                "outlook.run",
                "pool.admit",
                "pool.remove"
            ]
        );
        for case in simple_cases().iter().chain(&joined_cases()) {
            check(db, case).await;
        }
    })
    .await;
}

/// All at once, counted, in pages of seven, and as an export walks.
async fn check(db: &Database, (name, filter, wanted): &Case) {
    let expected = (0..DAYS * DAILY).rev().filter(|number| wanted(*number));
    let expected: Vec<i64> = expected.map(|number| number + 1).collect();
    let page = search(db.reading(), filter).await.expect("lines");
    let found: Vec<i64> = page.lines.iter().map(|line| line.id).collect();
    assert_eq!((&found, page.next), (&expected, None), "{name}");
    let mut pages = JournalFilter {
        limit: 7,
        ..filter.clone()
    };
    let mut paged = Vec::new();
    loop {
        let counted = count(db.reading(), &pages).await.expect("a count");
        let lines = expected.len() as i64;
        let is_more = false;
        assert_eq!(counted, LineCount { lines, is_more }, "{name}");
        let page = search(db.reading(), &pages).await.expect("lines");
        paged.extend(page.lines.iter().map(|line| line.id));
        pages.before = page.next;
        if page.next.is_none() {
            break;
        }
    }
    assert_eq!(paged, expected, "{name}");
    let mut walk = Walk::of(filter.clone());
    let mut walked = Vec::new();
    while let Some(lines) = walk.next(db.reading()).await.expect("lines") {
        walked.extend(lines.iter().map(|line| line.id));
    }
    assert_eq!(walked, expected, "{name}");
}

/// Writes the tail anew from line `from` on, with hashes that follow and a head that fits.
async fn rewrite(db: &Database, from: i64) -> programme::database::Transaction {
    let lines = search(db.reading(), &filter()).await.expect("lines").lines;
    let hash_before = lines.iter().find(|line| line.id == from - 1);
    let hash_before = hash_before.map_or("", |line| line.hash.as_str());
    let tx = db.begin_writing().await.expect("a transaction");
    for sql in [
        format!("DELETE FROM journal_lines WHERE id >= {from}"),
        format!(
            "UPDATE journal_head SET lines = {}, hash = '{hash_before}'",
            from - 1
        ),
    ] {
        tx.execute_unprepared(&sql).await.expect("done");
    }
    for line in lines.iter().rev().filter(|line| line.id >= from) {
        let act = Act {
            person: "无关人员".to_string(),
            at: line.at,
            ..act_of(Organisation::Agency("industry".to_string()))
        };
        let name = ACTS.into_iter().find(|name| *name == line.act);
        let kept = Line {
            act: name.expect("a known act"),
            subject: line.subject.clone(),
            detail: line.detail.clone(),
        };
        append(&tx, &act, &kept).await.expect("a line");
    }
    tx
}

#[tokio::test]
async fn a_tail_that_was_written_anew_is_found_against_what_was_noted() {
    on_each_database("journal_anchor", async |db| {
        write(db).await;
        let end = head(db.reading()).await.expect("the head");
        let text = format!("{}:{}", end.lines, end.hash);
        let noted: Anchor = text.parse().expect("an anchor");
        let page = search(db.reading(), &filter()).await.expect("lines");
        let early = page.lines.iter().find(|line| line.id == 5).expect("a line");
        let early = Anchor {
            line: 5,
            hash: early.hash.clone(),
        };
        let anchors = [noted.clone(), early.clone()];
        let whole = Chain::Whole { lines: end.lines };
        let told = verify_against(db.reading(), &anchors)
            .await
            .expect("verified");
        assert_eq!(told, whole);
        for (from, line) in [(end.lines, end.lines), (100, end.lines), (5, 5), (1, 5)] {
            let tx = rewrite(db, from).await;
            // The chain alone cannot tell.
            assert_eq!(verify(&tx).await.expect("verified"), whole, "from {from}");
            let told = verify_against(&tx, &anchors).await.expect("verified");
            assert_eq!(told, Chain::Diverged { line }, "from {from}");
        }
        // The last lines cut off, with a head that fits.
        let tx = db.begin_writing().await.expect("a transaction");
        let last = page
            .lines
            .iter()
            .find(|line| line.id == 110)
            .expect("a line");
        for sql in [
            "DELETE FROM journal_lines WHERE id > 110".to_string(),
            format!(
                "UPDATE journal_head SET lines = 110, hash = '{}'",
                last.hash
            ),
        ] {
            tx.execute_unprepared(&sql).await.expect("done");
        }
        let told = verify_against(&tx, &anchors).await.expect("verified");
        assert_eq!(told, Chain::Diverged { line: end.lines });
    })
    .await;
}

#[test]
fn what_was_noted_is_read_as_it_was_copied() {
    let hash = "0123456789abcdef".repeat(4);
    let anchor: Anchor = format!(" 12：{} ", hash.to_uppercase())
        .parse()
        .expect("read");
    assert_eq!(
        anchor,
        Anchor {
            line: 12,
            hash: hash.clone()
        }
    );
    for text in [
        "",
        "12",
        "0:ab",
        "12:ab",
        &format!("x:{hash}"),
        &format!("-1:{hash}"),
    ] {
        assert!(text.parse::<Anchor>().is_err(), "{text}");
    }
}

/// Verifying while others write neither fails nor blames them.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_grows_is_verified() {
    on_each_database("journal_grows", async |db| {
        let writer = db.clone();
        let writing = tokio::spawn(async move {
            for _ in 0..6 {
                write(&writer).await;
            }
        });
        let mut seen = 0;
        while !writing.is_finished() {
            let chain = verify(db.reading()).await.expect("verified");
            let Chain::Whole { lines } = chain else {
                panic!("{chain:?}");
            };
            assert!(lines >= seen);
            seen = lines;
        }
        writing.await.expect("written");
    })
    .await;
}
