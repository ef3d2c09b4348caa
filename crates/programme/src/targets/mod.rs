//! Yearly targets: measured, consulted, approved, issued; and progress.

pub mod progress;

/// Placeholder until the store arrives in this change set.
pub async fn issued<C>(
    _db: &C,
    pack: &rules::pack::Pack,
    year: i32,
) -> Result<std::collections::BTreeMap<u32, u32>, crate::database::DatabaseFailure> {
    let found = pack.targets.iter().find(|targets| targets.year == year);
    Ok(found
        .map(|targets| targets.areas.iter().copied().collect())
        .unwrap_or_default())
}
