//! The reference of a pack in Markdown: facts, parameters, the language of conditions,
//! measures, the points card. Written from the pack alone, so that nobody keeps it up by hand.
//!
//! It knows no firm and no day; the same pack gives the same pages.
//! Example: `shenggui pack reference --out docs/reference`.

mod facts;
mod language;
mod measures;
mod page;
mod parameters;
mod roles;
mod warnings;

use crate::cli::PackSource;
use crate::office::{pack_files, read_pack};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use page::{Page, cell, table};
use rules::pack::Pack;
use std::path::Path;

/// `shenggui pack reference`.
pub fn write(source: &PackSource, folder: &Path) -> Result<Report> {
    let pack = read_pack(pack_files(source, None)?)?;
    let shown = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("目录“{shown}”不能建立"))?;
    let pages = pages(&pack);
    for page in &pages {
        let path = folder.join(&page.file);
        std::fs::write(&path, &page.text)
            .with_context(|| format!("“{}”不能写入", path.display()))?;
    }
    Ok(Report::new(format!("参考页已写到：{shown}"))
        .fact("pages", "页", Field::Count(pages.len() as i64))
        .fact(
            "pack",
            "政策包",
            Field::text(format!("{}（{}）", pack.about.name, pack.about.edition)),
        )
        .note(format!("从这一页看起：{shown}/README.md")))
}

/// All pages of a pack, the first of them the list of the others.
fn pages(pack: &Pack) -> Vec<Page> {
    let mut pages = facts::pages(pack);
    pages.extend(parameters::pages(pack));
    pages.push(language::page());
    pages.push(measures::page(pack));
    pages.push(warnings::page(pack));
    pages.push(roles::page(pack));
    let mut first = Page::new("README.md", &format!("{}参考", pack.about.name));
    first.line("写政策措施时查这几页：能用哪些事实、参数，条件怎样写，已有哪些措施。");
    first.line("怎样新增一项措施，见 `docs/guide/add-a-measure.md`。");
    let rows = pages.iter().map(|page| {
        let link = format!("[{0}]({0})", page.file);
        vec![link, cell(&page.title)]
    });
    first.part(&table(&["页", "内容"], rows));
    pages.insert(0, first);
    pages
}
