//! Notices reach whom they are for, and are read by each for himself.

use super::world::on_each_database;
use programme::database::{Database, commit};
use programme::people::notices::{self, COUNTED_MAX, Inbox, Notice};

fn notice(organisation: &str, account: Option<i64>, text: &str) -> Notice {
    Notice {
        organisation: organisation.to_string(),
        account,
        kind: "test".to_string(),
        text: text.to_string(),
        address: "/pool".to_string(),
    }
}

async fn tell(db: &Database, notice: &Notice, at: i64) {
    let tx = db.begin_writing().await.expect("begun");
    notices::tell(&tx, notice, at).await.expect("told");
    commit(tx).await.expect("kept");
}

fn inbox(account: i64, organisation: &str) -> Inbox<'_> {
    Inbox {
        account,
        organisation,
        since: 10,
    }
}

async fn texts(db: &Database, inbox: Inbox<'_>) -> Vec<(String, bool)> {
    let found = notices::of(db.reading(), inbox, i64::MAX, 100).await;
    let found = found.expect("read").into_iter();
    found.map(|told| (told.notice.text, told.is_read)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_his_own_and_reads_for_himself() {
    on_each_database("notices", async |db| {
        for (notice, at) in [
            (notice("410300", None, "早于建账号"), 9),
            (notice("410300", None, "洛阳"), 10),
            (notice("411000", None, "许昌"), 11),
            (notice("410300", Some(1), "一人"), 12),
            (notice("", Some(2), "另一人"), 13),
        ] {
            tell(db, &notice, at).await;
        }
        let line = |text: &str, is_read| (text.to_string(), is_read);
        let both = vec![line("一人", false), line("洛阳", false)];
        assert_eq!(texts(db, inbox(1, "410300")).await, both);
        assert_eq!(
            texts(db, inbox(3, "410300")).await,
            vec![line("洛阳", false)]
        );
        assert_eq!(texts(db, inbox(2, "")).await, vec![line("另一人", false)]);
        assert_eq!(texts(db, inbox(3, "")).await, vec![]);
        let tx = db.begin_writing().await.expect("begun");
        // 3 is of 许昌: marking it does nothing in this inbox.
        for id in [2, 2, 3] {
            let marked = notices::mark_read(&tx, inbox(1, "410300"), id, 20).await;
            marked.expect("marked");
        }
        commit(tx).await.expect("kept");
        let half = vec![line("一人", false), line("洛阳", true)];
        assert_eq!(texts(db, inbox(1, "410300")).await, half);
        let unread = async |inbox| notices::unread(db.reading(), inbox).await.expect("read");
        assert_eq!(unread(inbox(1, "410300")).await, 1);
        assert_eq!(
            unread(inbox(3, "410300")).await,
            1,
            "another's reading is not his"
        );
        assert_eq!(unread(inbox(1, "411000")).await, 2);
        let tx = db.begin_writing().await.expect("begun");
        let marked = notices::mark_all_read(&tx, inbox(1, "410300"), 21).await;
        marked.expect("marked");
        commit(tx).await.expect("kept");
        assert_eq!(unread(inbox(1, "410300")).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_is_counted_to_a_bound() {
    on_each_database("full", async |db| {
        for number in 0..COUNTED_MAX + 5 {
            tell(db, &notice("410300", None, &number.to_string()), 20).await;
        }
        let unread = notices::unread(db.reading(), inbox(1, "410300")).await;
        assert_eq!(unread.expect("read"), COUNTED_MAX);
    })
    .await;
}
