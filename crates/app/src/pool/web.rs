//! The pool as pages: coverage, candidates, members, an office's list beside them, whether the
//! pool is enough, and the acts. Who looks sees what the post of the session may see.

mod acts;
mod firms;
mod overview;
#[cfg(test)]
mod tests;

use crate::web::parts::Way;
use crate::web::routes::{Access, Routes};
use rules::pack::roles::Right;

/// The routes of this noun.
pub fn routes() -> Routes {
    let see = Access::May(Right::Pool);
    let admit = Access::May(Right::Admit);
    Routes::new()
        .get("/pool", see, overview::show_coverage)
        .get("/pool/sufficiency", see, overview::show_sufficiency)
        .get("/pool/comparison", see, overview::show_comparison)
        .get(
            "/pool/export",
            Access::May(Right::Export),
            overview::download_pool,
        )
        .get("/pool/candidates", see, firms::list_candidates)
        .get("/pool/members", see, firms::list_members)
        .get("/pool/admissions", admit, acts::confirm_admissions)
        .post("/pool/admissions", admit, acts::create_admissions)
        .get("/pool/removals", admit, acts::confirm_removals)
        .post("/pool/removals", admit, acts::create_removals)
        .get("/pool/declarations", admit, acts::confirm_declarations)
        .post("/pool/declarations", admit, acts::create_declarations)
        .get("/pool/withdrawals", admit, acts::confirm_withdrawals)
        .post("/pool/withdrawals", admit, acts::create_withdrawals)
        .get("/pool/acts/{first}", see, acts::show_acts)
}

/// The sides of the pool.
fn tabs(current: &str) -> Vec<Way> {
    let sides = [
        ("/pool", "覆盖"),
        ("/pool/candidates", "候选企业"),
        ("/pool/members", "在库企业"),
        ("/pool/sufficiency", "是否足够"),
        ("/pool/comparison", "名单比对"),
    ];
    let ways = sides.map(|(address, text)| Way::to(address, text, address == current));
    ways.to_vec()
}
