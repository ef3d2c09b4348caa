//! An office's own list beside the register and the candidates.

use super::acts::list;
use super::members;
use crate::cli::CompareArgs;
use crate::office::Office;
use crate::outlook::newest;
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use crate::sight;
use anyhow::Result;
use programme::outlook::{Firms, explain_class};
use programme::people::{Organisation, Scope};
use programme::pool::{Comparison, Listed, Verdict, compare};

pub(super) async fn command(office: &Office, arguments: &CompareArgs) -> Result<Report> {
    let (batch, rows) = list(office, arguments.batch).await?;
    let (snapshot, firms) = newest(office, None).await?;
    let reader = Reader::of(office, None, None)?;
    let members = members(office).await?;
    // Who has a region of his own is not told what is missing from elsewhere.
    let region = match reader.scope.place() {
        None => batch.region,
        Some(own) => office.pack.divisions.place(own).map(|place| place.area),
    };
    let mut compared = compare(&office.pack, &rows, &firms, &members, region);
    restrict(&mut compared, &firms, &reader.scope);
    let mut summary = Table::new(
        "verdicts",
        "比对结果",
        &[("verdict", "情况"), ("count", "家数")],
    );
    for verdict in Verdict::ALL {
        summary.row(vec![
            Field::text(verdict.in_words()),
            Field::Count(compared.count(verdict) as i64),
        ]);
    }
    let parameters = office.pack.parameters_on(snapshot.as_of.last_day());
    let table = listed(office, &firms, &compared, &parameters, arguments.limit);
    let other = compared.other_class(&office.pack).count();
    Ok(Report::new(format!(
        "第{}批次培育库名单与名录、候选比对  截至{}",
        batch.id,
        snapshot.as_of.in_words()
    ))
    .fact("listed", "名单家数", Field::Count(rows.len() as i64))
    .fact(
        "other_class",
        "类别与数据不一致",
        Field::Count(other as i64),
    )
    .note("名单上的金额只作该名单的说法保存，不作为企业数据使用")
    .table(summary)
    .table(table))
}

/// Firms of others are, for a reader, firms that nobody knows.
fn restrict(compared: &mut Comparison, firms: &Firms, scope: &Scope) {
    let is_own = |firm: usize| scope.covers_firm(&firms.whereabouts(firm));
    for listed in &mut compared.firms {
        if listed.firm.is_some_and(|firm| !is_own(firm)) {
            listed.firm = None;
            listed.class = None;
            listed.verdict = match listed.verdict {
                Verdict::MissingFromList => Verdict::MissingFromList,
                _ => Verdict::NotRegistered,
            };
        }
    }
    let is_hidden =
        |listed: &Listed| listed.verdict == Verdict::MissingFromList && listed.firm.is_none();
    compared.firms.retain(|listed| !is_hidden(listed));
}

/// Firm by firm, the noteworthy first.
fn listed(
    office: &Office,
    firms: &Firms,
    compared: &Comparison,
    parameters: &[Option<i64>],
    limit: usize,
) -> Table {
    let mut table = Table::new(
        "firms",
        "逐户",
        &[
            ("uscc", "统一社会信用代码"),
            ("name", "企业名称"),
            ("verdict", "情况"),
            ("class", "数据所示类别"),
            ("reason", "理由"),
        ],
    );
    // Reasons are said in bands: whoever reads the list, no purpose was stated for figures.
    let scope = Scope::of(
        &office.pack,
        &Organisation::Agency(office.pack.office.agency.clone()),
    );
    let noteworthy = compared
        .firms
        .iter()
        .filter(|listed| listed.verdict != Verdict::Member);
    let mut noteworthy: Vec<_> = noteworthy.collect();
    noteworthy.sort_by_cached_key(|listed| {
        let place = listed
            .firm
            .map(|firm| (firms.area(firm), firms.county(firm)));
        (listed.verdict, place, listed.uscc.to_string())
    });
    for listed in noteworthy.into_iter().take(limit) {
        let class = listed.class.map(|class| &office.pack.classes[class]);
        let reason = match (listed.firm, listed.class) {
            (Some(firm), Some(class)) => {
                let why = explain_class(&office.pack, class, &firms.facts(firm), parameters);
                sight::reasons(&office.pack, &scope, &why)
            }
            _ => String::new(),
        };
        table.row(vec![
            Field::text(listed.uscc.to_string()),
            Field::text(listed.name.clone()),
            Field::text(listed.verdict.in_words()),
            class.map_or(Field::Empty, |class| {
                Field::text(format!("{} {}", class.letter, class.name))
            }),
            Field::text(reason),
        ]);
    }
    table
}
