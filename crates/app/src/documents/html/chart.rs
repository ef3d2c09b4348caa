//! A chart as a drawing inside the page: SVG with presentation attributes only.
//!
//! No script, no file and no style attribute, so that the strictest page may hold it.
//! Every drawing has its words: title, description, legend, and the values as a table
//! one click away. The same chart gives the same bytes.

mod frame;
mod marks;

use programme::bulletins::chart::{Chart, Plot, Series};

use crate::documents::wording::{self, escape};
use frame::Frame;

/// The drawing for the chart `id`, which is unique on its page. An empty chart says so.
pub fn drawing(chart: &Chart, id: &str) -> String {
    if chart.is_empty() {
        return format!("<p class=\"no-data\">{}</p>\n", wording::NO_DATA);
    }
    let keys = marks::keys(chart);
    let frame = Frame::of(chart, &keys);
    let mut inside = frame.ground();
    inside.push_str(&marks::areas(chart, &frame));
    inside.push_str(&frame.grid());
    inside.push_str(&marks::marks(chart, &frame, id));
    inside.push_str(&frame.axes(chart));
    inside.push_str(&marks::legend(&keys, id));
    let hatch = match chart.plot() {
        Plot::Bars { .. } => marks::hatch(id),
        _ => String::new(),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-description\" font-size=\"{}\" \
         font-family=\"'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-description\">{}</desc>\n\
         {hatch}{inside}</svg>\n",
        frame::WIDTH,
        frame::short(frame.bottom()),
        frame::FONT_SIZE,
        escape(chart.title()),
        escape(&description(chart)),
    )
}

/// What a listener needs instead of the picture.
fn description(chart: &Chart) -> String {
    let (kind, parts) = match chart.plot() {
        Plot::Line { series, .. } => ("折线图", series.iter().map(|s| told(chart, s)).collect()),
        Plot::Bars { series, .. } => ("柱形图", series.iter().map(|s| told(chart, s)).collect()),
        Plot::Fan {
            bands,
            median,
            others,
            ..
        } => {
            let lines = std::iter::once(median).chain(others);
            let mut parts: Vec<String> = lines.map(|s| told(chart, s)).collect();
            parts.extend(bands.iter().map(|band| band.name().to_string()));
            ("扇形图", parts)
        }
        Plot::Scatter { clouds, diagonal } => {
            let mut parts: Vec<String> = clouds
                .iter()
                .map(|cloud| format!("{}{}个点", cloud.name, cloud.points.len()))
                .collect();
            parts.extend(diagonal.iter().map(|words| format!("斜线为{words}")));
            ("散点图", parts)
        }
    };
    format!(
        "{kind}。横轴：{}；纵轴：{}。{}。",
        chart.across().title(),
        chart.up().title(),
        parts.join("；")
    )
}

/// “命中率，12个值，最低50.0%，最高71.3%”.
fn told(chart: &Chart, series: &Series) -> String {
    let values: Vec<f64> = series.values().iter().flatten().map(|v| v.get()).collect();
    let low = values.iter().copied().reduce(f64::min);
    let high = values.iter().copied().reduce(f64::max);
    let (Some(low), Some(high)) = (low, high) else {
        return format!("{}，{}", series.name(), wording::NO_DATA);
    };
    let form = chart.up().form();
    format!(
        "{}，{}个值，最低{}，最高{}",
        series.name(),
        values.len(),
        wording::decimal(low, form),
        wording::decimal(high, form)
    )
}

#[cfg(test)]
mod tests;
