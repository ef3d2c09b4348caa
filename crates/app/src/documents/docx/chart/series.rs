//! The series of a chart part: lines, bars, bands, points, each with its values kept.
//!
//! The formulas name cells of a sheet that is not there: Word wants one, and shows the
//! values kept beside it.

use programme::bulletins::chart::{Along, Band, Chart, Cloud, Form, Series};

use super::axes::{ACROSS, UP, text_look};
use crate::documents::axis::places;
use crate::documents::palette::{
    self, Filling, MARKED_MAX, NUMBERED_BARS_MAX, NUMBERED_POINTS_MAX, SHAPES, Shape,
};
use crate::documents::wording::{self, escape, number_format};

/// Line widths in English metric units: 1.75 pt, 1 pt, 0.75 pt.
const LINE: u32 = 22_225;
const EDGE: u32 = 12_700;
const HAIR: u32 = 9_525;
/// Size of marks in points; with a count between these by its root.
const MARK: u32 = 6;
const POINT_MIN: f64 = 6.0;
const POINT_MAX: f64 = 18.0;

/// Lines over categories; `first` is the index of the first series in the whole chart.
pub fn lines(chart: &Chart, names: &[String], lines: &[&Series], first: usize) -> String {
    let series: String = lines
        .iter()
        .enumerate()
        .map(|(place, line)| {
            format!(
                "<c:ser>{}{}{}<c:cat>{}</c:cat><c:val>{}</c:val><c:smooth val=\"0\"/></c:ser>",
                head(first + place, line.name()),
                line_look(palette::LINES[place], LINE, line.is_dashed()),
                line_mark(place, line, names.len()),
                texts(names),
                kept(&values(line), chart.up().form(), column(first + place + 1)),
            )
        })
        .collect();
    format!(
        "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{series}\
         <c:marker val=\"1\"/>{}</c:lineChart>",
        axis_ids()
    )
}

/// Lines over numbers, and bands by their edges: an area over numbers does not exist.
pub fn paths(chart: &Chart, along: &Along, lines: &[&Series], bands: &[Band]) -> String {
    let across: Vec<Option<f64>> = places(along).into_iter().map(Some).collect();
    let mut series = String::new();
    let mut push = |name: String, look: String, mark: String, up: Vec<Option<f64>>| {
        let index = series.matches("<c:ser>").count();
        series.push_str(&path(chart, (index, &name), &(look + &mark), &across, &up));
    };
    for (place, line) in lines.iter().enumerate() {
        let look = line_look(palette::LINES[place], LINE, line.is_dashed());
        let mark = line_mark(place, line, across.len());
        push(line.name().to_string(), look, mark, values(line));
    }
    let edges = [End::High, End::Low];
    for (end, (place, band)) in edges
        .into_iter()
        .flat_map(|end| bands.iter().enumerate().map(move |band| (end, band)))
    {
        let width = if place == 0 { HAIR } else { EDGE };
        let look = line_look(palette::BAND_EDGE, width, place == 0);
        push(
            band.name().to_string(),
            look,
            NO_MARK.to_string(),
            ends(band, end),
        );
    }
    scatter(&series)
}

/// Bars side by side, with their values where there is room.
pub fn bars(chart: &Chart, names: &[String], series: &[Series]) -> String {
    let form = chart.up().form();
    let are_numbered = names.len() * series.len() <= NUMBERED_BARS_MAX;
    let bars: String = series
        .iter()
        .enumerate()
        .map(|(place, one)| {
            format!(
                "<c:ser>{}{}<c:invertIfNegative val=\"0\"/>{}<c:cat>{}</c:cat><c:val>{}</c:val></c:ser>",
                head(place, one.name()),
                bar_look(place),
                if are_numbered { value_labels(form) } else { String::new() },
                texts(names),
                kept(&values(one), form, column(place + 1)),
            )
        })
        .collect();
    format!(
        "<c:barChart><c:barDir val=\"col\"/><c:grouping val=\"clustered\"/>\
         <c:varyColors val=\"0\"/>{bars}<c:gapWidth val=\"60\"/>{}</c:barChart>",
        axis_ids()
    )
}

/// Bands as stacked areas.
pub struct Areas {
    pub group: String,
    /// The areas that only carry others or repeat them.
    pub unnamed: Vec<usize>,
}

/// From below: nothing up to the lowest edge, then one layer from edge to edge. Where a
/// band is absent it is closed onto the line: an area cannot have a gap.
pub fn areas(chart: &Chart, names: &[String], bands: &[Band], lines: &[&Series]) -> Areas {
    let closed: Vec<Vec<(f64, f64)>> = bands
        .iter()
        .map(|band| closed(band, names.len(), bands, lines))
        .collect();
    let low = |band: &Vec<(f64, f64)>| band.iter().map(|range| range.0).collect();
    let high = |band: &Vec<(f64, f64)>| band.iter().map(|range| range.1).collect();
    let mut edges: Vec<Vec<f64>> = closed.iter().map(low).collect();
    edges.extend(closed.iter().rev().map(high));
    let mut layers = String::new();
    let mut unnamed = Vec::new();
    let mut below = vec![0.0; names.len()];
    for (index, edge) in edges.into_iter().enumerate() {
        // Layer 0 is empty, the layers up to the innermost are named, the rest repeat.
        let place = if index <= bands.len() {
            index
        } else {
            2 * bands.len() - index
        };
        let is_named = (1..=bands.len()).contains(&index);
        if !is_named {
            unnamed.push(index);
        }
        let band = place.checked_sub(1).and_then(|place| bands.get(place));
        let name = band.map_or("", Band::name);
        let thickness = edge
            .iter()
            .zip(&below)
            .map(|(edge, below)| Some(edge - below));
        layers.push_str(&format!(
            "<c:ser>{}{}<c:cat>{}</c:cat><c:val>{}</c:val></c:ser>",
            head(index, name),
            layer_look(place),
            texts(names),
            kept(
                &thickness.collect::<Vec<_>>(),
                chart.up().form(),
                column(index + 1)
            ),
        ));
        below = edge;
    }
    if bands.is_empty() {
        return Areas {
            group: String::new(),
            unnamed,
        };
    }
    let group = format!(
        "<c:areaChart><c:grouping val=\"stacked\"/><c:varyColors val=\"0\"/>{layers}{}</c:areaChart>",
        axis_ids()
    );
    Areas { group, unnamed }
}

/// Points, and the diagonal from its low to its high end.
pub fn points(chart: &Chart, clouds: &[Cloud], diagonal: Option<(&str, f64, f64)>) -> String {
    let all = || clouds.iter().flat_map(|cloud| &cloud.points);
    let most = all().filter_map(|point| point.count).max().unwrap_or(0);
    let are_numbered = all().count() <= NUMBERED_POINTS_MAX;
    let mut series = String::new();
    for (place, cloud) in clouds.iter().enumerate() {
        let colour = palette::LINES[place];
        let sizes = cloud.points.iter().map(|point| size(point.count, most));
        let mut look = format!("{NO_LINE}{}", mark(SHAPES[place], MARK, colour, colour));
        for (index, size) in sizes.enumerate() {
            let mark = mark(SHAPES[place], size, colour, colour);
            look.push_str(&format!(
                "<c:dPt><c:idx val=\"{index}\"/>{mark}<c:bubble3D val=\"0\"/></c:dPt>"
            ));
        }
        if are_numbered {
            look.push_str(&count_labels(cloud, diagonal.is_some()));
        }
        let across: Vec<_> = cloud
            .points
            .iter()
            .map(|point| Some(point.across.get()))
            .collect();
        let up: Vec<_> = cloud
            .points
            .iter()
            .map(|point| Some(point.up.get()))
            .collect();
        let name = wording::counted(cloud, are_numbered);
        series.push_str(&path(chart, (place, &name), &look, &across, &up));
    }
    if let Some((name, low, high)) = diagonal {
        let look = format!("{}{NO_MARK}", line_look(palette::AXIS, EDGE, true));
        let ends = [Some(low), Some(high)];
        series.push_str(&path(chart, (clouds.len(), name), &look, &ends, &ends));
    }
    scatter(&series)
}

#[derive(Clone, Copy)]
enum End {
    Low,
    High,
}

const NO_MARK: &str = "<c:marker><c:symbol val=\"none\"/></c:marker>";
const NO_LINE: &str = "<c:spPr><a:ln w=\"19050\"><a:noFill/></a:ln></c:spPr>";

fn axis_ids() -> String {
    format!("<c:axId val=\"{ACROSS}\"/><c:axId val=\"{UP}\"/>")
}

fn scatter(series: &str) -> String {
    format!(
        "<c:scatterChart><c:scatterStyle val=\"lineMarker\"/><c:varyColors val=\"0\"/>{series}{}\
         </c:scatterChart>",
        axis_ids()
    )
}

fn path(
    chart: &Chart,
    (index, name): (usize, &str),
    look: &str,
    across: &[Option<f64>],
    up: &[Option<f64>],
) -> String {
    format!(
        "<c:ser>{}{look}<c:xVal>{}</c:xVal><c:yVal>{}</c:yVal><c:smooth val=\"0\"/></c:ser>",
        head(index, name),
        kept(across, chart.across().form(), 'A'),
        kept(up, chart.up().form(), column(index + 1))
    )
}

fn values(series: &Series) -> Vec<Option<f64>> {
    let values = series.values().iter();
    values.map(|value| value.map(|value| value.get())).collect()
}

fn ends(band: &Band, end: End) -> Vec<Option<f64>> {
    let ranges = band.ranges().iter();
    ranges
        .map(|range| {
            range.map(|(low, high)| match end {
                End::Low => low.get(),
                End::High => high.get(),
            })
        })
        .collect()
}

/// Every range of a band; an absent one has no height and lies on the first line that has
/// a value there, or where the last one ended.
fn closed(band: &Band, count: usize, bands: &[Band], lines: &[&Series]) -> Vec<(f64, f64)> {
    let present = |range: &Option<_>| range.is_some();
    let start = bands
        .iter()
        .flat_map(Band::ranges)
        .find(|range| present(range));
    let mut rest = start
        .copied()
        .flatten()
        .map_or(0.0, |(low, high)| (low.get() + high.get()) / 2.0);
    (0..count)
        .map(|index| {
            let range = band.ranges()[index];
            let line = lines.iter().find_map(|line| line.values()[index]);
            rest = line.map_or(rest, |value| value.get());
            range.map_or((rest, rest), |(low, high)| (low.get(), high.get()))
        })
        .collect()
}

fn size(count: Option<u64>, most: u64) -> u32 {
    match count {
        Some(count) if most > 0 => {
            let share = (count as f64 / most as f64).sqrt();
            (POINT_MIN + (POINT_MAX - POINT_MIN) * share).round() as u32
        }
        _ => MARK,
    }
}

/// Index, order and name.
fn head(index: usize, name: &str) -> String {
    let column = column(index + 1);
    format!(
        "<c:idx val=\"{index}\"/><c:order val=\"{index}\"/><c:tx><c:strRef>\
         <c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\">\
         <c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx>",
        escape(name)
    )
}

/// A letter; no chart has more than two dozen series.
fn column(index: usize) -> char {
    char::from(b'A' + u8::try_from(index.min(25)).unwrap_or(25))
}

fn texts(names: &[String]) -> String {
    let points: String = names
        .iter()
        .enumerate()
        .map(|(index, name)| format!("<c:pt idx=\"{index}\"><c:v>{}</c:v></c:pt>", escape(name)))
        .collect();
    let count = names.len();
    format!(
        "<c:strRef><c:f>Sheet1!$A$2:$A${}</c:f><c:strCache><c:ptCount val=\"{count}\"/>{points}\
         </c:strCache></c:strRef>",
        count + 1
    )
}

/// Numbers with their format; an absent one has no element and stays a gap.
fn kept(numbers: &[Option<f64>], form: Form, column: char) -> String {
    let points: String = numbers
        .iter()
        .enumerate()
        .filter_map(|(index, number)| {
            number.map(|number| format!("<c:pt idx=\"{index}\"><c:v>{number}</c:v></c:pt>"))
        })
        .collect();
    let count = numbers.len();
    format!(
        "<c:numRef><c:f>Sheet1!${column}$2:${column}${}</c:f><c:numCache><c:formatCode>{}</c:formatCode>\
         <c:ptCount val=\"{count}\"/>{points}</c:numCache></c:numRef>",
        count + 1,
        number_format(form)
    )
}

fn line_look(colour: &str, width: u32, is_dashed: bool) -> String {
    let dash = if is_dashed {
        "<a:prstDash val=\"dash\"/>"
    } else {
        ""
    };
    format!(
        "<c:spPr><a:ln w=\"{width}\" cap=\"rnd\">{}{dash}<a:round/></a:ln></c:spPr>",
        solid(colour)
    )
}

/// A mark on a line, hollow where it is dashed; long series keep only those without neighbours.
fn line_mark(place: usize, line: &Series, count: usize) -> String {
    let colour = palette::LINES[place];
    let fill = if line.is_dashed() {
        palette::PAPER
    } else {
        colour
    };
    let one = mark(SHAPES[place], MARK, fill, colour);
    if count <= MARKED_MAX {
        return one;
    }
    let has_value = |index: Option<usize>| {
        index.is_some_and(|index| line.values().get(index).is_some_and(Option::is_some))
    };
    let alone = (0..count).filter(|index| {
        has_value(Some(*index))
            && !has_value(index.checked_sub(1))
            && !has_value(index.checked_add(1))
    });
    let alone: String = alone
        .map(|index| format!("<c:dPt><c:idx val=\"{index}\"/>{one}<c:bubble3D val=\"0\"/></c:dPt>"))
        .collect();
    format!("{NO_MARK}{alone}")
}

fn mark(shape: Shape, size: u32, fill: &str, edge: &str) -> String {
    let symbol = match shape {
        Shape::Circle => "circle",
        Shape::Square => "square",
        Shape::Triangle => "triangle",
        Shape::Diamond => "diamond",
        Shape::Cross => "x",
    };
    format!(
        "<c:marker><c:symbol val=\"{symbol}\"/><c:size val=\"{size}\"/><c:spPr>{}\
         <a:ln w=\"{HAIR}\">{}</a:ln></c:spPr></c:marker>",
        solid(fill),
        solid(edge)
    )
}

fn bar_look(place: usize) -> String {
    let fill = match palette::BARS[place] {
        Filling::Plain(colour) => solid(colour),
        Filling::Hatched => format!(
            "<a:pattFill prst=\"wdUpDiag\"><a:fgClr><a:srgbClr val=\"{}\"/></a:fgClr><a:bgClr>\
             <a:srgbClr val=\"{}\"/></a:bgClr></a:pattFill>",
            palette::ACCENT,
            palette::PAPER
        ),
    };
    let edge = if place < 3 {
        palette::ACCENT
    } else {
        palette::TEXT
    };
    format!(
        "<c:spPr>{fill}<a:ln w=\"{HAIR}\">{}</a:ln></c:spPr>",
        solid(edge)
    )
}

/// Layer 0 carries the others and is not seen.
fn layer_look(place: usize) -> String {
    match place.checked_sub(1) {
        None => "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>".to_string(),
        Some(band) => format!(
            "<c:spPr>{}<a:ln><a:noFill/></a:ln></c:spPr>",
            solid(palette::BANDS[band])
        ),
    }
}

fn solid(colour: &str) -> String {
    format!("<a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>")
}

const SHOWS_VALUE: &str = "<c:showLegendKey val=\"0\"/><c:showVal val=\"1\"/>\
     <c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent val=\"0\"/>\
     <c:showBubbleSize val=\"0\"/>";
const SHOWS_NOTHING: &str = "<c:showLegendKey val=\"0\"/><c:showVal val=\"0\"/>\
     <c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent val=\"0\"/>\
     <c:showBubbleSize val=\"0\"/>";

fn value_labels(form: Form) -> String {
    format!(
        "<c:dLbls><c:numFmt formatCode=\"{}\" sourceLinked=\"0\"/><c:spPr><a:noFill/>\
         <a:ln><a:noFill/></a:ln></c:spPr>{}<c:dLblPos val=\"outEnd\"/>{SHOWS_VALUE}</c:dLbls>",
        number_format(form),
        text_look(palette::QUIET_TEXT)
    )
}

/// The count of each point beside it, as words of its own, away from the diagonal; left of
/// the first one there is no room.
fn count_labels(cloud: &Cloud, has_diagonal: bool) -> String {
    let labels: String = cloud
        .points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| {
            let count = i64::try_from(point.count?).ok()?;
            let is_above = has_diagonal && point.up > point.across;
            let side = if is_above && index > 0 { "l" } else { "r" };
            Some(format!(
                "<c:dLbl><c:idx val=\"{index}\"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:r>\
                 <a:rPr lang=\"zh-CN\"/><a:t>{}</a:t></a:r></a:p></c:rich></c:tx>\
                 <c:dLblPos val=\"{side}\"/>{SHOWS_VALUE}</c:dLbl>",
                wording::grouped(count)
            ))
        })
        .collect();
    match labels.is_empty() {
        true => String::new(),
        false => format!("<c:dLbls>{labels}{SHOWS_NOTHING}</c:dLbls>"),
    }
}
