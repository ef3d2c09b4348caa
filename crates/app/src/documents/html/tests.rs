//! What a reader and a browser rely on in the page.

use super::*;
use crate::documents::sample::bulletin;

#[track_caller]
fn check(present: &[&str], absent: &[&str]) {
    let text = render(&bulletin());
    for expected in present {
        assert!(text.contains(expected), "the page lacks {expected}");
    }
    for unwanted in absent {
        assert!(!text.contains(unwanted), "the page has {unwanted}");
    }
}

#[test]
fn two_renderings_are_the_same() {
    assert_eq!(render(&bulletin()), render(&bulletin()));
}

#[test]
fn text_is_escaped_everywhere() {
    check(
        &["&lt;b&gt;&amp;“引号”", "=HYPERLINK(&quot;http://x&quot;)"],
        &["<b>&", "(\"http"],
    );
}

#[test]
fn a_figure_leads_to_its_source() {
    check(
        &[
            "<a class=\"figure\" href=\"#source-1\" title=\"出处1：全省本年新增规上工业企业（第12号 a1b2c3）\">2316</a>",
            "<li id=\"source-1\" value=\"1\">",
            "shenggui targets progress --year 2026",
        ],
        &[],
    );
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    check(
        &["<style>"],
        &["<script", "<link", "<img", "url(", "@import", "src="],
    );
}

#[test]
fn annexes_and_tables_are_on_the_page() {
    check(
        &[
            "（拟议稿，未经批准不生效）",
            "<th scope=\"colgroup\" colspan=\"2\">新增</th>",
            "<th scope=\"col\" class=\"name\" rowspan=\"2\">地区</th>",
            "<td class=\"number\">92.6%</td>",
            "<td class=\"number\">—</td>",
            "演示数据",
            "抄送：省统计局。<",
        ],
        &[],
    );
}
