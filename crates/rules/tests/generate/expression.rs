//! Random conditions and firms, for tests that compare two ways to the same answer.
//!
//! The text that [`Generator::condition`] writes is plain SQL over the table that
//! [`create_table`] makes, so a database can judge it without any of our translation.
//! Included by path; the same seed gives the same text.

// Each test that includes this file uses a part of it.
#![allow(dead_code)]

pub mod extremes;
pub mod questions;
pub mod wide;

use rules::expression::{Choice, Kind, Slot, Symbol, Vocabulary};

/// A small generator of numbers (SplitMix64): the same everywhere and without a crate.
pub struct Generator {
    state: u64,
    vocabulary: Vocabulary,
}

/// Values of all symbols, facts and parameters apart, as a row of the expression language.
#[derive(Debug, Clone)]
pub struct Values {
    pub facts: Vec<Option<i64>>,
    pub parameters: Vec<Option<i64>>,
}

/// Each kind has at least two facts or a fact and a parameter.
pub fn vocabulary() -> Vocabulary {
    let sizes = ["large", "medium", "small", "micro"]
        .into_iter()
        .zip(["大型", "中型", "小型", "微型"]);
    let sizes: Vec<Choice> = sizes
        .map(|(id, name)| Choice {
            id: id.to_string(),
            name: name.to_string(),
        })
        .collect();
    let facts = [
        ("revenue_12m", "近12个月应税销售额", Kind::Money),
        ("rd_expense", "研发费用", Kind::Money),
        ("power_12m", "近12个月用电量", Kind::Electricity),
        ("power_before", "上年用电量", Kind::Electricity),
        ("employees", "从业人员", Kind::Count),
        ("patents", "发明专利", Kind::Count),
        ("years_above", "连续在规年数", Kind::Integer),
        ("opened_on", "投产日期", Kind::Day),
        ("licence_until", "许可证到期日", Kind::Day),
        ("entered_in", "入统月份", Kind::Month),
        ("is_entered", "已入统", Kind::Boolean),
        ("has_left", "已退规", Kind::Boolean),
        ("industry", "行业代码", Kind::Code { digits: 4 }),
        ("division", "注册地", Kind::Code { digits: 6 }),
        ("division_of_plant", "生产地", Kind::Code { digits: 6 }),
        ("size", "企业规模", Kind::Choice(sizes)),
    ];
    let parameters = [
        ("scale_revenue", "规模标准", Kind::Money),
        ("power_growth_min", "最低增量", Kind::Electricity),
        ("employees_max", "人数上限", Kind::Count),
        ("factor", "倍数", Kind::Integer),
        ("grace_span", "宽限", Kind::Integer),
        ("applied_on", "申请日期", Kind::Day),
        ("month_of_law", "适用月份", Kind::Month),
        ("is_window_open", "窗口开放", Kind::Boolean),
    ];
    let mut vocabulary = Vocabulary::default();
    let facts = facts.into_iter().enumerate();
    let parameters = parameters.into_iter().enumerate();
    let symbols = facts
        .map(|(index, symbol)| (Slot::Fact(index), symbol))
        .chain(parameters.map(|(index, symbol)| (Slot::Parameter(index), symbol)));
    for (slot, (identifier, name, kind)) in symbols {
        let name = name.to_string();
        vocabulary
            .insert(identifier, Symbol { slot, name, kind })
            .expect("the names differ");
    }
    vocabulary
}

/// A row in which every value is missing.
pub fn nothing_known() -> Values {
    nothing_known_of(&vocabulary())
}

fn nothing_known_of(vocabulary: &Vocabulary) -> Values {
    let count = |is_fact: bool| {
        let own = vocabulary.iter();
        own.filter(|(_, symbol)| matches!(symbol.slot, Slot::Fact(_)) == is_fact)
            .count()
    };
    Values {
        facts: vec![None; count(true)],
        parameters: vec![None; count(false)],
    }
}

/// One column for each name, in types that SQLite and PostgreSQL share.
pub fn create_table(table: &str) -> String {
    let vocabulary = vocabulary();
    let columns: Vec<String> = vocabulary
        .iter()
        .map(|(identifier, symbol)| {
            let column = match symbol.kind {
                Kind::Boolean => "BOOLEAN",
                Kind::Code { .. } | Kind::Choice(_) => "TEXT",
                _ => "BIGINT",
            };
            format!("{identifier} {column}")
        })
        .collect();
    format!(
        "CREATE TEMPORARY TABLE {table} (number BIGINT PRIMARY KEY, {})",
        columns.join(", ")
    )
}

/// A statement that puts one row into the table of [`create_table`].
pub fn insert_row(table: &str, number: usize, values: &Values) -> String {
    let vocabulary = vocabulary();
    let mut names = vec!["number".to_string()];
    let mut literals = vec![number.to_string()];
    for (identifier, symbol) in vocabulary.iter() {
        let value = match symbol.slot {
            Slot::Fact(index) => values.facts[index],
            Slot::Parameter(index) => values.parameters[index],
        };
        names.push(identifier.to_string());
        literals
            .push(value.map_or_else(|| "NULL".to_string(), |value| literal(&symbol.kind, value)));
    }
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        literals.join(", ")
    )
}

/// As the database holds it: codes with their leading zeros, choices by their ids.
fn literal(kind: &Kind, value: i64) -> String {
    match kind {
        Kind::Boolean => if value == 0 { "FALSE" } else { "TRUE" }.to_string(),
        Kind::Code { digits } => format!("'{value:0width$}'", width = usize::from(*digits)),
        Kind::Choice(choices) => format!("'{}'", choices[value as usize].id),
        _ => value.to_string(),
    }
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator {
            state: seed,
            vocabulary: vocabulary(),
        }
    }

    /// From 0 to `end` − 1.
    pub fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Values close together, so that comparisons are often just true, just false or equal;
    /// about a fifth is unknown.
    pub fn row(&mut self) -> Values {
        let kinds: Vec<(Slot, Kind)> = self
            .vocabulary
            .iter()
            .map(|(_, symbol)| (symbol.slot, symbol.kind.clone()))
            .collect();
        let mut values = nothing_known_of(&self.vocabulary);
        for (slot, kind) in kinds {
            let value = (self.below(5) > 0).then(|| self.value(&kind));
            match slot {
                Slot::Fact(index) => values.facts[index] = value,
                Slot::Parameter(index) => values.parameters[index] = value,
            }
        }
        values
    }

    fn value(&mut self, kind: &Kind) -> i64 {
        match kind {
            Kind::Money => {
                let near = self.below(3) as i64 - 1;
                *self.pick(&[0, 2_000_000_000, 1_000_000_000, -5]) + near
            }
            Kind::Electricity | Kind::Count | Kind::Integer => self.below(7) as i64 - 2,
            // Halves, which are rounded away from zero, and a share that does not come out even.
            Kind::Rate { per } => *self.pick(&[per / 2, -per / 2, *per, 3]),
            Kind::Day => 20_000 + self.below(5) as i64,
            Kind::Month => 24_300 + self.below(5) as i64,
            Kind::Boolean => self.below(2) as i64,
            Kind::Code { digits: 4 } => *self.pick(&[932, 1300, 3911, 3922, 3999, 4090]),
            Kind::Code { .. } => *self.pick(&[410_100, 410_122, 411_700, 419_001]),
            Kind::Choice(choices) => self.below(choices.len()) as i64,
        }
    }

    /// A condition that [`rules::expression::parse`] accepts, with parentheses only where
    /// they are needed or by chance.
    pub fn condition(&mut self, depth: usize) -> String {
        let text = match self.below(if depth == 0 { 8 } else { 14 }) {
            0..=2 => self.comparison(depth),
            3 => self.range(depth),
            4 => self.membership(),
            5 => self.flag(),
            6 => self.beginning(),
            7 => self.presence(depth),
            8 => format!("NOT {}", self.enclosed(depth - 1)),
            9 => {
                let test = *self.pick(&[
                    "IS NULL",
                    "IS NOT NULL",
                    "IS TRUE",
                    "IS NOT TRUE",
                    "IS FALSE",
                    "IS NOT FALSE",
                ]);
                format!("{} {test}", self.enclosed(depth - 1))
            }
            word => {
                let word = if word < 12 { "AND" } else { "OR" };
                let count = 2 + self.below(3);
                // Left bare at times, so that precedence is put to the test too.
                let parts: Vec<String> = (0..count)
                    .map(|_| {
                        if self.below(3) == 0 {
                            self.condition(depth - 1)
                        } else {
                            self.enclosed(depth - 1)
                        }
                    })
                    .collect();
                parts.join(&format!(" {word} "))
            }
        };
        if depth == 0 && self.below(4) == 0 {
            format!("({text})")
        } else {
            text
        }
    }

    pub fn enclosed(&mut self, depth: usize) -> String {
        format!("({})", self.condition(depth))
    }

    fn named(&mut self, is_wanted: impl Fn(&Kind) -> bool) -> String {
        let names: Vec<String> = self
            .vocabulary
            .iter()
            .filter(|(_, symbol)| is_wanted(&symbol.kind))
            .map(|(identifier, _)| identifier.to_string())
            .collect();
        self.pick(&names).clone()
    }

    fn ordered_kind(&mut self) -> Kind {
        use Kind::{Count, Day, Electricity, Integer, Money, Month};
        self.pick(&[Money, Money, Count, Integer, Electricity, Day, Month])
            .clone()
    }

    fn comparison(&mut self, depth: usize) -> String {
        let sign = *self.pick(&["=", "<>", "<", "<=", ">", ">="]);
        match self.below(6) {
            0 => {
                let sign = *self.pick(&["=", "<>"]);
                let id = *self.pick(&["'large'", "'medium'", "'small'", "'micro'"]);
                format!("size {sign} {id}")
            }
            1 => {
                let code = self.code_literal();
                format!("industry {sign} {code}")
            }
            2 => format!("division {sign} division_of_plant"),
            _ => {
                let kind = self.ordered_kind();
                let left = self.term(&kind, depth.min(2));
                let right = self.term(&kind, depth.min(2));
                match self.below(6) {
                    0 if is_quantity(&kind) => format!("{left} {sign} 0"),
                    1 if is_quantity(&kind) => format!("0 {sign} {left}"),
                    _ => format!("{left} {sign} {right}"),
                }
            }
        }
    }

    fn code_literal(&mut self) -> String {
        let code = *self.pick(&["'0932'", "'1300'", "'3911'", "'3922'", "'4090'", "'9999'"]);
        code.to_string()
    }

    fn range(&mut self, depth: usize) -> String {
        let not = *self.pick(&["", "NOT "]);
        if self.below(5) == 0 {
            let (low, high) = (self.code_literal(), self.code_literal());
            return format!("industry {not}BETWEEN {low} AND {high}");
        }
        let kind = self.ordered_kind();
        let value = self.term(&kind, depth.min(1));
        let low = self.term(&kind, depth.min(1));
        let high = self.term(&kind, depth.min(1));
        format!("{value} {not}BETWEEN {low} AND {high}")
    }

    fn membership(&mut self) -> String {
        let not = *self.pick(&["", "NOT "]);
        match self.below(3) {
            0 => format!("size {not}IN ('small', 'micro')"),
            1 => {
                let (one, other) = (self.code_literal(), self.code_literal());
                format!("industry {not}IN ({one}, {other})")
            }
            _ => {
                let kind = self.ordered_kind();
                let value = self.term(&kind, 1);
                let list: Vec<String> = (0..1 + self.below(3))
                    .map(|_| self.term(&kind, 1))
                    .collect();
                format!("{value} {not}IN ({})", list.join(", "))
            }
        }
    }

    fn flag(&mut self) -> String {
        let name = self.named(|kind| *kind == Kind::Boolean);
        match self.below(6) {
            0 => format!("{name} = TRUE"),
            1 => format!("{name} <> FALSE"),
            2 => format!("{name} = is_entered"),
            3 => self.pick(&["TRUE", "FALSE"]).to_string(),
            _ => name,
        }
    }

    fn beginning(&mut self) -> String {
        let not = *self.pick(&["", "NOT "]);
        match self.below(2) {
            0 => {
                let prefix = *self.pick(&["0", "09", "39", "392", "3922", "4"]);
                format!("industry {not}LIKE '{prefix}%'")
            }
            _ => {
                let prefix = *self.pick(&["4101", "41", "4117", "419001"]);
                format!("division {not}LIKE '{prefix}%'")
            }
        }
    }

    fn presence(&mut self, depth: usize) -> String {
        let test = *self.pick(&["IS NULL", "IS NOT NULL"]);
        if self.below(2) == 0 {
            return format!("{} {test}", self.named(|_| true));
        }
        let kind = self.ordered_kind();
        format!("{} {test}", self.term(&kind, depth.min(1)))
    }

    fn term(&mut self, kind: &Kind, depth: usize) -> String {
        if depth == 0 || self.below(3) == 0 {
            return self.named(|own| own == kind);
        }
        let depth = depth - 1;
        let sign = *self.pick(&["+", "-"]);
        match kind {
            Kind::Day | Kind::Month => {
                let span = self.term(&Kind::Integer, depth.min(1));
                format!("{} {sign} ({span})", self.term(kind, depth))
            }
            Kind::Integer if self.below(3) == 0 => {
                let kind = self.pick(&[Kind::Day, Kind::Month]).clone();
                format!("({} - {})", self.term(&kind, 0), self.term(&kind, 0))
            }
            _ => match self.below(4) {
                0 => format!("-({})", self.term(kind, depth)),
                1 => format!(
                    "({}) * {}",
                    self.term(kind, depth),
                    self.term(&Kind::Integer, 0)
                ),
                2 => format!("factor * ({})", self.term(kind, depth)),
                _ => format!(
                    "({} {sign} ({}))",
                    self.term(kind, depth),
                    self.term(kind, depth)
                ),
            },
        }
    }
}

fn is_quantity(kind: &Kind) -> bool {
    use Kind::{Count, Electricity, Integer, Money};
    matches!(kind, Money | Electricity | Count | Integer)
}
