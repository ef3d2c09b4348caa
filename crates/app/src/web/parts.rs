//! What many pages show: choices of a form, filters that are set, pages of a list, files to
//! take away.

use super::address::{Address, percent};
use super::failure::Outcome;
use crate::page::sent;
use crate::report::Report;
use crate::workbook::{Pipe, pipe};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use rules::money::grouped;
use std::io;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

/// One of several that a form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub is_chosen: bool,
}

/// Choices of a form from values and their words.
pub fn choices(all: impl Iterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    all.map(|(value, text)| Choice {
        is_chosen: value == chosen,
        value,
        text,
    })
    .collect()
}

/// A filter that is set, with the address of the page without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub label: String,
    pub value: String,
    pub without: String,
}

/// A way to a neighbouring page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub address: String,
    pub text: String,
    pub is_current: bool,
}

impl Way {
    pub fn to(address: impl ToString, text: impl Into<String>, is_current: bool) -> Way {
        Way {
            address: address.to_string(),
            text: text.into(),
            is_current,
        }
    }
}

/// Pages of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    from: usize,
    to: usize,
    pub range: String,
    pub total: String,
    pub measure: &'static str,
    pub previous: String,
    pub next: String,
    pub links: Vec<Way>,
    pub is_needed: bool,
}

/// Page numbers beside the current one.
const NEAR: usize = 2;

impl Pager {
    /// The page `asked` (from 1; whatever else is asked is the first or the last) of `total`.
    pub fn of(
        address: &Address,
        asked: usize,
        size: usize,
        total: usize,
        measure: &'static str,
    ) -> Pager {
        let pages = total.div_ceil(size).max(1);
        let page = asked.clamp(1, pages);
        let from = (page - 1) * size;
        let to = (from + size).min(total);
        let at = |page: usize| match page {
            1 => address.without("page").to_string(),
            page => address.with("page", page).to_string(),
        };
        let near = page.saturating_sub(NEAR).max(1)..=(page + NEAR).min(pages);
        let links = near.map(|own| Way::to(at(own), own.to_string(), own == page));
        Pager {
            from,
            to,
            range: match total {
                0 => "0".to_string(),
                _ => format!("{}–{}", grouped(from as u64 + 1), grouped(to as u64)),
            },
            total: grouped(total as u64),
            measure,
            previous: match page {
                1 => String::new(),
                page => at(page - 1),
            },
            next: match page == pages {
                true => String::new(),
                false => at(page + 1),
            },
            links: links.collect(),
            is_needed: pages > 1,
        }
    }

    /// The part of all hits that the page shows.
    pub fn cut<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        &all[self.from.min(all.len())..self.to.min(all.len())]
    }
}

/// An answer for programs.
pub fn answer_json(report: &Report) -> Outcome {
    let text = report.json().to_string();
    Ok(sent(
        StatusCode::OK,
        "application/json; charset=utf-8",
        text,
    ))
}

/// A file to take away, under its own name.
pub fn file(name: &str, bytes: impl Into<Body>) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("csv") => "text/csv",
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    };
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let text = format!(
        "attachment; filename*=UTF-8''{}",
        percent(name).replace('/', "%2F")
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A file that is sent while it is written, on a thread that may wait.
pub fn written(
    name: &str,
    write: impl FnOnce(Pipe) -> io::Result<()> + Send + 'static,
) -> Response {
    let (to, from) = pipe();
    let writing = tokio::task::spawn_blocking(move || write(to));
    file(name, body(from, writing))
}

type Sending = Option<(Receiver<Vec<u8>>, JoinHandle<io::Result<()>>)>;

/// What comes through the pipe; where the writer has failed, the transfer fails too, so that
/// half a file is never taken for a whole one.
fn body(from: Receiver<Vec<u8>>, writing: JoinHandle<io::Result<()>>) -> Body {
    let pieces = unfold(Some((from, writing)), |sending: Sending| async {
        let (mut from, writing) = sending?;
        if let Some(piece) = from.recv().await {
            return Some((Ok(Bytes::from(piece)), Some((from, writing))));
        }
        let failed = match writing.await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error,
            Err(error) => io::Error::other(error),
        };
        Some((Err(failed), None))
    });
    Body::from_stream(pieces)
}

/// To another page after something was done.
pub fn go_to(address: impl ToString) -> Response {
    axum::response::Redirect::to(&address.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::{Address, Pager};

    #[test]
    fn whatever_page_is_asked_there_is_one() {
        let cases = [
            (0, 120, "1–50", "", "/x?page=2"),
            (2, 120, "51–100", "/x", "/x?page=3"),
            (9, 120, "101–120", "/x?page=2", ""),
            (1, 0, "0", "", ""),
        ];
        for (asked, total, range, previous, next) in cases {
            let pager = Pager::of(&Address::of("/x"), asked, 50, total, "家");
            assert_eq!(pager.range, range, "{asked} of {total}");
            assert_eq!(pager.previous, previous, "{asked} of {total}");
            assert_eq!(pager.next, next, "{asked} of {total}");
        }
    }
}
