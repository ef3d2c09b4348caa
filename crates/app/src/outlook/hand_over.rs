//! Handing lists of warned firms on: the statistics authority alone does it, the receiver gets
//! names, levels and categories of reasons, and may read its list again.

use super::warnings::{Judged, Warned, judged, place, wanted};
use super::{hand_over_files, level_names};
use crate::cli::{HandOverArgs, HandOverListArgs};
use crate::office::{Office, refuse};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::journal::{self, Act, Line};
use programme::outlook::hand_overs::{
    self, HANDED_MAX, HandOver, HandOverRefusal, Handed, Request,
};
use programme::people::{Organisation, Scope};
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField};
use rules::period::Month;
use rules::uscc::Uscc;
use std::path::Path;

/// A list that could be handed on.
pub struct Prepared {
    pub judged: Judged,
    pub request: Request,
    pub list: Vec<Handed>,
}

/// The list that is asked for; nothing is handed on yet.
pub async fn prepared(office: &Office, arguments: &HandOverArgs, act: &Act) -> Result<Prepared> {
    let pack = &office.pack;
    let owner = Organisation::Agency(pack.warnings.hand_over.agency.clone());
    if act.organisation != owner {
        return refuse(HandOverRefusal::NotItsOwner(owner.name(pack, act.on)));
    }
    let receiver = office.organisation(&arguments.to)?;
    if receiver == owner {
        return refuse(HandOverRefusal::ToItself);
    }
    let judged = judged(office, arguments.as_of).await?;
    let wanted = wanted(&judged.pack, &arguments.level, None, arguments.division)?;
    let levels = level_names(&judged.pack, &wanted.levels);
    let found = judged.find(&Scope::of(pack, &owner), &wanted);
    if found.len() > HANDED_MAX {
        return refuse(HandOverRefusal::TooMany(found.len()));
    }
    let mut list: Vec<Handed> = found.iter().map(|own| handed(&judged, own)).collect();
    list.sort_unstable_by_key(|own| own.key);
    inside(&judged, &receiver, &found)?;
    let request = Request {
        snapshot: judged.snapshot.id,
        as_of: judged.snapshot.as_of,
        levels,
        division: arguments.division,
        receiver: receiver.id(),
        purpose: arguments.purpose.trim().to_string(),
        basis: judged.pack.warnings.hand_over.basis.clone(),
    };
    Ok(Prepared {
        judged,
        request,
        list,
    })
}

/// Hands a list on.
pub async fn handed_on(
    office: &Office,
    arguments: &HandOverArgs,
    act: &Act,
) -> Result<(HandOver, Vec<Handed>)> {
    if arguments.purpose.trim().is_empty() {
        return refuse(HandOverRefusal::NoPurpose);
    }
    if act.person.is_empty() {
        return refuse("请写明经办人（--by）");
    }
    let Prepared { request, list, .. } = prepared(office, arguments, act).await?;
    let tx = office.db.begin_writing().await?;
    let saved = match hand_overs::save(&tx, &office.pack, &request, &list, act).await? {
        Ok(saved) => saved,
        Err(refusal) => return refuse(refusal),
    };
    tx.commit().await?;
    Ok((saved, list))
}

/// `shenggui outlook hand-over`.
pub async fn command(office: &Office, arguments: &HandOverArgs) -> Result<Report> {
    let signature = &arguments.signature;
    let act = office.act(
        office.organisation(&signature.agency)?,
        &signature.person,
        signature.on,
    )?;
    let (saved, list) = handed_on(office, arguments, &act).await?;
    let report = described(office, &saved);
    let report = written(office, &saved, &list, arguments.out.as_deref(), report).await?;
    Ok(report
        .note("每家企业的跟进：shenggui outlook follow-ups --open")
        .note(office.pack.warnings.hand_over.notice.clone()))
}

/// A receiver gets no firm outside its own region.
fn inside(judged: &Judged, receiver: &Organisation, found: &[&Warned]) -> Result<()> {
    let pack = &judged.pack;
    let scope = Scope::of(pack, receiver);
    let outside = found
        .iter()
        .filter(|own| !scope.covers_firm(&judged.firms.whereabouts(own.firm)));
    match outside.count() {
        0 => Ok(()),
        count => refuse(HandOverRefusal::OutsideReceiver {
            count,
            receiver: receiver.name(pack, crate::office::today()),
        }),
    }
}

fn handed(judged: &Judged, own: &Warned) -> Handed {
    let firms = &judged.firms;
    let entered = judged.pack.slot(Origin::Status(StatusField::Entered));
    let entered = entered.and_then(|slot| firms.fact(own.firm, slot));
    Handed {
        key: firms.keys()[own.firm],
        name: super::name_of(firms, own.firm).shown(),
        area: firms.area(own.firm),
        county: firms.county(own.firm),
        entered: entered.and_then(|index| Month::from_index(index as i32)),
        level: judged.level_name(own.level).to_string(),
        possible: own
            .possible
            .map_or(String::new(), |level| judged.level_name(level).to_string()),
        reasons: judged.reason_names(&own.reasons),
    }
}

/// Writes the receiver's files, where a folder is named.
async fn written(
    office: &Office,
    saved: &HandOver,
    list: &[Handed],
    folder: Option<&Path>,
    report: Report,
) -> Result<Report> {
    let Some(folder) = folder else {
        return Ok(report.note(format!(
            "写成工作簿和函：shenggui outlook hand-over-list {} --as 接收单位 --out 目录",
            saved.id
        )));
    };
    let mut report = report;
    for path in hand_over_files::write(office, saved, list, folder).await? {
        report = report.note(format!("已写出：{}", path.display()));
    }
    Ok(report)
}

fn described(office: &Office, saved: &HandOver) -> Report {
    let request = &saved.request;
    let division = match request.division {
        Some(code) => Field::text(office.pack.divisions.name(code)),
        None => Field::text("全省"),
    };
    Report::new(format!("拟退规预警名单  第{}号移交", saved.id))
        .fact("hand_over", "移交号", Field::Count(saved.id))
        .fact("on", "移交日期", Field::text(saved.on.to_string()))
        .fact(
            "receiver",
            "接收单位",
            Field::text(named(office, &request.receiver)),
        )
        .fact("levels", "级别", Field::text(request.levels.clone()))
        .fact("division", "范围", division)
        .fact("count", "企业", Field::Count(saved.count as i64))
        .fact("snapshot", "快照", Field::Count(request.snapshot))
        .fact("as_of", "统计时点", Field::text(request.as_of.to_string()))
        .fact("purpose", "用途", Field::text(request.purpose.clone()))
        .fact("basis", "依据", Field::text(request.basis.clone()))
        .fact(
            "fingerprint",
            "指纹（SM3）",
            Field::text(saved.fingerprint.clone()),
        )
}

/// An organisation by its id, as it is called today.
pub fn named(office: &Office, id: &str) -> String {
    let organisation = Organisation::read(&office.pack, id);
    organisation.map_or(id.to_string(), |own| {
        own.name(&office.pack, crate::office::today())
    })
}

/// `shenggui outlook hand-overs`.
pub async fn list(office: &Office) -> Result<Report> {
    let columns = [
        ("hand_over", "移交号"),
        ("on", "日期"),
        ("receiver", "接收单位"),
        ("levels", "级别"),
        ("division", "范围"),
        ("count", "企业"),
        ("snapshot", "快照"),
        ("purpose", "用途"),
        ("person", "经办人"),
    ];
    let mut table = Table::new("hand_overs", "移交", &columns);
    let visitor = office.visitor.as_ref().map(|seat| seat.organisation.id());
    for own in hand_overs::hand_overs(office.db.reading()).await? {
        let request = &own.request;
        // Who visits sees what was handed on by or to the own organisation.
        let is_shown = visitor
            .as_ref()
            .is_none_or(|id| [&request.receiver, &own.organisation].contains(&id));
        if !is_shown {
            continue;
        }
        table.row(vec![
            Field::Count(own.id),
            Field::text(own.on.to_string()),
            Field::text(named(office, &request.receiver)),
            Field::text(request.levels.clone()),
            match request.division {
                Some(code) => place(&office.pack, Some(code)),
                None => Field::text("全省"),
            },
            Field::Count(own.count as i64),
            Field::Count(request.snapshot),
            Field::text(request.purpose.clone()),
            Field::text(own.person.clone()),
        ]);
    }
    Ok(Report::new("拟退规预警名单移交一览").table(table))
}

/// A list that was handed on by or to an organisation; that it is read again is written down.
pub async fn again(
    office: &Office,
    id: i64,
    reader: Organisation,
    detail: &str,
) -> Result<(HandOver, Vec<Handed>)> {
    let db = office.db.reading();
    let Some(saved) = hand_overs::hand_over(db, id).await? else {
        return refuse(HandOverRefusal::Unknown(id));
    };
    if ![&saved.request.receiver, &saved.organisation].contains(&&reader.id()) {
        return refuse(HandOverRefusal::NotItsReceiver(saved.id));
    }
    // Who looks at a list of statistics again is written down, as whoever got it was.
    let act = office.act(reader, "", None)?;
    let tx = office.db.begin_writing().await?;
    let line = Line {
        act: "outlook.read",
        subject: format!("移交{}", saved.id),
        detail: detail.to_string(),
    };
    journal::append(&tx, &act, &line).await?;
    tx.commit().await?;
    let list = hand_overs::handed(db, saved.id).await?;
    Ok((saved, list))
}

/// A list as people read it.
pub fn shown(office: &Office, saved: &HandOver, list: &[Handed]) -> Report {
    described(office, saved)
        .table(firms(&office.pack, list))
        .note(office.pack.warnings.hand_over.notice.clone())
}

/// `shenggui outlook hand-over-list`.
pub async fn read_again(office: &Office, arguments: &HandOverListArgs) -> Result<Report> {
    let reader = office.organisation(&arguments.agency)?;
    let detail = match arguments.out.is_some() {
        true => "再次写出移交名单",
        false => "再次查看移交名单",
    };
    let (saved, list) = again(office, arguments.id, reader, detail).await?;
    let report = described(office, &saved).table(firms(&office.pack, &list));
    let report = match &arguments.out {
        Some(folder) => written(office, &saved, &list, Some(folder), report).await?,
        None => report,
    };
    Ok(report.note(office.pack.warnings.hand_over.notice.clone()))
}

pub fn firms(pack: &Pack, list: &[Handed]) -> Table {
    let columns = [
        ("uscc", "统一社会信用代码"),
        ("firm", "企业名称"),
        ("area", "省辖市"),
        ("county", "县（市、区）"),
        ("entered", "入统时间"),
        ("level", "级别"),
        ("reasons", "原因类别"),
        ("incomplete", "数据"),
    ];
    let mut table = Table::new("firms", "企业", &columns);
    for own in hand_over_files::in_order(list) {
        table.row(vec![
            Uscc::from_key(own.key).map_or(Field::Unknown, |uscc| Field::text(uscc.to_string())),
            Field::text(own.name.clone()),
            place(pack, own.area),
            place(pack, own.county),
            own.entered
                .map_or(Field::Unknown, |month| Field::text(month.to_string())),
            Field::text(own.level.clone()),
            Field::text(own.reasons.join("、")),
            Field::text(hand_over_files::completeness(own)),
        ]);
    }
    table
}
