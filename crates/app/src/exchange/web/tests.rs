//! Lists go to their receiver alone, name only who agreed, and stop where consent is withdrawn.

use crate::web::trial::{Trial, firm};
use axum::http::StatusCode;
use programme::outlook::RunRequest;
use std::io::Read;
use std::path::Path;

async fn consents(trial: &Trial, name: &str, answers: &[(String, &str)]) {
    let mut text = "统一社会信用代码,企业名称,是否同意推送\n".to_string();
    for (code, answer) in answers {
        text.push_str(&format!("{code},试验,{answer}\n"));
    }
    trial
        .import("financing-applications", "local-finance", name, &text)
        .await;
    let office = &trial.office;
    let act = office
        .act(office.provincial_office(), "试验员", None)
        .expect("an act");
    let request = RunRequest {
        as_of: "2025-09".parse().expect("a month"),
        known_by: act.on,
    };
    let run = crate::outlook::run(office, request, &act, None, |_, _| {}).await;
    run.expect("a run");
}

fn unpack(bytes: Vec<u8>, folder: &Path) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        std::fs::write(folder.join(file.name()), bytes).expect("written");
    }
}

/// The list names one firm and not the other; naming the other in its place is found out.
fn altered(folder: &Path, one: &str, other: &str) {
    super::super::files::verify(folder, None).expect("whole");
    let list = folder.join("第1号名单-UTF8.csv");
    let text = std::fs::read_to_string(&list).expect("read");
    assert!(text.contains(one) && !text.contains(other), "{text}");
    std::fs::write(&list, text.replace(one, other)).expect("written");
    let fault = super::super::files::verify(folder, None).expect_err("altered");
    assert!(fault.to_string().contains("被改动"), "{fault}");
}

#[tokio::test]
async fn a_list_names_who_agreed_and_is_taken_by_its_receiver() {
    let trial = Trial::begin().await;
    let (one, other) = (firm(0, 0), firm(1, 0));
    let reason = [
        ("uscc", one.as_str()),
        ("uscc", other.as_str()),
        ("reason", "试验"),
    ];
    let admitted = trial.post("office", "/pool/admissions", &reason).await;
    assert_eq!(admitted.status, StatusCode::SEE_OTHER, "{}", admitted.text);
    consents(
        &trial,
        "同意2025-09.csv",
        &[(one.clone(), "是"), (other.clone(), "否")],
    )
    .await;
    let fields = [("kind", "platforms"), ("to", "finance-cloud")];
    let early = trial.post("office", "/exchange/lists", &fields).await;
    assert!(early.text.contains("还没有名单签名密钥"), "{}", early.text);
    super::super::make_key(&trial.office).expect("a key");
    let page = trial
        .get("office", "/exchange/new?kind=platforms&to=finance-cloud")
        .await;
    let named = (page.text.contains(&one), page.text.contains(&other));
    assert_eq!(named, (true, false), "{}", page.text);
    for (login, fields, status) in [
        ("bank", fields, StatusCode::FORBIDDEN),
        ("luoyang", fields, StatusCode::FORBIDDEN),
        (
            "office",
            [("kind", "platforms"), ("to", "zhongyuan-bank")],
            StatusCode::CONFLICT,
        ),
        (
            "office",
            [("kind", "nothing"), ("to", "finance-cloud")],
            StatusCode::CONFLICT,
        ),
        ("office", fields, StatusCode::SEE_OTHER),
        ("office", fields, StatusCode::CONFLICT),
    ] {
        let answer = trial.post(login, "/exchange/lists", &fields).await;
        assert_eq!(answer.status, status, "{login} {fields:?}: {}", answer.text);
    }
    let files = "/exchange/lists/1/files";
    for (login, status) in [
        ("bank", StatusCode::NOT_FOUND),
        ("luoyang", StatusCode::FORBIDDEN),
        ("platform", StatusCode::OK),
        ("office", StatusCode::OK),
    ] {
        assert_eq!(trial.get(login, files).await.status, status, "{login}");
    }
    let page = trial.get("bank", "/exchange/lists").await;
    assert!(!page.text.contains(files), "{}", page.text);
    let taken = trial.get("platform", files).await;
    let folder = tempfile::tempdir().expect("a folder");
    unpack(taken.bytes, folder.path());
    altered(folder.path(), &one, &other);
    // A firm that withdraws stops the list that names it.
    consents(&trial, "撤回2025-09.csv", &[(one.clone(), "否")]).await;
    let late = trial.get("platform", files).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("撤回了同意"), "{}", late.text);
    let persons = programme::journal::persons(trial.office.db.reading(), "exchange.take", "名单1");
    assert_eq!(persons.await.expect("read").len(), 3);
}
