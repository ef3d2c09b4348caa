//! The three keepers at their pages: each does the own part and none of the others'.

use super::{Browser, PASSWORD, World};
use axum::http::StatusCode;
use programme::people::accounts;

const OFFICE: &str = "leading-group-office";

/// A world in which the keepers need no second factor, so that the pages alone are tried.
async fn keepers() -> (World, Browser, Browser) {
    let world = World::new().await;
    crate::settings::set_banner(&world.office, "演示数据")
        .await
        .expect("kept");
    world.account("system", &[(OFFICE, "system-keeper")]).await;
    world
        .account("security", &[(OFFICE, "security-keeper")])
        .await;
    world.account("audit", &[(OFFICE, "audit-keeper")]).await;
    let system = world.signed_in("system").await;
    let security = world.signed_in("security").await;
    (world, system, security)
}

async fn id_of(world: &World, login: &str) -> i64 {
    let db = world.office.db.reading();
    let found = accounts::account_of_login(db, login).await.expect("read");
    found.expect("an account").id
}

const PERSON: [(&str, &str); 3] = [
    ("login", "lisi"),
    ("name", "李四"),
    ("phone", "13812345678"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_account_needs_both_keepers_to_be_of_use() {
    let (world, system, security) = keepers().await;
    let made = system.post("/people", &PERSON).await;
    let id = id_of(&world, "lisi").await;
    assert_eq!(made.location, format!("/people/{id}?done=created"));
    let again = system.post("/people", &PERSON).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("“lisi”已经有了"), "{}", again.body);
    // The system keeper can give neither post nor password, the security keeper no account.
    let grants = format!("/people/grants/{id}");
    let post = [("organisation", "洛阳市"), ("role", "area")];
    for (browser, path, form) in [
        (&system, format!("{grants}/posts"), &post[..]),
        (&system, format!("{grants}/passwords"), &[]),
        (&system, format!("{grants}/unlocks"), &[]),
        (&security, "/people".to_string(), &PERSON),
        (&security, format!("/people/{id}/closure"), &[]),
        (
            &security,
            format!("/people/{id}/phone"),
            &[("purpose", "核对")],
        ),
    ] {
        let answer = browser.post(&path, form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(
        world.browser().sign_in("lisi", "").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let given = security.post(&format!("{grants}/posts"), &post).await;
    assert_eq!(given.location, format!("{grants}?done=given"));
    let page = security.post(&format!("{grants}/passwords"), &[]).await;
    let start = page.body.find("factor-secret\">").expect("a password") + 15;
    let first = page.body[start..].split('<').next().expect("a password");
    let browser = world.browser();
    assert_eq!(
        browser.sign_in("lisi", first).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(browser.get("/account").await.body.contains("洛阳市"));
    let page = security.get(&grants).await.body;
    assert!(!page.contains(first), "shown once");
    // Ended posts take effect at once.
    let db = world.office.db.reading();
    let post = accounts::posts_of(db, id).await.expect("posts")[0]
        .id
        .to_string();
    security
        .post(&format!("{grants}/posts/end"), &[("post", &post)])
        .await;
    assert_eq!(
        browser.get("/indicators").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_helps_himself_or_another_keeper() {
    let (world, system, security) = keepers().await;
    let own = id_of(&world, "security").await;
    let audit = id_of(&world, "audit").await;
    let post = [("organisation", OFFICE), ("role", "audit-keeper")];
    for (browser, path, form, told) in [
        (
            &security,
            format!("/people/grants/{own}/posts"),
            &post[..],
            "不能给自己",
        ),
        (
            &security,
            format!("/people/grants/{own}/passwords"),
            &[],
            "不能重置自己",
        ),
        (
            &security,
            format!("/people/grants/{audit}/passwords"),
            &[],
            "在服务器上重置",
        ),
        (
            &security,
            format!("/people/grants/{audit}/factors/end"),
            &[],
            "在服务器上重置",
        ),
        (
            &system,
            format!("/people/{audit}/closure"),
            &[],
            "先由安全管理员结束",
        ),
    ] {
        let answer = browser.post(&path, form).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.body.contains(told), "{told}: {}", answer.body);
    }
    let db = world.office.db.reading();
    let post = accounts::posts_of(db, audit).await.expect("posts")[0]
        .id
        .to_string();
    let path = format!("/people/grants/{audit}/posts/end");
    let last = security.post(&path, &[("post", &post)]).await;
    assert!(last.body.contains("只有这一人"), "{}", last.body);
    // A post is ended at its own account only.
    let path = format!("/people/grants/{own}/posts/end");
    let foreign = security.post(&path, &[("post", &post)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn telephones_are_masked_and_looking_leaves_a_line() {
    let (world, system, security) = keepers().await;
    system.post("/people", &PERSON).await;
    let id = id_of(&world, "lisi").await;
    let own = format!("/people/{id}");
    for (browser, path) in [
        (&system, "/people".to_string()),
        (&system, "/people?q=lisi".to_string()),
        (&system, own.clone()),
        (&security, "/people/grants".to_string()),
        (&security, format!("/people/grants/{id}")),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("13812345678"), "{path}");
    }
    assert!(system.get(&own).await.body.contains("138****5678"));
    let phone = format!("{own}/phone");
    let without = system.post(&phone, &[("purpose", " ")]).await;
    assert_eq!(without.status, StatusCode::CONFLICT);
    assert_eq!(world.count("people.unmask").await, 0);
    let shown = system.post(&phone, &[("purpose", "核对身份")]).await;
    assert!(shown.body.contains("13812345678"), "{}", shown.body);
    assert_eq!(world.count("people.unmask").await, 1);
    let closed = system.post(&format!("{own}/closure"), &[]).await;
    assert_eq!(closed.location, format!("{own}?done=closed"));
    let page = system.get("/people?q=%25").await.body;
    assert!(
        page.contains("没有这样的账号"),
        "a sign for anything is none"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_shown_and_unlocked() {
    let (world, _, security) = keepers().await;
    world.account("office", &[(OFFICE, "office")]).await;
    for _ in 0..5 {
        world.browser().sign_in("office", "Wrong-word-1").await;
    }
    let id = id_of(&world, "office").await;
    let path = format!("/people/grants/{id}");
    assert!(security.get(&path).await.body.contains("锁定到"));
    let unlocked = security.post(&format!("{path}/unlocks"), &[]).await;
    assert_eq!(unlocked.location, format!("{path}?done=unlocked"));
    assert!(!security.get(&path).await.body.contains("锁定到"));
    let browser = world.browser();
    assert_eq!(
        browser.sign_in("office", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
    security.post(&format!("{path}/sessions/end"), &[]).await;
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
    for (path, status) in [
        ("/people/grants/999", StatusCode::NOT_FOUND),
        ("/people/grants/one", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(security.get(path).await.status, status, "{path}");
    }
}
