//! The province knows its own truth: what firms sell in months that nobody has delivered yet.
//! Forecasts are held against it.

use super::World;
use super::recipe::Recipe;
use crate::cli::PackSource;
use crate::demo::build::codes;
use crate::office::{pack_files, read_pack};
use programme::deliveries::payload::EMPTY;
use programme::outlook::forecast::{Kind, Landing};
use programme::outlook::landing::{Learnt, Part, area_number, industry_number};
use programme::outlook::scores::{Ranged, calibration_error, interval_coverage, reliability};
use rules::pack::Pack;
use rules::period::Month;

/// One moment of the year: revenue delivered up to it, power and staff likewise.
struct Moment<'a> {
    pack: &'a Pack,
    world: &'a World<'a>,
    as_of: Month,
}

impl Moment<'_> {
    /// The months of all firms up to the moment, as the run would read them.
    fn part(&self) -> Part {
        let stride = self.pack.landing.months as usize;
        let first = self
            .as_of
            .plus(1 - stride as i32)
            .max(self.world.recipe.first_month());
        let shift = (first.index() - self.as_of.plus(1 - stride as i32).index()) as usize;
        let count = self.world.len();
        let mut series = [0; 3].map(|_| vec![EMPTY; count * stride]);
        let mut groups = Vec::with_capacity(count);
        for firm in 0..count {
            for place in shift..stride {
                let month = first.plus((place - shift) as i32);
                if let Some(figures) = self.world.figures(firm, month) {
                    let at = firm * stride + place;
                    series[0][at] = figures.sales_fen;
                    series[1][at] = figures.electricity_kwh;
                    series[2][at] = figures.persons;
                }
            }
            groups.push(self.group(firm));
        }
        Part::new(stride, series, &groups)
    }

    fn group(&self, firm: usize) -> (usize, usize) {
        let Some(drawn) = self.world.drawn(firm) else {
            return (0, 0);
        };
        let area = self.world.areas[usize::from(drawn.area)];
        let class = i64::from(drawn.division) * 100;
        (industry_number(class), area_number(self.pack, Some(area)))
    }

    /// What the year really brings; none for a firm that goes within it.
    fn truth(&self, firm: usize) -> Option<f64> {
        let january = self.as_of.plus(1 - self.as_of.number() as i32);
        let mut sum = 0;
        let mut began = false;
        for month in (0..12).map(|month| january.plus(month)) {
            match self.world.sales(firm, month) {
                Some(sales) => {
                    sum += sales;
                    began = true;
                }
                // Not yet there is no sale; no longer there is nobody's figure.
                None if began => return None,
                None => {}
            }
        }
        began.then_some(sum as f64)
    }
}

fn check(as_of: Month) -> Vec<(Landing, f64)> {
    let recipe = Recipe::from_file().expect("demo/recipe.toml");
    let pack = read_pack(pack_files(&PackSource::default(), None).expect("files")).expect("a pack");
    let codes = codes(&pack);
    let world = World::draw(&recipe, &codes).expect("a province");
    let moment = Moment {
        pack: &pack,
        world: &world,
        as_of,
    };
    let part = moment.part();
    let learnt = Learnt::learn(&pack, std::slice::from_ref(&part), as_of).expect("revenue");
    let landings = learnt.land(&part);
    let pairs = landings.into_iter().enumerate();
    pairs
        .filter_map(|(firm, landing)| Some((landing?, moment.truth(firm)?)))
        .collect()
}

#[test]
fn april_recovers_the_truth_of_twenty_thousand_firms() {
    recovers(4);
}

#[test]
fn july_recovers_the_truth_of_twenty_thousand_firms() {
    recovers(7);
}

#[test]
fn october_recovers_the_truth_of_twenty_thousand_firms() {
    recovers(10);
}

/// Intervals cover what they claim, and probabilities come true as often as they say.
fn recovers(month: u32) {
    const THRESHOLD: f64 = 2_000_000_000.0;
    let pairs = check(Month::new(2026, month).expect("a month"));
    assert!(pairs.len() > 17_000, "{}", pairs.len());
    let open: Vec<&(Landing, f64)> = pairs
        .iter()
        .filter(|(landing, _)| landing.expectation.open > 0 && landing.middle > 0.0)
        .collect();
    let ranged: Vec<Ranged> = open
        .iter()
        .map(|(landing, truth)| Ranged {
            low: landing.low,
            high: landing.high,
            truth: *truth,
        })
        .collect();
    let coverage = interval_coverage(&ranged).expect("firms");
    assert!((0.78..=0.82).contains(&coverage), "coverage {coverage}");
    let said: Vec<(f64, bool)> = pairs
        .iter()
        .map(|(landing, truth)| (landing.above, *truth >= THRESHOLD))
        .collect();
    let error = calibration_error(&said).expect("firms");
    assert!(error < 0.01, "calibration error {error}");
    for tenth in reliability(&said).expect("firms") {
        let (Some(mean), Some(share)) = (tenth.mean_predicted, tenth.share_observed) else {
            continue;
        };
        // Three standard errors of the share, and a point for the year.
        let error = 3.0 * (mean * (1.0 - mean) / tenth.count as f64).sqrt() + 0.03;
        assert!(
            (mean - share).abs() < error,
            "{mean} {share} {}",
            tenth.count
        );
    }
    for kind in [Kind::Running, Kind::Young, Kind::Paused, Kind::Stopped] {
        assert!(
            pairs.iter().any(|(l, _)| l.expectation.kind == kind),
            "{kind:?}"
        );
    }
}
