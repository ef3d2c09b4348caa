//! The first page: each role's own place, and earlier days as they were.

use crate::office::today;
use crate::web::trial::{Trial, firm};
use axum::http::StatusCode;
use programme::journal::Act;
use programme::outlook::RunRequest;
use programme::people::Organisation;
use programme::pool::{self, ActKind};
use rules::uscc::Uscc;

/// What a page says, without what is around it and without the choice of months.
fn told(text: &str) -> &str {
    let begin = text.find("class=\"figures\"").expect("figures");
    let end = text.find("</main>").expect("the end");
    &text[begin..end]
}

async fn admit(trial: &Trial, number: usize, on: &str, at: i64) {
    let (code, _) = Uscc::read(&firm(0, number)).expect("a code");
    let act = Act {
        organisation: Organisation::Area(410300),
        person: "试验员".to_string(),
        on: on.parse().expect("a day"),
        at,
    };
    let tx = trial
        .office
        .db
        .begin_writing()
        .await
        .expect("a transaction");
    let firms = [(code, String::new())];
    pool::record(&tx, ActKind::Admit, &firms, "试验", &act)
        .await
        .expect("recorded");
    tx.commit().await.expect("kept");
}

/// Runs once more, a month later; gives the moment of the run.
async fn run_again(trial: &Trial) -> i64 {
    let office = &trial.office;
    let act = office
        .act(office.provincial_office(), "", None)
        .expect("an act");
    let request = RunRequest {
        as_of: "2025-10".parse().expect("a month"),
        known_by: "2025-11-10".parse().expect("a day"),
    };
    let run = crate::outlook::run(office, request, &act, None, |_, _| {}).await;
    run.expect("a run").0.at
}

#[tokio::test]
async fn an_earlier_page_is_as_it_was() {
    let trial = Trial::begin().await;
    admit(&trial, 0, "2025-10-09", 1_760_000_000).await;
    let past = "/?as_of=2025-09&known_by=2025-10-10";
    let before = trial.get("office", past).await;
    assert_eq!(before.status, StatusCode::OK);
    assert!(
        before.text.contains("这是 2025-10-10 所知的情况"),
        "{}",
        before.text
    );
    assert!(told(&before.text).contains("培育库"), "{}", before.text);
    // What is done later: another run, firms of the pool of that day and of today, targets.
    let at = run_again(&trial).await;
    admit(&trial, 1, "2025-10-09", at + 5).await;
    let now = trial.get("office", "/").await;
    for (address, fields) in [
        ("/targets/measurings", [("year", "2025"), ("total", "100")]),
        ("/targets/opinions", [("year", "2025"), ("text", "同意")]),
    ] {
        let login = if address.ends_with("opinions") {
            "statistics"
        } else {
            "office"
        };
        let done = trial.post(login, address, &fields).await;
        assert_eq!(
            done.status,
            StatusCode::SEE_OTHER,
            "{address} {}",
            done.text
        );
    }
    for (address, text) in [
        ("/targets/approvals", "省政府批示"),
        ("/targets/issues", "试〔2025〕1号"),
    ] {
        let done = trial
            .post("office", address, &[("year", "2025"), ("text", text)])
            .await;
        assert_eq!(
            done.status,
            StatusCode::SEE_OTHER,
            "{address} {}",
            done.text
        );
    }
    let after = trial.get("office", past).await;
    assert_eq!(told(&after.text), told(&before.text));
    let by_month = trial.get("office", "/?as_of=2025-09").await;
    assert_eq!(told(&by_month.text), told(&before.text));
    let later = trial.get("office", "/").await;
    assert_ne!(
        told(&later.text),
        told(&now.text),
        "today's page tells of the targets"
    );
    assert!(told(&later.text).contains("目标 100 家"), "{}", later.text);
}

/// Login, address, and what the page says and does not say; no words where it is not there.
const PAGES: [(&str, &str, &[&str], &[&str]); 12] = [
    (
        "office",
        "/",
        &["全省", "本年新增", "class=\"live\"", "/targets?year=2025"],
        &[],
    ),
    (
        "office",
        "/?area=410300",
        &["洛阳市", "/register?class=reached&#38;area=410300"],
        &[],
    ),
    (
        "luoyang",
        "/",
        &["洛阳市", "伊川县", "area=410300"],
        &["许昌市", "禹州市"],
    ),
    (
        "luoyang",
        "/?area=410329",
        &["伊川县", "county=410329"],
        &["许昌市"],
    ),
    ("luoyang", "/?area=411000", &[], &[]),
    ("luoyang", "/?area=411081", &[], &[]),
    ("luoyang", "/?area=999999", &[], &[]),
    (
        "yichuan",
        "/",
        &["伊川县", "county=410329"],
        &["<option value=\"410300\""],
    ),
    ("yichuan", "/?area=410300", &[], &[]),
    (
        "bank",
        "/",
        &["方案进展", "1.2.1"],
        &["class=\"live\"", "class=\"figures\""],
    ),
    (
        "auditor",
        "/",
        &["全省", "class=\"live\""],
        &["通报尚未起草"],
    ),
    ("statistics", "/", &["全省", "/outlook/warnings"], &[]),
];

#[tokio::test]
async fn everybody_sees_the_plan_with_the_figures_of_their_own_place() {
    let trial = Trial::begin().await;
    for (login, address, says, hides) in PAGES {
        let page = trial.get(login, address).await;
        let expected = match says.is_empty() {
            true => StatusCode::NOT_FOUND,
            false => StatusCode::OK,
        };
        assert_eq!(page.status, expected, "{login} {address}");
        for words in says {
            assert!(
                page.text.contains(words),
                "{login} {address} {words}\n{}",
                page.text
            );
        }
        for words in hides {
            assert!(!page.text.contains(words), "{login} {address} {words}");
        }
    }
    let refused = [
        ("/?as_of=九月", "月份“九月”请写成 2026-06"),
        ("/?known_by=昨天", "日期“昨天”请写成 2026-09-30"),
        ("/?as_of=2020-01", "没有截至2020年1月的快照"),
        ("/?known_by=2020-01-01", "没有2020-01-01 以前收到数据的快照"),
    ];
    for (address, says) in refused {
        let address = address.replace("九月", "%E4%B9%9D%E6%9C%88");
        let address = address.replace("昨天", "%E6%98%A8%E5%A4%A9");
        let page = trial.get("office", &address).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{address}");
        assert!(page.text.contains(says), "{address} {}", page.text);
    }
}

#[tokio::test]
async fn what_wants_doing_is_told_to_who_can_do_it() {
    let trial = Trial::begin().await;
    let year = 2025;
    let asked = |text: &str| text.contains("2025年度目标测算方案待本单位会商");
    let before = trial.get("statistics", "/").await;
    assert!(!asked(&before.text));
    let fields = [("year", "2025"), ("total", "100")];
    trial.post("office", "/targets/measurings", &fields).await;
    let tells = trial.get("statistics", "/").await;
    assert!(asked(&tells.text), "{}", tells.text);
    let office = trial.get("office", "/").await;
    assert!(
        office
            .text
            .contains(&format!("{year}年度目标已测算，待会商")),
        "{}",
        office.text
    );
    assert!(
        office.text.contains("2025年第三季度通报尚未起草"),
        "{}",
        office.text
    );
    let fields = [("year", "2025"), ("text", "同意")];
    trial.post("statistics", "/targets/opinions", &fields).await;
    let after = trial.get("statistics", "/").await;
    assert!(!asked(&after.text));
    // Months of deliveries are long over today, so the tax bureau is reminded of its own.
    assert!(today().to_string().as_str() > "2025-11-30");
    let tax = trial.get("tax", "/").await;
    assert!(tax.text.contains("税务月度数据还没有收到"), "{}", tax.text);
    let area = trial.get("luoyang", "/").await;
    assert!(!area.text.contains("税务月度数据还没有收到"));
}

#[tokio::test]
async fn the_plans_own_text_stands_beside_the_clauses() {
    let trial = Trial::begin().await;
    let text = "二、主要举措\n（一）实施分类分批推动。【2.1.1】各地按一点二倍建库。\n";
    let act = trial
        .office
        .act(trial.office.provincial_office(), "试验员", None)
        .expect("an act");
    let kept = super::original::attach(&trial.office, "方案.txt", text.as_bytes(), &act).await;
    assert_eq!(kept.expect("attached").0.id, 1);
    let page = trial.get("office", "/").await;
    for words in ["各地按一点二倍建库。", "方案原文", "原文取自“方案.txt”"]
    {
        assert!(page.text.contains(words), "{words}");
    }
    let faults = [
        (&b"\xff\xfe"[..], "UTF-8"),
        ("【9.9.9】没有".as_bytes(), "条款“9.9.9”不在政策包里"),
        ("什么也对不上".as_bytes(), "没有一段能与条款对应"),
    ];
    for (content, says) in faults {
        let refused = super::original::attach(&trial.office, "方案.txt", content, &act).await;
        let text = format!("{:#}", refused.expect_err("refused"));
        assert!(text.contains(says), "{text}");
    }
}
