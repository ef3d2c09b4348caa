//! Issued lists are read back as they were, the same is not issued twice, and every taking
//! leaves a line; on either database.

use super::world::{act_of, journal_of, on_each_database};
use chrono::NaiveDate;
use programme::database::Database;
use programme::exchange::{Drawn, ExchangeRefusal, IssuedList, issue, list, lists, rows, take};
use programme::people::Organisation;

fn drawn(names: &[&str]) -> Drawn {
    let row = |name: &&str| vec!["91410102MA00T3XT06".to_string(), name.to_string()];
    Drawn {
        columns: vec!["统一社会信用代码".to_string(), "企业名称".to_string()],
        rows: names.iter().map(row).collect(),
        without_consent: 1,
    }
}

fn wanted(receiver: &str, on: NaiveDate) -> IssuedList {
    IssuedList {
        id: 0,
        kind: "platforms".to_string(),
        name: "三个融资平台支持企业名单".to_string(),
        receiver: receiver.to_string(),
        snapshot: 3,
        pack: "a".repeat(64),
        program: "0.1.0".to_string(),
        from: on,
        to: on + chrono::Days::new(45),
        notice: "只用于融资服务".to_string(),
        columns: Vec::new(),
        count: 0,
        fingerprint: String::new(),
        organisation: String::new(),
        person: String::new(),
        on,
        at: 0,
    }
}

async fn issued(
    db: &Database,
    receiver: &str,
    drawn: &Drawn,
) -> Result<IssuedList, ExchangeRefusal> {
    let act = act_of(Organisation::Agency("leading-group-office".to_string()));
    let tx = db.begin_writing().await.expect("a transaction");
    let answer = issue(&tx, &wanted(receiver, act.on), drawn, &act).await;
    let answer = answer.expect("the database answers");
    tx.commit().await.expect("kept");
    answer
}

#[tokio::test]
async fn a_list_is_issued_once_and_read_back() {
    on_each_database("exchange", async |db: &Database| {
        let one = drawn(&["=甲有限公司", "乙有限公司"]);
        let first = issued(db, "finance-cloud", &one).await.expect("issued");
        assert_eq!((first.id, first.count), (1, 2));
        assert_eq!(first.to - first.from, chrono::TimeDelta::days(45));
        let again = issued(db, "finance-cloud", &one).await;
        assert_eq!(again, Err(ExchangeRefusal::Repeated(1)));
        let empty = issued(db, "finance-cloud", &drawn(&[])).await;
        assert_eq!(empty, Err(ExchangeRefusal::NoFirm));
        // Another receiver or another content is another list.
        let second = issued(db, "zhongyuan-bank", &one).await.expect("issued");
        let third = issued(db, "finance-cloud", &drawn(&["乙有限公司"])).await;
        assert_eq!((second.id, third.expect("issued").id), (2, 3));
        let reading = db.reading();
        assert_eq!(list(reading, 1).await.expect("read"), Some(first.clone()));
        assert_eq!(list(reading, 9).await.expect("read"), None);
        assert_eq!(lists(reading).await.expect("read").len(), 3);
        assert_eq!(rows(reading, &first).await.expect("read"), one.rows);
        let bank = act_of(Organisation::Agency("finance-cloud".to_string()));
        let tx = db.begin_writing().await.expect("a transaction");
        take(&tx, &first, "领取名单文件", &bank)
            .await
            .expect("noted");
        tx.commit().await.expect("kept");
        let acts = journal_of(db).await;
        let of = |act: &str| {
            acts.iter()
                .find(|(own, _)| own == act)
                .map(|(_, times)| *times)
        };
        assert_eq!(
            (of("exchange.issue"), of("exchange.take")),
            (Some(3), Some(1))
        );
    })
    .await;
}
