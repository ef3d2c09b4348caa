//! 账本: the figures of one firm with their origin, this year against the last, and where the
//! year lands. Who may not see figures of a class reads bands, and no month of it.

mod drawn;

use super::material::Material;
use crate::chart::Chart;
use crate::measures::Subject;
use crate::outlook::prospect::{Probability, Words};
use crate::sight;
use drawn::{ladder, landing_fan, sparks, year_on_year};
use programme::indicators::Origin;
use programme::people::{Organisation, Scope};
use rules::money::{Fen, grouped};
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::facts::{Origin as FactOrigin, RegisterField, Series, SeriesKind};
use rules::period::Month;
use serde::Serialize;

/// Months of the table.
const MONTHS: i32 = 12;

/// The ledger as one reader may see it.
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    pub as_of: String,
    /// Whether the landing is shown in figures.
    pub is_exact: bool,
    /// Where the year lands, and how likely at or above the threshold.
    pub landing: String,
    pub above: String,
    /// What speaks for the firm.
    pub reach: String,
    pub last_revenue: Option<String>,
    /// Fan of the year, and line against last year; none where figures are not shown.
    pub charts: Vec<Chart>,
    /// Bands instead of figures.
    pub ladder: Option<Ladder>,
    pub sparks: Vec<Chart>,
    pub series: Vec<SeriesShown>,
    /// Series whose figures are not the reader's to see.
    pub hidden: Vec<Hidden>,
}

/// The bands of a year's revenue, highest first, and the one that the year lands in.
#[derive(Debug, Clone, Serialize)]
pub struct Ladder {
    pub title: String,
    pub bands: Vec<Band>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Band {
    pub name: String,
    pub is_here: bool,
    /// Whether the threshold stands at its foot.
    pub begins_scale: bool,
}

/// Twelve months of one series.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesShown {
    pub id: String,
    pub name: String,
    pub unit: &'static str,
    pub months: Vec<MonthShown>,
    /// Sum of the months that are there, where a sum says something.
    pub total: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MonthShown {
    pub month: String,
    pub shown: String,
    /// Fen, kilowatt-hours, cubic metres or persons.
    pub value: Option<i64>,
    pub last_year: String,
    pub batch: Option<i64>,
    pub origin: String,
}

/// A series that is told in words alone.
#[derive(Debug, Clone, Serialize)]
pub struct Hidden {
    pub name: String,
    pub words: String,
}

/// Lays the ledger out.
pub fn ledger(pack: &Pack, subject: &Subject, material: &Material) -> Ledger {
    let scope = &subject.reader.scope;
    let as_of = subject.snapshot.as_of;
    let threshold = threshold(pack, as_of);
    let words = Words {
        pack,
        scope,
        firms: &subject.firms,
        threshold,
    };
    let firm = subject.firm;
    let above = Probability::of(pack, &subject.firms, firm);
    let class = landing_class(pack);
    let is_exact = scope.sees(class);
    let mut charts = Vec::new();
    if is_exact {
        charts.extend(landing_fan(pack, subject, material, threshold));
        charts.extend(year_on_year(pack, scope, material, as_of));
    }
    let seen = |series: &&(usize, &Series)| scope.sees(series.1.class);
    let all: Vec<(usize, &Series)> = pack.series.iter().enumerate().collect();
    let shown = all.iter().filter(seen);
    let hidden = all.iter().filter(|series| !seen(series));
    Ledger {
        as_of: as_of.in_words(),
        is_exact,
        landing: words.landing(firm).shown(),
        above: above.map_or("待补".to_string(), |above| {
            above.shown(pack, scope).shown()
        }),
        reach: words.reach(firm).shown(),
        last_revenue: is_exact.then(|| last_revenue(pack, material)).flatten(),
        charts,
        ladder: (!is_exact)
            .then(|| ladder(pack, subject, threshold))
            .flatten(),
        sparks: sparks(pack, scope, material, as_of),
        series: shown
            .map(|(slot, series)| one(pack, series, material, *slot, as_of))
            .collect(),
        hidden: hidden
            .map(|(_, series)| told(pack, subject, series))
            .collect(),
    }
}

/// Revenue of a year from which a firm is above scale.
pub fn threshold(pack: &Pack, as_of: Month) -> Option<i64> {
    let parameter = pack.parameter(&pack.scale.threshold)?;
    parameter.on(as_of.last_day())
}

/// The class of what the forecast says.
pub fn landing_class(pack: &Pack) -> DataClass {
    use rules::pack::facts::LandingField;
    let slot = pack.slot(FactOrigin::Landing(LandingField::Middle));
    slot.map_or(DataClass::Tax, |slot| pack.facts[slot].class)
}

/// The place of the revenue series among the pack's.
pub(super) fn revenue_slot(pack: &Pack) -> Option<usize> {
    let id = &pack.landing.revenue;
    pack.series.iter().position(|series| series.id == *id)
}

fn last_revenue(pack: &Pack, material: &Material) -> Option<String> {
    let months = material.series.get(&revenue_slot(pack)?)?;
    Some(months.last()?.month.in_words())
}

fn one(
    pack: &Pack,
    series: &Series,
    material: &Material,
    slot: usize,
    as_of: Month,
) -> SeriesShown {
    let known = material.series.get(&slot).map_or(&[][..], Vec::as_slice);
    let at = |month: Month| known.iter().find(|own| own.month == month);
    let months = (0..MONTHS).rev().map(|back| {
        let month = as_of.plus(-back);
        let own = at(month);
        let before = at(month.plus(-12));
        let text =
            |own: Option<&Origin>| own.map_or("—".to_string(), |own| shown(series, own.value));
        MonthShown {
            month: month.to_string(),
            shown: text(own),
            value: own.map(|own| own.value),
            last_year: text(before),
            batch: own.map(|own| own.batch),
            origin: own.map_or(String::new(), |own| origin(pack, material, own)),
        }
    });
    let months: Vec<MonthShown> = months.collect();
    let sum = months
        .iter()
        .filter_map(|own| own.value)
        .try_fold(0i64, i64::checked_add);
    let is_sum = series.kind != SeriesKind::Count && months.iter().any(|own| own.value.is_some());
    SeriesShown {
        id: series.id.clone(),
        name: series.name.clone(),
        unit: unit(series.kind),
        total: sum.filter(|_| is_sum).map(|sum| shown(series, sum)),
        months,
    }
}

/// “税务局，第41批次”.
fn origin(pack: &Pack, material: &Material, own: &Origin) -> String {
    let by = material.agencies.get(&own.batch).map_or("", String::as_str);
    let by = Organisation::from_id(pack, by);
    let name = by.map_or(String::new(), |by| by.name(pack, own.month.last_day()));
    format!("{name}，第{}批次", own.batch)
}

pub(super) fn shown(series: &Series, value: i64) -> String {
    match series.kind {
        SeriesKind::Money => Fen(value).in_wan_yuan(),
        _ if value < 0 => format!("-{}", grouped(value.unsigned_abs())),
        _ => grouped(value.unsigned_abs()),
    }
}

pub(super) fn unit(kind: SeriesKind) -> &'static str {
    match kind {
        SeriesKind::Money => "万元",
        SeriesKind::Electricity => "千瓦时",
        SeriesKind::Gas => "立方米",
        SeriesKind::Count => "人",
    }
}

/// What may be said of a series whose figures are not shown: the band of the last twelve
/// months for revenue, and who has the others.
fn told(pack: &Pack, subject: &Subject, series: &Series) -> Hidden {
    let agency = pack.agency(&series.agency);
    let day = subject.snapshot.as_of.last_day();
    let by = agency.map_or("来源单位", |agency| agency.name_on(day).short.as_str());
    let known = pack
        .fact_slot("sales_12m_known")
        .filter(|_| series.id == pack.landing.revenue)
        .and_then(|slot| subject.firms.fact(subject.firm, slot));
    let words = match known {
        Some(fen) => {
            let band = pack.bands.of_money(fen);
            format!("近12个月已知的合计在{band}一档；逐月的数由{by}掌握，不在这里公开")
        }
        None => format!("逐月的数由{by}掌握，不在这里公开"),
    };
    Hidden {
        name: series.name.clone(),
        words,
    }
}

/// Persons at the firm, where the register says so: open to everybody.
pub fn persons(pack: &Pack, subject: &Subject) -> Option<i64> {
    let slot = pack.slot(FactOrigin::Register(RegisterField::Persons))?;
    subject.firms.fact(subject.firm, slot)
}

/// A probability in whole percents, for a sentence.
pub(super) fn percent(pack: &Pack, scope: &Scope, above: Probability) -> String {
    if !scope.sees(above.class) {
        return sight::probability(pack, scope, above.class, above.parts, above.per).shown();
    }
    let hundredths = (above.parts * 100 + above.per / 2) / above.per;
    match (hundredths, above.parts) {
        (0, 1..) => "不到1%".to_string(),
        (100, parts) if parts < above.per => "超过99%".to_string(),
        _ => format!("{hundredths}%"),
    }
}
