//! One firm: who it is, twelve months of figures with their origin, where it stands and
//! why, what the statistics authority confirmed.

use super::prospect::{Probability, Words};
use super::warnings::judged;
use super::{level_text, newest};
use crate::cli::FirmArgs;
use crate::office::{Office, refuse};
use crate::reader::{Reader, read_code};
use crate::report::{Field, Report, Table};
use crate::sight;
use anyhow::Result;
use programme::deliveries::{self, Batch, StoredBatch, in_force};
use programme::outlook::{Firms, Snapshot, explain_class, explain_stage};
use programme::people::Scope;
use programme::register::{self, Door, Enterprise, StatusBook};
use programme::{indicators, pool};
use rules::expression::Kind;
use rules::pack::agencies::DataClass;
use rules::pack::facts::{Origin, SeriesKind, StatusField};
use rules::period::Month;
use rules::uscc::Uscc;
use std::collections::BTreeMap;
use std::sync::Arc;

const MONTHS: usize = 12;

pub(super) struct Known {
    pub snapshot: Snapshot,
    pub firms: Arc<Firms>,
    pub batches: Vec<Batch>,
    pub stored: BTreeMap<i64, StoredBatch>,
    book: StatusBook,
}

/// `shenggui firm`.
pub async fn command(office: &Office, arguments: &FirmArgs) -> Result<Report> {
    let uscc = read_code(&arguments.uscc)?;
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let scope = &reader.scope;
    let known = known(office, arguments.as_of).await?;
    let firm = known.find(&reader, uscc)?;
    let purpose = arguments.purpose.as_deref();
    reader
        .state_purpose(office, uscc.to_string(), purpose)
        .await?;
    let as_of = known.snapshot.as_of;
    let db = office.db.reading();
    let enterprise =
        register::one_enterprise(db, &office.pack, &known.batches, &known.stored, as_of, uscc)
            .await?;
    let mut report = identity(office, &known, firm, enterprise.as_ref());
    report = standing(office, &known, firm, scope, report);
    report = warned(office, arguments.as_of, uscc, report).await?;
    report = report.table(figures(office, &known, uscc, scope).await?);
    report = report.table(history(office, &known, uscc, enterprise.as_ref()));
    report = report.table(records(office, uscc).await?);
    if !scope.sees(DataClass::Tax) {
        report = report.note("税务数据按档显示；税务部门以 --as 税务局 --purpose 用途 查看原值");
    }
    Ok(report.note("本平台不代替联网直报，任何单位不得要求企业按指定数据填报"))
}

impl Known {
    /// The place of a firm that the reader may look at; refuses where it is not there.
    pub fn find(&self, reader: &Reader, uscc: Uscc) -> Result<usize> {
        if let Some(firm) = reader.find(&self.firms, uscc)? {
            return Ok(firm);
        }
        let now = self.book.successor(uscc.key()).and_then(Uscc::from_key);
        if let Some(now) = now {
            return refuse(format!("{uscc}是曾用代码，现用代码是{now}，请查现用代码"));
        }
        refuse(format!(
            "{}的快照里没有{uscc}；名录和确认名单都没有这家企业",
            self.snapshot.as_of.in_words()
        ))
    }
}

pub(super) async fn known(office: &Office, as_of: Option<Month>) -> Result<Known> {
    let (snapshot, firms) = newest(office, as_of).await?;
    let db = office.db.reading();
    let batches = in_force(&deliveries::batches(db).await?, snapshot.known_by);
    let stored = deliveries::stored(db).await?;
    let book = register::status_book(db, &batches, &stored, snapshot.as_of).await?;
    Ok(Known {
        snapshot,
        firms,
        batches,
        stored,
        book,
    })
}

fn identity(
    office: &Office,
    known: &Known,
    firm: usize,
    enterprise: Option<&Enterprise>,
) -> Report {
    let pack = &office.pack;
    let firms = &known.firms;
    let name = if firms.name(firm).is_empty() {
        "（名录没有）"
    } else {
        firms.name(firm)
    };
    let division = |code: Option<u32>| {
        code.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        })
    };
    let mut report = Report::new(name.to_string())
        .fact(
            "uscc",
            "统一社会信用代码",
            Field::text(firms.uscc(firm).to_string()),
        )
        .fact("area", "省辖市", division(firms.area(firm)))
        .fact("county", "县（市、区）", division(firms.county(firm)));
    if let Some(zone) = firms.zone(firm) {
        report = report.fact("zone", "开发区", Field::text(pack.divisions.name(zone)));
    }
    let Some(enterprise) = enterprise else {
        return report.note("企业名录没有这家企业，地区按代码所含登记地归入");
    };
    described(office, known, enterprise, report)
}

/// What the register says of a firm.
fn described(office: &Office, known: &Known, enterprise: &Enterprise, report: Report) -> Report {
    let pack = &office.pack;
    let division = |code: Option<u32>| {
        code.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        })
    };
    let day = |number: i64| {
        deliveries::day_from(number).map_or(Field::Unknown, |day| Field::text(day.to_string()))
    };
    let code = format!("{:04}", enterprise.industry);
    let industry = pack
        .industries
        .get(&code)
        .map_or("", |industry| industry.name.as_str());
    let mut report = report
        .fact(
            "registered_place",
            "注册地",
            division(enterprise.registered_place),
        )
        .fact("address", "详细地址", text_or_unknown(&enterprise.address))
        .fact(
            "industry",
            "行业",
            Field::text(format!("{code} {industry}")),
        )
        .fact("established", "成立时间", day(enterprise.established))
        .fact("commissioned", "投产时间", day(enterprise.commissioned))
        .fact(
            "persons",
            "从业人数",
            Field::maybe_count(deliveries::known_number(enterprise.persons)),
        );
    if let Some(predecessor) = enterprise.predecessor {
        report = report.fact(
            "predecessor",
            "曾用代码",
            Field::text(predecessor.to_string()),
        );
    }
    for certificate in &enterprise.certificates {
        let to = deliveries::day_from(certificate.to);
        let shown = match to {
            Some(to) if to < known.snapshot.as_of.last_day() => {
                format!("{}（已于{to}到期）", certificate.name)
            }
            Some(to) => format!("{}（有效期至{to}）", certificate.name),
            None => certificate.name.clone(),
        };
        report = report.fact("certificate", "资质", Field::text(shown));
    }
    report.fact(
        "register_batch",
        "名录来源",
        Field::text(format!("第{}批次", enterprise.batch)),
    )
}

fn text_or_unknown(text: &str) -> Field {
    if text.is_empty() {
        Field::Unknown
    } else {
        Field::text(text)
    }
}

fn standing(office: &Office, known: &Known, firm: usize, scope: &Scope, report: Report) -> Report {
    let pack = &office.pack;
    let parameters = pack.parameters_on(known.snapshot.as_of.last_day());
    let facts = known.firms.facts(firm);
    let stage = known.firms.stage(firm).map(|stage| &pack.stages[stage]);
    let name = match (stage, known.firms.kind(firm)) {
        (Some(stage), Some(kind)) => format!("{}（{}）", stage.name, stage.kinds[kind].name),
        (Some(stage), None) => stage.name.clone(),
        (None, _) => "待补".to_string(),
    };
    let (why, undecided) = explain_stage(pack, &facts, &parameters);
    let mut report = report.fact("stage", "所在阶段", Field::text(name)).fact(
        "stage_reason",
        "理由",
        Field::text(sight::reasons(pack, scope, &why)),
    );
    for (stage, reasons) in undecided {
        let shown = format!("{stage}：{}", sight::reasons(pack, scope, &reasons));
        report = report.fact("undecided", "尚不能判断", Field::text(shown));
    }
    report = outlook_of(office, known, firm, scope, report);
    let mut table = Table::new(
        "classes",
        "培育库四类",
        &[
            ("letter", "类"),
            ("class", "名称"),
            ("holds", "是否符合"),
            ("reason", "理由"),
        ],
    );
    for (index, class) in pack.classes.iter().enumerate() {
        let reasons = explain_class(pack, index, &facts, &parameters);
        table.row(vec![
            Field::text(class.letter.clone()),
            Field::text(class.name.clone()),
            known
                .firms
                .class(firm, index)
                .map_or(Field::Unknown, Field::Flag),
            Field::text(sight::reasons(pack, scope, &reasons)),
        ]);
    }
    report.table(table)
}

/// Where the year lands, where the forecast says so.
fn outlook_of(
    office: &Office,
    known: &Known,
    firm: usize,
    scope: &Scope,
    report: Report,
) -> Report {
    let pack = &office.pack;
    let Some(above) = Probability::of(pack, &known.firms, firm) else {
        return report;
    };
    let threshold = pack
        .parameter(&pack.scale.threshold)
        .and_then(|threshold| threshold.on(known.snapshot.as_of.last_day()));
    let words = Words {
        pack,
        scope,
        firms: &known.firms,
        threshold,
    };
    report
        .fact("landing", "全年落点", words.landing(firm))
        .fact("above", "全年达规概率", above.shown(pack, scope))
}

/// Level and categories of reasons, where a firm is warned of or could be.
async fn warned(
    office: &Office,
    as_of: Option<Month>,
    uscc: Uscc,
    report: Report,
) -> Result<Report> {
    let judged = judged(office, as_of).await?;
    let Some(firm) = judged.firms.find(uscc) else {
        return Ok(report);
    };
    let Some((level, possible)) = judged.levels(firm) else {
        return Ok(report);
    };
    if level.is_none() && possible.is_none() {
        return Ok(report);
    }
    let text = level_text(&judged, level, possible);
    let report = report.fact("warning_level", "预警级别", Field::text(text));
    Ok(match judged.warned(firm) {
        Some(own) => {
            let reasons = judged.reason_names(&own.reasons).join("、");
            report.fact("warning_reasons", "原因类别", Field::text(reasons))
        }
        None => report,
    })
}

async fn figures(office: &Office, known: &Known, uscc: Uscc, scope: &Scope) -> Result<Table> {
    let pack = &office.pack;
    let as_of = known.snapshot.as_of;
    let mut table = Table::new(
        "figures",
        "近12个月数据",
        &[
            ("month", "月份"),
            ("series", "指标"),
            ("value", "数值"),
            ("unit", "单位"),
            ("origin", "来源"),
        ],
    );
    for (index, series) in pack.series.iter().enumerate() {
        let months = indicators::one_series(
            office.db.reading(),
            pack,
            &known.batches,
            &known.stored,
            uscc,
            index,
            (as_of, MONTHS),
        )
        .await?;
        for figure in months {
            let (value, unit) = match series.kind {
                SeriesKind::Money => (
                    sight::money(pack, scope, series.class, figure.value),
                    "万元",
                ),
                SeriesKind::Electricity => {
                    (sight::quantity(scope, series.class, figure.value), "千瓦时")
                }
                SeriesKind::Gas => (sight::quantity(scope, series.class, figure.value), "立方米"),
                SeriesKind::Count => (sight::quantity(scope, series.class, figure.value), "人"),
            };
            let agency = pack.agency(&series.agency);
            let by = agency.map_or("", |a| a.name_on(as_of.last_day()).short.as_str());
            table.row(vec![
                Field::text(figure.month.to_string()),
                Field::text(series.name.clone()),
                value,
                Field::text(unit),
                Field::text(format!("{by}，第{}批次", figure.batch)),
            ]);
        }
    }
    Ok(table)
}

fn history(office: &Office, known: &Known, uscc: Uscc, enterprise: Option<&Enterprise>) -> Table {
    let pack = &office.pack;
    let mut table = Table::new(
        "history",
        "统计部门确认的经历",
        &[
            ("uscc", "代码"),
            ("entered", "入库"),
            ("door", "类型"),
            ("order", "次序"),
            ("left", "退库"),
            ("reason", "退库原因"),
            ("origin", "来源"),
        ],
    );
    let reasons = pack
        .slot(Origin::Status(StatusField::LeftReason))
        .and_then(|slot| match &pack.facts[slot].kind {
            Kind::Choice(choices) => Some(choices.as_slice()),
            _ => None,
        })
        .unwrap_or_default();
    let predecessor = enterprise.and_then(|firm| firm.predecessor);
    for code in predecessor.into_iter().chain([uscc]) {
        for spell in known.book.spells(code.key()) {
            let first = !known.book.was_in_before(code.key(), spell.entered);
            let reason = spell
                .reason
                .and_then(|reason| reasons.get(reason.0 as usize));
            table.row(vec![
                Field::text(code.to_string()),
                Field::text(spell.entered.to_string()),
                Field::text(match spell.door {
                    Door::Annual => "年度",
                    Door::Monthly => "月度",
                }),
                Field::text(if first { "首次" } else { "再次" }),
                spell
                    .left
                    .map_or(Field::Empty, |left| Field::text(left.to_string())),
                reason.map_or(Field::Empty, |reason| Field::text(reason.name.clone())),
                Field::text(format!("第{}批次", spell.batch)),
            ]);
        }
    }
    table
}

async fn records(office: &Office, uscc: Uscc) -> Result<Table> {
    let mut table = Table::new(
        "records",
        "培育库记录",
        &[
            ("on", "日期"),
            ("act", "事项"),
            ("reason", "事由"),
            ("by", "单位"),
            ("person", "经办人"),
        ],
    );
    for act in pool::acts_of(office.db.reading(), uscc).await? {
        let organisation = office.organisation(&act.organisation)?;
        table.row(vec![
            Field::text(act.on.to_string()),
            Field::text(act.kind.in_words()),
            Field::text(act.reason),
            Field::text(organisation.name(&office.pack, act.on)),
            Field::text(act.person),
        ]);
    }
    Ok(table)
}
