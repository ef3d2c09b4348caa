//! A backup is made while others write, and becomes a data folder again that is whole; a
//! damaged one is refused, and nothing is overwritten.

mod desk;

use desk::{Desk, Place};
use programme::database::Database;
use programme::jobs::{self, JobFilter, Order};
use programme::journal::{Act, Chain, verify};
use programme::people::Organisation;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const BACKUPS: usize = 4;

/// Puts one job after the other into the queue: a row and a journal line each, together.
async fn write_until(db: Database, is_over: Arc<AtomicBool>) -> i64 {
    let mut written = 0;
    while !is_over.load(Ordering::Relaxed) {
        let act = Act {
            organisation: Organisation::Area(410_000 + written as u32 / 40),
            person: "张三".to_string(),
            on: "2026-11-25".parse().expect("a day"),
            at: 1_795_600_000,
        };
        let order = Order {
            kind: "outlook.run",
            request: &"x".repeat(2_000),
            account: None,
            key: None,
        };
        let tx = db.begin_writing().await.expect("a transaction");
        let asked = jobs::ask(&tx, &order, &act).await.expect("asked");
        asked.expect("taken");
        tx.commit().await.expect("kept");
        written += 1;
    }
    written
}

fn open(desk: &Desk, folder: &str) -> impl Future<Output = Database> + use<> {
    let path = desk.path(folder).join("shenggui.db");
    async move { Database::open_file(&path).await.expect("a database") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_others_write_is_whole() {
    let desk = Desk::new(&Place::File);
    desk.run(&["init"]).done();
    let local = desk.path("shenggui-data/local/410300");
    std::fs::create_dir_all(&local).expect("a folder");
    std::fs::write(local.join("说明.txt"), "洛阳").expect("a file");
    let is_over = Arc::new(AtomicBool::new(false));
    let writers = [(); 2].map(|()| {
        let (db, is_over) = (open(&desk, "shenggui-data"), is_over.clone());
        tokio::spawn(async move { write_until(db.await, is_over).await })
    });
    for number in 0..BACKUPS {
        desk.run(&["backup", &format!("{number}.zip"), "--by", "张三"])
            .done();
    }
    is_over.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.expect("written");
    }
    let mut before = 0;
    for number in 0..BACKUPS {
        let folder = format!("恢复{number}");
        let archive = format!("{number}.zip");
        let told = desk.run(&["--json", "--data", &folder, "restore", &archive]);
        let told = told.done().json();
        let db = open(&desk, &folder).await;
        let filter = JobFilter {
            limit: u32::MAX,
            ..JobFilter::default()
        };
        let held = jobs::jobs(db.reading(), &filter).await.expect("jobs").len() as i64;
        // Each backup before left its line in the journal, and restoring adds one.
        let noted = held + number as i64;
        assert_eq!(told["lines"], noted, "{told}");
        let chain = verify(db.reading()).await.expect("verified");
        assert_eq!(chain, Chain::Whole { lines: noted + 1 });
        assert!(before < held && held < written, "{before} {held} {written}");
        before = held;
        db.close().await.expect("closed");
        let text = std::fs::read_to_string(desk.path(&folder).join("local/410300/说明.txt"));
        assert_eq!(text.expect("a file"), "洛阳");
    }
    // The restored folder is one to work with.
    desk.run(&["--data", "恢复0", "jobs", "cancel", "1", "--as", "工信厅"])
        .done();
}

/// A desk with a small backup.
fn backed_up() -> (Desk, Vec<u8>) {
    let desk = Desk::new(&Place::File);
    desk.run(&["init"]).done();
    desk.run(&["jobs", "ask", "run", "--as-of", "2026-09", "--as", "工信厅"])
        .done();
    desk.run(&["backup", "备份.zip"]).done();
    let bytes = std::fs::read(desk.path("备份.zip")).expect("a backup");
    (desk, bytes)
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    const PLACES: usize = 12;
    let (desk, whole) = backed_up();
    let places = (0..PLACES).map(|place| place * (whole.len() - 1) / (PLACES - 1));
    // The ends of the archive hold its own lists: there every byte counts.
    let ends = [
        1,
        7,
        12,
        whole.len() - 65,
        whole.len() - 70,
        whole.len() - 120,
    ];
    for place in places.chain(ends) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(desk.path("坏.zip"), &bytes).expect("written");
        let answer = desk.run(&["--data", "新", "restore", "坏.zip"]);
        assert_eq!(answer.code, Some(1), "byte {place}: {}", answer.stdout);
        assert!(
            answer.stderr.contains("已损坏或不完整"),
            "byte {place}: {}",
            answer.stderr
        );
        assert!(!desk.path("新").exists(), "byte {place}");
    }
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        std::fs::write(desk.path("坏.zip"), &whole[..length]).expect("written");
        let answer = desk.run(&["--data", "新", "restore", "坏.zip"]);
        assert!(
            answer.stderr.contains("已损坏或不完整"),
            "{}",
            answer.stderr
        );
    }
    let left = std::fs::read_dir(desk.folder()).expect("the desk");
    let left = left.map(|entry| entry.expect("an entry").file_name());
    let left: Vec<_> = left
        .filter(|name| name.to_string_lossy().ends_with(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?} was left behind");
}

#[test]
fn nothing_is_overwritten_and_servers_are_left_to_their_own_tools() {
    let (desk, _) = backed_up();
    let cases: [(&[&str], &str); 4] = [
        (&["backup", "备份.zip"], "已经存在"),
        (&["restore", "备份.zip"], "不能覆盖"),
        (&["--data", "新", "restore", "没有.zip"], "不能读取"),
        (
            &["--data", "新", "restore", "shenggui-data/shenggui.db"],
            "已损坏或不完整",
        ),
    ];
    for (command, expected) in cases {
        let answer = desk.run(command);
        assert_eq!(answer.code, Some(1), "{command:?}");
        assert!(
            answer.stderr.contains(expected),
            "{command:?}: {}",
            answer.stderr
        );
    }
    let Some(server) = Place::server() else {
        eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked");
        return;
    };
    let desk = Desk::new(&server);
    for command in [["backup", "备份.zip"], ["restore", "备份.zip"]] {
        let answer = desk.run(&command);
        assert_eq!(answer.code, Some(1), "{command:?}");
        assert!(
            answer.stderr.contains("pg_dump --format=custom"),
            "{}",
            answer.stderr
        );
    }
}
