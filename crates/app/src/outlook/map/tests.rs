//! The map: who sees which divisions, colours with their words, the order of the table, and
//! what is accepted as an operator's own map.

use super::cells::{Cell, Order};
use super::file::read;
use super::meaning::Colour;
use super::{Line, LineKind, Picture, PoolLine, Warned};
use crate::pool::invented::own_pack;
use crate::pool::sufficiency::chances::Told;
use crate::report::Field;
use crate::web::trial::Trial;
use axum::http::StatusCode;
use programme::outlook::{Firms, Snapshot};
use programme::targets::progress::DivisionProgress;
use std::sync::Arc;

/// Login, address, what the page says and does not say; no words where it is not there.
const PAGES: [(&str, &str, &[&str], &[&str]); 9] = [
    (
        "office",
        "/outlook",
        &["郑州市", "许昌市", "河南省", "hx-get", "area=410300\""],
        &[],
    ),
    (
        "office",
        "/outlook?area=410300",
        &["伊川县", "回到全省", "/register?county=410329"],
        &["禹州市"],
    ),
    (
        "office",
        "/outlook?part=map",
        &["完成概率"],
        &["hx-get", "<html"],
    ),
    (
        "luoyang",
        "/outlook",
        &["洛阳市", "伊川县", "河南省"],
        &["许昌市", "禹州市", "回到全省"],
    ),
    ("luoyang", "/outlook?area=411000", &[], &[]),
    (
        "yichuan",
        "/outlook",
        &["伊川县", "河南省"],
        &["嵩县", "许昌市", "class=\"tile "],
    ),
    ("yichuan", "/outlook?area=410300", &[], &[]),
    ("bank", "/outlook", &[], &[]),
    (
        "auditor",
        "/outlook?colour=warnings&sort=-warnings",
        &["退规预警", "aria-sort=\"descending\""],
        &[],
    ),
];

#[tokio::test]
async fn a_reader_sees_the_divisions_of_the_own_region() {
    let trial = Trial::begin().await;
    for (login, address, says, hides) in PAGES {
        let page = trial.get(login, address).await;
        let expected = match (says.is_empty(), login) {
            (true, "bank") => StatusCode::FORBIDDEN,
            (true, _) => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        };
        assert_eq!(page.status, expected, "{login} {address}");
        for words in says {
            assert!(
                page.text.contains(words),
                "{login} {address} {words}\n{}",
                page.text
            );
        }
        for words in hides {
            assert!(!page.text.contains(words), "{login} {address} {words}");
        }
    }
    // What was computed once is there at once.
    let again = trial.get("office", "/outlook").await;
    assert!(!again.text.contains("hx-get"));
    assert_eq!(
        trial.get("office", "/outlook/map.json").await.status,
        StatusCode::NOT_FOUND
    );
}

fn picture() -> Picture {
    let pack = own_pack();
    Picture {
        snapshot: Snapshot {
            id: 1,
            as_of: "2026-09".parse().expect("a month"),
            known_by: "2026-10-10".parse().expect("a day"),
            pack: String::new(),
            program: String::new(),
            inputs: String::new(),
            count: 0,
            fingerprint: String::new(),
            at: 0,
        },
        firms: Arc::new(Firms::none(&pack)),
        expected_percent: 40,
        gravest: "红色".to_string(),
        lines: Vec::new(),
    }
}

fn line(target: Option<u32>, entered: u32, before: u32) -> Line {
    Line {
        kind: LineKind::Area,
        code: Some(410300),
        name: "洛阳市".to_string(),
        progress: DivisionProgress {
            target,
            entered,
            entered_year_before: before,
            in_scale: 30,
            ..DivisionProgress::default()
        },
        pool: PoolLine::default(),
        warned: Warned::default(),
    }
}

fn with_pool(counted: u32, missing: Option<u32>) -> Line {
    Line {
        pool: PoolLine {
            in_pool: counted,
            counted,
            missing,
        },
        ..line(Some(100), 0, 0)
    }
}

fn warned(gravest: u32, alone: u32) -> Line {
    Line {
        warned: Warned {
            all: gravest + 1,
            gravest,
            alone,
        },
        ..line(Some(100), 0, 0)
    }
}

type Case = (Colour, Line, Option<Told>, &'static str);

fn chance(permille: Option<i64>) -> Option<Told> {
    Some(Told::Known {
        permille,
        expected: 0,
        spread: (0, 0),
    })
}

/// How a line stands by completion, pool and warnings.
fn counted() -> Vec<Case> {
    vec![
        (
            Colour::Completion,
            line(Some(100), 40, 99),
            None,
            "on-course 达到预期",
        ),
        (
            Colour::Completion,
            line(Some(100), 39, 39),
            None,
            "at-risk 低于预期",
        ),
        (
            Colour::Completion,
            line(Some(100), 39, 40),
            None,
            "behind 落后",
        ),
        (
            Colour::Completion,
            line(None, 39, 40),
            None,
            "unknown 未下达",
        ),
        (
            Colour::Completion,
            line(Some(0), 0, 0),
            None,
            "unknown 无目标",
        ),
        (
            Colour::Pool,
            with_pool(120, Some(0)),
            None,
            "on-course 已足",
        ),
        (
            Colour::Pool,
            with_pool(100, Some(20)),
            None,
            "at-risk 缺 20 家",
        ),
        (
            Colour::Pool,
            with_pool(99, Some(21)),
            None,
            "behind 缺 21 家",
        ),
        (Colour::Pool, with_pool(99, None), None, "unknown 未下达"),
        (Colour::Warnings, warned(0, 0), None, "on-course 平稳"),
        (Colour::Warnings, warned(2, 0), None, "at-risk 均有跟进"),
        (Colour::Warnings, warned(2, 1), None, "behind 1 家无人跟进"),
    ]
}

/// How it stands by its chance.
fn likely() -> Vec<Case> {
    let plain = || line(Some(100), 0, 0);
    vec![
        (Colour::Chance, plain(), None, "unknown 待算"),
        (
            Colour::Chance,
            plain(),
            chance(Some(800)),
            "on-course 把握较大",
        ),
        (
            Colour::Chance,
            plain(),
            chance(Some(799)),
            "at-risk 把握不足",
        ),
        (
            Colour::Chance,
            plain(),
            chance(Some(499)),
            "behind 难以完成",
        ),
        (Colour::Chance, plain(), chance(None), "unknown 无目标"),
        (
            Colour::Chance,
            plain(),
            Some(Told::Hidden),
            "unknown 不公开",
        ),
        (Colour::Chance, plain(), Some(Told::Unknown), "unknown 待补"),
        (Colour::Chance, plain(), Some(Told::Elsewhere), "unknown —"),
    ]
}

#[test]
fn every_colour_has_its_word() {
    let cases = counted().into_iter().chain(likely());
    let picture = picture();
    for (colour, line, told, expected) in cases {
        let found = colour.of(&line, &picture, told);
        assert_eq!(format!("{} {}", found.class, found.word), expected);
    }
    for colour in Colour::ALL {
        assert_eq!(Colour::read(colour.id()), colour);
        let key = colour.key(&picture);
        assert_eq!(
            key.map(|own| own.class),
            ["on-course", "at-risk", "behind", "unknown"]
        );
    }
}

#[test]
fn shares_are_ordered_exactly_and_nothing_stands_last() {
    let cell = |field: Field| {
        vec![Cell {
            text: field.shown(),
            field,
            address: String::new(),
        }]
    };
    let share = |part, of| cell(Field::Percent { part, of });
    let rows = [
        share(1, 3),
        share(33, 100),
        cell(Field::Empty),
        share(34, 100),
    ];
    let cases = [(false, [1, 0, 3, 2]), (true, [3, 0, 1, 2])];
    for (is_descending, expected) in cases {
        let order = Order {
            column: 0,
            is_descending,
        };
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by(|one, other| order.compare(&rows[*one], &rows[*other]));
        assert_eq!(places, expected);
    }
    let read = |text: &str| Order::read(text).map(|own| (own.column, own.is_descending));
    assert_eq!(read("-entered"), Some((1, true)));
    assert_eq!(read("target"), Some((0, false)));
    assert_eq!(read("name; DROP"), None);
}

/// A map with one square for every area, changed.
fn map(change: impl Fn(usize, &mut serde_json::Value)) -> Vec<u8> {
    let pack = own_pack();
    let features = pack.divisions.areas().enumerate().map(|(index, area)| {
        let east = 110 + index;
        let mut feature = serde_json::json!({
            "type": "Feature",
            "properties": { "adcode": area.code, "owner": "somebody" },
            "geometry": { "type": "Polygon", "coordinates": [[[east, 34], [east + 1, 34], [east, 35], [east, 34]]] },
        });
        change(index, &mut feature);
        feature
    });
    let features: Vec<serde_json::Value> = features.collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features })
        .to_string()
        .into_bytes()
}

#[test]
fn a_map_is_proved_before_it_is_kept() {
    let pack = own_pack();
    let kept = read(&pack, &map(|_, _| {})).expect("a map");
    let text = String::from_utf8(kept).expect("text");
    assert!(
        text.contains("410300") && !text.contains("somebody"),
        "only shapes go on"
    );
    let first = |change: fn(&mut serde_json::Value)| {
        map(move |index, feature| {
            if index == 0 {
                change(feature);
            }
        })
    };
    let cases: [(Vec<u8>, &str); 9] = [
        (b"no".to_vec(), "不是 GeoJSON"),
        (
            b"{\"type\":\"FeatureCollection\",\"features\":[]}".to_vec(),
            "features 不能为空",
        ),
        (
            first(|own| own["properties"] = serde_json::json!({})),
            "第1个图形的 properties 没有六位的 adcode",
        ),
        (
            first(|own| own["properties"]["adcode"] = 110100.into()),
            "adcode 110100 不是本省的省辖市",
        ),
        (
            first(|own| own["properties"]["adcode"] = "410300".into()),
            "洛阳市有两个图形",
        ),
        (
            first(|own| own["properties"]["adcode"] = "410300".into()),
            "缺少郑州市的图形",
        ),
        (
            first(|own| own["geometry"]["type"] = "Point".into()),
            "第1个图形应为 Polygon",
        ),
        (
            first(|own| own["geometry"]["coordinates"][0][0][0] = 500.into()),
            "坐标为经度、纬度",
        ),
        (
            first(|own| own["geometry"]["coordinates"] = serde_json::json!([[1, 2]])),
            "第1个图形应为 Polygon",
        ),
    ];
    for (content, says) in cases {
        let faults = read(&pack, &content).expect_err(says);
        let text: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(
            text.iter().any(|own| own.contains(says)),
            "{says}: {text:?}"
        );
    }
}
