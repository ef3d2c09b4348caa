//! The list as it is sent to a browser.

use super::world::{Dice, World};
use crate::register::list::{ListPage, listed};
use crate::register::wanted::understood;
use crate::web::assets::Assets;
use crate::web::frame::Frame;
use askama::Template;

fn frame() -> Frame {
    Frame {
        title: "企业名单".to_string(),
        banner: None,
        site: String::new(),
        groups: Vec::new(),
        person: None,
        can_search: false,
        notices: 0,
        stamp: None,
        is_enterprise: false,
        assets: Assets::new(),
        flash: None,
    }
}

/// The page that an organisation gets.
fn page(world: &World, reader: &str, query: &str) -> String {
    let book = world.book(reader);
    let (wanted, refusals) = understood(query, &book.seen);
    let faults: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let list = match faults.is_empty() {
        true => Some(listed(&book, &wanted).expect("a list")),
        false => None,
    };
    let page = ListPage::of(frame(), &book, &wanted, query, list, faults);
    page.render().expect("a page")
}

#[test]
fn a_page_holds_the_firms_of_the_region_and_nothing_that_runs() {
    let world = World::drawn(&mut Dice(21), 120);
    for reader in ["省工业和信息化厅", "410300", "411700"] {
        let html = page(
            &world,
            reader,
            "rows=200&columns=name,uscc,sales_12m,reason",
        );
        let book = world.book(reader);
        for firm in 0..world.firms.len() {
            let code = world.firms.uscc(firm);
            let is_own = book.seen.find(code).is_some();
            assert_eq!(html.contains(&code.to_string()), is_own, "{reader} {code}");
        }
        for never in [" style=", " onclick=", "<script>", "=HYPERLINK(\""] {
            assert!(!html.contains(never), "{reader}: {never}");
        }
        assert_eq!(html.matches("<h1>").count(), 1);
    }
}

#[test]
fn what_is_not_understood_is_said_and_nothing_is_listed() {
    let world = World::drawn(&mut Dice(22), 40);
    let query = "where=persons+%3E+%22%3Cb%3E&stage=pool";
    let html = page(&world, "省工业和信息化厅", query);
    assert!(html.contains("条件有误，没有查找"));
    assert!(
        html.contains("persons &#62; &#34;&#60;b&#62;"),
        "the text stays to be put right"
    );
    assert!(!html.contains("data-select"), "no row is shown");
}

#[test]
fn hidden_figures_stand_on_no_page() {
    let world = World::drawn(&mut Dice(23), 80);
    let slot = world.pack.fact_slot("sales_12m").expect("a fact");
    let office = page(
        &world,
        "省工业和信息化厅",
        "rows=200&columns=name,sales_12m",
    );
    let tax = page(&world, "省税务局", "rows=200&columns=name,sales_12m");
    let mut seen = 0;
    for firm in 0..world.firms.len() {
        let Some(fen) = world.firms.fact(firm, slot).filter(|fen| *fen != 0) else {
            continue;
        };
        let cell = format!(">{}<", crate::report::Field::Money(fen).shown());
        assert!(!office.contains(&cell), "{cell}");
        seen += usize::from(tax.contains(&cell));
    }
    assert!(seen > 10);
    assert!(tax.contains("合计"), "money that is seen is added up");
    assert!(!office.contains("合计"));
}
