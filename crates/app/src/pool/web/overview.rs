//! Coverage of areas and counties, whether the pool is enough, and an office's list beside the
//! candidates.

use super::super::{comparison, coverage, export, sufficiency};
use super::tabs;
use crate::cli::{CompareArgs, CoverageArgs, SufficiencyArgs};
use crate::deliveries::sees_batch;
use crate::page::{self, Link, Page, wants_json};
use crate::report::Field;
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Choice, Way, answer_json, file};
use crate::web::places;
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use programme::deliveries;
use programme::pool::Coverage;
use programme::pool::sufficiency::Sampling;
use rules::money::grouped;
use rules::pack::roles::Right;
use serde::Deserialize;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    counties: String,
}

/// One area or county.
struct Line {
    name: String,
    /// Where it leads further down; nowhere for a county.
    address: String,
    is_area: bool,
    members: String,
    candidates: String,
    target: String,
    required: String,
    in_pool: String,
    promoted: String,
    multiple: String,
    missing: String,
    meaning: &'static str,
    word: &'static str,
    by_class: Vec<String>,
}

#[derive(Template)]
#[template(path = "pool/coverage.html")]
struct CoveragePage {
    frame: Frame,
    tabs: Vec<Way>,
    as_of: String,
    place: String,
    has_targets: bool,
    may_export: bool,
    export: String,
    counties: bool,
    places: Vec<Choice>,
    whole: String,
    classes: Vec<String>,
    total: Option<Line>,
    lines: Vec<Line>,
}

/// `GET /pool`.
pub async fn show_coverage(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let scope = &visitor.seat()?.scope;
    let division = places::asked(&office.pack, scope, &asked.division)?;
    let arguments = CoverageArgs {
        as_of: None,
        division,
        counties: !asked.counties.is_empty(),
    };
    if wants_json(&headers) {
        return answer_json(&coverage::command(office, &arguments).await?);
    }
    let shown = coverage::shown(office, &arguments).await?;
    let mut classes: Vec<String> = office
        .pack
        .classes
        .iter()
        .map(|class| format!("{}类", class.letter))
        .collect();
    classes.push("其他".to_string());
    let place = division.map(|code| office.pack.divisions.name(code));
    let page = CoveragePage {
        frame: visitor.frame("培育库", "/pool").await?,
        tabs: tabs("/pool"),
        as_of: shown.as_of.in_words(),
        place: place.unwrap_or_else(|| places::whole(&office.pack, scope)),
        has_targets: shown.has_targets,
        may_export: visitor.may(Right::Export),
        export: Address::of("/pool/export")
            .with("division", &asked.division)
            .to_string(),
        counties: arguments.counties,
        places: places::choices(&office.pack, scope, division),
        whole: places::whole(&office.pack, scope),
        classes,
        total: shown.total.as_ref().map(|total| Line {
            missing: shown
                .total_gap
                .map_or("—".to_string(), |gap| grouped(gap.into())),
            ..line("全省合计".to_string(), total)
        }),
        lines: shown
            .lines
            .iter()
            .map(|own| line(coverage::name(&office.pack, own), own))
            .collect(),
    };
    html(&page)
}

fn line(name: String, own: &Coverage) -> Line {
    let number = |number: Option<u32>| number.map_or("—".to_string(), |n| grouped(n.into()));
    let (meaning, word) = match own.missing() {
        None => ("unknown", "未下达目标"),
        Some(0) => ("on-course", "足够"),
        Some(_) => ("behind", "不足"),
    };
    let code = match (own.is_area, own.county) {
        (false, Some(county)) => Some(county),
        (false, None) => None,
        (true, _) => Some(own.area).filter(|code| *code > 0),
    };
    let to = |path: &str| {
        let code = code.map(|code| Address::of(path).with("division", code).to_string());
        code.unwrap_or_default()
    };
    Line {
        name,
        address: if own.is_area {
            to("/pool")
        } else {
            String::new()
        },
        is_area: own.is_area,
        members: to("/pool/members"),
        candidates: to("/pool/candidates"),
        target: number(own.target),
        required: number(own.required),
        in_pool: grouped(own.in_pool.into()),
        promoted: grouped(own.promoted.into()),
        multiple: match own.target {
            None => "—".to_string(),
            Some(target) => Field::Multiple {
                part: i64::from(own.counted()),
                of: i64::from(target),
            }
            .shown(),
        },
        missing: number(own.missing()),
        meaning,
        word,
        by_class: own
            .by_class
            .iter()
            .map(|count| grouped((*count).into()))
            .collect(),
    }
}

#[derive(Deserialize)]
pub struct AskedArea {
    #[serde(default)]
    area: String,
    #[serde(default)]
    purpose: String,
}

/// `GET /pool/sufficiency`.
pub async fn show_sufficiency(
    visitor: Visitor,
    Query(asked): Query<AskedArea>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let scope = &visitor.seat()?.scope;
    let Sampling { seed, draws, .. } = Sampling::default();
    let chosen = places::asked(&office.pack, scope, &asked.area)?;
    let area = chosen.or(scope.place());
    let arguments = SufficiencyArgs {
        area: area.map(|code| code.to_string()),
        counties: false,
        year: None,
        seed,
        draws,
        agency: None,
        purpose: Some(asked.purpose).filter(|text| !text.trim().is_empty()),
    };
    let report = sufficiency::command(office, &arguments).await?;
    let mut links: Vec<Link> = tabs("/pool/sufficiency").into_iter().map(link).collect();
    if scope.covers_province() {
        let areas = office.pack.divisions.areas();
        links.extend(areas.map(|own| Link {
            address: format!("/pool/sufficiency?area={}", own.code),
            text: own.name.clone(),
            is_current: chosen == Some(own.code),
        }));
    }
    page::answer(&visitor, "/pool", Page::of(report).linked(links), &headers).await
}

fn link(way: Way) -> Link {
    Link {
        address: way.address,
        text: way.text,
        is_current: way.is_current,
    }
}

#[derive(Deserialize)]
pub struct AskedBatch {
    #[serde(default)]
    batch: Option<i64>,
}

/// Lists of offices that are offered for comparison.
const LISTS: usize = 60;
/// Firms of a comparison that are shown.
const FIRMS: usize = 200;

#[derive(Template)]
#[template(path = "pool/comparison.html")]
struct ComparisonPage {
    frame: Frame,
    tabs: Vec<Way>,
    lists: Vec<Choice>,
    batch: Option<i64>,
    may_admit: bool,
    title: String,
    facts: Vec<(String, String)>,
    verdicts: Vec<(String, String)>,
    firms: Vec<Vec<String>>,
}

/// `GET /pool/comparison`.
pub async fn show_comparison(
    visitor: Visitor,
    Query(asked): Query<AskedBatch>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let all = deliveries::batches(office.db.reading())
        .await
        .map_err(anyhow::Error::from)?;
    let lists = all.iter().rev().filter(|batch| batch.kind == "pool-list");
    let seen: Vec<&deliveries::Batch> = lists.filter(|batch| sees_batch(office, batch)).collect();
    if asked
        .batch
        .is_some_and(|id| seen.iter().all(|own| own.id != id))
    {
        return Err(Failure::NotHere);
    }
    let batch = asked.batch.or(seen.first().map(|batch| batch.id));
    let mut page = ComparisonPage {
        frame: visitor.frame("培育库名单比对", "/pool").await?,
        tabs: tabs("/pool/comparison"),
        lists: seen
            .iter()
            .take(LISTS)
            .map(|own| Choice {
                value: own.id.to_string(),
                text: format!(
                    "第{}批次　{}　{}",
                    own.id,
                    own.month.in_words(),
                    own.file_name
                ),
                is_chosen: batch == Some(own.id),
            })
            .collect(),
        batch,
        may_admit: visitor.may(Right::Admit),
        title: String::new(),
        facts: Vec::new(),
        verdicts: Vec::new(),
        firms: Vec::new(),
    };
    if let Some(batch) = batch {
        let limit = FIRMS;
        let report = comparison::command(office, &CompareArgs { batch, limit }).await?;
        if wants_json(&headers) {
            return answer_json(&report);
        }
        let pair = |row: &Vec<Field>| (row[0].shown(), row[1].shown());
        page.title = report.title;
        page.facts = report
            .facts
            .iter()
            .map(|fact| (fact.label.clone(), fact.field.shown()))
            .collect();
        page.verdicts = report.tables[0].rows.iter().map(pair).collect();
        let firms = report.tables[1].rows.iter();
        page.firms = firms
            .map(|row| row.iter().map(Field::shown).collect())
            .collect();
    }
    html(&page)
}

/// `GET /pool/export`: the pool in the columns that offices use.
pub async fn download_pool(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let scope = &visitor.seat()?.scope;
    let division = places::asked(&office.pack, scope, &asked.division)?;
    let made = export::workbook(office, division, None).await?;
    Ok(file(&format!("{}.xlsx", made.title), made.bytes))
}
