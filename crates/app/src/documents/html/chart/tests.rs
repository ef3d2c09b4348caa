//! What a reader, a listener and a strict page rely on in a drawing.

use super::*;
use crate::documents::sample::{lines, report};
use crate::documents::{html, wellformed};

#[track_caller]
fn check(drawing: &str, present: &[&str], absent: &[&str]) {
    wellformed::check("the drawing", drawing);
    for expected in present {
        assert!(drawing.contains(expected), "{drawing} lacks {expected}");
    }
    for unwanted in absent {
        assert!(!drawing.contains(unwanted), "{drawing} has {unwanted}");
    }
}

/// The drawing of the chart at this place among the charts of the report.
fn drawn(place: usize) -> String {
    let report = report();
    let mut charts = crate::documents::charts(&report);
    drawing(charts.nth(place).expect("a chart"), "c")
}

#[test]
fn two_renderings_are_the_same() {
    assert_eq!(html(&report()), html(&report()));
}

#[test]
fn nothing_in_a_drawing_runs_or_is_loaded_or_needs_a_style() {
    for place in 0..6 {
        let absent = [
            "style=", "<script", "href", "onload", "<image", "NaN", "inf",
        ];
        check(&drawn(place), &["role=\"img\""], &absent);
    }
}

#[test]
fn a_drawing_has_words_for_those_who_do_not_see_it() {
    check(
        &drawn(0),
        &[
            "aria-labelledby=\"c-title c-description\"",
            "<title id=\"c-title\">图1 前100名的命中率一年半来上升二成，&lt;规则&gt;&quot;&amp;&quot;排序没有变化</title>",
            "折线图。横轴：预测月份；纵轴：命中率（%）。模型排序，17个值，最低52.0%，最高74.1%；规则排序，18个值",
        ],
        &["<规则>"],
    );
}

#[test]
fn a_gap_stays_a_gap_and_a_lone_point_has_a_mark() {
    let values = vec![Some(1.0), Some(2.0), None, Some(3.0)];
    let text = drawing(&lines("断开", values), "c");
    // Of the coloured paths the first is the line, the second its swatch.
    let line = text
        .split("<path d=\"")
        .find(|path| path.contains("stroke=\"#1f5fa8\""));
    let line = line
        .and_then(|path| path.split('"').next())
        .expect("the line");
    let (moves, lines) = (line.matches('M').count(), line.matches('L').count());
    assert_eq!(
        (moves, lines),
        (2, 1),
        "two strokes, one of them a point: {line}"
    );
    let marks = text.matches("<circle").count();
    assert_eq!(marks, 4, "three marks and one in the legend");
}

#[test]
fn kinds_are_told_apart_without_colour() {
    // A solid line with full circles, a dashed one with hollow squares.
    check(
        &drawn(0),
        &[
            "<circle",
            "stroke-dasharray=\"7 4\"",
            "fill=\"#ffffff\" stroke=\"#3f4650\"",
        ],
        &[],
    );
    check(
        &drawn(1),
        &["fill=\"#1f5fa8\"", "fill=\"#c3d6ec\""],
        &["stroke-dasharray"],
    );
    check(
        &drawn(3),
        &["完全校准", "stroke-dasharray", ">2,400</text>"],
        &[],
    );
}

#[test]
fn labels_of_lines_are_thinned_and_names_of_bars_are_broken() {
    check(&drawn(0), &[">2025年1月<", ">2025年4月<"], &[">2025年2月<"]);
    check(
        &drawn(1),
        &[">平顶<", ">山市<", ">济源<", ">示范<", ">区<"],
        &[],
    );
}

#[test]
fn no_label_runs_over_the_edge() {
    for place in 0..6 {
        for text in drawn(place).split("<text ").skip(1) {
            let value = |name: &str| text.split(name).nth(1).and_then(|t| t.split('"').next());
            let x: f64 = value("x=\"").and_then(|x| x.parse().ok()).expect("a place");
            let words = value(">").and_then(|words| words.split('<').next());
            let width = frame::text_width(words.expect("words"));
            let (left, right) = match value("anchor=\"").expect("an anchor") {
                "start" => (x, x + width),
                "end" => (x - width, x),
                _ => (x - width / 2.0, x + width / 2.0),
            };
            assert!(left >= 0.0 && right <= frame::WIDTH, "{text}");
        }
    }
}

#[test]
fn an_empty_chart_says_so() {
    let text = drawing(&lines("空", vec![None; 3]), "c");
    assert_eq!(text, "<p class=\"no-data\">暂无数据</p>\n");
    check(
        &drawing(&lines("空", Vec::new()), "c"),
        &["暂无数据"],
        &["<svg"],
    );
}

#[test]
fn one_point_and_equal_values_are_drawn() {
    for values in [
        vec![Some(3.0)],
        vec![Some(0.5); 6],
        vec![Some(0.0); 2],
        vec![Some(-1e15)],
    ] {
        check(
            &drawing(&lines("不变", values), "c"),
            &["<circle"],
            &["NaN", "inf"],
        );
    }
}

#[test]
fn names_on_the_page_are_unique() {
    let page = html(&report());
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).collect();
    ids.iter_mut()
        .for_each(|id| *id = id.split('"').next().unwrap_or_default());
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert_eq!(page.matches("<svg").count(), 6);
}

#[test]
fn the_values_are_one_click_away_and_the_title_leads_to_its_source() {
    let page = html(&report());
    assert_eq!(
        page.matches("<details><summary>查看数据</summary>").count(),
        6
    );
    assert!(page.contains("<figcaption><a class=\"figure\" href=\"#source-1\""));
    assert!(page.contains("<td class=\"number\">52.0%</td>"));
}
