//! What may be asked of the list, and what is said where it may not.

use super::world::{Dice, World};
use crate::register::columns::Column;
use crate::register::listing;
use crate::register::wanted;
use crate::workbook::Cell;
use programme::people::Scope;
use rules::pack::organisation::Organisation;
use rules::uscc::Uscc;

const OFFICE: &str = "省工业和信息化厅";
const TAX: &str = "省税务局";

fn refused(world: &World, reader: &str, query: &str) -> String {
    match wanted::read(query, &world.book(reader).seen) {
        Ok(wanted) => format!("understood as {}", wanted.query()),
        Err(refusals) => {
            let said = refusals.iter().map(ToString::to_string);
            said.collect::<Vec<String>>().join("\n")
        }
    }
}

#[test]
fn what_is_not_foreseen_is_refused_with_what_is_possible() {
    let world = World::drawn(&mut Dice(1), 20);
    let cases = [
        (
            "sort=persons%3B+DROP+TABLE+x",
            "没有“persons; DROP TABLE x”这一列",
        ),
        ("sort=1", "没有“1”这一列"),
        ("sort=--persons", "没有“-persons”这一列"),
        ("sort=reason", "不能按“阶段依据”排序"),
        ("columns=name,password", "没有“password”这一列"),
        ("colums=name", "没有“colums”这个条件，可用：q、area"),
        ("stage=boss", "阶段没有“boss”，可用：warned、in_scale"),
        ("area=410329", "“410329”不是区划表里的省辖市代码"),
        ("county=%27+OR+1%3D1", "“' OR 1=1”不是区划表里的县"),
        ("industry=99", "行业没有“99”，可用：门类B、C、D"),
        ("size=7", "从业人数没有“7”，可用：0、10"),
        ("page=0", "页码应为1到1000000之间的整数，收到“0”"),
        ("rows=201", "每页家数应为1到200之间的整数，收到“201”"),
        ("verdict=entitled", "要先选一项政策措施"),
        ("measure=free-money", "没有“free-money”这项政策措施"),
        ("warning=pink", "预警级别没有“pink”，可用：none、yellow"),
        ("where=persons+%3E%3D", "自定义条件第1行第"),
        (
            "where=personz+%3E+5",
            "第1字：没有“personz”这个名称：是否想写 persons（从业人数）",
        ),
        ("where=persons+%3E+5%3B+DROP+TABLE+x", "条件里没有分号"),
    ];
    for (query, expected) in cases {
        let said = refused(&world, OFFICE, query);
        assert!(said.contains(expected), "{query}: {said}");
    }
    let both = refused(&world, OFFICE, "stage=boss&sort=boss");
    assert_eq!(both.lines().count(), 2, "{both}");
}

/// A condition, an order or a level over hidden figures would tell them step by step.
#[test]
fn hidden_figures_can_neither_be_asked_for_nor_ordered_by() {
    let world = World::drawn(&mut Dice(2), 20);
    let cases = [
        ("where=sales_12m+%3E%3D+1500", "近12个月应税销售额"),
        ("where=sales_12m+IS+NULL", "近12个月应税销售额"),
        (
            "where=persons+%3E+5+OR+sales_12m+%3E%3D+0",
            "近12个月应税销售额",
        ),
        ("where=landing_above+%3E+50", "全年达规概率"),
        ("sort=sales_12m", "近12个月应税销售额"),
        ("sort=-landing_above", "全年达规概率"),
        ("sort=warning_points", "积分"),
    ];
    for (query, fact) in cases {
        let said = refused(&world, OFFICE, query);
        assert!(said.contains("本账号只能看档次"), "{query}: {said}");
        assert!(said.contains(fact), "{query}: {said}");
    }
    for query in ["where=sales_12m+%3E%3D+1500", "sort=-landing_above"] {
        let said = refused(&world, TAX, query);
        assert!(said.starts_with("understood"), "{query}: {said}");
    }
    // A query that was read for one reader does not find for another.
    let tax = world.book(TAX);
    let wanted = wanted::read("where=sales_12m+%3E%3D+1500", &tax.seen).expect("a query");
    let office = world.book(OFFICE);
    assert!(listing::find(&office, &wanted).is_err());
}

/// Of no fact that is hidden does any cell show the figure.
#[test]
fn cells_of_hidden_facts_are_bands() {
    let world = World::drawn(&mut Dice(3), 60);
    for reader in [OFFICE, TAX, "省统计局", "410300", "410329"] {
        let book = world.book(reader);
        for firm in book.seen.iter() {
            for (slot, fact) in world.pack.facts.iter().enumerate() {
                let known = world.firms.fact(firm.place(), slot);
                let cell = Column::Fact(slot).cell(&book, firm);
                let is_band = matches!(cell, Cell::Text(_) | Cell::Unknown);
                let hidden = !book.seen.scope().sees(fact.class);
                assert!(!hidden || is_band, "{reader} {}: {cell:?}", fact.id);
                assert_eq!(known.is_none(), cell == Cell::Unknown, "{}", fact.id);
                // Nothing at all is a band of its own.
                if hidden && let Some(value) = known.filter(|value| *value != 0) {
                    let shown = fact.kind.in_figures(value.into());
                    assert_ne!(cell.shown(), shown, "{reader} {}", fact.id);
                }
                assert!(!hidden || !Column::Fact(slot).is_sortable(&book.seen));
            }
        }
    }
}

#[test]
fn no_firm_of_another_region_is_found() {
    let world = World::drawn(&mut Dice(4), 200);
    for reader in ["410300", "410329", "411700"] {
        let organisation = Organisation::read(&world.pack, reader).expect("an organisation");
        let scope = Scope::of(&world.pack, &organisation);
        let book = world.book_of(&scope);
        let firms = &world.firms;
        for firm in 0..firms.len() {
            let is_own = scope.covers_firm(&firms.whereabouts(firm));
            let code = firms.uscc(firm);
            assert_eq!(book.seen.find(code).is_some(), is_own, "{reader} {code}");
            let wanted = wanted::read(&format!("q={code}"), &book.seen).expect("a query");
            let listing = listing::find(&book, &wanted).expect("a list");
            assert_eq!(listing.count, usize::from(is_own), "{reader} {code}");
        }
        let count = (0..firms.len())
            .filter(|firm| scope.covers_firm(&firms.whereabouts(*firm)))
            .count();
        assert_eq!(book.seen.len(), count);
    }
    let unknown = Uscc::compose("91410122MB0000001").expect("a code");
    assert_eq!(world.book(OFFICE).seen.find(unknown), None);
}

#[test]
#[should_panic(expected = "found for another reader")]
fn a_proof_of_one_reader_is_worth_nothing_to_another() {
    let world = World::drawn(&mut Dice(5), 200);
    let (luoyang, zhengzhou) = (world.book("410300"), world.book("410100"));
    let firm = luoyang.seen.iter().next().expect("a firm");
    zhengzhou.seen.name(firm);
}

#[test]
fn a_query_is_written_as_it_was_understood() {
    let world = World::drawn(&mut Dice(6), 20);
    let seen = &world.book(OFFICE).seen;
    let query = "page=3&stage=pool&q=+恒昌+&stage=lead&sort=persons&sort=-persons&area=&stage=pool";
    let wanted = wanted::read(query, seen).expect("a query");
    let again = wanted::read(&wanted.query(), seen).expect("a query");
    assert_eq!(wanted, again);
    let q = "%E6%81%92%E6%98%8C";
    assert_eq!(
        wanted.query(),
        format!("q={q}&stage=pool&stage=lead&sort=-persons&page=3")
    );
    let chips: Vec<(String, String)> = wanted
        .chips(&world.pack)
        .into_iter()
        .map(|chip| (chip.text, chip.without))
        .collect();
    let expected = [
        (
            "查找：恒昌",
            "stage=pool&stage=lead&sort=-persons".to_string(),
        ),
        ("阶段：培育", format!("q={q}&stage=lead&sort=-persons")),
        ("阶段：线索", format!("q={q}&stage=pool&sort=-persons")),
    ];
    let expected = expected.map(|(text, without)| (text.to_string(), without));
    assert_eq!(chips, expected);
    assert_eq!(
        wanted.in_words(&world.pack),
        "查找：恒昌；阶段：培育；阶段：线索"
    );
    assert_eq!(
        wanted.query_with("sort", "name"),
        format!("q={q}&stage=pool&stage=lead&sort=name")
    );
    // Another area was chosen while the form still held a county of the one before.
    let query = "area=410300&county=410122&county=410329&zone=410171&sort=name";
    let mut wanted = wanted::read(query, seen).expect("a query");
    wanted.keep_fitting(&world.pack);
    assert_eq!(wanted.query(), "area=410300&county=410329&sort=name");
    assert_eq!(wanted.counties, [410_329]);
}
