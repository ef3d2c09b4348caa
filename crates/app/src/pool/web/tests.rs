//! Pages of the pool: everybody works on firms of the own region, and others are not there.

use crate::web::trial::{Trial, firm, nobody};
use axum::http::StatusCode;

/// One act by somebody on a firm of the first county.
struct Case {
    login: &'static str,
    path: &'static str,
    uscc: String,
    status: StatusCode,
    says: &'static str,
}

fn cases() -> Vec<Case> {
    let own = firm(0, 0);
    let case = |login, path, uscc: &str, status, says| Case {
        login,
        path,
        uscc: uscc.to_string(),
        status,
        says,
    };
    let elsewhere = "不在企业名录，或者不在本单位的管辖范围";
    let (done, refused) = (StatusCode::SEE_OTHER, StatusCode::CONFLICT);
    vec![
        // A sister county, a sister area, and a code that nobody has: the same words.
        case("yuzhou", "/pool/admissions", &own, refused, elsewhere),
        case("xuchang", "/pool/admissions", &own, refused, elsewhere),
        case("yichuan", "/pool/admissions", &nobody(), refused, elsewhere),
        case("yichuan", "/pool/admissions", "X", refused, "18位"),
        // Those who have no right to it.
        case("tax", "/pool/admissions", &own, StatusCode::FORBIDDEN, ""),
        case("bank", "/pool/admissions", &own, StatusCode::FORBIDDEN, ""),
        case(
            "auditor",
            "/pool/admissions",
            &own,
            StatusCode::FORBIDDEN,
            "",
        ),
        case("firm", "/pool/admissions", &own, StatusCode::FORBIDDEN, ""),
        // The county itself, then the area above it.
        case("yichuan", "/pool/admissions", &own, done, ""),
        case("luoyang", "/pool/admissions", &own, refused, "已在培育库"),
        case("luoyang", "/pool/declarations", &own, done, ""),
        case("yuzhou", "/pool/declarations", &own, refused, elsewhere),
        case("yuzhou", "/pool/withdrawals", &own, refused, elsewhere),
        case("office", "/pool/withdrawals", &own, done, ""),
        case("xuchang", "/pool/removals", &own, refused, elsewhere),
        case("yichuan", "/pool/removals", &own, done, ""),
        // Above scale already; but whether it is, is nobody else's to know.
        case(
            "yichuan",
            "/pool/admissions",
            &firm(0, 2),
            refused,
            "已在规",
        ),
        case(
            "yuzhou",
            "/pool/admissions",
            &firm(0, 2),
            refused,
            elsewhere,
        ),
    ]
}

#[tokio::test]
async fn each_write_reaches_the_own_region_only() {
    let trial = Trial::begin().await;
    for Case {
        login,
        path,
        uscc,
        status,
        says,
    } in cases()
    {
        let fields = [("uscc", uscc.as_str()), ("reason", "试验")];
        let answer = trial.post(login, path, &fields).await;
        assert_eq!(
            answer.status, status,
            "{login} {path} {uscc}: {}",
            answer.text
        );
        assert!(
            answer.text.contains(says),
            "{login} {path}: {}",
            answer.text
        );
        if status == StatusCode::SEE_OTHER {
            let page = trial.get(login, &answer.location).await;
            assert!(page.text.contains(&uscc), "{}", page.text);
            assert!(page.text.contains("返回名单"), "{}", page.text);
            let other = trial.get("yuzhou", &answer.location).await;
            assert_eq!(other.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn what_would_happen_is_said_first_and_nothing_happens() {
    let trial = Trial::begin().await;
    let address = format!(
        "/pool/admissions?uscc={}&uscc={}&uscc={}&uscc={}",
        firm(0, 0),
        firm(0, 0),
        firm(0, 2),
        firm(1, 0)
    );
    let page = trial.get("luoyang", &address).await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in ["纳入培育库：1 家", "2 家不能办理", "已在规", "管辖范围"] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert!(!page.text.contains("禹州市试验"), "{}", page.text);
    // Without a reason the same page comes again.
    let uscc = firm(0, 0);
    let again = trial
        .post("luoyang", "/pool/admissions", &[("uscc", &uscc)])
        .await;
    assert!(again.text.contains("请写明事由"), "{}", again.text);
    let members = crate::pool::members(&trial.office).await.expect("read");
    assert!(members.is_empty());
}

#[tokio::test]
async fn lists_end_where_the_region_does() {
    let trial = Trial::begin().await;
    let both = [("uscc", firm(0, 0)), ("uscc", firm(1, 0))];
    let fields: Vec<(&str, &str)> = both
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("reason", "试验")])
        .collect();
    let done = trial.post("office", "/pool/admissions", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let pages = ["/pool", "/pool/candidates", "/pool/members", "/pool/export"];
    let sides = [
        ("yichuan", "禹州"),
        ("luoyang", "禹州"),
        ("yuzhou", "伊川"),
        ("xuchang", "伊川"),
    ];
    for (login, foreign) in sides {
        for path in pages {
            let page = trial.get(login, path).await;
            assert_eq!(page.status, StatusCode::OK, "{login} {path}: {}", page.text);
            assert!(
                !page.text.contains(foreign),
                "{login} {path}: {}",
                page.text
            );
        }
        let own = if foreign == "禹州" {
            "伊川"
        } else {
            "禹州"
        };
        let page = trial.get(login, "/pool/members").await;
        assert!(page.text.contains(own), "{login}: {}", page.text);
    }
    for (login, path) in [
        ("luoyang", "/pool?division=411000"),
        ("yichuan", "/pool/candidates?division=411081"),
        ("yichuan", "/pool/members?division=410300"),
        ("yuzhou", "/pool/export?division=410329"),
        ("luoyang", "/pool/sufficiency?area=411000"),
        ("office", "/pool?division=990000"),
    ] {
        let page = trial.get(login, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{login} {path}");
    }
    // Who reads figures states what for; whoever takes a list away is written down.
    let page = trial.get("tax", "/pool/members").await;
    assert!(page.text.contains("写明用途"), "{}", page.text);
    assert!(!page.text.contains(&firm(0, 0)));
    let page = trial
        .get("tax", "/pool/members?purpose=%E7%A0%94%E5%88%A4")
        .await;
    assert!(page.text.contains(&firm(0, 0)), "{}", page.text);
    let persons = programme::journal::persons(trial.office.db.reading(), "pool.export", "1家");
    assert_eq!(persons.await.expect("read").len(), 4);
}
