//! The document as one self-contained page: no scripts, no files, readable on a phone.
//!
//! Every figure is a link to its line under 数据出处; the other way back is the browser's.

mod chart;

use programme::bulletins::chart::Chart;
use programme::bulletins::document::{
    Annex, Block, Cell, Document, RowWeight, Source, Span, Table, TableRow,
};

use super::header::{self, HeaderCell};
use super::wording::{self, escape};

const STYLE: &str = include_str!("html/page.css");

/// The whole page.
pub fn render(document: &Document) -> String {
    let page = Page {
        sources: &document.sources,
    };
    let mut body = String::new();
    if let Some(banner) = &document.banner {
        body.push_str(&element("p", "banner", banner));
    }
    body.push_str(&page.letter(document));
    for (index, annex) in document.annexes.iter().enumerate() {
        body.push_str(&page.annex(annex, index, document.annexes.len()));
    }
    body.push_str(&colophon(document));
    body.push_str(&origins(&document.sources));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n\
         </body>\n</html>\n",
        escape(&document.title.concat())
    )
}

/// What a figure needs to name its origin.
struct Page<'a> {
    sources: &'a [Source],
}

impl Page<'_> {
    /// From the masthead to the remark.
    fn letter(&self, document: &Document) -> String {
        let mut text = String::from("<article>\n<header>\n");
        text.push_str(&element("p", "masthead", &document.masthead));
        text.push_str(&element("p", "document-number", wording::number(document)));
        let lines: Vec<String> = document.title.iter().map(|line| escape(line)).collect();
        text.push_str(&format!("<h1>{}</h1>\n</header>\n", lines.join("<br>")));
        text.push_str(&element(
            "p",
            "addressees",
            &format!("{}：", document.addressees),
        ));
        text.push_str(&self.blocks(&document.body, "text"));
        text.push_str(&annex_list(&document.annexes));
        text.push_str(&format!(
            "<div class=\"signature\"><div>\n{}{}</div></div>\n",
            element("p", "", &document.signature),
            element("p", "", &wording::date(document.date))
        ));
        if let Some(remark) = &document.remark {
            text.push_str(&element("p", "", &format!("（{remark}）")));
        }
        text.push_str("</article>\n");
        text
    }

    /// `part` tells the drawings of text and annexes apart.
    fn blocks(&self, blocks: &[Block], part: &str) -> String {
        blocks
            .iter()
            .enumerate()
            .map(|(index, block)| match block {
                Block::Heading { level, text } => {
                    // h1 is the title, so level 1 is h2.
                    element(&format!("h{}", level.clamp(&1, &4) + 1), "", text)
                }
                Block::Paragraph(spans) => {
                    let spans: String = spans.iter().map(|span| self.span(span)).collect();
                    format!("<p>{spans}</p>\n")
                }
                Block::Chart(chart) => self.figure(chart, &format!("{part}-chart-{index}")),
            })
            .collect()
    }

    /// Title, drawing, and the values one click away.
    fn figure(&self, chart: &Chart, id: &str) -> String {
        let title = match chart.source() {
            None => escape(chart.title()),
            Some(source) => self.span(&Span::Figure {
                text: chart.title().to_string(),
                source,
            }),
        };
        let values = match chart.is_empty() {
            true => String::new(),
            false => format!(
                "<details><summary>查看数据</summary>\n{}</details>\n",
                table_box(&chart.table(), chart.title())
            ),
        };
        format!(
            "<figure>\n<figcaption>{title}</figcaption>\n<div class=\"drawing\">\n{}</div>\n\
             {values}</figure>\n",
            chart::drawing(chart, id)
        )
    }

    fn span(&self, span: &Span) -> String {
        match span {
            Span::Text(text) => escape(text),
            Span::Figure { text, source } => {
                let title = match self.sources.iter().find(|known| known.number == *source) {
                    Some(known) => format!("出处{source}：{}（{}）", known.what, known.snapshot),
                    None => format!("出处{source}"),
                };
                format!(
                    "<a class=\"figure\" href=\"#source-{source}\" title=\"{}\">{}</a>",
                    escape(&title),
                    escape(text)
                )
            }
        }
    }

    fn annex(&self, annex: &Annex, index: usize, annexes: usize) -> String {
        let class = if annex.landscape {
            "annex wide"
        } else {
            "annex"
        };
        let mut text = format!("<section class=\"{class}\" id=\"annex-{}\">\n", index + 1);
        text.push_str(&element("p", "mark", &wording::annex_mark(index, annexes)));
        text.push_str(&element("h2", "title", &annex.title));
        if let Some(standing) = &annex.standing {
            text.push_str(&element("p", "standing", &format!("（{standing}）")));
        }
        text.push_str(&self.blocks(&annex.body, &format!("annex-{}", index + 1)));
        if let Some(table) = &annex.table {
            text.push_str(&table_box(table, &annex.title));
        }
        text.push_str("</section>\n");
        text
    }
}

/// An element with escaped text; an empty class is left out.
fn element(tag: &str, class: &str, text: &str) -> String {
    let class = match class {
        "" => String::new(),
        class => format!(" class=\"{class}\""),
    };
    format!("<{tag}{class}>{}</{tag}>\n", escape(text))
}

fn annex_list(annexes: &[Annex]) -> String {
    if annexes.is_empty() {
        return String::new();
    }
    let entries: String = annexes
        .iter()
        .enumerate()
        .map(|(index, annex)| {
            let place = index + 1;
            let number = match annexes.len() {
                1 => String::new(),
                _ => format!("{place}. "),
            };
            format!(
                "<li>{number}<a href=\"#annex-{place}\">{}</a></li>\n",
                escape(&annex.title)
            )
        })
        .collect();
    format!("<div class=\"annexes\"><span>附件：</span><ul>\n{entries}</ul></div>\n")
}

/// The table in a box that scrolls by itself; the box can be reached by keyboard.
fn table_box(table: &Table, title: &str) -> String {
    let unit = table
        .unit
        .as_ref()
        .map(|unit| element("p", "unit", unit))
        .unwrap_or_default();
    let name = name_column(table);
    let head: String = header::rows(&table.columns)
        .iter()
        .map(|row| {
            let cells: String = row.iter().map(|cell| header_cell(cell, name)).collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    let rows: String = table
        .rows
        .iter()
        .map(|row| body_row(table, row, name))
        .collect();
    let notes: String = table
        .notes
        .iter()
        .map(|note| element("p", "note", note))
        .collect();
    format!(
        "{unit}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n\
         <thead>\n{head}</thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n{notes}",
        escape(title)
    )
}

/// The first column that names every row. It stays in sight when the table is scrolled sideways.
fn name_column(table: &Table) -> Option<usize> {
    let names = |cell: Option<&Cell>| matches!(cell, Some(Cell::Text(text)) if !text.is_empty());
    (0..table.columns.len())
        .find(|column| table.rows.iter().all(|row| names(row.cells.get(*column))))
}

fn header_cell(cell: &HeaderCell<'_>, name: Option<usize>) -> String {
    let span = |name: &str, count: usize| match count {
        1 => String::new(),
        count => format!(" {name}=\"{count}\""),
    };
    let scope = if cell.columns == 1 { "col" } else { "colgroup" };
    format!(
        "<th scope=\"{scope}\"{}{}{}>{}</th>",
        if Some(cell.column) == name && cell.columns == 1 {
            " class=\"name\""
        } else {
            ""
        },
        span("colspan", cell.columns),
        span("rowspan", cell.rows),
        escape(cell.label)
    )
}

fn body_row(table: &Table, row: &TableRow, name: Option<usize>) -> String {
    let class = match row.weight {
        RowWeight::Total => " class=\"total\"",
        RowWeight::Group => " class=\"group\"",
        RowWeight::Plain => "",
    };
    let cells: String = (0..table.columns.len())
        .map(|column| {
            let cell = row.cells.get(column).unwrap_or(&Cell::Empty);
            let class = match wording::is_right_aligned(table, column, cell) {
                true => " class=\"number\"",
                false if Some(column) == name => " class=\"name\"",
                false => "",
            };
            format!("<td{class}>{}</td>", escape(&wording::cell(cell)))
        })
        .collect();
    format!("<tr{class}>{cells}</tr>\n")
}

fn colophon(document: &Document) -> String {
    let copies = match &document.copies_to {
        Some(copies) => element(
            "p",
            "copies",
            &format!("抄送：{}。", copies.trim_end_matches('。')),
        ),
        None => String::new(),
    };
    format!(
        "<footer>\n{copies}<p class=\"printing\"><span>{}</span><span>{}印发</span></p>\n</footer>\n",
        escape(&document.printed_by),
        wording::date(document.printed_on)
    )
}

/// 数据出处: a list and not a table, so that long commands wrap on a phone.
fn origins(sources: &[Source]) -> String {
    if sources.is_empty() {
        return String::new();
    }
    let entries: String = sources
        .iter()
        .map(|source| {
            format!(
                "<li id=\"source-{0}\" value=\"{0}\"><span class=\"what\">{1}</span>：\
                 <b>{2}</b><br><span class=\"label\">查询方式</span> <code>{3}</code><br>\
                 <span class=\"label\">快照</span> {4}</li>\n",
                source.number,
                escape(&source.what),
                escape(&source.value),
                escape(&source.query),
                escape(&source.snapshot)
            )
        })
        .collect();
    format!(
        "<section class=\"origins\">\n<h2>数据出处</h2>\n\
         <p class=\"lead\">点击正文中带下划点线的数字可到达此处。</p>\n<ol>\n{entries}</ol>\n</section>\n"
    )
}

#[cfg(test)]
mod tests;
