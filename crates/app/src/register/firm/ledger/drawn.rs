//! The charts of a ledger, each with its finding as the title.

use super::super::material::Material;
use super::{Band, Ladder, percent, revenue_slot, unit};
use crate::chart::{Chart, ChartKind, Series, Style, Threshold, in_wan, rounded};
use crate::measures::Subject;
use crate::outlook::prospect::Probability;
use programme::people::Scope;
use rules::money::grouped;
use rules::pack::Pack;
use rules::pack::facts::{LandingField, Origin as FactOrigin, SeriesKind};
use rules::period::Month;

const FEN_IN_WAN_YUAN: i64 = 1_000_000;

/// The year's revenue from January on: known, then a widening band to December.
pub fn landing_fan(
    pack: &Pack,
    subject: &Subject,
    material: &Material,
    threshold: Option<i64>,
) -> Option<Chart> {
    let (_, fan) = material.landing.as_ref()?;
    let above = Probability::of(pack, &subject.firms, subject.firm)?;
    let middle = fact(pack, subject, LandingField::Middle)?;
    let likely = percent(pack, &subject.reader.scope, above);
    let reached = match above.parts >= above.per {
        true => "已达到规模标准".to_string(),
        false => format!("高于规模标准的可能性约{likely}"),
    };
    let title = format!("预计全年约{}万元，{reached}", whole_wan(middle));
    let value = |fen: f64| Some(rounded(fen / 1_000_000.0));
    // The band begins at the last known month, so that it opens from a point.
    let last_known = fan.iter().rposition(|own| own.is_known);
    let in_band = |place: usize| last_known.is_none_or(|last| place >= last);
    let band = |name: &str, style, pick: fn(&programme::outlook::landing::FanMonth) -> f64| {
        let values = fan.iter().enumerate();
        Series {
            name: name.to_string(),
            values: values
                .map(|(place, own)| value(pick(own)).filter(|_| in_band(place)))
                .collect(),
            style,
        }
    };
    let known = Series {
        name: "已知累计".to_string(),
        values: fan
            .iter()
            .map(|own| value(own.middle).filter(|_| own.is_known))
            .collect(),
        style: Style::Solid,
    };
    Some(Chart {
        kind: ChartKind::Fan,
        title,
        unit: "万元".to_string(),
        categories: fan.iter().map(|own| short(own.month)).collect(),
        series: vec![
            known,
            band("中值", Style::Dashed, |own| own.middle),
            band("低限", Style::BandLow, |own| own.low),
            band("高限", Style::BandHigh, |own| own.high),
        ],
        threshold: threshold.map(at_scale),
    })
}

/// For those who may not see figures: the bands from the highest down, and which of them the
/// year lands in.
pub fn ladder(pack: &Pack, subject: &Subject, threshold: Option<i64>) -> Option<Ladder> {
    let middle = fact(pack, subject, LandingField::Middle)?;
    let above = Probability::of(pack, &subject.firms, subject.firm)?;
    let own = pack.bands.of_money(middle);
    let at_scale = threshold.map(|fen| pack.bands.of_money(fen));
    let bounds = pack.bands.money_wan_yuan.iter().rev();
    let bands = bounds.map(|bound| {
        // A fen above the bound: nothing at all is told as such and not as a band.
        let name = pack
            .bands
            .of_money(bound.saturating_mul(FEN_IN_WAN_YUAN).saturating_add(1));
        Band {
            is_here: name == own,
            begins_scale: Some(&name) == at_scale.as_ref(),
            name,
        }
    });
    let likely = percent(pack, &subject.reader.scope, above);
    Some(Ladder {
        title: format!("预计全年在{own}一档，高于规模标准的可能性在{likely}一档"),
        bands: bands.collect(),
    })
}

/// Twelve months of revenue beside the same months a year before.
pub fn year_on_year(
    pack: &Pack,
    scope: &Scope,
    material: &Material,
    as_of: Month,
) -> Option<Chart> {
    let slot = revenue_slot(pack)?;
    let series = &pack.series[slot];
    if !scope.sees(series.class) {
        return None;
    }
    let known = material.series.get(&slot)?;
    let at = |month: Month| {
        known
            .iter()
            .find(|own| own.month == month)
            .map(|own| own.value)
    };
    let months: Vec<Month> = (0..12).rev().map(|back| as_of.plus(-back)).collect();
    let now: Vec<Option<i64>> = months.iter().map(|month| at(*month)).collect();
    let before: Vec<Option<i64>> = months.iter().map(|month| at(month.plus(-12))).collect();
    let drawn = |values: &[Option<i64>]| values.iter().map(|own| own.map(in_wan)).collect();
    Some(Chart {
        kind: ChartKind::Line,
        title: finding(&series.name, &now, &before),
        unit: "万元".to_string(),
        categories: months.iter().map(|month| month.to_string()).collect(),
        series: vec![
            Series {
                name: "近12个月".to_string(),
                values: drawn(&now),
                style: Style::Solid,
            },
            Series {
                name: "上年同月".to_string(),
                values: drawn(&before),
                style: Style::LastYear,
            },
        ],
        threshold: None,
    })
}

/// “近12个月应税销售额2,310万元，比上一个12个月增长12.3%”; only what both years have is
/// compared.
fn finding(name: &str, now: &[Option<i64>], before: &[Option<i64>]) -> String {
    let sum = |values: &mut dyn Iterator<Item = i64>| values.map(i128::from).sum::<i128>();
    let known = now.iter().flatten().count();
    let all = sum(&mut now.iter().flatten().copied());
    let all = whole_wan(i64::try_from(all).unwrap_or(i64::MAX));
    let head = match known {
        12 => format!("近12个月{name}{all}万元"),
        known => format!("近12个月中有数的{known}个月{name}{all}万元"),
    };
    let both = now.iter().zip(before);
    let both: Vec<(i64, i64)> = both
        .filter_map(|(now, then)| Some(((*now)?, (*then)?)))
        .collect();
    let (mut these, mut those) = (both.iter().map(|own| own.0), both.iter().map(|own| own.1));
    let (this, that) = (sum(&mut these), sum(&mut those));
    if both.is_empty() || that <= 0 {
        return head;
    }
    let change = this - that;
    let permille = (change.abs() * 2000 + that) / (that * 2);
    let word = if change < 0 { "下降" } else { "增长" };
    let against = match both.len() {
        12 => "比上一个12个月".to_string(),
        months => format!("可比的{months}个月同比"),
    };
    match permille {
        0 => format!("{head}，与上年基本持平"),
        size => format!("{head}，{against}{word}{}.{}%", size / 10, size % 10),
    }
}

/// Power and staff of the last twelve months, where the reader may see them.
pub fn sparks(pack: &Pack, scope: &Scope, material: &Material, as_of: Month) -> Vec<Chart> {
    let wanted = [&pack.landing.power, &pack.landing.staff];
    let named = wanted.into_iter().flatten().filter_map(|id| {
        let slot = pack.series.iter().position(|series| series.id == *id)?;
        let series = &pack.series[slot];
        let known = material.series.get(&slot)?;
        if !scope.sees(series.class) || known.is_empty() {
            return None;
        }
        let at = |month: Month| {
            known
                .iter()
                .find(|own| own.month == month)
                .map(|own| own.value)
        };
        let months: Vec<Month> = (0..12).rev().map(|back| as_of.plus(-back)).collect();
        let values: Vec<Option<i64>> = months.iter().map(|month| at(*month)).collect();
        let last = values.iter().rev().flatten().next().copied();
        let drawn = |value: i64| match series.kind {
            SeriesKind::Money => in_wan(value),
            _ => value as f64,
        };
        let last = last.map_or("—".to_string(), |value| super::shown(series, value));
        Some(Chart {
            kind: ChartKind::Spark,
            title: format!("{}最近{last}{}", series.name, unit(series.kind)),
            unit: unit(series.kind).to_string(),
            categories: months.iter().map(|month| month.to_string()).collect(),
            series: vec![Series {
                name: series.name.clone(),
                values: values.into_iter().map(|own| own.map(drawn)).collect(),
                style: Style::Solid,
            }],
            threshold: None,
        })
    });
    named.collect()
}

fn fact(pack: &Pack, subject: &Subject, field: LandingField) -> Option<i64> {
    let slot = pack.slot(FactOrigin::Landing(field))?;
    subject.firms.fact(subject.firm, slot)
}

fn at_scale(fen: i64) -> Threshold {
    Threshold {
        name: "规模标准".to_string(),
        value: in_wan(fen),
    }
}

/// Whole 万元, half rounded up.
fn whole_wan(fen: i64) -> String {
    let wan = (fen + FEN_IN_WAN_YUAN / 2).div_euclid(FEN_IN_WAN_YUAN);
    let sign = if wan < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(wan.unsigned_abs()))
}

fn short(month: Month) -> String {
    format!("{}月", month.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_what_was_found() {
        let wan = |values: &[i64]| -> Vec<Option<i64>> {
            let given = values.iter().map(|own| Some(own * 1_000_000));
            given.chain(std::iter::repeat(None)).take(12).collect()
        };
        let cases = [
            (
                vec![100; 12],
                vec![80; 12],
                "近12个月销售额1,200万元，比上一个12个月增长25.0%",
            ),
            (
                vec![80; 12],
                vec![100; 12],
                "近12个月销售额960万元，比上一个12个月下降20.0%",
            ),
            (
                vec![80; 12],
                vec![80; 12],
                "近12个月销售额960万元，与上年基本持平",
            ),
            (
                vec![80; 3],
                vec![40; 5],
                "近12个月中有数的3个月销售额240万元，可比的3个月同比增长100.0%",
            ),
            (vec![80; 12], vec![], "近12个月销售额960万元"),
            (vec![80; 12], vec![0; 12], "近12个月销售额960万元"),
        ];
        for (now, before, expected) in cases {
            assert_eq!(finding("销售额", &wan(&now), &wan(&before)), expected);
        }
    }
}
