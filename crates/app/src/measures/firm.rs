//! All measures for one firm, in the order in which somebody asks: what it is entitled to,
//! what is one fact away, and the rest with what is missing to it.

use super::answer::{Answer, Asked};
use super::cases::unknown;
use super::lists::stamped;
use crate::cli::{FirmMeasuresArgs, LawArgs};
use crate::office::{Office, refuse, today};
use crate::outlook::newest;
use crate::reader::{Reader, read_code};
use crate::report::{Field, Group, Item, Report};
use anyhow::Result;
use chrono::NaiveDate;
use programme::outlook::{Firms, Snapshot};
use rules::measures::{Every, Verdict};
use rules::pack::Pack;
use serde_json::json;
use std::sync::Arc;

/// One firm of a snapshot and the day whose law is asked for.
pub struct Subject {
    pub snapshot: Snapshot,
    pub firms: Arc<Firms>,
    pub firm: usize,
    pub on: NaiveDate,
    pub reader: Reader,
}

/// Finds the firm, and writes the purpose down where the reader needs one.
pub async fn subject(
    office: &Office,
    uscc: &str,
    (agency, itself, purpose): (Option<&str>, bool, Option<&str>),
    law: &LawArgs,
) -> Result<Subject> {
    let uscc = read_code(uscc)?;
    let reader = Reader::of(office, agency, itself.then_some(uscc))?;
    let (snapshot, firms) = newest(office, law.as_of).await?;
    let Some(firm) = reader.find(&firms, uscc)? else {
        return refuse(format!(
            "{}的快照里没有{uscc}；名录和确认名单都没有这家企业",
            snapshot.as_of.in_words()
        ));
    };
    reader
        .state_purpose(office, uscc.to_string(), purpose)
        .await?;
    Ok(Subject {
        snapshot,
        firms,
        firm,
        on: law.on.unwrap_or_else(today),
        reader,
    })
}

/// `shenggui measures firm`.
pub async fn command(office: &Office, arguments: &FirmMeasuresArgs) -> Result<Report> {
    let pack = &office.pack;
    let reader = (
        arguments.agency.as_deref(),
        arguments.itself,
        arguments.purpose.as_deref(),
    );
    let subject = subject(office, &arguments.uscc, reader, &arguments.law).await?;
    let facts = subject.firms.facts(subject.firm);
    let parameters = pack.parameters_on(subject.on);
    let asked = Asked {
        pack,
        facts: &facts,
        parameters: &parameters,
        on: subject.on,
        scope: &subject.reader.scope,
    };
    let report = head(pack, &subject);
    if let Some(id) = &arguments.measure {
        let Some(measure) = pack.measure_named(id) else {
            return refuse(unknown(pack, id));
        };
        return Ok(closing(one(&asked, measure, report), &subject));
    }
    let answers: Vec<Answer> = (0..pack.measures.len())
        .filter(|measure| pack.measures[*measure].place.is_none())
        .map(|measure| asked.answer(measure))
        .collect();
    Ok(closing(grouped(pack, &asked, answers, report), &subject))
}

fn head(pack: &Pack, subject: &Subject) -> Report {
    let (firms, firm) = (&subject.firms, subject.firm);
    let name = match firms.name(firm) {
        "" => "（名录没有名称）",
        name => name,
    };
    let place = |code: Option<u32>| {
        code.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        })
    };
    let stage = firms
        .stage(firm)
        .map(|stage| pack.stages[stage].name.clone());
    let report = Report::new(format!("{name}：政策措施逐项判定"))
        .fact(
            "uscc",
            "统一社会信用代码",
            Field::text(firms.uscc(firm).to_string()),
        )
        .fact("area", "省辖市", place(firms.area(firm)))
        .fact("county", "县（市、区）", place(firms.county(firm)))
        .fact(
            "stage",
            "所在阶段",
            stage.map_or(Field::Unknown, Field::text),
        );
    stamped(report, subject.on, &subject.snapshot)
}

fn closing(report: Report, subject: &Subject) -> Report {
    let report = match subject.reader.sees_guarded() {
        true => report,
        false => report.note(
            "看不到原值的数按档显示；税务部门以 --as 税务局 --purpose 用途，企业本人以 --self --purpose 用途 查看原值",
        ),
    };
    report.note("本平台不代替联网直报，任何单位不得要求企业按指定数据填报")
}

/// One measure with every condition.
fn one(asked: &Asked<'_>, measure: usize, report: Report) -> Report {
    let answer = asked.answer(measure);
    let items = [
        ("成立", &answer.holding),
        ("不成立", &answer.failing),
        ("待补", &answer.open),
    ];
    let conditions = items.into_iter().flat_map(|(outcome, list)| {
        list.iter().map(move |told| Item {
            head: format!("{}：{outcome}", told.name),
            link: None,
            lines: vec![told.reasons.clone()],
            value: json!({ "condition": told.id, "outcome": outcome, "reasons": told.reasons }),
        })
    });
    let conditions = Group {
        is_one_of_many: false,
        key: "conditions",
        title: "逐条条件".to_string(),
        items: conditions.collect(),
    };
    let answered = Group {
        is_one_of_many: false,
        key: answer.verdict.id(),
        title: answer.verdict.name().to_string(),
        items: vec![answer.item(asked.pack, asked.on)],
    };
    report.group(answered).group(conditions)
}

/// Amounts of different periods are never added to each other.
const DUE: [(Every, &str, &str); 4] = [
    (Every::Once, "due_once", "应得数额合计，一次性（万元）"),
    (Every::Year, "due_year", "应得数额合计，每年（万元）"),
    (Every::Quarter, "due_quarter", "应得数额合计，每季（万元）"),
    (Every::Month, "due_month", "应得数额合计，每月（万元）"),
];

/// 可享 first with its amounts, then what is fewest facts away, then the rest.
fn grouped(pack: &Pack, asked: &Asked<'_>, answers: Vec<Answer>, report: Report) -> Report {
    let counts = Verdict::ALL.map(|verdict| {
        let count = answers.iter().filter(|a| a.verdict == verdict).count();
        format!("{} {count}", verdict.name())
    });
    let mut report = report.fact("verdicts", "结论", Field::text(counts.join("，")));
    for (every, key, name) in DUE {
        let due = answers.iter().filter_map(|a| a.due_fen(Some(every)));
        if let Some(due) = due.reduce(i64::saturating_add) {
            report = report.fact(key, name, Field::Money(due));
        }
    }
    for verdict in Verdict::ALL {
        let mut own: Vec<&Answer> = answers.iter().filter(|a| a.verdict == verdict).collect();
        match verdict {
            Verdict::Unknown => own.sort_by_key(|a| a.facts_away().unwrap_or(usize::MAX)),
            Verdict::NotEntitled => own.sort_by_key(|a| a.failing.len()),
            _ => own.sort_by_key(|a| std::cmp::Reverse(a.due_fen(None))),
        }
        if own.is_empty() {
            continue;
        }
        report = report.group(Group {
            is_one_of_many: false,
            key: verdict.id(),
            title: verdict.name().to_string(),
            items: own.iter().map(|a| a.item(pack, asked.on)).collect(),
        });
    }
    report
}
