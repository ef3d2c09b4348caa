//! What Word, WPS and LibreOffice rely on in a chart part.

use super::*;
use crate::documents::docx::parts;
use crate::documents::sample::{lines, report};
use crate::documents::wellformed;
use programme::bulletins::document::{Block, Document};

/// A document whose only block is this chart.
fn holding(chart: Chart) -> Document {
    Document {
        body: vec![Block::Chart(Box::new(chart))],
        annexes: Vec::new(),
        ..report()
    }
}

fn part_of(document: &Document, path: &str) -> String {
    let found = parts(document).into_iter().find(|(name, _)| name == path);
    found.unwrap_or_else(|| panic!("{path} is missing")).1
}

#[track_caller]
fn check(number: usize, present: &[&str], absent: &[&str]) {
    let text = part_of(&report(), &format!("word/charts/chart{number}.xml"));
    for expected in present {
        assert!(text.contains(expected), "chart {number} lacks {expected}");
    }
    for unwanted in absent {
        assert!(!text.contains(unwanted), "chart {number} has {unwanted}");
    }
}

#[test]
fn every_part_is_well_formed() {
    for (path, text) in parts(&report()) {
        wellformed::check(&path, &text);
    }
}

#[test]
fn each_chart_is_declared_related_and_drawn() {
    let types = part_of(&report(), "[Content_Types].xml");
    let links = part_of(&report(), "word/_rels/document.xml.rels");
    let text = part_of(&report(), "word/document.xml");
    for number in 1..=6 {
        assert!(types.contains(&format!(
            "PartName=\"/word/charts/chart{number}.xml\" ContentType=\"{TYPE}\""
        )));
        let id = super::super::chart_relation(number);
        let target = format!("Target=\"charts/chart{number}.xml\"");
        let link = links
            .split("<Relationship ")
            .find(|one| one.contains(&target));
        let link = link.expect("a relation");
        assert!(link.contains(&format!("Id=\"{id}\"")), "{link}");
        assert!(text.contains(&format!("r:id=\"{id}\"/></a:graphicData>")));
        assert!(text.contains(&format!("<wp:docPr id=\"{number}\" name=\"图表{number}\"")));
    }
    assert!(!types.contains("chart7"), "an empty chart has no part");
}

#[test]
fn the_title_is_the_alternative_text_and_leads_to_its_source() {
    let text = part_of(&report(), "word/document.xml");
    let title = "图1 前100名的命中率一年半来上升二成，&lt;规则&gt;&quot;&amp;&quot;排序没有变化";
    assert!(text.contains(&format!("descr=\"{title}\"")));
    assert!(
        text.contains("w:name=\"出处1_3\""),
        "the third use of source 1"
    );
    assert!(text.contains(wording::NO_DATA));
}

#[test]
fn a_chart_at_the_end_is_held_to_the_signature() {
    let text = part_of(
        &holding(lines("末图", vec![Some(1.0)])),
        "word/document.xml",
    );
    assert!(text.contains("<w:pStyle w:val=\"Chart\"/><w:keepNext/>"));
}

#[test]
fn a_line_keeps_its_gap_and_its_dashes() {
    check(
        1,
        &[
            "<c:lineChart>",
            "<c:dispBlanksAs val=\"gap\"/>",
            "<c:ptCount val=\"18\"/><c:pt idx=\"0\"><c:v>0.52</c:v></c:pt>",
            "<a:prstDash val=\"dash\"/>",
            "<c:max val=\"0.75\"/><c:min val=\"0.45\"/>",
            "<c:formatCode>#,##0.0%</c:formatCode>",
        ],
        &["NaN"],
    );
    let text = part_of(&report(), "word/charts/chart1.xml");
    let first = text.split("<c:val>").nth(1).expect("values");
    let first = first.split("</c:val>").next().expect("values");
    assert!(!first.contains("idx=\"7\""), "the eighth month is absent");
}

#[test]
fn bars_stand_on_zero_and_keep_every_name() {
    check(
        2,
        &[
            "<c:barChart>",
            "<c:min val=\"0\"/>",
            "济源示范区",
            "<c:legend>",
        ],
        &["tickLblSkip"],
    );
}

#[test]
fn a_fan_is_stacked_and_names_each_band_once() {
    check(
        3,
        &[
            "<c:areaChart><c:grouping val=\"stacked\"/>",
            "<c:lineChart>",
        ],
        &[],
    );
    let text = part_of(&report(), "word/charts/chart3.xml");
    // From below: nothing, wide, narrow, and the upper part of the wide one again.
    for hidden in [0, 3] {
        let entry = format!("<c:legendEntry><c:idx val=\"{hidden}\"/><c:delete val=\"1\"/>");
        assert!(text.contains(&entry), "layer {hidden} has no name");
    }
    assert_eq!(text.matches("<c:legendEntry>").count(), 2);
    let orders: Vec<usize> = (0..6)
        .filter_map(|index| text.find(&format!("<c:order val=\"{index}\"/>")))
        .collect();
    assert_eq!(orders.len(), 6, "every series has an order of its own");
    assert!(orders.is_sorted());
}

#[test]
fn points_tell_their_counts_and_the_diagonal_runs_from_end_to_end() {
    check(
        4,
        &[
            "<c:scatterChart>",
            "<a:t>2,400</a:t>",
            "十档概率（10个点，共4,332个样本，旁注各点样本数）",
            "完全校准",
            "<c:pt idx=\"0\"><c:v>0</c:v></c:pt><c:pt idx=\"1\"><c:v>1</c:v></c:pt>",
        ],
        &[],
    );
}

#[test]
fn a_fan_over_numbers_is_drawn_by_its_edges() {
    check(
        5,
        &["<c:scatterChart>", "<c:idx val=\"2\"/><c:delete"],
        &["areaChart"],
    );
}

#[test]
fn one_point_and_equal_values_have_an_axis() {
    for values in [vec![Some(3.0)], vec![Some(0.0); 4], vec![Some(-2.5); 3]] {
        let document = holding(lines("不变", values));
        let text = part_of(&document, "word/charts/chart1.xml");
        wellformed::check("the chart", &text);
        let axis = text.rsplit("<c:valAx>").next().expect("an axis");
        let number = |element: &str| -> f64 {
            let start = axis.find(element).expect("the element") + element.len();
            let text = axis[start..].split('"').nth(1).expect("a value");
            text.parse().expect("a number")
        };
        assert!(number("<c:min") < number("<c:max"));
        assert!(number("<c:majorUnit") > 0.0);
    }
}
