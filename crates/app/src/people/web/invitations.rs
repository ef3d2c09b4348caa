//! `/people/invitations`: an office of a place invites the firms of its place to claim their
//! account. The one-time code stands on the notice that is printed, and nowhere else.

use super::{day, number, refusal};
use crate::outlook::{name_of, newest};
use crate::people::{passwords, secrets};
use crate::reader::{Reader, read_code};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Form, Query};
use chrono::Utc;
use programme::database::commit;
use programme::outlook::Firms;
use programme::people::Whereabouts;
use programme::people::claims::{self, Claim, InviteRefusal, normal_code};
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use serde::Deserialize;

const PAGE: i64 = 50;

pub fn routes() -> Routes {
    let invite = Access::May(Right::Invite);
    Routes::new()
        .get("/people/invitations", invite, list_invitations)
        .get("/people/invitations/new", invite, ask_invitation)
        .post("/people/invitations", invite, create_invitation)
}

struct Line {
    id: i64,
    uscc: String,
    name: String,
    person: String,
    made: String,
    ends: String,
    standing: &'static str,
}

#[derive(Template)]
#[template(path = "people/invitations.html")]
struct InvitationsPage {
    frame: Frame,
    lines: Vec<Line>,
    next: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    before: String,
}

async fn list_invitations(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let before = match asked.before.as_str() {
        "" => i64::MAX,
        text => number(text)?,
    };
    let own = visitor.seat()?.organisation.id();
    let db = office.db.reading();
    let mut found = claims::of_organisation(db, &own, before, PAGE + 1).await?;
    let has_more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let next = match found.last().filter(|_| has_more) {
        Some(last) => format!("/people/invitations?before={}", last.id),
        None => String::new(),
    };
    let firms = match found.is_empty() {
        true => None,
        false => Some(newest(office, None).await?.1),
    };
    let now = Utc::now().timestamp();
    let line = |claim: &Claim| Line {
        id: claim.id,
        name: firms
            .as_ref()
            .and_then(|firms| known_name(firms, &claim.uscc))
            .unwrap_or_default(),
        uscc: claim.uscc.clone(),
        person: claim.person.clone(),
        made: day(claim.made_at),
        ends: day(claim.ends_at),
        standing: claim.standing(&office.pack.security, now).name(),
    };
    html(&InvitationsPage {
        lines: found.iter().map(line).collect(),
        next,
        frame: visitor.frame("企业认领", "/people/invitations").await?,
    })
}

fn known_name(firms: &Firms, uscc: &str) -> Option<String> {
    let firm = firms.find(Uscc::written(uscc)?)?;
    Some(name_of(firms, firm).shown())
}

#[derive(Deserialize)]
struct Firm {
    uscc: String,
}

/// The firm of a code where it is the visitor's to invite: where it is, and its name.
async fn firm_of(visitor: &Visitor, text: &str) -> Result<(Uscc, Whereabouts, String), Failure> {
    let office = visitor.office();
    let uscc = read_code(text)?;
    let (_, firms) = newest(office, None).await?;
    let reader = Reader::of(office, None, None)?;
    let found = firms.find(uscc);
    let found = found.map(|firm| (firms.whereabouts(firm), name_of(&firms, firm).shown()));
    let own = found.filter(|(whereabouts, _)| reader.scope.covers_firm(whereabouts));
    let (whereabouts, name) = own.ok_or_else(|| refusal(InviteRefusal::OutOfScope(uscc)))?;
    Ok((uscc, whereabouts, name))
}

#[derive(Template)]
#[template(path = "people/invitation-new.html")]
struct NewPage {
    frame: Frame,
    uscc: String,
    name: String,
    head: String,
    days: i64,
    /// An invitation that has not been used and would be void.
    earlier: String,
}

async fn ask_invitation(visitor: Visitor, Query(asked): Query<Firm>) -> Outcome {
    let (uscc, _, name) = firm_of(&visitor, &asked.uscc).await?;
    let office = visitor.office();
    let open = claims::open(office.db.reading(), &uscc.to_string()).await?;
    html(&NewPage {
        frame: visitor
            .frame("邀请企业认领账号", "/people/invitations")
            .await?,
        head: format!("邀请 {name} 认领账号"),
        uscc: uscc.to_string(),
        name,
        days: office.pack.security.claim_days_max,
        earlier: open.map_or(String::new(), |open| day(open.made_at)),
    })
}

#[derive(Template)]
#[template(path = "people/invitation.html")]
struct NoticePage {
    frame: Frame,
    id: i64,
    office: String,
    name: String,
    uscc: String,
    code: String,
    made: String,
    ends: String,
    failures_max: i64,
}

async fn create_invitation(visitor: Visitor, Form(given): Form<Firm>) -> Outcome {
    let (uscc, whereabouts, name) = firm_of(&visitor, &given.uscc).await?;
    let office = visitor.office();
    let pack = &office.pack;
    let code = secrets::claim_code()?;
    let hash = passwords::hashed(normal_code(&code)).await?;
    let act = visitor.act()?;
    let scope = &visitor.seat()?.scope;
    let tx = office.db.begin_writing().await?;
    let firm = (uscc, Some(&whereabouts));
    let invited = claims::invite(&tx, pack, (&act, scope), firm, &hash).await?;
    let claim = invited.map_err(refusal)?;
    commit(tx).await?;
    html(&NoticePage {
        frame: visitor
            .frame("企业账号认领通知书", "/people/invitations")
            .await?,
        id: claim.id,
        office: act.organisation.name(pack, act.on),
        name,
        uscc: claim.uscc,
        code,
        made: day(claim.made_at),
        ends: day(claim.ends_at),
        failures_max: pack.security.claim_failures_max,
    })
}
