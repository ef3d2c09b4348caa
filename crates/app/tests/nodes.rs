//! Two nodes share one database, and the one that has a job is killed (SIGKILL): the other
//! takes over, nothing is lost, nothing is there twice.
//!
//! Moments are not left to the clock where they can be fixed: the test locks the table that
//! the work touches next, waits until the node stands at the lock, and kills it there. Each
//! kind is killed twice by default, ten times with `SHENGGUI_SLOW=1`.

mod desk;

use desk::nodes::Nodes;
use desk::{Desk, Place};
use programme::bulletins;
use programme::database::{Database, Transaction};
use programme::deliveries;
use programme::jobs::{self, Job, State};
use programme::journal::{Chain, verify};
use programme::outlook;
use rules::uscc::Uscc;
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

const FIRMS: u32 = 400;
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Import,
    Run,
    Bulletin,
}

/// When the node that has the job is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// At the first touch of a table, in whatever way.
    Reading(&'static str),
    /// At the first change of a table, inside the transaction that stores the result.
    Storing(&'static str),
    /// After the commit, before the node does anything else.
    Committed,
    /// When the job was seen under way so many times.
    Seen(u32),
}

/// The last thing before the commit: the job is finished, the upload is being removed.
const LAST: Moment = Moment::Storing("jobs_file_parts");

/// Tables in the order in which each kind of work first reads and then changes them.
fn tables(kind: Kind) -> ([&'static str; 5], [&'static str; 3]) {
    match kind {
        Kind::Import => (
            [
                "jobs_files",
                "jobs_file_parts",
                "deliveries_batches",
                "register_exceptions",
                "deliveries_parts",
            ],
            ["deliveries_batches", "deliveries_parts", "journal_lines"],
        ),
        Kind::Run => (
            [
                "deliveries_batches",
                "pool_acts",
                "deliveries_parts",
                "outlook_snapshots",
                "targets_acts",
            ],
            ["outlook_snapshots", "outlook_parts", "journal_lines"],
        ),
        Kind::Bulletin => (
            [
                "bulletins_issues",
                "outlook_snapshots",
                "outlook_parts",
                "deliveries_parts",
                "targets_acts",
            ],
            ["bulletins_issues", "bulletins_papers", "journal_lines"],
        ),
    }
}

/// Ten moments for each kind. Quick tests take two of those that are the hardest to get right:
/// between claim and work, just before the commit, and just after it.
fn moments(kind: Kind, is_slow: bool) -> Vec<Moment> {
    let (read, changed) = tables(kind);
    let read = read.map(Moment::Reading);
    if !is_slow {
        let first = if kind == Kind::Run { read[0] } else { LAST };
        return vec![first, Moment::Committed];
    }
    let changed = changed.map(Moment::Storing);
    let last = [LAST, Moment::Committed];
    read.into_iter().chain(changed).chain(last).collect()
}

#[test]
fn a_killed_node_is_replaced_on_postgresql() {
    let Some(server) = Place::server() else {
        eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked");
        return;
    };
    let is_slow = std::env::var_os("SHENGGUI_SLOW").is_some();
    let order = [Kind::Import, Kind::Run, Kind::Bulletin];
    let moments = order.map(|kind| (kind, moments(kind, is_slow)));
    check(&server, &BTreeMap::from(moments));
}

/// SQLite locks no tables, so that kills come when the job was seen or is done.
#[test]
fn a_killed_node_is_replaced_on_sqlite() {
    let is_slow = std::env::var_os("SHENGGUI_SLOW").is_some();
    let both = vec![Moment::Seen(1), Moment::Committed];
    let moments = match is_slow {
        true => vec![
            (Kind::Import, both.clone()),
            (Kind::Run, both.clone()),
            (Kind::Bulletin, both),
        ],
        false => vec![(Kind::Import, both)],
    };
    check(&Place::File, &moments.into_iter().collect());
}

fn check(place: &Place, moments: &BTreeMap<Kind, Vec<Moment>>) {
    let desk = prepared(place);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let db = open(&desk).await;
        let mut nodes = Nodes::new(&desk);
        let rounds = moments.values().map(Vec::len).max().unwrap_or(0);
        for round in 0..rounds {
            for (kind, moments) in moments {
                if let Some(moment) = moments.get(round) {
                    strike(&desk, &db, &mut nodes, (*kind, *moment, round)).await;
                }
            }
        }
        let is_given = Statement::from_string(
            db.reading().get_database_backend(),
            "SELECT 1 FROM jobs_file_parts p JOIN jobs_files f ON f.id = p.file WHERE f.role = 'given'",
        );
        let left = db.reading().query_all_raw(is_given).await.expect("read");
        assert!(left.is_empty(), "uploads were left behind");
        nodes.stop();
        let working = desk.path("shenggui-data/working");
        let left: Vec<_> = std::fs::read_dir(working).expect("a folder").collect();
        assert!(left.is_empty(), "{left:?} was left behind");
        db.close().await.expect("closed");
    });
}

async fn open(desk: &Desk) -> Database {
    let db = match desk.url() {
        Some(url) => Database::open_url(url).await,
        None => Database::open_file(&desk.path("shenggui-data/shenggui.db")).await,
    };
    db.expect("the desk's database")
}

/// How many results of each kind there are, numbers without gaps.
async fn results(db: &Database) -> BTreeMap<Kind, i64> {
    let db = db.reading();
    let batches = deliveries::batches(db).await.expect("batches");
    let snapshots = outlook::snapshots(db).await.expect("snapshots");
    let issues = bulletins::issues(db).await.expect("issues");
    let counted = [
        (
            Kind::Import,
            batches.iter().map(|b| b.id).collect::<Vec<_>>(),
        ),
        (Kind::Run, snapshots.iter().map(|s| s.id).collect()),
        (Kind::Bulletin, issues.iter().map(|i| i.id).collect()),
    ];
    let counted = counted.into_iter().map(|(kind, mut ids)| {
        ids.sort_unstable();
        let count = ids.len() as i64;
        assert_eq!(ids, (1..=count).collect::<Vec<i64>>(), "{kind:?}");
        (kind, count)
    });
    counted.collect()
}

/// One job, whose node is killed at a moment.
async fn strike(
    desk: &Desk,
    db: &Database,
    nodes: &mut Nodes<'_>,
    (kind, moment, round): (Kind, Moment, usize),
) {
    let place = format!("{kind:?} {moment:?}");
    let before = results(db).await;
    // Asking touches the same tables; nodes stand still until the lock is there.
    let is_locked = matches!(moment, Moment::Reading(_) | Moment::Storing(_));
    if is_locked {
        nodes.signal("-STOP");
    }
    let id = ask(desk, kind, round);
    let lock = lock(db, moment).await;
    if is_locked {
        nodes.signal("-CONT");
    }
    let victim = match (moment, lock) {
        (Moment::Reading(table) | Moment::Storing(table), Some(lock)) => {
            let victim = claimer(db, id, &place).await;
            until(&place, async || stands_at(db, table).await.then_some(())).await;
            nodes.kill(&victim);
            lock.rollback().await.expect("unlocked");
            Some(victim)
        }
        (Moment::Committed, _) => {
            let done = until(&place, async || {
                let job = job(db, id).await;
                (job.state == State::Done).then_some(job)
            });
            let victim = done.await.claimed_by.expect("a node");
            nodes.kill(&victim);
            Some(victim)
        }
        (_, _) => {
            let Moment::Seen(times) = moment else {
                panic!("{place}: no lock")
            };
            seen(db, id, times, &place)
                .await
                .inspect(|victim| nodes.kill(victim))
        }
    };
    let over = until(&place, async || {
        let job = job(db, id).await;
        job.state.is_over().then_some(job)
    });
    let over = over.await;
    assert_eq!(over.state, State::Done, "{place}: {over:?}");
    if let (Some(victim), Moment::Reading(_) | Moment::Storing(_)) = (victim, moment) {
        assert_ne!(over.claimed_by, Some(victim), "{place}");
        assert_eq!(over.attempts, 2, "{place}");
    }
    look_after(db, kind, &over, before, &place).await;
}

/// The job left its result once: in its noun, in its outcome and in the journal.
async fn look_after(
    db: &Database,
    kind: Kind,
    over: &Job,
    mut before: BTreeMap<Kind, i64>,
    place: &str,
) {
    let count = before.get_mut(&kind).expect("every kind");
    *count += 1;
    let outcome: serde_json::Value =
        serde_json::from_str(over.outcome.as_deref().unwrap_or_default()).expect("JSON");
    let name = match kind {
        Kind::Import => "batch",
        Kind::Run => "snapshot",
        Kind::Bulletin => "issue",
    };
    assert_eq!(outcome[name].as_i64(), Some(*count), "{place}: {outcome}");
    assert_eq!(results(db).await, before, "{place}");
    let files = jobs::files_of(db.reading(), over.id).await.expect("files");
    let returned = files
        .iter()
        .filter(|file| file.role == jobs::Role::Returned);
    let returned: Vec<Option<i64>> = returned.map(|file| Some(file.id)).collect();
    let told = outcome["returned"].as_i64();
    assert_eq!(returned, Vec::from_iter(told.map(Some)), "{place}");
    let chain = verify(db.reading()).await.expect("the journal");
    assert!(matches!(chain, Chain::Whole { .. }), "{place}: {chain:?}");
    let sql = format!(
        "SELECT COUNT(*) AS times FROM journal_lines WHERE act = 'jobs.finish' AND subject = '第{}项任务'",
        over.id
    );
    assert_eq!(number(db, &sql).await, 1, "{place}");
}

async fn number(db: &Database, sql: &str) -> i64 {
    let statement = Statement::from_string(db.reading().get_database_backend(), sql);
    let row = db.reading().query_one_raw(statement).await.expect("asked");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

/// Keeps nodes from touching or changing a table as long as the transaction is open.
async fn lock(db: &Database, moment: Moment) -> Option<Transaction> {
    let sql = match moment {
        Moment::Reading(table) => format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"),
        Moment::Storing(table) => format!("LOCK TABLE {table} IN SHARE MODE"),
        Moment::Committed | Moment::Seen(_) => return None,
    };
    let lock = db.begin_claiming().await.expect("a transaction");
    lock.execute_unprepared(&sql).await.expect("locked");
    Some(lock)
}

/// Whether somebody waits for the lock.
async fn stands_at(db: &Database, table: &str) -> bool {
    let sql = format!(
        "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass"
    );
    number(db, &sql).await > 0
}

async fn job(db: &Database, id: i64) -> Job {
    let found = jobs::job(db.reading(), id).await.expect("read");
    found.expect("the job")
}

async fn claimer(db: &Database, id: i64, place: &str) -> String {
    until(place, async || {
        let job = job(db, id).await;
        (job.state == State::Claimed)
            .then_some(job.claimed_by)
            .flatten()
    })
    .await
}

/// The node of a job that was seen under way so many times; none where it was quicker.
async fn seen(db: &Database, id: i64, times: u32, place: &str) -> Option<String> {
    let mut left = times;
    until(place, async || {
        let job = job(db, id).await;
        left = left.saturating_sub(u32::from(job.state == State::Claimed));
        let victim = job.claimed_by.filter(|_| left == 0);
        match job.state.is_over() {
            true => Some(None),
            false => victim.map(Some),
        }
    })
    .await
}

/// Asks again and again until there is an answer.
async fn until<T>(place: &str, mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = asked().await {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "{place}: waited in vain");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Puts a job into the queue, as people do; each leaves a result of its own.
fn ask(desk: &Desk, kind: Kind, round: usize) -> i64 {
    let file = format!("税务2025-{:02}.csv", round + 1);
    let words: Vec<&str> = match kind {
        Kind::Import => vec![
            "import",
            "tax",
            &file,
            "--as",
            "税务局",
            "--received",
            "2025-11-08",
        ],
        Kind::Run => vec![
            "run",
            "--as-of",
            "2025-09",
            "--known-by",
            "2025-11-09",
            "--as",
            "工信厅",
        ],
        Kind::Bulletin => vec!["bulletin", "2025-Q3", "--as", "工信厅"],
    };
    let asked = [&["--json", "jobs", "ask"], words.as_slice()].concat();
    let asked = desk.run(&asked).done().json();
    asked["job"].as_i64().expect("a number")
}

/// A desk with a register and a confirmed list, and ten tax files that wait to be imported.
fn prepared(place: &Place) -> Desk {
    const DIVISIONS: [&str; 4] = ["410122", "410329", "410581", "411525"];
    let desk = Desk::new(place);
    desk.run(&["init"]).done();
    let mut register = "统一社会信用代码,企业名称,生产经营地,行业代码,成立时间\n".to_string();
    let header = "统一社会信用代码,纳税人名称,所属期,应税销售额（元）,入库税额（元）\n";
    let mut tax = vec![header.to_string(); 10];
    let mut confirmed = "统一社会信用代码,单位名称,入库时间,入库类型\n".to_string();
    for number in 0..FIRMS {
        let division = DIVISIONS[number as usize % DIVISIONS.len()];
        let code = Uscc::compose(&format!("91{division}MA{number:07}")).expect("a code");
        let row = |table: &mut String, text: String| writeln!(table, "{text}").expect("text");
        let name = format!("企业{number}有限公司");
        row(
            &mut register,
            format!("{code},{name},{division},3423,2015-03-01"),
        );
        for (month, table) in (1..).zip(&mut tax) {
            let sales = u64::from(number) * 1_000 + month;
            row(
                table,
                format!("{code},{name},2025-{month:02},{sales}.00,{month}.00"),
            );
        }
        if number % 5 == 0 {
            row(&mut confirmed, format!("{code},{name},2024-12,年度"));
        }
    }
    let lay = |name: &str, text: &str| std::fs::write(desk.path(name), text).expect("a file");
    lay("名录2025-09.csv", &register);
    lay("确认2025-09.csv", &confirmed);
    for (month, table) in (1..).zip(&mut tax) {
        // Of every other file a row is refused and given back. Where none is, the removal of
        // the upload is the first thing that happens to parts of files.
        if month % 2 == 0 {
            table.push_str("坏代码,某企业,2025-01,1.00,1.00\n");
        }
        lay(&format!("税务2025-{month:02}.csv"), table);
    }
    for (kind, file, agency) in [
        ("register", "名录2025-09.csv", "市场监管局"),
        ("confirmed", "确认2025-09.csv", "统计局"),
    ] {
        let given = [
            "import",
            kind,
            file,
            "--as",
            agency,
            "--received",
            "2025-10-08",
        ];
        desk.run(&given).done();
    }
    desk
}
