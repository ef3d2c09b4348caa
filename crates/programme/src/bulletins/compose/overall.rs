//! 一、总体情况: the province's new firms, against target, last year and the two lines.

use super::super::document::Block;
use super::ledger::{Ledger, Text};
use super::picture::Picture;
use super::words;

pub fn section(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let mut blocks = Vec::new();
    if picture.target().is_none() {
        let mut text = ledger.text();
        text.say(format!(
            "{}，本通报只列家数，不与目标比较。",
            picture.no_target()
        ));
        blocks.push(text.paragraph());
    }
    let mut text = ledger.text();
    entered(picture, &mut text);
    year_before(picture, &mut text);
    stock(picture, &mut text);
    blocks.push(text.paragraph());
    blocks.extend(against_lines(picture, ledger));
    blocks
}

fn entered(picture: &Picture<'_>, text: &mut Text<'_>) {
    let province = &picture.material.progress.province;
    let entered = province.entered;
    let new = picture.progress("本年新增规模以上工业企业", None);
    text.say(format!("{}，", picture.until()));
    match (entered, picture.target()) {
        (0, None) => {
            text.say("全省新增规模以上工业企业").figure(0, "家。", new);
            return;
        }
        (0, Some(target)) => {
            text.say("全省新增规模以上工业企业")
                .figure(0, "家", new)
                .say("，年度预期目标为")
                .figure(target, "家", picture.progress("年度预期目标", None))
                .say("。");
            return;
        }
        (_, target) => {
            text.say("全省新增规模以上工业企业")
                .figure(entered, "家", new);
            if let Some(target) = target {
                let completion = words::percent(entered, target);
                text.say("，完成年度预期目标")
                    .figure(target, "家", picture.progress("年度预期目标", None))
                    .say("的")
                    .figure(completion, "", picture.progress("完成率", None));
            }
        }
    }
    let all = if entered == 1 { "为" } else { "均为" };
    if province.first == entered {
        text.say(format!("，{all}首次升规。"));
    } else if province.returned == entered {
        text.say(format!("，{all}再次升规。"));
    } else {
        text.say("，其中首次升规")
            .figure(province.first, "家", picture.progress("首次升规", None))
            .say("、再次升规")
            .figure(province.returned, "家", picture.progress("再次升规", None))
            .say("。");
    }
}

/// Without entries in the same months of last year nothing is compared.
fn year_before(picture: &Picture<'_>, text: &mut Text<'_>) {
    let province = &picture.material.progress.province;
    let last_year = if picture.is_annual {
        "上年"
    } else {
        "上年同期"
    };
    let (now, before) = (
        i64::from(province.entered),
        i64::from(province.entered_year_before),
    );
    if before == 0 {
        text.say(format!("{last_year}没有新增记录，不作同比。"));
        return;
    }
    let same_period = picture.progress("上年同期新增", None);
    text.say(format!("{last_year}新增"))
        .figure(before, "家", same_period);
    let (more, growth) = match now - before {
        0 => {
            text.say("，同比持平。");
            return;
        }
        1.. => ("增加", "增长"),
        _ => ("减少", "下降"),
    };
    let tenths = words::tenths_of_percent(now - before, before);
    let rate = format!("{}%", words::one_decimal(tenths));
    text.say(format!("，同比{more}"))
        .figure(
            (now - before).abs(),
            "家",
            picture.progress("同比增减", None),
        )
        .say(format!("、{growth}"))
        .figure(rate, "", picture.progress("同比增幅", None))
        .say("。");
}

fn stock(picture: &Picture<'_>, text: &mut Text<'_>) {
    let province = &picture.material.progress.province;
    let net = province.net();
    if province.left == 0 {
        text.say(format!("{}没有企业退库", picture.this_year()));
    } else {
        text.say(format!("{}退库", picture.this_year())).figure(
            province.left,
            "家",
            picture.progress("本年退库", None),
        );
    }
    match net {
        0 if province.left == 0 => {}
        0 => {
            text.say("，新增与退库相抵");
        }
        1.. => {
            text.say("，净增")
                .figure(net, "家", picture.progress("本年净增", None));
        }
        _ => {
            let origin = picture.progress("本年净减少", None);
            text.say("，净减少").figure(-net, "家", origin);
        }
    }
    text.say(format!("。{}，全省规模以上工业企业共", picture.end()))
        .figure(
            province.in_scale,
            "家",
            picture.progress("规模以上工业企业", None),
        )
        .say("。");
}

/// The province's completion against the straight and the expected line; at the end of
/// the year both are the target itself and nothing is left to say.
fn against_lines(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<Block> {
    let target = picture.target().filter(|_| !picture.is_year_end())?;
    let entered = i64::from(picture.material.progress.province.entered);
    let (linear, expected) = picture.lines();
    let tenths = words::tenths_of_percent(entered, i64::from(target));
    let mut text = ledger.text();
    text.say(format!("{}，时序进度", picture.end()));
    if linear == expected {
        text.say("和预期进度均为")
            .figure(format!("{linear}%"), "", picture.progress("时序进度", None))
            .say("，全省完成率");
        compare(picture, &mut text, tenths, linear, "时序进度");
    } else {
        text.say("为")
            .figure(format!("{linear}%"), "", picture.progress("时序进度", None))
            .say("，按历年入统规律测定的预期进度为")
            .figure(
                format!("{expected}%"),
                "",
                picture.progress("预期进度", None),
            )
            .say("，全省完成率");
        compare(picture, &mut text, tenths, expected, "预期进度");
        text.say("，");
        compare(picture, &mut text, tenths, linear, "时序进度");
    }
    text.say("。");
    Some(text.paragraph())
}

fn compare(picture: &Picture<'_>, text: &mut Text<'_>, tenths: i64, line: u32, name: &str) {
    let difference = tenths - 10 * i64::from(line);
    let word = match difference {
        0 => {
            text.say(format!("与{name}持平"));
            return;
        }
        1.. => "高于",
        _ => "低于",
    };
    let origin = picture.progress(&format!("完成率与{name}之差"), None);
    text.say(format!("{word}{name}"))
        .figure(words::one_decimal(difference), "个百分点", origin);
}
