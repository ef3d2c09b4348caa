//! Tables with a row for each month-end.

use super::{Column, Sheet, column, firms, grouped, number, score, share, text};
use crate::outlook::backtest::Backtest;
use programme::bulletins::chart::Form;
use programme::bulletins::document::Cell;
use programme::outlook::assessment::{
    Drift, FIGURES, MonthEnd, Moved, Reading, Segment, Versus, Visits,
};

/// Figures that are watched, as people say them.
pub const WATCHED: [(&str, &str, &str); FIGURES] = [
    ("sales_latest", "sales_latest_missing", "当月收入"),
    ("sales_year", "sales_year_missing", "当年累计收入"),
    ("growth", "growth_missing", "累计同比"),
    ("power_latest", "power_latest_missing", "当月用电"),
    ("staff_latest", "staff_latest_missing", "参保人数"),
];

const SCORES: [(&str, &str, u32); 11] = [
    ("firms", "评价企业", 4),
    ("reached", "达到比例", 3),
    ("brier", "布里尔评分", 3),
    ("log_score", "对数评分", 3),
    ("area_under_curve", "区分度", 3),
    ("kolmogorov_smirnov", "最大分离度", 3),
    ("calibration_error", "校准误差", 3),
    ("coverage", "区间覆盖率", 3),
    ("below", "低于下限", 3),
    ("above", "高于上限", 3),
    ("middle_error", "中值误差", 3),
];

pub fn scores_of_all(found: &Backtest) -> Sheet {
    let mut columns = vec![
        column("month", "月末", 4),
        column("last_month", "收入已知到", 4),
        column("tables", "误差表", 4),
    ];
    columns.extend(SCORES.map(|(key, label, width)| column(key, label, width)));
    columns.push(column("left_out", "全年不全", 3));
    let assessment = &found.assessment;
    let mut total = vec![text("合计"), Cell::Empty, Cell::Empty];
    total.extend(of_segment(&assessment.all));
    total.push(Cell::Empty);
    let mut rows = vec![(total, true)];
    for month in &assessment.months {
        let mut cells = vec![
            text(month.as_of.to_string()),
            text(month.last_month.to_string()),
            text(tables(month)),
        ];
        cells.extend(of_segment(&month.all));
        cells.push(firms(month.left_out));
        rows.push((cells, false));
    }
    Sheet {
        key: "months",
        title: "各月末评分（全部企业）",
        unit: "家、%",
        columns,
        rows,
        notes: vec![
            "注：“误差表”是预测区间宽窄的来历：从本省往年误差学得的企业类型数，或全部沿用假定。"
                .to_string(),
            "“全年不全”是作了预测、但全年收入缺月而未评的企业。合计行的比例和评分按各月末企业数加权平均。".to_string(),
            "体量很小的企业几乎不可能达到，谁都说得准，全部企业的评分因此偏好，应以临界企业的为准。".to_string(),
        ],
    }
}

pub fn scores_in_play(found: &Backtest) -> Sheet {
    let mut columns = vec![column("month", "月末", 4)];
    columns.extend(SCORES.map(|(key, label, width)| column(key, label, width)));
    let assessment = &found.assessment;
    let mut total = vec![text("合计")];
    total.extend(of_segment(&assessment.in_play));
    let mut rows = vec![(total, true)];
    for month in &assessment.months {
        let mut cells = vec![text(month.as_of.to_string())];
        cells.extend(of_segment(&month.in_play));
        rows.push((cells, false));
    }
    Sheet {
        key: "months_in_play",
        title: "各月末评分（临界企业）",
        unit: "家、%",
        columns,
        rows,
        notes: vec![
            "注：临界企业是当时预测全年收入中值在规模标准0.5倍至2倍之间的企业。".to_string(),
        ],
    }
}

fn tables(month: &MonthEnd) -> String {
    match month.kinds_learnt {
        0 => "沿用假定".to_string(),
        count => format!("已学得{count}类"),
    }
}

fn of_segment(own: &Segment) -> Vec<Cell> {
    let (scores, interval) = (&own.scores, &own.interval);
    let reached = interval
        .coverage()
        .map(|_| scores.reached as f64 / scores.firms as f64);
    vec![
        firms(scores.firms),
        share(reached),
        score(scores.brier),
        score(scores.log_score),
        number(scores.area_under_curve, Form::Decimal(3)),
        number(scores.kolmogorov_smirnov, Form::Decimal(3)),
        score(scores.calibration_error),
        share(interval.coverage()),
        share(interval.share(interval.below)),
        share(interval.share(interval.above)),
        share(own.middle_error),
    ]
}

/// In play, the forecast beside each rule of thumb on the same firms.
pub fn rules(found: &Backtest) -> Sheet {
    const SHARE: [&str; 7] = [
        "share_firms",
        "share_brier",
        "share_our_brier",
        "share_wrong",
        "share_our_wrong",
        "share_area",
        "share_our_area",
    ];
    const BEFORE: [&str; 7] = [
        "before_firms",
        "before_brier",
        "before_our_brier",
        "before_wrong",
        "before_our_wrong",
        "before_area",
        "before_our_area",
    ];
    let mut columns = vec![column("month", "月末", 4)];
    columns.extend(of_rule("年化法", SHARE));
    columns.extend(of_rule("去年同期法", BEFORE));
    let assessment = &found.assessment;
    let row = |name: String, own: &Segment, is_total: bool| {
        let mut cells = vec![text(name)];
        cells.extend(of_versus(&own.by_share));
        cells.extend(of_versus(&own.by_year_before));
        (cells, is_total)
    };
    let mut rows = vec![
        row("全部企业".to_string(), &assessment.all, true),
        row("临界企业".to_string(), &assessment.in_play, true),
    ];
    let months = assessment.months.iter();
    rows.extend(months.map(|month| row(month.as_of.to_string(), &month.in_play, false)));
    Sheet {
        key: "rules",
        title: "与两种经验算法比较（逐月末为临界企业）",
        unit: "家、%",
        columns,
        rows,
        notes: vec![
            "注：年化法以当年已知各月收入的月均数乘12；去年同期法以当年已知各月收入乘去年全年与去年同期之比。"
                .to_string(),
            "“本预测”是在该算法也算得出的同一批企业上的评分；经验算法只说达到或达不到，布里尔评分即错判比例。"
                .to_string(),
        ],
    }
}

fn of_rule(group: &'static str, keys: [&'static str; 7]) -> Vec<Column> {
    let labels = [
        "企业",
        "布里尔评分",
        "本预测布里尔评分",
        "错判",
        "本预测错判",
        "区分度",
        "本预测区分度",
    ];
    let columns = keys.into_iter().zip(labels);
    columns
        .enumerate()
        .map(|(place, (key, label))| grouped(group, key, label, if place == 0 { 4 } else { 3 }))
        .collect()
}

fn of_versus(own: &Versus) -> Vec<Cell> {
    let area = |value| number(value, Form::Decimal(3));
    vec![
        firms(own.firms),
        score(own.rule.brier),
        score(own.ours.brier),
        share(own.rule.wrong),
        share(own.ours.wrong),
        area(own.rule.area_under_curve),
        area(own.ours.area_under_curve),
    ]
}

pub fn visits(found: &Backtest) -> Sheet {
    let (candidates, members) = ("非在规企业，达到", "在规企业，跌破");
    let columns = vec![
        column("month", "月末", 4),
        grouped(candidates, "candidate_areas", "市", 2),
        grouped(candidates, "candidate_precision", "命中率", 3),
        grouped(candidates, "candidate_chance", "不排序", 3),
        grouped(candidates, "candidate_possible", "最高可能", 3),
        grouped(members, "member_areas", "市", 2),
        grouped(members, "member_precision", "命中率", 3),
        grouped(members, "member_chance", "不排序", 3),
        grouped(members, "member_possible", "最高可能", 3),
    ];
    let row = |name: String, candidates: &Visits, members: &Visits, is_total: bool| {
        let mut cells = vec![text(name)];
        for own in [candidates, members] {
            cells.push(Cell::Count(own.areas as i64));
            cells.extend([own.precision, own.by_chance, own.possible].map(share));
        }
        (cells, is_total)
    };
    let assessment = &found.assessment;
    let mean = row(
        "平均".to_string(),
        &assessment.candidates,
        &assessment.members,
        true,
    );
    let mut rows = vec![mean];
    rows.extend(assessment.months.iter().map(|month| {
        row(
            month.as_of.to_string(),
            &month.candidates,
            &month.members,
            false,
        )
    }));
    Sheet {
        key: "visits",
        title: "走访名单的命中率",
        unit: "个、%",
        columns,
        rows,
        notes: vec![format!(
            "注：各市分别取可能性最高的{}家非在规企业、可能性最低的{}家在规企业，命中率为各市平均；“不排序”是全部企业中的比例，“最高可能”是事先知道结果也只能命中的比例。",
            assessment.visits, assessment.visits
        )],
    }
}

pub fn drift(found: &Backtest) -> Sheet {
    let mut columns = vec![column("month", "月末", 4), column("base", "对照月末", 4)];
    columns.extend(WATCHED.map(|(key, _, label)| grouped("群体稳定性指数", key, label, 3)));
    columns.extend(WATCHED.map(|(_, key, label)| grouped("缺数的企业", key, label, 4)));
    columns.push(column("reading", "读法", 4));
    let rows = found.assessment.drift.iter().map(|own| {
        let base = own.base.map_or(Cell::Empty, |base| text(base.to_string()));
        let mut cells = vec![text(own.as_of.to_string()), base];
        cells.extend(own.moved.map(|moved| number(moved.index, Form::Decimal(3))));
        cells.extend(own.moved.map(|moved| share(moved.missing)));
        cells.push(worst(own).map_or(Cell::Empty, |reading| text(said(reading))));
        (cells, false)
    });
    Sheet {
        key: "drift",
        title: "进入预测的数据有没有变样",
        unit: "%",
        columns,
        rows: rows.collect(),
        notes: vec![
            "注：与上年同一月末相比，没有上年的与第一个月末相比（当年累计收入只与同一月份相比）。指数小于0.1为稳定，0.1至0.25为有变化，大于0.25为明显漂移；“读法”取各项中最大的。".to_string(),
        ],
    }
}

/// The reading of the figure that moved most.
pub fn worst(own: &Drift) -> Option<Reading> {
    let most = own.moved.iter().filter(|moved| moved.index.is_some());
    let most = most.max_by(|one, other| {
        let index = |moved: &Moved| moved.index.unwrap_or(0.0);
        index(one).total_cmp(&index(other))
    });
    most.and_then(Moved::reading)
}

pub fn said(reading: Reading) -> &'static str {
    match reading {
        Reading::Stable => "稳定",
        Reading::Changed => "有变化",
        Reading::Drifted => "明显漂移",
    }
}

/// Month-ends that are not judged.
pub fn open(found: &Backtest) -> Option<Sheet> {
    let assessment = &found.assessment;
    if assessment.open.is_empty() && found.silent.is_empty() {
        return None;
    }
    let silent = found.silent.iter().map(|month| {
        let cells = vec![
            text(month.to_string()),
            Cell::Empty,
            Cell::Empty,
            text("尚未收到收入数据，未评"),
        ];
        (cells, false)
    });
    let open = assessment.open.iter().map(|own| {
        let cells = vec![
            text(own.as_of.to_string()),
            text(own.last_month.to_string()),
            firms(own.firms),
            text("全年未结束，未评"),
        ];
        (cells, false)
    });
    Some(Sheet {
        key: "open",
        title: "未评的月末",
        unit: "家",
        columns: vec![
            column("month", "月末", 4),
            column("last_month", "收入已知到", 4),
            column("firms", "作了预测的企业", 4),
            column("why", "原因", 6),
        ],
        rows: silent.chain(open).collect(),
        notes: vec!["注：全年未结束的月末不评分，仍用于观察数据有没有变样。".to_string()],
    })
}
