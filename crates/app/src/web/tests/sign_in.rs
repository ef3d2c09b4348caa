//! Signing in: what is asked for, what is refused, and that a token is never anybody's before
//! it is given.

use super::{Browser, PASSWORD, World};
use crate::people::authenticator;
use crate::web::config::Config;
use axum::http::StatusCode;
use chrono::Utc;
use programme::people::{factors, sessions};

const OFFICE: &[(&str, &str)] = &[("leading-group-office", "office")];
const SECURITY: &[(&str, &str)] = &[("leading-group-office", "security-keeper")];

const SEE_OTHER: StatusCode = StatusCode::SEE_OTHER;
const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_before_signing_in_is_worth_nothing() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    let browser = world.browser();
    *browser.cookie.lock().expect("a cookie") = "0".repeat(64);
    let answer = browser.sign_in("office", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (SEE_OTHER, "/session")
    );
    assert!(
        answer.set_cookie.contains("HttpOnly"),
        "{}",
        answer.set_cookie
    );
    assert!(
        answer.set_cookie.contains("SameSite=Lax"),
        "{}",
        answer.set_cookie
    );
    assert_ne!(browser.token(), "0".repeat(64));
    assert_eq!(browser.get("/session").await.location, "/");
    // Signing out ends it on the server and not only in the browser.
    let token = browser.token();
    let out = browser.post("/session/end", &[]).await;
    assert_eq!(out.location, "/session?done=out");
    assert_eq!(browser.token(), "");
    *browser.cookie.lock().expect("a cookie") = token;
    let answer = browser.get("/account").await;
    assert_eq!(answer.location, "/session?next=/account");
    let acts = [
        world.count("people.sign-in").await,
        world.count("people.sign-out").await,
    ];
    assert_eq!(acts, [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_does_not_learn_why() {
    let world = World::new().await;
    let closed = world.account("closed", OFFICE).await;
    world.account("office", OFFICE).await;
    let tx = world.office.db.begin_writing().await.expect("begun");
    let now = Utc::now().timestamp();
    programme::people::accounts::close(&tx, closed, now)
        .await
        .expect("closed");
    tx.commit().await.expect("kept");
    let mut told = Vec::new();
    for (login, password) in [
        ("nobody", PASSWORD),
        ("closed", PASSWORD),
        ("office", "Abcdefgh-2"),
        ("", ""),
    ] {
        let answer = world.browser().sign_in(login, password).await;
        assert_eq!(answer.status, REFUSED, "{login}");
        assert_eq!(answer.set_cookie, "", "{login}");
        let start = answer.body.find("role=\"alert\"").expect("a refusal");
        told.push(answer.body[start..start + 120].to_string());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(world.count("people.sign-in-refused").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_failure_locks_and_only_the_owner_is_told() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    for login in ["office", "nobody"] {
        for _ in 0..5 {
            let answer = world.browser().sign_in(login, "Wrong-word-1").await;
            assert_eq!(answer.status, REFUSED);
            assert!(!answer.body.contains("已锁定"), "{login}");
        }
        // A wrong password is told no more than before.
        let answer = world.browser().sign_in(login, "Wrong-word-1").await;
        assert!(!answer.body.contains("已锁定"), "{login}");
    }
    let answer = world.browser().sign_in("OFFICE ", PASSWORD).await;
    assert_eq!(answer.status, REFUSED);
    assert!(answer.body.contains("已锁定，20"), "{}", answer.body);
    assert_eq!(world.count("people.lock").await, 2);
    // Whoever guesses on is told no more, lest that be the way to guess.
    for _ in 0..5 {
        world.browser().sign_in("office", "Wrong-word-1").await;
    }
    let answer = world.browser().sign_in("office", PASSWORD).await;
    assert!(!answer.body.contains("已锁定"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_fails_thirty_times_is_not_listened_to() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    for number in 0..30 {
        let login = format!("user{number}");
        let answer = world.browser().sign_in(&login, "Wrong-word-1").await;
        assert_eq!(answer.status, REFUSED, "{number}");
    }
    let answer = world.browser().sign_in("office", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = world
        .browser_at("10.0.0.2")
        .sign_in("office", PASSWORD)
        .await;
    assert_eq!(elsewhere.status, SEE_OTHER);
    let lines = world.count("people.sign-in-refused").await;
    assert_eq!(
        lines, 30,
        "whoever floods the site does not flood the journal"
    );
    assert_eq!(world.count("people.lock-address").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_before_the_first_password_is_changed() {
    let world = World::new().await;
    world.account_with("office", OFFICE, true).await;
    let browser = world.browser();
    browser.sign_in("office", PASSWORD).await;
    let before = browser.token();
    assert_eq!(browser.get("/session").await.location, "/session/password");
    for path in ["/account", "/", "/measures", "/notices"] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (SEE_OTHER, "/session/password"),
            "{path}"
        );
    }
    assert_eq!(world.count("people.sign-in").await, 0);
    let page = browser.get("/session/password").await;
    assert!(page.body.contains("首次密码"), "{}", page.body);
    for (password, again, fault) in [
        ("short-A1", "short-A1", "至少10位"),
        ("Office-12345", "Office-12345", "不得包含账号"),
        ("Newpassword-1", "Newpassword-2", "不一致"),
        (PASSWORD, PASSWORD, "最近5次"),
    ] {
        let form = [("password", password), ("again", again)];
        let answer = browser.post("/session/password", &form).await;
        assert_eq!(answer.status, REFUSED, "{password}");
        assert!(answer.body.contains(fault), "{fault}: {}", answer.body);
    }
    let form = [("password", "Newpassword-1"), ("again", "Newpassword-1")];
    let answer = browser.post("/session/password", &form).await;
    assert_eq!(answer.location, "/session");
    assert_ne!(browser.token(), before, "another stage has another token");
    assert_eq!(browser.get("/session").await.location, "/");
    // The token of the stage before has ended.
    let old = world.browser();
    *old.cookie.lock().expect("a cookie") = before;
    assert_eq!(old.get("/account").await.location, "/session?next=/account");
    assert_eq!(
        world.browser().sign_in("office", PASSWORD).await.status,
        REFUSED
    );
    assert_eq!(
        world
            .browser()
            .sign_in("office", "Newpassword-1")
            .await
            .status,
        SEE_OTHER
    );
}

/// The secret that waits or is in force.
async fn secret(world: &World, account: i64) -> String {
    let db = world.office.db.reading();
    let pending = factors::pending(db, account).await.expect("read");
    let confirmed = factors::confirmed(db, account).await.expect("read");
    pending.or(confirmed).expect("a factor").secret
}

async fn enter(browser: &Browser, path: &str, code: &str) -> StatusCode {
    browser.post(path, &[("code", code)]).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_binds_a_factor_and_every_code_counts_once() {
    let world = World::new().await;
    let keeper = world.account("security", SECURITY).await;
    let browser = world.browser();
    browser.sign_in("security", PASSWORD).await;
    assert_eq!(
        browser.get("/people/grants").await.location,
        "/session/new-factor"
    );
    let page = browser.post("/session/new-factor", &[]).await;
    let own = secret(&world, keeper).await;
    assert!(
        page.body.contains(&authenticator::grouped(&own)),
        "{}",
        page.body
    );
    assert!(page.body.contains("<svg"), "{}", page.body);
    assert!(!page.body.contains("style="), "{}", page.body);
    let confirmation = "/session/new-factor/confirmation";
    assert_eq!(enter(&browser, confirmation, "000000").await, REFUSED);
    let now = Utc::now().timestamp();
    let code = authenticator::code_at(&own, now);
    assert_eq!(enter(&browser, confirmation, &code).await, SEE_OTHER);
    assert_eq!(browser.get("/session").await.location, "/people/grants");

    let other = world.browser();
    other.sign_in("security", PASSWORD).await;
    assert_eq!(
        other.get("/people/grants").await.location,
        "/session/factor"
    );
    let path = "/session/factor";
    assert_eq!(
        enter(&other, path, &code).await,
        REFUSED,
        "used when binding"
    );
    // The step after this one is still within what clocks may differ.
    let next = authenticator::code_at(&own, now + 30);
    let before = other.token();
    assert_eq!(enter(&other, path, &next).await, SEE_OTHER);
    assert_ne!(other.token(), before);
    assert_eq!(other.get("/session").await.location, "/people/grants");
    let third = world.browser();
    third.sign_in("security", PASSWORD).await;
    assert_eq!(
        enter(&third, path, &next).await,
        REFUSED,
        "used by the other"
    );
    let pages = other.get("/account").await.body;
    assert!(!pages.contains(&authenticator::grouped(&own)));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_locks_although_the_password_is_right() {
    let world = World::new().await;
    let keeper = world.account("security", SECURITY).await;
    let tx = world.office.db.begin_writing().await.expect("begun");
    let own = authenticator::new_secret().expect("a secret");
    factors::propose(&tx, keeper, &own, 1)
        .await
        .expect("proposed");
    let pending = factors::pending(&tx, keeper).await.expect("read");
    factors::confirm(&tx, &pending.expect("a factor"), 0, 1)
        .await
        .expect("confirmed");
    tx.commit().await.expect("kept");
    for round in 0..5 {
        let browser = world.browser();
        let answer = browser.sign_in("security", PASSWORD).await;
        assert_eq!(answer.status, SEE_OTHER, "{round}");
        assert_eq!(enter(&browser, "/session/factor", "00000x").await, REFUSED);
    }
    let answer = world.browser().sign_in("security", PASSWORD).await;
    assert!(answer.body.contains("已锁定"), "{}", answer.body);
    assert_eq!(world.count("people.lock").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_lapse_and_one_session_means_one() {
    let config = Config {
        one_session: true,
        ..Config::default()
    };
    let world = World::with(config.clone()).await;
    let account = world.account("office", OFFICE).await;
    let first = world.signed_in("office").await;
    assert_eq!(first.get("/account").await.status, StatusCode::OK);
    let second = world.signed_in("office").await;
    assert_eq!(first.get("/account").await.status, SEE_OTHER);
    assert_eq!(second.get("/account").await.status, StatusCode::OK);
    // As long ago as a session may lie unused, and one second more.
    let hash = sessions::hash_of_token(&second.token());
    let now = Utc::now().timestamp();
    let idle = config.idle_seconds;
    sessions::touch(world.office.db.reading(), &hash, now - idle - 1)
        .await
        .expect("touched");
    assert_eq!(second.get("/account").await.status, SEE_OTHER);
    let db = world.office.db.reading();
    let held = sessions::held(db, account, config.lifetimes(), now).await;
    assert_eq!(held.expect("read"), Vec::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_asks_for_the_password_alone() {
    let world = World::new().await;
    crate::settings::set_banner(&world.office, "演示数据")
        .await
        .expect("kept");
    world.account_with("security", SECURITY, true).await;
    let browser = world.signed_in("security").await;
    assert_eq!(browser.get("/session").await.location, "/people/grants");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_of_somebody_else_cannot_be_looked_through() {
    let world = World::new().await;
    let posts = [("411081", "county"), ("411000", "area")];
    let own = world.account("yuzhou", &posts).await;
    let other = world.account("luoyang", &[("410300", "area")]).await;
    let browser = world.signed_in("yuzhou").await;
    let db = world.office.db.reading();
    let held = programme::people::accounts::posts_of(db, own)
        .await
        .expect("posts");
    let foreign = programme::people::accounts::posts_of(db, other)
        .await
        .expect("posts");
    for (post, status) in [
        (held[1].id, SEE_OTHER),
        (foreign[0].id, StatusCode::NOT_FOUND),
        (999, StatusCode::NOT_FOUND),
    ] {
        let form = [("post", post.to_string())];
        let form = [(form[0].0, form[0].1.as_str())];
        assert_eq!(
            browser.post("/session/post", &form).await.status,
            status,
            "{post}"
        );
    }
    let page = browser.get("/account").await.body;
    assert!(page.contains("许昌市"), "{page}");
    assert!(!page.contains("洛阳市"), "{page}");
}
