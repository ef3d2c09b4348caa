//! The document says what there is, and is kept as it is.

use super::super::document;
use super::world::entries;
use crate::web::routes::Verb;
use serde_json::Value;
use std::collections::BTreeSet;

const KEPT: &str = include_str!("../../../../../docs/api/openapi.json");

#[test]
fn the_kept_document_is_what_the_program_gives() {
    let text = document::text().expect("a document");
    assert!(
        text == KEPT,
        "write it anew: shenggui api document > docs/api/openapi.json"
    );
}

#[test]
fn the_document_has_every_route_and_nothing_else() {
    let document: Value = serde_json::from_str(KEPT).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let verbs = item.as_object().expect("verbs").keys();
            verbs.map(|verb| (path.clone(), verb.clone()))
        })
        .collect();
    let served = entries().into_iter().map(|entry| {
        let verb = match entry.verb {
            Verb::Get => "get",
            Verb::Post => "post",
        };
        (entry.path.to_string(), verb.to_string())
    });
    assert_eq!(described, served.collect());
}

#[test]
fn everything_in_the_document_is_described_in_chinese() {
    let document: Value = serde_json::from_str(KEPT).expect("JSON");
    let is_chinese = |text: &Value| {
        let text = text.as_str().unwrap_or_default();
        text.chars()
            .any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign))
    };
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (verb, operation) in item.as_object().expect("verbs") {
            let name = format!("{verb} {path}");
            assert!(
                is_chinese(&operation["summary"]) || path.ends_with("openapi.json"),
                "{name}"
            );
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(is_chinese(&parameter["description"]), "{name} {parameter}");
            }
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let description = &response["description"];
                assert!(
                    is_chinese(description) || status == "200",
                    "{name} {status}"
                );
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.expect("schemas") {
        assert!(
            is_chinese(&schema["description"]) || name == "DocumentText",
            "{name}"
        );
    }
}
