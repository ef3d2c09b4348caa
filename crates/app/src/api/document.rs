//! The OpenAPI document: written from the code, kept beside it, and the same for everybody.

use super::problem::{self, Problem};
use super::{
    bulletins, deliveries, exchange, firm, firms, jobs, journal, me, measures, months, outlook,
    pool, snapshots, targets, verdicts, writes,
};
use crate::report::Report;
use crate::web::failure::{Failure, Outcome};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Content, HeaderBuilder, InfoBuilder, OpenApi as Written, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    paths(
        show_document,
        me::show_me,
        firms::list_firms,
        firm::show_firm,
        months::show_figures,
        verdicts::list_verdicts,
        verdicts::show_comparison,
        measures::list_measures,
        measures::show_measure,
        measures::list_measure_firms,
        outlook::list_warnings,
        pool::show_coverage,
        pool::list_members,
        pool::list_candidates,
        targets::show_progress,
        bulletins::list_bulletins,
        deliveries::list_deliveries,
        jobs::show_job,
        journal::list_lines,
        exchange::list_received,
        exchange::take_files,
        snapshots::list_snapshots,
        writes::pool::create_admissions,
        writes::pool::create_removals,
        writes::outcomes::create_outcome,
        writes::follow_ups::create_follow_up,
        writes::jobs::create_job,
        writes::deliveries::create_delivery,
    ),
    components(schemas(
        Problem,
        firms::DivisionCode,
        firms::IndustryCode,
        firms::SizeBound,
        firms::Word,
        writes::deliveries::DeliveryUnit
    )),
    tags(
        (name = "me", description = "本令牌"),
        (name = "firms", description = "企业"),
        (name = "measures", description = "政策措施"),
        (name = "outlook", description = "退规预警"),
        (name = "pool", description = "培育库"),
        (name = "targets", description = "目标进度"),
        (name = "bulletins", description = "通报"),
        (name = "deliveries", description = "来文数据"),
        (name = "jobs", description = "任务"),
        (name = "exchange", description = "名单交换"),
        (name = "journal", description = "日志"),
        (name = "snapshots", description = "快照"),
    ),
    modifiers(&Common),
)]
struct Document;

const DESCRIPTION: &str = "\
与页面相同的内容，供其他系统调用。每次请求在 Authorization 中带上令牌；看得到什么、办得了什么，与令牌所属岗位在页面上相同。
金额一律为整数分，字段名以 _fen 结尾；概率和比例写成 of 分之 part；没有收到的数据 state 为 unknown，不看原值的为 hidden。
长名单分页：答复中的 next 是下一页的游标，没有时为空。改动类请求须带 Idempotency-Key，重复提交只办一次。
办不成的一律答复 application/problem+json，detail 写明发生了什么、接下来怎么办。
本平台不代替联网直报，任何单位不得要求企业按指定数据填报。";

/// What all operations have in common.
struct Common;

/// Name of the way to say who asks.
const TOKEN: &str = "token";

impl Modify for Common {
    fn modify(&self, document: &mut Written) {
        document.info = InfoBuilder::new()
            .title("升规通接口")
            .version("1")
            .description(Some(DESCRIPTION))
            .build();
        let components = document.components.get_or_insert_default();
        let scheme = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("在账号页面生成的令牌，有权限和期限"))
            .build();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(scheme));
        for (path, item) in &mut document.paths.paths {
            let is_open = path.ends_with("/openapi.json");
            for (operation, is_writing) in operations(item) {
                describe(operation, is_writing, is_open, path.contains('{'));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    let reading = item.get.iter_mut().map(|operation| (operation, false));
    let writing = item.post.iter_mut().map(|operation| (operation, true));
    reading.chain(writing)
}

/// Statuses of errors that an operation may have.
fn describe(operation: &mut Operation, is_writing: bool, is_open: bool, is_of_one: bool) {
    let mut statuses = vec![400, 429, 500];
    if !is_open {
        let requirement = utoipa::openapi::SecurityRequirement::new::<_, _, String>(TOKEN, []);
        operation.security = Some(vec![requirement]);
        statuses.extend([401, 403, 409]);
    }
    if is_of_one || is_writing {
        statuses.push(404);
    }
    if is_writing {
        statuses.extend([413, 415, 422]);
    }
    for status in statuses {
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), RefOr::T(response(status)));
    }
}

fn response(status: u16) -> Response {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    let mut response = ResponseBuilder::new()
        .description(problem::title(status))
        .content(problem::KIND, content);
    let header = match status {
        401 => Some(("WWW-Authenticate", "令牌的写法")),
        429 => Some(("Retry-After", "过多少秒再试")),
        _ => None,
    };
    if let Some((name, description)) = header {
        let header = HeaderBuilder::new().description(Some(description));
        response = response.header(name, header.build());
    }
    response.build()
}

/// The document as it is kept and sent.
pub fn text() -> Result<String, Failure> {
    let written = Document::openapi().to_pretty_json();
    let text = written.map_err(|error| Failure::World(error.into()))?;
    Ok(text + "\n")
}

/// `shenggui api document`.
pub fn command() -> anyhow::Result<Report> {
    Ok(Report::statement(text()?))
}

#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "me", operation_id = "show_document",
    summary = "本文档",
    responses((status = 200, description = "OpenAPI 3.1 文档", body = DocumentText)),
)]
pub async fn show_document() -> Outcome {
    Ok(crate::page::sent(
        axum::http::StatusCode::OK,
        super::answer::JSON,
        text()?,
    ))
}

/// OpenAPI 3.1 文档。
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "a schema")]
pub struct DocumentText {
    openapi: String,
}
