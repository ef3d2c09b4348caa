//! The values of a chart as a table, which may stand below it.

use super::{Along, Band, Chart, Cloud, Finite, Form, Plot, Series};
use crate::bulletins::document::{Cell, RowWeight, Table, TableColumn, TableRow};

/// One row for each place on the axis or each point; a gap is an empty cell.
pub fn of(chart: &Chart) -> Table {
    match &chart.plot {
        Plot::Line { along, series } => tabled(
            chart,
            places(chart, along),
            &[],
            &series.iter().collect::<Vec<_>>(),
        ),
        Plot::Bars { categories, series } => {
            let places = categories.iter().cloned().map(Cell::Text).collect();
            tabled(chart, places, &[], &series.iter().collect::<Vec<_>>())
        }
        Plot::Fan {
            along,
            bands,
            median,
            others,
        } => {
            let lines: Vec<&Series> = std::iter::once(median).chain(others).collect();
            tabled(chart, places(chart, along), bands, &lines)
        }
        Plot::Scatter { clouds, .. } => points(chart, clouds),
    }
}

fn places(chart: &Chart, along: &Along) -> Vec<Cell> {
    match along {
        Along::Categories(categories) => categories.iter().cloned().map(Cell::Text).collect(),
        Along::Numbers(numbers) => numbers
            .iter()
            .map(|number| decimal(Some(*number), chart.across.form))
            .collect(),
    }
}

fn tabled(chart: &Chart, places: Vec<Cell>, bands: &[Band], lines: &[&Series]) -> Table {
    let mut columns = vec![column(None, &chart.across.title)];
    columns.extend(lines.iter().map(|line| column(None, &line.name)));
    for band in bands {
        columns.push(column(Some(&band.name), "下限"));
        columns.push(column(Some(&band.name), "上限"));
    }
    let form = chart.up.form;
    let rows = places.into_iter().enumerate().map(|(index, place)| {
        let mut cells = vec![place];
        let values = lines.iter().map(|line| line.values[index]);
        cells.extend(values.map(|value| decimal(value, form)));
        for band in bands {
            let range = band.ranges[index];
            cells.push(decimal(range.map(|(low, _)| low), form));
            cells.push(decimal(range.map(|(_, high)| high), form));
        }
        plain(cells)
    });
    Table {
        unit: Some(chart.up.title.clone()),
        rows: rows.collect(),
        columns,
        notes: Vec::new(),
    }
}

fn points(chart: &Chart, clouds: &[Cloud]) -> Table {
    let counts = clouds
        .iter()
        .flat_map(|cloud| &cloud.points)
        .any(|point| point.count.is_some());
    let mut columns = vec![
        column(None, "系列"),
        column(None, &chart.across.title),
        column(None, &chart.up.title),
    ];
    if counts {
        columns.push(column(None, "样本数"));
    }
    let mut rows = Vec::new();
    for cloud in clouds {
        for point in &cloud.points {
            let mut cells = vec![
                Cell::Text(cloud.name.clone()),
                decimal(Some(point.across), chart.across.form),
                decimal(Some(point.up), chart.up.form),
            ];
            if counts {
                let count = point.count.and_then(|count| i64::try_from(count).ok());
                cells.push(count.map_or(Cell::Empty, Cell::Count));
            }
            rows.push(plain(cells));
        }
    }
    Table {
        unit: None,
        columns,
        rows,
        notes: Vec::new(),
    }
}

fn column(group: Option<&str>, label: &str) -> TableColumn {
    TableColumn {
        group: group.map(str::to_string),
        label: label.to_string(),
        width: 1,
    }
}

fn plain(cells: Vec<Cell>) -> TableRow {
    TableRow {
        cells,
        weight: RowWeight::Plain,
    }
}

fn decimal(value: Option<Finite>, form: Form) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Decimal { value, form })
}
