//! Genuine credit codes that fail the check symbol: accepted one by one, with evidence
//! and a name (GB 32100-2015; codes of the early pilot).

use chrono::NaiveDate;
use rules::uscc::{Uscc, UsccFault};

/// A recorded exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub uscc: Uscc,
    /// What was seen: the licence, an extract of the public register.
    pub evidence: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExceptionRefusal {
    #[error("{0}校验位相符，不需要登记例外")]
    NotNeeded(Uscc),
    #[error("{0}的例外已由{1}于{2}登记")]
    Recorded(Uscc, String, NaiveDate),
    #[error(transparent)]
    Code(UsccFault),
    #[error("登记例外要写明依据（--evidence）和经办人（--by）")]
    NoEvidence,
}

/// The code for which an exception may be recorded.
///
/// # Errors
/// Where the code is not eighteen admissible symbols, holds its check, or the evidence or
/// the name is missing.
pub(super) fn admissible(
    text: &str,
    evidence: &str,
    person: &str,
) -> Result<Uscc, ExceptionRefusal> {
    if evidence.trim().is_empty() || person.trim().is_empty() {
        return Err(ExceptionRefusal::NoEvidence);
    }
    match Uscc::read(text) {
        Ok((code, _)) => Err(ExceptionRefusal::NotNeeded(code)),
        Err(UsccFault::CheckSymbol { code, .. }) => Ok(code),
        Err(fault) => Err(ExceptionRefusal::Code(fault)),
    }
}
