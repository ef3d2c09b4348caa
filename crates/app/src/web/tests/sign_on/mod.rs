//! Single sign-on, from the first page to the last, with a provider on loopback.

mod confirmation;
mod provider;

use super::{Answer, Browser, PASSWORD, World};
use crate::web::config::Config;
use crate::web::router;
use axum::http::StatusCode;
use chrono::Utc;
use programme::journal::Act;
use programme::people::keepers::Keeper;
use programme::people::sign_in::act_of;
use programme::people::{accounts, factors, sign_on};
use provider::{Fake, SECRET, Says, Signed, configured};
use sea_orm::{ConnectionTrait, Statement};
use serde::Deserialize;

const OFFICE: &[(&str, &str)] = &[("leading-group-office", "office")];
const SECURITY: &[(&str, &str)] = &[("leading-group-office", "security-keeper")];
const SYSTEM: &[(&str, &str)] = &[("leading-group-office", "system-keeper")];
const SUBJECT: &str = "248289761001";

const SEE_OTHER: StatusCode = StatusCode::SEE_OTHER;
const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

async fn world(fake: &Fake, factor: bool) -> World {
    World::with(Config {
        provider: Some(fake.configured(factor)),
        ..Config::default()
    })
    .await
}

async fn act(world: &World, account: i64) -> Act {
    let db = world.office.db.reading();
    let account = accounts::account(db, account).await.expect("read");
    let when = (Utc::now().timestamp(), Utc::now().date_naive());
    let act = act_of(db, &world.office.pack, &account.expect("there"), when).await;
    act.expect("an act")
}

/// Links an account as the operator does.
async fn link(world: &World, fake: &Fake, account: i64) {
    let keeper = Keeper {
        account: None,
        act: act(world, account).await,
    };
    let tx = world.office.db.begin_writing().await.expect("begun");
    let identity = (fake.issuer.as_str(), SUBJECT);
    let linked = sign_on::link(&tx, &world.office.pack, &keeper, account, identity).await;
    linked.expect("decided").expect("linked");
    tx.commit().await.expect("kept");
}

/// Links an account, and its owner confirms it.
async fn link_confirmed(world: &World, fake: &Fake, account: i64) {
    link(world, fake, account).await;
    let browser = world.browser();
    sign_on(&browser, fake).await;
    let answer = confirm(&browser, PASSWORD).await;
    assert_eq!(answer.location, "/session", "{}", answer.body);
}

/// Gives a password on the page that asks whose account it is.
async fn confirm(browser: &Browser, password: &str) -> Answer {
    browser
        .post("/session/confirmation", &[("password", password)])
        .await
}

/// Goes to the provider, signs in there, and comes back.
async fn sign_on(browser: &Browser, fake: &Fake) -> Answer {
    let sent = browser.get("/session/sign-on").await;
    assert_eq!(sent.status, SEE_OTHER, "{}", sent.body);
    browser.get(&fake.visit(&sent.location)).await
}

/// What the journal says of sign-ins that came to nothing.
async fn refusals(world: &World) -> Vec<String> {
    let db = world.office.db.reading();
    let sql = "SELECT detail FROM journal_lines WHERE act = 'people.sign-in-refused' ORDER BY id";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("lines");
    let rows = rows.iter();
    rows.map(|row| row.try_get("", "detail").expect("a text"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_linked_is_signed_in_and_goes_where_they_wanted() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    let browser = world.browser();
    let page = browser.get("/session?next=/account%23tokens").await.body;
    assert!(page.contains("用省统一身份认证登录"), "{page}");
    assert!(page.contains("href=\"/session/sign-on?next=/account%23tokens\""));
    for (asked, next) in [
        ("", "/session"),
        ("?next=/account", "/account"),
        ("?next=https://evil.example", "/session"),
        ("?next=//evil.example", "/session"),
    ] {
        let browser = world.browser();
        let sent = browser.get(&format!("/session/sign-on{asked}")).await;
        let cookie = &sent.set_cookie;
        for part in [
            "shenggui-sign-on=",
            "HttpOnly",
            "SameSite=Lax",
            "Path=/session/sign-on",
            "Max-Age=600",
        ] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        let back = browser.get(&fake.visit(&sent.location)).await;
        assert_eq!(
            (back.status, back.location.as_str()),
            (SEE_OTHER, next),
            "{asked} {}",
            back.body
        );
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        assert!(back.set_cookie.contains("shenggui-sign-on=; "), "{cookie}");
        // Whoever is in already is not sent away.
        assert_eq!(browser.get("/session/sign-on").await.location, "/");
    }
    assert_eq!(world.count("people.sign-in").await, 5);
    assert_eq!(refusals(&world).await, Vec::<String>::new());
}

/// An answer of the provider that is not let in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    says: Says,
    told: String,
    line: String,
    #[serde(default = "unprocessable")]
    status: u16,
}

fn unprocessable() -> u16 {
    422
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_answer_gets_its_calm_page_and_its_line() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    let cases: Cases = toml::from_str(include_str!("cases.toml")).expect("cases");
    for (count, case) in cases.case.iter().enumerate() {
        fake.says(case.says.clone());
        let browser = world.browser();
        let answer = sign_on(&browser, &fake).await;
        assert_eq!(answer.status, case.status, "{}: {}", case.name, answer.body);
        assert!(
            answer.body.contains(&case.told),
            "{}: {}",
            case.name,
            answer.body
        );
        assert!(!answer.body.contains(SECRET));
        assert_eq!(browser.token(), "", "{}", case.name);
        let lines = refusals(&world).await;
        assert_eq!(lines.len(), count + 1, "{}: {lines:?}", case.name);
        assert!(
            lines[count].contains(&case.line),
            "{}: {lines:?}",
            case.name
        );
        assert!(lines[count].contains("单点登录：") && lines[count].contains("10.0.0.1"));
    }
    // Clocks may differ a little.
    for says in [
        Says {
            expires_in: -50,
            ..Says::default()
        },
        Says {
            issued_in: 50,
            ..Says::default()
        },
    ] {
        fake.says(says);
        assert_eq!(sign_on(&world.browser(), &fake).await.status, SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_once_and_in_the_browser_that_asked() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    let browser = world.browser();
    let sent = browser.get("/session/sign-on").await;
    let path = fake.visit(&sent.location);
    // Somebody else is sent the address: they are not signed in as the one who made it.
    let other = world.browser();
    for stranger in [&other, &world.browser()] {
        let answer = stranger.get(&path).await;
        assert_eq!(answer.status, REFUSED);
        assert!(answer.body.contains("另一个浏览器"), "{}", answer.body);
    }
    assert_eq!(other.token(), "");
    // That has not used it up; the second time it is.
    let cookie = browser.others();
    assert_eq!(browser.get(&path).await.status, SEE_OTHER);
    let again = world.browser();
    *again.others.lock().expect("a cookie") = cookie;
    let answer = again.get(&path).await;
    assert_eq!(answer.status, REFUSED);
    assert!(answer.body.contains("已经用过"), "{}", answer.body);
    let lines = refusals(&world).await;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[2].contains("重复使用"), "{lines:?}");
    // What this server never asked for leaves no line.
    for question in [
        "",
        "?state=x&code=y",
        "?state=a&state=b",
        "?error=access_denied",
    ] {
        let answer = again
            .get(&format!("/session/sign-on/callback{question}"))
            .await;
        assert_eq!(answer.status, REFUSED, "{question}");
    }
    assert_eq!(refusals(&world).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_and_locked_accounts_stay_out() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    for _ in 0..5 {
        world.browser().sign_in("office", "Wrong-word-1").await;
    }
    let answer = sign_on(&world.browser(), &fake).await;
    assert_eq!(answer.status, REFUSED);
    assert!(answer.body.contains("账号已锁定，20"), "{}", answer.body);
    let tx = world.office.db.begin_writing().await.expect("begun");
    let closed = accounts::close(&tx, account, Utc::now().timestamp()).await;
    closed.expect("closed");
    tx.commit().await.expect("kept");
    let answer = sign_on(&world.browser(), &fake).await;
    assert_eq!(answer.status, REFUSED);
    assert!(
        answer.body.contains("尚未与本系统账号关联"),
        "{}",
        answer.body
    );
    // The one with which the owner confirmed the link.
    assert_eq!(world.count("people.sign-in").await, 1);
}

/// A second factor that is in force.
async fn bind(world: &World, account: i64) {
    let tx = world.office.db.begin_writing().await.expect("begun");
    let secret = crate::people::authenticator::new_secret().expect("a secret");
    let proposed = factors::propose(&tx, account, &secret, 1).await;
    proposed.expect("proposed");
    let pending = factors::pending(&tx, account).await.expect("read");
    let confirmed = factors::confirm(&tx, &pending.expect("a factor"), 0, 1).await;
    confirmed.expect("confirmed");
    tx.commit().await.expect("kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_factor_is_asked_for_unless_the_provider_asks() {
    for (factor, posts, is_bound, stage) in [
        (false, OFFICE, false, "/"),
        (false, OFFICE, true, "/session/factor"),
        (false, SECURITY, false, "/session/new-factor"),
        (false, SECURITY, true, "/session/factor"),
        (true, OFFICE, true, "/"),
        (true, SECURITY, false, "/people/grants"),
        (true, SECURITY, true, "/people/grants"),
    ] {
        let fake = Fake::start().await;
        let world = world(&fake, factor).await;
        let account = world.account("somebody", posts).await;
        link_confirmed(&world, &fake, account).await;
        if is_bound {
            bind(&world, account).await;
        }
        let browser = world.browser();
        let answer = sign_on(&browser, &fake).await;
        assert_eq!(answer.location, "/session", "{}", answer.body);
        let found = browser.get("/session").await.location;
        assert_eq!(found, stage, "{factor} {posts:?} {is_bound}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_change_its_key_at_any_time() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    for key in ["first", "second"] {
        fake.says(Says {
            key: key.to_string(),
            ..Says::default()
        });
        let answer = sign_on(&world.browser(), &fake).await;
        assert_eq!(answer.status, SEE_OTHER, "{key}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_node_takes_the_answer() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let account = world.account("office", OFFICE).await;
    link_confirmed(&world, &fake, account).await;
    let browser = world.browser();
    let sent = browser.get("/session/sign-on").await;
    let path = fake.visit(&sent.location);
    let other = router(
        world.office.clone(),
        Config {
            provider: Some(fake.configured(false)),
            ..Config::default()
        },
    );
    let browser = Browser {
        router: other,
        ..browser
    };
    assert_eq!(browser.get(&path).await.status, SEE_OTHER);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_holds_nobody_up() {
    // Nobody listens there; and somebody who never says anything.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let silent = silent.expect("a port");
    let address = silent.local_addr().expect("an address");
    for issuer in [
        "http://127.0.0.1:1".to_string(),
        format!("http://{address}"),
    ] {
        let world = World::with(Config {
            provider: Some(configured(&issuer, false)),
            ..Config::default()
        })
        .await;
        world.account("office", OFFICE).await;
        let answer = world.browser().get("/session/sign-on?next=/account").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            answer.body.contains("统一身份认证没有应答"),
            "{}",
            answer.body
        );
        assert!(
            answer.body.contains("value=\"/account\""),
            "{}",
            answer.body
        );
        // The password is still there.
        let answer = world.browser().sign_in("office", PASSWORD).await;
        assert_eq!(answer.status, SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_nothing_is_offered() {
    let world = World::new().await;
    let browser = world.browser();
    assert!(!browser.get("/session").await.body.contains("sign-on"));
    for path in ["/session/sign-on", "/session/sign-on/callback?state=a"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_answers_count_against_the_address() {
    let fake = Fake::start().await;
    let world = world(&fake, false).await;
    let signed = Signed::Wrongly;
    fake.says(Says {
        signed,
        ..Says::default()
    });
    for _ in 0..30 {
        assert_eq!(sign_on(&world.browser(), &fake).await.status, REFUSED);
    }
    let answer = world.browser().get("/session/sign-on").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.count("people.lock-address").await, 1);
    let elsewhere = world.browser_at("10.0.0.2");
    assert_eq!(elsewhere.get("/session/sign-on").await.status, SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_keeper_links_and_ends_it() {
    let fake = Fake::start().await;
    let world = world(&fake, true).await;
    let office = world.account("office", OFFICE).await;
    let security = world.account("security", SECURITY).await;
    let system = world.account("system", SYSTEM).await;
    link_confirmed(&world, &fake, system).await;
    let keeper = world.browser();
    sign_on(&keeper, &fake).await;
    let path = |account: i64, end: &str| format!("/people/{account}/sign-on{end}");
    let page = keeper.get(&format!("/people/{office}")).await.body;
    assert!(page.contains("没有关联"), "{page}");
    for (account, subject, told) in [
        (security, "77", "由运行人员在服务器上"),
        (system, "77", "不能给自己的账号"),
        (office, SUBJECT, "已关联账号“system”"),
        (office, "张三", "请照登录页提示的原样填写"),
        (office, " ", "请照登录页提示的原样填写"),
    ] {
        let answer = keeper
            .post(&path(account, ""), &[("subject", subject)])
            .await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{account} {subject}");
        assert!(answer.body.contains(told), "{told}: {}", answer.body);
    }
    let answer = keeper.post(&path(office, ""), &[("subject", "77")]).await;
    assert_eq!(answer.location, format!("/people/{office}?done=linked"));
    let page = keeper.get(&format!("/people/{office}")).await.body;
    for told in ["77", "取消关联", "待本人确认"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    fake.says(Says {
        subject: "77".to_string(),
        ..Says::default()
    });
    let browser = world.browser();
    assert_eq!(sign_on(&browser, &fake).await.location, "/session");
    assert_eq!(confirm(&browser, PASSWORD).await.location, "/session");
    let page = keeper.get(&format!("/people/{office}")).await.body;
    assert!(page.contains("已确认（20"), "{page}");
    assert!(!page.contains("待本人确认"), "{page}");
    let notices = browser.get("/notices").await.body;
    assert!(notices.contains("已关联统一身份"), "{notices}");
    let answer = keeper.post(&path(office, "/end"), &[]).await;
    assert_eq!(answer.location, format!("/people/{office}?done=unlinked"));
    assert_eq!(sign_on(&world.browser(), &fake).await.status, REFUSED);
    let acts = world.journal().await;
    for act in ["people.link-sign-on", "people.unlink-sign-on"] {
        let line = (act.to_string(), "office".to_string());
        assert!(acts.contains(&line), "{act}: {acts:?}");
    }
    let denied = browser.post(&path(office, ""), &[("subject", "78")]).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}
