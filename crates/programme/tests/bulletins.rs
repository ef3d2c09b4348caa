//! Bulletins: the whole text as an official reads it, and the records of drafts, issues,
//! corrections and approvals on both databases.

#[path = "bulletins/province.rs"]
mod province;

use programme::bulletins::compose::{self, CorrectionRef, Material};
use programme::bulletins::document::{Annex, Block, Cell, Document, Span, Table};
use programme::bulletins::{
    AnnexKind, ApprovalRefusal, ApprovedAnnexes, Entry, IssueRecord, IssueRefusal, IssueStanding,
    approve_annex, approve_draft, approved_annexes, check_of, issues, latest_for, record_issue,
};
use programme::database::Database;
use programme::journal::{self, Act, Chain};
use programme::people::Organisation;
use rules::period::ReportPeriod;
use std::path::Path;

/// Compares with a named text; `SHENGGUI_ACCEPT=1` writes it.
#[track_caller]
fn check(name: &str, document: &Document) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/bulletins")
        .join(name);
    let text = plain_text(document);
    if std::env::var_os("SHENGGUI_ACCEPT").is_some() {
        std::fs::write(&path, &text).expect("the named text can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "{name} reads otherwise:\n{text}");
}

fn period(text: &str) -> ReportPeriod {
    text.parse().expect("a period")
}

fn with_material(period: ReportPeriod, write: impl FnOnce(Material<'_>)) {
    let pack = province::pack();
    let figures = province::figures(&pack, period.last_month());
    write(province::material(&pack, period, &figures));
}

#[test]
fn a_quarter_reads_as_an_official_would_sign_it() {
    with_material(period("2026-Q3"), |material| {
        check("2026-Q3.txt", &compose::quarterly(&material));
    });
}

#[test]
fn a_year_proposes_praise_criticism_and_summons() {
    with_material(period("2026"), |mut material| {
        check("2026.txt", &compose::annual(&material));
        material.approved.praise = true;
        let document = compose::annual(&material);
        let standing: Vec<bool> = document
            .annexes
            .iter()
            .map(|a| a.standing.is_some())
            .collect();
        assert_eq!(standing, [false, false, false, true, true]);
    });
}

#[test]
fn a_correction_says_what_it_corrects() {
    let pack = province::pack();
    let period = period("2026-Q3");
    let figures = province::figures(&pack, period.last_month());
    let issued = compose::quarterly(&province::material(&pack, period, &figures));
    let mut figures = province::figures(&pack, period.last_month());
    figures.progress.province.entered -= 2;
    figures.progress.province.first -= 2;
    let mut material = province::material(&pack, period, &figures);
    let former = material.snapshot.clone();
    material.snapshot.id = 15;
    material.snapshot.fingerprint = "9f8e7d6c5b4a".to_string();
    material.correction = Some(CorrectionRef {
        number: "豫民企组办〔2026〕5号".to_string(),
        title: issued.title.concat(),
        snapshot: former,
        changes: compose::changes(&issued, &compose::quarterly(&material)),
    });
    let corrected = compose::quarterly(&material);
    let text = plain_text(&corrected);
    let head = text
        .split("一、总体情况")
        .next()
        .expect("a head")
        .to_string();
    for sentence in [
        "“小升规”工作进展情况的更正通报",
        "我办以豫民企组办〔2026〕5号印发了《",
        "现将更正后的2026年第三季度“小升规”工作进展情况重新通报如下，原通报不再使用。",
        "主要更正内容：全省本年新增规模以上工业企业由",
    ] {
        assert!(head.contains(sentence), "{sentence}\n{head}");
    }
    assert!(corrected.sources[0].snapshot.starts_with("快照 12"));
    assert!(corrected.sources[1].snapshot.starts_with("快照 15"));
}

#[test]
fn the_same_material_gives_an_equal_document() {
    with_material(period("2026-Q3"), |material| {
        assert_eq!(compose::quarterly(&material), compose::quarterly(&material));
    });
}

fn act(person: &str) -> Act {
    Act {
        organisation: Organisation::Agency("leading-group-office".to_string()),
        person: person.to_string(),
        on: chrono::NaiveDate::from_ymd_opt(2026, 10, 14).expect("a day"),
        at: 1_791_936_000,
    }
}

fn draft(text: &str, snapshot: i64) -> IssueRecord {
    IssueRecord {
        period: period(text),
        snapshot,
        fingerprint: format!("{snapshot:08x}"),
        corrects: None,
        standing: IssueStanding::Draft,
        number: None,
    }
}

fn issue(text: &str, snapshot: i64, number: &str) -> IssueRecord {
    IssueRecord {
        standing: IssueStanding::Issued,
        number: Some(number.to_string()),
        ..draft(text, snapshot)
    }
}

#[tokio::test]
async fn records_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Database::open_file(&folder.path().join("records.db")).await;
    keep_records(&db.expect("a database")).await;
}

/// Where the run of the tests provides a PostgreSQL, as `cargo xtask ci` does.
#[tokio::test]
async fn records_on_postgresql() {
    let Ok(url) = std::env::var("SHENGGUI_TEST_POSTGRES_URL") else {
        return;
    };
    let schema = format!("bulletins_{}", std::process::id());
    let admin = sea_orm::Database::connect(&url).await.expect("a server");
    let run = async |sql: String| {
        sea_orm::ConnectionTrait::execute_unprepared(&admin, &sql)
            .await
            .expect("a statement")
    };
    run(format!("CREATE SCHEMA {schema}")).await;
    let join = if url.contains('?') { '&' } else { '?' };
    let own = format!("{url}{join}options=-csearch_path%3D{schema}");
    let db = Database::open_url(&own).await.expect("a database");
    keep_records(&db).await;
    db.close().await.expect("the database closes");
    run(format!("DROP SCHEMA {schema} CASCADE")).await;
}

async fn keep_records(db: &Database) {
    a_bulletin_is_issued_once(db).await;
    an_issue_is_corrected_once(db).await;
    annexes_are_approved_for_their_snapshot(db).await;
    a_draft_is_checked_by_somebody_else(db).await;
    assert_eq!(
        journal::verify(db.reading()).await.expect("a chain"),
        Chain::Whole { lines: 13 }
    );
    let all = issues(db.reading()).await.expect("records");
    assert_eq!(all.len(), 13);
    assert!(all.windows(2).all(|pair| pair[0].id == pair[1].id + 1));
}

async fn record(
    db: &Database,
    record: IssueRecord,
    person: &str,
) -> Result<programme::bulletins::Issue, IssueRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let outcome = record_issue(&tx, &record, &act(person))
        .await
        .expect("a database");
    tx.commit().await.expect("a commit");
    outcome
}

async fn approve(
    db: &Database,
    text: &str,
    kind: AnnexKind,
    person: &str,
) -> Result<programme::bulletins::Issue, ApprovalRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let outcome = approve_annex(&tx, period(text), kind, &act(person)).await;
    tx.commit().await.expect("a commit");
    outcome.expect("a database")
}

async fn a_bulletin_is_issued_once(db: &Database) {
    let quarter = "2026-Q3";
    let five = "豫民企组办〔2026〕5号";
    let first = record(db, draft(quarter, 12), "张三")
        .await
        .expect("a draft");
    let again = record(db, draft(quarter, 12), "张三")
        .await
        .expect("the same");
    assert_eq!(first.id, again.id, "the same draft is no new act");

    let correction = IssueRecord {
        corrects: Some(1),
        ..draft(quarter, 13)
    };
    let refusal = record(db, correction.clone(), "张三")
        .await
        .expect_err("never issued");
    assert_eq!(
        refusal.to_string(),
        "2026年第三季度没有第1号印发记录，没有可更正的通报；尚未印发的，请直接修改送审稿"
    );
    let refused = record(db, issue(quarter, 12, " "), "张三").await;
    assert_eq!(refused, Err(IssueRefusal::NoNumber));
    let refused = record(db, issue(quarter, 12, five), " ").await;
    assert_eq!(refused, Err(IssueRefusal::NoPerson));

    let refusal = record(db, issue(quarter, 12, five), "张三").await;
    assert_eq!(
        refusal.expect_err("the author").to_string(),
        "2026年第三季度通报由张三起草，起草人不能印发，请由另一人签发印发"
    );

    let issued = record(db, issue(quarter, 12, five), "李四")
        .await
        .expect("an issue");
    assert_eq!((issued.id, issued.entry), (2, Entry::Issued));
    let refusal = record(db, issue(quarter, 13, "豫民企组办〔2026〕6号"), "李四").await;
    assert_eq!(
        refusal.expect_err("issued before").to_string(),
        "2026年第三季度通报已于2026年10月14日以豫民企组办〔2026〕5号印发，\
         不能重复起草、印发；数据有误的，用 --correct 发更正通报"
    );
    let refusal = record(db, correction, "张三")
        .await
        .expect_err("a draft is not issued");
    assert!(matches!(
        refusal,
        IssueRefusal::NeverIssued { corrects: 1, .. }
    ));
}

async fn a_draft_is_checked_by_somebody_else(db: &Database) {
    let quarter = "2027-Q1";
    let check = async |person: &str| {
        let tx = db.begin_writing().await.expect("a transaction");
        let done = approve_draft(&tx, period(quarter), &act(person)).await;
        tx.commit().await.expect("a commit");
        let done = done.expect("a database");
        done.map(|own| own.entry)
            .map_err(|refusal| refusal.to_string())
    };
    let refused = |text: &str| Err(text.to_string());
    assert_eq!(
        check("李四").await,
        refused("2027年第一季度通报没有待核稿的送审稿；请先起草")
    );
    let nobodys = record(db, draft(quarter, 20), "").await.expect("a draft");
    let named = record(db, draft(quarter, 20), "张三")
        .await
        .expect("a draft");
    assert_ne!(nobodys.id, named.id, "a draft of nobody gets an author");
    let cases = [
        (" ", refused("核稿须写明核稿人")),
        (
            "张三",
            refused("2027年第一季度通报由张三起草，起草人不能核稿，请由另一人核稿"),
        ),
        ("李四", Ok(Entry::Approved)),
        (
            "王五",
            refused("2027年第一季度通报的送审稿已由李四于2026年10月14日核稿，不需重复办理"),
        ),
    ];
    for (person, expected) in cases {
        assert_eq!(check(person).await, expected, "{person}");
    }
    assert!(
        check_of(db.reading(), &named)
            .await
            .expect("read")
            .is_some()
    );
    let newer = record(db, draft(quarter, 21), "张三")
        .await
        .expect("a draft");
    assert_eq!(check_of(db.reading(), &newer).await.expect("read"), None);
}

async fn an_issue_is_corrected_once(db: &Database) {
    let quarter = "2026-Q3";
    let five = "豫民企组办〔2026〕5号";
    let corrected = |number: &str, corrects| IssueRecord {
        corrects: Some(corrects),
        ..issue(quarter, 13, number)
    };
    let refusal = record(db, corrected(five, 2), "李四").await;
    let number = five.to_string();
    assert_eq!(refusal, Err(IssueRefusal::NumberTaken { number, id: 2 }));
    let drafted = IssueRecord {
        corrects: Some(2),
        ..draft(quarter, 13)
    };
    record(db, drafted, "张三")
        .await
        .expect("a draft of a correction");
    let six = corrected("豫民企组办〔2026〕6号", 2);
    record(db, six, "李四").await.expect("a correction");
    let refusal = record(db, corrected("豫民企组办〔2026〕7号", 2), "李四").await;
    assert_eq!(
        refusal.expect_err("corrected before").to_string(),
        "第2号通报已由第4号更正，请更正第4号"
    );
    let latest = latest_for(db.reading(), period(quarter))
        .await
        .expect("a database");
    let latest = latest.expect("a record");
    assert_eq!(
        (latest.id, latest.corrects, latest.snapshot),
        (4, Some(2), 13)
    );
    assert_eq!(latest.number.as_deref(), Some("豫民企组办〔2026〕6号"));
}

async fn annexes_are_approved_for_their_snapshot(db: &Database) {
    let refusal = approve(db, "2026-Q3", AnnexKind::Praise, "王五").await;
    assert_eq!(refusal, Err(ApprovalRefusal::NotAnnual(period("2026-Q3"))));
    let refusal = approve(db, "2026", AnnexKind::Praise, "王五").await;
    assert_eq!(
        refusal.expect_err("no draft").to_string(),
        "2026年度通报还没有送审稿，不能批准表扬名单；请先起草"
    );
    record(db, draft("2026", 20), "张三")
        .await
        .expect("a draft");
    let refusal = approve(db, "2026", AnnexKind::Praise, "").await;
    assert_eq!(refusal, Err(ApprovalRefusal::NoPerson));
    let approval = approve(db, "2026", AnnexKind::Praise, "王五")
        .await
        .expect("an approval");
    assert_eq!(approval.entry, Entry::AnnexApproved(AnnexKind::Praise));
    let refusal = approve(db, "2026", AnnexKind::Praise, "王五").await;
    assert_eq!(
        refusal.expect_err("approved before").to_string(),
        "表扬名单已由王五于2026年10月14日批准，不需重复批准"
    );
    approve(db, "2026", AnnexKind::Summons, "王五")
        .await
        .expect("an approval");

    let approved = async |snapshot| {
        approved_annexes(db.reading(), period("2026"), snapshot)
            .await
            .expect("a database")
    };
    let expected = ApprovedAnnexes {
        praise: true,
        criticism: false,
        summons: true,
    };
    assert_eq!(approved(20).await, expected);
    record(db, draft("2026", 21), "张三")
        .await
        .expect("a newer draft");
    assert_eq!(
        approved(21).await,
        ApprovedAnnexes::default(),
        "newer figures, no approval"
    );
    approve(db, "2026", AnnexKind::Praise, "王五")
        .await
        .expect("approved anew");
    let latest = latest_for(db.reading(), period("2026"))
        .await
        .expect("a database");
    assert_eq!(latest.map(|latest| latest.entry), Some(Entry::Draft));
}

/// The document as plain lines: what is said, in which order, and every source.
fn plain_text(document: &Document) -> String {
    let mut lines = document.title.clone();
    lines.push(format!("{}：", document.addressees));
    lines.extend(document.body.iter().map(block));
    lines.push(format!("{}　{}", document.signature, document.date));
    for (index, annex) in document.annexes.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("附件{}", index + 1));
        lines.extend(annex_lines(annex));
    }
    lines.push(String::new());
    for source in &document.sources {
        lines.push(format!(
            "[{}] {} = {} ← {} @ {}",
            source.number, source.what, source.value, source.query, source.snapshot
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, text } => format!("{} {text}", "#".repeat(usize::from(*level))),
        Block::Paragraph(spans) => spans
            .iter()
            .map(|span| match span {
                Span::Text(text) | Span::Figure { text, .. } => text.as_str(),
            })
            .collect(),
        Block::Chart(chart) => chart.title().to_string(),
    }
}

fn annex_lines(annex: &Annex) -> Vec<String> {
    let mut lines = vec![annex.title.clone()];
    lines.extend(
        annex
            .standing
            .as_ref()
            .map(|standing| format!("（{standing}）")),
    );
    lines.extend(annex.body.iter().map(block));
    lines.extend(annex.table.iter().flat_map(table_lines));
    lines
}

fn table_lines(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().map(|column| match &column.group {
        Some(group) => format!("{group}/{}", column.label),
        None => column.label.clone(),
    });
    let mut lines: Vec<String> = table.unit.iter().cloned().collect();
    lines.push(columns.collect::<Vec<_>>().join(" | "));
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Percent { of: 0, .. } | Cell::Multiple { of: 0, .. } | Cell::Empty => "—".into(),
            Cell::Decimal { value, .. } => value.get().to_string(),
            Cell::Percent { part, of } => format!("{part}/{of}%"),
            Cell::Multiple { part, of } => format!("{part}/{of}倍"),
        });
        lines.push(cells.collect::<Vec<_>>().join(" | "));
    }
    lines.extend(table.notes.iter().cloned());
    lines
}
