//! The list of firms: the same query as the page, in pages with a cursor.

use super::answer::{Stamp, answer};
use super::asked::{self, LINE_MAX};
use super::cursor::Pages;
use super::figure::Figure;
use crate::office::Office;
use crate::reader::Reader;
use crate::register::book::{self, Book, Pool};
use crate::register::columns::Column;
use crate::register::listing;
use crate::register::wanted::{Wanted, WantedRefusal, read};
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::RawQuery;
use programme::pool::last_act;
use rules::measures::Verdict;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// 企业名单的一页。
#[derive(Serialize, ToSchema)]
pub struct FirmPage {
    pub stamp: Stamp,
    /// 符合条件的企业共多少家。
    pub count: u64,
    /// 各列，与每家企业的 figures 逐项对应。
    pub columns: Vec<ListColumn>,
    pub firms: Vec<ListedFirm>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 名单的一列。
#[derive(Serialize, ToSchema)]
pub struct ListColumn {
    /// 查询中用的名称。
    pub id: String,
    pub heading: String,
}

/// 名单里的一家企业。
#[derive(Serialize, ToSchema)]
pub struct ListedFirm {
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    pub figures: Vec<Figure>,
}

/// Keys as the document describes them; they are read by [`Query`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(
    dead_code,
    reason = "only its description is used: keys may stand several times"
)]
pub struct FirmQuery {
    /// 名称、拼音首字母或信用代码的一部分。
    #[param(value_type = String, required = false, min_length = 1, max_length = 100, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    q: String,
    /// 省辖市代码，可重复。
    #[param(value_type = Vec<DivisionCode>, required = false, max_items = 50)]
    area: Vec<String>,
    /// 县（市、区）代码，可重复。
    #[param(value_type = Vec<DivisionCode>, required = false, max_items = 50)]
    county: Vec<String>,
    /// 开发区代码，可重复。
    #[param(value_type = Vec<DivisionCode>, required = false, max_items = 50)]
    zone: Vec<String>,
    /// 行业：门类字母、两位大类或四位小类代码，可重复。
    #[param(value_type = Vec<IndustryCode>, required = false, max_items = 50)]
    industry: Vec<String>,
    /// 阶段，可重复。
    #[param(value_type = Vec<Word>, required = false, max_items = 50)]
    stage: Vec<String>,
    /// 阶段内的类型，例如 in_scale.first，可重复。
    #[param(value_type = Vec<Word>, required = false, max_items = 50)]
    kind: Vec<String>,
    /// 培育类别，例如 A，可重复。
    #[param(value_type = Vec<Word>, required = false, max_items = 50)]
    class: Vec<String>,
    /// 从业人数所在档次的下限，可重复。
    #[param(value_type = Vec<SizeBound>, required = false, max_items = 50)]
    size: Vec<String>,
    /// 政策措施的标识；不写 verdict 时取可享、裁量和依地方细则的企业。
    #[param(value_type = String, required = false, pattern = "^[a-z][a-z0-9-]{0,79}$")]
    measure: String,
    /// 结论，与 measure 同用，可重复。
    #[param(value_type = Vec<super::verdicts::VerdictName>, required = false, max_items = 50)]
    verdict: Vec<String>,
    /// 预警级别，可重复。
    #[param(value_type = Vec<Word>, required = false, max_items = 50)]
    warning: Vec<String>,
    /// 培育库，可重复。
    #[param(value_type = Vec<super::pool::PoolState>, required = false, max_items = 50)]
    pool: Vec<String>,
    /// 自定义条件，写法与政策包相同，例如 persons >= 50。
    #[param(value_type = String, required = false, min_length = 1, max_length = 2000, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    r#where: String,
    /// 排序的列，前加 - 为从大到小。
    #[param(value_type = String, required = false, pattern = "^-?[a-z][a-z0-9_]{0,79}$")]
    sort: String,
    /// 要哪些列，以逗号分开，最多 40 列。
    #[param(value_type = String, required = false, max_length = 2000, pattern = "^[a-z][a-z0-9_]{0,79}(,[a-z][a-z0-9_]{0,79}){0,39}$")]
    columns: String,
    /// 每页家数，不写为 100。
    #[param(value_type = u16, required = false, minimum = 1, maximum = 500, default = 100)]
    limit: String,
    /// 上一页给出的游标。
    #[param(value_type = String, required = false, pattern = "^[0-9a-f]{25,40}$")]
    cursor: String,
    /// 用途；列中有税务或统计原值时必须写明，记入日志。
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    purpose: String,
}

/// 六位区划代码。
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{6}$")]
#[allow(dead_code, reason = "a schema")]
pub struct DivisionCode(String);

/// 国民经济行业：门类字母、两位大类或四位小类。
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^([A-Z]|[0-9]{2}|[0-9]{4})$")]
#[allow(dead_code, reason = "a schema")]
pub struct IndustryCode(String);

/// 政策包中的标识。
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[A-Za-z][A-Za-z0-9_.-]{0,79}$")]
#[allow(dead_code, reason = "a schema")]
pub struct Word(String);

/// 人数档次的下限。
#[derive(ToSchema)]
#[schema(value_type = u32, minimum = 0, maximum = 999_999_999)]
#[allow(dead_code, reason = "a schema")]
pub struct SizeBound(u32);

/// A query as it came, each part of the form that the document describes.
struct Query {
    /// What the list itself reads.
    list: String,
    limit: usize,
    cursor: Option<String>,
    purpose: Option<String>,
}

fn query(text: &str) -> Result<Query, Failure> {
    let mut list = form_urlencoded::Serializer::new(String::new());
    let mut read = Query {
        list: String::new(),
        limit: super::cursor::LIMIT_USUAL,
        cursor: None,
        purpose: None,
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (key, value) in form_urlencoded::parse(text.as_bytes()) {
        let fault = || Failure::Malformed(format!("查询参数“{key}”不符合要求，请对照接口文档核对"));
        let count = counts.entry(key.to_string()).or_default();
        *count += 1;
        let most = if SINGLE.contains(&key.as_ref()) {
            1
        } else {
            VALUES_MAX
        };
        if !is_formed(&key, &value) || *count > most {
            return Err(fault());
        }
        match key.as_ref() {
            "limit" => read.limit = asked::limit(&value).ok_or_else(fault)?.0,
            "cursor" => read.cursor = Some(value.to_string()),
            "purpose" => read.purpose = Some(value.to_string()),
            _ => {
                list.append_pair(&key, &value);
            }
        }
    }
    read.list = list.finish();
    Ok(read)
}

/// Values of one key.
const VALUES_MAX: usize = 50;
/// Keys that stand once.
const SINGLE: [&str; 8] = [
    "q", "measure", "where", "sort", "columns", "limit", "cursor", "purpose",
];

/// Whether a value has the form that the document gives its key.
fn is_formed(key: &str, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    match key {
        "q" => asked::is_line(value, 100),
        "where" => asked::is_line(value, 2000),
        "purpose" => asked::is_line(value, LINE_MAX),
        "area" | "county" | "zone" => asked::division(value).is_some(),
        "industry" => {
            let is_section =
                value.len() == 1 && value.bytes().all(|sign| sign.is_ascii_uppercase());
            is_section || (matches!(value.len(), 2 | 4) && digits(value))
        }
        "size" => digits(value) && value.len() <= 9,
        "measure" => is_measure(value),
        "stage" | "kind" | "class" | "warning" => is_word(value, b"_.-"),
        "verdict" => Verdict::ALL.iter().any(|verdict| verdict.id() == value),
        "pool" => Pool::ALL.iter().any(|pool| pool.id() == value),
        "sort" => is_column(value.strip_prefix('-').unwrap_or(value)),
        "columns" => value.len() <= 2000 && value.split(',').all(is_column),
        "limit" => asked::limit(value).is_some(),
        "cursor" => asked::is_cursor(value),
        _ => false,
    }
}

/// Whether a text may be the id of a measure.
pub fn is_measure(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    let is_sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    begins && text.len() <= 80 && text.bytes().all(is_sign)
}

/// Whether a text may be an id of the pack.
pub fn is_word(text: &str, others: &[u8]) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let mut signs = text.bytes();
    begins
        && text.len() <= 80
        && signs.all(|sign| sign.is_ascii_alphanumeric() || others.contains(&sign))
}

fn is_column(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    let mut signs = text.bytes();
    let is_sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_';
    begins && text.len() <= 80 && signs.all(is_sign)
}

#[utoipa::path(
    get, path = "/api/v1/firms", tag = "firms", operation_id = "list_firms",
    summary = "企业名单",
    description = "条件、列和排序与“企业”页面相同。看不到原值的列给档次，也不能用作条件或排序。",
    params(FirmQuery),
    responses((status = 200, description = "名单的一页", body = FirmPage)),
)]
pub async fn list_firms(visitor: Visitor, RawQuery(text): RawQuery) -> Outcome {
    let query = query(&text.unwrap_or_default())?;
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let book = book::open(office, &reader.scope).await?;
    let wanted = wanted(&book, &query.list)?;
    let columns = listing::columns(&book.seen, &wanted);
    state_purpose(office, &reader, &book, &columns, query.purpose.as_deref()).await?;
    let pages = pages(&visitor, &book, &wanted.query()).await?;
    let listing = listing::find(&book, &wanted).map_err(refused)?;
    let (places, next) = pages.cut(query.cursor.as_deref(), query.limit, listing.count)?;
    let firms = listing.firms(places).into_iter().map(|firm| ListedFirm {
        uscc: book.seen.uscc(firm).to_string(),
        figures: columns
            .iter()
            .map(|column| Figure::of_cell(&book, firm, *column))
            .collect(),
    });
    answer(&FirmPage {
        stamp: Stamp::of(&book.snapshot),
        count: listing.count as u64,
        firms: firms.collect(),
        columns: columns
            .iter()
            .map(|column| ListColumn {
                id: column.id(&book.pack).to_string(),
                heading: column.heading(&book.pack),
            })
            .collect(),
        next,
    })
}

/// Reads what is wanted; a key that the document does not know is no query at all.
pub fn wanted(book: &Book, query: &str) -> Result<Wanted, Failure> {
    read(query, &book.seen).map_err(|refusals| {
        let is_malformed = |refusal: &WantedRefusal| {
            matches!(refusal, WantedRefusal::Key(_) | WantedRefusal::Long)
        };
        let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        match refusals.iter().any(is_malformed) {
            true => Failure::Malformed(texts.join("；")),
            false => Failure::Refused(texts.join("；")),
        }
    })
}

pub fn refused(refusal: WantedRefusal) -> Failure {
    Failure::Refused(refusal.to_string())
}

/// Pages of a list: they hold for a snapshot, a day, the records of the pool and a query.
pub async fn pages(visitor: &Visitor, book: &Book, query: &str) -> Result<Pages, Failure> {
    let through = last_act(visitor.office().db.reading()).await?;
    let parts = [
        book.snapshot.id.to_string(),
        book.on.to_string(),
        through.to_string(),
    ];
    let parts = parts.each_ref().map(String::as_str);
    Pages::new(visitor, &[parts[0], parts[1], parts[2], query])
}

/// Writes the purpose down where the columns have figures whose every reading is.
async fn state_purpose(
    office: &Office,
    reader: &Reader,
    book: &Book,
    columns: &[Column],
    purpose: Option<&str>,
) -> Result<(), Failure> {
    let guarded = columns
        .iter()
        .filter(|column| column.is_guarded(&book.seen));
    let guarded: Vec<String> = guarded.map(|column| column.heading(&book.pack)).collect();
    if guarded.is_empty() {
        return Ok(());
    }
    let Some(purpose) = purpose.filter(|text| !text.trim().is_empty()) else {
        return Err(Failure::Refused(format!(
            "名单含{}，请用参数 purpose 写明用途，用途记入日志",
            guarded.join("、")
        )));
    };
    let subject = format!("企业名单（{}）", guarded.join("、"));
    reader.state_purpose(office, subject, Some(purpose)).await?;
    Ok(())
}
