//! The annual lists: praise, criticism, and who is proposed to be summoned. They follow
//! from stated rules and stay proposals until people approve them.

use super::super::document::{Annex, Block, Cell, RowWeight, Table, TableColumn, TableRow};
use super::super::issue::AnnexKind;
use super::AnnualRules;
use super::ledger::Ledger;
use super::picture::{AreaLine, Picture};

const PROPOSED: &str = "拟议稿，未经批准不生效";

/// One annex for each list with somebody on it; none without targets.
pub fn annexes(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Annex> {
    let lists = picture.lists().into_iter();
    lists
        .map(|(kind, _)| {
            let areas = picture.listed(kind);
            let is_approved = picture.material.approved.has(kind);
            Annex {
                title: format!("{}年度“小升规”工作{}", picture.year(), kind.name()),
                standing: (!is_approved).then(|| PROPOSED.to_string()),
                landscape: false,
                body: vec![rule(picture, kind, &areas, ledger)],
                table: Some(table(picture, kind, &areas)),
            }
        })
        .collect()
}

/// The rule by which the list came about, and how many it holds.
fn rule(
    picture: &Picture<'_>,
    kind: AnnexKind,
    areas: &[&AreaLine<'_>],
    ledger: &mut Ledger,
) -> Block {
    let AnnualRules {
        praise_percent,
        criticism_percent,
        summon_percent,
        summon_lowest,
    } = picture.material.annual_rules;
    let rule = match kind {
        AnnexKind::Praise => format!(
            "年度目标完成率达到{praise_percent}%以上（含）且培育库家数达到要求的地区，列入表扬名单，按完成率从高到低排列。"
        ),
        AnnexKind::Criticism => format!(
            "年度目标完成率低于{criticism_percent}%的地区，列入批评名单，按完成率从低到高排列。"
        ),
        AnnexKind::Summons => format!(
            "年度目标完成率低于{summon_percent}%的地区，以及完成率低于{criticism_percent}%且排名后{summon_lowest}位的地区，\
             建议提请省政府领导约谈，按完成率从低到高排列。"
        ),
    };
    let origin = picture.progress(&format!("列入{}的地区", kind.name()), None);
    let mut text = ledger.text();
    text.say(rule)
        .say("按此共")
        .figure(areas.len(), "个", origin)
        .say("地区。");
    text.paragraph()
}

fn table(picture: &Picture<'_>, kind: AnnexKind, areas: &[&AreaLine<'_>]) -> Table {
    let last = match kind {
        AnnexKind::Praise => ("培育库倍数", 12),
        AnnexKind::Criticism => ("距目标差", 12),
        AnnexKind::Summons => ("依据", 30),
    };
    let labels = [
        ("序号", 6),
        ("地区", 14),
        ("年度目标", 12),
        ("全年新增", 12),
        ("完成率", 12),
        last,
    ];
    let columns = labels.map(|(label, width)| TableColumn {
        group: None,
        label: label.to_string(),
        width,
    });
    let rows = areas.iter().enumerate().map(|(index, area)| TableRow {
        cells: vec![
            Cell::Count(index as i64 + 1),
            Cell::Text(area.name.clone()),
            Cell::Count(i64::from(area.target().unwrap_or(0))),
            Cell::Count(i64::from(area.progress.entered)),
            Cell::Percent {
                part: i64::from(area.progress.entered),
                of: i64::from(area.target().unwrap_or(0)),
            },
            ground(picture, kind, area),
        ],
        weight: RowWeight::Plain,
    });
    Table {
        unit: Some("单位：家".to_string()),
        columns: columns.to_vec(),
        rows: rows.collect(),
        notes: vec![format!(
            "注：数据取自{}，口径与附件1相同。",
            picture.material.snapshot.in_words()
        )],
    }
}

/// The last cell: what besides completion put the area on the list.
fn ground(picture: &Picture<'_>, kind: AnnexKind, area: &AreaLine<'_>) -> Cell {
    let rules = picture.material.annual_rules;
    match kind {
        AnnexKind::Praise => Cell::Multiple {
            part: i64::from(area.pool.map_or(0, |pool| pool.counted())),
            of: i64::from(area.target().unwrap_or(0)),
        },
        AnnexKind::Criticism => Cell::Count(i64::from(area.short_of(100))),
        AnnexKind::Summons if !area.has_reached(rules.summon_percent) => {
            Cell::Text(format!("完成率低于{}%", rules.summon_percent))
        }
        AnnexKind::Summons => Cell::Text(format!(
            "完成率低于{}%且排名后{}位",
            rules.criticism_percent, rules.summon_lowest
        )),
    }
}
