//! Bulletins in the browser: the author neither checks nor issues, and what is not issued is
//! read by nobody else.

use crate::web::trial::Trial;
use axum::http::StatusCode;

const PERIOD: (&str, &str) = ("period", "2025-Q3");

/// Login, address, fields, and what comes of it: where it leads, or words of a refusal.
type Step = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    Result<&'static str, &'static str>,
);

const DENIED: &str = "您的岗位没有这项权限";
const OVER: &str = "/bulletins/periods/2025-Q3";

const STEPS: [Step; 13] = [
    ("finance", "/bulletins/drafts", &[PERIOD], Err(DENIED)),
    (
        "luoyang",
        "/bulletins/issues",
        &[PERIOD, ("number", "1")],
        Err(DENIED),
    ),
    (
        "office",
        "/bulletins/checks",
        &[PERIOD],
        Err("没有待核稿的送审稿"),
    ),
    (
        "office",
        "/bulletins/issues",
        &[PERIOD, ("number", "1")],
        Err("没有送审稿，请先起草"),
    ),
    (
        "office",
        "/bulletins/drafts",
        &[PERIOD],
        Ok("/bulletins/jobs/1"),
    ),
    (
        "office",
        "/bulletins/checks",
        &[PERIOD],
        Err("起草人不能核稿"),
    ),
    (
        "office",
        "/bulletins/issues",
        &[PERIOD, ("number", "1")],
        Err("起草人不能印发"),
    ),
    (
        "director",
        "/bulletins/issues",
        &[PERIOD, ("number", "1")],
        Err("还没有核稿，不能印发"),
    ),
    (
        "director",
        "/bulletins/issues",
        &[PERIOD, ("number", "一")],
        Err("文号请写年度内的序号"),
    ),
    (
        "director",
        "/bulletins/checks",
        &[PERIOD],
        Ok("/bulletins/periods/2025-Q3?done=checked"),
    ),
    (
        "director",
        "/bulletins/checks",
        &[PERIOD],
        Err("不需重复办理"),
    ),
    (
        "director",
        "/bulletins/issues",
        &[PERIOD, ("number", "1"), ("date", "2999-01-01")],
        Err("不能晚于今天"),
    ),
    (
        "director",
        "/bulletins/issues",
        &[PERIOD, ("number", "1"), ("date", "2025-10-15")],
        Ok("/bulletins/jobs/2"),
    ),
];

#[tokio::test]
async fn a_bulletin_is_drafted_checked_and_issued_by_two() {
    let trial = Trial::begin().await;
    let before = trial.get("finance", "/bulletins").await;
    assert!(before.text.contains("还没有印发过通报"), "{}", before.text);
    for (number, (login, address, fields, expected)) in STEPS.into_iter().enumerate() {
        let done = trial.post(login, address, fields).await;
        match expected {
            Ok(way) => assert_eq!(done.location, way, "step {number} {}", done.text),
            Err(says) => {
                assert!(
                    done.status.is_client_error(),
                    "step {number} {}",
                    done.status
                );
                assert!(done.text.contains(says), "step {number} {}", done.text);
            }
        }
        trial.work().await;
        // What is not issued yet is not there for others.
        let issued = number + 1 == STEPS.len();
        for address in [OVER, "/bulletins/1/reading", "/bulletins/1/papers/docx"] {
            let page = trial.get("finance", address).await;
            let is_draft = address != OVER;
            let expected = match issued && !is_draft {
                true => StatusCode::OK,
                false => StatusCode::NOT_FOUND,
            };
            assert_eq!(page.status, expected, "step {number} {address}");
        }
    }
    read_by_all(&trial).await;
}

/// After the issue: records are draft 1, check 2, issue 3.
async fn read_by_all(trial: &Trial) {
    let job = trial.get("director", "/bulletins/jobs/2").await;
    assert!(job.text.contains("已办"), "{}", job.text);
    assert_eq!(
        trial.get("luoyang", "/bulletins/jobs/2").await.status,
        StatusCode::FORBIDDEN
    );
    let list = trial.get("luoyang", "/bulletins").await;
    for words in ["2025年第三季度", "已印发", "〔2025〕1号"] {
        assert!(list.text.contains(words), "{words}\n{}", list.text);
    }
    let page = trial.get("luoyang", OVER).await;
    assert!(!page.text.contains("送审稿"), "{}", page.text);
    let reading = trial.get("luoyang", "/bulletins/3/reading").await;
    assert_eq!(reading.status, StatusCode::OK);
    assert!(reading.text.contains("document.css") && !reading.text.contains("<style>"));
    for form in ["docx", "xlsx", "html"] {
        let paper = trial
            .get("luoyang", &format!("/bulletins/3/papers/{form}"))
            .await;
        assert_eq!(paper.status, StatusCode::OK, "{form}");
        assert!(!paper.bytes.is_empty(), "{form}");
    }
    assert_eq!(trial.get("luoyang", "/bulletins/3").await.location, OVER);
    assert_eq!(
        trial.get("luoyang", "/bulletins/3/papers/exe").await.status,
        StatusCode::NOT_FOUND
    );
    let first = trial.get("luoyang", "/bulletins/3/comparison").await;
    assert!(
        first.text.contains("没有可以对比的上一期"),
        "{}",
        first.text
    );
    let correct = [PERIOD, ("correct", "1")];
    let asked = trial.post("office", "/bulletins/drafts", &correct).await;
    trial.work().await;
    let told = trial.get("office", &asked.location).await;
    assert!(
        told.text.contains("数字没有变化，不需要更正"),
        "{}",
        told.text
    );
}
