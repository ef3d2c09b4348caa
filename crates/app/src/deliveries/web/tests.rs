//! Files are handed in by those who may, for what is theirs; nothing else is stored or shown.

use crate::web::trial::{Trial, firm};
use axum::http::StatusCode;

/// A month that nobody has handed in, with one row that cannot be taken.
fn month() -> String {
    format!(
        "纳税人识别号,纳税人名称,所属期,应税销售额（元）\n{},试验,202510,1700000.00\n{},试验,202510,很多\n",
        firm(0, 0),
        firm(0, 1)
    )
}

/// Uploads, confirms and imports; gives the address of the job.
async fn handed_in(trial: &Trial, login: &str, text: &str, fields: &[(&str, &str)]) -> String {
    let taken = trial
        .upload(login, "/indicators/files", "税务.csv", text.as_bytes())
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let number = taken.location.rsplit('/').next().expect("a number");
    let mut all = vec![("file", number), ("kind", "tax")];
    all.extend(fields);
    let asked = trial.post(login, "/indicators/batches", &all).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    trial.work().await;
    asked.location
}

/// The newest batch.
async fn last(trial: &Trial) -> programme::deliveries::Batch {
    let batches = programme::deliveries::batches(trial.office.db.reading()).await;
    batches.expect("read").pop().expect("a batch")
}

#[tokio::test]
async fn a_file_is_looked_at_imported_and_its_refused_rows_come_back() {
    let trial = Trial::begin().await;
    let text = month();
    let taken = trial
        .upload("tax", "/indicators/files", "税务.csv", text.as_bytes())
        .await;
    let page = trial.get("tax", &taken.location).await;
    for expected in [
        "税务月度数据",
        "2025年10月",
        "1,700,000.00",
        "很多",
        "第3行",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    // Nobody else knows of the file, or may import it.
    for login in ["office", "statistics", "luoyang", "market"] {
        let other = trial.get(login, &taken.location).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{login}");
        let number = taken.location.rsplit('/').next().expect("a number");
        let fields = [("file", number), ("kind", "tax")];
        let other = trial.post(login, "/indicators/batches", &fields).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{login}");
    }
    let job = handed_in(&trial, "tax", &(month() + "\n"), &[]).await;
    let page = trial.get("tax", &job).await;
    assert!(page.text.contains("收下1行，退回1行"), "{}", page.text);
    let returned = trial.get("tax", &format!("{job}/returned")).await;
    assert!(returned.bytes.starts_with(b"PK"), "a workbook");
    // The province sees the batch, and nothing that stood in its rows.
    let batch = format!("/indicators/{}", last(&trial).await.id);
    let list = trial.get("office", "/indicators").await;
    assert!(list.text.contains(&batch), "{}", list.text);
    let cases = [
        ("tax", StatusCode::OK, true),
        ("office", StatusCode::OK, false),
        ("statistics", StatusCode::NOT_FOUND, false),
        ("luoyang", StatusCode::NOT_FOUND, false),
    ];
    for (login, status, sees_rows) in cases {
        let page = trial.get(login, &batch).await;
        assert_eq!(page.status, status, "{login}");
        assert_eq!(page.text.contains("很多"), sees_rows, "{login}");
        let rows = trial.get(login, &format!("{batch}/returned")).await;
        assert_eq!(rows.status == StatusCode::OK, login == "tax", "{login}");
    }
}

#[tokio::test]
async fn pressing_twice_imports_once_and_corrections_stay_with_their_owner() {
    let trial = Trial::begin().await;
    let job = handed_in(&trial, "tax", &month(), &[]).await;
    let again = trial
        .post(
            "tax",
            "/indicators/batches",
            &[("file", "1"), ("kind", "tax")],
        )
        .await;
    assert_eq!(again.location, job);
    let taken = trial
        .upload("market", "/indicators/files", "x.csv", month().as_bytes())
        .await;
    let number = taken
        .location
        .rsplit('/')
        .next()
        .expect("a number")
        .to_string();
    let cases = [
        (vec![("kind", "tax")], "这种数据不由本单位报送"),
        (
            vec![("kind", "register"), ("supersedes", "2")],
            "本单位没有报送过第2批次",
        ),
        (vec![("kind", "nothing")], "这种数据不由本单位报送"),
    ];
    for (fields, expected) in cases {
        let mut all = vec![("file", number.as_str())];
        all.extend(fields.iter().copied());
        let answer = trial.post("market", "/indicators/batches", &all).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{fields:?}");
        assert!(answer.text.contains(expected), "{}", answer.text);
    }
}

#[tokio::test]
async fn names_lead_nowhere_and_only_readable_content_is_taken() {
    let trial = Trial::begin().await;
    let long = "很".repeat(3000);
    let before = trial.files();
    for name in [
        "../../x.csv",
        "/etc/cron.d/x",
        "C:\\\\x.csv",
        &long,
        "a%00b.csv",
        "",
    ] {
        let taken = trial
            .upload("tax", "/indicators/files", name, month().as_bytes())
            .await;
        assert_eq!(
            taken.status,
            StatusCode::SEE_OTHER,
            "{name}: {}",
            taken.text
        );
        let page = trial.get("tax", &taken.location).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(!page.text.contains("../"), "{name}");
    }
    assert_eq!(trial.files(), before, "nothing is left of looking");
    let cases: [(&[u8], StatusCode); 5] = [
        (b"%PDF-1.7", StatusCode::CONFLICT),
        (b"\x7fELF\x02\x01\x01\x00", StatusCode::CONFLICT),
        (b"", StatusCode::BAD_REQUEST),
        (&[b'1'; 100 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
        (b"PK\x03\x04 no workbook", StatusCode::SEE_OTHER),
    ];
    for (bytes, status) in cases {
        let taken = trial
            .upload("tax", "/indicators/files", "x.xlsx", bytes)
            .await;
        assert_eq!(taken.status, status, "{}", taken.text);
        if status == StatusCode::SEE_OTHER {
            let page = trial.get("tax", &taken.location).await;
            assert!(page.text.contains("没有认出是哪一种数据"), "{}", page.text);
        }
    }
    for login in ["bank", "yuzhou", "auditor", "firm"] {
        let taken = trial
            .upload(login, "/indicators/files", "x.csv", month().as_bytes())
            .await;
        assert_eq!(taken.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn areas_hand_in_for_themselves() {
    let trial = Trial::begin().await;
    let list = format!(
        "统一社会信用代码,企业名称,是否同意推送\n{},试验,是\n{},试验,是\n",
        firm(0, 0),
        firm(1, 0)
    );
    let taken = trial
        .upload("luoyang", "/indicators/files", "名单.csv", list.as_bytes())
        .await;
    let number = taken
        .location
        .rsplit('/')
        .next()
        .expect("a number")
        .to_string();
    // Naming another area does not make it theirs.
    let fields = [
        ("file", number.as_str()),
        ("kind", "financing-applications"),
        ("area", "411000"),
    ];
    let asked = trial.post("luoyang", "/indicators/batches", &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    trial.work().await;
    let last = last(&trial).await;
    let kind = "financing-applications";
    assert_eq!((last.kind.as_str(), last.region), (kind, Some(410_300)));
    assert_eq!((last.accepted, last.rejected), (1, 1));
    let address = format!("/indicators/{}", last.id);
    for (login, status) in [
        ("luoyang", StatusCode::OK),
        ("office", StatusCode::OK),
        ("xuchang", StatusCode::NOT_FOUND),
        ("yichuan", StatusCode::NOT_FOUND),
        ("tax", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(trial.get(login, &address).await.status, status, "{login}");
    }
}

#[tokio::test]
async fn a_run_is_asked_for_and_says_what_changed() {
    let trial = Trial::begin().await;
    let asked = trial
        .post(
            "office",
            "/indicators/runs",
            &[("as_of", "2025-09"), ("known_by", "2025-10-31")],
        )
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    trial.work().await;
    let page = trial.get("office", &asked.location).await;
    assert!(page.text.contains("各阶段家数的变化"), "{}", page.text);
    assert!(page.text.contains("第2号快照"), "{}", page.text);
    for login in ["tax", "luoyang", "auditor", "bank"] {
        let other = trial
            .post(login, "/indicators/runs", &[("as_of", "2025-09")])
            .await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "{login}");
    }
    let late = trial
        .post("office", "/indicators/runs", &[("as_of", "2099-12")])
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}
