//! Pushing what changed, showing it to whom it concerns, recording what came of it.

use super::reaching::{self, Whose};
use crate::cli::{NoticesArgs, PushArgs};
use crate::office::{Office, read_pack, refuse};
use crate::outlook::{PROGRAM, name_of, newest};
use crate::report::{Field, Report, Table};
use crate::sheets;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use programme::journal::Act;
use programme::measures::{self as records, Noted, Notice, NoticeKind, Push, PushInputs};
use programme::outlook::{self, Firms, Snapshot};
use programme::people::Organisation;
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;
use std::collections::HashMap;
use std::sync::Arc;

/// Days before the end of an entitlement on which it is told, in the pack's parameters.
const NOTICE_DAYS: &str = "push_notice_days";

struct Computed {
    inputs: PushInputs,
    noted: Noted,
    notices: Vec<Notice>,
}

/// What was computed, and of which firms.
type ComputedOf = (Computed, Arc<Firms>);

/// `shenggui measures push`.
pub async fn push(office: &Office, arguments: &PushArgs) -> Result<Report> {
    let signature = &arguments.signature;
    let organisation = office.organisation(&signature.agency)?;
    if !matches!(organisation, Organisation::Agency(_)) {
        return refuse(
            "推送由省级单位办理，市县可用 shenggui measures notices 查看推送给本地的事项",
        );
    }
    let act = office.act(organisation, &signature.person, signature.on)?;
    if act.person.is_empty() {
        return refuse("请写明经办人（--by）");
    }
    let (computed, firms) = computed(office, &act, arguments.as_of).await?;
    let table = by_measure(&office.pack, &computed.notices);
    if arguments.dry_run {
        let count = Field::Count(computed.notices.len() as i64);
        let report = Report::new("试算：这次会推送的事项，没有存入").fact("count", "条数", count);
        return Ok(report.table(table));
    }
    let saved = kept(office, (&computed, &firms), &act).await?;
    Ok(described(&saved)
        .table(table)
        .note("查看推送给某单位的事项：shenggui measures notices --as 税务局")
        .note(format!("重算核对：shenggui measures replay {}", saved.id)))
}

/// What a push by this act would tell, by measure.
pub async fn preview(office: &Office, act: &Act) -> Result<Report> {
    let (computed, _) = computed(office, act, None).await?;
    let count = Field::Count(computed.notices.len() as i64);
    let report = Report::new("推送政策").fact("count", "将要推送", count);
    Ok(report.table(by_measure(&office.pack, &computed.notices)))
}

/// Pushes what changed by the day of the act, from the newest snapshot.
pub async fn push_now(office: &Office, act: &Act) -> Result<Push> {
    let (computed, firms) = computed(office, act, None).await?;
    kept(office, (&computed, &firms), act).await
}

async fn computed(office: &Office, act: &Act, as_of: Option<Month>) -> Result<ComputedOf> {
    let (snapshot, firms) = newest(office, as_of).await?;
    let previous = records::newest_push(office.db.reading()).await?;
    if let Some(push) = &previous {
        in_order(office, push, &snapshot, act.on).await?;
    }
    let days = office
        .pack
        .parameter(NOTICE_DAYS)
        .and_then(|days| days.on(act.on));
    let measures = office.pack.measures.iter();
    let inputs = PushInputs {
        snapshot: snapshot.id,
        facts: snapshot.fingerprint.clone(),
        pack: office.pack.fingerprint.clone(),
        law_day: act.on.to_string(),
        notice_days: days.and_then(|days| u64::try_from(days).ok()).unwrap_or(0),
        previous: previous.as_ref().map_or(0, |push| push.id),
        measures: measures.map(|measure| measure.id.clone()).collect(),
        fact_ids: office
            .pack
            .facts
            .iter()
            .map(|fact| fact.id.clone())
            .collect(),
        program: PROGRAM.to_string(),
    };
    let before = before(office, previous.as_ref()).await?;
    let computed = compute(&office.pack, &firms, inputs, before.as_ref())?;
    Ok((computed, firms))
}

/// A push tells what changed since the one before; it cannot lie behind it.
async fn in_order(office: &Office, push: &Push, newest: &Snapshot, on: NaiveDate) -> Result<()> {
    if on < push.law_day {
        return refuse(format!(
            "推送 {} 已按 {} 的规定办理，不能再按更早的 {on} 推送",
            push.id, push.law_day
        ));
    }
    let before = outlook::snapshot(office.db.reading(), push.snapshot).await?;
    match before {
        Some(before) if newest.as_of < before.as_of => refuse(format!(
            "推送 {} 已用{}的数据，不能再用更早的{}的数据推送",
            push.id,
            before.as_of.in_words(),
            newest.as_of.in_words()
        )),
        _ => Ok(()),
    }
}

async fn kept(office: &Office, (computed, firms): (&Computed, &Firms), act: &Act) -> Result<Push> {
    let Computed {
        inputs,
        noted,
        notices,
    } = computed;
    let tx = office.db.begin_writing().await?;
    outlook::save_pack(&tx, &office.pack, act.at).await?;
    let saved = records::save_push(&tx, inputs, noted, notices, act.on, act).await?;
    let Some(saved) = saved else {
        return refuse("另有一次推送刚刚完成，请重新执行，以免重复推送");
    };
    reaching::tell(&tx, &office.pack, firms, &saved, notices).await?;
    tx.commit().await?;
    Ok(saved)
}

/// The states that the previous push left, with its measures.
async fn before(office: &Office, push: Option<&Push>) -> Result<Option<(Vec<String>, Noted)>> {
    let Some(push) = push else { return Ok(None) };
    let inputs: PushInputs = serde_json::from_str(&push.inputs)?;
    let keys = outlook::keys_of(office.db.reading(), push.snapshot).await?;
    let noted = records::states_of(office.db.reading(), push, keys).await?;
    Ok(Some((inputs.measures, noted)))
}

fn compute(
    pack: &Pack,
    firms: &Firms,
    inputs: PushInputs,
    before: Option<&(Vec<String>, Noted)>,
) -> Result<Computed> {
    let on = inputs.law_day.parse().context("the day of a push")?;
    let (noted, verdicts) = records::states(pack, firms, on, inputs.notice_days);
    let earlier = before.map(|(ids, noted)| (ids.as_slice(), noted));
    let notices = records::changes(pack, &noted, &verdicts, earlier);
    Ok(Computed {
        inputs,
        noted,
        notices,
    })
}

/// `shenggui measures replay`.
pub async fn replay(office: &Office, id: i64) -> Result<Report> {
    let db = office.db.reading();
    let all = records::pushes(db).await?;
    let Some(push) = all.iter().find(|push| push.id == id) else {
        return refuse(format!(
            "没有推送 {id}，全部推送见 shenggui measures pushes"
        ));
    };
    let inputs: PushInputs = serde_json::from_str(&push.inputs)?;
    let pack = match push.pack == office.pack.fingerprint {
        true => office.pack.clone(),
        false => match outlook::read_pack(db, &push.pack).await? {
            Some(files) => Arc::new(read_pack(files)?),
            None => return refuse(format!("推送 {id} 所用的政策包没有保存")),
        },
    };
    let Some(snapshot) = outlook::snapshot(db, push.snapshot).await? else {
        return refuse(format!("推送 {id} 所用的快照 {} 不在", push.snapshot));
    };
    let firms = outlook::load(db, &pack, &snapshot).await?;
    let previous = all.iter().find(|other| other.id == inputs.previous);
    let before = before(office, previous).await?;
    let computed = compute(&pack, &firms, inputs, before.as_ref())?;
    let again = records::fingerprint(&computed.inputs, &computed.noted, &computed.notices)?;
    if again != push.fingerprint {
        return refuse(format!(
            "推送 {id} 重算结果不同：原指纹 {}，重算 {again}",
            push.fingerprint
        ));
    }
    Ok(described(push).note("重算结果与原推送逐字节相同"))
}

fn described(push: &Push) -> Report {
    Report::new(format!("推送 {}", push.id))
        .fact("push", "推送", Field::Count(push.id))
        .fact("snapshot", "快照", Field::Count(push.snapshot))
        .fact(
            "law_day",
            "按哪一天的规定",
            Field::text(push.law_day.to_string()),
        )
        .fact("count", "条数", Field::Count(push.count as i64))
        .fact("pack", "政策包", Field::text(push.pack[..16].to_string()))
        .fact(
            "fingerprint",
            "指纹（SM3）",
            Field::text(push.fingerprint.clone()),
        )
}

fn by_measure(pack: &Pack, notices: &[Notice]) -> Table {
    let mut table = Table::new(
        "measures",
        "各项措施",
        &[
            ("measure", "标识"),
            ("name", "措施"),
            ("new", "新近可享"),
            ("lapsing", "即将到期"),
            ("one_missing", "差一项即可判定"),
        ],
    );
    let mut counts: HashMap<(usize, NoticeKind), i64> = HashMap::new();
    for notice in notices {
        *counts.entry((notice.measure, notice.kind)).or_default() += 1;
    }
    for (index, measure) in pack.measures.iter().enumerate() {
        let own = NoticeKind::ALL.map(|kind| counts.get(&(index, kind)).copied().unwrap_or(0));
        if own.iter().sum::<i64>() == 0 {
            continue;
        }
        let mut row = vec![
            Field::text(measure.id.clone()),
            Field::text(measure.name.clone()),
        ];
        row.extend(own.map(Field::Count));
        table.row(row);
    }
    table
}

/// `shenggui measures pushes`.
pub async fn list(office: &Office) -> Result<Report> {
    let mut table = Table::new(
        "pushes",
        "推送",
        &[
            ("push", "推送"),
            ("on", "日期"),
            ("snapshot", "快照"),
            ("count", "条数"),
            ("organisation", "办理单位"),
            ("person", "经办人"),
            ("fingerprint", "指纹（SM3）"),
        ],
    );
    for push in records::pushes(office.db.reading()).await? {
        let organisation = Organisation::read(&office.pack, &push.organisation)
            .map_or(push.organisation.clone(), |own| {
                own.name(&office.pack, push.on)
            });
        table.row(vec![
            Field::Count(push.id),
            Field::text(push.on.to_string()),
            Field::Count(push.snapshot),
            Field::Count(push.count as i64),
            Field::text(organisation),
            Field::text(push.person),
            Field::text(push.fingerprint[..16].to_string()),
        ]);
    }
    Ok(Report::new("推送一览").table(table))
}

/// `shenggui measures notices`.
pub async fn notices(office: &Office, arguments: &NoticesArgs) -> Result<Report> {
    let pack = &office.pack;
    let all = records::pushes(office.db.reading()).await?;
    let whose = Whose::of(office, arguments)?;
    let chosen: Vec<&Push> = match (arguments.push, &whose) {
        (Some(id), _) => all.iter().filter(|push| push.id == id).collect(),
        (None, Whose::Firm(_)) => all.iter().collect(),
        (None, Whose::Office(..)) => all.last().into_iter().collect(),
    };
    if chosen.is_empty() {
        return match arguments.push {
            Some(id) => refuse(format!(
                "没有推送 {id}，全部推送见 shenggui measures pushes"
            )),
            None => refuse("还没有推送过。推送：shenggui measures push --as 工信厅 --by 经办人"),
        };
    }
    let (_, firms) = newest(office, None).await?;
    let mut table = Table::new(
        "notices",
        "事项",
        &[
            ("push", "推送"),
            ("on", "日期"),
            ("uscc", "统一社会信用代码"),
            ("name", "企业名称"),
            ("area", "省辖市"),
            ("county", "县（市、区）"),
            ("measure", "措施"),
            ("kind", "事项"),
            ("verdict", "结论"),
            ("fact", "还缺"),
        ],
    );
    let mut count = 0usize;
    for push in chosen {
        let inputs: PushInputs = serde_json::from_str(&push.inputs)?;
        for notice in records::notices(office.db.reading(), push.id).await? {
            let id = &inputs.measures[notice.measure];
            let measure = pack.measure_named(id);
            if !whose.concerns(pack, &firms, &notice, measure) {
                continue;
            }
            count += 1;
            if arguments.export.is_some() || table.rows.len() < arguments.limit {
                table.row(row(pack, &firms, (push, &inputs), &notice, measure));
            }
        }
    }
    let title = format!("推送给{}的事项", whose.name(pack));
    let report = Report::new(title.clone()).fact("count", "条数", Field::Count(count as i64));
    if let Some(path) = &arguments.export {
        sheets::write(path, &title, &table, &[])?;
        return Ok(report.note(format!("已导出：{}", path.display())));
    }
    let report = match count > table.rows.len() {
        true => report.note(format!(
            "只列出前{}条，全部请用 --export 推送.xlsx 导出",
            table.rows.len()
        )),
        false => report,
    };
    Ok(report.table(table))
}

fn row(
    pack: &Pack,
    firms: &Firms,
    (push, inputs): (&Push, &PushInputs),
    notice: &Notice,
    measure: Option<usize>,
) -> Vec<Field> {
    let uscc = Uscc::from_key(notice.key);
    let firm = uscc.and_then(|uscc| firms.find(uscc));
    let place = |code: Option<u32>| {
        code.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        })
    };
    let id = inputs.measures[notice.measure].as_str();
    let name = measure.map_or(id, |measure| pack.measures[measure].name.as_str());
    // Slots are those of the pack that pushed; the pack of today may number them otherwise.
    let fact = notice.fact.and_then(|slot| inputs.fact_ids.get(slot));
    let fact = fact.and_then(|id| pack.facts.iter().find(|fact| fact.id == *id));
    vec![
        Field::Count(push.id),
        Field::text(push.on.to_string()),
        uscc.map_or(Field::Unknown, |uscc| Field::text(uscc.to_string())),
        firm.map_or(Field::Unknown, |firm| name_of(firms, firm)),
        place(firm.and_then(|firm| firms.area(firm))),
        place(firm.and_then(|firm| firms.county(firm))),
        Field::text(name),
        Field::text(notice.kind.name()),
        Field::text(notice.verdict.name()),
        fact.map_or(Field::Empty, |fact| Field::text(fact.name.clone())),
    ]
}
