//! Who links could link an identity of their own: the account's own password confirms a link,
//! once, before it counts.

use super::*;

const FIRST: &str = "请先用账号和密码登录并改过首次密码";

/// Where a browser that comes from the provider is sent on to.
async fn way_on(browser: &Browser, fake: &Fake) -> String {
    let back = sign_on(browser, fake).await;
    assert_eq!(back.status, SEE_OTHER, "{}", back.body);
    browser.get("/session").await.location
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sign_on_asks_for_the_password_and_no_other_does() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let account = world.account("office", OFFICE).await;
    link(&world, &fake, account).await;
    let browser = world.browser();
    assert_eq!(way_on(&browser, &fake).await, "/session/confirmation");
    let page = browser.get("/session/confirmation").await.body;
    for told in [
        "账号“office”首次用省统一身份认证登录",
        "请输入本账号的密码确认一次",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // Until then nothing of the workplace is there, and no other stage.
    for path in [
        "/account",
        "/notices",
        "/session/password",
        "/session/factor",
    ] {
        assert_eq!(browser.get(path).await.status, SEE_OTHER, "{path}");
    }
    assert_eq!(world.count("people.sign-in").await, 0);
    let before = browser.token();
    let answer = confirm(&browser, PASSWORD).await;
    assert_eq!(answer.location, "/session", "{}", answer.body);
    assert_ne!(browser.token(), before);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    for _ in 0..2 {
        assert_eq!(way_on(&world.browser(), &fake).await, "/");
    }
    // The page is of that stage alone.
    for other in [&browser, &world.browser()] {
        let page = other.get("/session/confirmation").await;
        assert_eq!(page.location, "/session");
        assert_eq!(confirm(other, PASSWORD).await.location, "/session");
    }
    let line = ("people.confirm-sign-on".to_string(), "office".to_string());
    let lines = world.journal().await;
    assert_eq!(lines.iter().filter(|own| **own == line).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_counted_and_locks() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let account = world.account("office", OFFICE).await;
    link(&world, &fake, account).await;
    let browser = world.browser();
    sign_on(&browser, &fake).await;
    // What was typed wrongly for the password counts together with it.
    world.browser().sign_in("office", "Wrong-word-1").await;
    for number in 1..5 {
        let answer = confirm(&browser, "Wrong-word-1").await;
        assert_eq!(answer.status, REFUSED, "{number}");
        assert!(answer.body.contains("账号或密码不对"), "{}", answer.body);
    }
    assert_eq!(world.count("people.lock").await, 1);
    let answer = confirm(&browser, PASSWORD).await;
    assert_eq!(answer.status, REFUSED);
    assert!(answer.body.contains("账号已锁定，20"), "{}", answer.body);
    let answer = world.browser().sign_in("office", PASSWORD).await;
    assert_eq!(answer.status, REFUSED);
    let lines = refusals(&world).await;
    let own = lines
        .iter()
        .filter(|line| line.contains("确认关联的密码不对"));
    assert_eq!(own.count(), 4, "{lines:?}");
    assert_eq!(world.count("people.confirm-sign-on").await, 0);
    assert_eq!(world.count("people.sign-in").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_is_changed_before_it_confirms() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let account = world.account_with("office", OFFICE, true).await;
    link(&world, &fake, account).await;
    let browser = world.browser();
    let answer = sign_on(&browser, &fake).await;
    assert_eq!((answer.status, browser.token()), (REFUSED, String::new()));
    assert!(answer.body.contains(FIRST), "{}", answer.body);
    assert!(refusals(&world).await[0].contains("首次密码未改"));
    // The owner signs in with it, changes it, and comes again.
    let owner = world.signed_in("office").await;
    let new = [("password", "Other-word-2"), ("again", "Other-word-2")];
    assert_eq!(
        owner.post("/session/password", &new).await.status,
        SEE_OTHER
    );
    assert_eq!(way_on(&browser, &fake).await, "/session/confirmation");
    assert_eq!(confirm(&browser, PASSWORD).await.status, REFUSED);
    assert_eq!(confirm(&browser, "Other-word-2").await.status, SEE_OTHER);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_password_is_a_first_one_again() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let account = world.account("office", OFFICE).await;
    link(&world, &fake, account).await;
    let browser = world.browser();
    sign_on(&browser, &fake).await;
    let keeper = Keeper {
        account: None,
        act: act(&world, account).await,
    };
    let hash = crate::people::passwords::hash("Given-word-3").expect("hashed");
    let tx = world.office.db.begin_writing().await.expect("begun");
    let pack = &world.office.pack;
    let reset = programme::people::keepers::reset_password(&tx, pack, &keeper, account, &hash);
    reset.await.expect("decided").expect("reset");
    tx.commit().await.expect("kept");
    // Who stood at the page is out, and whoever comes is sent to change it.
    assert_eq!(confirm(&browser, "Given-word-3").await.location, "/session");
    let answer = sign_on(&browser, &fake).await;
    assert!(answer.body.contains(FIRST), "{}", answer.body);
    assert_eq!(world.count("people.confirm-sign-on").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_linked_anew_is_asked_again() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    let keeper = Keeper {
        account: None,
        act: act(&world, account).await,
    };
    let tx = world.office.db.begin_writing().await.expect("begun");
    let pack = &world.office.pack;
    let ended = sign_on::unlink(&tx, pack, &keeper, account).await;
    ended.expect("decided").expect("ended");
    tx.commit().await.expect("kept");
    link(&world, &fake, account).await;
    let browser = world.browser();
    assert_eq!(way_on(&browser, &fake).await, "/session/confirmation");
    assert_eq!(confirm(&browser, PASSWORD).await.status, SEE_OTHER);
    assert_eq!(way_on(&world.browser(), &fake).await, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_factor_comes_after_the_confirmation() {
    for (factor, posts, is_bound, stage) in [
        (false, OFFICE, false, "/"),
        (false, OFFICE, true, "/session/factor"),
        (false, SECURITY, false, "/session/new-factor"),
        (true, SECURITY, true, "/people/grants"),
    ] {
        let fake = Fake::start().await;
        let world = world(&fake, factor).await;
        let account = world.account("somebody", posts).await;
        link(&world, &fake, account).await;
        if is_bound {
            bind(&world, account).await;
        }
        let browser = world.browser();
        assert_eq!(way_on(&browser, &fake).await, "/session/confirmation");
        assert_eq!(confirm(&browser, PASSWORD).await.status, SEE_OTHER);
        let found = browser.get("/session").await.location;
        assert_eq!(found, stage, "{factor} {posts:?} {is_bound}");
    }
}
