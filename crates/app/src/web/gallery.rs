//! Every part of the templates once, on the frame: what page authors write is tried here.
//!
//! It knows no noun and no figure; it asks whether the markup stands. Only tests see it.

use super::assets::Assets;
use super::frame::{Flash, Frame, NavigationEntry, NavigationGroup, Person, PostChoice};
use askama::Template;

struct Link {
    address: String,
    text: String,
    is_current: bool,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "parts/gallery.html")]
struct Gallery {
    frame: Frame,
    /// Text that must never become markup.
    words: String,
    links: Vec<Link>,
    choices: Vec<Choice>,
}

fn entry(address: &str, text: &str, is_current: bool) -> NavigationEntry {
    NavigationEntry {
        address: address.to_string(),
        text: text.to_string(),
        is_current,
        count: is_current.then(|| "37".to_string()),
    }
}

fn frame(is_enterprise: bool) -> Frame {
    Frame {
        title: "企业名录".to_string(),
        banner: Some("演示数据".to_string()),
        site: "省专班".to_string(),
        groups: vec![
            NavigationGroup {
                title: "方案".to_string(),
                entries: vec![entry("/", "方案进展", false)],
            },
            NavigationGroup {
                title: "企业".to_string(),
                entries: vec![
                    entry("/register", "名录", true),
                    entry("/pool", "培育库", false),
                ],
            },
        ],
        person: Some(Person {
            name: "王建国".to_string(),
            post: "联络员".to_string(),
            posts: vec![
                PostChoice {
                    id: 1,
                    name: "联络员".to_string(),
                    is_current: true,
                },
                PostChoice {
                    id: 2,
                    name: "统计员".to_string(),
                    is_current: false,
                },
            ],
        }),
        can_search: true,
        notices: 3,
        stamp: Some("数据截至2026年9月，快照 12".to_string()),
        is_enterprise,
        assets: Assets::new(),
        flash: Some(Flash {
            kind: "refusal".to_string(),
            text: "该企业已在库".to_string(),
        }),
    }
}

fn page(frame: Frame) -> String {
    let link = |text: &str, is_current| Link {
        address: format!("?page={text}"),
        text: text.to_string(),
        is_current,
    };
    let gallery = Gallery {
        frame,
        words: "<b onclick=alert(1)>\"'&".to_string(),
        links: vec![link("1", true), link("2", false)],
        choices: vec![Choice {
            value: "410100".to_string(),
            text: "郑州市".to_string(),
            is_chosen: true,
        }],
    };
    gallery.render().expect("every part renders")
}

/// How often `wanted` stands in the page.
#[track_caller]
fn check(page: &str, wanted: &str, times: usize) {
    assert_eq!(page.matches(wanted).count(), times, "{wanted} in\n{page}");
}

#[test]
fn a_page_has_one_head_its_landmarks_and_the_red_line() {
    let page = page(frame(false));
    for once in ["<h1>", "<main ", "<footer ", "<header ", "id=\"live\""] {
        check(&page, once, 1);
    }
    check(&page, "lang=\"zh-CN\"", 1);
    check(&page, "不代替联网直报", 1);
    check(&page, "/echarts.min.js\"", 1);
    check(&page, "role=\"alert\"", 1);
    check(&page, "action=\"/session/post\" method=\"post\"", 1);
    check(&page, "action=\"/session/end\" method=\"post\"", 1);
}

#[test]
fn nothing_in_a_page_runs_or_styles_by_itself() {
    let page = page(frame(false));
    for never in [
        " style=",
        " onclick=",
        "<style",
        "javascript:",
        "<b onclick",
    ] {
        let found = page.replace("&#60;b onclick", "");
        assert!(!found.contains(never), "{never} in\n{page}");
    }
    let scripts = page.matches("<script").count();
    check(&page, "<script src=\"/assets/", scripts);
}

#[test]
fn a_firm_has_its_pages_in_one_row_and_no_menu() {
    let page = page(frame(true));
    check(&page, "class=\"menu\"", 0);
    check(&page, "aria-label=\"主导航\"", 1);
    check(&page, "class=\"red-line\"", 1);
    check(&page, "role=\"search\"", 0);
}

#[test]
fn a_page_before_signing_in_offers_only_itself() {
    let before = Frame {
        person: None,
        groups: Vec::new(),
        can_search: false,
        stamp: None,
        banner: None,
        flash: None,
        ..frame(false)
    };
    let page = page(before);
    for absent in [
        "/session/",
        "/notices",
        "<nav class=\"menu\"",
        "class=\"below\"",
    ] {
        check(&page, absent, 0);
    }
}
