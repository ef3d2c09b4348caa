//! What a correction changes: figures of the same name that read otherwise.

use super::super::document::Document;
use super::Change;

/// Compares the sources of the bulletin that was issued with those of the new text, in
/// the order of the new text. What stands in only one of them is not a change.
pub fn changes(before: &Document, after: &Document) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for source in &after.sources {
        let former = before
            .sources
            .iter()
            .find(|former| former.what == source.what);
        if let Some(former) = former.filter(|former| former.value != source.value)
            && changes.iter().all(|known| known.what != source.what)
        {
            changes.push(Change {
                what: source.what.clone(),
                before: former.value.clone(),
                after: source.value.clone(),
                query: source.query.clone(),
            });
        }
    }
    changes
}
