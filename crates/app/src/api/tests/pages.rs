//! Pages of lists: complete, without repetition, and of one query, one reader and one state.

use super::world::{FIRMS, World, code, is_inside};
use axum::http::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;

/// All codes of a list, page by page.
async fn walk(world: &World, login: &str, path: &str, rows: &str, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let page = world.get(login, &format!("{path}{next}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        let page = page.json();
        let own = page[rows].as_array().expect("rows").iter();
        found.extend(own.map(|row| match &row[key] {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn every_firm_is_on_one_page() {
    let world = World::new().await;
    let id = world.measure();
    let of_measure = |verdict: &str| {
        format!("/api/v1/measures/{id}/firms?verdict={verdict}&limit=3&purpose=test")
    };
    let lists = [
        "/api/v1/firms?limit=7",
        "/api/v1/firms?limit=7&sort=-persons",
        "/api/v1/firms?limit=1&county=410329&county=410102",
        "/api/v1/pool/candidates?limit=7&purpose=test",
        &of_measure("not-entitled"),
        &of_measure("unknown"),
        "/api/v1/outlook/warnings?limit=4",
    ];
    for path in lists {
        for login in ["office", "tax", "luoyang", "yichuan"] {
            let found = walk(&world, login, path, "firms", "uscc").await;
            let single: BTreeSet<&String> = found.iter().collect();
            assert_eq!(single.len(), found.len(), "{login} {path}");
            let limit = path.replace("limit=7", "limit=500");
            let whole = world.get(login, &limit).await.json();
            assert_eq!(whole["count"], found.len(), "{login} {path}");
        }
    }
    let own = (0..FIRMS).filter(|firm| is_inside("luoyang", *firm));
    let own: BTreeSet<String> = own.map(|firm| code(firm).to_string()).collect();
    let found = walk(&world, "luoyang", "/api/v1/firms?limit=6", "firms", "uscc").await;
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), own);
    let lines = walk(&world, "auditor", "/api/v1/journal?limit=2", "lines", "id").await;
    let numbers: Vec<i64> = lines.iter().filter_map(|id| id.parse().ok()).collect();
    assert!(
        numbers.windows(2).all(|pair| pair[0] == pair[1] + 1),
        "{numbers:?}"
    );
    assert_eq!(numbers.last(), Some(&1));
}

#[tokio::test]
async fn a_cursor_of_another_query_reader_or_state_is_refused() {
    let world = World::new().await;
    let page = world.get("office", "/api/v1/firms?limit=2").await.json();
    let cursor = page["next"].as_str().expect("a next page").to_string();
    let status = async |login: &str, path: &str| world.get(login, path).await.status;
    let own = format!("/api/v1/firms?limit=3&cursor={cursor}");
    assert_eq!(
        status("office", &own).await,
        StatusCode::OK,
        "pages may differ in size"
    );
    let others = [
        ("tax", own.clone()),
        (
            "office",
            format!("/api/v1/firms?cursor={cursor}&area=410300"),
        ),
        ("office", format!("/api/v1/firms?cursor={cursor}&sort=name")),
        ("office", format!("/api/v1/pool/candidates?cursor={cursor}")),
        ("office", format!("/api/v1/snapshots?cursor={cursor}")),
        ("office", format!("/api/v1/firms?cursor={}", "0".repeat(25))),
    ];
    for (login, path) in others {
        assert_eq!(
            status(login, &path).await,
            StatusCode::CONFLICT,
            "{login} {path}"
        );
    }
    // Whoever is admitted meanwhile would shift the pages.
    let order = json!({ "uscc": [code(0).to_string()], "reason": "走访" });
    let admitted = world.post(
        "office",
        "/api/v1/pool/admissions",
        "0123456789abcdef",
        &order,
    );
    assert_eq!(admitted.await.status, StatusCode::CREATED);
    assert_eq!(status("office", &own).await, StatusCode::CONFLICT);
}
