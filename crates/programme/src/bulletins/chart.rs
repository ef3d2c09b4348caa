//! A chart as a value: what is compared and what it says, not how it is drawn.
//!
//! Every number is finite and every series as long as its axis, proved when the value is
//! made; whoever draws it finds nothing left to refuse. A point may be absent: a gap stays
//! a gap and never turns into zero. Floats are for showing only, nothing is decided here.
//!
//! ```text
//! let hits = Series::new("命中率", vec![Some(0.62), None, Some(0.71)])?;
//! let along = Along::Categories(vec!["7月".into(), "8月".into(), "9月".into()]);
//! Chart::new("命中率逐月上升", months, shares, Plot::Line { along, series: vec![hits] })?
//! ```

mod table;

use super::document::Table;

/// More lines than this cannot be told apart in black and white.
pub const SERIES_MAX: usize = 5;
/// A wide and a narrow band.
pub const BANDS_MAX: usize = 2;
/// Points of one series; ten years of weeks stay below it.
pub const POINTS_MAX: usize = 600;
pub const DECIMALS_MAX: u8 = 6;
/// No axis carries more: beyond it a float no longer tells neighbouring whole numbers apart.
pub const MAGNITUDE_MAX: f64 = 1e15;

/// A number that can be drawn: neither NaN nor infinite, at most [`MAGNITUDE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Finite(f64);

/// Sound because NaN is refused.
impl Eq for Finite {}

impl Finite {
    /// Negative zero becomes zero: it would print a sign that means nothing.
    pub fn new(value: f64) -> Result<Finite, ChartRefusal> {
        if value.abs() <= MAGNITUDE_MAX {
            Ok(Finite(value + 0.0))
        } else {
            Err(ChartRefusal::NotFinite)
        }
    }

    pub const fn get(self) -> f64 {
        self.0
    }
}

/// How a number is shown, with how many decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Decimal(u8),
    /// The number is a share: 0.125 with one decimal shows 12.5%.
    Percent(u8),
}

impl Form {
    pub const fn decimals(self) -> u8 {
        match self {
            Form::Decimal(decimals) | Form::Percent(decimals) => decimals,
        }
    }
}

/// What an axis measures. Under categories only its title is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    title: String,
    form: Form,
    covered: Option<(Finite, Finite)>,
}

impl Axis {
    /// The title carries the unit: “月营业收入（万元）”.
    pub fn new(title: impl Into<String>, form: Form) -> Axis {
        Axis {
            title: title.into(),
            form,
            covered: None,
        }
    }

    /// The axis reaches at least from one number to the other, whatever the points are.
    pub fn covering(mut self, one: f64, other: f64) -> Result<Axis, ChartRefusal> {
        self.covered = Some((Finite::new(one)?, Finite::new(other)?));
        Ok(self)
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn form(&self) -> Form {
        self.form
    }

    pub fn covered(&self) -> Option<(Finite, Finite)> {
        self.covered
    }
}

/// Where the points of a series stand from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Along {
    Categories(Vec<String>),
    /// Ascending; no two are equal.
    Numbers(Vec<Finite>),
}

impl Along {
    pub fn numbers(numbers: Vec<f64>) -> Result<Along, ChartRefusal> {
        let numbers: Result<Vec<Finite>, ChartRefusal> =
            numbers.into_iter().map(Finite::new).collect();
        Ok(Along::Numbers(numbers?))
    }

    pub fn count(&self) -> usize {
        match self {
            Along::Categories(categories) => categories.len(),
            Along::Numbers(numbers) => numbers.len(),
        }
    }
}

/// One line, or the bars of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    name: String,
    values: Vec<Option<Finite>>,
    is_dashed: bool,
}

impl Series {
    pub fn new(name: impl Into<String>, values: Vec<Option<f64>>) -> Result<Series, ChartRefusal> {
        Ok(Series {
            name: name.into(),
            values: finite(values)?,
            is_dashed: false,
        })
    }

    /// For what is expected rather than measured. Bars do not look at it.
    pub fn dashed(self) -> Series {
        Series {
            is_dashed: true,
            ..self
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn values(&self) -> &[Option<Finite>] {
        &self.values
    }

    pub fn is_dashed(&self) -> bool {
        self.is_dashed
    }
}

/// From low to high at every point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    name: String,
    ranges: Vec<Option<(Finite, Finite)>>,
}

impl Band {
    /// `name` says what the band holds: “80%区间”.
    pub fn new(
        name: impl Into<String>,
        ranges: Vec<Option<(f64, f64)>>,
    ) -> Result<Band, ChartRefusal> {
        let name = name.into();
        let mut kept = Vec::with_capacity(ranges.len());
        for range in ranges {
            kept.push(match range {
                None => None,
                Some((low, high)) if low > high => return Err(ChartRefusal::Reversed { name }),
                Some((low, high)) => Some((Finite::new(low)?, Finite::new(high)?)),
            });
        }
        Ok(Band { name, ranges: kept })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn ranges(&self) -> &[Option<(Finite, Finite)>] {
        &self.ranges
    }
}

/// A point of a scatter; `count` is how many observations it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub across: Finite,
    pub up: Finite,
    pub count: Option<u64>,
}

impl Point {
    pub fn new(across: f64, up: f64, count: Option<u64>) -> Result<Point, ChartRefusal> {
        Ok(Point {
            across: Finite::new(across)?,
            up: Finite::new(up)?,
            count,
        })
    }
}

/// Points of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    pub name: String,
    pub points: Vec<Point>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plot {
    Line {
        along: Along,
        series: Vec<Series>,
    },
    /// Bars stand on zero.
    Bars {
        categories: Vec<String>,
        series: Vec<Series>,
    },
    /// The wide band first, the narrow one within it, the median upon both; `others` are
    /// further lines, such as what really happened.
    Fan {
        along: Along,
        bands: Vec<Band>,
        median: Series,
        others: Vec<Series>,
    },
    /// With a diagonal, named by its words (“完全校准”), both axes are the same.
    Scatter {
        clouds: Vec<Cloud>,
        diagonal: Option<String>,
    },
}

/// A plot with its title and axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    title: String,
    across: Axis,
    up: Axis,
    plot: Plot,
    source: Option<usize>,
}

/// Why a chart was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartRefusal {
    #[error("图表中有不是数的值，请先查明该值为何算不出来")]
    NotFinite,
    #[error("“{name}”有{given}个值，而横轴有{expected}个位置，请逐一对应")]
    Length {
        name: String,
        expected: usize,
        given: usize,
    },
    #[error("“{name}”的下限高于上限，请核对区间")]
    Reversed { name: String },
    #[error("“{name}”超出了外层区间，请把宽的区间放在前面")]
    NotNested { name: String },
    #[error("横轴的数没有从小到大排列，请先排序")]
    NotAscending,
    #[error("{what}有{given}个，一张图最多{most}个，请拆成几张图")]
    TooMany {
        what: &'static str,
        given: usize,
        most: usize,
    },
}

impl Chart {
    /// `title` says the finding. Refuses what no chart can show.
    pub fn new(
        title: impl Into<String>,
        across: Axis,
        up: Axis,
        plot: Plot,
    ) -> Result<Chart, ChartRefusal> {
        for axis in [&across, &up] {
            let decimals = usize::from(axis.form.decimals());
            at_most("小数位", decimals, usize::from(DECIMALS_MAX))?;
        }
        check(&plot)?;
        Ok(Chart {
            title: title.into(),
            across,
            up,
            plot,
            source: None,
        })
    }

    /// With the number of the source its values come from.
    pub fn sourced(self, source: usize) -> Chart {
        Chart {
            source: Some(source),
            ..self
        }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// The axis from left to right.
    pub fn across(&self) -> &Axis {
        &self.across
    }

    /// The axis from bottom to top.
    pub fn up(&self) -> &Axis {
        &self.up
    }

    pub fn plot(&self) -> &Plot {
        &self.plot
    }

    pub fn source(&self) -> Option<usize> {
        self.source
    }

    /// Whether there is nothing to draw: no point that is not absent.
    pub fn is_empty(&self) -> bool {
        match &self.plot {
            Plot::Line { series, .. } | Plot::Bars { series, .. } => has_no_value(series),
            Plot::Fan {
                bands,
                median,
                others,
                ..
            } => {
                let mut ranges = bands.iter().flat_map(|band| &band.ranges);
                has_no_value(std::slice::from_ref(median))
                    && has_no_value(others)
                    && ranges.all(Option::is_none)
            }
            Plot::Scatter { clouds, .. } => clouds.iter().all(|cloud| cloud.points.is_empty()),
        }
    }

    /// The values as a table, one row for each place on the axis or each point.
    pub fn table(&self) -> Table {
        table::of(self)
    }
}

fn check(plot: &Plot) -> Result<(), ChartRefusal> {
    match plot {
        Plot::Line { along, series } => {
            ascends(along)?;
            fits(along.count(), series)
        }
        Plot::Bars { categories, series } => fits(categories.len(), series),
        Plot::Fan {
            along,
            bands,
            median,
            others,
        } => {
            ascends(along)?;
            at_most("系列", others.len() + 1, SERIES_MAX)?;
            fits(along.count(), std::slice::from_ref(median))?;
            fits(along.count(), others)?;
            nested(along.count(), bands)
        }
        Plot::Scatter { clouds, .. } => {
            at_most("系列", clouds.len(), SERIES_MAX)?;
            let points: usize = clouds.iter().map(|cloud| cloud.points.len()).sum();
            at_most("点", points, POINTS_MAX)
        }
    }
}

fn at_most(what: &'static str, given: usize, most: usize) -> Result<(), ChartRefusal> {
    if given > most {
        return Err(ChartRefusal::TooMany { what, given, most });
    }
    Ok(())
}

fn ascends(along: &Along) -> Result<(), ChartRefusal> {
    match along {
        Along::Numbers(numbers) if !numbers.is_sorted_by(|one, next| one < next) => {
            Err(ChartRefusal::NotAscending)
        }
        _ => Ok(()),
    }
}

fn fits(expected: usize, series: &[Series]) -> Result<(), ChartRefusal> {
    at_most("系列", series.len(), SERIES_MAX)?;
    at_most("点", expected, POINTS_MAX)?;
    for one in series {
        as_long(&one.name, expected, one.values.len())?;
    }
    Ok(())
}

fn as_long(name: &str, expected: usize, given: usize) -> Result<(), ChartRefusal> {
    if expected == given {
        return Ok(());
    }
    Err(ChartRefusal::Length {
        name: name.to_string(),
        expected,
        given,
    })
}

fn nested(expected: usize, bands: &[Band]) -> Result<(), ChartRefusal> {
    at_most("区间", bands.len(), BANDS_MAX)?;
    for band in bands {
        as_long(&band.name, expected, band.ranges.len())?;
    }
    let [wide, narrow] = bands else {
        return Ok(());
    };
    for (outer, inner) in wide.ranges.iter().zip(&narrow.ranges) {
        let is_within = match (outer, inner) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(outer), Some(inner)) => outer.0 <= inner.0 && inner.1 <= outer.1,
        };
        if !is_within {
            let name = narrow.name.clone();
            return Err(ChartRefusal::NotNested { name });
        }
    }
    Ok(())
}

fn finite(values: Vec<Option<f64>>) -> Result<Vec<Option<Finite>>, ChartRefusal> {
    values
        .into_iter()
        .map(|value| value.map(Finite::new).transpose())
        .collect()
}

fn has_no_value(series: &[Series]) -> bool {
    let mut values = series.iter().flat_map(|one| &one.values);
    values.all(Option::is_none)
}

#[cfg(test)]
mod tests;
