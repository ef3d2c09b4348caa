//! 三、培育库建设: the province's multiple, areas whose pool is short, and firms that
//! reached the scale but are not in the statistics.

use super::super::document::Block;
use super::ledger::{Ledger, Origin, Text};
use super::picture::{AreaLine, Picture, PoolSums};
use super::words;
use std::cmp::Reverse;

/// So many areas with reached firms are named.
const REACHED_NAMED: usize = 3;

pub fn section(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let mut blocks = Vec::new();
    if picture.areas.iter().any(|area| area.pool.is_some()) {
        let sums = picture.pool_sums();
        blocks.push(size(picture, &sums, ledger));
        blocks.extend(gaps(picture, &sums, ledger));
    }
    blocks.extend(candidates(picture, ledger));
    blocks
}

fn size(picture: &Picture<'_>, sums: &PoolSums, ledger: &mut Ledger) -> Block {
    let mut text = ledger.text();
    text.say(format!("{}，全省培育库在库企业", picture.end()))
        .figure(sums.in_pool, "家", picture.pool("培育库在库企业", None));
    if sums.promoted > 0 {
        text.say(format!("，{}已由培育库升规", picture.this_year()))
            .figure(
                sums.promoted,
                "家",
                picture.pool("本年已由培育库升规", None),
            );
    }
    if sums.target > 0 {
        let both = if sums.promoted > 0 {
            "两项合计"
        } else {
            ""
        };
        let multiple = words::multiple(sums.counted, sums.target);
        text.say(format!("，{both}为年度目标的")).figure(
            multiple,
            "倍",
            picture.pool("培育库倍数", None),
        );
        if let Some(factor) = picture.pool_factor() {
            let origin = picture.pool("培育库倍数要求", None);
            text.say("，要求不低于")
                .figure(words::factor(factor), "倍", origin);
        }
    } else {
        text.say(format!("；{}，应建家数不作计算", picture.no_target()));
    }
    text.say("。");
    if sums.by_class.iter().any(|count| *count > 0) {
        text.say("按入库类别分，在库企业中");
        classes(picture, &sums.by_class, &mut text, |name| {
            picture.pool(&format!("培育库在库企业（{name}）"), None)
        });
        text.say("。");
    }
    text.paragraph()
}

/// “达规未入统80家、成长95家”
fn classes(
    picture: &Picture<'_>,
    counts: &[u32],
    text: &mut Text<'_>,
    origin: impl Fn(&str) -> Origin,
) {
    let classes = picture.material.pack.classes.iter();
    let counts = classes
        .map(|class| class.name.as_str())
        .chain(["类别待核"])
        .zip(counts)
        .filter(|(_, count)| **count > 0);
    text.each(counts, "、", |text, (name, count)| {
        text.say(name).figure(count, "家", origin(name));
    });
}

fn gaps(picture: &Picture<'_>, sums: &PoolSums, ledger: &mut Ledger) -> Option<Block> {
    if sums.target == 0 {
        return None;
    }
    let short = picture.short_of_pool();
    let judged = picture
        .areas
        .iter()
        .filter(|area| area.pool.is_some_and(|pool| pool.required.is_some()))
        .count();
    let met = picture.pool("培育库达到要求的地区", None);
    let mut text = ledger.text();
    if short.is_empty() {
        text.say("各地培育库家数均达到要求。");
    } else {
        if judged > short.len() {
            text.say("培育库家数达到要求的地区有")
                .figure(judged - short.len(), "个", met)
                .say("；");
        }
        text.say("未达到要求的地区有").figure(
            short.len(),
            "个",
            picture.pool("培育库未达到要求的地区", None),
        );
        if short.len() > 1 {
            text.say("，共缺")
                .figure(sums.missing, "家", picture.pool("培育库缺口", None));
        }
        text.say(if short.len() == 1 { "，" } else { "，其中" });
        text.each(short, "、", |text, area| {
            let origin = picture.pool("培育库缺口", Some(area));
            text.say(&area.name)
                .say("缺")
                .figure(area.missing(), "家", origin);
        });
        text.say("。");
    }
    Some(text.paragraph())
}

fn candidates(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    let candidates = &picture.material.candidates;
    let total: u32 = candidates.by_class.iter().sum();
    if total == 0 && candidates.reached == 0 {
        return None;
    }
    let mut text = ledger.text();
    text.say("按部门共享数据筛查，全省");
    if total > 0 {
        let fit = "符合培育条件的企业";
        text.say(format!("{fit}有"))
            .figure(total, "家", picture.candidates(fit, None))
            .say("，其中");
        classes(picture, &candidates.by_class, &mut text, |name| {
            picture.candidates(&format!("{fit}（{name}）"), None)
        });
        text.say("。");
    }
    reached(picture, &mut text);
    Some(text.paragraph())
}

fn reached(picture: &Picture<'_>, text: &mut Text<'_>) {
    let what = "已达到规模标准、尚未纳入统计的企业";
    let reached = picture.material.candidates.reached;
    if reached == 0 {
        text.say(format!("没有发现{what}。"));
        return;
    }
    text.say(format!("{what}有"))
        .figure(reached, "家", picture.candidates(what, None));
    let areas = most_reached(picture);
    if !areas.is_empty() {
        text.say(if areas.len() == 1 {
            "，在"
        } else {
            "，较多的地区是"
        })
        .each(areas, "、", |text, (area, count)| {
            text.say(&area.name)
                .say("（")
                .figure(count, "家", picture.candidates(what, Some(area)))
                .say("）");
        });
    }
    text.say("。");
}

/// The areas with most firms that reached the scale, where they stand out from others.
pub fn most_reached<'p, 'a>(picture: &'p Picture<'a>) -> Vec<(&'p AreaLine<'a>, u32)> {
    let counts = &picture.material.candidates.reached_by_area;
    let mut areas: Vec<_> = picture
        .areas
        .iter()
        .filter_map(|area| Some((area, *counts.get(&area.code)?)))
        .filter(|(_, count)| *count > 0)
        .collect();
    areas.sort_by_key(|(area, count)| (Reverse(*count), area.code));
    areas.truncate(REACHED_NAMED);
    areas
}
