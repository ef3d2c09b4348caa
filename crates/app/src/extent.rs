//! The part of the province that a page is about: all of it, or one division. A reader's own
//! is preset, and nobody chooses one that lies outside.

use crate::web::failure::Failure;
use programme::measures::within;
use programme::outlook::Firms;
use programme::people::Scope;
use programme::targets::progress::{DivisionProgress, Progress};
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Province,
    Area(DivisionCode),
    County(DivisionCode),
    /// A development zone: it has firms and no target of its own.
    Zone(DivisionCode),
}

impl Extent {
    /// The reader's own, or the division that they ask for; none for readers without a region.
    ///
    /// # Errors
    /// [`Failure::NotHere`] where there is no such division or it lies outside the scope.
    pub fn chosen(pack: &Pack, scope: &Scope, asked: &str) -> Result<Option<Extent>, Failure> {
        let own = match (scope.covers_province(), scope.place()) {
            (true, _) => Some(Extent::Province),
            (false, Some(code)) => Extent::of(pack, code),
            (false, None) => None,
        };
        if asked.trim().is_empty() {
            return Ok(own);
        }
        let code = asked.trim().parse().ok();
        let chosen = code.and_then(|code| Extent::of(pack, code));
        match chosen.filter(|chosen| chosen.is_within(pack, scope)) {
            Some(chosen) => Ok(Some(chosen)),
            None => Err(Failure::NotHere),
        }
    }

    /// What a code stands for.
    pub fn of(pack: &Pack, code: DivisionCode) -> Option<Extent> {
        Some(match pack.divisions.get(code)?.level {
            Level::Province => Extent::Province,
            Level::Area => Extent::Area(code),
            Level::County => Extent::County(code),
            Level::Zone => Extent::Zone(code),
        })
    }

    fn is_within(self, pack: &Pack, scope: &Scope) -> bool {
        match self.code() {
            None => scope.covers_province(),
            Some(code) => scope.covers_division(pack, code),
        }
    }

    pub fn code(self) -> Option<DivisionCode> {
        match self {
            Extent::Province => None,
            Extent::Area(code) | Extent::County(code) | Extent::Zone(code) => Some(code),
        }
    }

    pub fn name(self, pack: &Pack) -> String {
        self.code()
            .map_or("全省".to_string(), |code| pack.divisions.name(code))
    }

    /// The same as a part of an address of the list of firms: “area=410300”; empty for the
    /// province.
    pub fn query(self) -> String {
        match self {
            Extent::Province => String::new(),
            Extent::Area(code) => format!("area={code:06}"),
            Extent::County(code) => format!("county={code:06}"),
            Extent::Zone(code) => format!("zone={code:06}"),
        }
    }

    /// The firms that produce here, a bit each; none where all do.
    pub fn plane(self, firms: &Firms) -> Option<Vec<u64>> {
        match self {
            Extent::Province => None,
            Extent::Area(code) | Extent::County(code) => Some(within(firms, code)),
            Extent::Zone(code) => {
                let mut plane = vec![0u64; firms.len().div_ceil(64)];
                for firm in 0..firms.len() {
                    let is_here = firms.zone(firm) == Some(code);
                    plane[firm / 64] |= u64::from(is_here) << (firm % 64);
                }
                Some(plane)
            }
        }
    }

    /// Its line of progress; a zone has none.
    pub fn progress(self, progress: &Progress) -> Option<&DivisionProgress> {
        let areas = || progress.areas.iter();
        match self {
            Extent::Province => Some(&progress.province),
            Extent::Area(code) => areas()
                .map(|row| &row.area)
                .find(|line| line.division == Some(code)),
            Extent::County(code) => areas()
                .flat_map(|row| &row.counties)
                .find(|line| line.division == Some(code)),
            Extent::Zone(_) => None,
        }
    }
}

/// Whether a firm is among those of a plane; every firm is where there is none.
pub fn is_in(plane: Option<&[u64]>, firm: usize) -> bool {
    plane.is_none_or(|plane| plane[firm / 64] >> (firm % 64) & 1 == 1)
}
