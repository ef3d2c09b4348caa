//! What came of pushes: results as they are recorded, and how good the pushes were.

use super::cases::unknown;
use crate::cli::OutcomeArgs;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::reader::read_code;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::database::Transaction;
use programme::journal::Act;
use programme::measures::{self as records, NoticeKind, Outcome, OutcomeRefusal, PushInputs};
use programme::people::{Organisation, Scope};
use programme::pool::PoolRefusal;
use rules::money::Fen;
use std::collections::HashMap;

/// `shenggui measures outcome`.
pub async fn outcome(office: &Office, arguments: &OutcomeArgs) -> Result<Report> {
    let signature = &arguments.signature;
    let organisation = office.organisation(&signature.agency)?;
    let act = office.act(organisation, &signature.person, signature.on)?;
    let mut outcomes = match &arguments.list {
        Some(path) => super::outcome_list::read(&office.pack, path)?,
        None => vec![stated(office, arguments)?],
    };
    let tx = office.db.begin_writing().await?;
    let count = record(office, &tx, &mut outcomes, &act).await?;
    tx.commit().await?;
    let pushed = outcomes
        .iter()
        .filter(|outcome| outcome.push.is_some())
        .count();
    Ok(Report::new("办理结果已记录")
        .fact("count", "条数", Field::Count(count as i64))
        .fact("pushed", "其中推送过的", Field::Count(pushed as i64)))
}

/// Records results inside a transaction; gives their number.
///
/// # Errors
/// Refusals: a measure or a firm is not the organisation's, or a result says too little.
pub async fn record(
    office: &Office,
    tx: &Transaction,
    outcomes: &mut [Outcome],
    act: &Act,
) -> Result<usize> {
    match &act.organisation {
        Organisation::Agency(id) => {
            for outcome in outcomes.iter() {
                of_own_measure(office, &act.organisation, id, outcome)?;
            }
            known(office, outcomes).await?;
        }
        local => of_own_firms(office, local, outcomes).await?,
    }
    let told = told(office, act.on).await?;
    for outcome in outcomes.iter_mut() {
        let key = (outcome.measure.clone(), outcome.uscc.key());
        outcome.push = told.get(&key).copied();
    }
    match records::record_outcomes(tx, outcomes, act).await? {
        Ok(count) => Ok(count),
        Err(refusal) => refuse(refusal),
    }
}

fn stated(office: &Office, arguments: &OutcomeArgs) -> Result<Outcome> {
    let id = arguments.id.clone().unwrap_or_default();
    if office.pack.measure_named(&id).is_none() {
        return refuse(unknown(&office.pack, &id));
    }
    Ok(Outcome {
        measure: id,
        uscc: read_code(arguments.uscc.as_deref().unwrap_or_default())?,
        is_granted: arguments.granted,
        amount_fen: match &arguments.amount {
            Some(text) => match Fen::read_decimal(text, Fen::PER_YUAN) {
                Some(fen) if fen.0 >= 0 => Some(fen.0),
                _ => return refuse(OutcomeRefusal::NoAmount(text.clone())),
            },
            None => None,
        },
        reason: arguments.reason.trim().to_string(),
        push: None,
    })
}

/// Results are of firms that are there.
async fn known(office: &Office, outcomes: &[Outcome]) -> Result<()> {
    let (_, firms) = newest(office, None).await?;
    let mut all = outcomes.iter();
    match all.find(|outcome| firms.find(outcome.uscc).is_none()) {
        Some(outcome) => refuse(PoolRefusal::NotHere(outcome.uscc)),
        None => Ok(()),
    }
}

/// Areas and counties record what came of the applications of their own firms.
async fn of_own_firms(office: &Office, local: &Organisation, outcomes: &[Outcome]) -> Result<()> {
    let (_, firms) = newest(office, None).await?;
    let scope = Scope::of(&office.pack, local);
    let is_own = |firm: usize| scope.covers_firm(&firms.whereabouts(firm));
    let stranger = outcomes
        .iter()
        .find(|outcome| !firms.find(outcome.uscc).is_some_and(is_own));
    match stranger {
        Some(outcome) => refuse(PoolRefusal::OutOfScope(outcome.uscc)),
        None => Ok(()),
    }
}

/// Agencies record the results of the measures that they answer for.
fn of_own_measure(
    office: &Office,
    organisation: &Organisation,
    id: &str,
    outcome: &Outcome,
) -> Result<()> {
    let pack = &office.pack;
    let measure = pack.measure_named(&outcome.measure);
    let agencies = measure.map(|measure| &pack.measures[measure].agencies);
    let is_own = agencies.is_some_and(|own| own.iter().any(|agency| agency == id));
    match is_own || id == pack.office.agency {
        true => Ok(()),
        false => {
            let own = organisation.name(pack, crate::office::today());
            let name = measure.map_or(outcome.measure.as_str(), |m| &pack.measures[m].name);
            refuse(format!(
                "{own}不是“{name}”的责任单位，办理结果由责任单位或市县记录"
            ))
        }
    }
}

/// The newest push by a day that told a firm of a new entitlement, by measure and firm.
async fn told(office: &Office, by: chrono::NaiveDate) -> Result<HashMap<(String, u128), i64>> {
    let mut told = HashMap::new();
    for push in records::pushes(office.db.reading()).await? {
        if push.on > by {
            continue;
        }
        let inputs: PushInputs = serde_json::from_str(&push.inputs)?;
        for notice in records::notices(office.db.reading(), push.id).await? {
            if notice.kind == NoticeKind::New {
                let measure = inputs.measures[notice.measure].clone();
                told.insert((measure, notice.key), push.id);
            }
        }
    }
    Ok(told)
}

/// `shenggui measures accuracy`.
pub async fn accuracy(office: &Office) -> Result<Report> {
    let db = office.db.reading();
    let mut told = Vec::new();
    for push in records::pushes(db).await? {
        let inputs: PushInputs = serde_json::from_str(&push.inputs)?;
        for notice in records::notices(db, push.id).await? {
            told.push((
                inputs.measures[notice.measure].clone(),
                notice.key,
                notice.kind,
            ));
        }
    }
    let outcomes = records::outcomes(db).await?;
    let mut table = Table::new(
        "measures",
        "各项措施",
        &[
            ("measure", "标识"),
            ("name", "措施"),
            ("pushed", "推送过（家）"),
            ("granted", "推送后享受"),
            ("refused", "推送后未批准"),
            ("unforeseen", "未推送而享受"),
            ("precision", "查准率"),
            ("recall", "查全率"),
        ],
    );
    for (id, own) in records::accuracy(told.into_iter(), &outcomes) {
        let name = office
            .pack
            .measure_named(&id)
            .map(|m| &office.pack.measures[m].name);
        let percent = |(part, of): (u64, u64)| Field::Percent {
            part: part as i64,
            of: of as i64,
        };
        table.row(vec![
            Field::text(id.clone()),
            Field::text(name.cloned().unwrap_or(id)),
            Field::Count(own.pushed as i64),
            Field::Count(own.granted as i64),
            Field::Count(own.refused as i64),
            Field::Count(own.unforeseen as i64),
            percent(own.precision()),
            percent(own.recall()),
        ]);
    }
    Ok(Report::new("推送的查准率和查全率")
        .table(table)
        .note("查准率：推送后有结果的企业中享受到的比例；查全率：享受到的企业中推送过的比例"))
}
