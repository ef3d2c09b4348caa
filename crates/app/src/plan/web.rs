//! The first page.

use super::page;
use crate::web::failure::Outcome;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use rules::pack::roles::Right;

pub fn routes() -> Routes {
    Routes::new().get("/", Access::May(Right::Plan), show_plan)
}

async fn show_plan(visitor: Visitor) -> Outcome {
    html(&page(visitor.office()).await?)
}
