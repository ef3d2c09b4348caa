//! What keeps people out of a page, found by axe-core in the page itself.

use fantoccini::Client;

const AXE: &str = include_str!("../vendor/axe.min.js");

/// What is serious or critical on the page that is shown, one line each.
pub async fn complaints(browser: &Client) -> Vec<String> {
    browser
        .execute(AXE, Vec::new())
        .await
        .expect("axe is there");
    let script = "const done = arguments[arguments.length - 1]; \
        axe.run(document, { resultTypes: ['violations'] }).then( \
        result => done(result.violations), error => done([{ id: String(error), impact: 'critical', nodes: [] }]));";
    let found = browser
        .execute_async(script, Vec::new())
        .await
        .expect("axe looks");
    let found = found.as_array().cloned().unwrap_or_default();
    let grave = found
        .iter()
        .filter(|one| matches!(one["impact"].as_str(), Some("serious" | "critical")));
    let told = grave.map(|one| {
        let nodes = one["nodes"].as_array().cloned().unwrap_or_default();
        let first = nodes
            .first()
            .map(|node| format!("{} ({})", node["html"], node["failureSummary"]));
        format!(
            "axe: {} ({}), {} places, first {}",
            one["id"],
            one["help"],
            nodes.len(),
            first.unwrap_or_default()
        )
    });
    told.collect()
}
