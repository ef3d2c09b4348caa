//! Coverage as people read it: each area and county against its target, as far as the reader's
//! region goes, with the sum of the province above.

use crate::cli::CoverageArgs;
use crate::grounds::sums_now;
use crate::office::Office;
use crate::outlook::newest;
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::people::Scope;
use programme::pool::Coverage;
use rules::pack::Pack;
use rules::period::Month;

/// What one reader may read of coverage.
pub struct Shown {
    pub as_of: Month,
    /// The whole province; nothing where a division was asked for.
    pub total: Option<Coverage>,
    /// One area's surplus does not fill another's gap.
    pub total_gap: Option<u32>,
    /// Areas, each followed by its counties where they were asked for.
    pub lines: Vec<Coverage>,
    pub has_targets: bool,
}

/// Coverage as far as the reader's region goes.
pub async fn shown(office: &Office, arguments: &CoverageArgs) -> Result<Shown> {
    let reader = Reader::of(office, None, None)?;
    let scope = &reader.scope;
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let all = &sums.coverage;
    let areas: Vec<&Coverage> = all.iter().filter(|line| line.is_area).collect();
    let whole = arguments.division.is_none();
    // Who has one area alone looks at its counties.
    let counties = arguments.counties || !whole || !scope.covers_province();
    let is_shown = |line: &&Coverage| {
        let wanted = match arguments.division {
            None => true,
            Some(code) => code == line.area || line.county == Some(code),
        };
        wanted && (line.is_area || counties) && covers(&office.pack, scope, line)
    };
    Ok(Shown {
        as_of: snapshot.as_of,
        total: whole.then(|| total(&areas)),
        total_gap: areas.iter().map(|line| line.missing()).sum(),
        has_targets: all.iter().any(|line| line.target.is_some()),
        lines: all.iter().filter(is_shown).cloned().collect(),
    })
}

/// Whether a line is within a reader's region.
fn covers(pack: &Pack, scope: &Scope, line: &Coverage) -> bool {
    let code = match (line.is_area, line.county) {
        (false, Some(county)) => county,
        _ => line.area,
    };
    scope.covers_division(pack, code)
}

/// What a line is called.
pub fn name(pack: &Pack, line: &Coverage) -> String {
    match (line.is_area, line.county) {
        (true, _) => pack.divisions.name(line.area),
        (false, Some(county)) => pack.divisions.name(county),
        (false, None) => "市直及县级待核".to_string(),
    }
}

pub(super) async fn command(office: &Office, arguments: &CoverageArgs) -> Result<Report> {
    let shown = shown(office, arguments).await?;
    let mut report = Report::new(format!("培育库覆盖  截至{}", shown.as_of.in_words()));
    if !shown.has_targets {
        report = report.note(format!(
            "{}年度目标尚未下达，不能计算应建数；先办理 shenggui targets measure",
            shown.as_of.year()
        ));
    }
    let mut table = coverage_table(office);
    if let Some(total) = &shown.total {
        let mut row = coverage_row("全省合计", total);
        row[6] = Field::maybe_count(shown.total_gap);
        table.row(row);
    }
    for line in &shown.lines {
        let indent = if line.is_area { "" } else { "　" };
        let name = format!("{indent}{}", name(&office.pack, line));
        table.row(coverage_row(&name, line));
    }
    Ok(report
        .note("覆盖倍数按在库与本年由库内升规的企业合计计算，升规不会使一个市显得不足")
        .table(table))
}

fn coverage_table(office: &Office) -> Table {
    let mut table = Table::new(
        "coverage",
        "",
        &[
            ("division", "地区"),
            ("target", "年度目标"),
            ("required", "应建"),
            ("in_pool", "在库"),
            ("promoted", "本年已升规"),
            ("multiple", "覆盖倍数"),
            ("missing", "缺口"),
        ],
    );
    let letters = ["class_1", "class_2", "class_3", "class_4"];
    for (class, key) in office.pack.classes.iter().zip(letters) {
        table.columns.push((key, format!("{}类", class.letter)));
    }
    table.columns.push(("other", "其他".to_string()));
    table
}

fn coverage_row(name: &str, line: &Coverage) -> Vec<Field> {
    let mut row = vec![
        Field::text(name),
        Field::maybe_count(line.target),
        Field::maybe_count(line.required),
        Field::count(line.in_pool),
        Field::count(line.promoted),
        line.target.map_or(Field::Empty, |target| Field::Multiple {
            part: i64::from(line.counted()),
            of: i64::from(target),
        }),
        Field::maybe_count(line.missing()),
    ];
    row.extend(line.by_class.iter().map(|count| Field::count(*count)));
    row
}

/// The sum of areas; a target only where every area has one.
fn total(areas: &[&Coverage]) -> Coverage {
    let sum = |pick: fn(&Coverage) -> Option<u32>| {
        areas.iter().map(|line| pick(line)).sum::<Option<u32>>()
    };
    let classes = areas.first().map_or(0, |line| line.by_class.len());
    Coverage {
        area: 0,
        county: None,
        is_area: true,
        target: sum(|line| line.target),
        required: sum(|line| line.required),
        in_pool: areas.iter().map(|line| line.in_pool).sum(),
        promoted: areas.iter().map(|line| line.promoted).sum(),
        by_class: (0..classes)
            .map(|class| areas.iter().map(|line| line.by_class[class]).sum())
            .collect(),
    }
}
