//! Nobody reads or changes what is not theirs: every route, in every post.

use super::world::{FIRMS, POSTS, World, asked, code, entries, is_inside};
use crate::web::routes::{Access, Entry, Verb};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use rules::pack::roles::Right;
use serde_json::json;

fn may(world: &World, login: &str, entry: &Entry) -> bool {
    let (_, _, role) = POSTS
        .iter()
        .find(|(own, ..)| *own == login)
        .expect("a post");
    let role = world.office.pack.role(role).expect("a role");
    match entry.access {
        Access::Everyone | Access::SignedIn | Access::Known => true,
        Access::May(right) => role.may(right),
        Access::MayAny(rights) => rights.iter().any(|right| role.may(*right)),
    }
}

/// An address of a route, about one firm where it is about one.
fn address(world: &World, path: &str, firm: usize) -> String {
    let id = match path.starts_with("/api/v1/measures") {
        true => world.measure(),
        false => "1",
    };
    let path = path.replace("{uscc}", &code(firm).to_string());
    let path = path.replace("{id}", id);
    let asks_purpose = ["/firms/", "/pool/members", "/pool/candidates", "/firms"];
    let is_asked = asks_purpose.iter().any(|part| path.contains(part)) && path != "/api/v1/firms";
    match is_asked {
        true => format!("{path}?purpose=test"),
        false => path,
    }
}

#[tokio::test]
async fn every_reading_shows_firms_of_the_own_region_and_no_other() {
    let world = World::new().await;
    for entry in entries().iter().filter(|entry| entry.verb == Verb::Get) {
        for (login, ..) in POSTS {
            for firm in 0..4 {
                let path = address(&world, entry.path, firm);
                let answer = world.get(login, &path).await;
                let is_one = entry.path.contains("{uscc}");
                let expected = match (may(&world, login, entry), is_one) {
                    (false, _) => StatusCode::FORBIDDEN,
                    (true, true) if !is_inside(login, firm) => StatusCode::NOT_FOUND,
                    // There is no job and no issued list in this world.
                    (true, _) if entry.path.contains("/jobs/") => StatusCode::NOT_FOUND,
                    (true, _) if entry.path.contains("/lists/") => StatusCode::NOT_FOUND,
                    (true, _) => StatusCode::OK,
                };
                let name = format!("{login} {path}: {}", answer.body);
                assert_eq!(answer.status, expected, "{name}");
                if entry.path == "/api/v1/journal" {
                    // Whoever reads the journal reads all of it.
                    continue;
                }
                for other in (0..FIRMS).filter(|other| !is_inside(login, *other)) {
                    let foreign = code(other).to_string();
                    assert!(
                        !answer.body.contains(&foreign),
                        "{login} sees {foreign} at {path}"
                    );
                }
            }
        }
        let nobody = world.get("", &address(&world, entry.path, 0)).await;
        let expected = match entry.access {
            Access::Everyone => StatusCode::OK,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(nobody.status, expected, "nobody at {}", entry.path);
    }
}

#[tokio::test]
async fn places_of_others_are_not_counted_for_anybody() {
    let world = World::new().await;
    for path in ["/api/v1/pool/coverage", "/api/v1/targets/progress"] {
        for (login, others) in [
            ("luoyang", vec!["410100", "410102", "410200"]),
            ("zhengzhou", vec!["410300", "410329"]),
        ] {
            let body = world.get(login, path).await.body;
            for other in others {
                assert!(!body.contains(other), "{login} {path} {other}");
            }
        }
        let county = world.get("yichuan", path).await.json();
        let lines = county["lines"].as_array().expect("lines");
        assert!(
            lines.iter().all(|line| line["county"]["code"] == "410329"),
            "{county}"
        );
        assert!(!lines.is_empty());
    }
    // Measures are counted over the own firms, and other places are refused.
    let count = async |login: &str, path: &str| {
        let list = world.get(login, path).await.json();
        let counts = list["measures"][0]["counts"].as_object().cloned();
        let counts = counts.expect("counts").into_iter();
        counts.filter_map(|(_, count)| count.as_u64()).sum::<u64>()
    };
    assert_eq!(count("office", "/api/v1/measures").await, 40);
    assert_eq!(count("luoyang", "/api/v1/measures").await, 20);
    assert_eq!(count("yichuan", "/api/v1/measures").await, 10);
    assert_eq!(
        count("luoyang", "/api/v1/measures?division=410329").await,
        10
    );
    let foreign = world
        .get("luoyang", "/api/v1/measures?division=410100")
        .await;
    assert_eq!(foreign.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn every_change_is_for_those_who_may_and_within_their_region() {
    let world = World::new().await;
    let changes = [
        (
            "/api/v1/pool/admissions",
            Right::Admit,
            json!({"uscc": [code(1).to_string()], "reason": "走访"}),
        ),
        (
            "/api/v1/pool/removals",
            Right::Admit,
            json!({"uscc": [code(1).to_string()], "reason": "走访"}),
        ),
        (
            "/api/v1/measures/outcomes",
            Right::Outcome,
            json!({"measure": world.measure(), "uscc": code(1).to_string(), "is_granted": true}),
        ),
        (
            "/api/v1/outlook/follow-ups",
            Right::FollowUp,
            json!({"uscc": code(1).to_string(), "text": "已走访"}),
        ),
    ];
    for (number, (path, right, body)) in changes.iter().enumerate() {
        for (login, _, role) in POSTS {
            let key = format!("change-{number}-{login}-0001");
            let answer = world.post(login, path, &key, body).await;
            let role = world.office.pack.role(role).expect("a role");
            // The first firm of Zhengzhou is nobody else's among areas and counties.
            let is_foreign = matches!(login, "luoyang" | "yichuan");
            let name = format!("{login} {path}: {} {}", answer.status, answer.body);
            match (role.may(*right), is_foreign) {
                (false, _) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}"),
                (true, true) => assert!(
                    matches!(answer.status, StatusCode::CONFLICT | StatusCode::NOT_FOUND),
                    "{name}"
                ),
                (true, false) => assert!(
                    matches!(answer.status, StatusCode::CONFLICT | StatusCode::CREATED),
                    "{name}"
                ),
            }
        }
        let nobody = world.post("", path, "change-of-nobody-01", body).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    }
    let lines = world.journal().await;
    let foreign = ["luoyang（luoyang）", "yichuan（yichuan）"];
    assert!(lines.iter().all(|(act, subject, detail)| {
        let said = format!("{act} {subject} {detail}");
        !foreign.iter().any(|name| said.contains(name))
    }));
}

#[tokio::test]
async fn figures_are_read_as_they_are_by_those_whose_they_are_with_a_purpose() {
    let world = World::new().await;
    let path = "/api/v1/firms?columns=uscc,sales_12m&limit=1";
    let office = world.get("office", path).await.json();
    let hidden = &office["firms"][0]["figures"][1];
    assert_eq!(hidden["state"], "hidden", "{office}");
    assert!(hidden["value"].is_null());
    assert!(hidden["band"].is_string());
    let refused = world.get("tax", path).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let tax = world
        .get("tax", &format!("{path}&purpose=%E5%AF%B9%E8%B4%A6"))
        .await
        .json();
    let known = &tax["firms"][0]["figures"][1];
    assert_eq!(known["state"], "known", "{tax}");
    assert!(known["value"]["amount_fen"].is_i64());
    let (act, _, detail) = world.journal().await.swap_remove(0);
    assert_eq!((act.as_str(), detail.as_str()), ("indicators.read", "对账"));
    // A firm needs no purpose to look at itself, and the reading is written down all the same.
    let own = format!("/api/v1/firms/{}", code(0));
    assert_eq!(world.get("firm", &own).await.status, StatusCode::OK);
    assert_eq!(world.journal().await[0].1, code(0).to_string());
    let sorted = world.get("office", "/api/v1/firms?sort=sales_12m").await;
    assert_eq!(
        sorted.status,
        StatusCode::CONFLICT,
        "the order would tell the figures"
    );
}

#[tokio::test]
async fn a_token_stands_for_itself_and_never_falls_back_to_a_cookie() {
    let world = World::new().await;
    let with = |authorization: &str| {
        asked("", Method::GET, "/api/v1/me")
            .header(header::AUTHORIZATION, authorization)
            .header(header::COOKIE, "shenggui-session=token-of-office")
            .body(Body::empty())
    };
    for bad in [
        "Bearer nobody",
        "Bearer",
        "Basic dG9rZW46",
        "token-of-office",
        "",
    ] {
        let answer = world.send(with(bad)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
    }
    let answer = world.send(with("Bearer token-of-luoyang")).await;
    assert_eq!(answer.json()["login"], "luoyang");
}
