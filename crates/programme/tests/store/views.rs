//! Views of the list that accounts keep.

use super::world::{act, journal_of, on_each_database};
use programme::database::Database;
use programme::register::views::{
    NAME_MAX, QUERY_MAX, VIEWS_MAX, ViewRefusal, delete_view, save_view, views_of,
};

async fn save(db: &Database, account: i64, name: &str, query: &str) -> Result<i64, ViewRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let saved = save_view(&tx, account, name, query, &act()).await;
    let saved = saved.expect("the database");
    if saved.is_ok() {
        tx.commit().await.expect("kept");
    }
    saved
}

async fn delete(db: &Database, account: i64, id: i64) -> Result<(), ViewRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let deleted = delete_view(&tx, account, id, &act()).await;
    let deleted = deleted.expect("the database");
    tx.commit().await.expect("kept");
    deleted
}

async fn names(db: &Database, account: i64) -> Vec<(String, String)> {
    let views = views_of(db.reading(), account).await.expect("views");
    let named = views.into_iter().map(|view| (view.name, view.query));
    named.collect()
}

#[tokio::test]
async fn an_account_keeps_its_own_views_under_names() {
    on_each_database("views", async |db| {
        let first = save(db, 1, " 待纳入的A类 ", "class=A&pool=out").await;
        let first = first.expect("kept");
        save(db, 2, "待纳入的A类", "class=B").await.expect("kept");
        let own = |name: &str, query: &str| (name.to_string(), query.to_string());
        assert_eq!(names(db, 1).await, [own("待纳入的A类", "class=A&pool=out")]);
        assert_eq!(names(db, 2).await, [own("待纳入的A类", "class=B")]);

        // The same name again takes the place of the first.
        save(db, 1, "待纳入的A类", "class=A").await.expect("kept");
        assert_eq!(names(db, 1).await, [own("待纳入的A类", "class=A")]);

        let others = views_of(db.reading(), 2).await.expect("views")[0].id;
        assert_eq!(delete(db, 1, others).await, Err(ViewRefusal::Unknown));
        assert_ne!(first, others);
        assert_eq!(delete(db, 2, others).await, Ok(()));
        assert_eq!(names(db, 2).await, []);
        let journal = journal_of(db).await;
        let expected = [("register.delete-view", 1), ("register.save-view", 3)];
        assert_eq!(
            journal,
            expected.map(|(act, times)| (act.to_string(), times))
        );
    })
    .await;
}

#[tokio::test]
async fn what_grows_has_a_limit() {
    on_each_database("views_limit", async |db| {
        let long = "长".repeat(NAME_MAX + 1);
        assert_eq!(save(db, 1, " ", "").await, Err(ViewRefusal::NoName));
        let refused = ViewRefusal::LongName(NAME_MAX + 1);
        assert_eq!(save(db, 1, &long, "").await, Err(refused));
        let query = "q".repeat(QUERY_MAX + 1);
        assert_eq!(
            save(db, 1, "长条件", &query).await,
            Err(ViewRefusal::LongQuery)
        );
        for number in 0..VIEWS_MAX {
            save(db, 1, &format!("视图{number}"), "")
                .await
                .expect("kept");
        }
        assert_eq!(save(db, 1, "再一个", "").await, Err(ViewRefusal::TooMany));
        assert!(save(db, 1, "视图7", "stage=pool").await.is_ok());
        assert!(save(db, 2, "再一个", "").await.is_ok());
    })
    .await;
}
