//! Whether pools are enough, as people read it: the probability to complete the year, the size
//! that would do, and what would help.
//!
//! Sums are for everybody, but not where they are the figure of one or two firms; what is said
//! of a single firm is exact for those who see tax figures and a band for others.

pub mod chances;
mod help;
#[cfg(test)]
mod tests;

use crate::cli::SufficiencyArgs;
use crate::grounds::{prospects, sums_now};
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::reader::Reader;
use crate::register::firm::learnt;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::outlook::{self, Firms, Shocks, Snapshot};
use programme::people::Scope;
use programme::pool::sufficiency::{
    Goal, Ground, Prospect, SIZE_MAX, Sampling, Sufficiency, sufficiency,
};
use programme::pool::{self, Coverage};
use programme::targets::{self, progress::Progress};
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::divisions::Level;
use rules::period::Month;
use std::sync::Arc;

/// Sums over fewer firms than this are the firms' own figures.
const FIRMS_MIN: u32 = 3;

/// What an answer is made from.
struct Material {
    snapshot: Snapshot,
    firms: Arc<Firms>,
    prospects: Arc<Vec<Prospect>>,
    /// The first is the one that was asked for; those within it follow.
    goals: Vec<Goal>,
    coverage: Vec<Coverage>,
    factor_percent: i64,
}

pub(super) async fn command(office: &Office, arguments: &SufficiencyArgs) -> Result<Report> {
    let pack = &office.pack;
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let ground = match &arguments.area {
        Some(text) => ground_of(pack, text)?,
        None => Ground::Province,
    };
    let subject = format!("{}培育库充足程度", ground_name(pack, ground));
    let purpose = arguments.purpose.as_deref();
    reader.state_purpose(office, subject, purpose).await?;
    let as_of = match arguments.year {
        Some(year) => Some(last_month(office, year).await?),
        None => None,
    };
    let (snapshot, firms) = newest(office, as_of).await?;
    // How far firms go together was measured when the snapshot's forecast looked back.
    let learnt = learnt(office, &snapshot).await?;
    let common = learnt.map(|learnt| learnt.forecaster.shared);
    let sampling = Sampling {
        shocks: common.map_or_else(Shocks::default, |common| common.shocks),
        seed: arguments.seed,
        draws: arguments.draws,
    };
    let shown = Shown {
        pack: pack.clone(),
        scope: reader.scope,
        has_help: arguments.area.is_some(),
        sampling,
        years: common.map_or(0, |common| common.years),
    };
    let counties = arguments.counties;
    let made_from = made_from(office, &snapshot, ground, counties, &shown).await?;
    if let Some(report) = office.memory.answer(&made_from) {
        return Ok(report);
    }
    let material = gather(office, snapshot, firms, ground, counties).await?;
    // Seconds of pure computing: other questions are answered meanwhile.
    let report = tokio::task::spawn_blocking(move || shown.report(&material)).await?;
    office.memory.keep_answer(made_from, &report);
    Ok(report)
}

/// Everything that an answer is a function of, as a text to compare.
async fn made_from(
    office: &Office,
    snapshot: &Snapshot,
    ground: Ground,
    counties: bool,
    shown: &Shown,
) -> Result<String> {
    let db = office.db.reading();
    let acts = pool::last_act(db).await?;
    let issued = targets::issued(db, &office.pack, snapshot.as_of.year()).await?;
    let asked = (ground, counties, shown.has_help, shown.sampling);
    Ok(format!(
        "{:?}",
        (snapshot.id, acts, issued, asked, &shown.scope)
    ))
}

/// A city or county by its code or name.
fn ground_of(pack: &Pack, text: &str) -> Result<Ground> {
    let place = pack.divisions.understand(text.trim(), 0);
    let code = place
        .filter(|(place, _)| place.zone.is_none())
        .map(|(place, _)| place.county.unwrap_or(place.area));
    let level = code.and_then(|code| Some((code, pack.divisions.get(code)?.level)));
    match level {
        Some((code, Level::Area)) => Ok(Ground::Area(code)),
        Some((code, Level::County)) => Ok(Ground::County(code)),
        _ => refuse(format!(
            "没有“{text}”这个市或县；同名的县请写六位代码，全省不写 --area"
        )),
    }
}

fn ground_name(pack: &Pack, ground: Ground) -> String {
    match ground {
        Ground::Province => "全省".to_string(),
        Ground::Area(code) | Ground::County(code) => pack.divisions.name(code),
    }
}

async fn gather(
    office: &Office,
    snapshot: Snapshot,
    firms: Arc<Firms>,
    ground: Ground,
    counties: bool,
) -> Result<Material> {
    let day = snapshot.as_of.last_day();
    let Some(factor_percent) = office.pack.pool_factor_percent(day) else {
        return refuse(format!("{}还没有培育库倍数参数", snapshot.as_of.in_words()));
    };
    let sums = sums_now(office, &snapshot, &firms).await?;
    Ok(Material {
        prospects: prospects(office, &snapshot, &firms).await?,
        goals: goals(&sums.progress, ground, counties),
        snapshot,
        firms,
        coverage: sums.coverage.clone(),
        factor_percent,
    })
}

/// The last month of a year that was run.
async fn last_month(office: &Office, year: i32) -> Result<Month> {
    let snapshots = outlook::snapshots(office.db.reading()).await?;
    let months = snapshots.iter().map(|snapshot| snapshot.as_of);
    match months.filter(|month| month.year() == year).max() {
        Some(month) => Ok(month),
        None => refuse(format!(
            "{year}年还没有快照，请先执行 shenggui run --as-of {year}-12 这样的命令"
        )),
    }
}

/// What the ground has to reach, and what those within it have to.
fn goals(progress: &Progress, ground: Ground, has_counties: bool) -> Vec<Goal> {
    let mut goals = Vec::new();
    if ground == Ground::Province {
        goals.push(Goal {
            ground,
            target: progress.province.target,
            entered: progress.province.entered,
        });
    }
    for area in &progress.areas {
        let counties = area.counties.iter();
        let counties = counties.filter_map(|line| Some((Ground::County(line.division?), line)));
        let own = area.area.division.map(Ground::Area);
        let lines = own.map(|own| (own, &area.area)).into_iter().chain(counties);
        for (place, line) in lines {
            let is_wanted = match (ground, place) {
                (Ground::Province, Ground::County(_)) => has_counties,
                (Ground::Province, _) => true,
                (Ground::Area(_), _) => own == Some(ground),
                (Ground::County(_), _) => place == ground,
            };
            if is_wanted {
                goals.push(Goal {
                    ground: place,
                    target: line.target,
                    entered: line.entered,
                });
            }
        }
    }
    goals
}

/// How the answer is shown, and to whom.
struct Shown {
    pack: Arc<Pack>,
    scope: Scope,
    /// Whether the help for the ground asked for is told too.
    has_help: bool,
    sampling: Sampling,
    /// Years on which the shocks were measured; 0 where they are assumed.
    years: u32,
}

impl Shown {
    fn report(&self, material: &Material) -> Report {
        let lines = sufficiency(&material.prospects, &material.goals, &self.sampling);
        let as_of = material.snapshot.as_of;
        let mut report = Report::new(format!("培育库够不够  截至{}", as_of.in_words()));
        report = report.table(self.table(material, &lines));
        let helped = material.goals.first().filter(|_| self.has_help);
        if let Some(goal) = helped {
            let (tables, note) = help::tables(self, material, *goal);
            report.tables.extend(tables);
            report.notes.extend(note.map(str::to_string));
        }
        for note in self.notes(as_of.year(), &lines) {
            report = report.note(note);
        }
        report
    }

    fn table(&self, material: &Material, lines: &[Sufficiency]) -> Table {
        let columns = [
            ("division", "地区"),
            ("target", "目标"),
            ("entered", "已新增"),
            ("still_needed", "还需"),
            ("in_pool", "在库"),
            ("unknown", "待补"),
            ("expected", "预计达规"),
            ("spread", "达规区间"),
            ("reached", "完成概率"),
            ("needed_80", "八成需在库"),
            ("needed_90", "九成需在库"),
            ("needed_95", "九成五需在库"),
            ("multiple", "实需倍数"),
        ];
        let mut table = Table::new("sufficiency", "培育库与还需家数", &columns);
        let factor = Field::Multiple {
            part: material.factor_percent,
            of: 100,
        };
        let factor = factor.shown().replace("0倍", "倍");
        table.columns.push(("rule", format!("按{factor}")));
        for line in lines {
            table.row(self.row(material, line));
        }
        table
    }

    fn row(&self, material: &Material, line: &Sufficiency) -> Vec<Field> {
        let name = ground_name(&self.pack, line.goal.ground);
        let mut row = vec![
            Field::text(match line.goal.ground {
                Ground::County(_) => format!("　{name}"),
                _ => name,
            }),
            Field::maybe_count(line.goal.target),
            Field::count(line.goal.entered),
            Field::maybe_count(line.goal.still_needed()),
            Field::count(line.in_pool),
            Field::count(line.unknown),
        ];
        let is_done = line.goal.still_needed() == Some(0);
        let (number, rest) = match self.standing(line) {
            Standing::Told => (None, Field::Empty),
            Standing::Unknown => (Some(Field::Unknown), Field::Unknown),
            Standing::Hidden => (Some(Field::text("不公开")), Field::Empty),
        };
        let cells = told(line).into_iter().enumerate();
        row.extend(cells.map(|(place, cell)| match (&number, place) {
            (None, _) => cell,
            (Some(number), 0) => number.clone(),
            // What is completed is known to be, whatever the firms.
            (Some(_), 2..=6) if is_done => cell,
            (Some(_), _) => rest.clone(),
        }));
        row.push(rule(line.goal.ground, &material.coverage));
        row
    }

    /// Whether this reader may see what follows from the firms of a pool.
    fn standing(&self, line: &Sufficiency) -> Standing {
        if line.known() == 0 && line.in_pool > 0 {
            return Standing::Unknown;
        }
        if self.may_see(line.known()) {
            Standing::Told
        } else {
            Standing::Hidden
        }
    }

    /// Whether this reader may see a sum over so many firms.
    fn may_see(&self, firms: u32) -> bool {
        firms == 0 || firms >= FIRMS_MIN || self.scope.sees(DataClass::Tax)
    }

    fn notes(&self, year: i32, lines: &[Sufficiency]) -> Vec<String> {
        let percent = |share: f64| (share * 100.0).round() as i64;
        let shocks = self.sampling.shocks;
        let mut notes = vec![
            format!(
                "完成概率由库内各企业的全年达规概率算出，假定达规企业当年都能入统，库外企业不计；同省、同市、同行业企业的共同起伏各占{}%、{}%、{}%，{}",
                percent(shocks.province),
                percent(shocks.area),
                percent(shocks.industry),
                match self.years {
                    0 => "是工作假定".to_string(),
                    1 =>
                        "由上年同期的预测误差算出，其中全省一项一年看不出，仍是工作假定".to_string(),
                    years => format!("由{years}个往年同期的预测误差算出"),
                },
            ),
            format!(
                "八成、九成、九成五需在库是有这样的把握完成还需家数要有多少家在库，按企业都像库内现有的这样推算；实需倍数是九成需在库与还需之比；“—”表示没有目标、没有可用概率或者{}家以内达不到",
                Field::count(SIZE_MAX).shown()
            ),
            "达规区间是十次里有八次落在其中的家数".to_string(),
        ];
        if lines.iter().any(|line| line.unknown > 0) {
            notes.push(
                "“待补”列是没有达规概率的在库企业，按不达规计，所列完成概率因此偏低".to_string(),
            );
        }
        if lines.iter().all(|line| line.goal.target.is_none()) {
            notes.push(format!("{year}年度目标尚未下达，不能计算完成概率"));
        }
        let mut standings = lines.iter().map(|line| self.standing(line));
        if standings.any(|standing| standing == Standing::Hidden) {
            notes.push(format!(
                "概率可用的在库企业不足{FIRMS_MIN}家的，合计数等于企业数据，不公开"
            ));
        }
        notes
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Told,
    /// Nothing is known of any firm of the pool.
    Unknown,
    Hidden,
}

fn told(line: &Sufficiency) -> [Field; 7] {
    let [low, _, high] = line.spread;
    let [eighty, ninety, ninety_five] = line.needed;
    [
        Field::Count(line.expected.round() as i64),
        Field::text(format!("{low}–{high}")),
        line.reached.map_or(Field::Empty, |reached| Field::Percent {
            part: (reached * 1000.0).round() as i64,
            of: 1000,
        }),
        Field::maybe_count(eighty),
        Field::maybe_count(ninety),
        Field::maybe_count(ninety_five),
        line.multiple()
            .map_or(Field::Empty, |(part, of)| Field::Multiple {
                part: i64::from(part),
                of: i64::from(of),
            }),
    ]
}

/// What the rule of the factor says: firms that are missing, as coverage counts them.
fn rule(ground: Ground, coverage: &[Coverage]) -> Field {
    let areas = || coverage.iter().filter(|line| line.is_area);
    let missing = match ground {
        // One area's surplus does not fill another's gap.
        Ground::Province => areas().map(Coverage::missing).sum(),
        Ground::Area(code) => areas()
            .find(|line| line.area == code)
            .and_then(Coverage::missing),
        Ground::County(code) => coverage
            .iter()
            .find(|line| line.county == Some(code))
            .and_then(Coverage::missing),
    };
    match missing {
        None => Field::Empty,
        Some(0) => Field::text("已足"),
        Some(missing) => Field::text(format!("缺{missing}家")),
    }
}
