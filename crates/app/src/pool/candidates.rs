//! Firms that fit a class of the pool and are not in it, those first that are likeliest to land
//! above scale this year.

use super::{division, members};
use crate::cli::CandidatesArgs;
use crate::grounds::fits;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::outlook::prospect::{Probability, Words};
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use crate::sight;
use anyhow::Result;
use programme::outlook::{Firms, Snapshot, explain_class};
use programme::people::{Scope, Whereabouts};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::uscc::Uscc;
use std::sync::Arc;

/// What was found of all firms that a reader may see.
pub(super) struct Found {
    /// Per class of the pack.
    pub counts: Vec<i64>,
    pub undecided: i64,
    /// Firms and their classes.
    pub firms: Vec<(usize, usize)>,
}

pub(super) async fn command(office: &Office, arguments: &CandidatesArgs) -> Result<Report> {
    let pack = &office.pack;
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let wanted = class_of(pack, arguments.class.as_deref())?;
    let mut found = find(office, &snapshot, &firms, &reader.scope, arguments.division).await?;
    let (subject, purpose) = ("培育库候选名单".to_string(), arguments.purpose.as_deref());
    reader.state_purpose(office, subject, purpose).await?;
    found
        .firms
        .retain(|(_, class)| wanted.is_none_or(|wanted| wanted == *class));
    let all = found.firms.len();
    let mut summary = Table::new(
        "classes",
        "四类家数",
        &[("class", "类别"), ("count", "家数")],
    );
    for (class, count) in pack.classes.iter().zip(&found.counts) {
        let name = format!("{} {}", class.letter, class.name);
        summary.row(vec![Field::text(name), Field::Count(*count)]);
    }
    let mut report = Report::new(format!("培育库候选  截至{}", snapshot.as_of.in_words()))
        .fact("total", "候选合计", Field::Count(found.counts.iter().sum()))
        .fact(
            "undecided",
            "数据不足、尚不能判断",
            Field::Count(found.undecided),
        )
        .table(summary);
    if all > arguments.limit {
        let limit = arguments.limit;
        report = report.note(format!("共{all}家，只列出前{limit}家，用 --limit 增加"));
    }
    let day = snapshot.as_of.last_day();
    let parameters = pack.parameters_on(day);
    let words = Words {
        pack,
        scope: &reader.scope,
        firms: &firms,
        threshold: pack
            .parameter(&pack.scale.threshold)
            .and_then(|threshold| threshold.on(day)),
    };
    found.firms.truncate(arguments.limit);
    Ok(report
        .note("按全年达规概率从高到低排列，概率待补的排在最后")
        .table(listed(office, &words, &found.firms, &parameters)))
}

/// Codes of the candidates that a scope covers, the likeliest first.
pub async fn candidates_of(office: &Office, scope: &Scope) -> Result<Vec<Uscc>> {
    let (snapshot, firms) = newest(office, None).await?;
    let found = find(office, &snapshot, &firms, scope, None).await?;
    let codes = found.firms.iter().map(|(firm, _)| firms.uscc(*firm));
    Ok(codes.collect())
}

pub(super) fn class_of(pack: &Pack, letter: Option<&str>) -> Result<Option<usize>> {
    let Some(letter) = letter else {
        return Ok(None);
    };
    let mut classes = pack.classes.iter();
    match classes.position(|class| class.letter.eq_ignore_ascii_case(letter)) {
        Some(found) => Ok(Some(found)),
        None => refuse(format!("没有“{letter}”类，可用 A、B、C、D")),
    }
}

/// Firms outside the pool that a reader may see, by the classes that they fit.
pub(super) async fn find(
    office: &Office,
    snapshot: &Snapshot,
    firms: &Arc<Firms>,
    scope: &Scope,
    division: Option<DivisionCode>,
) -> Result<Found> {
    let fits = fits(office, snapshot, firms).await?;
    let members = members(office).await?;
    let is_found = |place: &Whereabouts| {
        let is_there = division.is_none() || place.area == division || place.county == division;
        let is_admitted = || {
            let member = members.get(&place.key);
            member.is_some_and(|member| member.standing.admitted)
        };
        is_there && scope.covers_firm(place) && !is_admitted()
    };
    let mut found = Found {
        counts: vec![0; office.pack.classes.len()],
        undecided: 0,
        firms: Vec::new(),
    };
    for own in fits.firms.iter().filter(|own| is_found(&own.place)) {
        found.counts[own.class] += 1;
        found.firms.push((own.firm, own.class));
    }
    let undecided = fits.undecided.iter().filter(|(_, place)| is_found(place));
    found.undecided = undecided.count() as i64;
    Ok(found)
}

pub(super) fn listed(
    office: &Office,
    words: &Words<'_>,
    chosen: &[(usize, usize)],
    parameters: &[Option<i64>],
) -> Table {
    let (pack, firms) = (words.pack, words.firms);
    let mut table = Table::new(
        "candidates",
        "候选企业",
        &[
            ("uscc", "统一社会信用代码"),
            ("name", "企业名称"),
            ("area", "省辖市"),
            ("county", "县（市、区）"),
            ("class", "类别"),
            ("above", "全年达规概率"),
            ("landing", "全年落点"),
            ("reach", "可达情况"),
            ("reason", "理由"),
        ],
    );
    for (firm, class) in chosen.iter().copied() {
        let reasons = explain_class(pack, class, &firms.facts(firm), parameters);
        let held = &pack.classes[class];
        let above = Probability::of(pack, firms, firm);
        table.row(vec![
            Field::text(firms.uscc(firm).to_string()),
            Field::text(firms.name(firm)),
            division(office, firms.area(firm)),
            division(office, firms.county(firm)),
            Field::text(format!("{} {}", held.letter, held.name)),
            above.map_or(Field::Unknown, |above| above.shown(pack, words.scope)),
            words.landing(firm),
            words.reach(firm),
            Field::text(sight::reasons(pack, words.scope, &reasons)),
        ]);
    }
    table
}
