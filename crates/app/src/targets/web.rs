//! A year's targets in the browser: measuring to issuing, and how far everybody is. Each step
//! goes through the same workflow as the command line.

mod preview;

use super::command;
use super::course::{Drawing, course};
use super::page::{self, Forms, RoundView, forms, ground, not_begun, round_view};
use crate::cli::{
    AdjustArgs, ApproveArgs, ConsultArgs, IssueArgs, MeasureArgs, Signature, TargetsCommand,
};
use crate::extent::Extent;
use crate::office::today;
use crate::plan::completion;
use crate::report::Field;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect};
use chrono::Datelike;
use programme::targets::progress::{Progress, Standing};
use programme::targets::{self, progress::DivisionProgress};
use rules::pack::divisions::DivisionCode;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Years for which targets can be looked at or set: from the plan's first to the next.
const YEARS_AHEAD: i32 = 1;

pub fn routes() -> Routes {
    let targets = Access::May(Right::Targets);
    let set = Access::May(Right::SetTargets);
    Routes::new()
        .get("/targets", targets, show_targets)
        .get("/targets/measuring", set, preview::preview_measuring)
        .post("/targets/measurings", set, create_measuring)
        .post("/targets/adjustments", set, create_adjustment)
        .post(
            "/targets/opinions",
            Access::MayAny(&[Right::Consult, Right::SetTargets]),
            create_opinion,
        )
        .post("/targets/approvals", set, create_approval)
        .post("/targets/issues", set, create_issue)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    year: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    total: String,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "targets.html")]
struct Page {
    frame: Frame,
    year: i32,
    /// Code of the area that the page is about; empty for the province.
    area: String,
    name: String,
    years: Vec<Choice>,
    round: Option<RoundView>,
    steps: Vec<page::Step>,
    forms: Forms,
    chart: Option<Drawing>,
    progress: Option<ProgressView>,
    restatements: Vec<[String; 7]>,
    back: Option<String>,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

struct ProgressView {
    as_of: String,
    standing: &'static str,
    linear: u32,
    expected: u32,
    rows: Vec<ProgressRow>,
}

struct ProgressRow {
    name: String,
    address: String,
    is_total: bool,
    class: &'static str,
    word: &'static str,
    cells: Vec<String>,
}

async fn show_targets(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let pack = &office.pack;
    let scope = &visitor.seat()?.scope;
    let extent = Extent::chosen(pack, scope, &asked.area)?.ok_or(Failure::NotHere)?;
    let newest = programme::outlook::newest(office.db.reading(), None).await?;
    let now = newest.map_or(today().year(), |own| own.as_of.year());
    let years = years(&visitor, now);
    let year = match asked.year.trim().parse() {
        Ok(year) if years.contains(&year) => year,
        _ if asked.year.trim().is_empty() => now,
        _ => return Err(Failure::NotHere),
    };
    let ground = ground(office, extent);
    let round = match ground {
        Some(ground) => targets::round(office.db.reading(), year, ground).await?,
        None => None,
    };
    let (view, forms) = match ground {
        Some(ground) => (
            round_view(&visitor, year, ground, round.as_ref()).await?,
            forms(&visitor, year, ground, round.as_ref()).await?,
        ),
        None => (None, Forms::default()),
    };
    let course = course(office, year).await?;
    let back = (extent != Extent::Province && scope.covers_province())
        .then(|| format!("/targets?year={year}"));
    let mut frame = visitor.frame("目标进度", "/targets").await?;
    frame.flash = done(&asked.done);
    html(&Page {
        year,
        area: extent
            .code()
            .map_or(String::new(), |code| format!("{code:06}")),
        name: extent.name(pack),
        years: years
            .iter()
            .map(|own| Choice {
                value: own.to_string(),
                text: format!("{own}年"),
                is_chosen: *own == year,
            })
            .collect(),
        round: view,
        steps: not_begun(),
        forms,
        chart: course.as_ref().and_then(|own| own.chart(pack, extent)),
        progress: course.map(|own| progress_view(&visitor, own.newest(), extent)),
        restatements: restatements(&visitor, year).await?,
        back,
        frame,
    })
}

fn years(visitor: &Visitor, now: i32) -> Vec<i32> {
    let first = visitor.office().pack.targets.first();
    let first = first.map_or(now, |own| own.year).min(now);
    (first..=now.max(today().year()) + YEARS_AHEAD)
        .rev()
        .collect()
}

fn done(code: &str) -> Option<Flash> {
    let text = match code {
        "measured" => "测算已存入，下一步会商",
        "adjusted" => "调整已存入，合计不变",
        "consulted" => "会商意见已存入",
        "approved" => "批准已登记，下一步编号下达",
        "issued" => "目标已下达，从现在起按它计算进度",
        _ => return None,
    };
    Some(Flash {
        kind: "done".to_string(),
        text: text.to_string(),
    })
}

/// The province's line is for everybody; areas and counties for who has them in the region.
fn progress_view(visitor: &Visitor, progress: &Progress, extent: Extent) -> ProgressView {
    let pack = &visitor.office().pack;
    let is_shown = |code: Option<DivisionCode>| {
        let seat = visitor.seat().ok();
        let scope = seat.map(|seat| &seat.scope);
        scope
            .zip(code)
            .is_some_and(|(scope, code)| scope.covers_division(pack, code))
    };
    let mut rows = vec![row(
        progress,
        "全省合计".to_string(),
        &progress.province,
        String::new(),
    )];
    rows[0].is_total = true;
    for area in &progress.areas {
        let code = area.area.division;
        let name = |line: &DivisionProgress| match line.division {
            Some(code) => pack.divisions.name(code),
            None => "市直及县级待核".to_string(),
        };
        let is_own = extent.code().is_some() && code == extent.code();
        let address = match (code, extent) {
            (Some(code), Extent::Province) if !area.counties.is_empty() => {
                format!("/targets?year={}&area={code:06}", progress.as_of.year())
            }
            _ => String::new(),
        };
        if is_shown(code) && (extent == Extent::Province || is_own) {
            rows.push(row(progress, name(&area.area), &area.area, address));
        }
        let counties = area.counties.iter().filter(|county| match extent {
            Extent::Area(_) => is_own && is_shown(code),
            Extent::County(own) => county.division == Some(own),
            Extent::Province | Extent::Zone(_) => false,
        });
        rows.extend(counties.map(|county| row(progress, name(county), county, String::new())));
    }
    ProgressView {
        as_of: progress.as_of.in_words(),
        standing: match progress.standing {
            Standing::Preliminary => "初步数",
            Standing::Final => "核定数",
        },
        linear: progress.linear_percent,
        expected: progress.expected_percent,
        rows,
    }
}

fn row(progress: &Progress, name: String, line: &DivisionProgress, address: String) -> ProgressRow {
    let is_behind = line.is_behind(progress.expected_percent);
    let (class, word) = match is_behind.filter(|_| line.target != Some(0)) {
        None if line.target.is_some() => ("unknown", "无目标"),
        None => ("unknown", "未下达"),
        Some(true) => ("behind", "低于预期"),
        Some(false) => ("on-course", "达到预期"),
    };
    let cells = [
        Field::maybe_count(line.target),
        Field::count(line.entered),
        Field::count(line.first),
        Field::count(line.returned),
        completion(line),
        Field::count(line.entered_year_before),
        Field::count(line.left),
        Field::Count(line.net()),
        Field::count(line.in_scale),
    ];
    ProgressRow {
        name,
        address,
        is_total: false,
        class,
        word,
        cells: cells.iter().map(Field::shown).collect(),
    }
}

/// Figures of the year that were later found otherwise, of what the reader may see.
async fn restatements(visitor: &Visitor, year: i32) -> Result<Vec<[String; 7]>, Failure> {
    let office = visitor.office();
    let pack = &office.pack;
    let scope = &visitor.seat()?.scope;
    let province: Option<DivisionCode> = pack.about.division.parse().ok();
    let all = targets::restatements(office.db.reading(), None).await?;
    let own = all.into_iter().filter(|change| {
        let is_shown =
            Some(change.division) == province || scope.covers_division(pack, change.division);
        change.as_of.year() == year && is_shown
    });
    let rows = own.map(|change| {
        [
            change.as_of.in_words(),
            pack.divisions.name(change.division),
            change.before.entered.to_string(),
            change.after.entered.to_string(),
            change.before.left.to_string(),
            change.after.left.to_string(),
            match change.after.standing {
                Standing::Preliminary => "初步数".to_string(),
                Standing::Final => "核定数".to_string(),
            },
        ]
    });
    Ok(rows.collect())
}

/// The year and the area of an act; the province where no area is named.
struct Wish {
    year: i32,
    area: Option<DivisionCode>,
}

/// # Errors
/// [`Failure::NotHere`] for an area that is not the visitor's to set.
fn wish(visitor: &Visitor, year: &str, area: &str) -> Result<Wish, Failure> {
    let seat = visitor.seat()?;
    let year = year.trim().parse();
    let Ok(year) = year else {
        return Err(Failure::Malformed("年份请写成四位数字".to_string()));
    };
    let extent = Extent::chosen(&visitor.office().pack, &seat.scope, area)?;
    let area = match extent {
        Some(Extent::Province) => None,
        Some(Extent::Area(code)) => Some(code),
        _ => return Err(Failure::NotHere),
    };
    Ok(Wish { year, area })
}

/// Everything that a form may hold.
#[derive(Deserialize)]
struct Given {
    year: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    total: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    count: String,
    #[serde(default)]
    with: String,
    #[serde(default)]
    text: String,
}

fn signature(visitor: &Visitor) -> Result<Signature, Failure> {
    Ok(Signature {
        agency: visitor.seat()?.organisation.id(),
        person: String::new(),
        on: None,
    })
}

/// Does what a form asks for, and leads to the page that shows it.
async fn perform(visitor: &Visitor, wanted: TargetsCommand, wish: &Wish, code: &str) -> Outcome {
    command(visitor.office(), &wanted).await?;
    let area = wish.area.filter(|_| {
        !visitor
            .seat()
            .is_ok_and(|seat| seat.scope.place().is_some())
    });
    let area = area.map_or(String::new(), |code| format!("&area={code:06}"));
    let address = format!("/targets?year={}{area}&done={code}", wish.year);
    Ok(Redirect::to(&address).into_response())
}

async fn create_measuring(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let wish = wish(&visitor, &given.year, &given.area)?;
    let total = given.total.trim().parse().ok();
    let wanted = TargetsCommand::Measure(MeasureArgs {
        year: wish.year,
        total,
        area: wish.area,
        base: None,
        signature: signature(&visitor)?,
    });
    perform(&visitor, wanted, &wish, "measured").await
}

async fn create_adjustment(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let wish = wish(&visitor, &given.year, &given.area)?;
    let wanted = TargetsCommand::Adjust(AdjustArgs {
        year: wish.year,
        area: wish.area,
        moves: vec![format!(
            "{}:{}:{}",
            given.from,
            given.to,
            given.count.trim()
        )],
        reason: given.text,
        signature: signature(&visitor)?,
    });
    perform(&visitor, wanted, &wish, "adjusted").await
}

/// The own opinion, or another's that was given on paper where the visitor sets the targets.
async fn create_opinion(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let wish = wish(&visitor, &given.year, &given.area)?;
    let own = visitor.seat()?.organisation.id();
    let with = match given.with.trim() {
        "" => own,
        _ if !visitor.may(Right::SetTargets) => return Err(Failure::Denied),
        with => with.to_string(),
    };
    let wanted = TargetsCommand::Consult(ConsultArgs {
        year: wish.year,
        area: wish.area,
        with,
        opinion: given.text,
        signature: signature(&visitor)?,
    });
    perform(&visitor, wanted, &wish, "consulted").await
}

async fn create_approval(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let wish = wish(&visitor, &given.year, &given.area)?;
    let wanted = TargetsCommand::Approve(ApproveArgs {
        year: wish.year,
        area: wish.area,
        note: given.text,
        signature: signature(&visitor)?,
    });
    perform(&visitor, wanted, &wish, "approved").await
}

async fn create_issue(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let wish = wish(&visitor, &given.year, &given.area)?;
    let wanted = TargetsCommand::Issue(IssueArgs {
        year: wish.year,
        area: wish.area,
        document: given.text,
        signature: signature(&visitor)?,
    });
    perform(&visitor, wanted, &wish, "issued").await
}
