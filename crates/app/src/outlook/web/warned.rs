//! The list of warned firms, and the card of one.

use super::super::warnings::{self, Judged, Wanted, judged};
use super::super::{card, warnings as list};
use super::{actions, tabs};
use crate::cli::CardArgs;
use crate::office::Office;
use crate::page::wants_json;
use crate::reader::{Reader, read_code};
use crate::report::{Field, Report};
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Chip, Choice, Pager, answer_json, choices};
use crate::web::places;
use crate::web::sheet::{Form, Input, Sheet, field};
use crate::web::visitor::Visitor;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use serde::Deserialize;

const PAGE: usize = 50;
const CURRENT: &str = "/outlook/warnings";

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    incomplete: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    page: usize,
}

impl Asked {
    fn address(&self) -> Address {
        Address::of(CURRENT)
            .with("division", &self.division)
            .with("level", &self.level)
            .with("reason", &self.reason)
            .with("incomplete", &self.incomplete)
            .with("purpose", &self.purpose)
    }
}

/// Levels, gravest first.
pub fn levels(pack: &Pack, chosen: &str) -> Vec<Choice> {
    let levels = pack.warnings.levels.iter().rev();
    choices(levels.map(|own| (own.id.clone(), own.name.clone())), chosen)
}

/// `GET /outlook/warnings`.
pub async fn list_warnings(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let division = places::asked(&office.pack, &reader.scope, &asked.division)?;
    let judged = judged(office, None).await?;
    let named: Vec<String> = [asked.level.clone()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let reason = Some(asked.reason.as_str()).filter(|text| !text.is_empty());
    let wanted = warnings::wanted(&judged.pack, &named, reason, division)?;
    let own = warnings::points_slot(&judged.pack);
    let own = own.filter(|slot| reader.scope.sees(judged.pack.facts[*slot].class));
    let points = own.filter(|_| !asked.purpose.trim().is_empty());
    if points.is_some() {
        state(office, &reader, &asked.purpose).await?;
    }
    let (report, pager) = listed(&judged, &reader, &wanted, &asked, points);
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame("退规预警", CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|table, row, key| match key {
        "firm" => Some(format!("{CURRENT}/{}", field(table, row, "uscc")?.shown())),
        "level" if table.key == "levels" => {
            let level = judged.pack.warnings.level_named(&row[0].shown())?;
            let id = &judged.pack.warnings.levels[level].id;
            Some(asked.address().with("level", id).to_string())
        }
        _ => None,
    });
    sheet.tabs = tabs(CURRENT);
    sheet.actions = actions(&visitor);
    sheet.lead = format!(
        "截至{}。只显示级别和原因类别，企业的统计数字不在这里。",
        judged.snapshot.as_of.in_words()
    );
    sheet.filter = Some(filter(
        &judged.pack,
        &reader,
        &asked,
        division,
        own.is_some(),
    ));
    sheet.chips = chips(&judged.pack, &asked, division);
    sheet.pager = Some(pager);
    sheet.answer()
}

async fn state(office: &Office, reader: &Reader, purpose: &str) -> Result<(), Failure> {
    let subject = "拟退规预警名单".to_string();
    let stated = reader.state_purpose(office, subject, Some(purpose)).await;
    Ok(stated?)
}

/// What is shown of a page of the list, and its pager.
fn listed(
    judged: &Judged,
    reader: &Reader,
    wanted: &Wanted,
    asked: &Asked,
    points: Option<usize>,
) -> (Report, Pager) {
    let all = judged.find(
        &reader.scope,
        &Wanted {
            division: wanted.division,
            ..Wanted::default()
        },
    );
    let found = judged.find(&reader.scope, wanted);
    let unproven = judged.unproven(&reader.scope, wanted);
    let is_incomplete = !asked.incomplete.is_empty();
    let count = if is_incomplete {
        unproven.len()
    } else {
        found.len()
    };
    let pager = Pager::of(&asked.address(), asked.page, PAGE, count, "家");
    let table = match is_incomplete {
        true => list::without(judged, pager.cut(&unproven), PAGE),
        false => list::listed(judged, pager.cut(&found), PAGE, points),
    };
    let report = Report::new("退规预警")
        .fact("count", "预警企业", Field::Count(found.len() as i64))
        .fact(
            "unproven",
            "暂无预警（数据不全）",
            Field::Count(unproven.len() as i64),
        )
        .table(list::by_level(judged, &all))
        .table(table)
        .table(list::by_area(judged, &found))
        .note(judged.pack.warnings.hand_over.notice.clone());
    (report, pager)
}

fn filter(
    pack: &Pack,
    reader: &Reader,
    asked: &Asked,
    division: Option<DivisionCode>,
    sees_points: bool,
) -> Form {
    let whole = places::whole(pack, &reader.scope);
    let divisions = places::choices(pack, &reader.scope, division);
    let reasons = pack.warnings.reasons.iter();
    let reasons = choices(
        reasons.map(|own| (own.id.clone(), own.name.clone())),
        &asked.reason,
    );
    let mut fields = vec![
        Input::select("division", "市、县", &whole, divisions),
        Input::select("level", "级别", "全部", levels(pack, &asked.level)),
        Input::select("reason", "原因类别", "全部", reasons),
        Input::of(
            "check",
            "incomplete",
            "只看数据不全、暂无预警的",
            &asked.incomplete,
        ),
    ];
    if sees_points {
        fields.push(Input::of(
            "text",
            "purpose",
            "用途（写明后显示积分，记入日志）",
            &asked.purpose,
        ));
    }
    Form {
        address: CURRENT.to_string(),
        fields,
        verb: "查看".to_string(),
        ..Form::default()
    }
}

fn chips(pack: &Pack, asked: &Asked, division: Option<DivisionCode>) -> Vec<Chip> {
    let address = asked.address();
    let chip = |name: &str, label: &str, value: String| Chip {
        label: label.to_string(),
        value,
        without: address.without(name).to_string(),
    };
    let mut chips = Vec::new();
    if let Some(code) = division {
        chips.push(chip("division", "市、县", pack.divisions.name(code)));
    }
    if let Some(level) = pack.warnings.level_named(&asked.level) {
        chips.push(chip(
            "level",
            "级别",
            pack.warnings.levels[level].name.clone(),
        ));
    }
    if let Some(reason) = pack.warnings.reason_named(&asked.reason) {
        chips.push(chip(
            "reason",
            "原因类别",
            pack.warnings.reasons[reason].name.clone(),
        ));
    }
    if !asked.incomplete.is_empty() {
        chips.push(chip("incomplete", "范围", "数据不全、暂无预警".to_string()));
    }
    chips
}

#[derive(Deserialize, Default)]
pub struct AskedCard {
    #[serde(default)]
    purpose: String,
}

/// `GET /outlook/warnings/{uscc}`: the card, whole where a purpose is stated.
pub async fn show_card(
    visitor: Visitor,
    Path(code): Path<String>,
    Query(asked): Query<AskedCard>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let uscc = read_code(&code).map_err(|_| Failure::NotHere)?;
    let judged = judged(office, None).await?;
    let firm = judged.firms.find(uscc);
    let firm = firm.filter(|firm| reader.scope.covers_firm(&judged.firms.whereabouts(*firm)));
    if firm.is_none() {
        return Err(Failure::NotHere);
    }
    let purpose = Some(asked.purpose.clone()).filter(|text| !text.trim().is_empty());
    let wants_purpose = reader.sees_guarded() && purpose.is_none();
    let address = format!("{CURRENT}/{uscc}");
    let form = reader.sees_guarded().then(|| Form {
        address: address.clone(),
        fields: vec![Input::of("text", "purpose", "用途", &asked.purpose).required("")],
        verb: "查看积分卡".to_string(),
        ..Form::default()
    });
    let report = match wants_purpose {
        true => Report::new("退规预警积分卡")
            .fact("uscc", "统一社会信用代码", Field::text(uscc.to_string()))
            .note("积分卡含统计、税务数字。请先写明用途，再查看；用途记入日志。"),
        false => {
            let arguments = CardArgs {
                uscc: uscc.to_string(),
                agency: None,
                itself: false,
                purpose,
                as_of: None,
            };
            card::command(office, &arguments).await?
        }
    };
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame(report.title.clone(), CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|_, _, _| None);
    sheet.tabs = tabs("");
    sheet.filter = form;
    sheet.actions = vec![
        crate::web::parts::Way::to(format!("/register/{uscc}"), "企业页", false),
        crate::web::parts::Way::to(format!("/outlook/follow-ups/{uscc}"), "跟进记录", false),
    ];
    sheet.answer()
}
