//! A chart that Word, WPS and LibreOffice draw themselves: a DrawingML part with its values.
//!
//! It carries no picture and no workbook; the values are kept in the part. Its axes have
//! the ends and steps of the page's drawing, so that both say the same. The elements stand
//! in the order of the schema; Word repairs otherwise.

mod axes;
mod series;

use programme::bulletins::chart::{Along, Chart, Plot};
use programme::bulletins::document::Span;

use super::markup::{DECLARATION, adjusted_paragraph, paragraph, run};
use super::origin::Origins;
use super::page::PORTRAIT;
use crate::documents::axis::{Across, Scales};
use crate::documents::palette;
use crate::documents::wording::{self, escape};

pub const TYPE: &str = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006";
/// English metric units in a twip and in a millimetre.
const TWIP: i64 = 635;
const MILLIMETRE: i64 = 36_000;
const HEIGHT: i64 = 82 * MILLIMETRE;
/// A plot with a diagonal is nearly a square.
const SQUARE_WIDTH: i64 = 122 * MILLIMETRE;
const SQUARE_HEIGHT: i64 = 112 * MILLIMETRE;
/// 小五, in hundredths of a point.
const FONT_SIZE: u32 = 900;

/// Title and drawing, at most `width` twips wide; `held` may bind it to what follows. An
/// empty chart says so.
pub fn figure(chart: &Chart, width: i64, held: &str, origins: &mut Origins) -> String {
    let title = chart.title().to_string();
    let title = match chart.source() {
        None => Span::Text(title),
        Some(source) => Span::Figure {
            text: title,
            source,
        },
    };
    let title = paragraph("ChartTitle", &origins.runs(&[title]));
    if chart.is_empty() {
        let words = adjusted_paragraph("Chart", held, &run(wording::NO_DATA));
        return format!("{title}{words}");
    }
    let drawing = drawing(chart, width, origins.next_drawing());
    format!("{title}{}", adjusted_paragraph("Chart", held, &drawing))
}

fn drawing(chart: &Chart, width: i64, number: usize) -> String {
    let (width, height) = if is_square(chart) {
        (SQUARE_WIDTH.min(width * TWIP), SQUARE_HEIGHT)
    } else {
        (width * TWIP, HEIGHT)
    };
    let title = escape(chart.title());
    format!(
        "<w:r><w:drawing><wp:inline xmlns:wp=\"{DRAWING}/wordprocessingDrawing\" \
         distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
         <wp:effectExtent l=\"0\" t=\"0\" r=\"0\" b=\"0\"/>\
         <wp:docPr id=\"{number}\" name=\"图表{number}\" descr=\"{title}\"/>\
         <wp:cNvGraphicFramePr/><a:graphic xmlns:a=\"{DRAWING}/main\">\
         <a:graphicData uri=\"{DRAWING}/chart\"><c:chart xmlns:c=\"{DRAWING}/chart\" \
         r:id=\"{}\"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
        super::chart_relation(number)
    )
}

fn is_square(chart: &Chart) -> bool {
    matches!(
        chart.plot(),
        Plot::Scatter {
            diagonal: Some(_),
            ..
        }
    )
}

/// `word/charts/chartN.xml`.
pub fn part(chart: &Chart) -> String {
    let scales = Scales::of(chart);
    let drawn = plotted(chart, &scales);
    let hidden: String = drawn
        .unnamed
        .iter()
        .map(|index| {
            format!("<c:legendEntry><c:idx val=\"{index}\"/><c:delete val=\"1\"/></c:legendEntry>")
        })
        .collect();
    let legend = match drawn.has_legend {
        false => String::new(),
        true => {
            format!("<c:legend><c:legendPos val=\"t\"/>{hidden}<c:overlay val=\"0\"/></c:legend>")
        }
    };
    format!(
        "{DECLARATION}<c:chartSpace xmlns:c=\"{DRAWING}/chart\" xmlns:a=\"{DRAWING}/main\" \
         xmlns:r=\"{}\"><c:date1904 val=\"0\"/><c:lang val=\"zh-CN\"/>\
         <c:roundedCorners val=\"0\"/><c:chart><c:autoTitleDeleted val=\"1\"/>\
         <c:plotArea><c:layout/>{}{}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>\
         </c:plotArea>{legend}<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart>\
         <c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}</c:chartSpace>",
        super::RELATIONSHIPS,
        drawn.groups,
        axes::axes(chart, &scales, drawn.crossing, PORTRAIT.text_width()),
        axes::text_look(palette::QUIET_TEXT),
    )
}

/// The groups of series of a plot.
struct Plotted {
    groups: String,
    has_legend: bool,
    /// Series that the legend leaves out, by index.
    unnamed: Vec<usize>,
    crossing: Crossing,
}

/// Where categories stand on their axis.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crossing {
    Between,
    OnTicks,
}

fn plotted(chart: &Chart, scales: &Scales) -> Plotted {
    let named = |groups: String, crossing| Plotted {
        groups,
        has_legend: true,
        unnamed: Vec::new(),
        crossing,
    };
    match (chart.plot(), &scales.across) {
        (Plot::Bars { categories, series }, _) => Plotted {
            has_legend: series.len() > 1,
            ..named(series::bars(chart, categories, series), Crossing::Between)
        },
        (Plot::Line { along, series }, _) => {
            let lines: Vec<_> = series.iter().collect();
            let groups = match along {
                Along::Categories(names) => series::lines(chart, names, &lines, 0),
                Along::Numbers(_) => series::paths(chart, along, &lines, &[]),
            };
            named(groups, Crossing::Between)
        }
        (
            Plot::Fan {
                along,
                bands,
                median,
                others,
            },
            _,
        ) => {
            let lines: Vec<_> = std::iter::once(median).chain(others).collect();
            match along {
                Along::Categories(names) => {
                    let areas = series::areas(chart, names, bands, &lines);
                    let count = areas.unnamed.len() + bands.len();
                    let lines = series::lines(chart, names, &lines, count);
                    Plotted {
                        unnamed: areas.unnamed,
                        ..named(format!("{}{lines}", areas.group), Crossing::OnTicks)
                    }
                }
                // The low ends come last and go without a name of their own.
                Along::Numbers(_) => Plotted {
                    unnamed: (lines.len() + bands.len()..lines.len() + 2 * bands.len()).collect(),
                    ..named(
                        series::paths(chart, along, &lines, bands),
                        Crossing::OnTicks,
                    )
                },
            }
        }
        (Plot::Scatter { clouds, diagonal }, _) => {
            let ends = match (&scales.across, diagonal) {
                (Across::Numbers(scale), Some(name)) => {
                    Some((name.as_str(), scale.low, scale.high))
                }
                _ => None,
            };
            named(series::points(chart, clouds, ends), Crossing::OnTicks)
        }
    }
}

#[cfg(test)]
mod tests;
