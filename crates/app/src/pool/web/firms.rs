//! Candidates and members as lists from which firms are chosen for an act.

use super::super::candidates::{Found, find, listed};
use super::super::{inside, members};
use super::tabs;
use crate::grounds::Members;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::outlook::prospect::{Probability, Words};
use crate::page::wants_json;
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Chip, Choice, Pager, Way, answer_json, choices};
use crate::web::places;
use crate::web::visitor::{Visitor, html};
use anyhow::Result;
use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use programme::outlook::{Firms, Snapshot};
use programme::pool::Membership;
use rules::money::grouped;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::roles::Right;
use serde::Deserialize;
use std::cmp::Reverse;
use std::sync::Arc;

const PAGE: usize = 50;

#[derive(Deserialize, Default, Clone)]
pub struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    standing: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    page: usize,
}

/// An act that the chosen firms can be brought to.
struct Deed {
    address: &'static str,
    text: &'static str,
    is_main: bool,
}

/// A filter of the form.
struct Filter {
    name: &'static str,
    label: &'static str,
    all: String,
    choices: Vec<Choice>,
}

struct Column {
    text: String,
    is_number: bool,
}

struct Row {
    uscc: String,
    name: String,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "pool/firms.html")]
struct FirmsPage {
    frame: Frame,
    tabs: Vec<Way>,
    lead: String,
    path: &'static str,
    filters: Vec<Filter>,
    chips: Vec<Chip>,
    /// Whether figures are seen that need a purpose, and none is stated yet.
    wants_purpose: bool,
    sees_guarded: bool,
    purpose: String,
    figures: Vec<(String, String, String)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    deeds: Vec<Deed>,
    pager: Pager,
    empty: &'static str,
    export: String,
}

/// What both lists are made from.
struct Ground {
    snapshot: Snapshot,
    firms: std::sync::Arc<Firms>,
    members: Arc<Members>,
    reader: Reader,
    division: Option<DivisionCode>,
    class: Option<usize>,
}

async fn ground(visitor: &Visitor, asked: &Asked) -> Result<Ground, Failure> {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let division = places::asked(&office.pack, &reader.scope, &asked.division)?;
    let letter = Some(asked.class.as_str()).filter(|text| !text.is_empty());
    let class = super::super::candidates::class_of(&office.pack, letter)?;
    let (snapshot, firms) = newest(office, None).await?;
    Ok(Ground {
        members: members(office).await?,
        snapshot,
        firms,
        reader,
        division,
        class,
    })
}

impl Ground {
    fn words<'a>(&'a self, pack: &'a Pack) -> Words<'a> {
        let day = self.snapshot.as_of.last_day();
        let threshold = pack.parameter(&pack.scale.threshold);
        Words {
            pack,
            scope: &self.reader.scope,
            firms: &self.firms,
            threshold: threshold.and_then(|threshold| threshold.on(day)),
        }
    }
}

impl Asked {
    fn address(&self, path: &str) -> Address {
        Address::of(path)
            .with("division", &self.division)
            .with("class", &self.class)
            .with("standing", &self.standing)
            .with("purpose", &self.purpose)
    }

    fn chips(&self, office: &Office, path: &str, division: Option<DivisionCode>) -> Vec<Chip> {
        let address = self.address(path);
        let chip = |name: &str, label: &str, value: String| Chip {
            label: label.to_string(),
            value,
            without: address.without(name).to_string(),
        };
        let mut chips = Vec::new();
        if let Some(code) = division {
            chips.push(chip("division", "市、县", office.pack.divisions.name(code)));
        }
        if !self.class.is_empty() {
            chips.push(chip("class", "类别", format!("{}类", self.class)));
        }
        if !self.standing.is_empty() {
            let text = if self.standing == DECLARED {
                "已申报"
            } else {
                "未申报"
            };
            chips.push(chip("standing", "申报", text.to_string()));
        }
        chips
    }
}

/// Writes the purpose down where one is needed; says whether figures may be shown.
async fn may_show(office: &Office, reader: &Reader, asked: &Asked, what: &str) -> Result<bool> {
    if reader.sees_guarded() && asked.purpose.trim().is_empty() {
        return Ok(false);
    }
    let purpose = Some(asked.purpose.as_str());
    reader
        .state_purpose(office, what.to_string(), purpose)
        .await?;
    Ok(true)
}

fn filters(office: &Office, ground: &Ground, asked: &Asked) -> Vec<Filter> {
    let pack = &office.pack;
    let classes = pack.classes.iter();
    let classes = classes.map(|class| {
        let text = format!("{} {}", class.letter, class.name);
        (class.letter.clone(), text)
    });
    vec![
        Filter {
            name: "division",
            label: "市、县",
            all: places::whole(pack, &ground.reader.scope),
            choices: places::choices(pack, &ground.reader.scope, ground.division),
        },
        Filter {
            name: "class",
            label: "类别",
            all: "全部".to_string(),
            choices: choices(classes, &asked.class),
        },
    ]
}

/// How many firms each class has.
fn figures(pack: &Pack, found: &Found, address: &Address) -> Vec<(String, String, String)> {
    let mut figures = Vec::new();
    for (class, count) in pack.classes.iter().zip(&found.counts) {
        let own = address.with("class", &class.letter).to_string();
        let name = format!("{} {}", class.letter, class.name);
        figures.push((name, grouped(count.unsigned_abs()), own));
    }
    let undecided = grouped(found.undecided.unsigned_abs());
    figures.push(("数据不足".to_string(), undecided, String::new()));
    figures
}

/// Candidates can be admitted by those who may.
fn admission(visitor: &Visitor) -> Vec<Deed> {
    let deed = Deed {
        address: "/pool/admissions",
        text: "纳入培育库",
        is_main: true,
    };
    visitor
        .may(Right::Admit)
        .then_some(deed)
        .into_iter()
        .collect()
}

/// `GET /pool/candidates`.
pub async fn list_candidates(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    const PATH: &str = "/pool/candidates";
    let office = visitor.office();
    let pack = &office.pack;
    let ground = ground(&visitor, &asked).await?;
    let is_open = may_show(office, &ground.reader, &asked, "培育库候选名单").await?;
    let mut found = find(
        office,
        &ground.snapshot,
        &ground.firms,
        &ground.reader.scope,
        ground.division,
    )
    .await?;
    let figures = figures(pack, &found, &asked.address(PATH));
    let wanted = ground.class;
    found
        .firms
        .retain(|(_, class)| wanted.is_none_or(|wanted| wanted == *class));
    let count = found.firms.len();
    let pager = Pager::of(&asked.address(PATH), asked.page, PAGE, count, "家");
    let parameters = pack.parameters_on(ground.snapshot.as_of.last_day());
    let words = ground.words(pack);
    let shown = if is_open {
        pager.cut(&found.firms)
    } else {
        &[]
    };
    let table = listed(office, &words, shown, &parameters);
    if wants_json(&headers) {
        return json(is_open, table);
    }
    let (columns, rows) = shown_rows(&table);
    let page = FirmsPage {
        frame: visitor.frame("培育库候选企业", "/pool").await?,
        tabs: tabs(PATH),
        lead: format!(
            "截至{}，符合四类之一、尚未入库的企业 {} 家；按全年达规概率从高到低排列。",
            ground.snapshot.as_of.in_words(),
            pager.total
        ),
        path: PATH,
        filters: filters(office, &ground, &asked),
        chips: asked.chips(office, PATH, ground.division),
        wants_purpose: !is_open,
        sees_guarded: ground.reader.sees_guarded(),
        purpose: asked.purpose.clone(),
        figures,
        columns,
        rows,
        deeds: admission(&visitor),
        pager,
        empty: "没有符合条件的候选企业",
        export: String::new(),
    };
    html(&page)
}

fn json(is_open: bool, table: Table) -> Outcome {
    if !is_open {
        refuse::<()>("查看税务或统计原值要写明用途（purpose），用途记入日志")?;
    }
    answer_json(&Report::new("培育库企业").table(table))
}

/// The rows of a table whose first two columns are code and name.
fn shown_rows(table: &Table) -> (Vec<Column>, Vec<Row>) {
    let is_number = |place: usize| table.rows.iter().any(|row| row[place].is_number());
    let columns = table.columns.iter().enumerate().skip(2);
    let columns = columns.map(|(place, (_, text))| Column {
        text: text.clone(),
        is_number: is_number(place),
    });
    let rows = table.rows.iter().map(|row| Row {
        uscc: row[0].shown(),
        name: row[1].shown(),
        cells: row[2..].iter().map(Field::shown).collect(),
    });
    (columns.collect(), rows.collect())
}

const DECLARED: &str = "declared";
const NOT_DECLARED: &str = "open";

fn standing_filter(chosen: &str) -> Filter {
    let standings = [(NOT_DECLARED, "未申报"), (DECLARED, "已申报")];
    let standings = standings.map(|(id, text)| (id.to_string(), text.to_string()));
    Filter {
        name: "standing",
        label: "申报入统",
        all: "全部".to_string(),
        choices: choices(standings.into_iter(), chosen),
    }
}

/// `GET /pool/members`.
pub async fn list_members(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    const PATH: &str = "/pool/members";
    let office = visitor.office();
    let pack = &office.pack;
    let ground = ground(&visitor, &asked).await?;
    let is_open = may_show(office, &ground.reader, &asked, "培育库在库名单").await?;
    let found = in_pool(pack, &ground, &asked);
    let pager = Pager::of(&asked.address(PATH), asked.page, PAGE, found.len(), "家");
    let shown = if is_open { pager.cut(&found) } else { &[] };
    let table = members_table(office, &ground, shown);
    if wants_json(&headers) {
        return json(is_open, table);
    }
    let (columns, rows) = shown_rows(&table);
    let mut filters = filters(office, &ground, &asked);
    filters.push(standing_filter(&asked.standing));
    let deed = |address, text, is_main| Deed {
        address,
        text,
        is_main,
    };
    let page = FirmsPage {
        frame: visitor.frame("在库企业", "/pool").await?,
        tabs: tabs(PATH),
        lead: format!(
            "现在库 {} 家；阶段和概率按截至{}的运行。",
            pager.total,
            ground.snapshot.as_of.in_words()
        ),
        path: PATH,
        filters,
        chips: asked.chips(office, PATH, ground.division),
        wants_purpose: !is_open,
        sees_guarded: ground.reader.sees_guarded(),
        purpose: asked.purpose.clone(),
        figures: Vec::new(),
        columns,
        rows,
        deeds: match visitor.may(Right::Admit) {
            true => vec![
                deed("/pool/declarations", "申报入统", true),
                deed("/pool/withdrawals", "撤回申报", false),
                deed("/pool/removals", "移出培育库", false),
            ],
            false => Vec::new(),
        },
        pager,
        empty: "没有符合条件的在库企业",
        export: match visitor.may(Right::Export) {
            true => Address::of("/pool/export")
                .with("division", &asked.division)
                .to_string(),
            false => String::new(),
        },
    };
    html(&page)
}

/// Members of the pool that the reader may see, the likeliest first.
fn in_pool(pack: &Pack, ground: &Ground, asked: &Asked) -> Vec<usize> {
    let firms = &ground.firms;
    let is_wanted = |firm: &usize, member: &Membership| {
        let standing = match asked.standing.as_str() {
            DECLARED => member.standing.declared,
            NOT_DECLARED => !member.standing.declared,
            _ => true,
        };
        let class = ground.class.is_none() || firms.first_class(*firm) == ground.class;
        member.standing.admitted
            && standing
            && class
            && inside(firms, *firm, ground.division)
            && ground.reader.scope.covers_firm(&firms.whereabouts(*firm))
    };
    let known = ground.members.iter().filter_map(|(key, member)| {
        let firm = firms.keys().binary_search(key).ok()?;
        is_wanted(&firm, member).then_some(firm)
    });
    let mut found: Vec<usize> = known.collect();
    found.sort_by_cached_key(|firm| {
        let above = Probability::of(pack, firms, *firm).map(|above| above.parts);
        let place = (firms.area(*firm), firms.county(*firm));
        (Reverse(above), place, firms.uscc(*firm).to_string())
    });
    found
}

fn members_table(office: &Office, ground: &Ground, shown: &[usize]) -> Table {
    let (pack, firms) = (&office.pack, &ground.firms);
    let words = ground.words(pack);
    let columns = [
        ("uscc", "统一社会信用代码"),
        ("name", "企业名称"),
        ("area", "省辖市"),
        ("county", "县（市、区）"),
        ("class", "类别"),
        ("stage", "所在阶段"),
        ("standing", "申报入统"),
        ("last_on", "最近一次办理"),
        ("above", "全年达规概率"),
        ("landing", "全年落点"),
        ("reach", "可达情况"),
    ];
    let mut table = Table::new("members", "在库企业", &columns);
    for firm in shown.iter().copied() {
        let member = ground
            .members
            .get(&firms.keys()[firm])
            .copied()
            .unwrap_or_default();
        let class = firms.first_class(firm).map(|class| &pack.classes[class]);
        let stage = firms
            .stage(firm)
            .map(|stage| pack.stages[stage].name.clone());
        let above = Probability::of(pack, firms, firm);
        table.row(vec![
            Field::text(firms.uscc(firm).to_string()),
            Field::text(firms.name(firm)),
            super::super::division(office, firms.area(firm)),
            super::super::division(office, firms.county(firm)),
            class.map_or(Field::Empty, |class| {
                Field::text(format!("{} {}", class.letter, class.name))
            }),
            stage.map_or(Field::Unknown, Field::text),
            Field::text(if member.standing.declared {
                "已申报"
            } else {
                "未申报"
            }),
            member
                .last_on
                .map_or(Field::Empty, |on| Field::text(on.to_string())),
            above.map_or(Field::Unknown, |above| above.shown(pack, words.scope)),
            words.landing(firm),
            words.reach(firm),
        ]);
    }
    table
}
