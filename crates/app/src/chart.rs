//! A chart as data: what the browser draws, and the same figures as a table one click away.
//!
//! It draws nothing and decides nothing. Whoever makes one puts into it only what its reader
//! may see: all of it reaches the browser.

use rules::money::grouped;
use serde::Serialize;

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    Line,
    /// A line that goes on as a middle with a band.
    Fan,
    Spark,
}

/// How one series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    Solid,
    Dashed,
    BandLow,
    BandHigh,
    LastYear,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    pub name: String,
    /// One for each category; nothing where nothing is known.
    pub values: Vec<Option<f64>>,
    pub style: Style,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    pub name: String,
    pub value: f64,
}

/// One chart; its title says the finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    pub kind: ChartKind,
    pub title: String,
    pub unit: String,
    pub categories: Vec<String>,
    pub series: Vec<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
}

impl Chart {
    /// What stands in `data-chart`.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts are always written")
    }

    /// The table: each category with one text a series.
    pub fn rows(&self) -> Vec<(&str, Vec<String>)> {
        let rows = self.categories.iter().enumerate().map(|(place, name)| {
            let cells = self.series.iter().map(|series| {
                let value = series.values.get(place).copied().flatten();
                value.map_or("—".to_string(), tenths)
            });
            (name.as_str(), cells.collect())
        });
        rows.collect()
    }
}

/// With one decimal where there is one.
fn tenths(value: f64) -> String {
    let whole = (value * 10.0).round() as i64;
    let sign = if whole < 0 { "-" } else { "" };
    let size = whole.unsigned_abs();
    match size % 10 {
        0 => format!("{sign}{}", grouped(size / 10)),
        tenth => format!("{sign}{}.{tenth}", grouped(size / 10)),
    }
}

/// Fen as 万元 with one decimal, for drawing.
pub fn in_wan(fen: i64) -> f64 {
    rounded(fen as f64 / 1_000_000.0)
}

/// One decimal.
pub fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_and_what_the_table_says() {
        let chart = Chart {
            kind: ChartKind::Fan,
            title: "预计全年约2,310万元".to_string(),
            unit: "万元".to_string(),
            categories: vec!["1月".to_string(), "2月".to_string()],
            series: vec![
                Series {
                    name: "中值".to_string(),
                    values: vec![Some(1234.5), None],
                    style: Style::Dashed,
                },
                Series {
                    name: "低限".to_string(),
                    values: vec![Some(0.0), Some(-12.0)],
                    style: Style::BandLow,
                },
            ],
            threshold: Some(Threshold {
                name: "规模标准".to_string(),
                value: 2000.0,
            }),
        };
        assert_eq!(
            chart.json(),
            "{\"kind\":\"fan\",\"title\":\"预计全年约2,310万元\",\"unit\":\"万元\",\
             \"categories\":[\"1月\",\"2月\"],\"series\":[\
             {\"name\":\"中值\",\"values\":[1234.5,null],\"style\":\"dashed\"},\
             {\"name\":\"低限\",\"values\":[0.0,-12.0],\"style\":\"band-low\"}],\
             \"threshold\":{\"name\":\"规模标准\",\"value\":2000.0}}"
        );
        let rows = chart.rows();
        assert_eq!(rows[0], ("1月", vec!["1,234.5".into(), "0".into()]));
        assert_eq!(rows[1], ("2月", vec!["—".into(), "-12".into()]));
    }
}
