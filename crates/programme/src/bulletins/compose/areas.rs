//! 二、各地进展: which lines the areas reached, who leads and who follows, and counties
//! where nothing came yet.

use super::super::document::Block;
use super::super::issue::AnnexKind;
use super::ledger::{Ledger, Text};
use super::picture::{AreaLine, Picture};
use super::problems;
use super::words;

/// So many areas are named at each end of the ranking.
const NAMED_AT_ENDS: usize = 3;

pub fn section(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks.extend(groups(picture, ledger));
    blocks.extend(ranking(picture, ledger));
    blocks.extend(idle_counties(picture, ledger));
    blocks.extend(lists(picture, ledger));
    blocks
}

fn groups(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    let aimed = picture.aimed().len();
    if aimed == 0 {
        return None;
    }
    let groups = picture.groups();
    let (linear, expected) = picture.lines();
    let reached = if picture.is_year_end() {
        "完成年度目标"
    } else if linear > expected {
        "达到时序进度"
    } else {
        "达到预期进度"
    };
    let named = [
        (groups.ahead, reached),
        (groups.between, "达到预期进度、未达到时序进度"),
        (groups.behind, problems::missed(picture)),
    ];
    let mut text = ledger.text();
    text.say("从完成情况看，");
    if !picture.is_annual {
        text.say(format!("{}，", picture.until()));
    }
    let present: Vec<_> = named
        .iter()
        .filter(|(areas, ..)| !areas.is_empty())
        .collect();
    if let [(areas, name)] = present.as_slice()
        && areas.len() > 1
    {
        text.say("有年度目标的")
            .figure(aimed, "个地区", picture.progress("有年度目标的地区", None))
            .say(format!("均{name}。"));
    } else {
        text.each(present, "；", |text, (areas, name)| {
            let origin = picture.progress(&format!("{name}的地区"), None);
            text.say(format!("{name}的地区有"))
                .figure(areas.len(), "个", origin)
                .say("，")
                .say(if areas.len() == 1 { "是" } else { "依次是" })
                .each(areas, "、", |text, area| completed(picture, text, area));
        });
        text.say("。");
    }
    without_target(picture, &mut text);
    Some(text.paragraph())
}

fn without_target(picture: &Picture<'_>, text: &mut Text<'_>) {
    let others: Vec<_> = picture
        .areas
        .iter()
        .filter(|a| a.target().is_none())
        .collect();
    if others.is_empty() {
        return;
    }
    let origin = picture.progress("未下达年度目标的地区", None);
    text.say("另有")
        .figure(others.len(), "个地区", origin)
        .say("未下达年度目标，只列新增家数：")
        .each(others, "、", |text, area| entered(picture, text, area))
        .say("。");
}

/// By completion where there are targets, else by entered firms.
fn ranking(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    let aimed = picture.aimed();
    let (ranked, by) = if aimed.is_empty() {
        (picture.by_entered(), "新增家数")
    } else {
        (aimed, "完成率")
    };
    let ends = NAMED_AT_ENDS.min(ranked.len() / 2);
    if ends == 0 {
        return None;
    }
    let (first, last) = (&ranked[..ends], &ranked[ranked.len() - ends..]);
    let mut text = ledger.text();
    let (top, bottom) = match ends {
        1 => ("居首位的是".to_string(), "居末位的是".to_string()),
        _ => (
            format!("居前{}位的是", words::ordinal(ends)),
            format!("居后{}位的是", words::ordinal(ends)),
        ),
    };
    let figures = |text: &mut Text<'_>, area: &&AreaLine<'_>| {
        if by == "完成率" {
            completed_and_entered(picture, text, area);
        } else {
            entered(picture, text, area);
        }
    };
    text.say(format!("{by}{top}"))
        .each(first, "、", figures)
        .say(format!("；{bottom}"))
        .each(last, "、", figures)
        .say("。");
    Some(text.paragraph())
}

fn idle_counties(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    let counties = |area: &AreaLine<'_>| {
        area.counties
            .iter()
            .filter(|c| c.division.is_some())
            .count()
    };
    if picture.areas.iter().map(counties).sum::<usize>() == 0 {
        return None;
    }
    let idle = picture.idle();
    let count = picture.idle_count();
    let mut text = ledger.text();
    text.say(format!("从县级看，{}", picture.until()));
    if count == 0 {
        text.say("各县（市、区）均有新增。");
        return Some(text.paragraph());
    }
    text.say(format!("{}新增的县（市、区）有", picture.not_yet()))
        .figure(
            count,
            "个",
            picture.progress("没有新增的县（市、区）", None),
        );
    if picture.has_idle_annex() {
        text.say("，分布在")
            .each(&idle, "、", |text, (area, counties)| {
                let origin = picture.progress("没有新增的县（市、区）", Some(area));
                text.say(&area.name)
                    .say("（")
                    .figure(counties.len(), "个", origin)
                    .say("）");
            })
            .say("，名单见附件3。");
    } else {
        let divisions = &picture.material.pack.divisions;
        text.say("，")
            .say(if count == 1 { "是" } else { "分别是" })
            .each(&idle, "、", |text, (area, counties)| {
                text.say(&area.name);
                // An area without counties is its own county and is named once.
                if counties.as_slice() != [area.code] {
                    let names = counties.iter().map(|code| divisions.name(*code));
                    text.say(format!("（{}）", names.collect::<Vec<_>>().join("、")));
                }
            });
        text.say("。");
    }
    Some(text.paragraph())
}

/// Where the lists of an annual bulletin stand, and whether they are approved.
fn lists(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    if !picture.is_annual || picture.aimed().is_empty() {
        return None;
    }
    let approved = picture.material.approved;
    let (settled, proposed): (Vec<_>, Vec<_>) = picture
        .lists()
        .into_iter()
        .partition(|(kind, _)| approved.has(*kind));
    let named = |lists: &[(AnnexKind, usize)]| {
        let names = lists
            .iter()
            .map(|(kind, number)| format!("{}（附件{number}）", kind.name()));
        names.collect::<Vec<_>>().join("、")
    };
    let mut text = ledger.text();
    if settled.is_empty() && proposed.is_empty() {
        text.say("按附件所列规则，没有需要提出表扬、批评或者提请约谈的地区。");
    }
    if !settled.is_empty() {
        text.say(format!("经批准，随本通报印发{}。", named(&settled)));
    }
    if !proposed.is_empty() {
        text.say(format!(
            "根据完成情况和培育库建设情况，拟议{}，未经批准不生效。",
            named(&proposed)
        ));
    }
    Some(text.paragraph())
}

/// “洛阳市（52.2%）”
fn completed(picture: &Picture<'_>, text: &mut Text<'_>, area: &AreaLine<'_>) {
    let origin = picture.progress("完成率", Some(area));
    text.say(&area.name)
        .say("（")
        .figure(Picture::completion(area), "", origin)
        .say("）");
}

/// “洛阳市（52.2%，120家）”
fn completed_and_entered(picture: &Picture<'_>, text: &mut Text<'_>, area: &AreaLine<'_>) {
    let origin = picture.progress("完成率", Some(area));
    text.say(&area.name)
        .say("（")
        .figure(Picture::completion(area), "", origin)
        .say("，")
        .figure(
            area.progress.entered,
            "家",
            picture.progress("本年新增", Some(area)),
        )
        .say("）");
}

/// “洛阳市（120家）”
fn entered(picture: &Picture<'_>, text: &mut Text<'_>, area: &AreaLine<'_>) {
    text.say(&area.name)
        .say("（")
        .figure(
            area.progress.entered,
            "家",
            picture.progress("本年新增", Some(area)),
        )
        .say("）");
}
