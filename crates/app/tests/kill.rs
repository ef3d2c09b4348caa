//! `kill -9` at random moments of import and run, then the same command again: no batch
//! half there, no row twice, the journal whole, the same snapshot as without kills.
//!
//! A few kills by default, twenty with `SHENGGUI_SLOW=1`; the moments come from a seed
//! that a failure names, `SHENGGUI_SEED=7` plays it again.

mod desk;

use desk::{Desk, Place};
use programme::database::Database;
use programme::deliveries;
use programme::deliveries::payload::part_of;
use rules::uscc::Uscc;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

const FIRMS: u32 = 3_000;
const KILLS_QUICK: usize = 6;
const KILLS_SLOW: usize = 20;
/// More rounds than this mean that kills no longer strike.
const ROUNDS_MAX: u64 = 40;

const COMMANDS: [&[&str]; 6] = [
    &[
        "import",
        "register",
        "名录2025-09.csv",
        "--as",
        "市场监管局",
        "--received",
        "2025-10-08",
    ],
    &[
        "import",
        "tax",
        "税务2025-07.csv",
        "--as",
        "税务局",
        "--received",
        "2025-10-08",
    ],
    &[
        "import",
        "tax",
        "税务2025-08.csv",
        "--as",
        "税务局",
        "--received",
        "2025-10-08",
    ],
    &[
        "import",
        "tax",
        "税务2025-09.csv",
        "--as",
        "税务局",
        "--received",
        "2025-10-08",
    ],
    &[
        "import",
        "confirmed",
        "确认2025-09.csv",
        "--as",
        "统计局",
        "--received",
        "2025-10-08",
    ],
    &["run", "--as-of", "2025-09", "--known-by", "2025-10-09"],
];

/// Random numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }
}

#[test]
fn kills_on_sqlite_leave_nothing_half_done() {
    check(&Place::File);
}

#[test]
fn kills_on_postgresql_leave_nothing_half_done() {
    match Place::server() {
        Some(server) => check(&server),
        None => eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked"),
    }
}

fn check(place: &Place) {
    let is_slow = std::env::var_os("SHENGGUI_SLOW").is_some();
    let wanted = if is_slow { KILLS_SLOW } else { KILLS_QUICK };
    let seed = std::env::var("SHENGGUI_SEED").ok();
    let seed: u64 = seed.map_or(1, |seed| seed.parse().expect("a number"));
    let (reference, durations) = unkilled(place);
    let (mut killed_imports, mut killed_runs) = (0, 0);
    for round in 0..ROUNDS_MAX {
        let mut chance = Chance(seed.wrapping_mul(1_000).wrapping_add(round));
        let desk = prepared(place);
        for (command, duration) in COMMANDS.iter().zip(&durations) {
            let is_run = command[0] == "run";
            let killed = if is_run {
                &mut killed_runs
            } else {
                &mut killed_imports
            };
            let share = if is_run {
                wanted / 3
            } else {
                wanted - wanted / 3
            };
            insist(&desk, command, *duration, &mut chance, share, killed);
        }
        assert_eq!(outcome(&desk), reference, "seed {seed}, round {round}");
        stored_whole(&desk);
        nothing_left_behind(&desk);
        if killed_imports + killed_runs >= wanted {
            eprintln!("{killed_imports} imports and {killed_runs} runs were killed");
            return;
        }
    }
    panic!("only {killed_imports} imports and {killed_runs} runs were killed");
}

/// What a desk says in the end without kills, and how long each command takes.
fn unkilled(place: &Place) -> (Value, Vec<Duration>) {
    let desk = prepared(place);
    let durations = COMMANDS.iter().map(|command| {
        let began = Instant::now();
        desk.run(command).done();
        began.elapsed()
    });
    let durations = durations.collect();
    (outcome(&desk), durations)
}

/// Gives a command and kills it, up to twice, until it was carried out.
fn insist(
    desk: &Desk,
    command: &[&str],
    duration: Duration,
    chance: &mut Chance,
    share: usize,
    killed: &mut usize,
) {
    const KILLS_MAX: u64 = 2;
    let mut left = chance.below(KILLS_MAX + 1);
    while left > 0 && *killed < share {
        let micros = u64::try_from(duration.as_micros()).expect("a short time");
        let moment = Duration::from_micros(chance.below(micros.max(1)));
        let mut child = desk.start(command);
        // Not a wait for something to happen: the moment of the kill is the case itself.
        std::thread::sleep(moment);
        let has_ended = child.try_wait().expect("a state").is_some();
        child.kill().expect("killed, or ended before");
        child.wait().expect("ended");
        *killed += usize::from(!has_ended);
        left -= 1;
    }
    let answer = desk.run(command);
    let was_there = answer.stderr.contains("这份文件已作为第");
    assert!(
        answer.code == Some(0) || was_there,
        "{command:?}: {}",
        answer.stderr
    );
}

/// Batches, newest snapshot and restatements: all that must not depend on kills.
fn outcome(desk: &Desk) -> Value {
    let json = |words: &[&str]| desk.run(&[&["--json"], words].concat()).done().json();
    let verified = desk.run(&["journal", "verify"]).done();
    assert!(verified.stdout.contains("完整"), "{}", verified.stdout);
    let snapshots = json(&["outlook", "snapshots"]);
    let listed = snapshots["snapshots"].as_array().expect("a list");
    let fingerprints: HashSet<&str> = listed
        .iter()
        .map(|snapshot| snapshot["fingerprint"].as_str().expect("a fingerprint"))
        .collect();
    assert_eq!(
        fingerprints.len(),
        1,
        "runs from the same inputs differ: {snapshots}"
    );
    serde_json::json!({
        "batches": json(&["indicators", "batches"]),
        "fingerprint": listed[0]["fingerprint"],
        "count": listed[0]["count"],
        "restatements": json(&["targets", "restatements"]),
        "progress": json(&["targets", "progress", "--counties"]),
    })
}

/// Every batch holds as many rows as it says, in all of its parts, no firm twice.
fn stored_whole(desk: &Desk) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let db = match desk.url() {
            Some(url) => Database::open_url(url).await,
            None => Database::open_file(&desk.path("shenggui-data/shenggui.db")).await,
        };
        let db = db.expect("the desk's database");
        let batches = deliveries::batches(db.reading()).await.expect("batches");
        let stored = deliveries::stored(db.reading()).await.expect("parts");
        assert_eq!(batches.len(), stored.len(), "a batch without parts");
        for batch in &batches {
            let place = stored[&batch.id];
            let mut keys = Vec::new();
            for part in 0..place.parts {
                let rows = deliveries::load_part(db.reading(), place, part, place.parts, None);
                let rows = rows.await.expect("a part");
                let is_here = |key: &u128| part_of(*key, place.parts) == part;
                assert!(rows.keys.iter().all(is_here), "batch {}", batch.id);
                keys.extend(rows.keys);
            }
            assert_eq!(keys.len() as u64, batch.accepted, "batch {}", batch.id);
            let distinct: HashSet<u128> = keys.into_iter().collect();
            assert_eq!(distinct.len() as u64, batch.accepted, "batch {}", batch.id);
        }
        db.close().await.expect("closed");
    });
}

/// No half-written file beside the deliveries.
fn nothing_left_behind(desk: &Desk) {
    for entry in std::fs::read_dir(desk.folder()).expect("the desk") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        assert!(!name.ends_with(".part"), "{name} was left behind");
    }
}

/// A desk with a data folder and the deliveries, some rows of which are refused.
fn prepared(place: &Place) -> Desk {
    const DIVISIONS: [&str; 4] = ["410122", "410329", "410581", "411525"];
    let desk = Desk::new(place);
    desk.run(&["init"]).done();
    let mut register = "统一社会信用代码,企业名称,生产经营地,行业代码,成立时间\n".to_string();
    let header = "统一社会信用代码,纳税人名称,所属期,应税销售额（元）,入库税额（元）\n";
    let mut tax = [header.to_string(), header.to_string(), header.to_string()];
    let mut confirmed = "统一社会信用代码,单位名称,入库时间,入库类型\n".to_string();
    for number in 0..FIRMS {
        let division = DIVISIONS[number as usize % DIVISIONS.len()];
        let code = Uscc::compose(&format!("91{division}MA{number:07}")).expect("a code");
        let row = |table: &mut String, text: String| writeln!(table, "{text}").expect("text");
        row(
            &mut register,
            format!("{code},企业{number}有限公司,{division},3423,2015-03-01"),
        );
        for (month, table) in (7..).zip(&mut tax) {
            let sales = u64::from(number) * 1_000 + month;
            row(
                table,
                format!("{code},企业{number},2025-{month:02},{sales}.00,{month}.00"),
            );
        }
        if number % 5 == 0 {
            row(&mut confirmed, format!("{code},企业{number},2024-12,年度"));
        }
    }
    register.push_str("坏代码,某企业有限公司,410122,3423,2015-03-01\n");
    tax[2].push_str("坏代码,某企业,2025-09,1.00,1.00\n");
    let lay = |name: &str, text: &str| std::fs::write(desk.path(name), text).expect("a file");
    lay("名录2025-09.csv", &register);
    for (month, table) in (7..).zip(&tax) {
        lay(&format!("税务2025-{month:02}.csv"), table);
    }
    lay("确认2025-09.csv", &confirmed);
    desk
}
