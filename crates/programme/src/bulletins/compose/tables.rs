//! The tables of a bulletin: areas, counties, and counties without a new firm.
//!
//! Columns are chosen by what there is: without targets no column speaks of completion.

use super::super::document::{Annex, Block, Cell, RowWeight, Table, TableColumn, TableRow};
use super::ledger::{Ledger, Origin};
use super::picture::Picture;
use super::words;
use crate::pool::coverage::Coverage;
use crate::targets::progress::{DivisionProgress, Standing};
use rules::pack::divisions::DivisionCode;

/// A table with more columns than this lies on its side.
const PORTRAIT_COLUMNS_MAX: usize = 10;

/// What one row of a table is computed from.
struct Line<'a> {
    progress: &'a DivisionProgress,
    target: Option<u32>,
    pool: Pool,
}

/// The figures of a pool; none where nothing is known of it.
#[derive(Default, Clone, Copy)]
struct Pool {
    target: Option<u32>,
    required: Option<u32>,
    in_pool: Option<u32>,
    promoted: Option<u32>,
    counted: Option<u32>,
    missing: Option<u32>,
}

/// A column and the cell that it makes of a row.
struct Column {
    group: Option<&'static str>,
    label: &'static str,
    width: u32,
    /// Whether it says nothing where no target was issued.
    needs_target: bool,
    cell: fn(&Line<'_>) -> Cell,
}

const fn column(
    group: Option<&'static str>,
    label: &'static str,
    width: u32,
    needs_target: bool,
    cell: fn(&Line<'_>) -> Cell,
) -> Column {
    Column {
        group,
        label,
        width,
        needs_target,
        cell,
    }
}

const NEW: Option<&str> = Some("累计新增");
const POOL: Option<&str> = Some("培育库");
const COLUMNS: [Column; 14] = [
    column(None, "年度目标", 10, true, |line| count(line.target)),
    column(NEW, "合计", 8, false, |line| known(line.progress.entered)),
    column(NEW, "首次", 8, false, |line| known(line.progress.first)),
    column(NEW, "再次", 6, false, |line| {
        known(line.progress.returned)
    }),
    column(None, "完成率", 9, true, |line| Cell::Percent {
        part: i64::from(line.progress.entered),
        of: i64::from(line.target.unwrap_or(0)),
    }),
    column(None, "上年同期", 10, false, |line| {
        known(line.progress.entered_year_before)
    }),
    column(None, "退库", 6, false, |line| known(line.progress.left)),
    column(None, "净增", 8, false, |line| {
        Cell::Count(line.progress.net())
    }),
    column(None, "规上企业", 10, false, |line| {
        known(line.progress.in_scale)
    }),
    column(POOL, "应建", 8, true, |line| count(line.pool.required)),
    column(POOL, "在库", 8, false, |line| count(line.pool.in_pool)),
    column(POOL, "已升规", 8, false, |line| {
        count(line.pool.promoted)
    }),
    column(POOL, "倍数", 9, true, |line| Cell::Multiple {
        part: i64::from(line.pool.counted.unwrap_or(0)),
        of: i64::from(line.pool.target.unwrap_or(0)),
    }),
    column(POOL, "缺口", 6, true, |line| count(line.pool.missing)),
];

/// The annexes that every bulletin has, in order.
pub fn annexes(picture: &Picture<'_>, ledger: &mut Ledger) -> Vec<Annex> {
    let mut annexes = vec![areas(picture), counties(picture)];
    if picture.has_idle_annex() {
        annexes.push(idle(picture));
    }
    for (index, annex) in annexes.iter().enumerate() {
        let command = if index == 0 { "" } else { " --counties" };
        let origin = Origin {
            what: format!("附件{}《{}》各列", index + 1, annex.title),
            query: format!(
                "shenggui targets progress --as-of {month}{command}；shenggui pool coverage --as-of {month}{command}",
                month = picture.month
            ),
        };
        ledger.book(origin, "见表".to_string(), None);
    }
    annexes
}

fn areas(picture: &Picture<'_>) -> Annex {
    let has_target = picture.target().is_some();
    let columns: Vec<&Column> = chosen(has_target);
    let mut headings = vec![heading("序号", 6), heading("地区", 10)];
    headings.extend(columns.iter().map(|column| column.heading()));
    let province = &picture.material.progress.province;
    let total = Line {
        progress: province,
        target: picture.target(),
        pool: Pool::of_all(picture),
    };
    let mut rows = vec![TableRow {
        cells: cells(vec![text(""), text("合计")], &columns, &total),
        weight: RowWeight::Total,
    }];
    for (index, area) in picture.areas.iter().enumerate() {
        let line = Line {
            progress: area.progress,
            target: area.target(),
            pool: Pool::of(area.pool),
        };
        let first = vec![Cell::Count(index as i64 + 1), text(&area.name)];
        rows.push(TableRow {
            cells: cells(first, &columns, &line),
            weight: RowWeight::Plain,
        });
    }
    let subject = if has_target {
        "完成情况表"
    } else {
        "新增情况表"
    };
    let all: u32 = picture.areas.iter().map(|area| area.progress.entered).sum();
    let mut notes = notes(picture, has_target);
    if all != province.entered {
        notes.push("合计中含地区待核的企业。".to_string());
    }
    Annex {
        title: format!("各地“小升规”{subject}"),
        standing: None,
        landscape: true,
        body: Vec::<Block>::new(),
        table: Some(table(picture, headings, rows, notes)),
    }
}

fn counties(picture: &Picture<'_>) -> Annex {
    let has_target = picture
        .areas
        .iter()
        .any(|area| area.counties.iter().any(|county| county.target.is_some()));
    let columns = chosen(has_target);
    let mut headings = vec![heading("地区", 12)];
    headings.extend(columns.iter().map(|column| column.heading()));
    let mut rows = Vec::new();
    for area in &picture.areas {
        let line = Line {
            progress: area.progress,
            target: area.target(),
            pool: Pool::of(area.pool),
        };
        rows.push(TableRow {
            cells: cells(vec![text(&area.name)], &columns, &line),
            weight: RowWeight::Group,
        });
        for county in area.counties {
            // An area without counties is its own county and stands there already.
            if county.division == Some(area.code) {
                continue;
            }
            let line = Line {
                progress: county,
                target: county.target,
                pool: Pool::of(county_pool(picture, area.code, county.division)),
            };
            let name = match county.division {
                Some(code) => picture.material.pack.divisions.name(code),
                None => "县级待核".to_string(),
            };
            rows.push(TableRow {
                cells: cells(vec![text(&name)], &columns, &line),
                weight: RowWeight::Plain,
            });
        }
    }
    Annex {
        title: "县（市、区）“小升规”进展情况表".to_string(),
        standing: None,
        landscape: columns.len() >= PORTRAIT_COLUMNS_MAX,
        body: Vec::<Block>::new(),
        table: Some(table(picture, headings, rows, notes(picture, has_target))),
    }
}

fn idle(picture: &Picture<'_>) -> Annex {
    let divisions = &picture.material.pack.divisions;
    let rows = picture.idle().into_iter().map(|(area, counties)| {
        let names: Vec<String> = counties.iter().map(|code| divisions.name(*code)).collect();
        TableRow {
            cells: vec![
                text(&area.name),
                Cell::Count(counties.len() as i64),
                text(&names.join("、")),
            ],
            weight: RowWeight::Plain,
        }
    });
    let headings = vec![
        heading("地区", 14),
        heading("个数", 8),
        heading("县（市、区）", 62),
    ];
    let note = format!(
        "注：{}没有新增规模以上工业企业的县（市、区）。",
        picture.until()
    );
    Annex {
        title: format!("{}新增的县（市、区）名单", picture.not_yet()),
        standing: None,
        landscape: false,
        body: Vec::<Block>::new(),
        table: Some(Table {
            unit: None,
            columns: headings,
            rows: rows.collect(),
            notes: vec![note],
        }),
    }
}

impl Column {
    fn heading(&self) -> TableColumn {
        TableColumn {
            group: self.group.map(str::to_string),
            label: self.label.to_string(),
            width: self.width,
        }
    }
}

impl Pool {
    fn of(coverage: Option<&Coverage>) -> Pool {
        coverage.map_or_else(Pool::default, |coverage| Pool {
            target: coverage.target,
            required: coverage.required,
            in_pool: Some(coverage.in_pool),
            promoted: Some(coverage.promoted),
            counted: Some(coverage.counted()),
            missing: coverage.missing(),
        })
    }

    fn of_all(picture: &Picture<'_>) -> Pool {
        let sums = picture.pool_sums();
        let aimed = |count: u32| (sums.target > 0).then_some(count);
        Pool {
            target: aimed(sums.target),
            required: aimed(sums.required),
            in_pool: Some(sums.in_pool),
            promoted: Some(sums.promoted),
            counted: aimed(sums.counted),
            missing: aimed(sums.missing),
        }
    }
}

fn county_pool<'a>(
    picture: &Picture<'a>,
    area: DivisionCode,
    county: Option<DivisionCode>,
) -> Option<&'a Coverage> {
    let lines = picture.material.coverage.iter();
    lines
        .filter(|coverage| !coverage.is_area && coverage.area == area)
        .find(|coverage| coverage.county == county)
}

fn chosen(has_target: bool) -> Vec<&'static Column> {
    let columns: &'static [Column] = &COLUMNS;
    columns
        .iter()
        .filter(|column| has_target || !column.needs_target)
        .collect()
}

fn cells(mut first: Vec<Cell>, columns: &[&Column], line: &Line<'_>) -> Vec<Cell> {
    first.extend(columns.iter().map(|column| (column.cell)(line)));
    first
}

fn table(
    picture: &Picture<'_>,
    columns: Vec<TableColumn>,
    rows: Vec<TableRow>,
    notes: Vec<String>,
) -> Table {
    let unit = format!("{}底　　单位：家", picture.month.in_words());
    let notes = notes.iter().enumerate().map(|(index, note)| match index {
        0 => format!("注：1.{note}"),
        _ => format!("{}.{note}", index + 1),
    });
    Table {
        unit: Some(unit),
        columns,
        rows,
        notes: notes.collect(),
    }
}

/// What counts, in the order of the columns.
fn notes(picture: &Picture<'_>, has_target: bool) -> Vec<String> {
    let standing = match picture.material.progress.standing {
        Standing::Preliminary => "初步数",
        Standing::Final => "核定数",
    };
    let mut notes = vec![format!(
        "新增、退库、规上企业家数以统计部门确认的名单为准，为{standing}；新增、退库为{}年累计，净增为新增减退库。",
        picture.year()
    )];
    if has_target {
        let factor = picture.pool_factor().map(words::factor);
        notes.push(format!(
            "培育库应建家数为年度目标的{}倍，向上取整；倍数为在库与{}已升规之和除以年度目标；缺口为应建减在库与已升规之和。",
            factor.as_deref().unwrap_or("规定"),
            picture.this_year()
        ));
    } else if picture.target().is_none() {
        notes.push(format!("{}。", picture.no_target()));
    }
    notes.push(format!(
        "数据取自{}。",
        picture.material.snapshot.in_words()
    ));
    notes
}

fn heading(label: &str, width: u32) -> TableColumn {
    TableColumn {
        group: None,
        label: label.to_string(),
        width,
    }
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_string())
}

fn count(count: Option<u32>) -> Cell {
    count.map_or(Cell::Empty, |count| Cell::Count(i64::from(count)))
}

fn known(count: u32) -> Cell {
    Cell::Count(i64::from(count))
}
