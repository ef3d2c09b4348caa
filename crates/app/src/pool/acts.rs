//! Acts of the pool: which of the named firms they may be done to, and recording them.
//!
//! On pages a firm of others and a firm that nobody knows are refused with the same words.

use super::members;
use crate::cli::ActArgs;
use crate::deliveries::sees_batch;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use chrono::NaiveDate;
use programme::deliveries;
use programme::journal::Act;
use programme::outlook::Firms;
use programme::people::Scope;
use programme::pool::{self, ActKind, Membership, PoolRefusal, admissible};
use rules::uscc::{Uscc, UsccFault};
use std::collections::{HashMap, HashSet};

/// Records acts: those that are admissible; the others are named with their reasons.
pub(super) async fn act(office: &Office, kind: ActKind, arguments: &ActArgs) -> Result<Report> {
    let organisation = office.organisation(&arguments.signature.agency)?;
    let act = office.act(
        organisation,
        &arguments.signature.person,
        arguments.signature.on,
    )?;
    if arguments.reason.trim().is_empty() || act.person.is_empty() {
        return refuse(PoolRefusal::NoReason);
    }
    let (snapshot, firms) = newest(office, None).await?;
    let codes = codes(office, arguments).await?;
    let (done, refused) = record_acts(office, kind, codes, &arguments.reason, &act, &firms).await?;
    if done == 0 {
        let reasons: Vec<String> = refused.rows.iter().map(|row| row[1].shown()).collect();
        return refuse(format!("没有办理：{}", reasons.join("；")));
    }
    let mut report = Report::new(format!("{}{done}家", kind.in_words()))
        .fact("done", "已办理", Field::Count(done as i64))
        .fact(
            "refused_count",
            "未办理",
            Field::Count(refused.rows.len() as i64),
        )
        .note(format!(
            "记录已存入；各阶段数字在下次运行后更新（shenggui run --as-of {}）",
            snapshot.as_of
        ));
    if !refused.rows.is_empty() {
        report = report.table(refused);
    }
    Ok(report)
}

/// A code as it was written, and the code or what is wrong with it.
pub type NamedCode = (String, Result<Uscc, String>);

/// What may be done to the named firms, and why not to the others.
pub struct Judged {
    /// Firms of the snapshot with their classes; empty where none holds.
    pub admissible: Vec<(usize, String)>,
    /// A code as it was written, and the reason.
    pub refused: Vec<(String, String)>,
}

/// What was recorded.
pub struct Recorded {
    /// Number of the first record; the others follow it.
    pub first: i64,
    pub done: usize,
    pub refused: Vec<(String, String)>,
}

/// Whose firms an act may touch: those of the visitor's post, or of the organisation that acts.
fn reach(office: &Office, act: &Act) -> Scope {
    match &office.visitor {
        Some(seat) => seat.scope.clone(),
        None => Scope::of(&office.pack, &act.organisation),
    }
}

/// What would be recorded and what not; nothing is.
pub async fn judged(
    office: &Office,
    kind: ActKind,
    codes: Vec<NamedCode>,
    act: &Act,
    firms: &Firms,
) -> Result<Judged> {
    let members = members(office).await?;
    Ok(judged_by(office, kind, codes, act, firms, &members))
}

/// The same by the records that are given.
pub fn judged_by(
    office: &Office,
    kind: ActKind,
    codes: Vec<NamedCode>,
    act: &Act,
    firms: &Firms,
    members: &HashMap<u128, Membership>,
) -> Judged {
    let scope = reach(office, act);
    let is_page = office.visitor.is_some();
    let mut judged = Judged {
        admissible: Vec::new(),
        refused: Vec::new(),
    };
    let mut named = HashSet::new();
    for (text, code) in codes {
        let answer = code.and_then(|code| {
            let member = members.get(&code.key()).copied().unwrap_or_default();
            let admitted = admit_one(kind, code, firms, member, &scope, act.on);
            let is_own = firms
                .find(code)
                .is_some_and(|firm| is_in(firms, firm, &scope));
            match admitted {
                // Whether somebody else's firm is there at all is not said on pages.
                _ if is_page && !is_own => Err(PoolRefusal::NotHere(code).to_string()),
                admitted => admitted.map_err(|refusal| refusal.to_string()),
            }
        });
        match answer {
            Ok(firm) if named.insert(firm) => {
                let class = firms.first_class(firm);
                let class = class.map(|class| office.pack.classes[class].id.clone());
                judged.admissible.push((firm, class.unwrap_or_default()));
            }
            // The same firm twice is one act.
            Ok(_) => {}
            Err(reason) => judged.refused.push((text, reason)),
        }
    }
    judged
}

/// Records what is admissible in one transaction.
pub async fn recorded(
    office: &Office,
    kind: ActKind,
    codes: Vec<NamedCode>,
    reason: &str,
    act: &Act,
    firms: &Firms,
) -> Result<Recorded> {
    let tx = office.db.begin_writing().await?;
    let members = pool::fold(pool::acts(&tx).await?.iter());
    let judged = judged_by(office, kind, codes, act, firms, &members);
    let firms: Vec<(Uscc, String)> = judged
        .admissible
        .into_iter()
        .map(|(firm, class)| (firms.uscc(firm), class))
        .collect();
    let mut first = 0;
    if !firms.is_empty() {
        first = pool::record(&tx, kind, &firms, reason, act).await?;
        tx.commit().await?;
    }
    Ok(Recorded {
        first,
        done: firms.len(),
        refused: judged.refused,
    })
}

/// The same; gives the number of firms done and the others with their reasons.
pub async fn record_acts(
    office: &Office,
    kind: ActKind,
    codes: Vec<NamedCode>,
    reason: &str,
    act: &Act,
    firms: &Firms,
) -> Result<(usize, Table)> {
    let recorded = recorded(office, kind, codes, reason, act, firms).await?;
    let mut refused = Table::new(
        "refused",
        "未办理",
        &[("uscc", "统一社会信用代码"), ("reason", "原因")],
    );
    for (text, reason) in recorded.refused {
        refused.row(vec![Field::text(text), Field::text(reason)]);
    }
    Ok((recorded.done, refused))
}

fn is_in(firms: &Firms, firm: usize, scope: &Scope) -> bool {
    firms.area(firm).is_some() && scope.covers_firm(&firms.whereabouts(firm))
}

fn admit_one(
    kind: ActKind,
    code: Uscc,
    firms: &Firms,
    member: Membership,
    scope: &Scope,
    on: NaiveDate,
) -> Result<usize, PoolRefusal> {
    let firm = admissible(kind, code, firms, member, on)?;
    match is_in(firms, firm, scope) {
        true => Ok(firm),
        false => Err(PoolRefusal::OutOfScope(code)),
    }
}

/// The codes that an act names: written out, or those of an office's list.
async fn codes(office: &Office, arguments: &ActArgs) -> Result<Vec<NamedCode>> {
    match arguments.list {
        None => Ok(arguments.uscc.iter().map(|text| named_code(text)).collect()),
        Some(id) => listed_codes(office, id).await,
    }
}

/// A code as somebody wrote it; a genuine one may fail its check.
pub fn named_code(text: &str) -> NamedCode {
    match Uscc::read(text) {
        Ok((code, _)) | Err(UsccFault::CheckSymbol { code, .. }) => (text.to_string(), Ok(code)),
        Err(fault) => (text.to_string(), Err(fault.to_string())),
    }
}

/// The codes of an office's list.
pub async fn listed_codes(office: &Office, batch: i64) -> Result<Vec<NamedCode>> {
    let rows = list(office, batch).await?.1;
    let codes = rows.keys.iter().filter_map(|key| Uscc::from_key(*key));
    Ok(codes.map(|code| (code.to_string(), Ok(code))).collect())
}

pub(super) async fn list(
    office: &Office,
    id: i64,
) -> Result<(deliveries::Batch, deliveries::payload::Rows)> {
    let db = office.db.reading();
    let batch = deliveries::batch(db, id).await?;
    match batch.filter(|batch| sees_batch(office, batch)) {
        Some(batch) if batch.kind == "pool-list" => {
            let stored = deliveries::stored(db).await?;
            let rows = pool::list_rows(db, &batch, &stored).await?;
            Ok((batch, rows))
        }
        Some(_) => refuse(format!("第{id}批次不是培育库名单")),
        None => refuse(format!(
            "没有第{id}批次，全部批次见 shenggui indicators batches"
        )),
    }
}
