//! The pool in the columns that offices use (domain §8.1, sheet 1). Figures are bands:
//! the sheet leaves the building.

use super::{inside, members};
use crate::cli::ExportArgs;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::reader::Reader;
use crate::report::{Field, Report};
use crate::sheets;
use anyhow::{Context, Result};
use programme::deliveries::{self, in_force};
use programme::journal::{self, Line};
use programme::outlook::Firms;
use programme::register::{self, Enterprise};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::collections::HashMap;

const COLUMNS: [(&str, f64); 14] = [
    ("序号", 6.0),
    ("县区", 12.0),
    ("企业名称", 34.0),
    ("统一社会信用代码", 22.0),
    ("详细地址", 28.0),
    ("行业代码", 9.0),
    ("行业名称", 24.0),
    ("成立时间", 12.0),
    ("投产时间", 12.0),
    ("从业人数（人）", 12.0),
    ("近12个月应税销售额所在档", 22.0),
    ("类别", 14.0),
    ("所在阶段", 12.0),
    ("备注", 20.0),
];

pub(super) async fn command(office: &Office, arguments: &ExportArgs) -> Result<Report> {
    if arguments
        .file
        .extension()
        .is_none_or(|ending| ending != "xlsx")
    {
        return refuse("导出文件请以 .xlsx 结尾");
    }
    let made = workbook(office, arguments.division, arguments.as_of).await?;
    let partial = arguments.file.with_extension("xlsx.part");
    std::fs::write(&partial, made.bytes)
        .with_context(|| format!("“{}”不能写入", partial.display()))?;
    std::fs::rename(&partial, &arguments.file)
        .with_context(|| format!("“{}”不能写入", arguments.file.display()))?;
    Ok(Report::new(format!("已导出{}家", made.count))
        .fact("count", "家数", Field::Count(made.count as i64))
        .fact(
            "file",
            "文件",
            Field::text(arguments.file.display().to_string()),
        ))
}

/// The sheet, ready to leave the building.
pub struct Made {
    pub title: String,
    pub count: usize,
    pub bytes: Vec<u8>,
}

/// Members of the pool that the reader may see, as a workbook; that they were taken away is
/// written down.
pub async fn workbook(
    office: &Office,
    division: Option<DivisionCode>,
    as_of: Option<Month>,
) -> Result<Made> {
    let reader = Reader::of(office, None, None)?;
    let (snapshot, firms) = newest(office, as_of).await?;
    let members = members(office).await?;
    let db = office.db.reading();
    let batches = in_force(&deliveries::batches(db).await?, snapshot.known_by);
    let stored = deliveries::stored(db).await?;
    let all =
        register::enterprises(db, &office.pack, &batches, &stored, snapshot.as_of, (0, 1)).await?;
    let register: HashMap<u128, &Enterprise> = all.iter().map(|firm| (firm.key, firm)).collect();
    let admitted = members.iter().filter(|(_, own)| own.standing.admitted);
    let mut listed: Vec<usize> = admitted
        .filter_map(|(key, _)| firms.keys().binary_search(key).ok())
        .filter(|firm| {
            inside(&firms, *firm, division) && reader.scope.covers_firm(&firms.whereabouts(*firm))
        })
        .collect();
    listed.sort_by_cached_key(|firm| {
        (
            firms.area(*firm),
            firms.county(*firm),
            firms.uscc(*firm).to_string(),
        )
    });
    let place = division.or(reader.scope.place());
    let place = place.map_or_else(
        || "全省".to_string(),
        |code| office.pack.divisions.name(code),
    );
    let title = format!(
        "{place}“小升规”重点企业培育库名单（截至{}）",
        snapshot.as_of.in_words()
    );
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    write(sheet, &office.pack, &title, &firms, &listed, &register)?;
    let made = Made {
        count: listed.len(),
        bytes: workbook.save_to_buffer()?,
        title,
    };
    noted(office, &reader, &made).await?;
    Ok(made)
}

async fn noted(office: &Office, reader: &Reader, made: &Made) -> Result<()> {
    let act = office.act(reader.organisation.clone(), "", None)?;
    let tx = office.db.begin_writing().await?;
    let line = Line {
        act: "pool.export",
        subject: format!("{}家", made.count),
        detail: made.title.clone(),
    };
    journal::append(&tx, &act, &line).await?;
    Ok(tx.commit().await?)
}

fn write(
    sheet: &mut Worksheet,
    pack: &Pack,
    title: &str,
    firms: &Firms,
    listed: &[usize],
    register: &HashMap<u128, &Enterprise>,
) -> Result<(), XlsxError> {
    let (head, label) = (sheets::head(), sheets::label());
    sheet.set_name("培育库名单")?;
    sheet.merge_range(0, 0, 0, COLUMNS.len() as u16 - 1, title, &head)?;
    for (column, (name, width)) in COLUMNS.iter().enumerate() {
        sheet.write_string_with_format(1, column as u16, *name, &label)?;
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 1)?;
    for (index, firm) in listed.iter().enumerate() {
        let row = index as u32 + 2;
        sheet.write_number(row, 0, index as f64 + 1.0)?;
        for (column, text) in texts(pack, firms, *firm, register).into_iter().enumerate() {
            sheet.write_string(row, column as u16 + 1, text)?;
        }
        let persons = register
            .get(&firms.keys()[*firm])
            .and_then(|firm| deliveries::known_number(firm.persons));
        if let Some(persons) = persons {
            sheet.write_number(row, 9, persons as f64)?;
        }
    }
    Ok(())
}

/// The text cells from the second column on; the place of persons stays empty.
fn texts(
    pack: &Pack,
    firms: &Firms,
    firm: usize,
    register: &HashMap<u128, &Enterprise>,
) -> Vec<String> {
    let enterprise = register.get(&firms.keys()[firm]);
    let place = firms.county(firm).or(firms.zone(firm)).or(firms.area(firm));
    let day = |number: Option<i64>| {
        let day = number.and_then(deliveries::day_from);
        day.map_or(String::new(), |day| day.to_string())
    };
    let code = enterprise.map_or(String::new(), |firm| format!("{:04}", firm.industry));
    let industry = pack
        .industries
        .get(&code)
        .map_or(String::new(), |i| i.name.clone());
    let fact = |id: &str| pack.fact_slot(id).and_then(|slot| firms.fact(firm, slot));
    let sales = match (
        fact("sales_12m"),
        fact("sales_12m_known"),
        fact("sales_12m_months"),
    ) {
        (Some(fen), _, _) => pack.bands.of_money(fen),
        (None, Some(fen), Some(months)) => {
            format!("已知{months}个月：{}", pack.bands.of_money(fen))
        }
        _ => "待补".to_string(),
    };
    let class = firms.first_class(firm).map_or(String::new(), |class| {
        format!(
            "{} {}",
            pack.classes[class].letter, pack.classes[class].name
        )
    });
    vec![
        place.map_or(String::new(), |code| pack.divisions.name(code)),
        firms.name(firm).to_string(),
        firms.uscc(firm).to_string(),
        enterprise.map_or(String::new(), |firm| firm.address.clone()),
        code,
        industry,
        day(enterprise.map(|firm| firm.established)),
        day(enterprise.map(|firm| firm.commissioned)),
        String::new(),
        sales,
        class,
        firms
            .stage(firm)
            .map_or(String::new(), |stage| pack.stages[stage].name.clone()),
        String::new(),
    ]
}
