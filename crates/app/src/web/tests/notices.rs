//! The inbox: what concerns the organisation and the person, read by each for himself.

use super::World;
use axum::http::StatusCode;
use chrono::Utc;
use programme::people::notices::{Notice, tell};

async fn told(world: &World, organisation: &str, text: &str, address: &str) {
    let notice = Notice {
        organisation: organisation.to_string(),
        account: None,
        kind: "test".to_string(),
        text: text.to_string(),
        address: address.to_string(),
    };
    let tx = world.office.db.begin_writing().await.expect("begun");
    let now = Utc::now().timestamp();
    tell(&tx, &notice, now).await.expect("told");
    tx.commit().await.expect("kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_follows_the_post_that_is_looked_through() {
    let world = World::new().await;
    let posts = [("411081", "county"), ("411000", "area")];
    world.account("yuzhou", &posts).await;
    world.account("colleague", &[("411081", "county")]).await;
    world.account("luoyang", &[("410300", "area")]).await;
    told(&world, "411081", "禹州的事 <b>", "/pool").await;
    told(&world, "411000", "许昌的事", "//evil.example").await;
    let browser = world.signed_in("yuzhou").await;
    let page = browser.get("/notices").await.body;
    assert!(
        page.contains("禹州的事") && !page.contains("许昌的事"),
        "{page}"
    );
    assert!(!page.contains("的事 <b>"), "text stays text");
    assert!(page.contains("<span class=\"count\">1</span>"), "{page}");
    let opened = browser.post("/notices/readings", &[("notice", "1")]).await;
    assert_eq!(opened.location, "/pool");
    let page = browser.get("/notices").await.body;
    assert!(!page.contains("条未读"), "{page}");
    let foreign = browser.post("/notices/readings", &[("notice", "2")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    browser.post("/session/post", &[("post", "2")]).await;
    let page = browser.get("/notices").await.body;
    assert!(page.contains("许昌的事"), "{page}");
    let opened = browser.post("/notices/readings", &[("notice", "2")]).await;
    assert_eq!(opened.location, "/notices", "nobody is led to another site");
    // Everybody reads for himself, and foreign areas have nothing to read.
    let colleague = world.signed_in("colleague").await;
    assert!(colleague.get("/notices").await.body.contains("条未读"));
    let all = colleague.post("/notices/readings", &[]).await;
    assert_eq!(all.location, "/notices?done=read");
    assert!(!colleague.get("/notices").await.body.contains("条未读"));
    let luoyang = world.signed_in("luoyang").await;
    assert!(luoyang.get("/notices").await.body.contains("还没有消息"));
}
