//! Lists for finance platforms and banks as people handle them: what would be issued, issuing,
//! taking one's own, and verifying files that came by another way.

mod files;
mod keys;
pub mod web;

pub use files::packed;

use crate::cli::{ExchangeCommand, IssueListArgs};
use crate::measures::decided;
use crate::office::{Office, refuse, today};
use crate::outlook::{PROGRAM, newest};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use chrono::Days;
use programme::exchange::{
    self, Drawn, ExchangeRefusal, IssuedList, draw, has_consent, issue, lists, rows,
};
use programme::journal::Act;
use programme::people::Organisation;
use rules::pack::exchange::{ListColumn, ListKind};
use rules::uscc::Uscc;

pub use keys::make_key;

/// `shenggui exchange`.
pub async fn command(office: &Office, command: &ExchangeCommand) -> Result<Report> {
    match command {
        ExchangeCommand::Issue(arguments) => issue_command(office, arguments).await,
        ExchangeCommand::Lists => Ok(listed(office, &lists(office.db.reading()).await?)),
        ExchangeCommand::Key => keys::command(office).await,
        ExchangeCommand::Verify { folder, key } => files::verify(folder, key.as_deref()),
    }
}

/// A list that could be issued.
pub struct Prepared {
    pub wanted: IssuedList,
    pub drawn: Drawn,
}

fn kind_of<'a>(office: &'a Office, id: &str) -> Result<&'a ListKind> {
    match office.pack.exchange.iter().find(|kind| kind.id == id) {
        Some(kind) => Ok(kind),
        None => refuse(ExchangeRefusal::NoKind(id.to_string())),
    }
}

/// Draws a list of the newest snapshot for a receiver; nothing is issued yet.
pub async fn prepared(office: &Office, kind: &str, to: &str, act: &Act) -> Result<Prepared> {
    let kind = kind_of(office, kind)?;
    let receiver = office.organisation(to)?;
    if !kind.receivers.contains(&receiver.id()) {
        return refuse(ExchangeRefusal::NotItsReceiver {
            name: kind.name.clone(),
            receiver: receiver.name(&office.pack, act.on),
        });
    }
    let law = crate::cli::LawArgs {
        on: Some(act.on),
        as_of: None,
    };
    let decided = decided(office, &law).await?;
    let drawn = draw(&office.pack, kind, &decided.firms, &decided.verdicts);
    let wanted = IssuedList {
        id: 0,
        kind: kind.id.clone(),
        name: kind.name.clone(),
        receiver: receiver.id(),
        snapshot: decided.snapshot.id,
        pack: office.pack.fingerprint.clone(),
        program: PROGRAM.to_string(),
        from: act.on,
        to: act.on + Days::new(kind.valid_days),
        notice: kind.notice.clone(),
        columns: drawn.columns.clone(),
        count: drawn.rows.len() as u64,
        fingerprint: String::new(),
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
    };
    Ok(Prepared { wanted, drawn })
}

/// Issues a list; it can be taken at once, so there has to be a key to sign it with.
pub async fn issued(office: &Office, kind: &str, to: &str, act: &Act) -> Result<IssuedList> {
    keys::signing_key(office)?;
    if act.person.is_empty() {
        return refuse("请写明经办人（--by）");
    }
    let Prepared { wanted, drawn } = prepared(office, kind, to, act).await?;
    let tx = office.db.begin_writing().await?;
    programme::outlook::save_pack(&tx, &office.pack, act.at).await?;
    match issue(&tx, &wanted, &drawn, act).await? {
        Ok(saved) => {
            tx.commit().await?;
            Ok(saved)
        }
        Err(refusal) => refuse(refusal),
    }
}

/// A list with its files, for its receiver or who issued it; that it was taken is written down.
pub async fn taken(office: &Office, id: i64, by: Organisation) -> Result<Vec<(String, Vec<u8>)>> {
    let db = office.db.reading();
    let list = exchange::list(db, id).await?;
    let own = by.id();
    let Some(list) = list.filter(|list| list.receiver == own || list.organisation == own) else {
        return refuse(ExchangeRefusal::Unknown(id));
    };
    let act = office.act(by, "", None)?;
    if act.on > list.to {
        return refuse(ExchangeRefusal::Lapsed { id, to: list.to });
    }
    let rows = rows(db, &list).await?;
    let count = withdrawn(office, &list, &rows).await?;
    if count > 0 {
        return refuse(ExchangeRefusal::Withdrawn { id, count });
    }
    let made = files::make(office, &list, &rows)?;
    let tx = office.db.begin_writing().await?;
    exchange::take(&tx, &list, "领取名单文件", &act).await?;
    tx.commit().await?;
    Ok(made)
}

/// Firms of an issued list whose agreement no longer stands.
async fn withdrawn(office: &Office, list: &IssuedList, rows: &[Vec<String>]) -> Result<usize> {
    let Some(kind) = office
        .pack
        .exchange
        .iter()
        .find(|kind| kind.id == list.kind)
    else {
        return Ok(0);
    };
    let place = kind
        .columns
        .iter()
        .position(|column| *column == ListColumn::Uscc);
    let (_, firms) = newest(office, None).await?;
    let stands = |row: &&Vec<String>| {
        let code = place.and_then(|place| Uscc::written(row.get(place)?));
        let firm = code.and_then(|code| firms.find(code));
        firm.is_some_and(|firm| has_consent(kind, &firms, firm))
    };
    Ok(rows.iter().filter(|row| !stands(row)).count())
}

async fn issue_command(office: &Office, arguments: &IssueListArgs) -> Result<Report> {
    let signature = &arguments.signature;
    let organisation = office.organisation(&signature.agency)?;
    if organisation != office.provincial_office() {
        return refuse("名单由省级工作机构统一发放");
    }
    let act = office.act(organisation.clone(), &signature.person, signature.on)?;
    let list = issued(office, &arguments.kind, &arguments.to, &act).await?;
    let mut report = described(office, &list);
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder)?;
        for (name, bytes) in taken(office, list.id, organisation).await? {
            let path = folder.join(name);
            crate::documents::write_whole(&path, &bytes)?;
            report = report.note(format!("已写出：{}", path.display()));
        }
    }
    Ok(report)
}

fn named(office: &Office, id: &str) -> String {
    crate::deliveries::named(office, id, today())
}

/// One list as people read it.
pub fn described(office: &Office, list: &IssuedList) -> Report {
    Report::new(format!("第{}号名单  {}", list.id, list.name))
        .fact("list", "名单", Field::Count(list.id))
        .fact(
            "receiver",
            "接收单位",
            Field::text(named(office, &list.receiver)),
        )
        .fact("count", "企业", Field::Count(list.count as i64))
        .fact("from", "有效期起", Field::text(list.from.to_string()))
        .fact("to", "有效期止", Field::text(list.to.to_string()))
        .fact(
            "by",
            "发放单位",
            Field::text(named(office, &list.organisation)),
        )
        .fact("person", "经办人", Field::text(list.person.clone()))
        .fact("snapshot", "快照", Field::Count(list.snapshot))
        .fact(
            "fingerprint",
            "名单指纹（SM3）",
            Field::text(list.fingerprint.clone()),
        )
        .note(list.notice.clone())
}

/// Issued lists, newest first.
pub fn listed(office: &Office, lists: &[IssuedList]) -> Report {
    let columns = [
        ("list", "名单"),
        ("name", "种类"),
        ("receiver", "接收单位"),
        ("count", "企业"),
        ("from", "有效期起"),
        ("to", "有效期止"),
        ("state", "状态"),
        ("person", "经办人"),
    ];
    let mut table = Table::new("lists", "已发名单", &columns);
    for list in lists.iter().rev() {
        table.row(vec![
            Field::Count(list.id),
            Field::text(list.name.clone()),
            Field::text(named(office, &list.receiver)),
            Field::Count(list.count as i64),
            Field::text(list.from.to_string()),
            Field::text(list.to.to_string()),
            Field::text(if list.to < today() {
                "已到期"
            } else {
                "有效"
            }),
            Field::text(list.person.clone()),
        ]);
    }
    Report::new("名单交换").table(table)
}
