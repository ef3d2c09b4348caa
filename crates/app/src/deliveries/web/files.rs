//! Handing a file in: taken, looked at, confirmed, and then imported by whichever node is free.

use super::super::import::{self, Order, Outcome as Judged};
use super::super::kind_name;
use super::super::kinds::{self, Fit};
use super::folder::private_folder;
use super::preview::{Preview, preview, size};
use crate::jobs::files::{Staging, unpack};
use crate::jobs::{self, ImportWork, Work};
use crate::office::{Office, Refused, today};
use crate::web::Workplace;
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Choice, choices, go_to};
use crate::web::visitor::{Visitor, html};
use crate::web::words::for_pages;
use anyhow::Result;
use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Form, Multipart, Path, Query, State};
use programme::deliveries::reading::Unit;
use programme::deliveries::{self, Batch, in_force};
use programme::jobs::{File, Role};
use programme::people::Organisation;
use rules::layout::ColumnKind;
use rules::pack::divisions::DivisionCode;
use serde::Deserialize;
use std::path::PathBuf;

/// Name of the form's field.
const FIELD: &str = "file";
/// Units that a person may state.
const UNITS: [&str; 6] = ["元", "千元", "万元", "亿元", "千瓦时", "万千瓦时"];

/// `POST /indicators/files`: takes a file, and stores nothing of what it says.
pub async fn create_file(
    State(workplace): State<Workplace>,
    visitor: Visitor,
    mut form: Multipart,
) -> Outcome {
    let mut field = loop {
        match form.next_field().await.map_err(malformed)? {
            Some(field) if field.name() == Some(FIELD) => break field,
            Some(_) => {}
            None => return Err(nothing_chosen()),
        }
    };
    let name = field.file_name().unwrap_or_default().to_string();
    let Some(first) = next(&mut field).await? else {
        return Err(nothing_chosen());
    };
    if !is_readable(&first) {
        let text = "这份文件不是 XLSX、XLS 或 CSV，没有接收。请另存为其中一种后再上传";
        return Err(Failure::Refused(text.to_string()));
    }
    let (office, act) = (visitor.office(), visitor.act()?);
    let limit = workplace.config.upload_bytes;
    let mut staging = Staging::begin(office, &name, Role::Given, &act).await?;
    let mut taken = 0;
    let mut bytes = Some(first);
    while let Some(own) = bytes {
        taken += own.len();
        if taken > limit {
            return Err(Failure::TooLarge);
        }
        staging.push(office, &own).await?;
        bytes = next(&mut field).await?;
    }
    let file = staging.seal(office, &act).await?;
    Ok(go_to(format!("/indicators/files/{}", file.id)))
}

fn malformed(_: MultipartError) -> Failure {
    Failure::Malformed("上传没有完成，请重新选择文件".to_string())
}

fn nothing_chosen() -> Failure {
    Failure::Malformed("没有选择文件，或者文件是空的".to_string())
}

/// The next bytes that there are.
async fn next(field: &mut Field<'_>) -> Result<Option<axum::body::Bytes>, Failure> {
    loop {
        match field.chunk().await.map_err(malformed)? {
            Some(bytes) if bytes.is_empty() => {}
            other => return Ok(other),
        }
    }
}

/// Whether bytes may begin a workbook or a table of text; names and endings say nothing.
pub fn is_readable(first: &[u8]) -> bool {
    const WORKBOOKS: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"\xD0\xCF\x11\xE0"];
    const MARKED: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
    let begins = |signs: &[&[u8]]| signs.iter().any(|sign| first.starts_with(sign));
    if begins(&WORKBOOKS) || begins(&MARKED) {
        return true;
    }
    let head = &first[..first.len().min(4096)];
    let is_control = |byte: &u8| *byte < 0x20 && !b"\t\r\n\x0c\x1a".contains(byte);
    !first.starts_with(b"%PDF") && !head.iter().any(is_control)
}

/// What the person confirms or corrects.
#[derive(Deserialize, Clone, Default)]
pub struct Confirmed {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub month: String,
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub area: String,
    #[serde(default)]
    pub supersedes: String,
}

/// The same, read.
pub struct Wish {
    pub kind: String,
    pub month: Option<rules::period::Month>,
    pub unit: Option<Unit>,
    pub area: Option<DivisionCode>,
    pub supersedes: Option<i64>,
}

#[derive(Template)]
#[template(path = "deliveries/file.html")]
struct FilePage {
    frame: Frame,
    id: i64,
    name: String,
    size: String,
    hash: String,
    organisation: String,
    /// How the kind was found.
    recognised: String,
    kind: String,
    kinds: Vec<Choice>,
    month: String,
    units: Vec<Choice>,
    wants_unit: bool,
    areas: Vec<Choice>,
    own_area: Option<String>,
    earlier: Vec<Choice>,
    refusal: Option<String>,
    /// A batch of the same month that this may be the correction of, with the way to say so.
    same_month: Option<(i64, String)>,
    preview: Option<Preview>,
}

/// `GET /indicators/files/{file}`: how it would be read.
pub async fn show_file(
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(asked): Query<Confirmed>,
) -> Outcome {
    let office = visitor.office();
    let file = own_file(&visitor, id).await?;
    if let Some(job) = file.job {
        return Ok(go_to(format!("/indicators/jobs/{job}")));
    }
    let organisation = visitor.seat()?.organisation.clone();
    let folder = private_folder(&office.folder).map_err(Failure::World)?;
    let path = unpack(office, id, folder.path()).await?;
    let fits = kinds::fits(office, &organisation, path.clone()).await?;
    let kind = match asked.kind.is_empty() {
        true => fits.first().map_or(String::new(), |fit| fit.kind.clone()),
        false => asked.kind.clone(),
    };
    let judged = judged(&visitor, &asked, &kind, path).await?;
    let page = page(&visitor, file, &asked, &kind, &fits, judged).await?;
    html(&page)
}

/// What would come of an import; or why there would be none.
async fn judged(
    visitor: &Visitor,
    asked: &Confirmed,
    kind: &str,
    path: PathBuf,
) -> Result<Result<Judged, String>, Failure> {
    if kind.is_empty() {
        let text = "没有认出是哪一种数据，请在下面选定种类，再看差在哪里";
        return Ok(Err(text.to_string()));
    }
    let wish = match wish(visitor, asked, kind).await {
        Ok(wish) => wish,
        Err(Failure::Refused(text) | Failure::Malformed(text)) => return Ok(Err(text)),
        Err(failure) => return Err(failure),
    };
    let order = Order {
        kind: wish.kind,
        file: path,
        month: wish.month,
        area: wish.area,
        unit: wish.unit,
        supersedes: wish.supersedes,
        errors: None,
        dry_run: true,
        ticket: None,
    };
    let act = visitor.act()?;
    match import::import(visitor.office(), &order, &act, |_| {}).await {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => Ok(Err(for_pages(&refused.0))),
            Err(error) => Err(error.into()),
        },
    }
}

/// Reads what was confirmed, and refuses what is not the visitor's to say.
pub async fn wish(visitor: &Visitor, asked: &Confirmed, kind: &str) -> Result<Wish, Failure> {
    let office = visitor.office();
    let organisation = &visitor.seat()?.organisation;
    let layout = kinds::deliverable(&office.pack, organisation).find(|own| own.id == kind);
    if layout.is_none() {
        let text = "这种数据不由本单位报送，请重新选定种类".to_string();
        return Err(Failure::Refused(text));
    }
    let malformed = |what: &str, text: &str| Failure::Malformed(format!("{what}“{text}”不能识别"));
    let month = match asked.month.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| malformed("月份", text))?),
    };
    let unit = match asked.unit.as_str() {
        "" => None,
        text => Some(Unit::read(text).ok_or_else(|| malformed("单位", text))?),
    };
    let area = match (organisation, asked.area.as_str()) {
        // Areas hand in what is theirs, and nothing else.
        (Organisation::Area(own), _) => Some(*own),
        (_, "") => None,
        (_, text) => Some(text.parse().map_err(|_| malformed("范围", text))?),
    };
    let supersedes = match asked.supersedes.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| malformed("批次", text))?),
    };
    if let Some(id) = supersedes {
        let batch = deliveries::batch(office.db.reading(), id)
            .await
            .map_err(anyhow::Error::from)?;
        let is_own = batch.is_some_and(|batch| batch.organisation == organisation.id());
        if !is_own {
            let text = format!("本单位没有报送过第{id}批次，不能更正");
            return Err(Failure::Refused(text));
        }
    }
    Ok(Wish {
        kind: kind.to_string(),
        month,
        unit,
        area,
        supersedes,
    })
}

async fn page(
    visitor: &Visitor,
    file: File,
    asked: &Confirmed,
    kind: &str,
    fits: &[Fit],
    judged: Result<Judged, String>,
) -> Result<FilePage, Failure> {
    let office = visitor.office();
    let organisation = visitor.seat()?.organisation.clone();
    let own = own_batches(office, &organisation, kind).await?;
    let same_month = same_month(&own, asked, kind, file.id, &judged);
    let (preview, refusal) = match judged {
        Ok(judged) => (Some(preview(&judged)), None),
        Err(text) => (None, Some(text)),
    };
    let layout = office.pack.layout(kind);
    let has_unit = |kind: ColumnKind| {
        matches!(
            kind,
            ColumnKind::Money | ColumnKind::Electricity | ColumnKind::Gas
        )
    };
    let own_area = match organisation {
        Organisation::Area(code) => Some(office.pack.divisions.name(code)),
        _ => None,
    };
    let areas = office.pack.divisions.areas();
    let areas = areas.map(|area| (area.code.to_string(), area.name.clone()));
    Ok(FilePage {
        frame: visitor.frame("核对要报送的数据", "/indicators").await?,
        id: file.id,
        name: file.name,
        size: size(file.bytes),
        hash: file.hash.unwrap_or_default(),
        organisation: organisation.name(&office.pack, today()),
        recognised: recognised(office, kind, fits),
        kind: kind.to_string(),
        kinds: choices(
            kinds::deliverable(&office.pack, &organisation)
                .map(|layout| (layout.id.clone(), layout.name.clone())),
            kind,
        ),
        month: asked.month.clone(),
        units: choices(
            UNITS
                .iter()
                .map(|unit| (unit.to_string(), unit.to_string())),
            &asked.unit,
        ),
        wants_unit: layout
            .is_some_and(|layout| layout.columns.iter().any(|column| has_unit(column.kind))),
        areas: choices(areas, &asked.area),
        own_area,
        earlier: earlier(&own, &asked.supersedes),
        refusal,
        same_month,
        preview,
    })
}

/// The batch of the same month that a file may be the correction of, and the way to say so.
fn same_month(
    own: &[Batch],
    asked: &Confirmed,
    kind: &str,
    file: i64,
    judged: &Result<Judged, String>,
) -> Option<(i64, String)> {
    let month = judged.as_ref().ok()?.month;
    let is_said = !asked.supersedes.is_empty();
    let same = own.iter().find(|batch| batch.month == month && !is_said)?;
    let address = Address::of(format!("/indicators/files/{file}"))
        .with("kind", kind)
        .with("month", &asked.month)
        .with("unit", &asked.unit)
        .with("area", &asked.area)
        .with("supersedes", same.id);
    Some((same.id, address.to_string()))
}

fn recognised(office: &Office, kind: &str, fits: &[Fit]) -> String {
    match fits.iter().find(|fit| fit.kind == kind) {
        Some(fit) if fits.len() > 1 => format!(
            "按表头认出{}，{}列中对上{}列；也可以读作{}",
            kind_name(office, kind),
            fit.of,
            fit.columns,
            fits.iter()
                .filter(|other| other.kind != kind)
                .map(|other| kind_name(office, &other.kind))
                .collect::<Vec<_>>()
                .join("、")
        ),
        Some(fit) => format!(
            "按表头认出{}，{}列中对上{}列",
            kind_name(office, kind),
            fit.of,
            fit.columns
        ),
        None => "表头对不上".to_string(),
    }
}

/// Batches of a kind that an organisation handed in and that are in force, newest first: what
/// a correction could replace.
async fn own_batches(
    office: &Office,
    organisation: &Organisation,
    kind: &str,
) -> Result<Vec<Batch>, Failure> {
    let all = deliveries::batches(office.db.reading())
        .await
        .map_err(anyhow::Error::from)?;
    let own = organisation.id();
    let mut found = in_force(&all, today());
    found.retain(|batch| batch.kind == kind && batch.organisation == own);
    found.reverse();
    Ok(found)
}

fn earlier(own: &[Batch], chosen: &str) -> Vec<Choice> {
    let named = own.iter().map(|batch| {
        let text = format!(
            "第{}批次　{}　{}",
            batch.id,
            batch.month.in_words(),
            batch.file_name
        );
        (batch.id.to_string(), text)
    });
    choices(named, chosen)
}

/// A file that the visitor's own organisation handed in.
async fn own_file(visitor: &Visitor, id: i64) -> Result<File, Failure> {
    let file = programme::jobs::file(visitor.office().db.reading(), id)
        .await
        .map_err(anyhow::Error::from)?;
    let own = visitor.seat()?.organisation.id();
    let file = file.filter(|file| {
        file.organisation == own && file.role == Role::Given && file.sealed_at.is_some()
    });
    file.ok_or(Failure::NotHere)
}

/// A file with what was confirmed of it.
struct Ordered {
    file: i64,
    confirmed: Confirmed,
}

/// `POST /indicators/batches`: asks for the import of a file that was looked at.
pub async fn create_batch(visitor: Visitor, Form(ordered): Form<Vec<(String, String)>>) -> Outcome {
    let ordered = Ordered::read(&ordered)?;
    let file = own_file(&visitor, ordered.file).await?;
    if let Some(job) = file.job {
        return Ok(go_to(format!("/indicators/jobs/{job}")));
    }
    let wish = wish(&visitor, &ordered.confirmed, &ordered.confirmed.kind).await?;
    let work = Work::Import(ImportWork {
        file: file.id,
        sm3: file.hash.unwrap_or_default(),
        kind: wish.kind,
        month: wish.month.map(|month| month.to_string()),
        area: wish.area,
        unit: Some(ordered.confirmed.unit).filter(|unit| !unit.is_empty()),
        supersedes: wish.supersedes,
        received: today(),
    });
    // The file is what is asked for: pressing the button twice asks once.
    let key = format!("file-{}", file.id);
    let account = visitor.account().id;
    let act = visitor.act()?;
    let asked = jobs::ask(visitor.office(), &work, Some(account), Some(&key), &act).await?;
    Ok(go_to(format!("/indicators/jobs/{}", asked.job)))
}

impl Ordered {
    fn read(pairs: &[(String, String)]) -> Result<Ordered, Failure> {
        let text = |name: &str| {
            let found = pairs.iter().find(|(own, _)| own == name);
            found.map_or(String::new(), |(_, value)| value.trim().to_string())
        };
        let file = text("file").parse();
        Ok(Ordered {
            file: file.map_err(|_| nothing_chosen())?,
            confirmed: Confirmed {
                kind: text("kind"),
                month: text("month"),
                unit: text("unit"),
                area: text("area"),
                supersedes: text("supersedes"),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_readable;

    #[test]
    fn content_decides_what_is_taken() {
        let cases: [(&[u8], bool); 8] = [
            (b"PK\x03\x04....", true),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", true),
            ("统一社会信用代码,名称\r\n".as_bytes(), true),
            (b"\xCD\xB3\xD2\xBB,1\n", true),
            (b"\xFF\xFEa\x00", true),
            (b"%PDF-1.7", false),
            (b"\x7FELF\x02\x01\x01\x00", false),
            (b"\x89PNG\r\n\x1a\n\x00\x00", false),
        ];
        for (first, expected) in cases {
            assert_eq!(is_readable(first), expected, "{first:?}");
        }
    }
}
