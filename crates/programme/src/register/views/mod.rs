//! Views of the list of firms that an account keeps under a name: filters, order and columns.
//!
//! A view holds what was asked and no answer; what it shows is computed when it is opened, for
//! whoever opens it.

mod store;

pub use store::{delete_view, save_view, views_of};

/// Views that one account may keep.
pub const VIEWS_MAX: usize = 50;
/// Signs of a name.
pub const NAME_MAX: usize = 30;
/// Signs of a query.
pub const QUERY_MAX: usize = 4_000;

/// One kept view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub id: i64,
    pub name: String,
    /// As it stands behind the question mark of an address.
    pub query: String,
    /// When it was kept, in seconds since 1970.
    pub at: i64,
}

/// Why a view is not kept or not deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewRefusal {
    #[error("视图要有名称，请填写后再保存")]
    NoName,
    #[error("视图名称有{0}字，最多{NAME_MAX}字，请改短")]
    LongName(usize),
    #[error("筛选条件太长，不能存为视图，请减少条件")]
    LongQuery,
    #[error("已存{VIEWS_MAX}个视图，请先删去不用的")]
    TooMany,
    #[error("没有这个视图，可能已经删去")]
    Unknown,
}
