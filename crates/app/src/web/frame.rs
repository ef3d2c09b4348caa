//! What every page has around it: navigation, person, posts, the stamp of the data.

use super::assets::Assets;
use super::visitor::Visitor;
use rules::pack::roles::Right;

/// The frame around a page's content.
#[derive(Debug, Clone)]
pub struct Frame {
    pub title: String,
    /// “演示数据” on a demonstration province.
    pub banner: Option<String>,
    pub site: String,
    pub groups: Vec<NavigationGroup>,
    pub person: Option<Person>,
    pub can_search: bool,
    /// Unread notices.
    pub notices: usize,
    pub stamp: Option<String>,
    pub is_enterprise: bool,
    pub assets: Assets,
    pub flash: Option<Flash>,
}

#[derive(Debug, Clone)]
pub struct NavigationGroup {
    pub title: String,
    pub entries: Vec<NavigationEntry>,
}

#[derive(Debug, Clone)]
pub struct NavigationEntry {
    pub address: String,
    pub text: String,
    pub is_current: bool,
    pub count: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub post: String,
    pub posts: Vec<PostChoice>,
}

#[derive(Debug, Clone)]
pub struct PostChoice {
    pub id: i64,
    pub name: String,
    pub is_current: bool,
}

/// What became of the act before.
#[derive(Debug, Clone)]
pub struct Flash {
    /// `done`, `refusal` or `notice`.
    pub kind: String,
    pub text: String,
}

impl Flash {
    pub fn done(text: impl Into<String>) -> Flash {
        Flash {
            kind: "done".to_string(),
            text: text.into(),
        }
    }

    pub fn refusal(text: impl Into<String>) -> Flash {
        Flash {
            kind: "refusal".to_string(),
            text: text.into(),
        }
    }
}

/// A page: address, words, and the right that opens it.
type Entry = (&'static str, &'static str, Right);

/// Pages by group.
const NAVIGATION: &[(&str, &[Entry])] = &[
    ("方案", &[("/", "方案进展", Right::Plan)]),
    (
        "企业",
        &[
            ("/outlook", "地图", Right::Map),
            ("/register", "企业", Right::Firms),
            ("/pool", "培育库", Right::Pool),
            ("/outlook/warnings", "退规预警", Right::Warnings),
            ("/own", "本企业", Right::OwnFirm),
        ],
    ),
    ("政策", &[("/measures", "政策措施", Right::Measures)]),
    (
        "办事",
        &[
            ("/exchange", "名单交换", Right::Exchange),
            ("/exchange/lists", "领取名单", Right::ReceiveLists),
        ],
    ),
    (
        "督导",
        &[
            ("/targets", "目标进度", Right::Targets),
            ("/bulletins", "通报", Right::Bulletins),
        ],
    ),
    ("数据", &[("/indicators", "来文数据", Right::Deliveries)]),
    (
        "管理",
        &[
            ("/people", "人员", Right::Accounts),
            ("/people/grants", "岗位", Right::Grants),
            ("/people/invitations", "企业认领", Right::Invite),
            ("/journal", "日志", Right::Journal),
            ("/settings", "设置", Right::Settings),
        ],
    ),
];

/// The groups of pages that a visitor may open; `current` is the address of one of them.
pub fn navigation(visitor: &Visitor, current: &str) -> Vec<NavigationGroup> {
    let groups = NAVIGATION.iter().map(|(title, pages)| NavigationGroup {
        title: (*title).to_string(),
        entries: pages
            .iter()
            .filter(|(_, _, right)| visitor.may(*right))
            .map(|(address, text, _)| NavigationEntry {
                address: (*address).to_string(),
                text: (*text).to_string(),
                is_current: *address == current,
                count: None,
            })
            .collect(),
    });
    groups.filter(|group| !group.entries.is_empty()).collect()
}

/// The first page that a visitor may open.
pub fn home(visitor: &Visitor) -> &'static str {
    let pages = NAVIGATION.iter().flat_map(|(_, pages)| pages.iter());
    let mut open = pages.filter(|(_, _, right)| visitor.may(*right));
    open.next().map_or("/account", |(address, _, _)| address)
}
