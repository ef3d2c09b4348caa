//! Lists of measures end where the region does; results are recorded by whose they are.

use crate::web::trial::{Trial, firm, nobody};
use axum::http::StatusCode;

#[tokio::test]
async fn lists_and_results_keep_to_the_region() {
    let trial = Trial::begin().await;
    let id = trial.office.pack.measures[0].id.clone();
    let path = format!("/measures/{id}");
    // Every firm has one of the verdicts, so that all lists together name all that are seen.
    for (login, own, foreign) in [("yichuan", 0, 1), ("xuchang", 1, 0)] {
        let mut all = String::new();
        for verdict in rules::measures::Verdict::ALL {
            let page = trial
                .get(login, &format!("{path}?verdict={}", verdict.id()))
                .await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            all.push_str(&page.text);
        }
        assert!(all.contains(&firm(own, 0)), "{login}");
        assert!(!all.contains(&firm(foreign, 0)), "{login}");
    }
    for (login, address, status) in [
        (
            "luoyang",
            format!("{path}?division=411000"),
            StatusCode::NOT_FOUND,
        ),
        (
            "yuzhou",
            format!("{path}/export?division=410329"),
            StatusCode::NOT_FOUND,
        ),
        ("bank", path.clone(), StatusCode::OK),
        ("bank", format!("{path}/export"), StatusCode::FORBIDDEN),
        (
            "office",
            "/measures/nothing".to_string(),
            StatusCode::NOT_FOUND,
        ),
        ("office", "/measures/pushes/new".to_string(), StatusCode::OK),
        (
            "luoyang",
            "/measures/pushes/new".to_string(),
            StatusCode::FORBIDDEN,
        ),
    ] {
        let page = trial.get(login, &address).await;
        assert_eq!(page.status, status, "{login} {address}: {}", page.text);
    }
    let page = trial.get("bank", &path).await;
    assert!(!page.text.contains(&firm(0, 0)) && !page.text.contains("登记办理结果"));
    let outcomes = format!("{path}/outcomes");
    let own = firm(0, 0);
    for (login, uscc, status) in [
        ("yuzhou", own.clone(), StatusCode::CONFLICT),
        ("xuchang", own.clone(), StatusCode::CONFLICT),
        ("luoyang", nobody(), StatusCode::CONFLICT),
        ("luoyang", own.clone(), StatusCode::SEE_OTHER),
        ("bank", own.clone(), StatusCode::FORBIDDEN),
    ] {
        let fields = [
            ("uscc", uscc.as_str()),
            ("result", "granted"),
            ("reason", "1号文"),
        ];
        let answer = trial.post(login, &outcomes, &fields).await;
        assert_eq!(answer.status, status, "{login} {uscc}: {}", answer.text);
    }
    let pushed = trial.post("office", "/measures/pushes", &[]).await;
    assert_eq!(pushed.status, StatusCode::SEE_OTHER, "{}", pushed.text);
    let page = trial.get("yichuan", "/measures/notices").await;
    assert!(!page.text.contains(&firm(1, 0)), "{}", page.text);
}
