//! Whatever cannot be answered is told as a problem: in Chinese, with its status and headers.

use super::world::{Answer, World, asked, code};
use crate::web::config::Config;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};

fn check(name: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{name}"
    );
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{name}");
    assert_eq!(problem["type"], "about:blank", "{name}");
    for field in ["title", "detail"] {
        let text = problem[field].as_str().unwrap_or_default();
        let is_chinese = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
        assert!(text.chars().any(is_chinese), "{name}: {text}");
    }
    assert!(
        answer.headers.contains_key(header::X_CONTENT_TYPE_OPTIONS),
        "{name}"
    );
}

#[tokio::test]
async fn readings_that_cannot_be_answered() {
    let world = World::new().await;
    let long = format!("/api/v1/firms?q={}", "a".repeat(101));
    let many = format!("/api/v1/firms?{}", "area=410100&".repeat(51));
    let cases = [
        ("office", "/api/v1/nothing", 404),
        ("office", "/api/nothing", 404),
        ("", "/api/v1/firms", 401),
        ("bank", "/api/v1/firms", 403),
        ("office", "/api/v1/firms/%FF", 400),
        ("office", "/api/v1/firms/91410329MA0000000", 404),
        ("office", "/api/v1/firms/ABCDEFGHJKLMNPQRTU", 404),
        ("office", "/api/v1/measures/nothing", 404),
        ("office", "/api/v1/jobs/x", 404),
        ("office", "/api/v1/firms?limit=0", 400),
        ("office", "/api/v1/firms?limit=501", 400),
        ("office", "/api/v1/firms?limit=%2B5", 400),
        ("office", "/api/v1/firms?limit=5&limit=6", 400),
        ("office", "/api/v1/firms?page=2", 400),
        ("office", "/api/v1/firms?area=", 400),
        ("office", "/api/v1/firms?area=41010", 400),
        ("office", "/api/v1/firms?area=999999", 409),
        ("office", "/api/v1/firms?verdict=perhaps", 400),
        ("office", "/api/v1/firms?verdict=entitled", 409),
        ("office", "/api/v1/firms?stage=nothing", 409),
        ("office", "/api/v1/firms?where=persons%20%3E", 409),
        ("office", "/api/v1/firms?where=sales_12m%20%3E%201", 409),
        ("office", "/api/v1/firms?sort=uscc%3Bdrop", 400),
        ("office", "/api/v1/firms?sort=nothing", 409),
        ("office", "/api/v1/firms?columns=uscc,,name", 400),
        ("office", "/api/v1/firms?q=%00", 400),
        ("office", long.as_str(), 400),
        ("office", many.as_str(), 400),
        ("office", "/api/v1/firms?cursor=zz", 400),
        ("office", "/api/v1/measures?on=2026-02-30", 400),
        ("office", "/api/v1/measures?On=2026-02-03", 400),
        ("office", "/api/v1/measures?division=1", 400),
        ("office", "/api/v1/me?a=b", 400),
        ("office", "/api/v1/outlook/warnings?level=nothing", 409),
        ("tax", "/api/v1/pool/members", 409),
    ];
    for (login, path, status) in cases {
        let answer = world.get(login, path).await;
        check(&format!("{login} {path}"), &answer, status);
        if status == 401 {
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
}

#[tokio::test]
async fn changes_that_cannot_be_made() {
    let world = World::new().await;
    let path = "/api/v1/pool/admissions";
    let own = code(0).to_string();
    let whole = format!("{{\"uscc\":[\"{own}\"],\"reason\":\"走访\"}}");
    let large = format!("{{\"uscc\":[],\"reason\":\"{}\"}}", "a".repeat(600_000));
    let unknown = format!("{{\"uscc\":[\"{own}\"],\"reason\":\"走访\",\"class\":\"A\"}}");
    let json = "application/json";
    let key = "0123456789abcdef";
    let cases: [(&str, &str, &str, u16); 12] = [
        (key, json, "", 400),
        (key, json, "{", 400),
        (key, json, "[]", 400),
        (key, json, "{\"uscc\":[],\"reason\":\"走访\"}", 400),
        (key, json, "{\"uscc\":[\"x\"],\"reason\":\"走访\"}", 400),
        (key, json, &unknown, 400),
        (key, json, &large, 413),
        (key, "text/plain", &whole, 415),
        (key, "", &whole, 415),
        ("short", json, &whole, 400),
        ("0123456789abcdef 0", json, &whole, 400),
        ("", json, &whole, 400),
    ];
    for (key, kind, body, status) in cases {
        let mut request = asked("office", Method::POST, path);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = world.send(request.body(Body::from(body.to_string()))).await;
        check(&format!("{key} {kind} {:.60}", body), &answer, status);
    }
    assert!(
        world
            .journal()
            .await
            .iter()
            .all(|(act, ..)| act != "pool.admit")
    );
    // A page of another site has no token.
    let request = asked("", Method::POST, path).header(header::ORIGIN, "https://example.com");
    let answer = world.send(request.body(Body::from(whole.clone()))).await;
    check("nobody", &answer, 401);
    // The browser of somebody who has signed in brings the cookie.
    let request = asked("", Method::POST, path)
        .header(header::ORIGIN, "https://example.com")
        .header(header::COOKIE, "shenggui-session=anything");
    let answer = world.send(request.body(Body::from(whole))).await;
    check("another site", &answer, 403);
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let world = World::new().await;
    let cases = [
        (Method::DELETE, "/api/v1/firms", "GET,HEAD"),
        (Method::POST, "/api/v1/firms", "GET,HEAD"),
        (Method::GET, "/api/v1/pool/admissions", "POST"),
        (Method::PUT, "/api/v1/deliveries", "GET,HEAD,POST"),
    ];
    for (method, path, allowed) in cases {
        let name = format!("{method} {path}");
        let answer = world
            .send(asked("office", method, path).body(Body::empty()))
            .await;
        check(&name, &answer, 405);
        let mut found: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
        found.sort_unstable();
        assert_eq!(found.join(","), allowed, "{name}");
    }
}

#[tokio::test]
async fn who_asks_too_fast_is_told_when_to_come_back() {
    let config = Config {
        api_per_minute: 12,
        ..Config::default()
    };
    let world = World::with(config).await;
    for _ in 0..2 {
        assert_eq!(
            world.get("office", "/api/v1/me").await.status,
            StatusCode::OK
        );
    }
    let answer = world.get("office", "/api/v1/me").await;
    check("too fast", &answer, 429);
    let seconds: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=5).contains(&seconds));
    assert_eq!(
        world.get("tax", "/api/v1/me").await.status,
        StatusCode::OK,
        "each account"
    );
}
