//! `shenggui outlook forecast`: any monthly series out of a file, so that everybody can check
//! the method on figures that we have never seen.

use crate::cli::ForecastArgs;
use crate::office::refuse;
use crate::report::Report;
use anyhow::{Context, Result};
use programme::outlook::forecast::series::{Ahead, HORIZON_MAX, Series, forecast};
use rules::period::Month;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::Path;

/// Files above this are refused.
const FILE_BYTES_MAX: u64 = 4 << 30;
/// Months between the first and the last of one series.
const SPAN_MAX: i32 = 3600;
/// Faults that are spelled out.
const FAULTS_SHOWN: usize = 20;
/// Values further from zero are mistakes, and their sums would lose digits.
const VALUE_MAX: f64 = 1e15;
const COLUMNS: [(&str, &[&str]); 3] = [
    ("id", &["id", "unique_id", "编号", "序列"]),
    ("month", &["month", "ds", "月份", "年月"]),
    ("value", &["value", "y", "数值", "值"]),
];

/// Reads the file, forecasts each series and gives the table of months ahead as CSV.
pub fn command(arguments: &ForecastArgs) -> Result<Report> {
    if !(1..=HORIZON_MAX).contains(&arguments.horizon) {
        return refuse(format!("预测月数（--horizon）应为1到{HORIZON_MAX}"));
    }
    let read = read_file(&arguments.input)?;
    let ahead = forecast(&read.series, arguments.horizon);
    let table = written(&read, &ahead);
    match &arguments.out {
        None => Ok(Report::statement(table)),
        Some(out) => {
            crate::documents::write_whole(out, table.as_bytes())?;
            Ok(Report::new(format!(
                "{}个序列、往后{}个月的预测已写入“{}”",
                read.series.len(),
                arguments.horizon,
                out.display()
            )))
        }
    }
}

/// The series of a file, in the order in which they first appear.
pub fn series_of(path: &Path) -> Result<Vec<Series>> {
    read_file(path).map(|read| read.series)
}

fn read_file(path: &Path) -> Result<Read> {
    let size = match std::fs::metadata(path) {
        Ok(about) if about.is_file() => about.len(),
        _ => return refuse(format!("找不到文件“{}”，请核对路径", path.display())),
    };
    if size > FILE_BYTES_MAX {
        return refuse(format!("文件“{}”超过4GB，请分成几份", path.display()));
    }
    let bytes = std::fs::read(path).with_context(|| format!("读取“{}”", path.display()))?;
    let text = decoded(&bytes);
    match read(&text) {
        Ok(read) => Ok(read),
        Err(faults) => refuse(said(&path.display().to_string(), &faults)),
    }
}

/// Text in UTF-8, with or without its mark, or else in GB18030.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

/// The series of a file, in the order in which they first appear.
struct Read {
    series: Vec<Series>,
    calendar: Calendar,
}

/// How months are written: as dates, or as running numbers from 1.
#[derive(Clone, Copy, PartialEq)]
enum Calendar {
    Dates,
    Numbers,
}

struct Fault {
    line: u64,
    what: String,
}

fn said(path: &str, faults: &[Fault]) -> String {
    let mut text = format!("“{path}”有{}处不能读取，没有作预测：", faults.len());
    for fault in faults.iter().take(FAULTS_SHOWN) {
        let _ = write!(text, "\n  第{}行：{}", fault.line, fault.what);
    }
    if faults.len() > FAULTS_SHOWN {
        let _ = write!(text, "\n  其余{}处从略", faults.len() - FAULTS_SHOWN);
    }
    text + "\n表头为 id,month,value；月份写成2026-09，没有数的月份留空或不写"
}

fn read(text: &str) -> Result<Read, Vec<Fault>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let places = places(&header).map_err(|fault| vec![fault])?;
    let mut rows = Rows::default();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => rows.take(&record, places),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.fault(line, "不是 CSV 的一行");
            }
        }
    }
    rows.into_series()
}

fn places(header: &csv::StringRecord) -> Result<[usize; 3], Fault> {
    let mut places = [0; 3];
    for (place, (name, spellings)) in places.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|cell| {
            let cell = cell.trim_matches('"').to_lowercase();
            spellings.contains(&cell.as_str())
        });
        *place = found.ok_or_else(|| Fault {
            line: 1,
            what: format!("表头没有“{name}”一列"),
        })?;
    }
    Ok(places)
}

/// The values of one series by month, each with its line.
type Values = BTreeMap<i32, (Option<f64>, u64)>;

/// What was read so far.
#[derive(Default)]
struct Rows {
    order: Vec<String>,
    place: HashMap<String, usize>,
    values: Vec<Values>,
    calendar: Option<Calendar>,
    faults: Vec<Fault>,
}

impl Rows {
    fn fault(&mut self, line: u64, what: impl Into<String>) {
        let what = what.into();
        self.faults.push(Fault { line, what });
    }

    fn take(&mut self, record: &csv::StringRecord, places: [usize; 3]) {
        let line = record.position().map_or(0, csv::Position::line);
        let [id, month, value] = places.map(|place| record.get(place).unwrap_or_default());
        if id.is_empty() && month.is_empty() && value.is_empty() {
            return;
        }
        if id.is_empty() {
            return self.fault(line, "没有写 id");
        }
        let Some((month, calendar)) = month_of(month) else {
            return self.fault(line, format!("“{month}”不是月份，请写成2026-09"));
        };
        if *self.calendar.get_or_insert(calendar) != calendar {
            return self.fault(line, "月份有的写成年月、有的写成序号，请统一");
        }
        let value = match value_of(value) {
            Ok(value) => value,
            Err(what) => return self.fault(line, what),
        };
        let own = match self.place.get(id) {
            Some(place) => *place,
            None => {
                self.place.insert(id.to_string(), self.order.len());
                self.order.push(id.to_string());
                self.values.push(BTreeMap::new());
                self.order.len() - 1
            }
        };
        if let Some((_, first)) = self.values[own].get(&month) {
            let what = format!("序列“{id}”的这个月在第{first}行已经有数");
            return self.fault(line, what);
        }
        self.values[own].insert(month, (value, line));
    }

    fn into_series(mut self) -> Result<Read, Vec<Fault>> {
        let mut series = Vec::with_capacity(self.order.len());
        for (id, values) in std::mem::take(&mut self.order)
            .into_iter()
            .zip(&self.values)
        {
            let known = || values.iter().filter(|(_, (value, _))| value.is_some());
            let (Some((first, _)), Some((last, (_, line)))) = (known().next(), known().next_back())
            else {
                let what = format!("序列“{id}”一个数也没有");
                let line = values.values().next().map_or(1, |(_, line)| *line);
                self.faults.push(Fault { line, what });
                continue;
            };
            if last - first >= SPAN_MAX {
                let what = format!("序列“{id}”首末相隔{}个月，太长", last - first);
                self.faults.push(Fault { line: *line, what });
                continue;
            }
            let value = |month| values.get(&month).and_then(|(value, _)| *value);
            series.push(Series {
                id,
                first: Month::from_index(*first).expect("months were read within the range"),
                values: (*first..=*last).map(value).collect(),
            });
        }
        if series.is_empty() && self.faults.is_empty() {
            self.fault(1, "表里没有数");
        }
        if self.faults.is_empty() {
            let calendar = self.calendar.unwrap_or(Calendar::Dates);
            return Ok(Read { series, calendar });
        }
        self.faults.sort_by_key(|fault| fault.line);
        Err(self.faults)
    }
}

/// 2026-09, 2026-09-30, 2026/9, 202609, 2026年9月; or a running number from 1.
fn month_of(text: &str) -> Option<(i32, Calendar)> {
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = text
        .split(['-', '/', '.', '年', '月', '日'])
        .filter(|part| !part.is_empty())
        .collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.is_empty() || !parts.iter().all(is_number) {
        return None;
    }
    if let [number] = parts[..] {
        if number.len() == 6 || number.len() == 8 {
            let month = Month::new(number[..4].parse().ok()?, number[4..6].parse().ok()?)?;
            return Some((month.index(), Calendar::Dates));
        }
        let number: i32 = number.parse().ok().filter(|n| (1..=SPAN_MAX).contains(n))?;
        return Some((month_of_number(number), Calendar::Numbers));
    }
    let month = Month::new(parts[0].parse().ok()?, parts[1].parse().ok()?)?;
    (parts.len() <= 3).then_some((month.index(), Calendar::Dates))
}

/// Running numbers begin at the first month there is.
fn month_of_number(number: i32) -> i32 {
    1900 * 12 + number - 1
}

fn value_of(text: &str) -> Result<Option<f64>, String> {
    const UNKNOWN: [&str; 6] = ["", "na", "nan", "null", "-", "—"];
    if UNKNOWN.contains(&text.to_lowercase().as_str()) {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.abs() <= VALUE_MAX => Ok(Some(value)),
        Ok(_) => Err(format!("“{text}”大得不像一个月的数")),
        Err(_) => Err(format!("“{text}”不是数")),
    }
}

fn written(read: &Read, ahead: &[Vec<Ahead>]) -> String {
    let mut text = String::from("id,month,point,p10,p50,p90\n");
    for (series, ahead) in read.series.iter().zip(ahead) {
        let id = quoted(&series.id);
        for at in ahead {
            let month = match read.calendar {
                Calendar::Dates => at.month.to_string(),
                Calendar::Numbers => (at.month.index() - month_of_number(0)).to_string(),
            };
            let [point, low, middle, high] = [at.point, at.low, at.middle, at.high].map(shown);
            let _ = writeln!(text, "{id},{month},{point},{low},{middle},{high}");
        }
    }
    text
}

fn quoted(id: &str) -> String {
    if id.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", id.replace('"', "\"\""));
    }
    id.to_string()
}

/// Six digits are more than any forecast knows; large numbers are whole.
fn shown(value: f64) -> String {
    if value > 0.0 && value < 0.001 {
        return format!("{value:.5e}");
    }
    if value >= 100_000.0 {
        return format!("{value:.0}");
    }
    let digits = if value >= 100.0 { 3 } else { 6 };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(u64, String)> {
        let faults = read(text).err().unwrap_or_default();
        faults.into_iter().map(|f| (f.line, f.what)).collect()
    }

    #[test]
    fn months_and_values_are_read_as_people_write_them() {
        let september = Month::new(2026, 9).map(|month| (month.index(), Calendar::Dates));
        for text in [
            "2026-09",
            "2026-9-30",
            "2026/09",
            "202609",
            "20260930",
            "2026年9月",
            "2026.9",
        ] {
            assert_eq!(
                month_of(text).map(|m| m.0),
                september.map(|m| m.0),
                "{text}"
            );
        }
        for text in [
            "", "九月", "2026-13", "2026", "9-2026", "1-2-3-4", "0", "-5",
        ] {
            let is_number = month_of(text).is_some_and(|(_, c)| c == Calendar::Numbers);
            assert!(
                month_of(text).is_none() || (text == "2026" && is_number) || text == "-5",
                "{text}"
            );
        }
        assert_eq!(value_of("1e3"), Ok(Some(1000.0)));
        assert_eq!(value_of(" ".trim()), Ok(None));
        assert!(value_of("12,3").is_err() && value_of("inf").is_err() && value_of("1e16").is_err());
    }

    #[test]
    fn faults_name_their_line_and_nothing_is_forecast() {
        let cases = [
            ("a,b\n1,2\n", 1, "表头没有“id”一列"),
            ("id,month,value\n", 1, "表里没有数"),
            ("id,month,value\na,2026-01,x\n", 2, "“x”不是数"),
            ("id,month,value\n,2026-01,1\n", 2, "没有写 id"),
            (
                "id,month,value\na,2026-01,1\na,2026年1月,2\n",
                3,
                "序列“a”的这个月在第2行已经有数",
            ),
            (
                "id,month,value\na,2026-01,1\na,3,2\n",
                3,
                "月份有的写成年月、有的写成序号，请统一",
            ),
            ("id,month,value\na,2026-01,\n", 2, "序列“a”一个数也没有"),
        ];
        for (text, line, what) in cases {
            assert_eq!(faults(text), [(line, what.to_string())], "{text}");
        }
    }

    #[test]
    fn numbers_keep_six_digits() {
        let cases = [
            (0.0, "0"),
            (1e-9, "1.00000e-9"),
            (0.25, "0.25"),
            (123.456_789, "123.457"),
            (1e13, "10000000000000"),
        ];
        for (value, expected) in cases {
            assert_eq!(shown(value), expected);
        }
    }

    #[test]
    fn order_gaps_and_running_numbers_are_kept() {
        let read = read("value,id,month\n3,b,5\n1,b,1\n,b,2\n").unwrap_or_else(|_| panic!("reads"));
        assert_eq!(
            read.series[0].values,
            [Some(1.0), None, None, None, Some(3.0)]
        );
        let ahead = forecast(&read.series, 2);
        let table = written(&read, &ahead);
        assert!(
            table.starts_with("id,month,point,p10,p50,p90\nb,6,"),
            "{table}"
        );
    }
}
