//! 五、下步要求: what is asked next, of whom, and how much; the red line of statistics last.

use super::super::document::Block;
use super::ledger::Ledger;
use super::picture::Picture;
use super::{pools, problems};

/// Longer lists of areas are not repeated; the text then speaks of the group.
const NAMED_MAX: usize = 9;

pub fn section(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let found = [
        progress(picture, ledger),
        pool(picture, ledger),
        reached(picture, ledger),
        left(picture, ledger),
        Some(red_line(ledger)),
    ];
    problems::points(found.into_iter().flatten().collect())
}

fn progress(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let behind = picture.groups().behind;
    let idle = picture.idle_count();
    let awaits_target = picture.target().is_none() && !picture.is_annual;
    if !awaits_target && behind.is_empty() && idle == 0 {
        return None;
    }
    let mut text = ledger.text();
    if awaits_target {
        text.say("年度预期目标下达前，各地要按照培育库和达规企业名单继续推进，工作力度不减。");
    } else if !behind.is_empty() {
        let all = behind.len() == picture.aimed().len();
        if all && behind.len() > 1 {
            text.say("各地");
        } else if behind.len() > NAMED_MAX {
            let missed = problems::missed(picture);
            let origin = picture.progress(&format!("{missed}的地区"), None);
            text.say(format!("{missed}的"))
                .figure(behind.len(), "个", origin)
                .say("地区");
        } else {
            text.each(&behind, "、", |text, area| {
                text.say(&area.name);
            });
        }
        text.say(if picture.is_year_end() {
            "要对照年度目标查找差距，以县（市、区）为单位梳理培育库企业和新投产项目，提前安排下一年度工作，并在下一次通报前报送推进情况。"
        } else {
            "要对照预期进度查找差距，以县（市、区）为单位梳理培育库企业和新投产项目，逐月明确推进安排，并在下一次通报前报送推进情况。"
        });
    }
    if idle > 0 {
        let origin = picture.progress("没有新增的县（市、区）", None);
        text.say(format!(
            "{}{}新增的",
            picture.this_year(),
            picture.not_yet()
        ))
        .figure(idle, "个", origin)
        .say("县（市、区），由所在地区逐一了解情况，帮助解决企业升规中的具体困难。");
    }
    Some(("加快工作进度", text.paragraph()))
}

fn pool(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let short = picture.short_of_pool();
    if short.is_empty() {
        return None;
    }
    let mut text = ledger.text();
    text.each(short, "、", |text, area| {
        let origin = picture.pool("培育库缺口", Some(area));
        text.say(&area.name)
            .say("至少补充")
            .figure(area.missing(), "家", origin);
    });
    text.say("，在下一次通报前完成入库。入库企业要符合培育条件，逐户核实，不得以数量代替质量。");
    Some(("补足培育库", text.paragraph()))
}

fn reached(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let count = picture.material.candidates.reached;
    if count == 0 {
        return None;
    }
    let when = if picture.is_before_yearly_entry() {
        "在年度入统申报开始前"
    } else {
        "按照月度、年度入统申报时限"
    };
    let origin = picture.candidates("已达到规模标准、尚未纳入统计的企业", None);
    let mut text = ledger.text();
    text.say("对已达到规模标准、尚未纳入统计的")
        .figure(count, "家", origin)
        .say(format!(
            "企业，各地工业和信息化、统计、税务部门要{when}逐户讲清入统条件、办理时限和所需材料，做好辅导，由企业自主申报。"
        ));
    let most = pools::most_reached(picture);
    if most.len() > 1 {
        text.each(most, "、", |text, (area, _)| {
            text.say(&area.name);
        });
        text.say("家数较多，要统筹力量优先安排。");
    }
    Some(("引导达规企业及时申报", text.paragraph()))
}

fn left(picture: &Picture<'_>, ledger: &mut Ledger) -> Option<(&'static str, Block)> {
    let left = picture.material.progress.province.left;
    if left == 0 {
        return None;
    }
    let mut text = ledger.text();
    text.say(format!("对{}退库的", picture.this_year()))
        .figure(left, "家", picture.progress("本年退库", None))
        .say(
            "企业，按照“一企一策”要求逐户了解情况、落实帮扶，支持具备条件的企业再次升规入统。\
             对统计部门预警的企业，要提前介入、精准帮扶。",
        );
    Some(("跟踪服务退库企业", text.paragraph()))
}

fn red_line(ledger: &mut Ledger) -> (&'static str, Block) {
    let mut text = ledger.text();
    text.say(
        "各项目标任务只分解到县（市、区），任何单位不得向企业下达升规、产值、增速等指标。\
         企业依法独立报送统计资料，不得代填代报，不得授意、干预企业虚报瞒报。\
         企业是否入统，以统计部门审核确认为准。",
    );
    ("严守统计纪律", text.paragraph())
}
