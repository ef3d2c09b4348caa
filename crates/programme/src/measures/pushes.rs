//! What is worth telling a firm and the agencies about: a new entitlement, one that is about
//! to lapse, one fact that would decide. Nothing is told twice.
//!
//! A push compares where every firm stands with where it stood at the push before, and is a
//! function of what it names: snapshot, pack, day of law and that earlier push.

use super::unresolved::{ones, unresolved};
use super::verdicts::Verdicts;
use crate::outlook::Firms;
use chrono::{Days, NaiveDate};
use rules::expression::Missing;
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::files::hexadecimal;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::collections::HashMap;

/// Where a firm stands with a measure, as far as it is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Nothing to tell.
    #[default]
    Silent,
    /// All conditions hold, and the measure can be had.
    Open,
    /// They hold, and an agency decides.
    OpenToDiscretion,
    /// They hold, and local rules decide.
    OpenToLocalRules,
    /// They hold, and will no longer within the days of notice.
    Lapsing,
    /// One fact would decide.
    OneMissing,
}

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    New,
    Lapsing,
    OneMissing,
}

/// One notice: to the firm, and to the agencies of the measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    pub key: u128,
    /// Index in the push's list of measures.
    pub measure: usize,
    pub kind: NoticeKind,
    pub verdict: Verdict,
    /// The fact that would decide, by slot, where one is missing.
    pub fact: Option<usize>,
}

/// Everything that a push is a function of, besides the snapshot's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushInputs {
    pub snapshot: i64,
    /// Fingerprint of the snapshot: what was known of the firms.
    pub facts: String,
    /// Fingerprint of the pack.
    pub pack: String,
    pub law_day: String,
    pub notice_days: u64,
    /// The push that it follows; 0 where it is the first.
    pub previous: i64,
    /// Ids of the measures, in the order in which states and notices name them.
    pub measures: Vec<String>,
    /// Ids of the facts, by the slots that notices name.
    pub fact_ids: Vec<String>,
    pub program: String,
}

/// A recorded push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    pub id: i64,
    pub snapshot: i64,
    pub law_day: NaiveDate,
    pub pack: String,
    /// JSON of [`PushInputs`].
    pub inputs: String,
    pub count: u64,
    /// SM3 over the inputs, the states and the notices.
    pub fingerprint: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
    pub at: i64,
}

/// States of all firms, measure by measure, with the facts that one is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// Keys of the firms, ascending.
    pub keys: Vec<u128>,
    /// One run of states per measure, in the order of the keys.
    pub states: Vec<Vec<State>>,
    /// The fact that would decide, by measure and firm.
    pub facts: Vec<HashMap<u32, usize>>,
}

/// Where every firm stands on a day, seen `notice_days` ahead.
pub fn states(pack: &Pack, firms: &Firms, on: NaiveDate, notice_days: u64) -> (Noted, Verdicts) {
    let now = Verdicts::on(pack, firms.columns(), on);
    let then = Verdicts::on(pack, firms.columns(), on + Days::new(notice_days));
    let mut noted = Noted {
        keys: firms.keys().to_vec(),
        ..Noted::default()
    };
    for (index, measure) in pack.measures.iter().enumerate() {
        let mut states = vec![State::Silent; firms.len()];
        let mut facts = HashMap::new();
        // A local measure speaks through the one that it carries out.
        if measure.place.is_none() {
            for firm in open_doors(&now, index) {
                let stays = then.of(index, firm as usize) != Verdict::NotEntitled;
                states[firm as usize] = match now.of(index, firm as usize) {
                    _ if !stays => State::Lapsing,
                    Verdict::Discretion => State::OpenToDiscretion,
                    Verdict::LocalRules => State::OpenToLocalRules,
                    _ => State::Open,
                };
            }
            for (missing, own) in unresolved(pack, firms, &now, index, None).groups {
                if let Some(fact) = single(&missing) {
                    for firm in own {
                        states[firm as usize] = State::OneMissing;
                        facts.insert(firm, fact);
                    }
                }
            }
        }
        noted.states.push(states);
        noted.facts.push(facts);
    }
    (noted, now)
}

fn open_doors(verdicts: &Verdicts, measure: usize) -> impl Iterator<Item = u32> {
    let open = Verdict::ALL
        .into_iter()
        .filter(|verdict| verdict.is_open_door());
    let planes: Vec<Vec<u64>> = open
        .map(|verdict| verdicts.plane(measure, verdict))
        .collect();
    planes
        .into_iter()
        .flat_map(|plane| ones(&plane).collect::<Vec<u32>>())
}

/// The fact that would decide, where it is just one and no other would do.
fn single(missing: &Missing) -> Option<usize> {
    match missing {
        Missing::Smallest {
            sets,
            is_cut: false,
        } => match sets.as_slice() {
            [only] if only.len() == 1 => only.first().copied(),
            _ => None,
        },
        _ => None,
    }
}

/// The notices of what changed since `before`, in order of measures and keys. `before` names
/// its measures by their ids.
pub fn changes(
    pack: &Pack,
    now: &Noted,
    verdicts: &Verdicts,
    before: Option<(&[String], &Noted)>,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (index, measure) in pack.measures.iter().enumerate() {
        let earlier = before.and_then(|(ids, noted)| {
            let place = ids.iter().position(|id| *id == measure.id)?;
            Some((noted, place))
        });
        for (firm, state) in now.states[index].iter().enumerate() {
            let key = now.keys[firm];
            let was = earlier.map_or(State::Silent, |(noted, place)| noted.state(place, key));
            let Some(kind) = told(was, *state) else {
                continue;
            };
            notices.push(Notice {
                key,
                measure: index,
                kind,
                verdict: verdicts.of(index, firm),
                fact: now.facts[index].get(&(firm as u32)).copied(),
            });
        }
    }
    notices
}

/// What a change of state is worth telling.
fn told(was: State, is: State) -> Option<NoticeKind> {
    match (was, is) {
        (was, is) if was == is => None,
        (_, State::Silent) => None,
        // What was about to lapse goes on: nothing is new.
        (State::Lapsing, is) if is.is_open() => None,
        (_, is) if is.is_open() => Some(NoticeKind::New),
        (_, State::Open | State::OpenToDiscretion | State::OpenToLocalRules) => None,
        (_, State::Lapsing) => Some(NoticeKind::Lapsing),
        (_, State::OneMissing) => Some(NoticeKind::OneMissing),
    }
}

impl Noted {
    /// The state of a firm with the measure at a place; silent where the firm was not known.
    pub fn state(&self, place: usize, key: u128) -> State {
        self.keys
            .binary_search(&key)
            .map_or(State::Silent, |firm| self.states[place][firm])
    }

    /// The states as bytes, and back: keys are kept beside them.
    pub fn packed(&self) -> Vec<u8> {
        let states = self.states.iter().flatten();
        states.map(|state| state.code()).collect()
    }

    /// States that were packed; `None` where the bytes do not fit.
    pub fn unpacked(keys: Vec<u128>, measures: usize, bytes: &[u8]) -> Option<Noted> {
        if bytes.len() != keys.len() * measures {
            return None;
        }
        let states: Option<Vec<State>> = bytes.iter().map(|code| State::of(*code)).collect();
        let states = states?;
        let runs = (0..measures).map(|m| states[m * keys.len()..(m + 1) * keys.len()].to_vec());
        Some(Noted {
            states: runs.collect(),
            facts: vec![HashMap::new(); measures],
            keys,
        })
    }
}

impl State {
    /// In the order of their codes.
    const ALL: [State; 6] = [
        State::Silent,
        State::Open,
        State::Lapsing,
        State::OneMissing,
        State::OpenToDiscretion,
        State::OpenToLocalRules,
    ];

    fn is_open(self) -> bool {
        matches!(
            self,
            State::Open | State::OpenToDiscretion | State::OpenToLocalRules
        )
    }

    fn code(self) -> u8 {
        let place = State::ALL.iter().position(|own| *own == self);
        place.unwrap_or_default() as u8
    }

    fn of(code: u8) -> Option<State> {
        State::ALL.get(usize::from(code)).copied()
    }
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 3] = [NoticeKind::New, NoticeKind::Lapsing, NoticeKind::OneMissing];

    /// As the reader is told.
    pub fn name(self) -> &'static str {
        match self {
            NoticeKind::New => "新近可享",
            NoticeKind::Lapsing => "即将到期",
            NoticeKind::OneMissing => "差一项即可判定",
        }
    }

    /// Its place in [`NoticeKind::ALL`], as it is stored.
    pub fn code(self) -> i64 {
        NoticeKind::ALL
            .iter()
            .position(|own| *own == self)
            .unwrap_or_default() as i64
    }
}

/// SM3 over everything that a push consists of.
pub fn fingerprint_of(inputs: &str, states: &[u8], notices: &[Vec<u8>]) -> String {
    let mut digest = Sm3::new();
    digest.update(inputs);
    digest.update((states.len() as u64).to_be_bytes());
    digest.update(states);
    for part in notices {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hexadecimal(&digest.finalize())
}
