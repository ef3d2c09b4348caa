//! The charts of a back-test; each is titled by its finding.

use super::Backtest;
use super::findings::{self, COVERAGE_BAND};
use super::tables::WATCHED;
use programme::bulletins::chart::{
    Along, Axis, Band, Chart, ChartRefusal, Cloud, Form, Plot, Point, Series,
};
use programme::outlook::assessment::{FIGURES, FIRMS_MIN, Lead, MonthEnd};
use programme::outlook::scores::Tenth;

type Drawn = Result<Chart, ChartRefusal>;

const PERCENT: Form = Form::Percent(0);

pub fn reliability(found: &Backtest) -> Drawn {
    let own = &found.assessment.reliability;
    let clouds = vec![
        cloud("非在规企业", &own.candidates)?,
        cloud("在规企业", &own.members)?,
    ];
    Chart::new(
        findings::reliability(found).in_words(),
        Axis::new("所说的可能性", PERCENT).covering(0.0, 1.0)?,
        Axis::new("实际达到的比例", PERCENT).covering(0.0, 1.0)?,
        Plot::Scatter {
            clouds,
            diagonal: Some("完全校准".to_string()),
        },
    )
}

fn cloud(name: &str, tenths: &[Tenth]) -> Result<Cloud, ChartRefusal> {
    let points = tenths.iter().filter_map(|own| {
        let (said, came) = (own.mean_predicted?, own.share_observed?);
        Some(Point::new(said, came, Some(own.count)))
    });
    Ok(Cloud {
        name: name.to_string(),
        points: points.collect::<Result<Vec<Point>, ChartRefusal>>()?,
    })
}

/// Month-ends from left to right.
fn along(months: &[MonthEnd]) -> Along {
    Along::Categories(months.iter().map(|own| own.as_of.to_string()).collect())
}

fn series(
    name: &str,
    months: &[MonthEnd],
    value: impl Fn(&MonthEnd) -> Option<f64>,
) -> Result<Series, ChartRefusal> {
    Series::new(name, months.iter().map(value).collect())
}

pub fn coverage(found: &Backtest) -> Drawn {
    let months = &found.assessment.months;
    let band = Band::new("78%至82%", vec![Some(COVERAGE_BAND); months.len()])?;
    let in_play = series("临界企业", months, |own| {
        own.in_play.interval.coverage()
    })?;
    Chart::new(
        findings::coverage(found).in_words(),
        Axis::new("月末", Form::Decimal(0)),
        Axis::new("区间覆盖率", PERCENT).covering(0.6, 1.0)?,
        Plot::Fan {
            along: along(months),
            bands: vec![band],
            median: series("全部企业", months, |own| own.all.interval.coverage())?,
            others: vec![in_play.dashed()],
        },
    )
}

pub fn rules(found: &Backtest) -> Drawn {
    let months = &found.assessment.months;
    let lines = vec![
        series("本预测", months, |own| own.in_play.scores.brier)?,
        series("年化法", months, |own| own.in_play.by_share.rule.brier)?.dashed(),
        series("去年同期法", months, |own| {
            own.in_play.by_year_before.rule.brier
        })?
        .dashed(),
    ];
    Chart::new(
        findings::rules(found).in_words(),
        Axis::new("月末", Form::Decimal(0)),
        Axis::new("临界企业的布里尔评分（越小越好）", Form::Decimal(2)).covering(0.0, 0.3)?,
        Plot::Line {
            along: along(months),
            series: lines,
        },
    )
}

pub fn errors(found: &Backtest) -> Drawn {
    let own = &found.assessment.errors;
    let range = |from: usize, to: usize| {
        let ranges = own
            .iter()
            .map(|own| own.quantiles.map(|q| (q[from], q[to])));
        ranges.collect::<Vec<Option<(f64, f64)>>>()
    };
    let middle = own.iter().map(|own| own.quantiles.map(|q| q[2]));
    let months = (1..=12).map(|month| format!("{month}月末")).collect();
    Chart::new(
        findings::errors(found).in_words(),
        Axis::new("月末", Form::Decimal(0)),
        Axis::new("全年实际收入与预测中值之差", PERCENT),
        Plot::Fan {
            along: Along::Categories(months),
            bands: vec![
                Band::new("八成企业", range(0, 4))?,
                Band::new("一半企业", range(1, 3))?,
            ],
            median: Series::new("中位", middle.collect())?,
            others: Vec::new(),
        },
    )
}

pub fn visits(found: &Backtest) -> Drawn {
    let months = &found.assessment.months;
    let lines = vec![
        series("有望达到的", months, |own| own.candidates.precision)?,
        series("有望达到的，不排序", months, |own| {
            own.candidates.by_chance
        })?
        .dashed(),
        series("可能跌破的", months, |own| own.members.precision)?,
        series("可能跌破的，不排序", months, |own| {
            own.members.by_chance
        })?
        .dashed(),
    ];
    Chart::new(
        findings::visits(found).in_words(),
        Axis::new("月末", Form::Decimal(0)),
        Axis::new("命中率（各市平均）", PERCENT).covering(0.0, 1.0)?,
        Plot::Line {
            along: along(months),
            series: lines,
        },
    )
}

pub fn lead(found: &Backtest) -> Drawn {
    let assessment = &found.assessment;
    let mut categories: Vec<String> = (1..=12).map(|month| format!("{month}月末")).collect();
    categories.push("未看出".to_string());
    let bars = |name: &str, own: &Lead| {
        let firms = own.firms();
        let counts = own.seen.iter().rev().chain([&own.missed]);
        let shares = counts.map(|count| {
            let is_shown = firms >= FIRMS_MIN && (*count == 0 || *count >= FIRMS_MIN);
            is_shown.then(|| *count as f64 / firms as f64)
        });
        Series::new(name, shares.collect())
    };
    Chart::new(
        findings::lead(found).in_words(),
        Axis::new("从哪个月末起一直判断正确", Form::Decimal(0)),
        Axis::new("企业占比", PERCENT),
        Plot::Bars {
            categories,
            series: vec![
                bars("非在规、全年达到", &assessment.landed)?,
                bars("在规、全年跌破", &assessment.fell)?,
            ],
        },
    )
}

pub fn drift(found: &Backtest) -> Drawn {
    let own = &found.assessment.drift;
    let line = |figure: usize| {
        let values = own.iter().map(|own| own.moved[figure].index);
        Series::new(WATCHED[figure].2, values.collect())
    };
    let lines: Result<Vec<Series>, ChartRefusal> = (0..FIGURES).map(line).collect();
    Chart::new(
        findings::drift(found).in_words(),
        Axis::new("月末", Form::Decimal(0)),
        Axis::new("群体稳定性指数", Form::Decimal(2)).covering(0.0, 0.3)?,
        Plot::Line {
            along: Along::Categories(own.iter().map(|own| own.as_of.to_string()).collect()),
            series: lines?,
        },
    )
}
