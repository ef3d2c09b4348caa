//! Files of lists: they hold what the list shows, and no text in them runs.

use super::world::{Dice, World};
use crate::cli::PackSource;
use crate::office::{Office, make};
use crate::register::export::{Asked, Export, Form, prepare};
use crate::register::listing;
use crate::register::wanted;
use crate::workbook::{Cell, pipe};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use programme::journal::Act;
use rules::pack::days_since_epoch;
use rules::pack::organisation::Organisation;
use rules::period::Month;
use std::io::Cursor;
use std::sync::Arc;

async fn office() -> (tempfile::TempDir, Office) {
    let folder = tempfile::tempdir().expect("a folder");
    let office = make(folder.path(), &PackSource::default()).await;
    (folder, office.expect("an office"))
}

fn act(organisation: &str, office: &Office) -> Act {
    Act {
        organisation: Organisation::read(&office.pack, organisation).expect("an organisation"),
        person: "张三".to_string(),
        on: "2026-10-15".parse().expect("a day"),
        at: 1_792_000_000,
    }
}

/// The bytes as somebody gets them who reads to the end.
async fn read(export: Export, form: Form) -> Vec<u8> {
    let (to, mut from) = pipe();
    let writing = tokio::task::spawn_blocking(move || export.write(form, to));
    let mut bytes = Vec::new();
    while let Some(piece) = from.recv().await {
        bytes.extend(piece);
    }
    writing.await.expect("a thread").expect("written");
    bytes
}

async fn last_line(office: &Office) -> String {
    let lines = programme::journal::verify(office.db.reading()).await;
    format!("{:?}", lines.expect("the journal"))
}

#[tokio::test]
async fn a_workbook_holds_what_the_list_shows() {
    let (_folder, office) = office().await;
    let world = World::drawn(&mut Dice(11), 150);
    let book = Arc::new(world.book("省税务局"));
    let query = "sort=-sales_12m&columns=name,uscc,county,persons,sales_12m,landing_above,entered_month,stage,reason,pool,is_general_taxpayer";
    let wanted = wanted::read(query, &book.seen).expect("a query");
    let asked = Asked {
        purpose: "核对培育名单".to_string(),
        chosen: None,
    };
    let made = prepare(
        &office,
        book.clone(),
        &wanted,
        asked,
        &act("省税务局", &office),
    )
    .await;
    let bytes = read(made.expect("an export"), Form::Workbook).await;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["企业名单", "说明"]);
    let range = workbook.worksheet_range("企业名单").expect("a sheet");
    let listing = listing::find(&book, &wanted).expect("a list");
    let columns = listing.columns();
    let headings: Vec<String> = range
        .rows()
        .next()
        .expect("headings")
        .iter()
        .map(|cell| cell.to_string())
        .collect();
    let expected: Vec<String> = columns
        .iter()
        .map(|column| column.heading(&world.pack))
        .collect();
    assert_eq!(headings, expected);
    assert_eq!(range.height(), 151);
    for (row, firm) in range.rows().skip(1).zip(listing.firms(0..listing.count)) {
        for (found, cell) in row.iter().zip(listing.row(firm, &columns)) {
            check_cell(found, &cell);
        }
    }
    let notes = workbook.worksheet_range("说明").expect("a sheet");
    let notes: Vec<String> = notes.rows().map(|row| row[1].to_string()).collect();
    let notes = notes.join("\n");
    for part in [
        "张三",
        "全部企业",
        "150",
        "2026年9月（快照 7）",
        "核对培育名单",
        "不代替联网直报",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

fn check_cell(found: &Data, cell: &Cell) {
    match (found, cell) {
        (Data::Float(found), Cell::Count(own)) => assert_eq!(*found, *own as f64),
        (Data::Float(found), Cell::Money(fen)) => assert_eq!(*found, *fen as f64 / 1_000_000.0),
        (Data::Float(found), Cell::Percent { part, of }) => {
            assert_eq!(*found, *part as f64 / *of as f64);
        }
        // Excel counts the days from the end of 1899.
        (Data::DateTime(found), Cell::Day(day)) => {
            assert_eq!(found.as_f64(), (*day + 25_569) as f64);
        }
        (Data::DateTime(found), Cell::Month(month)) => {
            let month = Month::from_index(*month as i32).expect("a month");
            let first = days_since_epoch(month.first_day());
            assert_eq!(found.as_f64(), (first + 25_569) as f64);
        }
        (Data::Empty, Cell::Empty) => {}
        (Data::String(found), Cell::Text(_) | Cell::Unknown) => assert_eq!(*found, cell.shown()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_export_states_its_purpose_and_is_written_down() {
    let (_folder, office) = office().await;
    let world = World::drawn(&mut Dice(12), 30);
    let tax = Arc::new(world.book("省税务局"));
    let wanted = wanted::read("columns=name,sales_12m", &tax.seen).expect("a query");
    let by = act("省税务局", &office);
    let refused = prepare(&office, tax.clone(), &wanted, Asked::default(), &by).await;
    let refused = refused.err().expect("a refusal").to_string();
    assert!(
        refused.contains("近12个月应税销售额（万元）") && refused.contains("用途"),
        "{refused}"
    );
    assert_eq!(last_line(&office).await, "Whole { lines: 0 }");
    // Others read bands, for which nothing need be stated.
    let county = Arc::new(world.book("410300"));
    let wanted = wanted::read("columns=name,sales_12m", &county.seen).expect("a query");
    let by = act("410300", &office);
    let made = prepare(&office, county.clone(), &wanted, Asked::default(), &by).await;
    assert_eq!(made.expect("an export").count(), county.seen.len());
    assert_eq!(last_line(&office).await, "Whole { lines: 1 }");
    // Chosen firms of another region are not in the file.
    let foreign = world.book("410100");
    let stranger = foreign.seen.iter().next().expect("a firm");
    let chosen = [foreign.seen.uscc(stranger)].into_iter().collect();
    let asked = Asked {
        purpose: String::new(),
        chosen: Some(chosen),
    };
    let refused = prepare(&office, county, &wanted, asked, &by).await;
    let refused = refused.err().expect("a refusal").to_string();
    assert_eq!(refused, "没有符合条件的企业，没有导出");
}

#[tokio::test]
async fn a_writer_stops_when_nobody_reads() {
    let (_folder, office) = office().await;
    let world = World::drawn(&mut Dice(13), 20_000);
    let book = Arc::new(world.book("省工业和信息化厅"));
    let wanted = wanted::read("", &book.seen).expect("a query");
    let by = act("省工业和信息化厅", &office);
    let export = prepare(&office, book, &wanted, Asked::default(), &by)
        .await
        .expect("an export");
    let (to, mut from) = pipe();
    let writing = tokio::task::spawn_blocking(move || export.write(Form::Workbook, to));
    assert!(from.recv().await.is_some());
    drop(from);
    let error = writing.await.expect("a thread").expect_err("nobody reads");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}
