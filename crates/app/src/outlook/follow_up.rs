//! How firms that were handed on are followed, firm by firm: lists, records, notes, closes.

use super::hand_over::named;
use super::level_text;
use super::warnings::{Judged, judged, place};
use crate::cli::{FollowUpArgs, FollowUpsArgs};
use crate::office::{Office, refuse};
use crate::reader::{Reader, read_code};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::database::Transaction;
use programme::journal::Act;
use programme::outlook::follow_ups::{self, Became, FollowUp, FollowUpRefusal, became};
use programme::people::Organisation;
use programme::pool::PoolRefusal;
use rules::uscc::Uscc;

/// `shenggui outlook follow-ups`.
pub async fn list(office: &Office, arguments: &FollowUpsArgs) -> Result<Report> {
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let judged = judged(office, None).await?;
    let all = follow_ups::read(office.db.reading()).await?;
    let is_wanted = |own: &FollowUp| {
        let firm = judged.firms.find(own.uscc);
        let area = firm.and_then(|firm| judged.firms.area(firm));
        let county = firm.and_then(|firm| judged.firms.county(firm));
        let wanted = arguments.division;
        (wanted.is_none() || area == wanted || county == wanted)
            && is_inside(&reader, &judged, firm)
            && !(arguments.open && own.is_closed())
    };
    let found: Vec<&FollowUp> = all.iter().filter(|own| is_wanted(own)).collect();
    let mut report = Report::new(format!(
        "退规预警企业跟进  截至{}",
        judged.snapshot.as_of.in_words()
    ))
    .fact("count", "企业", Field::Count(found.len() as i64))
    .table(by_outcome(&judged, &found))
    .table(listed(office, &judged, &found, arguments.limit));
    if found.len() > arguments.limit {
        report = report.note(format!(
            "共{}家，只列出前{}家，用 --limit 增加",
            found.len(),
            arguments.limit
        ));
    }
    Ok(report.note("脱险、退规、返规由最近一次运行判断，不由人填写"))
}

fn by_outcome(judged: &Judged, found: &[&FollowUp]) -> Table {
    let columns = [("became", "现状"), ("open", "跟进中"), ("closed", "已办结")];
    let mut table = Table::new("outcomes", "各种现状家数", &columns);
    for word in Became::ALL.map(Became::in_words) {
        let own = found.iter().filter(|own| {
            became(&judged.pack, &judged.firms, own.uscc, own.as_of).in_words() == word
        });
        let closed = own.clone().filter(|own| own.is_closed()).count();
        let all = own.count();
        if all > 0 {
            table.row(vec![
                Field::text(word),
                Field::Count((all - closed) as i64),
                Field::Count(closed as i64),
            ]);
        }
    }
    table
}

fn listed(office: &Office, judged: &Judged, found: &[&FollowUp], limit: usize) -> Table {
    let columns = [
        ("uscc", "统一社会信用代码"),
        ("firm", "企业名称"),
        ("area", "省辖市"),
        ("county", "县（市、区）"),
        ("hand_overs", "移交号"),
        ("since", "何时起"),
        ("by", "谁在跟进"),
        ("note", "最近情况"),
        ("became", "现状"),
        ("level", "现级别"),
        ("standing", "办理"),
    ];
    let mut table = Table::new("firms", "企业", &columns);
    for own in found.iter().take(limit) {
        let firm = judged.firms.find(own.uscc);
        let ids: Vec<String> = own.hand_overs.iter().map(ToString::to_string).collect();
        let last = own.acts.last();
        table.row(vec![
            Field::text(own.uscc.to_string()),
            firm.map_or(Field::Unknown, |firm| super::name_of(&judged.firms, firm)),
            place(&judged.pack, firm.and_then(|firm| judged.firms.area(firm))),
            place(
                &judged.pack,
                firm.and_then(|firm| judged.firms.county(firm)),
            ),
            Field::text(ids.join("、")),
            Field::text(own.opened_on.to_string()),
            Field::text(followers(office, own)),
            last.map_or(Field::Empty, |act| {
                Field::text(format!("{}（{}）", act.text, act.on))
            }),
            Field::text(became(&judged.pack, &judged.firms, own.uscc, own.as_of).in_words()),
            level(judged, own.uscc),
            Field::text(standing(own)),
        ]);
    }
    table
}

fn followers(office: &Office, own: &FollowUp) -> String {
    let names = own.followed_by().into_iter().map(|id| named(office, id));
    names.collect::<Vec<_>>().join("、")
}

fn standing(own: &FollowUp) -> &'static str {
    match own.is_closed() {
        true => "已办结",
        false => "跟进中",
    }
}

/// The level of now, with a mark where data are missing.
fn level(judged: &Judged, uscc: Uscc) -> Field {
    let levels = judged.firms.find(uscc).and_then(|firm| judged.levels(firm));
    levels.map_or(Field::Empty, |(level, possible)| {
        Field::text(level_text(judged, level, possible))
    })
}

/// `shenggui outlook follow-up`.
pub async fn command(office: &Office, arguments: &FollowUpArgs) -> Result<Report> {
    let uscc = read_code(&arguments.uscc)?;
    let text = arguments.note.as_ref().or(arguments.reason.as_ref());
    let judged = judged(office, None).await?;
    let Some(text) = text else {
        return show(office, arguments, &judged, uscc).await;
    };
    let Some(agency) = &arguments.agency else {
        return refuse("请写明办理单位（--as）");
    };
    let organisation = office.organisation(agency)?;
    let person = arguments.person.as_deref().unwrap_or_default();
    let act = office.act(organisation, person, arguments.on)?;
    let tx = office.db.begin_writing().await?;
    record(office, &tx, &judged, (uscc, text, arguments.close), &act).await?;
    tx.commit().await?;
    let known = follow_ups::of(office.db.reading(), uscc).await?;
    let title = match arguments.close {
        true => "已办结",
        false => "跟进情况已记录",
    };
    let report = Report::new(title).fact("uscc", "统一社会信用代码", Field::text(uscc.to_string()));
    Ok(match known.last() {
        Some(own) => shown(office, &judged, own, report),
        None => report,
    })
}

/// Records what was done for a firm, or closes its follow-up, inside a transaction.
///
/// # Errors
/// Refusals: the firm was not handed on, is not the organisation's, or its follow-up is closed.
pub async fn record(
    office: &Office,
    tx: &Transaction,
    judged: &Judged,
    (uscc, text, is_close): (Uscc, &str, bool),
    act: &Act,
) -> Result<()> {
    let is_local = is_local(office, judged, &act.organisation, uscc);
    let done = match is_close {
        true => follow_ups::close(tx, uscc, text, is_local, act).await?,
        false => follow_ups::note(tx, uscc, text, is_local, act).await?,
    };
    done.or_else(refuse)
}

/// A firm that no list names any more lies in nobody's region but the province's.
fn is_inside(reader: &Reader, judged: &Judged, firm: Option<usize>) -> bool {
    firm.map_or(reader.scope.covers_province(), |firm| {
        reader.scope.covers_firm(&judged.firms.whereabouts(firm))
    })
}

/// Areas and counties follow their own firms.
fn is_local(office: &Office, judged: &Judged, organisation: &Organisation, uscc: Uscc) -> bool {
    let scope = programme::people::Scope::of(&office.pack, organisation);
    let firm = judged.firms.find(uscc);
    let covers = |firm| scope.covers_firm(&judged.firms.whereabouts(firm));
    !matches!(organisation, Organisation::Agency(_)) && firm.is_some_and(covers)
}

async fn show(
    office: &Office,
    arguments: &FollowUpArgs,
    judged: &Judged,
    uscc: Uscc,
) -> Result<Report> {
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    if reader.find(&judged.firms, uscc)?.is_none() && !is_inside(&reader, judged, None) {
        return refuse(PoolRefusal::OutOfScope(uscc));
    }
    let known = follow_ups::of(office.db.reading(), uscc).await?;
    let Some(own) = known.last() else {
        return refuse(FollowUpRefusal::NotHandedOn(uscc));
    };
    let firm = judged.firms.find(uscc);
    let name = firm.map_or(uscc.to_string(), |firm| {
        super::name_of(&judged.firms, firm).shown()
    });
    let report = Report::new(format!("{name}  跟进记录")).fact(
        "uscc",
        "统一社会信用代码",
        Field::text(uscc.to_string()),
    );
    let report = shown(office, judged, own, report);
    Ok(report.table(records(office, &known)))
}

fn shown(office: &Office, judged: &Judged, own: &FollowUp, report: Report) -> Report {
    let became = became(&judged.pack, &judged.firms, own.uscc, own.as_of);
    report
        .fact("since", "何时起", Field::text(own.opened_on.to_string()))
        .fact("by", "谁在跟进", Field::text(followers(office, own)))
        .fact("became", "现状", Field::text(became.in_words()))
        .fact("level", "现级别", level(judged, own.uscc))
        .fact("standing", "办理", Field::text(standing(own)))
}

fn records(office: &Office, known: &[FollowUp]) -> Table {
    let columns = [
        ("on", "日期"),
        ("act", "事项"),
        ("text", "内容"),
        ("organisation", "单位"),
        ("person", "经办人"),
    ];
    let mut table = Table::new("records", "记录", &columns);
    for own in known {
        let receivers = own.receivers.iter().map(|id| named(office, id));
        let ids: Vec<String> = own.hand_overs.iter().map(ToString::to_string).collect();
        table.row(vec![
            Field::text(own.opened_on.to_string()),
            Field::text("移交"),
            Field::text(format!(
                "第{}号移交给{}",
                ids.join("、"),
                receivers.collect::<Vec<_>>().join("、")
            )),
            Field::text(named(office, &office.pack.warnings.hand_over.agency)),
            Field::Empty,
        ]);
        for act in &own.acts {
            table.row(vec![
                Field::text(act.on.to_string()),
                Field::text(act.kind.in_words()),
                Field::text(act.text.clone()),
                Field::text(named(office, &act.organisation)),
                Field::text(act.person.clone()),
            ]);
        }
    }
    table
}
