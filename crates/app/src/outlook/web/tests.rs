//! Lists of warned firms go to whom they belong, and each firm is followed where it is.

use crate::web::trial::{Trial, firm, nobody};
use axum::http::StatusCode;

/// Each region sees its own.
async fn seen(trial: &Trial, uscc: &str, other: &str) {
    for (login, own, foreign) in [("yichuan", uscc, other), ("xuchang", other, uscc)] {
        let page = trial.get(login, "/outlook/warnings").await;
        assert!(page.text.contains(own), "{login}: {}", page.text);
        assert!(!page.text.contains(foreign), "{login}");
        let card = trial
            .get(login, &format!("/outlook/warnings/{foreign}"))
            .await;
        let unknown = trial
            .get(login, &format!("/outlook/warnings/{}", nobody()))
            .await;
        assert_eq!(
            (card.status, unknown.status),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
        );
    }
}

#[tokio::test]
async fn lists_are_handed_on_read_by_their_receiver_and_followed_locally() {
    let trial = Trial::begin().await;
    let office = &trial.office;
    let judged = crate::outlook::warnings::judged(office, None)
        .await
        .expect("judged");
    let (uscc, other) = (firm(0, 2), firm(1, 2));
    let place = |code: &str| {
        let code = rules::uscc::Uscc::read(code).expect("a code").0;
        judged.firms.find(code).expect("known")
    };
    let warned = judged.warned(place(&uscc)).expect("it sells less");
    let level = judged.pack.warnings.levels[warned.level].id.clone();
    seen(&trial, &uscc, &other).await;
    let new = format!("/outlook/hand-overs/new?level={level}&division=410329&to=410329");
    let page = trial.get("statistics", &new).await;
    assert!(
        page.text.contains("把 1 家企业的名单移交给伊川县"),
        "{}",
        page.text
    );
    let fields = [
        ("level", level.as_str()),
        ("division", "410329"),
        ("to", "410329"),
        ("purpose", "上门帮扶"),
    ];
    for login in ["office", "yichuan", "tax"] {
        let answer = trial.post(login, "/outlook/hand-overs", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{login}");
    }
    let done = trial
        .post("statistics", "/outlook/hand-overs", &fields)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    for (login, status) in [
        ("statistics", StatusCode::OK),
        ("yichuan", StatusCode::OK),
        ("luoyang", StatusCode::NOT_FOUND),
        ("yuzhou", StatusCode::NOT_FOUND),
        ("office", StatusCode::NOT_FOUND),
    ] {
        for path in [
            "/outlook/hand-overs/1",
            "/outlook/hand-overs/1/workbook",
            "/outlook/hand-overs/1/letter",
        ] {
            assert_eq!(
                trial.get(login, path).await.status,
                status,
                "{login} {path}"
            );
        }
    }
    followed(&trial, &uscc).await;
}

/// Whoever is near writes down what was done; nobody else does.
async fn followed(trial: &Trial, uscc: &str) {
    let path = format!("/outlook/follow-ups/{uscc}/notes");
    let said = [("text", "已上门")];
    for (login, status) in [
        ("yuzhou", StatusCode::NOT_FOUND),
        ("xuchang", StatusCode::NOT_FOUND),
        ("auditor", StatusCode::FORBIDDEN),
        ("luoyang", StatusCode::SEE_OTHER),
        ("yichuan", StatusCode::SEE_OTHER),
    ] {
        let answer = trial.post(login, &path, &said).await;
        assert_eq!(answer.status, status, "{login}: {}", answer.text);
    }
    let closed = trial
        .post(
            "yichuan",
            &format!("/outlook/follow-ups/{uscc}/closure"),
            &[("text", "已恢复")],
        )
        .await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    let page = trial.get("yichuan", &closed.location).await;
    assert!(
        page.text.contains("已上门") && page.text.contains("已恢复"),
        "{}",
        page.text
    );
    let late = trial.post("yichuan", &path, &said).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
}
