//! The list of measures, and one of them: what it says, and the firms with a verdict.

use super::super::{lists, show};
use super::tabs;
use crate::cli::{EligibleArgs, LawArgs, ListArgs, ShowArgs};
use crate::office::{Office, today};
use crate::page::wants_json;
use crate::reader::Reader;
use crate::report::Field;
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Chip, Pager, Way, answer_json, choices, written};
use crate::web::places;
use crate::web::sheet::{Form, Input, Sheet, field};
use crate::web::visitor::Visitor;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use chrono::NaiveDate;
use programme::journal::{self, Line};
use rules::measures::Verdict;
use rules::pack::roles::Right;
use serde::Deserialize;

const PAGE: usize = 50;
const CURRENT: &str = "/measures";

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    division: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    clause: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    page: usize,
    #[serde(default)]
    done: String,
}

impl Asked {
    /// The day of law; today where none is asked for.
    pub fn on(&self) -> Result<Option<NaiveDate>, Failure> {
        match self.on.as_str() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(day) => Ok(Some(day)),
                Err(_) => Err(Failure::Malformed(format!("日期“{text}”请写成 2026-09-30"))),
            },
        }
    }

    fn law(&self) -> Result<LawArgs, Failure> {
        Ok(LawArgs {
            on: self.on()?,
            as_of: None,
        })
    }

    fn division(&self, office: &Office) -> Result<Option<u32>, Failure> {
        let reader = Reader::of(office, None, None)?;
        places::asked(&office.pack, &reader.scope, &self.division)
    }

    fn address(&self, path: &str) -> Address {
        Address::of(path)
            .with("on", &self.on)
            .with("division", &self.division)
            .with("verdict", &self.verdict)
            .with("clause", &self.clause)
            .with("purpose", &self.purpose)
    }

    fn chips(&self, office: &Office, path: &str, division: Option<u32>) -> Vec<Chip> {
        let address = self.address(path);
        let chip = |name: &str, label: &str, value: String| Chip {
            label: label.to_string(),
            value,
            without: address.without(name).to_string(),
        };
        let mut chips = Vec::new();
        if !self.on.is_empty() {
            chips.push(chip("on", "按哪一天的规定", self.on.clone()));
        }
        if let Some(code) = division {
            chips.push(chip("division", "市、县", office.pack.divisions.name(code)));
        }
        if let Some(verdict) = Verdict::ALL
            .into_iter()
            .find(|own| own.id() == self.verdict)
        {
            chips.push(chip("verdict", "结论", verdict.name().to_string()));
        }
        if !self.clause.is_empty() {
            chips.push(chip("clause", "条款", self.clause.clone()));
        }
        chips
    }
}

/// Fields that both pages have: area and day of law.
fn fields(office: &Office, asked: &Asked, division: Option<u32>) -> Result<Vec<Input>, Failure> {
    let scope = Reader::of(office, None, None)?.scope;
    let whole = places::whole(&office.pack, &scope);
    let places = places::choices(&office.pack, &scope, division);
    let on = asked.on()?.unwrap_or_else(today).to_string();
    let mut fields = Vec::new();
    if !places.is_empty() {
        fields.push(Input::select("division", "市、县", &whole, places));
    }
    fields.push(Input::of("date", "on", "按哪一天的规定", &on));
    Ok(fields)
}

/// `GET /measures`.
pub async fn list_measures(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let division = asked.division(office)?;
    let arguments = ListArgs {
        law: asked.law()?,
        division,
        clause: Some(asked.clause.clone()).filter(|clause| !clause.is_empty()),
    };
    let report = lists::list(office, &arguments).await?;
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let kept = Address::of("")
        .with("on", &asked.on)
        .with("division", &asked.division);
    let frame = visitor.frame("政策措施", CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|table, row, key| {
        let id = field(table, row, "id")?.shown();
        let verdict = match key {
            "name" => "",
            "entitled" => Verdict::Entitled.id(),
            "discretion" => Verdict::Discretion.id(),
            "local" => Verdict::LocalRules.id(),
            "unknown" => Verdict::Unknown.id(),
            "not_entitled" => Verdict::NotEntitled.id(),
            _ => return None,
        };
        Some(format!("{CURRENT}/{id}{}", kept.with("verdict", verdict)))
    });
    sheet.tabs = tabs(&visitor, CURRENT);
    sheet.lead =
        "方案各条款的政策措施，按所选日期施行中的规定逐户判定；家数只计本地企业。".to_string();
    let mut fields = fields(office, &asked, division)?;
    let clauses = office.pack.clauses.iter();
    let clauses = clauses.map(|own| (own.id.clone(), own.id.clone()));
    fields.push(Input::select(
        "clause",
        "条款",
        "全部",
        choices(clauses, &asked.clause),
    ));
    sheet.filter = Some(Form {
        address: CURRENT.to_string(),
        fields,
        verb: "查看".to_string(),
        ..Form::default()
    });
    sheet.chips = asked.chips(office, CURRENT, division);
    sheet.notes = vec!["“—”表示当日没有施行中的规定，或者本岗位不看企业名单。".to_string()];
    sheet.answer()
}

fn eligible(asked: &Asked, id: &str, division: Option<u32>) -> Result<EligibleArgs, Failure> {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    Ok(EligibleArgs {
        id: id.to_string(),
        verdict: given(&asked.verdict),
        division,
        purpose: given(&asked.purpose),
        agency: None,
        limit: PAGE,
        export: None,
        law: asked.law()?,
    })
}

/// What the list of firms is narrowed by.
fn firms_filter(
    office: &Office,
    reader: &Reader,
    asked: &Asked,
    path: &str,
    sees_firms: bool,
    division: Option<u32>,
) -> Result<Form, Failure> {
    let mut fields = fields(office, asked, division)?;
    if sees_firms {
        let verdicts = Verdict::ALL.into_iter();
        let verdicts = verdicts.map(|own| (own.id().to_string(), own.name().to_string()));
        let verdicts = choices(verdicts, &asked.verdict);
        fields.push(Input::select("verdict", "结论", "符合条件的", verdicts));
        if reader.sees_guarded() {
            fields.push(Input::of("text", "purpose", "用途", &asked.purpose).required(""));
        }
    }
    Ok(Form {
        address: path.to_string(),
        fields,
        verb: "查看名单".to_string(),
        ..Form::default()
    })
}

/// `GET /measures/{id}`.
pub async fn show_measure(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    if office.pack.measure_named(&id).is_none() {
        return Err(Failure::NotHere);
    }
    let division = asked.division(office)?;
    let arguments = ShowArgs {
        id: id.clone(),
        on: asked.on()?,
    };
    let mut report = show::command(&office.pack, &arguments)?;
    let title = report.title.clone();
    let path = format!("{CURRENT}/{id}");
    let reader = Reader::of(office, None, None)?;
    let wants_purpose = reader.sees_guarded() && asked.purpose.trim().is_empty();
    let sees_firms = visitor.may(Right::Firms);
    let mut pager = None;
    if sees_firms && !wants_purpose {
        let found = lists::found(office, &eligible(&asked, &id, division)?).await?;
        let own = Pager::of(
            &asked.address(&path),
            asked.page,
            PAGE,
            found.listed.len(),
            "家",
        );
        let mut table = found.table(&office.pack, own.cut(&found.listed));
        table.title = found.title.clone();
        report = report
            .fact("count", "名单家数", Field::Count(found.listed.len() as i64))
            .table(table);
        report.notes.extend(found.notes());
        pager = Some(own);
    }
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame(title, CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &crate::web::sheet::to_firms);
    sheet.tabs = tabs(&visitor, "");
    sheet.pager = pager;
    sheet.chips = asked.chips(office, &path, division);
    sheet.filter = Some(firms_filter(
        office, &reader, &asked, &path, sees_firms, division,
    )?);
    if sees_firms && visitor.may(Right::Export) && !wants_purpose {
        let address = asked.address(&format!("{path}/export"));
        sheet.actions.push(Way::to(address, "导出名单", true));
    }
    if wants_purpose && sees_firms {
        let text = "名单含税务、统计原值。请写明用途，再查看；用途记入日志。";
        sheet.notes.push(text.to_string());
    }
    if visitor.may(Right::Outcome) {
        sheet.last.push(super::acts::outcome_form(&id));
    }
    match asked.done.as_str() {
        "recorded" => sheet.told("done", "办理结果已登记").answer(),
        _ => sheet.answer(),
    }
}

/// `GET /measures/{id}/export`: the list as a workbook; that it was taken away is written down.
pub async fn download_firms(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome {
    let office = visitor.office();
    if office.pack.measure_named(&id).is_none() {
        return Err(Failure::NotHere);
    }
    let division = asked.division(office)?;
    let found = lists::found(office, &eligible(&asked, &id, division)?).await?;
    let act = office.act(found.reader().organisation.clone(), "", None)?;
    let tx = office.db.begin_writing().await?;
    let line = Line {
        act: "measures.export",
        subject: id.clone(),
        detail: format!("{}，{}家", found.title, found.listed.len()),
    };
    journal::append(&tx, &act, &line).await?;
    tx.commit().await.map_err(anyhow::Error::from)?;
    let name = format!("{}.xlsx", found.title);
    let pack = office.pack.clone();
    Ok(written(&name, move |to| found.write(&pack, &act, to)))
}
