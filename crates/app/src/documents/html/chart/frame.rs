//! The frame of a drawing: where the plot lies, its grid, its axes and their words.

use programme::bulletins::chart::{Along, Chart, Plot};

use super::marks::Key;
use crate::documents::axis::{Across, Scale, Scales, label_step};
use crate::documents::palette;
use crate::documents::wording::{self, escape};

/// Units of the drawing; a reader scales it, the proportions stay.
pub const WIDTH: f64 = 720.0;
pub const FONT_SIZE: f64 = 14.0;
const PLOT_HEIGHT: f64 = 270.0;
/// With a diagonal the plot is a square.
const SQUARE: f64 = 360.0;
/// One row of the legend.
pub const LEGEND_ROW: f64 = 26.0;
/// Between the plot and the edge at its right.
const RIGHT: f64 = 18.0;
/// The title of the upward axis above the plot.
const HEAD: f64 = 40.0;
/// A label of an axis and its distance from the plot.
const LABEL_ROW: f64 = 18.0;
const LABEL_GAP: f64 = 8.0;
/// A name of a bar is broken into so many lines at most.
const NAME_LINES_MAX: usize = 6;

/// The plot area and what lies around it.
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub scales: Scales,
    names: Vec<Name>,
    name_lines: usize,
}

/// A label under the plot, at its place on the axis.
struct Name {
    at: f64,
    lines: Vec<String>,
}

impl Frame {
    pub fn of(chart: &Chart, keys: &[Key]) -> Frame {
        let scales = Scales::of(chart);
        let ticks = scales.up.ticks();
        let widest = ticks.map(|tick| text_width(&scales.up.label(tick)));
        let left = (widest.fold(0.0, f64::max) + LABEL_GAP + 10.0).max(48.0);
        let legend_rows = keys.iter().map(|key| key.row + 1).max().unwrap_or(0);
        let is_square = matches!(
            chart.plot(),
            Plot::Scatter {
                diagonal: Some(_),
                ..
            }
        );
        let room = WIDTH - left - RIGHT;
        let (left, width, height) = if is_square {
            (left + (room - SQUARE) / 2.0, SQUARE, SQUARE)
        } else {
            (left, room, PLOT_HEIGHT)
        };
        let names = names(chart, &scales, width);
        let lines = names.iter().map(|name| name.lines.len()).max();
        Frame {
            left,
            top: legend_rows as f64 * LEGEND_ROW + HEAD,
            width,
            height,
            scales,
            names,
            name_lines: lines.unwrap_or(1),
        }
    }

    /// The lower edge of the drawing, below the title of the axis.
    pub fn bottom(&self) -> f64 {
        self.top + self.height + LABEL_GAP + (self.name_lines as f64 + 1.0) * LABEL_ROW + 12.0
    }

    /// From a place on the axis to the drawing.
    pub fn x(&self, place: f64) -> f64 {
        let share = match &self.scales.across {
            Across::Slots(count) => place / (*count).max(1) as f64,
            Across::Numbers(scale) => scale.share(place),
        };
        self.left + share * self.width
    }

    pub fn y(&self, number: f64) -> f64 {
        self.top + (1.0 - self.scales.up.share(number)) * self.height
    }

    /// White paper: the drawing stays readable on a dark ground.
    pub fn ground(&self) -> String {
        format!(
            "<rect width=\"{WIDTH}\" height=\"{}\" fill=\"#{}\"/>\n",
            short(self.bottom()),
            palette::PAPER
        )
    }

    /// Calm lines at the ticks, the zero line a little stronger.
    pub fn grid(&self) -> String {
        let right = self.left + self.width;
        let mut paths: Vec<(f64, f64, f64, f64)> = Vec::new();
        for tick in self.scales.up.ticks() {
            let y = self.y(tick);
            paths.push((self.left, y, right, y));
        }
        if let Across::Numbers(scale) = &self.scales.across {
            for tick in scale.ticks() {
                let x = self.x(tick);
                paths.push((x, self.top, x, self.top + self.height));
            }
        }
        let path: String = paths
            .iter()
            .map(|(x1, y1, x2, y2)| {
                let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(|number| short(*number));
                format!("M{x1} {y1}L{x2} {y2}")
            })
            .collect();
        format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"#{}\"/>\n",
            palette::GRID
        )
    }

    /// The axis line, labels of both axes, and what they measure.
    pub fn axes(&self, chart: &Chart) -> String {
        let foot = self.top + self.height;
        let zero = self.y(self.scales.up.low.max(0.0).min(self.scales.up.high));
        let mut text = format!(
            "<path d=\"M{} {zero}H{}\" fill=\"none\" stroke=\"#{}\" stroke-width=\"1.2\"/>\n",
            short(self.left),
            short(self.left + self.width),
            palette::AXIS,
            zero = short(zero),
        );
        for tick in self.scales.up.ticks() {
            let place = (self.left - LABEL_GAP, self.y(tick) + 5.0);
            text.push_str(&words(place, "end", &self.scales.up.label(tick)));
        }
        for name in &self.names {
            for (line, words_of_line) in name.lines.iter().enumerate() {
                let y = foot + LABEL_GAP + LABEL_ROW * (line as f64 + 0.75);
                // The last one would else run over the edge.
                let right = WIDTH - text_width(words_of_line) / 2.0 - 2.0;
                let x = self.x(name.at).min(right);
                text.push_str(&words((x, y), "middle", words_of_line));
            }
        }
        let first = text_width(chart.up().title()).min(self.left);
        let start = (self.left - first).max(4.0);
        text.push_str(&words(
            (start, self.top - 17.0),
            "start",
            chart.up().title(),
        ));
        let middle = (self.left + self.width / 2.0, self.bottom() - 10.0);
        text.push_str(&words(middle, "middle", chart.across().title()));
        text
    }
}

/// Labels at a distance at which they do not touch. The names of bars are broken rather
/// than left out: a bar without a name says nothing.
fn names(chart: &Chart, scales: &Scales, width: f64) -> Vec<Name> {
    let one_line = |(at, text): (f64, String)| Name {
        at,
        lines: vec![text],
    };
    match (chart.plot(), &scales.across) {
        (Plot::Bars { categories, .. }, _) => broken(categories, width),
        (Plot::Line { along, .. } | Plot::Fan { along, .. }, Across::Slots(count)) => {
            let Along::Categories(categories) = along else {
                return Vec::new();
            };
            let slot = width / (*count).max(1) as f64;
            let all = categories.iter().enumerate();
            let all = all.map(|(index, text)| (index as f64 + 0.5, text.clone()));
            thinned(all.collect(), slot)
                .into_iter()
                .map(one_line)
                .collect()
        }
        (_, Across::Numbers(scale)) => numbers(scale).into_iter().map(one_line).collect(),
        (_, Across::Slots(_)) => Vec::new(),
    }
}

fn numbers(scale: &Scale) -> Vec<(f64, String)> {
    scale
        .ticks()
        .map(|tick| (tick, scale.label(tick)))
        .collect()
}

/// Every label, or every second, third, sixth, twelfth … one.
fn thinned(labels: Vec<(f64, String)>, slot: f64) -> Vec<(f64, String)> {
    let widest = labels.iter().map(|(_, text)| text_width(text));
    let room = widest.fold(0.0, f64::max) + 14.0;
    let step = label_step(labels.len(), room, slot);
    labels.into_iter().step_by(step).collect()
}

fn broken(categories: &[String], width: f64) -> Vec<Name> {
    let slot = width / categories.len().max(1) as f64;
    let signs = ((slot - 4.0) / FONT_SIZE).floor().max(1.0) as usize * 2;
    let broken: Vec<Vec<String>> = categories.iter().map(|name| lines(name, signs)).collect();
    let is_readable = slot >= FONT_SIZE && broken.iter().all(|l| l.len() <= NAME_LINES_MAX);
    if !is_readable {
        let all = categories.iter().enumerate();
        let all = all.map(|(index, text)| (index as f64 + 0.5, text.clone()));
        let kept = thinned(all.collect(), slot).into_iter();
        let one_line = kept.map(|(at, text)| Name {
            at,
            lines: vec![text],
        });
        return one_line.collect();
    }
    let placed = broken.into_iter().enumerate().map(|(index, lines)| Name {
        at: index as f64 + 0.5,
        lines,
    });
    placed.collect()
}

/// Lines of `most` half characters at most, as even as they can be.
fn lines(text: &str, most: usize) -> Vec<String> {
    let whole = wording::half_width(text);
    let count = whole.div_ceil(most).max(1);
    let even = whole.div_ceil(count).next_multiple_of(2).min(most);
    let mut lines = vec![String::new()];
    for sign in text.chars() {
        let mut line = lines.pop().unwrap_or_default();
        let wider = wording::half_width(&format!("{line}{sign}"));
        if wider > even && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line.push(sign);
        lines.push(line);
    }
    lines
}

/// A line of words beginning, centred or ending at a place.
pub fn words((x, y): (f64, f64), anchor: &str, text: &str) -> String {
    format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"#{}\">{}</text>\n",
        short(x),
        short(y),
        palette::QUIET_TEXT,
        escape(text)
    )
}

/// Width in units of the drawing: a Latin sign takes a little more than half.
pub fn text_width(text: &str) -> f64 {
    let signs = text.chars();
    signs
        .map(|sign| if sign.is_ascii() { 0.58 } else { 1.0 } * FONT_SIZE)
        .sum()
}

/// One decimal is finer than any screen.
pub fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" {
        "0".to_string()
    } else {
        text.to_string()
    }
}
