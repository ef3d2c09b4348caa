//! What a chart refuses, and that its table says what it shows.

use super::*;
use crate::bulletins::document::Cell;

fn line(numbers: &[f64], values: Vec<Option<f64>>) -> Result<Chart, ChartRefusal> {
    let along = Along::numbers(numbers.to_vec())?;
    let series = vec![Series::new("实际", values)?];
    made(Plot::Line { along, series })
}

fn made(plot: Plot) -> Result<Chart, ChartRefusal> {
    let across = Axis::new("月数（个月）", Form::Decimal(0));
    Chart::new(
        "一句结论",
        across,
        Axis::new("占比（%）", Form::Percent(1)),
        plot,
    )
}

fn fan(bands: Vec<Band>) -> Result<Chart, ChartRefusal> {
    made(Plot::Fan {
        along: Along::Categories(vec!["7月".to_string(), "8月".to_string()]),
        bands,
        median: Series::new("中位数", vec![Some(0.5), None])?,
        others: Vec::new(),
    })
}

#[track_caller]
fn check(made: Result<Chart, ChartRefusal>, refusal: ChartRefusal) {
    assert_eq!(made, Err(refusal));
}

#[test]
fn what_is_no_number_is_refused_by_construction() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.1e15] {
        check(line(&[1.0], vec![Some(value)]), ChartRefusal::NotFinite);
        check(line(&[value], vec![None]), ChartRefusal::NotFinite);
        assert_eq!(Point::new(value, 0.0, None), Err(ChartRefusal::NotFinite));
        let axis = Axis::new("", Form::Decimal(0));
        assert_eq!(axis.covering(0.0, value), Err(ChartRefusal::NotFinite));
        let band = Band::new("区间", vec![Some((0.0, value))]);
        assert!(band.is_err(), "a band up to {value}");
    }
    let zero = Finite::new(-0.0).expect("zero is a number");
    assert!(zero.get().is_sign_positive());
    assert!(Finite::new(MAGNITUDE_MAX).is_ok());
}

#[test]
fn a_series_is_as_long_as_its_axis() {
    let refusal = ChartRefusal::Length {
        name: "实际".to_string(),
        expected: 2,
        given: 1,
    };
    check(line(&[1.0, 2.0], vec![None]), refusal);
}

#[test]
fn numbers_on_the_axis_ascend() {
    check(line(&[2.0, 1.0], vec![None; 2]), ChartRefusal::NotAscending);
    check(line(&[1.0, 1.0], vec![None; 2]), ChartRefusal::NotAscending);
    assert!(line(&[1.0, 2.0], vec![None; 2]).is_ok());
}

#[test]
fn bands_run_upwards_and_lie_within_each_other() {
    let name = "窄".to_string();
    let reversed = Band::new("窄", vec![Some((0.6, 0.5))]);
    assert_eq!(reversed, Err(ChartRefusal::Reversed { name: name.clone() }));
    let wide = Band::new("宽", vec![Some((0.2, 0.8)), None]).expect("a band");
    let band = |ranges| Band::new("窄", ranges).expect("a band");
    let within = band(vec![Some((0.2, 0.8)), None]);
    assert!(fan(vec![wide.clone(), within]).is_ok());
    let refusal = ChartRefusal::NotNested { name };
    let beyond = band(vec![Some((0.2, 0.81)), None]);
    check(fan(vec![wide.clone(), beyond]), refusal.clone());
    let alone = band(vec![None, Some((0.5, 0.5))]);
    check(fan(vec![wide, alone]), refusal);
}

#[test]
fn what_can_grow_has_a_limit() {
    let numbers: Vec<f64> = (0..=POINTS_MAX).map(|n| n as f64).collect();
    assert!(line(&numbers[1..], vec![None; POINTS_MAX]).is_ok());
    let refusal = ChartRefusal::TooMany {
        what: "点",
        given: POINTS_MAX + 1,
        most: POINTS_MAX,
    };
    check(line(&numbers, vec![None; POINTS_MAX + 1]), refusal);
    let series = vec![Series::new("同", vec![]).expect("a series"); SERIES_MAX + 1];
    let bars = made(Plot::Bars {
        categories: Vec::new(),
        series,
    });
    assert!(matches!(bars, Err(ChartRefusal::TooMany { .. })));
}

#[test]
fn a_chart_without_points_is_empty_and_one_point_is_not() {
    assert!(line(&[], vec![]).expect("a chart").is_empty());
    assert!(line(&[1.0], vec![None]).expect("a chart").is_empty());
    assert!(!line(&[1.0], vec![Some(0.0)]).expect("a chart").is_empty());
}

#[test]
fn the_table_has_a_row_for_each_place_and_a_dash_for_each_gap() {
    let chart = line(&[1.0, 2.0], vec![Some(0.25), None]).expect("a chart");
    let table = chart.table();
    assert_eq!(table.unit.as_deref(), Some("占比（%）"));
    let value = Finite::new(0.25).expect("a number");
    let form = Form::Percent(1);
    assert_eq!(table.rows.len(), 2);
    assert_eq!(table.rows[0].cells[1], Cell::Decimal { value, form });
    assert_eq!(table.rows[1].cells[1], Cell::Empty);
}

#[test]
fn the_table_of_a_fan_has_both_ends_of_each_band() {
    let wide = Band::new("宽", vec![Some((0.2, 0.8)), None]).expect("a band");
    let table = fan(vec![wide]).expect("a chart").table();
    let labels: Vec<&str> = table.columns.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["月数（个月）", "中位数", "下限", "上限"]);
    assert_eq!(table.rows[1].cells[2..], [Cell::Empty, Cell::Empty]);
}
