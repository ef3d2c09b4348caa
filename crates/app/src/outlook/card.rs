//! The points card of one firm: whole for the statistics authority, the tax authority and the
//! firm itself, each with the figures that are theirs to see; level and categories of reasons
//! for everybody else.

use super::warnings::{Judged, judged, place};
use crate::cli::CardArgs;
use crate::office::{Office, refuse};
use crate::reader::{Reader, read_code};
use crate::report::{Field, Group, Item, Report, Table};
use crate::sight;
use anyhow::Result;
use programme::outlook::{Card, Line, Relief, card};
use programme::people::Scope;
use rules::pack::Pack;
use rules::pack::facts::{Origin, WarningField};
use rules::pack::warnings;
use rules::uscc::Uscc;
use serde_json::json;

/// `shenggui outlook card`.
pub async fn command(office: &Office, arguments: &CardArgs) -> Result<Report> {
    let uscc = read_code(&arguments.uscc)?;
    let reader = Reader::of(
        office,
        arguments.agency.as_deref(),
        arguments.itself.then_some(uscc),
    )?;
    let judged = judged(office, arguments.as_of).await?;
    let Some(firm) = reader.find(&judged.firms, uscc)? else {
        return refuse(format!(
            "{}的快照里没有{uscc}；名录和确认名单都没有这家企业",
            judged.snapshot.as_of.in_words()
        ));
    };
    let facts = judged.firms.facts(firm);
    let Some(card) = card(&judged.pack, &facts, &judged.parameters) else {
        return refuse(format!(
            "{uscc}不在规，或尚不知是否在规；积分卡只对在规企业计算"
        ));
    };
    reader
        .state_purpose(office, uscc.to_string(), arguments.purpose.as_deref())
        .await?;
    let firms = &judged.firms;
    let name = super::name_of(firms, firm).shown();
    let report = Report::new(format!("{name}  退规预警积分卡"))
        .fact("uscc", "统一社会信用代码", Field::text(uscc.to_string()))
        .fact("area", "省辖市", place(&judged.pack, firms.area(firm)))
        .fact(
            "county",
            "县（市、区）",
            place(&judged.pack, firms.county(firm)),
        )
        .fact(
            "as_of",
            "统计时点",
            Field::text(judged.snapshot.as_of.to_string()),
        );
    let report = levels(&judged, &card, report);
    if !reader.sees_guarded() {
        return Ok(report
            .note("只显示级别和原因类别；积分卡全文由统计部门查看：--as 统计局 --purpose 用途"));
    }
    Ok(whole(&judged, &card, &reader.scope, report))
}

/// Level and categories, which everybody may see.
fn levels(judged: &Judged, card: &Card, report: Report) -> Report {
    let reasons = judged.reason_names(&card.reasons);
    let reasons = match reasons.is_empty() {
        true => Field::Empty,
        false => Field::text(reasons.join("、")),
    };
    report
        .fact(
            "level",
            "预警级别",
            Field::text(super::level_text(judged, card.level, card.possible)),
        )
        .fact("reasons", "原因类别", reasons)
        .fact("incomplete", "数据不全", Field::Flag(card.is_incomplete()))
}

fn whole(judged: &Judged, card: &Card, scope: &Scope, report: Report) -> Report {
    let slot = judged.pack.slot(Origin::Warning(WarningField::Points));
    let class = slot.map(|slot| judged.pack.facts[slot].class);
    let sees_points = class.is_some_and(|class| scope.sees(class));
    let mut report = report;
    if sees_points {
        report = report
            .fact("points", "积分", Field::Count(card.points))
            .fact("further", "查明可再加", Field::Count(card.further));
    }
    for group in groups(judged, card, scope, sees_points) {
        report = report.group(group);
    }
    report = report.table(reliefs(judged, card));
    if let Some(sentence) = further(judged, card, sees_points) {
        report = report.note(sentence);
    }
    report.note(judged.pack.warnings.hand_over.notice.clone())
}

/// Points and the highest sum, where they may be seen, and the items in groups.
pub type Shown = (Option<(i64, i64)>, Vec<Group>);

/// The card of one firm for a page: points where the reader may see them, and the items in
/// groups. None where the firm has no card.
pub fn shown(judged: &Judged, uscc: Uscc, scope: &Scope) -> Option<Shown> {
    let facts = judged.firms.facts(judged.firms.find(uscc)?);
    let card = card(&judged.pack, &facts, &judged.parameters)?;
    let slot = judged.pack.slot(Origin::Warning(WarningField::Points));
    let class = slot.map(|slot| judged.pack.facts[slot].class);
    let sees_points = class.is_some_and(|class| scope.sees(class));
    let points = sees_points.then_some((card.points, card.further));
    Some((points, groups(judged, &card, scope, sees_points)))
}

/// How far the level could rise: “若查明可再加7分，最高可到红色”.
fn further(judged: &Judged, card: &Card, sees_points: bool) -> Option<String> {
    let unknown = card
        .lines
        .iter()
        .filter(|line| line.holds.is_none())
        .count();
    if unknown == 0 {
        return None;
    }
    let most = match card.possible {
        Some(level) => format!("最高可到{}", judged.level_name(level)),
        None => "仍不到预警".to_string(),
    };
    let added = match sees_points {
        true => format!("若查明可再加{}分，", card.further),
        false => "查明后".to_string(),
    };
    Some(format!("{unknown}项待补，{added}{most}"))
}

/// The items in three groups: what holds, what is unknown, what does not hold.
fn groups(judged: &Judged, card: &Card, scope: &Scope, sees_points: bool) -> Vec<Group> {
    let titles = [
        (Some(true), "成立的项目"),
        (None, "待补的项目"),
        (Some(false), "不成立的项目"),
    ];
    let pack = &judged.pack;
    let groups = titles.map(|(holds, title)| {
        let lines = pack.warnings.items.iter().zip(&card.lines);
        let own = lines.filter(|(_, line)| line.holds == holds);
        let items = own.map(|(own, line)| item(pack, scope, own, line, sees_points));
        Group {
            key: "items",
            is_one_of_many: true,
            title: title.to_string(),
            items: items.collect(),
        }
    });
    let groups = groups.into_iter().filter(|group| !group.items.is_empty());
    groups.collect()
}

fn item(pack: &Pack, scope: &Scope, own: &warnings::Item, line: &Line, sees_points: bool) -> Item {
    let reason = &pack.warnings.reasons[own.reason].name;
    let why = sight::reasons(pack, scope, &line.why);
    let mut lines = vec![format!("理由：{why}")];
    if line.holds != Some(false) {
        lines.push(format!("怎样消除：{}", own.relief));
    }
    let mut value = json!({
        "item": own.id,
        "name": own.name,
        "reason": reason,
        "holds": line.holds,
        "why": why,
        "relief": own.relief,
    });
    let mut head = format!("{}（{reason}）", own.name);
    if sees_points {
        head = format!("{}（{reason}，{}分）", own.name, line.points);
        value["points"] = json!(line.points);
    }
    Item {
        head,
        link: None,
        lines,
        value,
    }
}

/// Which items would have to go for the firm to be below each level.
fn reliefs(judged: &Judged, card: &Card) -> Table {
    let columns = [("level", "低于"), ("ways", "消除哪几项")];
    let mut table = Table::new("reliefs", "怎样降低级别", &columns);
    for Relief { level, ways } in &card.reliefs {
        let named = |way: &Vec<usize>| {
            let items = &judged.pack.warnings.items;
            let names = way.iter().map(|item| format!("“{}”", items[*item].name));
            names.collect::<Vec<_>>().join("和")
        };
        let ways: Vec<String> = ways.iter().map(named).collect();
        table.row(vec![
            Field::text(judged.level_name(*level)),
            Field::text(ways.join("；或者")),
        ]);
    }
    table
}
