//! Roles with what they may open and do, and what each right means.
//!
//! Example: `roles.md`.

use super::page::{Page, cell, code, first_comment, table};
use rules::pack::Pack;
use rules::pack::roles::{Right, RoleRegion};

/// The page of roles.
pub fn page(pack: &Pack) -> Page {
    let mut page = Page::new("roles.md", "岗位与权限");
    for sentence in first_comment(pack, "roles.toml") {
        page.line(&sentence);
    }
    let rows = pack.roles.iter().map(|role| {
        let rights = role.rights.iter().map(|right| right.name());
        let region = match role.region {
            RoleRegion::Province => "全省",
            RoleRegion::Own => "本地",
            RoleRegion::Itself => "本企业",
            RoleRegion::None => "不看企业",
        };
        vec![
            cell(&role.name),
            code(&role.id),
            cell(&role.organisations.join("、")),
            region.to_string(),
            cell(if role.keeper { "三员之一" } else { "" }),
            cell(&rights.collect::<Vec<_>>().join("、")),
        ]
    });
    let head = ["岗位", "标识", "单位", "看得到的企业", "三员", "权限"];
    page.part(&table(&head, rows));
    page.heading("权限");
    let rows = Right::all().map(|right| vec![code(right.id()), cell(right.name())]);
    page.part(&table(&["写法", "可以做什么"], rows));
    page
}
