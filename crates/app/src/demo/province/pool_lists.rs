//! The areas' own lists of their pools, with what offices get wrong in them.

use super::chance::{hash, unit};
use super::confirmed::{Spell, THRESHOLD, area_targets};
use super::faults;
use super::files::Table;
use super::firms::{Identity, World};
use super::monthly::stranger_code;
use super::names;
use super::register::spell_day;
use chrono::NaiveDate;
use rules::period::Month;
use std::path::Path;

/// Where the line below the title names the unit.
const UNIT_COLUMN: u16 = 12;
const POOL_FACTOR: f64 = 1.2;
/// Months after commissioning in which a firm counts as new.
const NEW_MONTHS: i32 = 24;
const FEN_PER_WAN: f64 = 1_000_000.0;
const FEN_PER_YUAN: f64 = 100.0;
const IN_SCALE_SHARE: f64 = 0.008;
const STRANGER_SHARE: f64 = 0.02;
const YUAN_SHARE: f64 = 0.015;

/// A firm that an area may put on its list.
pub struct Candidate {
    firm: u32,
    class: &'static str,
    last_year: i64,
    so_far: i64,
    score: f32,
}

impl Candidate {
    /// Its place among the firms of the province.
    pub fn firm(&self) -> usize {
        self.firm as usize
    }
}

/// What each area puts on its list as of `month`, in the order of the areas.
pub fn candidates(world: &World, spells: &[Spell], month: Month) -> Vec<Vec<Candidate>> {
    let mut lists: Vec<Vec<Candidate>> = world.areas.iter().map(|_| Vec::new()).collect();
    let mut from = 0;
    for index in 0..world.len() {
        while spells
            .get(from)
            .is_some_and(|spell| (spell.firm as usize) < index)
        {
            from += 1;
        }
        let stays = spells[from..]
            .iter()
            .take_while(|spell| spell.firm as usize == index);
        let stays: Vec<&Spell> = stays
            .filter(|spell| i32::from(spell.entered) <= month.index())
            .collect();
        if let Some((area, candidate)) = candidate(world, &stays, index, month) {
            lists[area].push(candidate);
        }
    }
    for (area, (list, target)) in lists.iter_mut().zip(area_targets(world)).enumerate() {
        let pace = unit(hash([
            world.recipe.seed,
            area as u64,
            month.index() as u64,
            81,
        ]));
        let wanted = (target * POOL_FACTOR * (0.8 + 0.35 * pace)).ceil() as usize;
        list.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.firm.cmp(&b.firm)));
        list.truncate(wanted);
    }
    lists
}

fn candidate(
    world: &World,
    stays: &[&Spell],
    index: usize,
    month: Month,
) -> Option<(usize, Candidate)> {
    let Some(firm) = world.drawn(index) else {
        return fixture_candidate(world, index, month);
    };
    let age = month.index() - i32::from(firm.commissioned);
    if age < 0 || !firm.delivers_in(month) {
        return None;
    }
    let draw = unit(hash([
        world.recipe.seed,
        index as u64,
        month.index() as u64,
        82,
    ]));
    let is_in = stays
        .last()
        .is_some_and(|stay| i32::from(stay.left) > month.index());
    if is_in && draw > IN_SCALE_SHARE {
        return None;
    }
    let rolling = sum(world, index, month.plus(-11), 12);
    let class = if rolling >= THRESHOLD {
        "达规未入"
    } else if age <= NEW_MONTHS && rolling >= THRESHOLD / 4 {
        "新投产"
    } else if !stays.is_empty() && rolling >= THRESHOLD * 2 / 5 {
        "再次升规"
    } else if rolling >= THRESHOLD / 2 {
        "临规"
    } else {
        return None;
    };
    let favour = match class {
        "新投产" => 1.5,
        "再次升规" => 1.3,
        _ => 1.0,
    };
    let weight = if is_in { 2.0 } else { favour * (0.3 + draw) };
    let candidate = Candidate {
        firm: index as u32,
        class,
        last_year: last_year(world, index, month),
        so_far: so_far(world, index, month),
        score: (rolling.min(THRESHOLD) as f64 / THRESHOLD as f64 * weight) as f32,
    };
    Some((usize::from(firm.area), candidate))
}

/// A fixture firm stands on the list where its entry says so, ahead of all others.
fn fixture_candidate(world: &World, index: usize, month: Month) -> Option<(usize, Candidate)> {
    let fixture = &world.fixtures[index];
    let class = POOL_CLASSES
        .iter()
        .find(|class| fixture.pool.as_deref() == Some(**class))?;
    if fixture.noted_until(month) > month {
        return None;
    }
    let area = world
        .areas
        .iter()
        .position(|area| *area == fixture.area())?;
    let candidate = Candidate {
        firm: index as u32,
        class,
        last_year: last_year(world, index, month),
        so_far: so_far(world, index, month),
        score: f32::MAX,
    };
    Some((area, candidate))
}

fn last_year(world: &World, index: usize, month: Month) -> i64 {
    let january = month.plus(1 - month.number() as i32);
    sum(world, index, january.plus(-12), 12)
}

fn so_far(world: &World, index: usize, month: Month) -> i64 {
    let months = month.number() as i32;
    sum(world, index, month.plus(1 - months), months)
}

fn sum(world: &World, index: usize, from: Month, months: i32) -> i64 {
    (0..months)
        .filter_map(|step| world.sales(index, from.plus(step)))
        .sum()
}

const POOL_CLASSES: [&str; 6] = ["达规未入", "新投产", "再次升规", "退规待返", "临规", "成长"];
const TROUBLES: [&str; 8] = ["", "", "", "用工", "流动资金", "用地", "订单不足", "环评"];
const POOL_HEADER: [&str; 20] = [
    "序号",
    "县区",
    "企业名称",
    "统一社会信用代码",
    "法定代表人",
    "联系人及电话",
    "详细地址",
    "行业（代码/名称）",
    "主要产品",
    "成立时间",
    "投产时间",
    "从业人数",
    "上年营业收入",
    "本年累计营业收入",
    "预计全年",
    "预计升规时间",
    "类别",
    "包联责任人",
    "存在问题",
    "备注",
];

/// Writes the list of one area.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(
    world: &World,
    area: usize,
    list: &[Candidate],
    month: Month,
    path: &Path,
    made_on: NaiveDate,
) -> anyhow::Result<()> {
    let mut table = Table::sheet(path, "培育库", made_on)?;
    let code = world.areas[area];
    let counties = world
        .codes
        .counties
        .iter()
        .find(|county| county.area == code);
    let area_name = counties.map_or("", |county| county.area_name.as_str());
    let title = format!("{}年“小升规”重点企业培育库名单", month.year());
    if let Table::Sheet(sheet) = &mut table {
        sheet.merge((0, POOL_HEADER.len() as u16 - 1), 1, &title)?;
    }
    table.end_row()?;
    table.word(&format!("填报单位：{area_name}工业和信息化局"))?;
    if let Table::Sheet(sheet) = &mut table {
        sheet.skip_to(UNIT_COLUMN);
    }
    table.word("单位：万元")?;
    table.end_row()?;
    table.words(&POOL_HEADER)?;
    for (place, candidate) in list.iter().enumerate() {
        write_candidate(world, &mut table, place + 1, candidate, month)?;
    }
    table.close()
}

/// What the list says of a firm beside its code, name and figures.
#[derive(Default)]
struct Particulars {
    county: String,
    industry_code: String,
    industry_name: String,
    established: String,
    commissioned: String,
}

fn particulars(world: &World, index: usize, month: Month, spelling: u64) -> Particulars {
    let mut told = Particulars::default();
    if let Some(firm) = world.drawn(index) {
        let industry = &world.codes.industries[usize::from(firm.industry)];
        told.county
            .clone_from(&world.codes.counties[world.county_of(firm, month)].name);
        told.industry_code.clone_from(&industry.code);
        told.industry_name.clone_from(&industry.name);
        told.established = spell_day(firm.established, firm.day, spelling);
        told.commissioned = spell_day(firm.commissioned, firm.day, spelling >> 3);
    } else if let Some(fixture) = world.fixtures.get(index) {
        let state = fixture.state(month);
        let county = world
            .codes
            .counties
            .iter()
            .find(|one| one.code == state.division);
        let industry = world
            .codes
            .industries
            .iter()
            .find(|one| one.code == state.industry);
        told.county = county.map_or(String::new(), |county| county.name.clone());
        told.industry_code.clone_from(&state.industry);
        told.industry_name = industry.map_or(String::new(), |industry| industry.name.clone());
        told.established = fixture.established.to_string();
        told.commissioned = fixture.commissioned.to_string();
    }
    told
}

fn write_candidate(
    world: &World,
    table: &mut Table,
    number: usize,
    candidate: &Candidate,
    month: Month,
) -> anyhow::Result<()> {
    let index = candidate.firm as usize;
    let draw = hash([world.recipe.seed, index as u64, month.index() as u64, 83]);
    let mut identity = Identity::default();
    world.identify(index, month, &mut identity);
    let drawn = world.drawn(index);
    if let Some(firm) = drawn.filter(|_| unit(draw) < STRANGER_SHARE) {
        let code = stranger_code(world, usize::from(firm.county), index);
        identity.code = names::code_text(&code).to_string();
        identity.name.insert_str(0, "筹建中");
    } else if drawn.is_some() {
        let fault = faults::of_row(world.recipe.seed, draw | 1, index);
        faults::spoil_code(&mut identity.code, fault);
    }
    // Some rows hold yuan although the title says 万元.
    let is_in_yuan = drawn.is_some() && unit(hash([draw, 1, 0, 0])) < YUAN_SHARE;
    let unit_fen = if is_in_yuan {
        FEN_PER_YUAN
    } else {
        FEN_PER_WAN
    };
    let figure = |fen: i64| format!("{:.1}", fen as f64 / unit_fen);
    let told = particulars(world, index, month, draw);
    let persons = world
        .figures(index, month)
        .map_or(0, |figures| figures.persons);
    table.number(&number.to_string())?;
    for word in [
        told.county.as_str(),
        &identity.name,
        &identity.code,
        "（略）",
        "（略）138****0000",
        &format!("{}产业集聚区", told.county),
        &format!("{}/{}", told.industry_code, told.industry_name),
        &told.industry_name,
        &told.established,
        &told.commissioned,
    ] {
        table.word(word)?;
    }
    table.number(&persons.to_string())?;
    table.number(&figure(candidate.last_year))?;
    table.number(&figure(candidate.so_far))?;
    table.number(&figure(candidate.so_far / i64::from(month.number()) * 12))?;
    let trouble = TROUBLES[((draw >> 50) & 7) as usize];
    for word in [
        &expected(month, draw),
        candidate.class,
        "（略）",
        trouble,
        "",
    ] {
        table.word(word)?;
    }
    table.end_row()
}

/// When the office expects the firm to enter, as offices spell months.
fn expected(month: Month, draw: u64) -> String {
    let month = month.plus(2 + ((draw >> 40) % 10) as i32);
    match draw >> 62 {
        0 => month.to_string(),
        1 => month.in_words(),
        _ => format!("{}.{}", month.year(), month.number()),
    }
}
