//! The points card of one firm, and the same for every firm of a run.
//!
//! Items that hold add their points; items that are unknown add none, are named, and say how
//! far the level could still rise: missing data never make a firm look safe. Firms that are
//! not known to be in scale have no card.

use rules::expression::{Reason, Row};
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField, WarningField};
use rules::pack::warnings::Warnings;

/// What the card says of a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// One line for each item of the pack, in its order.
    pub lines: Vec<Line>,
    /// Points of the items that hold.
    pub points: i64,
    /// Points that unknown items could add; of a band only the gravest counts.
    pub further: i64,
    /// Index of the level that the points reach.
    pub level: Option<usize>,
    /// The level if everything unknown held.
    pub possible: Option<usize>,
    /// Categories of the items that hold, in the order of the pack.
    pub reasons: Vec<usize>,
    /// What would bring the firm below the level that it has reached, and below each lighter
    /// one; from the gravest.
    pub reliefs: Vec<Relief>,
}

/// One item of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether the item holds; unknown where facts are missing.
    pub holds: Option<bool>,
    /// Points that it adds, or would add.
    pub points: i64,
    pub why: Vec<Reason>,
}

/// Smallest sets of items without which a firm is below a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relief {
    pub level: usize,
    /// Indexes of items; each set is as small as it can be.
    pub ways: Vec<Vec<usize>>,
}

/// More ways than this nobody reads.
const WAYS_MAX: usize = 6;

impl Card {
    /// Whether the level could rise once what is unknown becomes known.
    pub fn is_incomplete(&self) -> bool {
        self.possible > self.level
    }
}

/// The card of one firm; none where it is not known to be in scale, or where the pack's
/// points are not in force on the day of the parameters.
pub fn card(pack: &Pack, facts: &[Option<i64>], parameters: &[Option<i64>]) -> Option<Card> {
    let in_scale = pack.slot(Origin::Status(StatusField::InScale))?;
    if facts[in_scale] != Some(1) {
        return None;
    }
    let scale = Scale::of(&pack.warnings, parameters)?;
    let row = Row { facts, parameters };
    let items = pack.warnings.items.iter().zip(&scale.points);
    let lines: Vec<Line> = items
        .map(|(item, points)| Line {
            holds: item.condition.evaluate(row),
            points: *points,
            why: item.condition.explain(row, &pack.vocabulary),
        })
        .collect();
    let holds: Vec<Option<bool>> = lines.iter().map(|line| line.holds).collect();
    let Sum { points, further } = scale.sum(&pack.warnings, &holds);
    let held = |item: &usize| holds[*item] == Some(true);
    let items: Vec<usize> = (0..holds.len()).filter(held).collect();
    let level = scale.level(points);
    let reliefs = level.map_or(Vec::new(), |level| {
        let reached = (0..=level).rev();
        let reliefs = reached.map(|level| Relief {
            level,
            ways: ways(&items, &scale, points - scale.levels[level] + 1),
        });
        reliefs.collect()
    });
    Some(Card {
        points,
        further,
        level,
        possible: scale.level(points + further),
        reasons: categories(pack, facts, parameters),
        lines,
        reliefs,
    })
}

/// The categories for which a firm is warned of, without the card; none where it has no card.
pub fn categories(pack: &Pack, facts: &[Option<i64>], parameters: &[Option<i64>]) -> Vec<usize> {
    let in_scale = pack.slot(Origin::Status(StatusField::InScale));
    if in_scale.and_then(|slot| facts[slot]) != Some(1) {
        return Vec::new();
    }
    let row = Row { facts, parameters };
    let mut found = vec![false; pack.warnings.reasons.len()];
    for item in &pack.warnings.items {
        found[item.reason] |= item.condition.evaluate(row) == Some(true);
    }
    (0..found.len()).filter(|reason| found[*reason]).collect()
}

/// The level that a fact of the run states, as an index into the card's levels.
pub fn level_of(value: Option<i64>) -> Option<usize> {
    value.and_then(|value| usize::try_from(value - 1).ok())
}

/// The points of a day of law.
struct Scale {
    /// Where each level begins.
    levels: Vec<i64>,
    /// What each item adds.
    points: Vec<i64>,
}

struct Sum {
    points: i64,
    further: i64,
}

impl Scale {
    fn of(warnings: &Warnings, parameters: &[Option<i64>]) -> Option<Scale> {
        let levels = warnings.levels.iter().map(|level| parameters[level.points]);
        let points = warnings.items.iter().map(|item| parameters[item.points]);
        Some(Scale {
            levels: levels.collect::<Option<_>>()?,
            points: points.collect::<Option<_>>()?,
        })
    }

    fn sum(&self, warnings: &Warnings, holds: &[Option<bool>]) -> Sum {
        let add = |sum: i64, points: i64| {
            let sum = sum.checked_add(points);
            sum.expect("a pack has few items with few points")
        };
        let of = |wanted: Option<bool>| {
            let items = holds.iter().enumerate();
            items.filter(move |(_, holds)| **holds == wanted)
        };
        let points = of(Some(true)).map(|(item, _)| self.points[item]);
        // Of a band only one item can hold: the one that does, or the gravest that may.
        let counts = |item: usize| {
            let Some(band) = &warnings.items[item].band else {
                return true;
            };
            let mut rivals = (0..holds.len()).filter(|other| {
                *other != item && warnings.items[*other].band.as_ref() == Some(band)
            });
            rivals.all(|other| match holds[other] {
                Some(truth) => !truth,
                None => (self.points[item], item) > (self.points[other], other),
            })
        };
        let further = of(None).map(|(item, _)| item);
        let further = further.filter(|item| counts(*item));
        Sum {
            points: points.fold(0, add),
            further: further.map(|item| self.points[item]).fold(0, add),
        }
    }

    fn level(&self, points: i64) -> Option<usize> {
        self.levels.iter().rposition(|from| *from <= points)
    }
}

/// The smallest sets of items whose points reach `wanted`, in the order of the card.
fn ways(items: &[usize], scale: &Scale, wanted: i64) -> Vec<Vec<usize>> {
    let mut points: Vec<i64> = items.iter().map(|item| scale.points[*item]).collect();
    points.sort_unstable_by(|one, other| other.cmp(one));
    let sums = points.iter().scan(0, |sum, points| {
        *sum += points;
        Some(*sum)
    });
    let size = sums.take_while(|sum| *sum < wanted).count() + 1;
    let mut found = Vec::new();
    choose(items, size, wanted, scale, &mut Vec::new(), &mut found);
    found
}

/// Adds to `found` the sets of `size` more items that reach `wanted`.
fn choose(
    items: &[usize],
    size: usize,
    wanted: i64,
    scale: &Scale,
    chosen: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
) {
    if size == 0 {
        if wanted <= 0 {
            found.push(chosen.clone());
        }
        return;
    }
    for (place, item) in items.iter().enumerate() {
        if found.len() == WAYS_MAX {
            return;
        }
        chosen.push(*item);
        let left = wanted - scale.points[*item];
        choose(&items[place + 1..], size - 1, left, scale, chosen, found);
        chosen.pop();
    }
}

/// The columns of a run that the card fills.
pub(super) struct WarningColumns {
    scale: Option<Scale>,
    in_scale: Option<usize>,
    points: Option<usize>,
    level: Option<usize>,
    possible: Option<usize>,
}

impl WarningColumns {
    pub fn of(pack: &Pack, parameters: &[Option<i64>]) -> WarningColumns {
        let own = |field| pack.slot(Origin::Warning(field));
        WarningColumns {
            scale: Scale::of(&pack.warnings, parameters),
            in_scale: pack.slot(Origin::Status(StatusField::InScale)),
            points: own(WarningField::Points),
            level: own(WarningField::Level),
            possible: own(WarningField::Possible),
        }
    }

    /// Writes the points and levels of a firm into its row and into the columns.
    pub fn fill(
        &self,
        pack: &Pack,
        parameters: &[Option<i64>],
        values: &mut [Option<i64>],
        facts: &mut [Vec<i64>],
        firm: usize,
    ) {
        let is_in_scale = self.in_scale.and_then(|slot| values[slot]) == Some(1);
        let Some(scale) = self.scale.as_ref().filter(|_| is_in_scale) else {
            return;
        };
        let row = Row {
            facts: values,
            parameters,
        };
        let items = pack.warnings.items.iter();
        let holds: Vec<Option<bool>> = items.map(|item| item.condition.evaluate(row)).collect();
        let Sum { points, further } = scale.sum(&pack.warnings, &holds);
        let choice = |points| scale.level(points).map_or(0, |level| level as i64 + 1);
        let computed = [
            (self.points, points),
            (self.level, choice(points)),
            (self.possible, choice(points + further)),
        ];
        for (slot, value) in computed {
            if let Some(slot) = slot {
                values[slot] = Some(value);
                facts[slot][firm] = value;
            }
        }
    }
}
