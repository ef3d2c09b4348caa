//! Lists that were issued are read and taken by their receiver alone, and each taking is
//! written down.

use super::world::{World, code};
use crate::exchange::{make_key, prepared};
use crate::office::Office;
use axum::http::StatusCode;
use programme::exchange::issue;

/// Issues a list of the first firm to a receiver.
async fn issued(office: &Office, receiver: &str) {
    let act = office.act(office.provincial_office(), "张三", None);
    let act = act.expect("an act");
    let mut kinds = office.pack.exchange.iter();
    let kind = kinds.find(|kind| kind.receivers.iter().any(|own| own == receiver));
    let kind = &kind.expect("a kind").id;
    let own = prepared(office, kind, receiver, &act).await;
    let mut own = own.expect("a list");
    let columns = own.drawn.columns.iter();
    let row = columns.map(|column| match column.as_str() {
        "统一社会信用代码" => code(0).to_string(),
        _ => "试验".to_string(),
    });
    own.drawn.rows = vec![row.collect()];
    let tx = office.db.begin_writing().await.expect("begun");
    let issued = issue(&tx, &own.wanted, &own.drawn, &act).await;
    issued.expect("the database").expect("issued");
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn a_list_is_read_and_taken_by_its_receiver() {
    let world = World::new().await;
    make_key(&world.office).expect("a key");
    issued(&world.office, "zhongyuan-bank").await;
    issued(&world.office, "re-guarantor").await;
    let page = world.get("bank", "/api/v1/exchange/lists").await.json();
    let lists = page["lists"].as_array().expect("lists");
    assert_eq!(lists.len(), 1, "{page}");
    let own = (&lists[0]["id"], &lists[0]["count"], &lists[0]["is_valid"]);
    assert_eq!(own, (&1.into(), &1.into(), &true.into()), "{page}");
    let bytes = world.bytes("bank", "/api/v1/exchange/lists/1/files").await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let names: Vec<&str> = archive.file_names().collect();
    assert!(names.contains(&"第1号名单-UTF8.csv"), "{names:?}");
    let mut list = archive.by_name("第1号名单-UTF8.csv").expect("a list");
    let text = std::io::read_to_string(&mut list).expect("a text");
    assert!(text.contains(&code(0).to_string()), "{text}");
    assert_eq!(world.journal().await[0].0, "exchange.take");
    let refused = [
        ("bank", "2", StatusCode::NOT_FOUND),
        ("bank", "3", StatusCode::NOT_FOUND),
        ("office", "1", StatusCode::FORBIDDEN),
        ("luoyang", "1", StatusCode::FORBIDDEN),
        ("", "1", StatusCode::UNAUTHORIZED),
    ];
    for (login, list, status) in refused {
        let path = format!("/api/v1/exchange/lists/{list}/files");
        assert_eq!(
            world.get(login, &path).await.status,
            status,
            "{login} {list}"
        );
    }
    let taken = world.journal().await.into_iter();
    assert_eq!(taken.filter(|(act, ..)| act == "exchange.take").count(), 1);
}
