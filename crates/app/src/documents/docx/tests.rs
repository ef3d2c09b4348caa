//! What a reader, a comparer and Word itself rely on in the file.

use std::io::{Cursor, Read};

use zip::{DateTime, ZipArchive};

use super::*;
use crate::documents::sample::bulletin;

fn part(file: &[u8], path: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
    let mut text = String::new();
    let mut entry = archive.by_name(path).expect("the part");
    entry.read_to_string(&mut text).expect("text");
    text
}

#[track_caller]
fn check(document: &Document, path: &str, present: &[&str], absent: &[&str]) {
    let text = part(&render(document).expect("renders"), path);
    for expected in present {
        assert!(text.contains(expected), "{path} lacks {expected}");
    }
    for unwanted in absent {
        assert!(!text.contains(unwanted), "{path} has {unwanted}");
    }
}

#[test]
fn two_renderings_are_the_same_bytes_and_carry_no_clock() {
    let file = render(&bulletin()).expect("renders");
    assert_eq!(file, render(&bulletin()).expect("renders"));
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
    for index in 0..archive.len() {
        let entry = archive.by_index(index).expect("an entry");
        assert_eq!(
            entry.last_modified(),
            Some(DateTime::default()),
            "{}",
            entry.name()
        );
    }
}

#[test]
fn text_is_escaped_and_figures_carry_their_origin() {
    check(
        &bulletin(),
        "word/document.xml",
        &[
            "&lt;b&gt;&amp;“引号”",
            "w:name=\"出处1\"",
            "w:name=\"出处1_2\"",
            "<w:t xml:space=\"preserve\">2316</w:t>",
        ],
        &["<b>&"],
    );
    check(
        &bulletin(),
        "customXml/item1.xml",
        &[
            "<source number=\"1\">",
            "shenggui targets progress --year 2026",
            "第12号 a1b2c3",
        ],
        &[],
    );
}

#[test]
fn annexes_tables_and_colophon_are_in_the_text() {
    check(
        &bulletin(),
        "word/document.xml",
        &[
            "附件：1.",
            "附件2",
            "（拟议稿，未经批准不生效）",
            "<w:tblHeader/>",
            "<w:gridSpan w:val=\"2\"/>",
            "<w:vMerge w:val=\"restart\"/>",
            "2,500",
            "92.6%",
            "1.25倍",
            "注：截至9月30日。",
            "（此件公开发布）",
            "抄送：省统计局。<",
            "2026年10月9日印发",
        ],
        &["省统计局。。"],
    );
    check(&bulletin(), "word/header1.xml", &["演示数据"], &[]);
}

#[test]
fn a_draft_shows_that_it_is_one() {
    let draft = Document {
        number: None,
        ..bulletin()
    };
    check(&draft, "word/document.xml", &["（送审稿）"], &["〔2026〕"]);
}

#[test]
fn a_single_annex_has_no_number() {
    let mut document = bulletin();
    document.annexes.truncate(1);
    check(
        &document,
        "word/document.xml",
        &["附件：各地完成情况表"],
        &["附件1", "附件：1"],
    );
}

#[test]
fn the_colophon_after_a_landscape_annex_stands_upright_on_an_even_page_without_number() {
    let mut document = bulletin();
    document.annexes.truncate(1);
    check(
        &document,
        "word/document.xml",
        &["<w:type w:val=\"evenPage\"/>"],
        &[],
    );
    check(&bulletin(), "word/document.xml", &[], &["evenPage"]);
}

#[test]
fn every_font_names_its_stand_ins() {
    check(
        &bulletin(),
        "word/fontTable.xml",
        &["w:name=\"仿宋_GB2312\"><w:altName w:val=\"仿宋,FangSong\"/>"],
        &[],
    );
}

#[test]
fn each_part_is_declared_and_each_relation_has_its_part() {
    let file = render(&bulletin()).expect("renders");
    let types = part(&file, "[Content_Types].xml");
    let links = part(&file, "word/_rels/document.xml.rels");
    for (path, _) in parts(&bulletin()) {
        if let Some(name) = path
            .strip_prefix("word/")
            .filter(|name| !name.contains('/'))
        {
            assert!(types.contains(&format!("/{path}\"")), "{path} has no type");
            assert!(
                name == "document.xml" || links.contains(name),
                "{path} has no relation"
            );
        }
    }
}
