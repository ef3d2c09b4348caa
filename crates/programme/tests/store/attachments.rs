//! Attachments: kept with name and hash, never twice in a row, and the newest counts.

use super::world::{act, journal_of, on_each_database};
use programme::attachments::{
    AttachmentKind, AttachmentRefusal, MAP_BYTES_MAX, TEXT_BYTES_MAX, Wish, attach, newest, of_kind,
};
use programme::database::Database;
use programme::journal::Act;

const TEXT: AttachmentKind = AttachmentKind::PlanText;
const MAP: AttachmentKind = AttachmentKind::Map;

async fn put(
    db: &Database,
    kind: AttachmentKind,
    approval: &str,
    content: &[u8],
    person: &str,
) -> Result<i64, AttachmentRefusal> {
    let act = Act {
        person: person.to_string(),
        ..act()
    };
    let wish = Wish {
        kind,
        name: "文件",
        approval,
        content,
    };
    let tx = db.begin_writing().await.expect("a transaction");
    let done = attach(&tx, wish, &act).await.expect("the database");
    if done.is_ok() {
        tx.commit().await.expect("kept");
    }
    done.map(|own| own.id)
}

#[tokio::test]
async fn what_is_attached_is_read_back_and_refusals_say_why() {
    on_each_database("attachments", async |db| {
        let name = || "文件".to_string();
        let too_large = |max| AttachmentRefusal::TooLarge { name: name(), max };
        let large = vec![b'a'; MAP_BYTES_MAX + 1];
        // What is wished, and what comes of it.
        type Kept = Result<i64, AttachmentRefusal>;
        let cases: [(AttachmentKind, &str, &[u8], &str, Kept); 10] = [
            (TEXT, "", b"", "张三", Err(AttachmentRefusal::Empty(name()))),
            (
                TEXT,
                "",
                &large[..=TEXT_BYTES_MAX],
                "张三",
                Err(too_large(TEXT_BYTES_MAX)),
            ),
            (MAP, "审1号", &large, "张三", Err(too_large(MAP_BYTES_MAX))),
            (TEXT, "", b"one", " ", Err(AttachmentRefusal::NoPerson)),
            (MAP, " ", b"map", "张三", Err(AttachmentRefusal::NoApproval)),
            (TEXT, "", b"one", "张三", Ok(1)),
            (TEXT, "", b"one", "张三", Err(AttachmentRefusal::Same(1))),
            (MAP, "审1号", b"map", "张三", Ok(2)),
            (MAP, "审2号", b"map", "张三", Ok(3)),
            (TEXT, "", b"two", "张三", Ok(4)),
        ];
        for (kind, approval, content, person, expected) in cases {
            let done = put(db, kind, approval, content, person).await;
            assert_eq!(done, expected);
        }
        let (text, content) = newest(db.reading(), TEXT)
            .await
            .expect("read")
            .expect("one");
        assert_eq!((text.id, content.as_slice()), (4, b"two".as_slice()));
        let maps = of_kind(db.reading(), MAP).await.expect("read");
        let maps: Vec<(i64, &str)> = maps
            .iter()
            .map(|own| (own.id, own.approval.as_str()))
            .collect();
        assert_eq!(maps, [(3, "审2号"), (2, "审1号")]);
        let lines = journal_of(db).await;
        assert_eq!(lines, [("attachments.attach".to_string(), 4)]);
    })
    .await;
}
