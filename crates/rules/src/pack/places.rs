//! The files of a pack that tell of places and days: divisions, industries, targets that came
//! with the plan, tiles, working days.

use super::calendar::Calendar;
use super::codes::{self, Industries};
use super::divisions::Divisions;
use super::files::PackFiles;
use super::finding::Finding;
use super::targets::{self, YearTargets};
use super::tiles::{self, Tile};
use super::{Head, below, with};

pub(super) struct Places {
    pub divisions: Divisions,
    pub industries: Industries,
    pub targets: Vec<YearTargets>,
    pub tiles: Vec<Tile>,
    pub calendar: Calendar,
}

pub(super) fn read(files: &PackFiles, head: Option<&Head>, findings: &mut Vec<Finding>) -> Places {
    let entity = head.map(|head| head.legal_entity.clone());
    let (words, sections) = entity
        .map(|entity| (entity.city_level_words, entity.sections))
        .unwrap_or_default();
    let divisions = codes::read_divisions(files, words, findings);
    Places {
        industries: codes::read_industries(files, &sections, findings),
        targets: read_targets(files, &divisions, findings),
        tiles: read_tiles(files, &divisions, findings),
        calendar: read_calendar(files, findings),
        divisions,
    }
}

/// A pack of before there were tiles is still read.
fn read_tiles(files: &PackFiles, divisions: &Divisions, findings: &mut Vec<Finding>) -> Vec<Tile> {
    let file = "tiles.toml";
    match files.0.contains_key(file) {
        true => with(files, file, findings, |source| {
            tiles::read(source, divisions)
        }),
        false => tiles::usual(divisions),
    }
}

fn read_targets(
    files: &PackFiles,
    divisions: &Divisions,
    findings: &mut Vec<Finding>,
) -> Vec<YearTargets> {
    let mut years = Vec::new();
    for file in below(files, "targets/") {
        let year = with(files, file, findings, |source| {
            targets::read(source, divisions)
        });
        years.extend(year);
    }
    years.sort_by_key(|targets: &YearTargets| targets.year);
    years
}

fn read_calendar(files: &PackFiles, findings: &mut Vec<Finding>) -> Calendar {
    let mut calendar = Calendar::default();
    for file in below(files, "calendar/") {
        with(files, file, findings, |source| calendar.read(source));
    }
    calendar
}
