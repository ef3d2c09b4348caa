//! The statistics bureau's confirmed list and the areas' own lists of their pools.

use super::chance::{hash, unit};
use super::confirmed::{Spell, THRESHOLD, area_targets};
use super::faults::{self, Fault};
use super::files::{Encoding, Table};
use super::firms::{Identity, World};
use super::monthly::{SHEET_FIRMS_MAX, stranger_code};
use super::names;
use super::register::spell_day;
use chrono::NaiveDate;
use rules::period::Month;
use std::path::Path;

const CONFIRMED_KEY: u64 = 2 << 32;
const POOL_FACTOR: f64 = 1.2;
/// Months after commissioning in which a firm counts as new.
const NEW_MONTHS: i32 = 24;
const FEN_PER_WAN: f64 = 1_000_000.0;
const IN_SCALE_SHARE: f64 = 0.008;
const STRANGER_SHARE: f64 = 0.02;
const YUAN_SHARE: f64 = 0.015;

/// Whether the confirmed list of a month is a workbook.
pub fn confirmed_is_sheet(world: &World, month: Month) -> bool {
    let ends = month == world.recipe.first_month() || month == world.recipe.last_month;
    ends && world.recipe.firms <= SHEET_FIRMS_MAX
}

/// Writes all stays that began by `month`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_confirmed(
    world: &World,
    spells: &[Spell],
    month: Month,
    path: &Path,
    made_on: NaiveDate,
) -> anyhow::Result<()> {
    let mut table = if confirmed_is_sheet(world, month) {
        Table::sheet(path, "规上工业企业", made_on)?
    } else {
        Table::text(path, Encoding::Gb18030)?
    };
    table.words(&["统一社会信用代码", "单位详细名称", "入库时间", "入库类型", "退库时间", "退库原因"])?;
    let door = |is_annual: bool| if is_annual { "年度" } else { "月度" };
    for fixture in &world.fixtures {
        for spell in fixture.spells.iter().filter(|spell| spell.entered <= month) {
            let left = spell.left.as_ref().filter(|(left, _)| *left <= month);
            let (left, reason) = match left {
                Some((left, reason)) => (left.to_string(), reason.as_str()),
                None => (String::new(), ""),
            };
            let entered = spell.entered.to_string();
            table.words(&[&spell.uscc, &spell.name, &entered, door(spell.is_annual), &left, reason])?;
        }
    }
    let mut identity = Identity::default();
    for spell in spells.iter().filter(|spell| i32::from(spell.entered) <= month.index()) {
        let index = spell.firm as usize;
        let (entered, left) = (as_month(spell.entered), as_month(spell.left));
        let Some(entered) = entered else { continue };
        let left = left.filter(|left| *left <= month);
        // Who left keeps the code and the name of then.
        world.identify(index, if left.is_some() { entered } else { month }, &mut identity);
        let fault = faults::of_row(world.recipe.seed, CONFIRMED_KEY, index);
        faults::spoil_code(&mut identity.code, fault);
        let reason = if left.is_some() { spell.reason } else { "" };
        let left = left.map_or(String::new(), |left| left.to_string());
        let row = [identity.code.as_str(), &identity.name, &entered.to_string(),
            door(spell.is_annual), &left, reason];
        table.words(&row)?;
        if fault == Some(Fault::Twice) {
            table.words(&row)?;
        }
    }
    table.close()
}

fn as_month(index: u16) -> Option<Month> {
    Month::from_index(i32::from(index))
}

/// A firm that an area may put on its list.
pub struct Candidate {
    firm: u32,
    class: &'static str,
    last_year: i64,
    so_far: i64,
    score: f32,
}

/// What each area puts on its list as of `month`, in the order of the areas.
pub fn candidates(world: &World, spells: &[Spell], month: Month) -> Vec<Vec<Candidate>> {
    let mut lists: Vec<Vec<Candidate>> = world.areas.iter().map(|_| Vec::new()).collect();
    let mut from = 0;
    for index in 0..world.len() {
        while spells.get(from).is_some_and(|spell| (spell.firm as usize) < index) {
            from += 1;
        }
        let stays = spells[from..].iter().take_while(|spell| spell.firm as usize == index);
        let stays: Vec<&Spell> =
            stays.filter(|spell| i32::from(spell.entered) <= month.index()).collect();
        if let Some((area, candidate)) = candidate(world, &stays, index, month) {
            lists[area].push(candidate);
        }
    }
    for (area, (list, target)) in lists.iter_mut().zip(area_targets(world)).enumerate() {
        let pace = unit(hash([world.recipe.seed, area as u64, month.index() as u64, 81]));
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
    let sum = |from: Month, months: i32| -> i64 {
        (0..months).filter_map(|step| world.sales(index, from.plus(step))).sum()
    };
    let january = month.plus(1 - month.number() as i32);
    let Some(firm) = world.drawn(index) else {
        let fixture = &world.fixtures[index];
        let class = POOL_CLASSES.iter().find(|class| fixture.pool.as_deref() == Some(**class))?;
        if fixture.noted_until(month) > month {
            return None;
        }
        let area = world.areas.iter().position(|area| *area == fixture.area())?;
        let (last_year, so_far) = (sum(january.plus(-12), 12), sum(january, month.number() as i32));
        return Some((
            area,
            Candidate { firm: index as u32, class, last_year, so_far, score: f32::MAX },
        ));
    };
    let age = month.index() - i32::from(firm.commissioned);
    if age < 0 || !firm.delivers_in(month) {
        return None;
    }
    let draw = unit(hash([world.recipe.seed, index as u64, month.index() as u64, 82]));
    let is_in = stays.last().is_some_and(|stay| i32::from(stay.left) > month.index());
    if is_in && draw > IN_SCALE_SHARE {
        return None;
    }
    let rolling = sum(month.plus(-11), 12);
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
    let weight = if is_in { 2.0 } else { 0.3 + draw };
    let candidate = Candidate {
        firm: index as u32,
        class,
        last_year: sum(january.plus(-12), 12),
        so_far: sum(january, month.number() as i32),
        score: ((rolling.min(THRESHOLD * 2)) as f64 / THRESHOLD as f64 * weight) as f32,
    };
    Some((usize::from(firm.area), candidate))
}

const POOL_CLASSES: [&str; 6] = ["达规未入", "新投产", "再次升规", "退规待返", "临规", "成长"];
const POOL_HEADER: [&str; 20] = [
    "序号", "县区", "企业名称", "统一社会信用代码", "法定代表人", "联系人及电话", "详细地址",
    "行业（代码/名称）", "主要产品", "成立时间", "投产时间", "从业人数", "上年营业收入",
    "本年累计营业收入", "预计全年", "预计升规时间", "类别", "包联责任人", "存在问题", "备注",
];

/// Writes the list of one area.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_pool(
    world: &World,
    area: usize,
    list: &[Candidate],
    month: Month,
    path: &Path,
    made_on: NaiveDate,
) -> anyhow::Result<()> {
    let mut table = Table::sheet(path, "培育库", made_on)?;
    let code = world.areas[area];
    let counties = world.codes.counties.iter().find(|county| county.area == code);
    let area_name = counties.map_or("", |county| county.area_name.as_str());
    let title = format!("{}年“小升规”重点企业培育库名单（单位：万元）", month.year());
    if let Table::Sheet(sheet) = &mut table {
        sheet.merge((0, POOL_HEADER.len() as u16 - 1), 1, &title)?;
    }
    table.end_row()?;
    table.words(&[&format!("填报单位：{area_name}工业和信息化局")])?;
    table.words(&POOL_HEADER)?;
    for (place, candidate) in list.iter().enumerate() {
        write_candidate(world, &mut table, place + 1, candidate, month)?;
    }
    table.close()
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
    let fixture = world.fixtures.get(index);
    let drawn = world.drawn(index);
    let (county, industry) = match (drawn, fixture) {
        (Some(firm), _) => (
            world.codes.counties.get(world.county_of(firm, month)),
            world.codes.industries.get(usize::from(firm.industry)),
        ),
        (None, fixture) => {
            let state = fixture.map(|fixture| fixture.state(month));
            let counties = world.codes.counties.iter();
            let industries = world.codes.industries.iter();
            (
                state.and_then(|state| counties.into_iter().find(|c| c.code == state.division)),
                state.and_then(|state| industries.into_iter().find(|i| i.code == state.industry)),
            )
        }
    };
    let is_drawn = drawn.is_some();
    if is_drawn && unit(draw) < STRANGER_SHARE {
        let place = drawn.map_or(0, |firm| usize::from(firm.county));
        identity.code = names::code_text(&stranger_code(world, place, index)).to_string();
        identity.name.insert_str(0, "筹建中");
    } else if is_drawn {
        faults::spoil_code(&mut identity.code, faults::of_row(world.recipe.seed, draw | 1, index));
    }
    // Some rows hold yuan although the title says 万元.
    let in_yuan = is_drawn && unit(hash([draw, 1, 0, 0])) < YUAN_SHARE;
    let scale = if in_yuan { FEN_PER_WAN / 10_000.0 } else { FEN_PER_WAN };
    let figure = |fen: i64| format!("{:.1}", fen as f64 / scale);
    let county = county.map_or("", |county| county.name.as_str());
    let trade = industry.map_or("", |industry| industry.name.as_str());
    let code = industry.map_or("", |industry| industry.code.as_str());
    let (established, commissioned) = match (drawn, fixture) {
        (Some(firm), _) => (
            spell_day(firm.established, firm.day, draw),
            spell_day(firm.commissioned, firm.day, draw >> 3),
        ),
        (None, Some(fixture)) => (fixture.established.to_string(), fixture.commissioned.to_string()),
        (None, None) => (String::new(), String::new()),
    };
    let persons = world.figures(index, month).map_or(0, |figures| figures.persons);
    let expected = month.plus(2 + (draw >> 40) as i32 % 10);
    let months = i64::from(month.number());
    table.number(&number.to_string())?;
    let address = format!("{county}产业集聚区");
    let trade_text = format!("{code}/{trade}");
    for word in [county, &identity.name, &identity.code, "（略）", "（略）138****0000", &address,
        &trade_text, trade, &established, &commissioned]
    {
        table.word(word)?;
    }
    table.number(&persons.to_string())?;
    table.number(&figure(candidate.last_year))?;
    table.number(&figure(candidate.so_far))?;
    table.number(&figure(candidate.so_far / months * 12))?;
    let expected = match draw >> 60 & 3 {
        0 => expected.to_string(),
        1 => expected.in_words(),
        _ => format!("{}.{}", expected.year(), expected.number()),
    };
    let trouble = ["", "", "", "用工", "流动资金", "用地", "订单不足", "环评"][(draw >> 50 & 7) as usize];
    for word in [expected.as_str(), candidate.class, "（略）", trouble, ""] {
        table.word(word)?;
    }
    table.end_row()
}
