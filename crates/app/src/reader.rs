//! Who looks at a firm: an organisation of the pack or the firm itself, what it may see, and
//! the purpose that is written down where it sees figures that others may not.

use crate::office::{Office, refuse};
use anyhow::Result;
use programme::journal::{self, Line};
use programme::outlook::Firms;
use programme::people::{Organisation, Scope};
use programme::pool::PoolRefusal;
use rules::pack::agencies::DataClass;
use rules::uscc::{Uscc, UsccFault};

/// A reader with its scope.
pub struct Reader {
    pub organisation: Organisation,
    pub scope: Scope,
    /// Whether the firm itself looks.
    pub is_firm: bool,
}

impl Reader {
    /// The named organisation, the firm itself, or else the provincial office.
    ///
    /// Who visits the pages is the reader that the session says, whatever is asked for.
    pub fn of(office: &Office, agency: Option<&str>, itself: Option<Uscc>) -> Result<Reader> {
        if let Some(visitor) = &office.visitor {
            return Ok(Reader {
                organisation: visitor.organisation.clone(),
                scope: visitor.scope.clone(),
                is_firm: matches!(visitor.organisation, Organisation::Firm(_)),
            });
        }
        let organisation = match (agency, itself) {
            (_, Some(uscc)) => Organisation::Firm(uscc),
            (Some(name), None) => office.organisation(name)?,
            (None, None) => office.provincial_office(),
        };
        let scope = Scope::of(&office.pack, &organisation);
        Ok(Reader {
            organisation,
            scope,
            is_firm: itself.is_some(),
        })
    }

    /// Whether it sees figures whose every reading is written down.
    pub fn sees_guarded(&self) -> bool {
        self.scope.sees(DataClass::Tax) || self.scope.sees(DataClass::Statistical)
    }

    /// Writes down the purpose where one is needed; refuses where none is stated.
    pub async fn state_purpose(
        &self,
        office: &Office,
        subject: String,
        purpose: Option<&str>,
    ) -> Result<()> {
        if !self.sees_guarded() {
            return Ok(());
        }
        let Some(purpose) = purpose.filter(|text| !text.trim().is_empty()) else {
            return refuse("查看税务或统计原值要写明用途（--purpose），用途记入日志");
        };
        let act = office.act(self.organisation.clone(), "", None)?;
        let tx = office.db.begin_writing().await?;
        let line = Line {
            act: "indicators.read",
            subject,
            detail: match self.is_firm {
                true => format!("企业本人查看：{purpose}"),
                false => purpose.to_string(),
            },
        };
        journal::append(&tx, &act, &line).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The firm of a code, where it lies within the reader's region.
    pub fn find(&self, firms: &Firms, uscc: Uscc) -> Result<Option<usize>> {
        let Some(firm) = firms.find(uscc) else {
            return Ok(None);
        };
        if !self.scope.covers_firm(&firms.whereabouts(firm)) {
            return refuse(PoolRefusal::OutOfScope(uscc));
        }
        Ok(Some(firm))
    }
}

/// A credit code as people type it; a genuine one may fail its check.
pub fn read_code(text: &str) -> Result<Uscc> {
    match Uscc::read(text) {
        Ok((uscc, _)) | Err(UsccFault::CheckSymbol { code: uscc, .. }) => Ok(uscc),
        Err(fault) => refuse(fault),
    }
}
