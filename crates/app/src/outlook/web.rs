//! Warned firms as pages: the list, one firm's card, lists that are handed on, and follow-ups.
//! Who looks sees what the post of the session may see: levels and categories, no figure.

mod follow_ups;
mod hand_overs;
#[cfg(test)]
mod tests;
mod warned;

use crate::web::parts::Way;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use rules::pack::roles::Right;

/// The routes of this noun.
pub fn routes() -> Routes {
    let see = Access::May(Right::Warnings);
    let follow = Access::May(Right::FollowUp);
    let hand = Access::May(Right::HandOver);
    Routes::new()
        .merge(super::map::web::routes())
        .get("/outlook/warnings", see, warned::list_warnings)
        .get("/outlook/warnings/{uscc}", see, warned::show_card)
        .get("/outlook/hand-overs", see, hand_overs::list_hand_overs)
        .get(
            "/outlook/hand-overs/new",
            hand,
            hand_overs::confirm_hand_over,
        )
        .post("/outlook/hand-overs", hand, hand_overs::create_hand_over)
        .get("/outlook/hand-overs/{id}", see, hand_overs::show_hand_over)
        .get(
            "/outlook/hand-overs/{id}/workbook",
            see,
            hand_overs::download_workbook,
        )
        .get(
            "/outlook/hand-overs/{id}/letter",
            see,
            hand_overs::download_letter,
        )
        .get("/outlook/follow-ups", see, follow_ups::list_follow_ups)
        .get(
            "/outlook/follow-ups/{uscc}",
            see,
            follow_ups::show_follow_up,
        )
        .post(
            "/outlook/follow-ups/{uscc}/notes",
            follow,
            follow_ups::create_note,
        )
        .post(
            "/outlook/follow-ups/{uscc}/closure",
            follow,
            follow_ups::create_closure,
        )
}

/// The sides of warnings.
fn tabs(current: &str) -> Vec<Way> {
    let sides = [
        ("/outlook/warnings", "预警名单"),
        ("/outlook/hand-overs", "名单移交"),
        ("/outlook/follow-ups", "跟进"),
    ];
    sides
        .map(|(address, text)| Way::to(address, text, address == current))
        .to_vec()
}

/// What can be done beside the list.
fn actions(visitor: &Visitor) -> Vec<Way> {
    match visitor.may(Right::HandOver) {
        true => vec![Way::to("/outlook/hand-overs/new", "移交名单", false)],
        false => Vec::new(),
    }
}
