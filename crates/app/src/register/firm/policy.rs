//! 政策: what every measure says of one firm on a day of law: what it may have first, then what
//! is one fact away, then the rest; and what that comes to.

use crate::measures::{Answer, Asked, Money, Subject, agency_name};
use chrono::NaiveDate;
use rules::expression::Missing;
use rules::measures::{Every, Verdict};
use rules::money::Fen;
use rules::pack::Pack;
use serde::Serialize;
use std::collections::BTreeSet;

/// The policies of a firm as one reader may see them.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// The day whose law is asked.
    pub on: String,
    /// How many measures came out how: verdict, word, count.
    pub counts: Vec<(&'static str, &'static str, usize)>,
    /// What is due in all, by period.
    pub due: Vec<String>,
    pub entitled: Vec<Shown>,
    /// All conditions hold; an agency or a place decides.
    pub decided_elsewhere: Vec<Shown>,
    /// One fact would decide.
    pub one_fact_away: Vec<Shown>,
    pub further_away: Vec<Shown>,
    pub not_entitled: Vec<Shown>,
}

/// One measure.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    pub measure: String,
    pub name: String,
    pub verdict: &'static str,
    pub verdict_name: &'static str,
    pub force: &'static str,
    pub benefits: Vec<BenefitShown>,
    /// Why, condition by condition.
    pub reasons: Vec<ReasonShown>,
    /// What would decide it, in a sentence.
    pub missing: String,
    /// The facts of which one alone would decide.
    pub one_fact: Vec<FactShown>,
    pub papers: Vec<String>,
    /// Where and how it is had.
    pub channel: String,
    pub agencies: Vec<String>,
    pub law: String,
    pub clauses: Vec<String>,
    pub local: Option<String>,
    pub doubts: Vec<String>,
    /// Whether the firm has had it, as far as recorded.
    pub is_granted: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct BenefitShown {
    pub name: String,
    pub every: &'static str,
    pub force: &'static str,
    /// An amount, or the band that it lies in.
    pub amount: Option<String>,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ReasonShown {
    /// `holds`, `fails`, `open`.
    pub outcome: &'static str,
    pub word: &'static str,
    pub name: String,
    pub reasons: String,
}

/// A fact that is not known, and who delivers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FactShown {
    pub name: String,
    pub source: Option<String>,
}

/// The answers of all measures of the province for a firm.
pub struct Answers {
    pub all: Vec<Answer>,
    /// Ids of measures that the firm has had.
    pub granted: BTreeSet<String>,
}

/// Decides every measure.
pub fn answers(pack: &Pack, subject: &Subject, granted: BTreeSet<String>) -> Answers {
    let facts = subject.firms.facts(subject.firm);
    let parameters = pack.parameters_on(subject.on);
    let asked = Asked {
        pack,
        facts: &facts,
        parameters: &parameters,
        on: subject.on,
        scope: &subject.reader.scope,
    };
    let province = (0..pack.measures.len()).filter(|own| pack.measures[*own].place.is_none());
    Answers {
        all: province.map(|measure| asked.answer(measure)).collect(),
        granted,
    }
}

impl Answers {
    /// Entitlements that were not had yet.
    fn open<'a>(&'a self, pack: &'a Pack) -> impl Iterator<Item = &'a Answer> {
        let entitled = self
            .all
            .iter()
            .filter(|own| own.verdict == Verdict::Entitled);
        entitled.filter(|own| !self.granted.contains(&pack.measures[own.measure].id))
    }

    /// How many entitlements were not had yet, and what they come to by period.
    pub fn due(&self, pack: &Pack) -> (usize, Vec<String>) {
        let open: Vec<&Answer> = self.open(pack).collect();
        (open.len(), sums(&open))
    }

    /// Facts of which one alone would decide some measure, each once, in the order of measures.
    pub fn one_fact(&self, pack: &Pack) -> Vec<FactShown> {
        let mut found: Vec<FactShown> = Vec::new();
        for answer in &self.all {
            for fact in one_fact(pack, answer) {
                if !found.contains(&fact) {
                    found.push(fact);
                }
            }
        }
        found
    }
}

/// Amounts of different periods are never added to each other.
fn sums(answers: &[&Answer]) -> Vec<String> {
    let periods = [
        (Every::Once, "一次性"),
        (Every::Year, "每年"),
        (Every::Quarter, "每季"),
        (Every::Month, "每月"),
    ];
    let sums = periods.into_iter().filter_map(|(every, word)| {
        let due = answers.iter().filter_map(|own| own.due_fen(Some(every)));
        let sum = due.reduce(i64::saturating_add)?;
        Some(format!("{word}{}元", Fen(sum).in_yuan()))
    });
    sums.collect()
}

/// Lays the answers out.
pub fn policy(pack: &Pack, on: NaiveDate, answers: &Answers) -> Policy {
    let shown = |answer: &Answer| shown(pack, on, answer, &answers.granted);
    let of = |verdicts: &[Verdict]| -> Vec<&Answer> {
        let own = answers.all.iter();
        own.filter(|own| verdicts.contains(&own.verdict)).collect()
    };
    let mut entitled = of(&[Verdict::Entitled]);
    entitled.sort_by_key(|own| std::cmp::Reverse(own.due_fen(None)));
    let mut not_entitled = of(&[Verdict::NotEntitled]);
    not_entitled.sort_by_key(|own| own.failing.len());
    let mut unknown = of(&[Verdict::Unknown]);
    unknown.sort_by_key(|own| own.facts_away().unwrap_or(usize::MAX));
    let (near, far): (Vec<&Answer>, Vec<&Answer>) = unknown
        .into_iter()
        .partition(|own| own.facts_away() == Some(1));
    let all: Vec<&Answer> = answers.all.iter().collect();
    Policy {
        on: on.to_string(),
        counts: Verdict::ALL
            .map(|verdict| (verdict.id(), verdict.name(), of(&[verdict]).len()))
            .to_vec(),
        due: sums(&all),
        entitled: entitled.into_iter().map(shown).collect(),
        decided_elsewhere: of(&[Verdict::Discretion, Verdict::LocalRules])
            .into_iter()
            .map(shown)
            .collect(),
        one_fact_away: near.into_iter().map(shown).collect(),
        further_away: far.into_iter().map(shown).collect(),
        not_entitled: not_entitled.into_iter().map(shown).collect(),
    }
}

fn shown(pack: &Pack, on: NaiveDate, answer: &Answer, granted: &BTreeSet<String>) -> Shown {
    let measure = &pack.measures[answer.measure];
    let outcomes = [
        ("fails", "不符合", &answer.failing),
        ("open", "待补", &answer.open),
        ("holds", "符合", &answer.holding),
    ];
    let reasons = outcomes.into_iter().flat_map(|(outcome, word, list)| {
        list.iter().map(move |told| ReasonShown {
            outcome,
            word,
            name: told.name.clone(),
            reasons: told.reasons.clone(),
        })
    });
    let benefits = answer.gets.iter().map(|got| BenefitShown {
        name: got.name.clone(),
        every: got.every.name(),
        force: got.force.name(),
        amount: match &got.amount {
            Money::Known(fen) => Some(format!("{}元", Fen(*fen).in_yuan())),
            other => other.shown(),
        },
        text: got.text.clone(),
    });
    let is_local = answer.decided_by != answer.measure;
    Shown {
        measure: measure.id.clone(),
        name: measure.name.clone(),
        verdict: answer.verdict.id(),
        verdict_name: answer.verdict.name(),
        force: measure.force.name(),
        benefits: benefits.collect(),
        reasons: reasons.collect(),
        missing: match answer.verdict {
            Verdict::Unknown => answer.missing.in_words(&pack.vocabulary),
            _ => String::new(),
        },
        one_fact: one_fact(pack, answer),
        papers: measure.papers.clone(),
        channel: measure.channel.clone(),
        agencies: measure
            .agencies
            .iter()
            .map(|id| agency_name(pack, id, on))
            .collect(),
        law: answer.law.clone(),
        clauses: measure.clauses.clone(),
        local: is_local.then(|| pack.measures[answer.decided_by].name.clone()),
        doubts: answer.doubts.clone(),
        is_granted: granted.contains(&measure.id),
    }
}

/// The facts of which one alone would decide, where there are such.
fn one_fact(pack: &Pack, answer: &Answer) -> Vec<FactShown> {
    let Missing::Smallest { sets, .. } = &answer.missing else {
        return Vec::new();
    };
    let ones = sets.iter().filter_map(|set| match set.as_slice() {
        [fact] => Some(FactShown {
            name: pack.facts[*fact].name.clone(),
            source: pack.source_of(*fact),
        }),
        _ => None,
    });
    ones.collect()
}
