//! The own account: password, sessions, and tokens that programs act with.

use super::{PASSWORD, World};
use axum::http::StatusCode;
use chrono::Utc;
use programme::people::{accounts, tokens};

const OFFICE: &[(&str, &str)] = &[("leading-group-office", "office")];

const SEE_OTHER: StatusCode = StatusCode::SEE_OTHER;
const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions_and_needs_the_old_one() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    let here = world.signed_in("office").await;
    let there = world.signed_in("office").await;
    let new = "Newpassword-1";
    let change = |old: &'static str, again: &'static str| {
        let here = here.clone();
        async move {
            let form = [("old", old), ("password", new), ("again", again)];
            here.post("/account/password", &form).await
        }
    };
    let wrong = change("Wrong-word-1", new).await;
    assert_eq!(wrong.status, REFUSED);
    assert!(wrong.body.contains("当前密码不对"), "{}", wrong.body);
    let unlike = change(PASSWORD, "Newpassword-2").await;
    assert!(unlike.body.contains("不一致"), "{}", unlike.body);
    let changed = change(PASSWORD, new).await;
    assert_eq!(changed.location, "/account?done=password");
    assert!(
        here.get("/account?done=password")
            .await
            .body
            .contains("密码已修改")
    );
    assert_eq!(there.get("/account").await.status, SEE_OTHER);
    // Five wrong ones lock here as they do at the door.
    for _ in 0..5 {
        change("Wrong-word-1", new).await;
    }
    let locked = change(new, new).await;
    assert!(locked.body.contains("暂时不能办理"), "{}", locked.body);
    assert_eq!(world.count("people.lock").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    world.account("other", OFFICE).await;
    let here = world.signed_in("office").await;
    let there = world.signed_in("office").await;
    let foreign = world.signed_in("other").await;
    let hash = |token: String| programme::people::sessions::hash_of_token(&token);
    let page = here.get("/account").await.body;
    for (browser, is_listed) in [(&there, true), (&foreign, false)] {
        assert_eq!(page.contains(&hash(browser.token())), is_listed);
    }
    assert!(
        !page.contains(&here.token()),
        "a token never stands in a page"
    );
    let end = |token: String| {
        let (here, hash) = (here.clone(), hash(token));
        async move {
            here.post("/account/sessions/end", &[("session", &hash)])
                .await
        }
    };
    assert_eq!(end(foreign.token()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(end(there.token()).await.status, SEE_OTHER);
    assert_eq!(there.get("/account").await.status, SEE_OTHER);
    assert_eq!(foreign.get("/account").await.status, StatusCode::OK);
    let third = world.signed_in("office").await;
    here.post("/account/sessions/others", &[]).await;
    assert_eq!(third.get("/account").await.status, SEE_OTHER);
    assert_eq!(here.get("/account").await.status, StatusCode::OK);
}

/// The token that a page shows.
fn shown(body: &str) -> String {
    let start = body.find("sgt_").expect("a token");
    body[start..start + 68].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_names_and_nothing_else() {
    let world = World::new().await;
    let account = world.account("office", OFFICE).await;
    let browser = world.signed_in("office").await;
    let form = [("name", "对账"), ("right", "deliveries"), ("days", "30")];
    let made = browser.post("/account/tokens", &form).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let token = shown(&made.body);
    let listed = browser.get("/account").await.body;
    assert!(listed.contains("对账") && !listed.contains(&token));
    for (path, status) in [
        ("/indicators", StatusCode::OK),
        ("/register", StatusCode::FORBIDDEN),
        ("/people", StatusCode::FORBIDDEN),
        // What is a person's own is not for programs.
        ("/account", StatusCode::FORBIDDEN),
        ("/notices", StatusCode::FORBIDDEN),
    ] {
        let answer = browser.ask(path, &token).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    // A cookie beside a wrong token helps nobody.
    for wrong in ["", "sgt_0", &token[..67]] {
        let answer = browser.ask("/indicators", wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(answer.body.contains("令牌不对"), "{}", answer.body);
    }
    let db = world.office.db.reading();
    let own = tokens::of_account(db, account).await.expect("read");
    assert!(own[0].used_at.is_some());
    let id = own[0].id.to_string();
    browser.post("/account/tokens/end", &[("token", &id)]).await;
    let ended = browser.ask("/indicators", &token).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_its_post_and_with_its_time() {
    let world = World::new().await;
    let posts = [("411081", "county"), ("411000", "area")];
    let account = world.account("yuzhou", &posts).await;
    let browser = world.signed_in("yuzhou").await;
    let form = [("name", "报送"), ("right", "deliveries"), ("days", "1")];
    let token = shown(&browser.post("/account/tokens", &form).await.body);
    assert_eq!(
        browser.ask("/indicators", &token).await.status,
        StatusCode::OK
    );
    let db = world.office.db.reading();
    let held = accounts::posts_of(db, account).await.expect("posts");
    let now = Utc::now().timestamp();
    let tx = world.office.db.begin_writing().await.expect("begun");
    let own = tokens::of_account(&tx, account).await.expect("read");
    let lapsed = tokens::Token {
        hash: programme::people::sessions::hash_of_token("sgt_old"),
        ends_at: now,
        ..own[0].clone()
    };
    tokens::insert(&tx, &lapsed).await.expect("kept");
    accounts::end_post(&tx, held[0].id, now)
        .await
        .expect("ended");
    tx.commit().await.expect("kept");
    // The other post, which the account still holds, is not the token's.
    for token in [token.as_str(), "sgt_old"] {
        let answer = browser.ask("/indicators", token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    for (form, told) in [
        (
            [("name", "甲"), ("right", "grants"), ("days", "1")],
            "没有“授予岗位”",
        ),
        (
            [("name", "甲"), ("right", "firms"), ("days", "366")],
            "1至365天",
        ),
        (
            [("name", "甲"), ("right", "anything"), ("days", "1")],
            "没有这项权限",
        ),
        ([("name", " "), ("right", "firms"), ("days", "1")], "名称"),
    ] {
        let answer = browser.post("/account/tokens", &form).await;
        assert!(answer.status.is_client_error(), "{form:?}");
        assert!(answer.body.contains(told), "{told}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_factor_is_bound_after_the_password() {
    let world = World::new().await;
    world.account("office", OFFICE).await;
    let browser = world.signed_in("office").await;
    let wrong = browser
        .post("/account/factor", &[("password", "Wrong-word-1")])
        .await;
    assert_eq!(wrong.status, REFUSED);
    assert!(!wrong.body.contains("<svg xmlns"), "{}", wrong.body);
    let page = browser
        .post("/account/factor", &[("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("factor-secret"), "{}", page.body);
    let code = [("code", "000000")];
    let refused = browser.post("/account/factor/confirmation", &code).await;
    assert_eq!(refused.status, REFUSED);
    assert!(browser.get("/account").await.body.contains("没有绑定"));
}
