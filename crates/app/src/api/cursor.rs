//! Pages of long lists: a cursor says where the next page begins, and for which data, which
//! query and whose post it was given. Any other is refused, so that no page is skipped or
//! doubled because something changed in between.

use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use rules::pack::files::hexadecimal;
use sm3::{Digest, Sm3};

/// Rows of a page where nothing is said, and at most.
pub const LIMIT_USUAL: usize = 100;
pub const LIMIT_MAX: usize = 500;
/// Hexadecimal digits of the check.
const CHECK: usize = 24;

/// What the pages of one list have in common.
pub struct Pages {
    check: String,
}

impl Pages {
    /// `parts` are everything that the order and the extent of the list follow from.
    pub fn new(visitor: &Visitor, parts: &[&str]) -> Result<Pages, Failure> {
        let seat = visitor.seat()?;
        let mut digest = Sm3::new();
        digest.update(seat.account.to_be_bytes());
        digest.update(seat.post.to_be_bytes());
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Ok(Pages {
            check: hexadecimal(&digest.finalize())[..CHECK].to_string(),
        })
    }

    /// Where the page begins that is asked for.
    ///
    /// # Errors
    /// The cursor was given for something else.
    pub fn start(&self, cursor: Option<&str>) -> Result<u64, Failure> {
        let Some(cursor) = cursor else {
            return Ok(0);
        };
        let place = cursor.strip_prefix(self.check.as_str());
        let place = place.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        place.ok_or_else(|| {
            let text = "游标不是为本次查询给出的，或者数据已经更新，请从第一页重新取";
            Failure::Refused(text.to_string())
        })
    }

    /// The cursor of a page that begins at a place.
    pub fn at(&self, place: u64) -> String {
        format!("{}{place:x}", self.check)
    }

    /// The places of a page in a list of `count`, and the cursor of the next one.
    pub fn cut(
        &self,
        cursor: Option<&str>,
        limit: usize,
        count: usize,
    ) -> Result<(std::ops::Range<usize>, Option<String>), Failure> {
        let start = usize::try_from(self.start(cursor)?).unwrap_or(count);
        let start = start.min(count);
        let end = (start + limit).min(count);
        let next = (end < count).then(|| self.at(end as u64));
        Ok((start..end, next))
    }
}
