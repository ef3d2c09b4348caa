//! From the query of an address to what is wanted, or to all that is wrong with it.

use super::{
    COLUMNS_MAX, Industry, KEYS, Order, PURPOSE_MAX, ROWS_MAX, ROWS_USUAL, Wanted, WantedRefusal,
};
use crate::register::book::Pool;
use crate::register::columns::Column;
use programme::outlook::{Seen, facts_of};
use rules::expression::{Kind, parse_question};
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};
use rules::pack::facts::{Origin, RegisterField, WarningField};

/// Signs of a query that are read.
const QUERY_MAX: usize = 8_000;
/// Values of one key.
const VALUES_MAX: usize = 200;
/// Pages are not turned further than this.
const PAGES_MAX: usize = 1_000_000;

/// Reads a query for a reader.
///
/// # Errors
/// All that is wrong with it.
pub fn read(query: &str, seen: &Seen) -> Result<Wanted, Vec<WantedRefusal>> {
    match understood(query, seen) {
        (wanted, refusals) if refusals.is_empty() => Ok(wanted),
        (_, refusals) => Err(refusals),
    }
}

/// What of a query is understood, and all that is wrong with the rest.
pub fn understood(query: &str, seen: &Seen) -> (Wanted, Vec<WantedRefusal>) {
    if query.len() > QUERY_MAX {
        return (Wanted::default(), vec![WantedRefusal::Long]);
    }
    let mut reading = Reading {
        pack: seen.pack(),
        seen,
        wanted: Wanted::default(),
        refusals: Vec::new(),
    };
    let pairs = form_urlencoded::parse(query.as_bytes());
    for (key, value) in pairs {
        let value = value.trim();
        let known = KEYS.iter().find(|known| **known == key);
        match known {
            Some(_) if value.is_empty() => {}
            Some(known) if reading.wanted.has(known, value) => {}
            Some(key) => reading.take(key, value),
            None => reading.refusals.push(WantedRefusal::Key(key.into_owned())),
        }
    }
    let Reading {
        mut wanted,
        mut refusals,
        ..
    } = reading;
    if wanted.measure.is_none() && !wanted.verdicts.is_empty() {
        refusals.push(WantedRefusal::NoMeasure);
    }
    if wanted.pairs.len() > VALUES_MAX {
        refusals.push(WantedRefusal::Long);
    }
    // Ticked one by one or named in one: columns are written as one list.
    if !wanted.columns.is_empty() {
        let ids = wanted.columns.iter().map(|own| own.id(seen.pack()));
        let ids: Vec<&str> = ids.collect();
        wanted.pairs.retain(|(key, _)| *key != "columns");
        wanted.pairs.push(("columns", ids.join(",")));
    }
    let place = |key: &str| KEYS.iter().position(|known| *known == key);
    wanted.pairs.sort_by_key(|(key, _)| place(key));
    (wanted, refusals)
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted {
            text: String::new(),
            areas: Vec::new(),
            counties: Vec::new(),
            zones: Vec::new(),
            industries: Vec::new(),
            stages: Vec::new(),
            kinds: Vec::new(),
            classes: Vec::new(),
            sizes: Vec::new(),
            measure: None,
            verdicts: Vec::new(),
            warnings: Vec::new(),
            pools: Vec::new(),
            condition: None,
            order: None,
            columns: Vec::new(),
            purpose: String::new(),
            page: 1,
            rows: ROWS_USUAL,
            pairs: Vec::new(),
        }
    }
}

struct Reading<'a> {
    pack: &'a Pack,
    seen: &'a Seen,
    wanted: Wanted,
    refusals: Vec<WantedRefusal>,
}

impl Reading<'_> {
    fn take(&mut self, key: &'static str, value: &str) {
        let taken = match key {
            "q" => self.text(value),
            "area" | "county" | "zone" => self.division(key, value),
            "industry" => self.industry(value),
            "stage" | "kind" | "class" | "pool" => self.standing(key, value),
            "size" => self.size(value),
            "measure" => self.measure(value),
            "verdict" => self.verdict(value),
            "warning" => self.warning(value),
            "where" => self.condition(value),
            "sort" => self.order(value),
            "columns" => self.columns(value),
            "purpose" => self.purpose(value),
            _ => self.page(key, value),
        };
        match taken {
            Ok(()) => {
                // Of what can be said once only the last counts.
                if ["q", "measure", "where", "sort", "rows", "purpose", "page"].contains(&key) {
                    self.wanted.pairs.retain(|(own, _)| *own != key);
                }
                self.wanted.pairs.push((key, value.to_string()));
            }
            Err(mut refusals) => self.refusals.append(&mut refusals),
        }
    }

    fn text(&mut self, value: &str) -> Taken {
        self.wanted.text = value.to_string();
        Ok(())
    }

    fn division(&mut self, key: &str, value: &str) -> Taken {
        let (level, what, list) = match key {
            "area" => (Level::Area, "省辖市", &mut self.wanted.areas),
            "county" => (Level::County, "县（市、区）", &mut self.wanted.counties),
            _ => (Level::Zone, "开发区", &mut self.wanted.zones),
        };
        let code = value.parse::<DivisionCode>().ok();
        let known = code.filter(|code| {
            let own = self.pack.divisions.get(*code);
            // An area without counties is its own county.
            own.is_some_and(|own| {
                own.level == level || (key == "county" && own.level == Level::Area)
            })
        });
        match known {
            Some(code) => {
                list.push(code);
                Ok(())
            }
            None => one(WantedRefusal::Division(value.to_string(), what)),
        }
    }

    fn industry(&mut self, value: &str) -> Taken {
        let sections = &self.pack.legal_entity.sections;
        let read = match value.len() {
            1 => sections
                .iter()
                .any(|section| section == value)
                .then(|| Industry::Section(value.to_string())),
            2 | 4 => self.pack.industries.get(value).and_then(|known| {
                let number = known.code.parse::<i64>().ok()?;
                let width = if value.len() == 2 { 100 } else { 1 };
                Some(Industry::Begins {
                    low: number * width,
                    high: number * width + width - 1,
                })
            }),
            _ => None,
        };
        match read {
            Some(industry) => {
                self.wanted.industries.push(industry);
                Ok(())
            }
            None => {
                let possible = format!("门类{}，两位大类或四位小类代码", sections.join("、"));
                value_refused("行业", value, possible)
            }
        }
    }

    fn standing(&mut self, key: &str, value: &str) -> Taken {
        let pack = self.pack;
        let wanted = &mut self.wanted;
        match key {
            "stage" => {
                let mut ids = pack.stages.iter().map(|stage| stage.id.as_str());
                let found = ids.position(|id| id == value);
                let possible = pack.stages.iter().map(|stage| stage.id.as_str());
                choose(found, &mut wanted.stages, "阶段", value, possible)
            }
            "class" => {
                let mut classes = pack.classes.iter();
                let found = classes.position(|class| class.id == value || class.letter == value);
                let possible = pack.classes.iter().map(|class| class.letter.as_str());
                choose(found, &mut wanted.classes, "培育类别", value, possible)
            }
            "kind" => {
                let kinds = kinds(pack);
                let found = kinds.iter().find(|(id, _)| id == value);
                let possible = kinds.iter().map(|(id, _)| id.as_str());
                let found = found.map(|(_, kind)| *kind);
                choose(found, &mut wanted.kinds, "类型", value, possible)
            }
            _ => {
                let found = Pool::ALL.into_iter().find(|pool| pool.id() == value);
                let possible = Pool::ALL.iter().map(|pool| pool.id());
                choose(found, &mut wanted.pools, "培育库", value, possible)
            }
        }
    }

    fn size(&mut self, value: &str) -> Taken {
        let slot = self.pack.slot(Origin::Register(RegisterField::Persons));
        self.check_seen("按人数筛选", slot.into_iter())?;
        let bounds = &self.pack.bands.count;
        let number = value.parse::<i64>().ok();
        let found = number.and_then(|number| bounds.iter().position(|bound| *bound == number));
        let possible: Vec<String> = bounds.iter().map(ToString::to_string).collect();
        let possible = possible.iter().map(String::as_str);
        choose(found, &mut self.wanted.sizes, "从业人数", value, possible)
    }

    fn measure(&mut self, value: &str) -> Taken {
        match self.pack.measure_named(value) {
            Some(measure) => {
                self.wanted.measure = Some(measure);
                Ok(())
            }
            None => one(WantedRefusal::Measure(value.to_string())),
        }
    }

    fn verdict(&mut self, value: &str) -> Taken {
        let found = Verdict::ALL.into_iter().find(|own| own.id() == value);
        let possible = Verdict::ALL.iter().map(|verdict| verdict.id());
        choose(found, &mut self.wanted.verdicts, "结论", value, possible)
    }

    fn warning(&mut self, value: &str) -> Taken {
        let Some(slot) = self.pack.slot(Origin::Warning(WarningField::Level)) else {
            return value_refused("预警级别", value, "政策包没有预警级别".to_string());
        };
        self.check_seen("按预警级别筛选", [slot].into_iter())?;
        let Kind::Choice(choices) = &self.pack.facts[slot].kind else {
            return value_refused("预警级别", value, "政策包没有预警级别".to_string());
        };
        let found = choices.iter().position(|choice| choice.id == value);
        let found = found.map(|index| index as i64);
        let possible = choices.iter().map(|choice| choice.id.as_str());
        choose(
            found,
            &mut self.wanted.warnings,
            "预警级别",
            value,
            possible,
        )
    }

    fn condition(&mut self, value: &str) -> Taken {
        let condition = parse_question(value, &self.pack.vocabulary).map_err(|findings| {
            let refusals = findings.into_iter().map(|found| WantedRefusal::Condition {
                line: found.line,
                column: found.column,
                message: found.message,
            });
            refusals.collect::<Vec<WantedRefusal>>()
        })?;
        self.check_seen("自定义条件", facts_of(&condition).into_iter())?;
        self.wanted.condition = Some((value.to_string(), condition));
        Ok(())
    }

    fn order(&mut self, value: &str) -> Taken {
        let (is_descending, id) = match value.strip_prefix('-') {
            Some(id) => (true, id),
            None => (false, value),
        };
        let Some(column) = Column::named(self.pack, id) else {
            return one(WantedRefusal::Column(id.to_string()));
        };
        if let Column::Fact(slot) = column {
            self.check_seen("排序", [slot].into_iter())?;
        }
        if !column.is_sortable(self.seen) {
            let why = "这一列是文字说明，请改按别的列";
            return one(WantedRefusal::Order(column.heading(self.pack), why));
        }
        self.wanted.order = Some(Order {
            column,
            is_descending,
        });
        Ok(())
    }

    fn purpose(&mut self, value: &str) -> Taken {
        if value.chars().count() > PURPOSE_MAX {
            return one(WantedRefusal::Purpose);
        }
        self.wanted.purpose = value.to_string();
        Ok(())
    }

    fn columns(&mut self, value: &str) -> Taken {
        let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty());
        let mut unknown = Vec::new();
        for id in ids {
            match Column::named(self.pack, id) {
                Some(column) if self.wanted.columns.contains(&column) => {}
                Some(column) => self.wanted.columns.push(column),
                None => unknown.push(WantedRefusal::Column(id.to_string())),
            }
        }
        if self.wanted.columns.len() > COLUMNS_MAX {
            unknown.push(WantedRefusal::Columns);
        }
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(unknown),
        }
    }

    fn page(&mut self, key: &str, value: &str) -> Taken {
        let (what, most, place) = match key {
            "rows" => ("每页家数", ROWS_MAX, &mut self.wanted.rows),
            _ => ("页码", PAGES_MAX, &mut self.wanted.page),
        };
        match value.parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => {
                *place = number;
                Ok(())
            }
            _ => one(WantedRefusal::Number {
                what,
                value: value.to_string(),
                most,
            }),
        }
    }

    fn check_seen(&self, what: &'static str, slots: impl Iterator<Item = usize>) -> Taken {
        let checked = self.seen.check_seen(slots);
        checked.map_err(|hidden| {
            let names = hidden.names(self.pack);
            vec![WantedRefusal::Hidden { what, names }]
        })
    }
}

type Taken = Result<(), Vec<WantedRefusal>>;

fn one(refusal: WantedRefusal) -> Taken {
    Err(vec![refusal])
}

fn value_refused(what: &'static str, value: &str, possible: String) -> Taken {
    one(WantedRefusal::Value {
        what,
        value: value.to_string(),
        possible,
    })
}

fn choose<'a, T>(
    found: Option<T>,
    list: &mut Vec<T>,
    what: &'static str,
    value: &str,
    possible: impl Iterator<Item = &'a str>,
) -> Taken {
    match found {
        Some(found) => {
            list.push(found);
            Ok(())
        }
        None => value_refused(what, value, possible.collect::<Vec<&str>>().join("、")),
    }
}

/// Kinds within stages: `in_scale.first`, with stage and kind.
pub fn kinds(pack: &Pack) -> Vec<(String, (usize, usize))> {
    let stages = pack.stages.iter().enumerate();
    let kinds = stages.flat_map(|(stage, own)| {
        let kinds = own.kinds.iter().enumerate();
        kinds.map(move |(kind, name)| (format!("{}.{}", own.id, name.id), (stage, kind)))
    });
    kinds.collect()
}
