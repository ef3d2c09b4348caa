//! Tables over everything judged: by tenth, by month of the year, by lead, area and industry.

use super::{Sheet, column, firms, grouped, number, score, share, text};
use crate::outlook::backtest::Backtest;
use programme::bulletins::chart::Form;
use programme::bulletins::document::Cell;
use programme::outlook::assessment::{Lead, Place};
use programme::outlook::scores::Tenth;
use rules::pack::Pack;

pub fn reliability(found: &Backtest) -> Sheet {
    let own = &found.assessment.reliability;
    let groups = [
        ("非在规企业", &own.candidates),
        ("在规企业", &own.members),
        ("全部企业", &own.all),
    ];
    const KEYS: [[&str; 3]; 3] = [
        ["candidates", "candidates_said", "candidates_came"],
        ["members", "members_said", "members_came"],
        ["all", "all_said", "all_came"],
    ];
    let mut columns = vec![column("tenth", "所说的可能性", 4)];
    for ((group, _), keys) in groups.iter().zip(KEYS) {
        columns.push(grouped(group, keys[0], "户次", 3));
        columns.push(grouped(group, keys[1], "平均所说", 3));
        columns.push(grouped(group, keys[2], "实际达到", 3));
    }
    let rows = (0..own.all.len()).map(|tenth| {
        let from = tenth * 10;
        let mut cells = vec![text(format!("{from}%至{}%", from + 10))];
        for (_, tenths) in groups {
            let own: &Tenth = &tenths[tenth];
            cells.push(firms(own.count as usize));
            cells.push(share(own.mean_predicted));
            cells.push(share(own.share_observed));
        }
        (cells, false)
    });
    Sheet {
        key: "reliability",
        title: "所说的可能性与实际达到的比例",
        unit: "户次、%",
        columns,
        rows: rows.collect(),
        notes: vec![
            "注：同一企业每个月末算一户次；“全部企业”含当时尚无确认名单、不知是否在规的。各档含下限，不含上限（最后一档含100%）。".to_string(),
        ],
    }
}

/// Quantiles of the error, a row for each month of the year.
pub fn errors(found: &Backtest) -> Sheet {
    let rows = found.assessment.errors.iter().enumerate().map(|(at, own)| {
        let mut cells = vec![text(format!("{}月末", at + 1)), firms(own.firms)];
        let quantiles = own.quantiles.map_or([None; 5], |found| found.map(Some));
        cells.extend(quantiles.map(share));
        (cells, false)
    });
    Sheet {
        key: "errors",
        title: "临界企业全年实际收入与预测中值之差",
        unit: "户次、%",
        columns: vec![
            column("month", "月末", 3),
            column("firms", "户次", 3),
            column("p10", "10%分位", 3),
            column("p25", "25%分位", 3),
            column("p50", "中位", 3),
            column("p75", "75%分位", 3),
            column("p90", "90%分位", 3),
        ],
        rows: rows.collect(),
        notes: vec!["注：实际比中值多一成记作10.0%；各年同一月份的月末合在一起。".to_string()],
    }
}

pub fn lead(found: &Backtest) -> Sheet {
    let assessment = &found.assessment;
    let groups = [&assessment.landed, &assessment.fell];
    let row = |name: String, of: fn(&Lead, usize) -> usize, at: usize| {
        let mut cells = vec![text(name)];
        for own in groups {
            let count = of(own, at);
            let is_shown = !matches!(firms(count), Cell::Empty);
            let of_all = (own.firms() > 0 && is_shown).then(|| count as f64 / own.firms() as f64);
            cells.push(firms(count));
            cells.push(share(of_all));
        }
        (cells, false)
    };
    let mut rows: Vec<(Vec<Cell>, bool)> = (0..12)
        .rev()
        .map(|at| row(said(at), |own, at| own.seen[at], at))
        .collect();
    rows.push(row("年底仍未看出".to_string(), |own, _| own.missed, 0));
    let mut total = row("合计".to_string(), |own, _| own.firms(), 0);
    total.1 = true;
    rows.insert(0, total);
    let (landed, fell) = ("非在规、全年达到", "在规、全年跌破");
    Sheet {
        key: "lead",
        title: "提前多久看得出",
        unit: "家、%",
        columns: vec![
            column("lead", "从何时起一直判断正确", 6),
            grouped(landed, "landed", "企业", 3),
            grouped(landed, "landed_share", "占比", 3),
            grouped(fell, "fell", "企业", 3),
            grouped(fell, "fell_share", "占比", 3),
        ],
        rows,
        notes: vec![
            "注：只算回测到12月末的年份；达到的以可能性不低于50%为判断正确，跌破的以低于50%为正确；每个企业每年算一次。".to_string(),
        ],
    }
}

/// 3月末（提前9个月）
fn said(lead: usize) -> String {
    format!("{}月末（提前{lead}个月）", 12 - lead)
}

pub fn areas(found: &Backtest) -> Sheet {
    let areas: Vec<String> = found
        .pack
        .divisions
        .areas()
        .map(|area| found.pack.divisions.name(area.code))
        .collect();
    let name = |number: u8| {
        let place = usize::from(number).checked_sub(1);
        let name = place.and_then(|place| areas.get(place).cloned());
        name.unwrap_or("地区待补".to_string())
    };
    by_place("areas", "分市评分", "地区", &found.assessment.areas, name)
}

pub fn industries(found: &Backtest) -> Sheet {
    let name = |number: u8| named(found.pack, number);
    let places = &found.assessment.industries;
    by_place("industries", "分行业大类评分", "行业大类", places, name)
}

fn named(pack: &Pack, number: u8) -> String {
    let code = format!("{number:02}");
    match pack.industries.get(&code) {
        Some(industry) => format!("{code} {}", industry.name),
        None if number == 0 => "行业待补".to_string(),
        None => code,
    }
}

fn by_place(
    key: &'static str,
    title: &'static str,
    label: &'static str,
    places: &[Place],
    name: impl Fn(u8) -> String,
) -> Sheet {
    let rows = places.iter().map(|own| {
        let cells = vec![
            text(name(own.number)),
            firms(own.firms),
            share(own.coverage),
            firms(own.in_play),
            score(own.brier_in_play),
            number(own.bias.map(|bias| bias * 100.0), Form::Decimal(2)),
        ];
        (cells, false)
    });
    Sheet {
        key,
        title,
        unit: "家、%、百分点",
        columns: vec![
            column("place", label, 8),
            column("firms", "企业", 3),
            column("coverage", "区间覆盖率", 4),
            column("in_play", "临界企业", 3),
            column("brier_in_play", "临界企业布里尔评分", 6),
            column("bias", "偏差（百分点）", 4),
        ],
        rows: rows.collect(),
        notes: vec![
            "注：企业数取最多的一个月末，评分合各月末计算。偏差是平均可能性减实际达到比例，正的是说高了。".to_string(),
        ],
    }
}
