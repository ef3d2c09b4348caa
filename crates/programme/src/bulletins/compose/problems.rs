//! 四、存在问题: only what the figures show. It names no cause and lays no blame.

use super::super::document::Block;
use super::ledger::{Ledger, Text};
use super::picture::{AreaLine, Picture};
use super::{ReasonCount, words};
use std::cmp::Reverse;

/// So many areas are named behind a sum.
const NAMED_MAX: usize = 3;

pub fn section(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let found = [
        slow_areas(picture, ledger),
        pool_gaps(picture, ledger),
        exits(picture, ledger),
    ];
    points(found.into_iter().flatten().collect())
}

/// Paragraphs under numbered headings of the second level.
pub fn points(points: Vec<(&'static str, Block)>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (index, (title, paragraph)) in points.into_iter().enumerate() {
        let text = format!("（{}）{title}", words::ordinal(index + 1));
        blocks.push(Block::Heading { level: 2, text });
        blocks.push(paragraph);
    }
    blocks
}

fn slow_areas(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let behind = picture.groups().behind;
    let idle = picture.idle_count();
    let all = behind.len() > 1 && behind.len() == picture.aimed().len();
    let title = match (behind.len(), picture.is_year_end()) {
        (0, _) if idle == 0 => return None,
        (0, _) => "部分县（市、区）没有新增",
        (_, false) if all => "各地进度均低于预期",
        (_, false) => "部分地区进度低于预期",
        (_, true) if all => "各地均未完成年度目标",
        (_, true) => "部分地区未完成年度目标",
    };
    let mut text = ledger.text();
    shortfalls(picture, &behind, &mut text);
    if idle > 0 {
        text.say("全省有")
            .figure(idle, "个", picture.progress("没有新增的县（市、区）", None))
            .say(format!(
                "县（市、区）{}{}新增。",
                picture.this_year(),
                picture.not_yet()
            ));
    }
    Some((title, text.paragraph()))
}

/// How many firms each area is short of the line, the largest gaps first.
fn shortfalls(picture: &Picture<'_>, behind: &[&AreaLine<'_>], text: &mut Text<'_>) {
    let (_, expected) = picture.lines();
    let line = if picture.is_year_end() {
        "年度目标"
    } else {
        "预期进度"
    };
    let short = |text: &mut Text<'_>, area: &&AreaLine<'_>| {
        let origin = picture.progress(&format!("距{line}所差"), Some(area));
        text.say(&area.name)
            .say("差")
            .figure(area.short_of(expected), "家", origin);
    };
    if let [only] = behind {
        text.say(format!("与{line}相比，"));
        short(text, only);
        text.say("。");
        return;
    }
    if behind.is_empty() {
        return;
    }
    let mut largest = behind.to_vec();
    largest.sort_by_key(|area| (Reverse(area.short_of(expected)), area.code));
    let sum: u32 = behind.iter().map(|area| area.short_of(expected)).sum();
    let missed = missed(picture);
    text.say(format!("{missed}的"))
        .figure(
            behind.len(),
            "个",
            picture.progress(&format!("{missed}的地区"), None),
        )
        .say(format!("地区，距{line}合计差"))
        .figure(
            sum,
            "家",
            picture.progress(&format!("距{line}所差合计"), None),
        )
        .say(if behind.len() > NAMED_MAX {
            "，差距较大的是"
        } else {
            "，其中"
        })
        .each(largest.iter().take(NAMED_MAX), "、", short)
        .say("。");
}

/// What is said of areas below the line.
pub fn missed(picture: &Picture<'_>) -> &'static str {
    if picture.is_year_end() {
        "未完成年度目标"
    } else {
        "低于预期进度"
    }
}

fn pool_gaps(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let short = picture.short_of_pool();
    if short.is_empty() {
        return None;
    }
    let behind: Vec<u32> = picture
        .groups()
        .behind
        .iter()
        .map(|area| area.code)
        .collect();
    let both: Vec<_> = short
        .iter()
        .filter(|area| behind.contains(&area.code))
        .collect();
    let missed = missed(picture);
    let mut text = ledger.text();
    if let [only] = short.as_slice() {
        text.say(&only.name)
            .say("培育库家数未达到要求，缺")
            .figure(only.missing(), "家", picture.pool("培育库缺口", Some(only)))
            .say(if both.is_empty() { "" } else { "，同时" })
            .say(if both.is_empty() { "" } else { missed })
            .say("。");
        return Some(("培育库存在缺口", text.paragraph()));
    }
    let missing = picture.pool_sums().missing;
    text.figure(
        short.len(),
        "个",
        picture.pool("培育库未达到要求的地区", None),
    )
    .say("地区培育库家数未达到要求，共缺")
    .figure(missing, "家", picture.pool("培育库缺口", None));
    if !both.is_empty() {
        if both.len() == short.len() {
            text.say(format!("，这些地区同时{missed}"));
        } else {
            text.say(format!("，其中同时{missed}的有"))
                .each(both, "、", |text, area| {
                    text.say(&area.name);
                });
        }
    }
    text.say("。");
    Some(("培育库存在缺口", text.paragraph()))
}

fn exits(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let left = picture.material.progress.province.left;
    if left == 0 {
        return None;
    }
    let mut text = ledger.text();
    text.say(format!("全省{}退库", picture.this_year())).figure(
        left,
        "家",
        picture.progress("本年退库", None),
    );
    reasons(picture, left, &mut text);
    text.say("。");
    most_left(picture, &mut text);
    let shrunk: Vec<_> = picture
        .areas
        .iter()
        .filter(|area| area.progress.net() < 0)
        .collect();
    if !shrunk.is_empty() {
        text.say("退库多于新增的地区有")
            .each(shrunk, "、", |text, area| {
                let origin = picture.progress("本年净减少", Some(area));
                text.say(&area.name)
                    .say("（净减少")
                    .figure(-area.progress.net(), "家", origin)
                    .say("）");
            });
        text.say("。");
    }
    Some(("部分企业退库", text.paragraph()))
}

/// “，其中规上转规下30家、停产歇业20家，原因待核10家”
fn reasons(picture: &Picture<'_>, left: u32, text: &mut Text<'_>) {
    let given = sorted(&picture.material.exits.province);
    let known: u32 = given.iter().map(|reason| reason.count).sum();
    if given.is_empty() {
        text.say("，退库原因待统计部门确认");
        return;
    }
    text.say("，其中").each(given, "、", |text, reason| {
        let origin = picture.exits(&format!("退库（{}）", reason.reason), None);
        text.say(&reason.reason).figure(reason.count, "家", origin);
    });
    if left > known {
        let origin = picture.exits("退库（原因待确认）", None);
        text.say("，原因待确认").figure(left - known, "家", origin);
    }
}

fn most_left(picture: &Picture<'_>, text: &mut Text<'_>) {
    let mut areas: Vec<_> = picture
        .areas
        .iter()
        .filter(|area| area.progress.left > 0)
        .collect();
    areas.sort_by_key(|area| (Reverse(area.progress.left), area.code));
    text.say(match areas.len() {
        0 => return,
        1 => "退库企业在",
        count if count <= NAMED_MAX => "退库企业分布在",
        _ => "退库较多的地区是",
    });
    text.each(areas.into_iter().take(NAMED_MAX), "、", |text, area| {
        let origin = picture.progress("本年退库", Some(area));
        text.say(&area.name)
            .say("（")
            .figure(area.progress.left, "家", origin);
        let given = picture.material.exits.areas.get(&area.code);
        if let Some(first) = given.and_then(|given| sorted(given).into_iter().next()) {
            let what = format!("退库（{}）", first.reason);
            text.say(format!("，其中{}", first.reason)).figure(
                first.count,
                "家",
                picture.exits(&what, Some(area)),
            );
        }
        text.say("）");
    });
    text.say("。");
}

/// The most frequent first; equals as they were given.
fn sorted(reasons: &[ReasonCount]) -> Vec<&ReasonCount> {
    let mut sorted: Vec<_> = reasons.iter().filter(|reason| reason.count > 0).collect();
    sorted.sort_by_key(|reason| Reverse(reason.count));
    sorted
}
