//! Title and preface: what is reported, on what basis, up to when, and what counts.

use super::super::document::Block;
use super::ledger::{Ledger, Origin};
use super::picture::Picture;
use super::{CorrectionRef, Material, words};
use crate::targets::progress::Standing;

/// A line of the title holds this many half characters at most, where words allow it.
const TITLE_LINE_MAX: usize = 36;
/// What stands in one line with the day of printing, in half characters.
const PRINTED_BY_MAX: usize = 38;
/// More corrected figures than this are left to the text and the annexes.
const CHANGES_NAMED_MAX: usize = 10;

/// The title in lines by meaning; the issuer's last line takes the period where it fits.
pub fn title(picture: &Picture<'_>) -> Vec<String> {
    let material = picture.material;
    let mut lines = material.pack.office.title_issuer.clone();
    let period = format!("关于{}", material.period.in_words());
    let kind = if material.correction.is_some() {
        "更正通报"
    } else {
        "通报"
    };
    let subject = if picture.is_annual {
        "目标完成情况"
    } else {
        "工作进展情况"
    };
    match lines.last_mut() {
        Some(last) if words::half_width(last) + words::half_width(&period) <= TITLE_LINE_MAX => {
            last.push_str(&period);
        }
        _ => lines.push(period),
    }
    lines.push(format!("“小升规”{subject}的{kind}"));
    lines
}

/// 印发机关: the issuer, by its short name where the long one leaves the date no room.
pub fn printed_by(material: &Material<'_>) -> String {
    let office = &material.pack.office;
    if words::half_width(&office.signature) <= PRINTED_BY_MAX {
        return office.signature.clone();
    }
    match material.pack.agency(&office.agency) {
        Some(agency) => agency.name_on(material.date).short.clone(),
        None => office.signature.clone(),
    }
}

/// The paragraphs before the first section.
pub fn preface(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Block> {
    let mut blocks = vec![basis(picture, ledger)];
    if let Some(correction) = &picture.material.correction {
        blocks.extend(corrected(correction, ledger));
    }
    blocks.push(scope(picture, ledger));
    blocks
}

fn basis(picture: &Picture<'_>, ledger: &mut Ledger) -> Block {
    let material = picture.material;
    let (duty, subject) = if picture.is_annual {
        ("年度通报", "“小升规”目标完成情况")
    } else {
        ("按季度通报", "“小升规”工作进展情况")
    };
    let mut text = ledger.text();
    text.say(format!(
        "根据《{}》关于{duty}的要求，",
        material.pack.about.plan_title
    ));
    let period = material.period.in_words();
    match &material.correction {
        None => text.say(format!("现将{period}{subject}通报如下。")),
        Some(correction) => text.say(format!(
            "我办以{}印发了《{}》。经核实，其中部分数据需要更正，现将更正后的{period}{subject}重新通报如下，原通报不再使用。",
            correction.number, correction.title
        )),
    };
    text.paragraph()
}

/// What reads otherwise now; nothing where only the words changed.
fn corrected(correction: &CorrectionRef, ledger: &mut Ledger) -> Option<Block> {
    if correction.changes.is_empty() {
        return None;
    }
    let former = correction.snapshot.in_words();
    let mut text = ledger.text();
    text.say("主要更正内容：");
    let named = correction.changes.iter().take(CHANGES_NAMED_MAX);
    text.each(named, "；", |text, change| {
        let origin = || Origin {
            what: change.what.clone(),
            query: change.query.clone(),
        };
        text.say(format!("{}由", change.what))
            .former(&change.before, origin(), &former)
            .say("更正为")
            .figure(&change.after, "", origin());
    });
    if correction.changes.len() > CHANGES_NAMED_MAX {
        text.say("；其他数据的更正见正文和附件");
    }
    text.say("。");
    Some(text.paragraph())
}

fn scope(picture: &Picture<'_>, ledger: &mut Ledger) -> Block {
    let material = picture.material;
    let mut text = ledger.text();
    text.say(format!(
        "本通报数据统计至{}底，各部门报送数据收集至{}。新增、退库和规模以上工业企业家数均以统计部门确认的名单为准，\
         新增家数为{}年累计数，包括首次升规和再次升规。",
        picture.month.in_words(),
        words::day(material.snapshot.known_by),
        picture.year(),
    ));
    if picture.month < material.period.last_month() {
        text.say("其后月份的确认名单尚未收到，收到后另行通报。");
    }
    text.say(match material.progress.standing {
        Standing::Preliminary => "年度名单尚未最终核定，本通报所列数据为初步数。",
        Standing::Final => "年度名单已经统计部门核定，本通报所列数据为核定数。",
    });
    text.paragraph()
}
