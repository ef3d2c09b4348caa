//! A firm claims its account with the notice in hand; whoever has none learns nothing.

use super::{PASSWORD, World};
use crate::office::today;
use crate::people::passwords;
use axum::http::StatusCode;
use chrono::Utc;
use programme::journal::Act;
use programme::people::claims::{self, normal_code};
use programme::people::{Organisation, Scope, Whereabouts};
use rules::uscc::Uscc;

const CODE: &str = "ABCDE-FGHJK";

fn firm() -> Uscc {
    Uscc::compose("91411081MA0000001").expect("a code")
}

/// Yuzhou has invited the firm.
async fn invite(world: &World) {
    let (pack, by) = (&world.office.pack, Organisation::County(411_081));
    let scope = Scope::of(pack, &by);
    let act = Act {
        organisation: by,
        person: "经办".to_string(),
        on: today(),
        at: Utc::now().timestamp(),
    };
    let place = Whereabouts {
        key: firm().key(),
        area: Some(411_000),
        county: Some(411_081),
        zone: None,
    };
    let hash = passwords::hash(&normal_code(CODE)).expect("hashed");
    let tx = world.office.db.begin_writing().await.expect("begun");
    let invited = claims::invite(&tx, pack, (&act, &scope), (firm(), Some(&place)), &hash).await;
    invited.expect("an answer").expect("invited");
    tx.commit().await.expect("kept");
}

fn form<'a>(uscc: &'a str, code: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("uscc", uscc),
        ("code", code),
        ("name", "王五"),
        ("phone", "13812345678"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_opens_one_account_of_the_own_firm() {
    let world = World::new().await;
    invite(&world).await;
    let own = firm().to_string();
    let other = Uscc::compose("91411081MA0000002")
        .expect("a code")
        .to_string();
    let mut told = Vec::new();
    for (uscc, code) in [(&own, "ABCDE-FGHJM"), (&other, CODE)] {
        let answer = world.browser().post("/claim", &form(uscc, code)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.body.contains(PASSWORD), "a password is never shown");
        let start = answer.body.find("role=\"alert\"").expect("a refusal");
        told.push(answer.body[start..start + 200].to_string());
    }
    told.dedup();
    assert_eq!(
        told.len(),
        1,
        "no firm, no invitation and a wrong code look alike"
    );
    let small = own.to_lowercase();
    let claimed = world
        .browser()
        .post("/claim", &form(&small, "abcde fghjk"))
        .await;
    assert_eq!(claimed.status, StatusCode::OK, "{}", claimed.body);
    assert!(claimed.body.contains(&own), "{}", claimed.body);
    let again = world.browser().post("/claim", &form(&own, CODE)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let browser = world.signed_in(&small).await;
    assert!(browser.get("/account").await.body.contains(&own));
    for path in ["/register", "/indicators", "/people/invitations"] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let acts = [
        world.count("people.claim").await,
        world.count("people.claim-refused").await,
    ];
    assert_eq!(acts, [1, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_faults_costs_no_code() {
    let world = World::new().await;
    invite(&world).await;
    let own = firm().to_string();
    for (name, value, told) in [
        ("password", "short", "至少10位"),
        ("again", "Abcdefgh-2", "不一致"),
        ("phone", "123", "手机号码"),
        ("name", "", "姓名"),
        ("uscc", "91411081", "18"),
    ] {
        let mut form = form(&own, CODE).to_vec();
        for field in form.iter_mut().filter(|field| field.0 == name) {
            field.1 = value;
        }
        let answer = world.browser().post("/claim", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.body.contains(told), "{told}: {}", answer.body);
    }
    assert_eq!(world.count("people.claim-refused").await, 0);
    let claimed = world.browser().post("/claim", &form(&own, CODE)).await;
    assert_eq!(claimed.status, StatusCode::OK);
}
