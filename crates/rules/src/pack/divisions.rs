//! Administrative divisions, development zones beside them, abolished codes, and how
//! people write a place.
//!
//! It knows codes and names of the pack; it does not know any firm.

use std::collections::{BTreeMap, HashMap};

/// A six-digit code of GB/T 2260, or of a development zone that statistics uses beside it.
pub type DivisionCode = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Province,
    /// 省辖市 and what stands beside them: the units that targets are issued to.
    Area,
    County,
    /// Development zone; not a division, counted beside the counties of its area.
    Zone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    pub code: DivisionCode,
    pub name: String,
    pub level: Level,
    pub parent: Option<DivisionCode>,
}

/// Where something stands: area, and county or zone where they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub area: DivisionCode,
    pub county: Option<DivisionCode>,
    pub zone: Option<DivisionCode>,
}

/// What was done to understand a place; none where the name or code was plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceRemark {
    /// An abolished code or name was mapped to its successor.
    Abolished { from: String, to: String },
    /// The text names no county: the area was taken from the registering division.
    AreaOnly { area: String },
    /// A zone was meant, but the area has none of that kind in the table.
    ZoneUnknown { area: String },
    /// A zone's short name was completed within the area of registration.
    ZoneCompleted { zone: String },
}

/// All divisions of a pack.
#[derive(Debug, Clone, Default)]
pub struct Divisions {
    by_code: BTreeMap<DivisionCode, Division>,
    by_name: HashMap<String, Vec<DivisionCode>>,
    successors: HashMap<DivisionCode, (String, DivisionCode)>,
    abolished_names: HashMap<String, DivisionCode>,
    city_level_words: Vec<String>,
}

impl Divisions {
    pub fn new(
        divisions: Vec<Division>,
        aliases: Vec<(DivisionCode, String, DivisionCode)>,
        other_names: Vec<(String, DivisionCode)>,
        city_level_words: Vec<String>,
    ) -> Divisions {
        let mut table = Divisions {
            city_level_words,
            ..Divisions::default()
        };
        for division in divisions {
            for name in [division.name.clone(), short_name(&division.name)] {
                let codes = table.by_name.entry(name).or_default();
                if !codes.contains(&division.code) {
                    codes.push(division.code);
                }
            }
            table.by_code.insert(division.code, division);
        }
        for (name, code) in other_names {
            let codes = table.by_name.entry(name).or_default();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        for (code, name, successor) in aliases {
            // Prefectures of old gave their counties other codes under the same names.
            if table.by_code.values().all(|division| division.name != name) {
                table.abolished_names.insert(name.clone(), successor);
            }
            table.successors.insert(code, (name, successor));
        }
        table
    }

    pub fn get(&self, code: DivisionCode) -> Option<&Division> {
        self.by_code.get(&code)
    }

    /// Name of a code; the digits where the code is unknown.
    pub fn name(&self, code: DivisionCode) -> String {
        self.get(code)
            .map_or_else(|| format!("{code:06}"), |division| division.name.clone())
    }

    pub fn all(&self) -> impl Iterator<Item = &Division> {
        self.by_code.values()
    }

    /// The units that targets are issued to, in order of their codes.
    pub fn areas(&self) -> impl Iterator<Item = &Division> {
        self.all().filter(|division| division.level == Level::Area)
    }

    pub fn counties_of(&self, area: DivisionCode) -> impl Iterator<Item = &Division> {
        self.all().filter(move |division| {
            division.level == Level::County && division.parent == Some(area)
        })
    }

    /// The successor of an abolished code, or the code itself where it is in force.
    pub fn current(&self, code: DivisionCode) -> Option<DivisionCode> {
        if self.by_code.contains_key(&code) {
            return Some(code);
        }
        self.successors.get(&code).map(|(_, successor)| *successor)
    }

    /// The place that a code stands for; abolished codes count as their successors.
    /// `None` for the province itself and for codes of other provinces.
    pub fn place(&self, code: DivisionCode) -> Option<Place> {
        let division = self.by_code.get(&self.current(code)?)?;
        match division.level {
            Level::Province => None,
            // 济源 is an area without counties: it is its own county.
            Level::Area => Some(Place {
                area: division.code,
                county: self
                    .counties_of(division.code)
                    .next()
                    .is_none()
                    .then_some(division.code),
                zone: None,
            }),
            Level::County => Some(Place {
                area: division.parent?,
                county: Some(division.code),
                zone: None,
            }),
            Level::Zone => Some(Place {
                area: division.parent?,
                county: None,
                zone: Some(division.code),
            }),
        }
    }

    /// Understands a place as people write it: code, name, short name, with or without
    /// province and area in front, “市直”, “高新区”. `registering` is the division inside
    /// the firm's credit code; it decides only what the text leaves open.
    /// `None` where the text cannot be understood.
    pub fn understand(
        &self,
        text: &str,
        registering: DivisionCode,
    ) -> Option<(Place, Option<PlaceRemark>)> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if text.len() == 6
            && let Ok(code) = text.parse::<DivisionCode>()
        {
            return self.understand_code(code);
        }
        let hint = self.place(registering).map(|place| place.area);
        if let Some(found) = self.understand_name(&text, hint) {
            return Some(found);
        }
        let bare = self.without_province(&text);
        for area in self.areas() {
            for name in [area.name.clone(), short_name(&area.name)] {
                let rest = bare.strip_prefix(&name).filter(|rest| !rest.is_empty());
                let found = rest.and_then(|rest| self.understand_name(rest, Some(area.code)));
                if found.is_some() {
                    return found;
                }
            }
        }
        self.understand_name(&bare, hint)
    }

    fn understand_code(&self, code: DivisionCode) -> Option<(Place, Option<PlaceRemark>)> {
        let place = self.place(code)?;
        let remark = self
            .successors
            .get(&code)
            .map(|(name, successor)| PlaceRemark::Abolished {
                from: format!("{code}{name}"),
                to: self.name(*successor),
            });
        Some((place, remark))
    }

    fn understand_name(
        &self,
        name: &str,
        hint: Option<DivisionCode>,
    ) -> Option<(Place, Option<PlaceRemark>)> {
        if let Some(successor) = self.abolished_names.get(name) {
            let remark = PlaceRemark::Abolished {
                from: name.to_string(),
                to: self.name(*successor),
            };
            return self.place(*successor).map(|place| (place, Some(remark)));
        }
        if let Some(code) = self.named(name, hint) {
            return self.place(code).map(|place| (place, None));
        }
        let area = hint?;
        let area_only = Place {
            area,
            county: None,
            zone: None,
        };
        if self.city_level_words.iter().any(|word| word == name) {
            let remark = PlaceRemark::AreaOnly {
                area: self.name(area),
            };
            return Some((area_only, Some(remark)));
        }
        self.understand_zone(name, area)
    }

    /// “高新区” within an area: the zone of that kind, or the area with a remark.
    fn understand_zone(
        &self,
        name: &str,
        area: DivisionCode,
    ) -> Option<(Place, Option<PlaceRemark>)> {
        let kind = match name {
            "高新区" | "高新技术产业开发区" | "高新技术开发区" => {
                "高新技术产业开发区"
            }
            "经开区" | "经济技术开发区" | "经济开发区" | "开发区" => "经济",
            "示范区" | "城乡一体化示范区" | "新区" => "示范区",
            _ => return None,
        };
        let mut zones = self.all().filter(|division| {
            division.level == Level::Zone
                && division.parent == Some(area)
                && division.name.contains(kind)
        });
        if let (Some(zone), None) = (zones.next(), zones.next()) {
            let place = self.place(zone.code)?;
            let remark = PlaceRemark::ZoneCompleted {
                zone: zone.name.clone(),
            };
            return Some((place, Some(remark)));
        }
        let place = Place {
            area,
            county: None,
            zone: None,
        };
        let remark = PlaceRemark::ZoneUnknown {
            area: self.name(area),
        };
        Some((place, Some(remark)))
    }

    /// The one division of a name; among several, the one in the hinted area.
    fn named(&self, name: &str, hint: Option<DivisionCode>) -> Option<DivisionCode> {
        let codes = self.by_name.get(name)?;
        if let [only] = codes.as_slice() {
            return Some(*only);
        }
        let mut inside = codes
            .iter()
            .copied()
            .filter(|code| self.place(*code).map(|place| place.area) == hint && hint.is_some());
        match (inside.next(), inside.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    fn without_province(&self, text: &str) -> String {
        for division in self.all().filter(|d| d.level == Level::Province) {
            for name in [division.name.clone(), short_name(&division.name)] {
                if let Some(rest) = text.strip_prefix(&name).filter(|rest| !rest.is_empty()) {
                    return rest.to_string();
                }
            }
        }
        text.to_string()
    }
}

impl PlaceRemark {
    /// For the reader of an import.
    pub fn in_words(&self, written: &str) -> String {
        match self {
            PlaceRemark::Abolished { from, to } => {
                format!("区划“{from}”已撤并，按现行“{to}”归入")
            }
            PlaceRemark::AreaOnly { area } => {
                format!("“{written}”不是县级区划，按代码所含登记地归入{area}，县级待核")
            }
            PlaceRemark::ZoneUnknown { area } => {
                format!("{area}没有与“{written}”对应的开发区代码，先归入{area}，县级待核")
            }
            PlaceRemark::ZoneCompleted { zone } => {
                format!("“{written}”按代码所含登记地归入{zone}")
            }
        }
    }
}

/// “伊川县” → “伊川”; “郑州市” → “郑州”; “高新技术产业开发区” stays.
fn short_name(name: &str) -> String {
    // “郏县” may be written “郏”; one character is too little for a city or district.
    let trimmed = name
        .strip_suffix(['县', '市', '区', '省'])
        .filter(|short| name.ends_with('县') || short.chars().count() >= 2);
    match trimmed {
        Some(short) if !name.ends_with("开发区") && !name.ends_with("示范区") => {
            short.to_string()
        }
        _ => name.to_string(),
    }
}
