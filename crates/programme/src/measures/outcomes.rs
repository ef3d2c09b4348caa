//! What came of a push: a firm enjoyed the measure, or was refused. From this follows how good
//! the pushes are.

use super::pushes::NoticeKind;
use rules::uscc::Uscc;
use std::collections::{BTreeMap, HashSet};

/// One recorded result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Id of the measure.
    pub measure: String,
    pub uscc: Uscc,
    pub is_granted: bool,
    pub amount_fen: Option<i64>,
    /// Reason or document number.
    pub reason: String,
    /// The newest push that had told the firm of the measure by then.
    pub push: Option<i64>,
}

/// A result with who recorded it, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome {
    pub outcome: Outcome,
    /// Agency id or division code.
    pub organisation: String,
    pub person: String,
    pub on: chrono::NaiveDate,
}

/// Why a result is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeRefusal {
    #[error("没有“{0}”这项措施，全部措施见 shenggui measures list")]
    NoMeasure(String),
    #[error("请写明经办人（--by）")]
    NoPerson,
    #[error("金额“{0}”应写成以元为单位的数，例如 1250.00")]
    NoAmount(String),
    #[error("未批准的要写明原因（--reason）")]
    NoReason,
    #[error("{uscc} 的“{measure}”在 {on} 已记录过同样的结果")]
    Repeated {
        measure: String,
        uscc: Uscc,
        on: chrono::NaiveDate,
    },
}

/// How good the pushes of a measure were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Firms that were ever told of a new entitlement.
    pub pushed: u64,
    /// Pushed and granted, pushed and refused, granted without having been pushed.
    pub granted: u64,
    pub refused: u64,
    pub unforeseen: u64,
}

impl Accuracy {
    /// Granted of those that were pushed and have a result: part and whole.
    pub fn precision(self) -> (u64, u64) {
        (self.granted, self.granted + self.refused)
    }

    /// Pushed of all that were granted: part and whole.
    pub fn recall(self) -> (u64, u64) {
        (self.granted, self.granted + self.unforeseen)
    }
}

/// Accuracy by measure. `told` are the notices of all pushes; of several results of one firm
/// the last counts.
pub fn accuracy(
    told: impl Iterator<Item = (String, u128, NoticeKind)>,
    outcomes: &[Outcome],
) -> BTreeMap<String, Accuracy> {
    let pushed: HashSet<(String, u128)> = told
        .filter(|(_, _, kind)| *kind == NoticeKind::New)
        .map(|(measure, key, _)| (measure, key))
        .collect();
    let mut found: BTreeMap<String, Accuracy> = BTreeMap::new();
    for (measure, _) in &pushed {
        found.entry(measure.clone()).or_default().pushed += 1;
    }
    let mut last: BTreeMap<(String, u128), (bool, bool)> = BTreeMap::new();
    for outcome in outcomes {
        let key = (outcome.measure.clone(), outcome.uscc.key());
        // What was told only after the result does not count as foreseen.
        last.insert(key, (outcome.push.is_some(), outcome.is_granted));
    }
    for (key, (was_pushed, is_granted)) in last {
        let own = found.entry(key.0).or_default();
        match (was_pushed, is_granted) {
            (true, true) => own.granted += 1,
            (true, false) => own.refused += 1,
            (false, true) => own.unforeseen += 1,
            (false, false) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_and_recall_count_the_last_result() {
        let uscc = |text: &str| Uscc::read(text).expect("a code").0;
        let one = uscc("91410102MA00T3XT06");
        let other = uscc("91350200MA2YJ1XR9G");
        let third = uscc("91440101MA5CJQ4N59");
        let outcome = |uscc, is_granted, push| Outcome {
            measure: "example".to_string(),
            uscc,
            is_granted,
            amount_fen: None,
            reason: String::new(),
            push,
        };
        let told = [
            (one, NoticeKind::New),
            (other, NoticeKind::New),
            (third, NoticeKind::OneMissing),
        ];
        let told = told.map(|(uscc, kind)| ("example".to_string(), uscc.key(), kind));
        let outcomes = [
            outcome(one, false, Some(1)),
            outcome(one, true, Some(1)),
            outcome(other, false, Some(1)),
            outcome(third, true, None),
        ];
        let found = accuracy(told.into_iter(), &outcomes)["example"];
        assert_eq!(found.pushed, 2);
        assert_eq!(found.precision(), (1, 2));
        assert_eq!(found.recall(), (1, 2));
    }
}
