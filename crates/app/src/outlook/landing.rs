//! `shenggui outlook landing`: how the landing of one firm comes about, so that an official can
//! follow it with a pocket calculator.
//!
//! Who may not see tax figures reads the bands and the way, and no figure.

use super::firm::known;
use crate::cli::LandingArgs;
use crate::office::{Office, refuse};
use crate::reader::{Reader, read_code};
use crate::report::{Field, Report, Table};
use crate::sight;
use crate::targets::used_batches;
use anyhow::Result;
use programme::deliveries::payload::{part_of, parts_for};
use programme::indicators::figures;
use programme::outlook::forecast::{Kind, Source};
use programme::outlook::landing::{Explanation, Learnt, PARTS, Part, SeriesSlots};
use programme::outlook::{self, Firms};
use programme::people::Scope;
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::facts::{LandingField, Origin};
use rules::period::Month;
use rules::uscc::Uscc;

/// Columns of the table of months.
const COLUMNS: [(&str, &str); 5] = [
    ("month", "月份"),
    ("source", "来自"),
    ("level", "水平（万元）"),
    ("season", "季节系数"),
    ("value", "当月（万元）"),
];

pub async fn command(office: &Office, arguments: &LandingArgs) -> Result<Report> {
    let uscc = read_code(&arguments.uscc)?;
    let reader = Reader::of(
        office,
        arguments.agency.as_deref(),
        arguments.itself.then_some(uscc),
    )?;
    let known = known(office, arguments.as_of).await?;
    let firm = known.find(&reader, uscc)?;
    let purpose = arguments.purpose.as_deref();
    reader
        .state_purpose(office, uscc.to_string(), purpose)
        .await?;
    let as_of = known.snapshot.as_of;
    let db = office.db.reading();
    // The way has to lead to what the snapshot says: with its pack and its batches.
    let pack = super::pack_of(office, &known.snapshot).await?;
    let batches = used_batches(office, &known.snapshot).await?;
    let learnt = outlook::forecaster(db, known.snapshot.id).await?;
    let learnt = learnt.and_then(|learnt| Learnt::again(&pack, learnt, as_of));
    let (Some(learnt), Some(slots)) = (learnt, SeriesSlots::of(&pack)) else {
        return refuse(format!(
            "{}的快照没有落点预测：当时没有收到收入数据，或者快照由旧版程序生成。请重新运行：shenggui run --as-of {as_of}",
            as_of.in_words()
        ));
    };
    let wanted: Vec<usize> = slots.all().collect();
    let parts = parts_for(usize::MAX);
    let place = (part_of(uscc.key(), parts), parts);
    let window = (as_of, learnt.stride());
    let keys = [uscc.key()];
    let figures = figures(
        db,
        &pack,
        &batches,
        &known.stored,
        &keys,
        &wanted,
        window,
        place,
    )
    .await?;
    let whereabouts = whereabouts(&pack, &known.firms, firm);
    let member = known.firms.in_scale(firm);
    let part = Part::of_one(&pack, slots, &figures, whereabouts, member);
    let Some(explained) = learnt.explain(&part, 0, as_of) else {
        return refuse(format!(
            "{uscc}没有任何收入、用电或参保数据，落点待补；这些数据由税务、电力、人社部门交付"
        ));
    };
    let name = super::name_of(&known.firms, firm).shown();
    let report = head(
        office,
        &known.firms,
        firm,
        (&name, uscc, as_of),
        &reader.scope,
    );
    let last = learnt.last_month(as_of);
    let report = told(&office.pack, &reader.scope, &explained, last, report);
    Ok(report.note("预测供安排帮扶参考，不是下达给企业的任务；本平台不代替联网直报，任何单位不得要求企业按指定数据填报"))
}

/// Industry and area as the run takes them.
fn whereabouts(pack: &Pack, firms: &Firms, firm: usize) -> (i64, Option<u32>) {
    use rules::pack::facts::RegisterField;
    let slot = pack.slot(Origin::Register(RegisterField::Industry));
    let industry = slot.and_then(|slot| firms.fact(firm, slot));
    let none = programme::deliveries::payload::EMPTY;
    (industry.unwrap_or(none), firms.area(firm))
}

fn head(
    office: &Office,
    firms: &Firms,
    firm: usize,
    (name, uscc, as_of): (&str, Uscc, Month),
    scope: &Scope,
) -> Report {
    let pack = &office.pack;
    let fact = |field| {
        let slot = pack.slot(Origin::Landing(field))?;
        Some((pack.facts[slot].class, firms.fact(firm, slot)?))
    };
    let money = |field| match fact(field) {
        Some((class, fen)) => sight::money(pack, scope, class, fen),
        None => Field::Unknown,
    };
    let above = match fact(LandingField::Above) {
        Some((class, parts)) => sight::probability(pack, scope, class, parts, PARTS as i64),
        None => Field::Unknown,
    };
    Report::new(format!("{name}  {}年全年落点", as_of.year()))
        .fact("uscc", "统一社会信用代码", Field::text(uscc.to_string()))
        .fact("as_of", "统计时点", Field::text(as_of.to_string()))
        .fact("above", "全年达规概率", above)
        .fact(
            "low",
            "低限（十次约一次低于，万元）",
            money(LandingField::Low),
        )
        .fact("middle", "中值（万元）", money(LandingField::Middle))
        .fact(
            "high",
            "高限（十次约一次高于，万元）",
            money(LandingField::High),
        )
}

/// The way from months to probability.
fn told(
    pack: &Pack,
    scope: &Scope,
    explained: &Explanation,
    last: Month,
    report: Report,
) -> Report {
    let expectation = &explained.landing.expectation;
    let mut report = report
        .fact("last_month", "收入数据到", Field::text(last.to_string()))
        .fact("kind", "企业类型", Field::text(kind_name(expectation.kind)))
        .fact(
            "open",
            "尚未知道的月数",
            Field::count(i64::from(expectation.open)),
        );
    let class = pack
        .slot(Origin::Landing(LandingField::Middle))
        .map_or(DataClass::Tax, |slot| pack.facts[slot].class);
    if !scope.sees(class) {
        return report.note("逐月数据和算法由税务部门、企业本人查看：--as 税务局 --purpose 用途");
    }
    let (known, rest) = (expectation.known, expectation.rest);
    report = report
        .fact(
            "known",
            "已知月份合计（万元）",
            Field::Money(known.round() as i64),
        )
        .fact(
            "rest",
            "其余月份预计（万元）",
            Field::Money(rest.round() as i64),
        );
    if let Some(need) = explained.need {
        report = report.fact(
            "need",
            "达规还需（万元）",
            Field::Money(need.round() as i64),
        );
    }
    let mut table = Table::new("months", "逐月", &COLUMNS);
    for step in &explained.months {
        let (level, season) = match step.source {
            Source::Known | Source::NotYet => (Field::Empty, Field::Empty),
            _ => (
                Field::Money((step.value / step.season).round() as i64),
                Field::text(format!("{:.3}", step.season)),
            ),
        };
        table.row(vec![
            Field::text(step.month.to_string()),
            Field::text(source_name(step.source)),
            level,
            season,
            Field::Money(step.value.round() as i64),
        ]);
    }
    report = report.table(table);
    for note in notes(explained) {
        report = report.note(note);
    }
    report
}

/// The last step in sentences.
fn notes(explained: &Explanation) -> Vec<String> {
    let landing = &explained.landing;
    let mut notes =
        vec!["每个未知月份的数 = 水平 × 季节系数；季节系数取自同行业、同市企业往年的同月，水平取自企业自己的走势和往年的同月".to_string()];
    let Some(error) = explained.error else {
        notes.push(match landing.expectation.open {
            0 => "全年各月都已知道，没有预测".to_string(),
            _ if landing.above >= 1.0 => "已知月份已达到规模标准".to_string(),
            _ => "其余月份预计为零，只留万分之五的余地".to_string(),
        });
        return notes;
    };
    let whom = match explained.cases {
        0 => "还没有足够的往年数据，按假定的分布".to_string(),
        cases => format!("同类企业往年{cases}例"),
    };
    let percent = |share: f64| {
        let parts = (share * PARTS).round() as i64;
        let of = PARTS as i64;
        Field::Percent { part: parts, of }.shown()
    };
    let above = percent(explained.uncorrected);
    notes.push(match explained.width {
        Some(width) => format!(
            "其余月份的实际数与预计数之比，取自然对数，标准差为{width:.3}；达规要求这个对数不小于{:.3}，即{error:.2}个标准差。{whom}，有{above}达到",
            error * width
        ),
        None => format!(
            "停产或断数的企业看其余月份实际达到原有水平的几成；达规要求不低于{:.0}%。{whom}，有{above}达到",
            error * 100.0
        ),
    });
    if explained.uncorrected != landing.above {
        notes.push(format!(
            "再按往年{}例同样概率的实际实现比例和企业是否在规，校正为{}",
            explained.corrected_by,
            percent(landing.above)
        ));
    }
    notes
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Running => "持续经营，已有一年以上数据",
        Kind::Short => "持续经营，数据不足一年",
        Kind::Young => "新近开始销售",
        Kind::Paused => "最近一两个月没有销售",
        Kind::Stopped => "连续三个月以上没有销售",
        Kind::Late => "最近两个月以上没有数据，其他企业有",
        Kind::Powered => "没有收入数据，由用电推算",
        Kind::Staffed => "没有收入和用电数据，由参保人数推算",
    }
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Known => "已交付",
        Source::Path => "按走势和季节",
        Source::Power => "按走势，并用当月用电校正",
        Source::Between => "缺数，按前后月份",
        Source::NotYet => "尚无销售",
        Source::Like => "按同行业企业推算",
    }
}
