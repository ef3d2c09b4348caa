//! Areas and counties that a visitor may choose from: those of the own region.

use super::failure::Failure;
use super::parts::Choice;
use programme::people::Scope;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;

/// A division of an address; none where nothing is asked.
///
/// # Errors
/// Not here, where there is no such division or where it lies outside the region: the two
/// look alike.
pub fn asked(pack: &Pack, scope: &Scope, text: &str) -> Result<Option<DivisionCode>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let code = text.trim().parse().map_err(|_| Failure::NotHere)?;
    let is_known = pack.divisions.place(code).is_some();
    match is_known && scope.covers_division(pack, code) {
        true => Ok(Some(code)),
        false => Err(Failure::NotHere),
    }
}

/// Areas of the region, and the counties of the chosen one.
pub fn choices(pack: &Pack, scope: &Scope, chosen: Option<DivisionCode>) -> Vec<Choice> {
    let place = chosen.or(scope.place());
    let open = place
        .and_then(|code| pack.divisions.place(code))
        .map(|place| place.area);
    let choice = |code: DivisionCode, text: String| Choice {
        value: code.to_string(),
        text,
        is_chosen: chosen == Some(code),
    };
    let mut found = Vec::new();
    for area in pack.divisions.areas() {
        if scope.covers_division(pack, area.code) {
            found.push(choice(area.code, area.name.clone()));
        }
        if open != Some(area.code) {
            continue;
        }
        for county in pack.divisions.counties_of(area.code) {
            if scope.covers_division(pack, county.code) {
                found.push(choice(county.code, format!("　{}", county.name)));
            }
        }
    }
    found
}

/// How the whole region is called.
pub fn whole(pack: &Pack, scope: &Scope) -> String {
    match scope.place() {
        Some(code) => pack.divisions.name(code),
        None => "全省".to_string(),
    }
}
