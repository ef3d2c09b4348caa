//! Admitting, removing, declaring and withdrawing: first what would be recorded, then the
//! record, then what was recorded and the way back.

use super::super::acts::{NamedCode, judged, listed_codes, named_code, recorded};
use crate::office::Office;
use crate::outlook::{name_of, newest};
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::parts::go_to;
use crate::web::visitor::{Visitor, html};
use anyhow::Result;
use askama::Template;
use axum::extract::{Form, Path, Query};
use programme::outlook::Firms;
use programme::pool::{self, ActKind};
use rules::money::grouped;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Firms of one request; an office's list may have more.
const FIRMS: usize = 1000;
/// Firms that a page names.
const NAMED: usize = 200;
const REASON: usize = 200;

type Pairs = Vec<(String, String)>;

/// What is asked for: firms or an office's list, and why.
#[derive(Default)]
struct Asked {
    firms: Vec<String>,
    list: Option<i64>,
    reason: String,
    back: String,
}

impl Asked {
    fn read(pairs: &[(String, String)]) -> Result<Asked, Failure> {
        let mut asked = Asked::default();
        for (name, value) in pairs {
            let value = value.trim();
            match name.as_str() {
                "uscc" if !value.is_empty() => asked.firms.push(value.to_uppercase()),
                "list" if !value.is_empty() => {
                    let fault = || Failure::Malformed("名单的批次不能识别".to_string());
                    asked.list = Some(value.parse().map_err(|_| fault())?);
                }
                "reason" => asked.reason = value.chars().take(REASON).collect(),
                "back" => asked.back = value.to_string(),
                _ => {}
            }
        }
        if asked.firms.len() > FIRMS {
            let text = format!("一次最多办理{FIRMS}家，请分几次办理");
            return Err(Failure::Refused(text));
        }
        Ok(asked)
    }

    async fn codes(&self, office: &Office) -> Result<Vec<NamedCode>, Failure> {
        match self.list {
            Some(list) => Ok(listed_codes(office, list).await?),
            None => Ok(self.firms.iter().map(|text| named_code(text)).collect()),
        }
    }
}

/// How an act is put on pages.
struct Wording {
    address: &'static str,
    verb: &'static str,
    /// What follows from it.
    effect: &'static str,
    back: &'static str,
    /// The act that takes it back: address and verb.
    undo: (&'static str, &'static str),
}

fn wording(kind: ActKind) -> Wording {
    match kind {
        ActKind::Admit => Wording {
            address: "/pool/admissions",
            verb: "纳入培育库",
            effect: "进入培育库，计入本地在库数；企业的任何数字都不改动。",
            back: "/pool/candidates",
            undo: ("/pool/removals", "移出培育库"),
        },
        ActKind::Remove => Wording {
            address: "/pool/removals",
            verb: "移出培育库",
            effect: "移出培育库，不再计入本地在库数；以前的记录保留。",
            back: "/pool/members",
            undo: ("/pool/admissions", "重新纳入培育库"),
        },
        ActKind::Declare => Wording {
            address: "/pool/declarations",
            verb: "记为已申报",
            effect: "记为已向统计部门申报入统；是否入统由统计部门确认，本平台不代为申报，也不预审。",
            back: "/pool/members",
            undo: ("/pool/withdrawals", "撤回申报"),
        },
        ActKind::Withdraw => Wording {
            address: "/pool/withdrawals",
            verb: "撤回申报",
            effect: "不再记为已申报；以前的记录保留。",
            back: "/pool/members",
            undo: ("/pool/declarations", "重新记为已申报"),
        },
    }
}

struct Named {
    uscc: String,
    name: String,
    place: String,
    class: String,
}

struct Left {
    reason: String,
}

#[derive(Template)]
#[template(path = "pool/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    address: &'static str,
    verb: &'static str,
    effect: &'static str,
    back: String,
    count: String,
    firms: Vec<Named>,
    unnamed: usize,
    /// Codes that are sent on; none where a list is.
    codes: Vec<String>,
    list: Option<i64>,
    left: Vec<Left>,
    left_count: usize,
    reason: String,
    fault: &'static str,
}

async fn confirm(visitor: &Visitor, kind: ActKind, asked: Asked, fault: &'static str) -> Outcome {
    let office = visitor.office();
    let wording = wording(kind);
    let codes = asked.codes(office).await?;
    let (_, firms) = newest(office, None).await?;
    let act = visitor.act()?;
    let judged = judged(office, kind, codes, &act, &firms).await?;
    let admissible: Vec<usize> = judged.admissible.iter().map(|(firm, _)| *firm).collect();
    let left_count = judged.refused.len();
    let left = judged.refused.into_iter().take(NAMED);
    let page = ConfirmPage {
        frame: visitor.frame(wording.verb, "/pool").await?,
        address: wording.address,
        verb: wording.verb,
        effect: wording.effect,
        back: inside(&asked.back, wording.back),
        count: grouped(admissible.len() as u64),
        unnamed: admissible.len().saturating_sub(NAMED),
        firms: admissible
            .iter()
            .take(NAMED)
            .map(|firm| named(office, &firms, *firm))
            .collect(),
        codes: match asked.list {
            Some(_) => Vec::new(),
            None => admissible
                .iter()
                .map(|firm| firms.uscc(*firm).to_string())
                .collect(),
        },
        list: asked.list,
        left: left.map(|(_, reason)| Left { reason }).collect(),
        left_count,
        reason: asked.reason,
        fault,
    };
    html(&page)
}

/// Only addresses of this site are gone back to.
fn inside(back: &str, otherwise: &str) -> String {
    let is_own = back.starts_with("/pool") && !back.contains('\\');
    if is_own { back } else { otherwise }.to_string()
}

fn named(office: &Office, firms: &Firms, firm: usize) -> Named {
    let place = firms.county(firm).or(firms.area(firm));
    let class = firms
        .first_class(firm)
        .map(|class| &office.pack.classes[class]);
    Named {
        uscc: firms.uscc(firm).to_string(),
        name: name_of(firms, firm).shown(),
        place: place.map_or("待补".to_string(), |code| {
            office.pack.divisions.name(code)
        }),
        class: class.map_or("—".to_string(), |class| {
            format!("{} {}", class.letter, class.name)
        }),
    }
}

async fn create(visitor: &Visitor, kind: ActKind, asked: Asked) -> Outcome {
    if asked.reason.is_empty() {
        let fault = "请写明事由，例如会议日期或文号；事由记入日志";
        return confirm(visitor, kind, asked, fault).await;
    }
    let office = visitor.office();
    let codes = asked.codes(office).await?;
    let (_, firms) = newest(office, None).await?;
    let act = visitor.act()?;
    let recorded = recorded(office, kind, codes, &asked.reason, &act, &firms).await?;
    if recorded.done == 0 {
        let reasons: Vec<String> = recorded.refused.into_iter().map(|own| own.1).collect();
        let text = match reasons.is_empty() {
            true => "没有选中企业，没有办理".to_string(),
            false => format!("没有办理：{}", reasons.join("；")),
        };
        return Err(Failure::Refused(text));
    }
    let address = Address::of(format!("/pool/acts/{}", recorded.first))
        .with("count", recorded.done)
        .with("left", recorded.refused.len())
        .with("done", "yes");
    Ok(go_to(address))
}

#[derive(Deserialize)]
pub struct Made {
    #[serde(default = "one")]
    count: i64,
    #[serde(default)]
    left: usize,
    #[serde(default)]
    done: String,
}

fn one() -> i64 {
    1
}

#[derive(Template)]
#[template(path = "pool/acts.html")]
struct ActsPage {
    frame: Frame,
    what: &'static str,
    on: String,
    by: String,
    person: String,
    reason: String,
    acts: Vec<Named>,
    back: &'static str,
    undo: Option<(&'static str, String)>,
}

/// `GET /pool/acts/{first}`: what was recorded at once, as far as the region goes.
pub async fn show_acts(
    visitor: Visitor,
    Path(first): Path<i64>,
    Query(made): Query<Made>,
) -> Outcome {
    let office = visitor.office();
    let scope = &visitor.seat()?.scope;
    let count = made.count.clamp(1, 100_000);
    let acts = pool::acts_from(office.db.reading(), first, count).await?;
    let (_, firms) = newest(office, None).await?;
    // One record tells what the others of the same moment are.
    let alike = acts.first().cloned();
    let own: Vec<_> = acts
        .iter()
        .filter(|act| alike.as_ref().is_some_and(|first| first.is_alike(act)))
        .filter_map(|act| Some((act, firms.find(act.uscc)?)))
        .filter(|(_, firm)| scope.covers_firm(&firms.whereabouts(*firm)))
        .collect();
    let Some((act, _)) = own.first() else {
        return Err(Failure::NotHere);
    };
    let wording = wording(act.kind);
    let mut frame = visitor.frame(act.kind.in_words(), "/pool").await?;
    if !made.done.is_empty() {
        let left = match made.left {
            0 => String::new(),
            left => format!("；另有{left}家不符合条件，没有办理"),
        };
        frame.flash = Some(Flash {
            kind: "done".to_string(),
            text: format!(
                "已{}{}家{left}。各阶段数字在下次运行后更新。",
                act.kind.in_words(),
                own.len()
            ),
        });
    }
    let mut undo = Address::of(wording.undo.0);
    for (own, _) in own.iter().take(NAMED) {
        undo = undo.and("uscc", own.uscc);
    }
    let page = ActsPage {
        frame,
        what: act.kind.in_words(),
        on: act.on.to_string(),
        by: crate::deliveries::named(office, &act.organisation, act.on),
        person: act.person.clone(),
        reason: act.reason.clone(),
        back: wording.back,
        // More than one address can carry is taken back by the list of members.
        undo: (visitor.may(Right::Admit) && own.len() <= NAMED)
            .then(|| (wording.undo.1, undo.to_string())),
        acts: own
            .iter()
            .map(|(_, firm)| named(office, &firms, *firm))
            .collect(),
    };
    html(&page)
}

pub async fn confirm_admissions(visitor: Visitor, Query(asked): Query<Pairs>) -> Outcome {
    confirm(&visitor, ActKind::Admit, Asked::read(&asked)?, "").await
}

pub async fn create_admissions(visitor: Visitor, Form(asked): Form<Pairs>) -> Outcome {
    create(&visitor, ActKind::Admit, Asked::read(&asked)?).await
}

pub async fn confirm_removals(visitor: Visitor, Query(asked): Query<Pairs>) -> Outcome {
    confirm(&visitor, ActKind::Remove, Asked::read(&asked)?, "").await
}

pub async fn create_removals(visitor: Visitor, Form(asked): Form<Pairs>) -> Outcome {
    create(&visitor, ActKind::Remove, Asked::read(&asked)?).await
}

pub async fn confirm_declarations(visitor: Visitor, Query(asked): Query<Pairs>) -> Outcome {
    confirm(&visitor, ActKind::Declare, Asked::read(&asked)?, "").await
}

pub async fn create_declarations(visitor: Visitor, Form(asked): Form<Pairs>) -> Outcome {
    create(&visitor, ActKind::Declare, Asked::read(&asked)?).await
}

pub async fn confirm_withdrawals(visitor: Visitor, Query(asked): Query<Pairs>) -> Outcome {
    confirm(&visitor, ActKind::Withdraw, Asked::read(&asked)?, "").await
}

pub async fn create_withdrawals(visitor: Visitor, Form(asked): Form<Pairs>) -> Outcome {
    create(&visitor, ActKind::Withdraw, Asked::read(&asked)?).await
}
