//! `/claim`: a firm claims its account with its credit code and the code of the notice.
//! What the answer says does not depend on whether there is such a firm.

use super::failure::{Failure, Outcome};
use super::frame::{Flash, Frame};
use super::layers::bare_frame;
use super::routes::{Access, Routes};
use super::visitor::{html, html_as};
use super::{Workplace, caller};
use crate::people::own::{password_rules, typed_faults};
use crate::people::passwords;
use crate::reader::read_code;
use askama::Template;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{Local, Utc};
use programme::database::commit;
use programme::journal::Act;
use programme::people::Organisation;
use programme::people::accounts::check_person;
use programme::people::claims::{self, ClaimRefusal, NewPerson, normal_code};
use rules::uscc::Uscc;
use serde::Deserialize;
use std::net::SocketAddr;

pub fn routes() -> Routes {
    Routes::new()
        .get("/claim", Access::Everyone, show_claim)
        .post("/claim", Access::Everyone, create_claim)
}

#[derive(Template)]
#[template(path = "people/claim.html")]
struct ClaimPage {
    frame: Frame,
    given: Given,
    rules: Vec<String>,
    faults: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Given {
    uscc: String,
    code: String,
    name: String,
    phone: String,
    password: String,
    again: String,
}

async fn page(workplace: &Workplace, given: Given) -> Result<ClaimPage, Failure> {
    Ok(ClaimPage {
        frame: bare_frame(workplace, "企业认领账号").await?,
        given,
        rules: password_rules(&workplace.office.pack.security),
        faults: Vec::new(),
    })
}

async fn show_claim(State(workplace): State<Workplace>) -> Outcome {
    html(&page(&workplace, Given::default()).await?)
}

#[derive(Template)]
#[template(path = "people/claimed.html")]
struct ClaimedPage {
    frame: Frame,
    login: String,
}

async fn create_claim(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Outcome {
    let (uscc, faults) = checked(&workplace, &given);
    let (Some(uscc), true) = (uscc, faults.is_empty()) else {
        let mut page = page(&workplace, given).await?;
        page.faults = faults;
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let address = caller::address(&workplace.config, &headers, peer);
    match claim(&workplace, &given, uscc, &address).await? {
        Ok(login) => html(&ClaimedPage {
            frame: bare_frame(&workplace, "账号已开通").await?,
            login,
        }),
        Err(refusal) => {
            let mut page = page(&workplace, given).await?;
            page.frame.flash = Some(Flash::refusal(refusal.to_string()));
            let status = match refusal {
                ClaimRefusal::AddressFull => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            html_as(status, &page)
        }
    }
}

/// What is wrong with the form itself, before anybody is asked.
fn checked(workplace: &Workplace, given: &Given) -> (Option<Uscc>, Vec<String>) {
    let security = &workplace.office.pack.security;
    let mut faults = Vec::new();
    let uscc = read_code(&given.uscc);
    if let Err(fault) = &uscc {
        faults.push(fault.to_string());
    }
    if let Err(fault) = check_person(given.name.trim(), given.phone.trim()) {
        faults.push(fault.to_string());
    }
    let login = given.uscc.trim();
    let typed = (given.password.as_str(), given.again.as_str());
    faults.extend(typed_faults(security, typed, (login, given.name.trim())));
    (uscc.ok(), faults)
}

async fn claim(
    workplace: &Workplace,
    given: &Given,
    uscc: Uscc,
    address: &str,
) -> Result<Result<String, ClaimRefusal>, Failure> {
    let office = &workplace.office;
    let open = claims::open(office.db.reading(), &uscc.to_string()).await?;
    let (id, stored) = open.map(|open| (open.id, open.hash)).unzip();
    let fits = passwords::compare(stored, normal_code(&given.code)).await?;
    // Hashed in any case: how long it takes must not tell whether the code was right.
    let password = passwords::hashed(given.password.clone()).await?;
    let act = Act {
        organisation: Organisation::Firm(uscc),
        person: given.name.trim().to_string(),
        on: Local::now().date_naive(),
        at: Utc::now().timestamp(),
    };
    let person = NewPerson {
        name: &given.name,
        phone: &given.phone,
        password: &password,
    };
    let compared = id.map(|id| (id, fits));
    let tx = office.db.begin_writing().await?;
    let answer = claims::claim(&tx, &office.pack, &act, (uscc, address), compared, person).await?;
    commit(tx).await?;
    Ok(answer.map(|account| account.login))
}
