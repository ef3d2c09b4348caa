//! Linking an account to an identity of the provider: the system keeper says whose it is.

use super::{back, keeper, number, refusal};
use crate::web::Workplace;
use crate::web::failure::{Failure, Outcome};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use axum::extract::{Form, Path, State};
use programme::database::commit;
use programme::people::sign_on;
use rules::pack::roles::Right;
use serde::Deserialize;

pub fn routes() -> Routes {
    let keep = Access::May(Right::Accounts);
    Routes::new()
        .post("/people/{account}/sign-on", keep, create_link)
        .post("/people/{account}/sign-on/end", keep, end_link)
}

#[derive(Deserialize)]
struct Subject {
    subject: String,
}

async fn create_link(
    State(workplace): State<Workplace>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(given): Form<Subject>,
) -> Outcome {
    let Some(provider) = workplace.config.sign_on() else {
        let text = "没有配置单点登录，请运行人员先在配置文件中写 [oidc] 一节";
        return Err(Failure::Refused(text.to_string()));
    };
    let (keeper, office) = (keeper(&visitor)?, visitor.office());
    let id = number(&account)?;
    let tx = office.db.begin_writing().await?;
    let identity = (provider.issuer, given.subject.as_str());
    let linked = sign_on::link(&tx, &office.pack, &keeper, id, identity).await?;
    linked.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&format!("/people/{id}"), "linked"))
}

async fn end_link(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let (keeper, office) = (keeper(&visitor)?, visitor.office());
    let id = number(&account)?;
    let tx = office.db.begin_writing().await?;
    let ended = sign_on::unlink(&tx, &office.pack, &keeper, id).await?;
    ended.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&format!("/people/{id}"), "unlinked"))
}
