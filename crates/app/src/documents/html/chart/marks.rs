//! What stands in the frame: bands, lines, bars, points, and the legend that names them.

use programme::bulletins::chart::{Along, Band, Chart, Cloud, Plot, Point, Series};

use super::frame::{self, Frame, short, text_width, words};
use crate::documents::axis::{places, slots};
use crate::documents::palette::{
    self, Filling, MARKED_MAX, NUMBERED_BARS_MAX, NUMBERED_POINTS_MAX, SHAPES, Shape,
};
use crate::documents::wording;

/// Of a line too long to mark every point.
const MARKS_WANTED: usize = 12;
const MARK_SIZE: f64 = 4.2;
/// Radius of the point with most observations, and of one without a count.
const POINT_MAX: f64 = 13.0;
const POINT_MIN: f64 = 4.5;
/// From swatch to words, and from one entry to the next.
const KEY_LINE: f64 = 34.0;
const KEY_GAP: f64 = 26.0;

/// An entry of the legend.
pub struct Key {
    pub row: usize,
    x: f64,
    text: String,
    swatch: Swatch,
}

enum Swatch {
    Line { place: usize, is_dashed: bool },
    Bar(usize),
    Band(usize),
    Point(usize),
    Diagonal,
}

/// The legend's entries, laid into rows. A single series of bars is named by its axis.
pub fn keys(chart: &Chart) -> Vec<Key> {
    let lines = |series: &[Series], first: usize| -> Vec<(Swatch, String)> {
        let entries = series.iter().enumerate().map(|(index, one)| {
            let swatch = Swatch::Line {
                place: index + first,
                is_dashed: one.is_dashed(),
            };
            (swatch, one.name().to_string())
        });
        entries.collect()
    };
    let entries: Vec<(Swatch, String)> = match chart.plot() {
        Plot::Line { series, .. } => lines(series, 0),
        Plot::Bars { series, .. } if series.len() < 2 => Vec::new(),
        Plot::Bars { series, .. } => {
            let bars = series.iter().enumerate();
            bars.map(|(place, one)| (Swatch::Bar(place), one.name().to_string()))
                .collect()
        }
        Plot::Fan {
            bands,
            median,
            others,
            ..
        } => {
            let mut all = lines(std::slice::from_ref(median), 0);
            all.extend(lines(others, 1));
            let bands = bands.iter().enumerate();
            all.extend(bands.map(|(place, band)| (Swatch::Band(place), band.name().to_string())));
            all
        }
        Plot::Scatter { clouds, diagonal } => {
            let points = clouds.iter().enumerate();
            let points = points.map(|(place, cloud)| {
                (
                    Swatch::Point(place),
                    wording::counted(cloud, are_numbered(clouds)),
                )
            });
            let diagonal = diagonal.iter();
            let diagonal = diagonal.map(|name| (Swatch::Diagonal, name.clone()));
            points.chain(diagonal).collect()
        }
    };
    laid(entries)
}

fn laid(entries: Vec<(Swatch, String)>) -> Vec<Key> {
    let (mut row, mut x) = (0, 4.0);
    let mut keys = Vec::new();
    for (swatch, text) in entries {
        let width = KEY_LINE + text_width(&text);
        if x > 4.0 && x + width > frame::WIDTH {
            (row, x) = (row + 1, 4.0);
        }
        keys.push(Key {
            row,
            x,
            text,
            swatch,
        });
        x += width + KEY_GAP;
    }
    keys
}

pub fn legend(keys: &[Key], id: &str) -> String {
    let mut text = String::new();
    for key in keys {
        let y = (key.row as f64 + 0.5) * frame::LEGEND_ROW + 2.0;
        let (left, right) = (key.x, key.x + KEY_LINE - 8.0);
        let middle = (left + right) / 2.0;
        text.push_str(&match key.swatch {
            Swatch::Line { place, is_dashed } => {
                let path = format!("M{} {y}H{}", short(left), short(right), y = short(y));
                let mark = mark(SHAPES[place], (middle, y), MARK_SIZE, place, is_dashed);
                format!("{}{mark}", stroke(&path, palette::LINES[place], is_dashed))
            }
            Swatch::Bar(place) => bar((left + 4.0, y - 7.0), (18.0, 14.0), place, id),
            Swatch::Band(place) => format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"#{}\" stroke=\"#{}\"/>\n",
                short(left),
                short(y - 7.0),
                short(right - left),
                palette::BANDS[place],
                palette::BAND_EDGE
            ),
            Swatch::Point(place) => point_mark(SHAPES[place], (middle, y), 6.0, place),
            Swatch::Diagonal => {
                let path = format!("M{} {y}H{}", short(left), short(right), y = short(y));
                stroke(&path, palette::AXIS, true)
            }
        });
        text.push_str(&words((right + 8.0, y + 5.0), "start", &key.text));
    }
    text
}

/// What lies below the grid: the bands of a fan.
pub fn areas(chart: &Chart, frame: &Frame) -> String {
    let Plot::Fan { along, bands, .. } = chart.plot() else {
        return String::new();
    };
    let places = places(along);
    let bands = bands.iter().enumerate();
    bands
        .map(|(index, one)| band(frame, &places, one, index))
        .collect()
}

fn band(frame: &Frame, places: &[f64], band: &Band, index: usize) -> String {
    let (mut area, mut edges) = (String::new(), String::new());
    for run in runs(band.ranges(), |range| *range) {
        // A single range is as wide as its mark: a line alone has no area.
        let room = if run.len() == 1 { MARK_SIZE } else { 0.0 };
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        for (at, (low, high)) in run {
            let x = frame.x(places[at]);
            for x in [x - room, x + room] {
                upper.push((x, frame.y(high.get())));
                lower.push((x, frame.y(low.get())));
            }
        }
        upper.dedup();
        lower.dedup();
        edges.push_str(&format!("{}{}", path(&upper), path(&lower)));
        upper.extend(lower.into_iter().rev());
        area.push_str(&format!("{}Z", path(&upper)));
    }
    format!(
        "<path d=\"{area}\" fill=\"#{}\"/>\n\
         <path d=\"{edges}\" fill=\"none\" stroke=\"#{}\"/>\n",
        palette::BANDS[index],
        palette::BAND_EDGE
    )
}

/// What lies upon the grid.
pub fn marks(chart: &Chart, frame: &Frame, id: &str) -> String {
    match chart.plot() {
        Plot::Line { along, series } => lines(frame, along, series, 0),
        Plot::Bars { series, .. } => bars(chart, frame, series, id),
        Plot::Fan {
            along,
            median,
            others,
            ..
        } => {
            let median = lines(frame, along, std::slice::from_ref(median), 0);
            format!("{}{median}", lines(frame, along, others, 1))
        }
        Plot::Scatter { clouds, diagonal } => {
            let line = diagonal.as_ref().map(|_| {
                let up = &frame.scales.up;
                let ends = [(up.low, up.low), (up.high, up.high)];
                let [(x1, y1), (x2, y2)] = ends.map(|(x, y)| (frame.x(x), frame.y(y)));
                let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(short);
                stroke(&format!("M{x1} {y1}L{x2} {y2}"), palette::AXIS, true)
            });
            format!(
                "{}{}",
                line.unwrap_or_default(),
                points(frame, clouds, diagonal.is_some())
            )
        }
    }
}

/// The first series is drawn last and lies on top.
fn lines(frame: &Frame, along: &Along, series: &[Series], first: usize) -> String {
    let places = places(along);
    let drawn = series.iter().enumerate().rev();
    drawn
        .map(|(index, one)| line(frame, &places, one, index + first))
        .collect()
}

fn line(frame: &Frame, places: &[f64], series: &Series, place: usize) -> String {
    let mut drawn = String::new();
    let mut marked = Vec::new();
    let is_long = places.len() > MARKED_MAX;
    let every = if is_long {
        places.len().div_ceil(MARKS_WANTED)
    } else {
        1
    };
    for run in runs(series.values(), |value| *value) {
        let points = run.iter();
        let points: Vec<_> = points
            .map(|(at, value)| (frame.x(places[*at]), frame.y(value.get())))
            .collect();
        drawn.push_str(&path(&points));
        // The marks of long series do not all stand at the same places.
        let is_marked =
            |at: usize| run.len() == 1 || (at + place * every / 2).is_multiple_of(every);
        let points = run.iter().zip(points);
        marked.extend(points.filter_map(|((at, _), point)| is_marked(*at).then_some(point)));
    }
    let mut text = stroke(&drawn, palette::LINES[place], series.is_dashed());
    for point in marked {
        text.push_str(&mark(
            SHAPES[place],
            point,
            MARK_SIZE,
            place,
            series.is_dashed(),
        ));
    }
    text
}

/// Stretches without a gap, each value with its index.
fn runs<T, V>(values: &[T], present: impl Fn(&T) -> Option<V>) -> Vec<Vec<(usize, V)>> {
    let mut runs = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        match present(value) {
            Some(value) => {
                let open = runs.last_mut().expect("a run is always open");
                open.push((index, value));
            }
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn bars(chart: &Chart, frame: &Frame, series: &[Series], id: &str) -> String {
    let count = series
        .iter()
        .map(|one| one.values().len())
        .max()
        .unwrap_or(0);
    let slot = frame.width / count.max(1) as f64;
    let width = (slot * 0.72 / series.len().max(1) as f64).min(46.0);
    let form = chart.up().form();
    let mut text = String::new();
    for (place, one) in series.iter().enumerate() {
        let aside = (place as f64 - series.len() as f64 / 2.0) * width;
        for (value, at) in one.values().iter().zip(slots(count)) {
            let Some(value) = value.map(|value| value.get()) else {
                continue;
            };
            let (end, zero) = (frame.y(value), frame.y(0.0));
            let corner = (frame.x(at) + aside, end.min(zero));
            text.push_str(&bar(corner, (width - 1.0, (end - zero).abs()), place, id));
            let label = wording::decimal(value, form);
            let has_room = text_width(&label) <= slot / series.len() as f64;
            if count * series.len() <= NUMBERED_BARS_MAX && has_room {
                let y = if value < 0.0 { end + 16.0 } else { end - 5.0 };
                text.push_str(&words((corner.0 + width / 2.0, y), "middle", &label));
            }
        }
    }
    text
}

fn bar((x, y): (f64, f64), (width, height): (f64, f64), place: usize, id: &str) -> String {
    let fill = match palette::BARS[place] {
        Filling::Plain(colour) => format!("#{colour}"),
        Filling::Hatched => format!("url(#{id}-hatch)"),
    };
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"#{}\"/>\n",
        short(x),
        short(y),
        short(width),
        short(height),
        if place < 3 {
            palette::ACCENT
        } else {
            palette::TEXT
        }
    )
}

/// The filling of the third kind of bars.
pub fn hatch(id: &str) -> String {
    format!(
        "<defs><pattern id=\"{id}-hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#{}\"/>\
         <path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" stroke=\"#{}\" stroke-width=\"1.4\"/>\
         </pattern></defs>\n",
        palette::PAPER,
        palette::ACCENT
    )
}

/// The area of a point is as large as its count. Counts of few points stand beside them,
/// away from the diagonal.
fn points(frame: &Frame, clouds: &[Cloud], has_diagonal: bool) -> String {
    let all = || clouds.iter().flat_map(|cloud| &cloud.points);
    let most = all().filter_map(|point| point.count).max().unwrap_or(0);
    let are_numbered = are_numbered(clouds);
    let mut text = String::new();
    for (place, cloud) in clouds.iter().enumerate() {
        for point in &cloud.points {
            let radius = radius(point, most);
            let (x, y) = (frame.x(point.across.get()), frame.y(point.up.get()));
            text.push_str(&point_mark(SHAPES[place], (x, y), radius, place));
            let count = point.count.and_then(|count| i64::try_from(count).ok());
            if let Some(count) = count.filter(|_| are_numbered) {
                let label = wording::grouped(count);
                let aside = radius + 4.0;
                let has_room = x - aside - text_width(&label) > frame.left;
                let is_above = has_diagonal && point.up > point.across && has_room;
                let is_last = x + aside + text_width(&label) > frame::WIDTH;
                let down = radius / 2.0;
                text.push_str(&match is_above || is_last {
                    true => words((x - aside, y + 4.0 - down), "end", &label),
                    false => words((x + aside, y + 6.0 + down), "start", &label),
                });
            }
        }
    }
    text
}

fn are_numbered(clouds: &[Cloud]) -> bool {
    let points: usize = clouds.iter().map(|cloud| cloud.points.len()).sum();
    points <= NUMBERED_POINTS_MAX
}

fn radius(point: &Point, most: u64) -> f64 {
    match point.count {
        Some(count) if most > 0 => {
            let share = count as f64 / most as f64;
            POINT_MIN + (POINT_MAX - POINT_MIN) * share.sqrt()
        }
        _ => POINT_MIN,
    }
}

/// A point lets what lies below it shine through.
fn point_mark(shape: Shape, place: (f64, f64), size: f64, colour: usize) -> String {
    let colour = palette::LINES[colour];
    outline(
        shape,
        place,
        size,
        &format!(
            "fill=\"#{colour}\" fill-opacity=\"0.55\" stroke=\"#{colour}\" stroke-width=\"1.5\""
        ),
    )
}

/// A mark on a line: hollow where the line is dashed.
fn mark(shape: Shape, place: (f64, f64), size: f64, colour: usize, is_hollow: bool) -> String {
    let colour = palette::LINES[colour];
    let fill = if is_hollow { palette::PAPER } else { colour };
    outline(
        shape,
        place,
        size,
        &format!("fill=\"#{fill}\" stroke=\"#{colour}\" stroke-width=\"1.6\""),
    )
}

fn outline(shape: Shape, (x, y): (f64, f64), size: f64, paint: &str) -> String {
    let closed = |corners: &[(f64, f64)]| {
        let corners = corners.iter();
        let corners = corners.map(|(right, down)| (x + right * size, y + down * size));
        format!(
            "<path d=\"{}Z\" {paint}/>\n",
            path(&corners.collect::<Vec<_>>())
        )
    };
    match shape {
        Shape::Circle => format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {paint}/>\n",
            short(x),
            short(y),
            short(size)
        ),
        Shape::Square => closed(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        Shape::Triangle => closed(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
        Shape::Diamond => closed(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
        // Two strokes there and back: a path that is closed like the others.
        Shape::Cross => closed(&[
            (0.0, 0.0),
            (-1.0, -1.0),
            (0.0, 0.0),
            (1.0, 1.0),
            (0.0, 0.0),
            (1.0, -1.0),
            (0.0, 0.0),
            (-1.0, 1.0),
        ]),
    }
}

fn stroke(path: &str, colour: &str, is_dashed: bool) -> String {
    let dash = if is_dashed {
        " stroke-dasharray=\"7 4\""
    } else {
        ""
    };
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"#{colour}\" stroke-width=\"2\" \
         stroke-linejoin=\"round\"{dash}/>\n"
    )
}

/// Straight from point to point.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{command}{} {}", short(*x), short(*y)));
    }
    path
}
