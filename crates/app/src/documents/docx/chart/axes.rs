//! The axes of a chart part: ends and steps as computed, words in the document's font.

use programme::bulletins::chart::{Along, Axis, Chart, Plot};

use super::{Crossing, FONT_SIZE};
use crate::documents::axis::{Across, Scale, Scales, label_step};
use crate::documents::palette;
use crate::documents::wording::{escape, half_width, number_format};

/// The axis from left to right and the one upwards.
pub const ACROSS: u32 = 1;
pub const UP: u32 = 2;

/// `width` of the whole chart in twips.
pub fn axes(chart: &Chart, scales: &Scales, crossing: Crossing, width: i64) -> String {
    let up = numbers(chart.up(), &scales.up, Side::Left, crossing);
    let across = match &scales.across {
        Across::Slots(_) => categories(chart, width),
        Across::Numbers(scale) => numbers(chart.across(), scale, Side::Bottom, Crossing::OnTicks),
    };
    format!("{across}{up}")
}

/// The plot takes this share of the chart's width, its axis the rest.
const PLOT_SHARE: f64 = 0.88;

const SLANTED: &str = "<a:bodyPr rot=\"-2700000\" vert=\"horz\"/>";
/// A slanted label is a line high, in half characters.
const SLANTED_ROOM: f64 = 3.2;

/// Fonts and colour of everything written in the chart.
pub fn text_look(colour: &str) -> String {
    properties("<a:bodyPr/>", colour)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Bottom,
}

fn categories(chart: &Chart, width: i64) -> String {
    let axis = chart.across();
    let (skipped, look) = match crowding(chart, width) {
        None => (String::new(), String::new()),
        Some(step) => (
            format!("<c:tickLblSkip val=\"{step}\"/>"),
            properties(SLANTED, palette::QUIET_TEXT),
        ),
    };
    format!(
        "<c:catAx><c:axId val=\"{ACROSS}\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling>\
         <c:delete val=\"0\"/><c:axPos val=\"b\"/>{}<c:numFmt formatCode=\"General\" \
         sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/>\
         <c:tickLblPos val=\"low\"/>{}{look}<c:crossAx val=\"{UP}\"/><c:crosses val=\"autoZero\"/>\
         <c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/><c:lblOffset val=\"100\"/>{skipped}\
         <c:noMultiLvlLbl val=\"1\"/></c:catAx>",
        title(axis, Side::Bottom),
        line(palette::AXIS),
    )
}

fn properties(body: &str, colour: &str) -> String {
    format!(
        "<c:txPr>{body}<a:lstStyle/><a:p><a:pPr>{}</a:pPr>\
         <a:endParaRPr lang=\"zh-CN\"/></a:p></c:txPr>",
        run_look("defRPr", colour)
    )
}

/// Where the labels of a line do not fit side by side, they are slanted, every so many-th is
/// shown. LibreOffice knows no such number, but leaves out what would touch. Bars keep all
/// labels, and the reader's program turns them.
fn crowding(chart: &Chart, width: i64) -> Option<usize> {
    let (Plot::Line { along, .. } | Plot::Fan { along, .. }) = chart.plot() else {
        return None;
    };
    let Along::Categories(names) = along else {
        return None;
    };
    let widest = names.iter().map(|name| half_width(name)).max().unwrap_or(0) as f64 + 2.0;
    // In twips: half the font size, which is in hundredths of a point.
    let half_character = f64::from(FONT_SIZE) / 10.0;
    let slot = PLOT_SHARE * width as f64 / names.len().max(1) as f64;
    let is_crowded = widest * half_character > slot;
    is_crowded.then(|| label_step(names.len(), SLANTED_ROOM * half_character, slot))
}

fn numbers(axis: &Axis, scale: &Scale, side: Side, crossing: Crossing) -> String {
    let (id, other, position, crosses) = match side {
        Side::Left => (UP, ACROSS, "l", "min"),
        Side::Bottom => (ACROSS, UP, "b", "autoZero"),
    };
    let between = match crossing {
        Crossing::Between => "between",
        Crossing::OnTicks => "midCat",
    };
    // The upward axis is told by its labels alone, as on the page.
    let own_line = match side {
        Side::Left => "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>".to_string(),
        Side::Bottom => line(palette::AXIS),
    };
    format!(
        "<c:valAx><c:axId val=\"{id}\"/><c:scaling><c:orientation val=\"minMax\"/>\
         <c:max val=\"{}\"/><c:min val=\"{}\"/></c:scaling><c:delete val=\"0\"/>\
         <c:axPos val=\"{position}\"/><c:majorGridlines>{}</c:majorGridlines>{}\
         <c:numFmt formatCode=\"{}\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/>\
         <c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>{own_line}\
         <c:crossAx val=\"{other}\"/><c:crosses val=\"{crosses}\"/>\
         <c:crossBetween val=\"{between}\"/><c:majorUnit val=\"{}\"/></c:valAx>",
        scale.high,
        scale.low,
        line(palette::GRID),
        title(axis, side),
        number_format(scale.form),
        scale.step,
    )
}

/// Upwards it is turned; LibreOffice and WPS know no other place for it.
fn title(axis: &Axis, side: Side) -> String {
    let turned = match side {
        Side::Left => "<a:bodyPr rot=\"-5400000\" vert=\"horz\"/>",
        Side::Bottom => "<a:bodyPr/>",
    };
    format!(
        "<c:title><c:tx><c:rich>{turned}<a:lstStyle/><a:p><a:pPr>{}</a:pPr><a:r>{}\
         <a:t>{}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title>",
        run_look("defRPr", palette::QUIET_TEXT),
        run_look("rPr", palette::QUIET_TEXT),
        escape(axis.title())
    )
}

fn line(colour: &str) -> String {
    format!(
        "<c:spPr><a:ln w=\"9525\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>\
         </a:ln></c:spPr>"
    )
}

fn run_look(element: &str, colour: &str) -> String {
    let language = if element == "rPr" {
        " lang=\"zh-CN\""
    } else {
        ""
    };
    format!(
        "<a:{element}{language} sz=\"{FONT_SIZE}\" b=\"0\"><a:solidFill><a:srgbClr val=\"{colour}\"/>\
         </a:solidFill><a:latin typeface=\"宋体\"/><a:ea typeface=\"宋体\"/></a:{element}>"
    )
}
