//! One measure for one firm as one reader may see it: verdict, reasons, what is missing,
//! amounts. The same answer becomes text, JSON, page and document.

use crate::report::Item;
use crate::sight;
use chrono::NaiveDate;
use programme::people::Scope;
use rules::expression::{Missing, Row, Slot};
use rules::measures::{
    Benefit, Every, Force, Judgement, Measure, Verdict, Version, amounts, judge,
};
use rules::money::Fen;
use rules::pack::Pack;
use rules::pack::facts::{Origin, RegisterField};
use serde_json::{Value, json};

/// A measure's answer to a firm.
pub struct Answer {
    pub measure: usize,
    pub verdict: Verdict,
    /// The measure whose text decided: the province's, or a local one that carries it out.
    pub decided_by: usize,
    /// Condition and reasons, of those that fail.
    pub failing: Vec<Told>,
    /// The same of those that are open.
    pub open: Vec<Told>,
    /// The same of those that hold.
    pub holding: Vec<Told>,
    /// What has to be learned before it can be decided.
    pub missing: Missing,
    pub gets: Vec<Got>,
    pub law: String,
    /// What is not settled, in words.
    pub doubts: Vec<String>,
}

/// A condition and why it came out so, as the reader may see it.
pub struct Told {
    pub id: String,
    pub name: String,
    pub reasons: String,
}

/// One benefit.
pub struct Got {
    pub name: String,
    pub text: String,
    pub every: Every,
    pub adds_up: bool,
    pub force: Force,
    pub amount: Money,
}

/// An amount as the reader may see it.
#[derive(Clone, PartialEq, Eq)]
pub enum Money {
    None,
    Known(i64),
    Band(String),
    Unknown,
}

/// Everything that the answers of one firm share.
pub struct Asked<'a> {
    pub pack: &'a Pack,
    pub facts: &'a [Option<i64>],
    pub parameters: &'a [Option<i64>],
    pub on: NaiveDate,
    pub scope: &'a Scope,
}

impl<'a> Asked<'a> {
    pub fn row(&self) -> Row<'a> {
        Row {
            facts: self.facts,
            parameters: self.parameters,
        }
    }

    /// The answer of a measure.
    pub fn answer(&self, measure: usize) -> Answer {
        let pack = self.pack;
        let judgement = judge(pack, measure, self.row(), self.on);
        let (decided_by, deciding) = match &judgement.local {
            Some((local, own)) => (*local, own.as_ref()),
            None => (measure, &judgement),
        };
        let text = &pack.measures[decided_by];
        let version = deciding.version.map(|version| &text.versions[version]);
        let mut answer = Answer {
            measure,
            verdict: judgement.verdict,
            decided_by,
            failing: self.told(text, deciding, Some(false)),
            open: self.told(text, deciding, None),
            holding: self.told(text, deciding, Some(true)),
            missing: Missing::Nothing,
            gets: Vec::new(),
            law: version.map_or(String::new(), |version| version.law.clone()),
            doubts: Vec::new(),
        };
        let Some(version) = version else {
            let reasons = out_of_force(text, self.on);
            answer.failing.push(Told {
                id: rules::measures::OUT_OF_FORCE.to_string(),
                name: "施行期".to_string(),
                reasons,
            });
            return answer;
        };
        if answer.verdict == Verdict::Unknown {
            answer.missing = version.missing(self.row(), &pack.vocabulary);
        }
        if answer.verdict.is_open_door() {
            answer.gets = self.gets(version);
        }
        answer.doubts = doubts(pack, version);
        answer
    }

    /// What the measure comes to for the firm: the sum of its amounts where all conditions
    /// hold, as the reader may see it.
    pub fn amount(&self, measure: usize) -> Money {
        let judgement = judge(self.pack, measure, self.row(), self.on);
        if !judgement.verdict.is_open_door() {
            return Money::None;
        }
        let (decided_by, deciding) = match &judgement.local {
            Some((local, own)) => (*local, own.version),
            None => (measure, judgement.version),
        };
        let Some(version) = deciding.map(|own| &self.pack.measures[decided_by].versions[own])
        else {
            return Money::None;
        };
        let granted = amounts(version, self.row());
        let benefits = granted.iter().map(|own| &version.benefits[own.benefit]);
        let sees_all = benefits.clone().all(|benefit| self.sees(benefit));
        let sum = granted.iter().map(|own| own.fen).sum::<Option<i128>>();
        match granted.is_empty() {
            true => Money::None,
            false => self.shown(sum, sees_all),
        }
    }

    fn told(&self, measure: &Measure, judgement: &Judgement, wanted: Option<bool>) -> Vec<Told> {
        let Some(version) = judgement.version else {
            return Vec::new();
        };
        let requirements = measure.versions[version].requirements.iter();
        requirements
            .zip(&judgement.outcomes)
            .filter(|(_, outcome)| **outcome == wanted)
            .map(|(requirement, _)| {
                let condition = &requirement.condition;
                let reasons = condition.explain(self.row(), &self.pack.vocabulary);
                let place = measure.place.as_ref();
                let reasons = match place.filter(|_| requirement.text.is_empty()) {
                    Some(place) => self.where_it_holds(place.division),
                    None => sight::reasons(self.pack, self.scope, &reasons),
                };
                Told {
                    id: requirement.id.clone(),
                    name: requirement.name.clone(),
                    reasons,
                }
            })
            .collect()
    }

    /// 生产经营地在商丘市，本政策适用于洛阳市
    fn where_it_holds(&self, division: u32) -> String {
        let fact = |field| self.pack.slot(Origin::Register(field));
        let slots = [fact(RegisterField::County), fact(RegisterField::Area)];
        let code = slots
            .into_iter()
            .flatten()
            .find_map(|slot| self.facts[slot]);
        let divisions = &self.pack.divisions;
        let place = code.and_then(|code| u32::try_from(code).ok());
        let place = place.map_or("未知".to_string(), |code| divisions.name(code));
        format!(
            "生产经营地在{place}，本政策适用于{}",
            divisions.name(division)
        )
    }

    fn gets(&self, version: &Version) -> Vec<Got> {
        let granted = amounts(version, self.row());
        let benefits = version.benefits.iter().enumerate();
        benefits
            .map(|(index, benefit)| {
                let own = granted.iter().find(|granted| granted.benefit == index);
                Got {
                    name: benefit.name.clone(),
                    text: benefit.text.clone(),
                    every: benefit.every,
                    adds_up: benefit.adds_up,
                    force: benefit.force,
                    amount: own.map_or(Money::None, |own| self.money(benefit, own.fen)),
                }
            })
            .collect()
    }

    fn money(&self, benefit: &Benefit, fen: Option<i128>) -> Money {
        self.shown(fen, self.sees(benefit))
    }

    fn sees(&self, benefit: &Benefit) -> bool {
        let slots = benefit.amount.as_ref().map(|amount| amount.slots());
        let facts = slots.into_iter().flatten().filter_map(|slot| match slot {
            Slot::Fact(fact) => Some(fact),
            Slot::Parameter(_) => None,
        });
        sight::sees_all(self.pack, self.scope, facts)
    }

    fn shown(&self, fen: Option<i128>, sees_all: bool) -> Money {
        let Some(fen) = fen.and_then(|fen| i64::try_from(fen).ok()) else {
            return Money::Unknown;
        };
        match sees_all {
            true => Money::Known(fen),
            false => Money::Band(self.pack.bands.of_money(fen)),
        }
    }
}

fn out_of_force(measure: &Measure, on: NaiveDate) -> String {
    let before = measure.versions.iter().rfind(|version| version.from <= on);
    let after = measure.versions.iter().find(|version| version.from > on);
    match (before.and_then(|version| version.to), after) {
        (Some(to), None) => format!("政策已于 {to} 到期"),
        (Some(to), Some(next)) => format!("{to} 到期后，自 {} 起另有规定", next.from),
        (None, Some(next)) => format!("政策自 {} 起施行", next.from),
        (None, None) => "没有施行中的规定".to_string(),
    }
}

/// What of a version is not settled.
pub fn doubts(pack: &Pack, version: &Version) -> Vec<String> {
    let mut doubts = Vec::new();
    if version.uncertain {
        doubts.push("本项规定的内容或期限尚待核实".to_string());
    }
    for slot in &version.numbers {
        let parameter = &pack.parameters[*slot];
        if parameter.uncertain {
            doubts.push(format!("“{}”是工作口径，尚待核实", parameter.name));
        }
    }
    let uses = |entry: &rules::pack::definitions::DefinitionEntry| {
        version.requirements.iter().any(|requirement| {
            let mut words = requirement
                .text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.any(|word| word == entry.id)
        })
    };
    let open = pack.definitions.iter().filter(|entry| entry.uncertain);
    for entry in open.filter(|entry| uses(entry)) {
        doubts.push(format!(
            "“{}”的认定期限方案没有写明，按工作口径掌握",
            entry.name
        ));
    }
    doubts
}

impl Money {
    /// 560,000.00 元 · 约 50–100万元 · 待补
    pub fn shown(&self) -> Option<String> {
        match self {
            Money::None => None,
            Money::Known(fen) => Some(format!("{} 元", Fen(*fen).in_yuan())),
            Money::Band(band) => Some(band.clone()),
            Money::Unknown => Some("数额待补".to_string()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Money::None | Money::Unknown => Value::Null,
            Money::Known(fen) => json!({ "fen": fen }),
            Money::Band(band) => json!({ "band": band }),
        }
    }
}

impl Answer {
    /// The answer in sentences, and for programs.
    pub fn item(&self, pack: &Pack, on: NaiveDate) -> Item {
        let measure = &pack.measures[self.measure];
        let mut lines: Vec<String> = self.gets.iter().map(got_in_words).collect();
        for told in &self.failing {
            lines.push(format!("不符合“{}”：{}", told.name, told.reasons));
        }
        if self.verdict == Verdict::Unknown {
            lines.push(self.missing.in_words(&pack.vocabulary));
        }
        if self.verdict.is_open_door() {
            let reasons: Vec<&str> = self
                .holding
                .iter()
                .map(|told| told.reasons.as_str())
                .collect();
            lines.push(format!("理由：{}", reasons.join("；")));
        }
        if self.decided_by != self.measure {
            let local = &pack.measures[self.decided_by];
            lines.push(format!("按地方细则判定：{}", local.name));
        }
        let agencies: Vec<String> = measure
            .agencies
            .iter()
            .map(|id| agency_name(pack, id, on))
            .collect();
        let law = match self.law.is_empty() {
            true => String::new(),
            false => format!("{}；", self.law),
        };
        lines.push(format!(
            "依据：{law}方案条款 {}。责任单位：{}。{}",
            measure.clauses.join("、"),
            agencies.join("、"),
            measure.channel
        ));
        if !self.doubts.is_empty() {
            lines.push(format!("待核实：{}", self.doubts.join("；")));
        }
        Item {
            head: format!("{}（{}）", measure.name, measure.force.name()),
            link: Some(format!("/measures/{}", measure.id)),
            lines,
            value: self.json(pack),
        }
    }

    /// How many facts the smallest set has; nothing where no set is known.
    pub fn facts_away(&self) -> Option<usize> {
        match &self.missing {
            Missing::Smallest { sets, .. } => sets.first().map(Vec::len),
            Missing::Sufficient(set) => Some(set.len()),
            _ => None,
        }
    }

    fn missing_json(&self, pack: &Pack) -> Value {
        let ids = |set: &Vec<usize>| -> Value {
            set.iter().map(|fact| json!(pack.facts[*fact].id)).collect()
        };
        match &self.missing {
            Missing::Smallest { sets, .. } => sets.iter().map(ids).collect(),
            Missing::Sufficient(set) => json!([ids(set)]),
            _ => json!([]),
        }
    }

    fn json(&self, pack: &Pack) -> Value {
        let measure = &pack.measures[self.measure];
        let told = |list: &[Told]| -> Value {
            list.iter()
                .map(|told| json!({ "condition": told.id, "name": told.name, "reasons": told.reasons }))
                .collect()
        };
        let gets: Value = self
            .gets
            .iter()
            .map(|got| {
                json!({
                    "name": got.name,
                    "force": got.force.name(),
                    "every": got.every.name(),
                    "amount": got.amount.json(),
                    "text": got.text,
                })
            })
            .collect();
        json!({
            "measure": measure.id,
            "name": measure.name,
            "verdict": self.verdict.id(),
            "force": measure.force.name(),
            "clauses": measure.clauses,
            "law": self.law,
            "decided_by": pack.measures[self.decided_by].id,
            "failing": told(&self.failing),
            "open": told(&self.open),
            "holding": told(&self.holding),
            "missing": self.missing_json(pack),
            "benefits": gets,
            "doubts": self.doubts,
        })
    }

    /// What is due and can be added up as a promise, in fen, where the reader may see it:
    /// of one period, or of all where only the order matters.
    pub fn due_fen(&self, every: Option<Every>) -> Option<i64> {
        if self.verdict != Verdict::Entitled {
            return None;
        }
        let due = self.gets.iter().filter(|got| {
            let is_asked = every.is_none_or(|every| got.every == every);
            is_asked && got.adds_up && got.force == Force::Due
        });
        due.filter_map(|got| match got.amount {
            Money::Known(fen) => Some(fen),
            _ => None,
        })
        .reduce(i64::saturating_add)
    }
}

fn got_in_words(got: &Got) -> String {
    let text = match got.text.is_empty() {
        true => String::new(),
        false => format!("（{}）", got.text.trim_end_matches('。')),
    };
    match got.amount.shown() {
        Some(amount) => format!(
            "{}：{}{amount}，{}{text}",
            got.name,
            spaced(got.every.name(), &amount),
            got.force.name()
        ),
        None => format!("{}：{}", got.name, got.text),
    }
}

/// Words stand apart from the figure that follows.
fn spaced(every: &str, amount: &str) -> String {
    let is_figure = amount.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match every.is_empty() || !is_figure {
        true => every.to_string(),
        false => format!("{every} "),
    }
}

/// An agency's short name on a day; areas and counties stand for all of them.
pub fn agency_name(pack: &Pack, id: &str, on: NaiveDate) -> String {
    match id {
        "areas" => "各省辖市、济源示范区".to_string(),
        "counties" => "各县（市、区）".to_string(),
        id => pack
            .agency(id)
            .map_or_else(|| id.to_string(), |agency| agency.name_on(on).short.clone()),
    }
}
