//! A change that is asked for twice is made once.

use super::world::{World, asked, code};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

const ADMISSIONS: &str = "/api/v1/pool/admissions";
const KEY: &str = "0123456789abcdef";

fn order(firms: &[usize]) -> Value {
    let codes = firms.iter().map(|firm| code(*firm).to_string());
    json!({ "uscc": codes.collect::<Vec<_>>(), "reason": "走访后纳入" })
}

async fn admitted(world: &World) -> usize {
    let lines = world.journal().await;
    lines.iter().filter(|(act, ..)| act == "pool.admit").count()
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_and_carried_out_once() {
    let world = World::new().await;
    let first = world.post("office", ADMISSIONS, KEY, &order(&[0, 1])).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    assert_eq!(first.json()["done"].as_array().map(Vec::len), Some(2));
    let again = world.post("office", ADMISSIONS, KEY, &order(&[0, 1])).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("idempotency-repeated"), "true");
    assert_eq!(admitted(&world).await, 1);
    // Another text under the same key is another request; so is another address.
    let other = world.post("office", ADMISSIONS, KEY, &order(&[2])).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let removal = world
        .post("office", "/api/v1/pool/removals", KEY, &order(&[0, 1]))
        .await;
    assert_eq!(removal.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The key of one account says nothing to another.
    let own = world.post("luoyang", ADMISSIONS, KEY, &order(&[2])).await;
    assert_eq!(own.status, StatusCode::CREATED, "{}", own.body);
    assert_eq!(admitted(&world).await, 2);
}

#[tokio::test]
async fn of_equal_requests_at_once_one_is_carried_out() {
    let world = World::new().await;
    let body = order(&[4, 8]);
    let asked = (0..6).map(|_| world.post("office", ADMISSIONS, KEY, &body));
    let answers = futures_util::future::join_all(asked).await;
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::CREATED, &answers[0].body)
        );
    }
    let fresh = answers
        .iter()
        .filter(|own| own.header("idempotency-repeated").is_empty());
    assert_eq!(fresh.count(), 1);
    assert_eq!(admitted(&world).await, 1);
}

#[tokio::test]
async fn what_was_refused_changed_nothing_and_may_be_asked_again() {
    let world = World::new().await;
    let removals = "/api/v1/pool/removals";
    let refused = world.post("office", removals, KEY, &order(&[0])).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let key = "another-key-00001";
    let admitted = world.post("office", ADMISSIONS, key, &order(&[0])).await;
    assert_eq!(admitted.status, StatusCode::CREATED);
    let removed = world.post("office", removals, KEY, &order(&[0])).await;
    assert_eq!(removed.status, StatusCode::CREATED, "{}", removed.body);
}

#[tokio::test]
async fn one_request_may_do_a_part_and_say_why_not_the_rest() {
    let world = World::new().await;
    let answer = world
        .post("luoyang", ADMISSIONS, KEY, &order(&[0, 1, 0]))
        .await;
    let view = answer.json();
    assert_eq!(view["done"], json!([code(0).to_string()]), "{view}");
    assert_eq!(view["refused"][0]["uscc"], code(1).to_string());
    assert_eq!(view["refused"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_run_is_asked_for_once_and_seen_by_who_asked() {
    let world = World::new().await;
    let body = json!({ "kind": "run", "as_of": "2026-09" });
    let first = world.post("office", "/api/v1/jobs", KEY, &body).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    let again = world.post("office", "/api/v1/jobs", KEY, &body).await;
    assert_eq!(first.body, again.body);
    let path = format!("/api/v1/jobs/{}", first.json()["job"]);
    let own = world.get("office", &path).await.json();
    assert_eq!(own["state"], "queued", "{own}");
    assert_eq!(world.get("tax", &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.get("office", "/api/v1/jobs/2").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_imported_once() {
    let world = World::new().await;
    let path = "/api/v1/deliveries?kind=tax&file_name=tax-2026-09.csv&month=2026-09";
    let send = async |login: &str, key: &str, text: &'static str| {
        let request = asked(login, Method::POST, path)
            .header("idempotency-key", key)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(Body::from(text));
        world.send(request).await
    };
    let text = "统一社会信用代码,应税销售额（元）\n";
    let first = send("tax", KEY, text).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    let again = send("tax", KEY, text).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let other = send("tax", KEY, "统一社会信用代码\n").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        send("tax", "another-key-00001", "%PDF-1.7").await.status,
        StatusCode::CONFLICT
    );
    let foreign = send("statistics", KEY, text).await;
    assert_eq!(
        foreign.status,
        StatusCode::CONFLICT,
        "tax hands tax figures in"
    );
    assert_eq!(
        world.get("tax", "/api/v1/jobs/1").await.json()["kind"],
        "deliveries.import"
    );
    assert_eq!(
        world.get("tax", "/api/v1/jobs/2").await.status,
        StatusCode::NOT_FOUND
    );
}
