//! Databases, packs and deliveries for the tests of targets.

use programme::CAPABILITIES;
use programme::database::Database;
use programme::deliveries::payload::{EMPTY, Rows, decode, encode};
use programme::deliveries::{self, Batch};
use programme::journal::{Act, Chain, verify};
use programme::outlook::{Firms, Standings, compute};
use programme::people::Organisation;
use programme::register::{StatusBook, status_book};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::files::PackFiles;
use rules::period::Month;
use rules::uscc::Uscc;
use sea_orm::ConnectionTrait;
use std::path::Path;
use std::sync::Arc;

pub const PROVINCE: DivisionCode = 410000;
pub const LUOYANG: DivisionCode = 410300;
pub const JIYUAN: DivisionCode = 419001;

pub fn files() -> PackFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    PackFiles::read(&folder).expect("the pack's folder")
}

pub fn pack() -> Pack {
    Pack::check(files(), CAPABILITIES).expect("a pack without findings")
}

pub fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// The industry department acts.
pub fn act() -> Act {
    act_of(Organisation::Agency("industry".to_string()))
}

pub fn act_of(organisation: Organisation) -> Act {
    Act {
        organisation,
        person: "张三".to_string(),
        on: month("2026-12").first_day(),
        at: 1_796_000_000,
    }
}

/// Runs a test on a new SQLite file, and on PostgreSQL in a schema of its own. Afterwards
/// the journal must be whole.
pub async fn on_each_database(name: &str, test: impl AsyncFn(&Database)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db");
    let db = Database::open_file(&file).await.expect("SQLite");
    run(db, &test).await;
    let Ok(url) = std::env::var("SHENGGUI_TEST_POSTGRES_URL") else {
        return;
    };
    let schema = format!("targets_{name}_{}", std::process::id());
    let admin = sea_orm::Database::connect(&url).await.expect("PostgreSQL");
    let create = format!("CREATE SCHEMA {schema}");
    admin.execute_unprepared(&create).await.expect("a schema");
    let mark = if url.contains('?') { '&' } else { '?' };
    let own = format!("{url}{mark}options=-csearch_path%3D{schema}");
    // Two nodes that start at once on an empty server both find their tables.
    let (one, other) = tokio::join!(Database::open_url(&own), Database::open_url(&own));
    other
        .expect("the same schema")
        .close()
        .await
        .expect("closed");
    run(one.expect("the schema"), &test).await;
    let drop = format!("DROP SCHEMA {schema} CASCADE");
    admin.execute_unprepared(&drop).await.expect("no schema");
}

async fn run(db: Database, test: &impl AsyncFn(&Database)) {
    test(&db).await;
    let chain = verify(db.reading()).await.expect("the journal");
    assert!(matches!(chain, Chain::Whole { .. }), "{chain:?}");
    db.close().await.expect("closed");
}

/// How often each kind of act stands in the journal, in order of the acts' names.
pub async fn journal_of(db: &Database) -> Vec<(String, i64)> {
    let db = db.reading();
    let sql = "SELECT act, COUNT(*) AS times FROM journal_lines GROUP BY act ORDER BY act";
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("rows");
    let read = |row: sea_orm::QueryResult| {
        let act = row.try_get("", "act").expect("act");
        (act, row.try_get("", "times").expect("times"))
    };
    rows.into_iter().map(read).collect()
}

/// One stay above scale as a list gives it.
#[derive(Debug, Clone)]
pub struct Stay {
    pub entered: Month,
    pub is_monthly: bool,
    pub left: Option<Month>,
}

/// “2026-03” by the annual door, “2026-03m” by the monthly one, “2026-03..2026-09” left.
pub fn stay(text: &str) -> Stay {
    let (entered, left) = match text.split_once("..") {
        Some((entered, left)) => (entered, Some(month(left))),
        None => (text, None),
    };
    Stay {
        entered: month(entered.trim_end_matches('m')),
        is_monthly: entered.ends_with('m'),
        left,
    }
}

#[derive(Debug, Clone)]
pub struct Firm {
    pub uscc: Uscc,
    /// Where it produces; `None` where the register does not have it.
    pub place: Option<DivisionCode>,
    pub predecessor: Option<Uscc>,
    pub stays: Vec<Stay>,
}

/// The credit code of firm `number` registered in a division.
pub fn code(registered: DivisionCode, number: u32) -> Uscc {
    Uscc::compose(&format!("91{registered:06}{number:09}")).expect("a code")
}

/// One row of a list: number columns by name, and the code that the firm had before.
struct Row {
    uscc: Uscc,
    numbers: Vec<(&'static str, i64)>,
    predecessor: String,
}

/// A database with a register and confirmed lists.
pub struct World {
    db: Database,
    pack: Arc<Pack>,
    batches: Vec<Batch>,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(pack: &Pack) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("test.db");
        World {
            db: Database::open_file(&file).await.expect("SQLite"),
            pack: Arc::new(pack.clone()),
            batches: Vec::new(),
            _folder: folder,
        }
    }

    /// Delivers the register's rows of the firms.
    pub async fn register(&mut self, firms: &[Firm]) {
        let mut rows = Vec::new();
        for firm in firms {
            let Some(place) = firm.place else { continue };
            let predecessor = firm.predecessor.map(|code| code.to_string());
            rows.push(Row {
                uscc: firm.uscc,
                numbers: vec![("place", i64::from(place))],
                predecessor: predecessor.unwrap_or_default(),
            });
        }
        self.deliver("register", month("2020-01"), None, rows).await;
    }

    /// Delivers a confirmed list with all stays of the firms.
    pub async fn confirm(&mut self, of: Month, region: Option<DivisionCode>, firms: &[Firm]) {
        let mut rows = Vec::new();
        for firm in firms {
            for stay in &firm.stays {
                let index = |month: Month| i64::from(month.index());
                let numbers = vec![
                    ("entered", index(stay.entered)),
                    ("entry_door", i64::from(stay.is_monthly)),
                    ("left", stay.left.map_or(EMPTY, index)),
                ];
                rows.push(Row {
                    uscc: firm.uscc,
                    numbers,
                    predecessor: String::new(),
                });
            }
        }
        self.deliver("confirmed", of, region, rows).await;
    }

    async fn deliver(
        &mut self,
        kind: &str,
        of: Month,
        region: Option<DivisionCode>,
        mut given: Vec<Row>,
    ) {
        given.sort_by_key(|row| row.uscc.key());
        let mut rows = Rows::for_layout(self.pack.layout(kind).expect("a layout"));
        for row in &given {
            rows.keys.push(row.uscc.key());
            for (name, values) in &mut rows.numbers {
                let found = row.numbers.iter().find(|(column, _)| column == name);
                values.push(found.map_or(EMPTY, |(_, value)| *value));
            }
            for (name, values) in &mut rows.texts {
                let is_predecessor = name == "predecessor";
                values.push(if is_predecessor {
                    row.predecessor.clone()
                } else {
                    String::new()
                });
            }
        }
        let part = encode(&rows, 0, rows.len()).expect("a payload");
        let mut batch = batch_of(kind, of, region, rows.len());
        let tx = self.db.begin_writing().await.expect("a transaction");
        let parts = [(rows.len(), part)];
        let id = deliveries::insert(&tx, &batch, &parts, &[]).await;
        batch.id = id.expect("a batch");
        tx.commit().await.expect("stored");
        self.batches.push(batch);
    }

    /// The firms of a run of a month.
    pub async fn firms(&self, as_of: Month) -> Firms {
        let (pack, batches) = (self.pack.clone(), self.batches.clone());
        let run = compute(
            &self.db,
            pack,
            as_of,
            batches,
            Standings::default(),
            |_, _| {},
        )
        .await;
        let mut parts = run.expect("a run").parts;
        let (_, bytes) = parts.pop().expect("a part");
        assert!(parts.is_empty(), "few firms are one part");
        let rows = decode(&bytes, None).expect("rows");
        Firms::new(&self.pack, rows).expect("the facts of the pack")
    }

    /// The spells of the lists up to a month.
    pub async fn book(&self, as_of: Month) -> StatusBook {
        let stored = deliveries::stored(self.db.reading())
            .await
            .expect("batches");
        let book = status_book(self.db.reading(), &self.batches, &stored, as_of).await;
        book.expect("a book")
    }
}

fn batch_of(kind: &str, of: Month, region: Option<DivisionCode>, rows: usize) -> Batch {
    Batch {
        id: 0,
        kind: kind.to_string(),
        month: of,
        organisation: "statistics".to_string(),
        region,
        purpose: String::new(),
        basis: String::new(),
        file_name: String::new(),
        file_hash: String::new(),
        received_on: of.last_day(),
        at: 0,
        accepted: rows as u64,
        rejected: 0,
        remarked: 0,
        supersedes: None,
    }
}
