//! From measuring to issuing in the browser: who may, in which order, and what is said where
//! it cannot be done.

use crate::web::trial::Trial;
use axum::http::StatusCode;

/// A post, its fields, and what comes of it: a code of what was done, or words of a refusal.
type Step = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    Result<&'static str, &'static str>,
);

const YEAR: (&str, &str) = ("year", "2025");
const DENIED: &str = "您的岗位没有这项权限";

const STEPS: [Step; 21] = [
    (
        "bank",
        "/targets/measurings",
        &[YEAR, ("total", "100")],
        Err(DENIED),
    ),
    (
        "statistics",
        "/targets/measurings",
        &[YEAR, ("total", "100")],
        Err(DENIED),
    ),
    (
        "office",
        "/targets/approvals",
        &[YEAR, ("text", "批示")],
        Err("还没有测算"),
    ),
    (
        "office",
        "/targets/measurings",
        &[YEAR, ("total", "")],
        Err("请写明全省总数"),
    ),
    (
        "office",
        "/targets/measurings",
        &[YEAR, ("total", "105")],
        Err("不是10的整数倍"),
    ),
    (
        "office",
        "/targets/measurings",
        &[("year", "2022"), ("total", "100")],
        Err("已由《"),
    ),
    (
        "office",
        "/targets/measurings",
        &[YEAR, ("total", "100")],
        Ok("measured"),
    ),
    (
        "office",
        "/targets/approvals",
        &[YEAR, ("text", "批示")],
        Err("还没有会商，不能报批"),
    ),
    (
        "office",
        "/targets/opinions",
        &[YEAR, ("text", "同意")],
        Err("测算单位自己的意见不算会商"),
    ),
    (
        "statistics",
        "/targets/opinions",
        &[YEAR, ("text", " ")],
        Err("会商要写明意见"),
    ),
    (
        "statistics",
        "/targets/opinions",
        &[YEAR, ("with", "tax"), ("text", "同意")],
        Err(DENIED),
    ),
    (
        "luoyang",
        "/targets/measurings",
        &[YEAR],
        Err("目标还没有下达，不能分到县"),
    ),
    (
        "statistics",
        "/targets/opinions",
        &[YEAR, ("text", "同意")],
        Ok("consulted"),
    ),
    (
        "office",
        "/targets/opinions",
        &[YEAR, ("with", "tax"), ("text", "书面同意")],
        Ok("consulted"),
    ),
    (
        "office",
        "/targets/issues",
        &[YEAR, ("text", "试1号")],
        Err("还没有批准，不能下达"),
    ),
    (
        "office",
        "/targets/approvals",
        &[YEAR, ("text", "省政府批示")],
        Ok("approved"),
    ),
    (
        "office",
        "/targets/adjustments",
        &[
            YEAR,
            ("from", "410300"),
            ("to", "411000"),
            ("count", "10"),
            ("text", "迟了"),
        ],
        Err("已经批准，不能再改"),
    ),
    (
        "office",
        "/targets/issues",
        &[YEAR, ("text", "试1号")],
        Ok("issued"),
    ),
    (
        "luoyang",
        "/targets/measurings",
        &[YEAR, ("area", "411000")],
        Err("没有这个页面"),
    ),
    ("luoyang", "/targets/measurings", &[YEAR], Ok("measured")),
    (
        "yichuan",
        "/targets/measurings",
        &[YEAR, ("area", "410329")],
        Err(DENIED),
    ),
];

#[tokio::test]
async fn targets_go_their_way_step_by_step() {
    let trial = Trial::begin().await;
    let preview = trial
        .get("office", "/targets/measuring?year=2025&total=100")
        .await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    for words in ["还没有存入", "按比例应为", "取整差", "存入测算", "50.00"] {
        assert!(preview.text.contains(words), "{words}\n{}", preview.text);
    }
    for (number, (login, address, fields, expected)) in STEPS.into_iter().enumerate() {
        let done = trial.post(login, address, fields).await;
        match expected {
            Ok(code) => {
                let way = format!("/targets?year=2025&done={code}");
                assert_eq!(done.location, way, "step {number} {}", done.text);
                assert_eq!(
                    trial.get(login, &done.location).await.status,
                    StatusCode::OK
                );
            }
            Err(says) => {
                assert!(
                    done.status.is_client_error(),
                    "step {number} {}",
                    done.status
                );
                assert!(done.text.contains(says), "step {number} {}", done.text);
                assert!(
                    !done.text.contains("shenggui "),
                    "step {number} {}",
                    done.text
                );
            }
        }
    }
}

/// Login, address, what the page says and does not say.
const PAGES: [(&str, &str, &[&str], &[&str]); 7] = [
    (
        "office",
        "/targets?year=2025",
        &["洛阳市", "许昌市", "已下达", "重新测算", "data-chart"],
        &["提交会商意见"],
    ),
    (
        "office",
        "/targets?year=2022",
        &["已随方案下达", "310"],
        &["重新测算"],
    ),
    (
        "finance",
        "/targets?year=2026",
        &["还没有测算"],
        &["看测算方案", "提交会商意见"],
    ),
    (
        "luoyang",
        "/targets?year=2025",
        &["洛阳市", "伊川县", "看测算方案"],
        &["许昌市", "禹州市"],
    ),
    (
        "yichuan",
        "/targets?year=2025",
        &["伊川县", "全省合计"],
        &["嵩县", "许昌市", "看测算方案"],
    ),
    (
        "xuchang",
        "/targets?year=2025",
        &["许昌市"],
        &["洛阳市", "伊川县"],
    ),
    (
        "auditor",
        "/targets?year=2025",
        &["洛阳市"],
        &["看测算方案", "登记批准"],
    ),
];

#[tokio::test]
async fn everybody_sees_the_targets_of_the_own_region() {
    let trial = Trial::begin().await;
    for (login, address, fields, expected) in STEPS {
        if expected.is_ok() && login != "luoyang" {
            trial.post(login, address, fields).await;
        }
    }
    for (login, address, says, hides) in PAGES {
        let page = trial.get(login, address).await;
        assert_eq!(page.status, StatusCode::OK, "{login} {address}");
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
    for (login, address) in [
        ("luoyang", "/targets?area=411000"),
        ("yichuan", "/targets?area=410300"),
        ("office", "/targets?year=1999"),
    ] {
        assert_eq!(
            trial.get(login, address).await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
}
