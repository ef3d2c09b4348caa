//! An operator's own map: the areas' shapes as GeoJSON, with the approval number that maps of
//! China must show.

use crate::office::{Office, refuse};
use anyhow::Result;
use programme::attachments::{self, Attachment, AttachmentKind, Wish};
use programme::journal::Act;
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};
use serde_json::Value;
use std::collections::BTreeSet;

/// Shapes in a file at most; a province has fewer than two hundred counties.
const SHAPES_MAX: usize = 500;
/// Corners of all shapes together.
const CORNERS_MAX: usize = 200_000;
/// Rings in rings in polygons.
const DEPTH_MAX: usize = 4;

/// Why a file cannot be used as a map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapFault {
    #[error("不是 GeoJSON：{0}")]
    NotJson(String),
    #[error("最外层应为 FeatureCollection，features 不能为空")]
    NotACollection,
    #[error("图形超过 {SHAPES_MAX} 个，请只留省辖市")]
    TooManyShapes,
    #[error("全部图形的点超过 {CORNERS_MAX} 个，请先简化")]
    TooManyCorners,
    #[error("第{0}个图形应为 Polygon 或 MultiPolygon，坐标为经度、纬度")]
    NotAPolygon(usize),
    #[error("第{0}个图形的 properties 没有六位的 adcode")]
    NoCode(usize),
    #[error("第{place}个图形的 adcode {code} 不是本省的省辖市")]
    OtherCode { place: usize, code: String },
    #[error("{0}有两个图形，请合并为一个 MultiPolygon")]
    Twice(String),
    #[error("缺少{0}的图形")]
    Missing(String),
}

/// Proves a file; gives the shapes alone, so that nothing else of the file goes on.
///
/// # Errors
/// All faults.
pub fn read(pack: &Pack, content: &[u8]) -> Result<Vec<u8>, Vec<MapFault>> {
    let value: Value = serde_json::from_slice(content)
        .map_err(|error| vec![MapFault::NotJson(error.to_string())])?;
    let features = value["features"].as_array();
    let features = features.filter(|all| value["type"] == "FeatureCollection" && !all.is_empty());
    let Some(features) = features else {
        return Err(vec![MapFault::NotACollection]);
    };
    if features.len() > SHAPES_MAX {
        return Err(vec![MapFault::TooManyShapes]);
    }
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut corners = 0;
    let mut shapes = Vec::new();
    for (index, feature) in features.iter().enumerate() {
        match shape(pack, feature, index + 1, &mut corners) {
            Err(fault) => faults.push(fault),
            Ok((code, _)) if !seen.insert(code) => {
                faults.push(MapFault::Twice(pack.divisions.name(code)));
            }
            Ok((_, shape)) => shapes.push(shape),
        }
    }
    if corners > CORNERS_MAX {
        faults.push(MapFault::TooManyCorners);
    }
    let missing = pack
        .divisions
        .areas()
        .filter(|area| !seen.contains(&area.code));
    faults.extend(missing.map(|area| MapFault::Missing(area.name.clone())));
    match faults.is_empty() {
        true => {
            let whole = serde_json::json!({ "type": "FeatureCollection", "features": shapes });
            Ok(whole.to_string().into_bytes())
        }
        false => Err(faults),
    }
}

fn shape(
    pack: &Pack,
    feature: &Value,
    place: usize,
    corners: &mut usize,
) -> Result<(DivisionCode, Value), MapFault> {
    let text = match &feature["properties"]["adcode"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(MapFault::NoCode(place)),
    };
    let area = text
        .parse()
        .ok()
        .and_then(|code| pack.divisions.get(code))
        .filter(|own| own.level == Level::Area);
    let Some(area) = area else {
        return Err(MapFault::OtherCode { place, code: text });
    };
    let geometry = &feature["geometry"];
    let depth = match geometry["type"].as_str() {
        Some("Polygon") => DEPTH_MAX - 1,
        Some("MultiPolygon") => DEPTH_MAX,
        _ => return Err(MapFault::NotAPolygon(place)),
    };
    match count(&geometry["coordinates"], depth) {
        Some(found) => *corners += found,
        None => return Err(MapFault::NotAPolygon(place)),
    }
    let shape = serde_json::json!({
        "type": "Feature",
        "properties": { "name": format!("{:06}", area.code), "adcode": area.code },
        "geometry": { "type": geometry["type"], "coordinates": geometry["coordinates"] },
    });
    Ok((area.code, shape))
}

/// Corners of nested lists whose innermost are pairs of degrees.
fn count(value: &Value, depth: usize) -> Option<usize> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    if depth == 1 {
        let degrees: Vec<f64> = list.iter().map_while(Value::as_f64).collect();
        let [east, north, ..] = degrees.as_slice() else {
            return None;
        };
        let is_on_earth = east.abs() <= 180.0 && north.abs() <= 90.0;
        return is_on_earth.then_some(1);
    }
    list.iter().map(|own| count(own, depth - 1)).sum()
}

/// Keeps a file as the map of the province.
pub async fn attach(
    office: &Office,
    name: &str,
    approval: &str,
    content: &[u8],
    act: &Act,
) -> Result<Attachment> {
    let shapes = match read(&office.pack, content) {
        Ok(shapes) => shapes,
        Err(faults) => {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return refuse(lines.join("\n"));
        }
    };
    let wish = Wish {
        kind: AttachmentKind::Map,
        name,
        approval,
        content: &shapes,
    };
    let tx = office.db.begin_writing().await?;
    let attachment = attachments::attach(&tx, wish, act).await?.or_else(refuse)?;
    tx.commit().await?;
    Ok(attachment)
}
