//! The map as a page. What takes long is loaded after the page, or waited for where there is
//! no JavaScript.

use super::cells::{self, COLUMNS, Cell, Open, Order};
use super::meaning::{Colour, Meaning};
use super::{Line, LineKind, Picture, picture};
use crate::extent::Extent;
use crate::pool::sufficiency::chances::{self, Chances, Told};
use crate::report::Field;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use programme::attachments::{self, AttachmentKind};
use rules::pack::roles::Right;
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Routes {
    let map = Access::May(Right::Map);
    Routes::new()
        .get("/outlook", map, show_map)
        .get("/outlook/map.json", map, show_shapes)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    area: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    sort: String,
    /// Whether probabilities are waited for.
    #[serde(default)]
    chances: String,
    /// “map”: the part alone that is put in place of the waiting one.
    #[serde(default)]
    part: String,
}

#[derive(Template)]
#[template(path = "outlook-map.html")]
struct Page {
    frame: Frame,
    part: Part,
}

#[derive(Template)]
#[template(path = "parts/outlook-map.html")]
struct Part {
    name: String,
    as_of: String,
    /// Where the probabilities are to be had, where they are not there yet.
    waiting: Option<String>,
    colours: Vec<Choice>,
    key: Vec<Meaning>,
    columns: u32,
    tiles: Vec<Tile>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    /// The way back to the whole province, for who may see it.
    back: Option<String>,
    shapes: Option<Shapes>,
    has_hidden: bool,
}

struct Choice {
    address: String,
    text: &'static str,
    is_current: bool,
}

struct Tile {
    address: String,
    name: String,
    column: u32,
    row: u32,
    meaning: Meaning,
    completion: String,
    percent: i64,
    lines: Vec<String>,
}

struct Head {
    text: &'static str,
    unit: &'static str,
    address: String,
    sorted: &'static str,
}

struct Row {
    name: String,
    address: String,
    is_total: bool,
    meaning: Meaning,
    cells: Vec<Cell>,
}

/// The operator's own map.
struct Shapes {
    /// JSON: code, name, class, text, address of every area.
    values: String,
    approval: String,
}

/// Everything that a part is made from.
struct Drawing<'a> {
    visitor: &'a Visitor,
    asked: &'a Asked,
    extent: Extent,
    picture: &'a Picture,
    chances: Option<&'a Chances>,
    colour: Colour,
}

async fn show_map(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let seat = visitor.seat()?;
    let extent = Extent::chosen(&office.pack, &seat.scope, &asked.area)?;
    let Some(extent) = extent else {
        return Err(Failure::NotHere);
    };
    let picture = picture(office, &seat.scope, extent).await?;
    let wanted = chances::Wanted {
        area: area_of(&visitor, extent),
    };
    let is_part = asked.part == "map";
    let found = match asked.chances == "1" || is_part {
        true => {
            let (snapshot, firms) = (&picture.snapshot, &picture.firms);
            Some(chances::chances(office, snapshot, firms, wanted).await?)
        }
        false => chances::kept(office, &picture.snapshot, wanted).await?,
    };
    let drawing = Drawing {
        visitor: &visitor,
        asked: &asked,
        extent,
        picture: &picture,
        chances: found.as_deref(),
        colour: Colour::read(&asked.colour),
    };
    let part = drawing.part().await?;
    match is_part {
        true => html(&part),
        false => html(&Page {
            frame: visitor.frame("地图", "/outlook").await?,
            part,
        }),
    }
}

/// Chances of counties come with their area's.
fn area_of(visitor: &Visitor, extent: Extent) -> Option<u32> {
    match extent {
        Extent::Province => None,
        Extent::Area(code) => Some(code),
        Extent::County(code) | Extent::Zone(code) => {
            let place = visitor.office().pack.divisions.place(code);
            place.map(|place| place.area)
        }
    }
}

impl Drawing<'_> {
    async fn part(&self) -> Result<Part, Failure> {
        let pack = &self.visitor.office().pack;
        let scope = &self.visitor.seat()?.scope;
        let open = Open {
            firms: self.visitor.may(Right::Firms),
            warnings: self.visitor.may(Right::Warnings),
        };
        let lines = self.picture.lines.iter().enumerate();
        let told: Vec<Option<Told>> = lines
            .clone()
            .map(|(_, line)| cells::told(line, self.chances, scope))
            .collect();
        let rows = lines.map(|(index, line)| (index, cells::cells(pack, line, told[index], open)));
        let order = Order::read(&self.asked.sort);
        let rows = cells::sorted(self.picture, rows.collect(), order);
        let rows = rows
            .into_iter()
            .map(|(index, cells)| self.row(index, cells, &told));
        let has_hidden = told.contains(&Some(Told::Hidden));
        let waiting = self
            .chances
            .is_none()
            .then(|| self.address(&[("chances", "1")]));
        let back = (self.extent != Extent::Province && scope.covers_province())
            .then(|| format!("/outlook?colour={}", self.colour.id()));
        let tiles = self.tiles(&told);
        Ok(Part {
            name: self.extent.name(pack),
            as_of: self.picture.snapshot.as_of.in_words(),
            waiting,
            colours: self.colours(),
            key: self.colour.key(self.picture).to_vec(),
            columns: pack
                .tiles
                .iter()
                .map(|tile| tile.column)
                .max()
                .unwrap_or(5)
                .max(5),
            heads: self.heads(order),
            rows: rows.collect(),
            back,
            shapes: self.shapes(&tiles).await?,
            tiles,
            has_hidden,
        })
    }

    /// This page with other words in its address.
    fn address(&self, changed: &[(&str, &str)]) -> String {
        let code = self.extent.code().map(|code| format!("{code:06}"));
        let own = [
            ("area", code.unwrap_or_default()),
            ("colour", self.colour.id().to_string()),
            ("sort", self.asked.sort.clone()),
        ];
        let is_kept = |key: &str| changed.iter().all(|(other, _)| *other != key);
        let kept = own
            .iter()
            .filter(|(key, value)| is_kept(key) && !value.is_empty());
        let kept = kept.map(|(key, value)| (*key, value.as_str()));
        let words = kept.chain(changed.iter().copied()).filter(|(_, value)| {
            value
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || sign == '-')
        });
        let words: Vec<String> = words.map(|(key, value)| format!("{key}={value}")).collect();
        format!("/outlook?{}", words.join("&"))
    }

    fn colours(&self) -> Vec<Choice> {
        let choice = |colour: Colour| Choice {
            address: self.address(&[("colour", colour.id())]),
            text: colour.name(),
            is_current: colour == self.colour,
        };
        Colour::ALL.map(choice).into()
    }

    fn heads(&self, order: Option<Order>) -> Vec<Head> {
        let heads = COLUMNS.iter().enumerate().map(|(index, column)| {
            let own = order.filter(|order| order.column == index);
            // Greatest first, and back the other way round.
            let (sort, sorted) = match own.map(|order| order.is_descending) {
                Some(true) => (column.key.to_string(), "descending"),
                Some(false) => (format!("-{}", column.key), "ascending"),
                None => (format!("-{}", column.key), "none"),
            };
            Head {
                text: column.text,
                unit: column.unit,
                address: self.address(&[("sort", &sort)]),
                sorted,
            }
        });
        heads.collect()
    }

    fn row(&self, index: usize, cells: Vec<Cell>, told: &[Option<Told>]) -> Row {
        let line = &self.picture.lines[index];
        Row {
            name: line.name.clone(),
            address: self.way(line),
            is_total: line.kind == LineKind::Province,
            meaning: self.colour.of(line, self.picture, told[index]),
            cells,
        }
    }

    /// From an area to its counties, from a county to its firms.
    fn way(&self, line: &Line) -> String {
        match (line.kind, line.code) {
            (LineKind::Area, Some(code)) if self.extent == Extent::Province => {
                self.address(&[("area", &format!("{code:06}"))])
            }
            (LineKind::Area | LineKind::County, Some(code)) if self.visitor.may(Right::Firms) => {
                let extent = match line.kind {
                    LineKind::Area => Extent::Area(code),
                    _ => Extent::County(code),
                };
                format!("/register?{}", extent.query())
            }
            _ => String::new(),
        }
    }

    fn tiles(&self, told: &[Option<Told>]) -> Vec<Tile> {
        let pack = &self.visitor.office().pack;
        let places = pack.tiles.iter().filter_map(|tile| {
            let mut lines = self.picture.lines.iter().enumerate();
            let is_meant =
                |line: &Line| line.kind == LineKind::Area && line.code == Some(tile.area);
            let (index, line) = lines.find(|(_, line)| is_meant(line))?;
            Some(self.tile(tile, line, told[index]))
        });
        places.collect()
    }

    fn tile(&self, tile: &rules::pack::tiles::Tile, line: &Line, told: Option<Told>) -> Tile {
        let completion = crate::plan::completion(&line.progress);
        let (part, of) = line.progress.completion().unwrap_or((0, 1));
        let chance = match told {
            None => "待算".to_string(),
            Some(Told::Elsewhere) => Field::Empty.shown(),
            Some(Told::Unknown) => "待补".to_string(),
            Some(Told::Hidden) => "不公开".to_string(),
            Some(Told::Known { permille, .. }) => {
                let field = permille.map_or(Field::Empty, |part| Field::Percent { part, of: 1000 });
                field.shown()
            }
        };
        Tile {
            address: self.way(line),
            name: line.name.clone(),
            column: tile.column,
            row: tile.row,
            meaning: self.colour.of(line, self.picture, told),
            completion: completion.shown(),
            percent: (i64::from(part) * 100 / i64::from(of).max(1)).min(100),
            lines: vec![
                format!("新增 {}", line.progress.entered),
                format!("库 {}", cells::multiple(line).shown()),
                format!("概率 {chance}"),
                format!("预警 {}", line.warned.all),
            ],
        }
    }

    /// The operator's own map, where one is attached and the whole province is shown.
    async fn shapes(&self, tiles: &[Tile]) -> Result<Option<Shapes>, Failure> {
        if self.extent != Extent::Province {
            return Ok(None);
        }
        let db = self.visitor.office().db.reading();
        let kept = attachments::of_kind(db, AttachmentKind::Map).await?;
        let Some(map) = kept.first() else {
            return Ok(None);
        };
        let pack = &self.visitor.office().pack;
        let values = pack.tiles.iter().zip(tiles).map(|(place, tile)| {
            serde_json::json!({
                "code": format!("{:06}", place.area),
                "name": tile.name,
                "class": tile.meaning.class,
                "text": format!("完成率 {}，{}", tile.completion, tile.meaning.word),
                "address": tile.address,
            })
        });
        let values: Vec<serde_json::Value> = values.collect();
        Ok(Some(Shapes {
            values: serde_json::Value::Array(values).to_string(),
            approval: map.approval.clone(),
        }))
    }
}

/// The operator's shapes; they are the same for everybody.
async fn show_shapes(visitor: Visitor) -> Outcome {
    let db = visitor.office().db.reading();
    let newest = attachments::newest(db, AttachmentKind::Map).await?;
    let Some((_, content)) = newest else {
        return Err(Failure::NotHere);
    };
    let content: Arc<[u8]> = content.into();
    let mut response = content.to_vec().into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/geo+json; charset=utf-8"),
    );
    Ok(response)
}
