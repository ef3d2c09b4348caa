//! Random conditions with all that the language has: CASE, least and greatest, elapsed time,
//! rates, LIKE ANY and definitions; and firms at the limits of their numbers.
//!
//! A few texts nest deeper than the language lets pass. Plain SQL does not read them.

use super::{Generator, Values, nothing_known};
use rules::expression::{
    Definition, Kind, MONEY_MAX, Slot, Symbol, Vocabulary, parse, parse_amount,
};

/// With rates and definitions too, which plain SQL over the table does not have.
pub fn vocabulary() -> Vocabulary {
    let mut wide = super::vocabulary();
    let nothing = nothing_known();
    let (facts, parameters) = (nothing.facts.len(), nothing.parameters.len());
    let rates = [
        (Slot::Fact(facts), "rd_share", "研发强度", 10_000),
        (Slot::Parameter(parameters), "subsidy_rate", "补助比例", 100),
    ];
    for (slot, identifier, name, per) in rates {
        let kind = Kind::Rate { per };
        let name = name.to_string();
        wide.insert(identifier, Symbol { slot, name, kind })
            .expect("the names differ");
    }
    let amount = "least(rd_expense * subsidy_rate, CASE WHEN has_left THEN 0 ELSE revenue_12m END)";
    let amount = parse_amount(amount, &wide).expect("an amount");
    let condition = "revenue_12m >= scale_revenue OR industry LIKE ANY ('13%', '39%')";
    let condition = parse(condition, &wide).expect("a condition");
    wide.define("subsidy", Definition::Amount(amount))
        .expect("a new name");
    wide.define("is_of_scale", Definition::Condition(condition))
        .expect("a new name");
    wide
}

impl Generator {
    /// Writes over the words of [`vocabulary`].
    pub fn wide(seed: u64) -> Generator {
        Generator {
            state: seed,
            vocabulary: vocabulary(),
        }
    }

    /// As [`Generator::row`], with the largest amounts and the limits of narrow integers.
    pub fn extreme_row(&mut self) -> Values {
        let mut values = self.row();
        let kinds: Vec<(Slot, Kind)> = self
            .vocabulary
            .iter()
            .map(|(_, symbol)| (symbol.slot, symbol.kind.clone()))
            .collect();
        for (slot, kind) in kinds {
            let value = match kind {
                Kind::Boolean | Kind::Choice(_) => continue,
                _ if self.below(8) == 0 => None,
                kind => Some(self.extreme(&kind)),
            };
            match slot {
                Slot::Fact(index) => values.facts[index] = value,
                Slot::Parameter(index) => values.parameters[index] = value,
            }
        }
        values
    }

    fn extreme(&mut self, kind: &Kind) -> i64 {
        let near = self.below(3) as i64 - 1;
        let limits = [
            i8::MIN.into(),
            i8::MAX.into(),
            i16::MIN.into(),
            i16::MAX.into(),
        ];
        let limits: [i64; 4] = limits;
        match kind {
            // Beyond what the kind admits, and products of it beyond i128.
            Kind::Money => {
                let money = [MONEY_MAX, -MONEY_MAX, i64::MAX - 1, i64::MIN + 2, 0];
                *self.pick(&money) + near
            }
            Kind::Electricity => *self.pick(&[i32::MIN.into(), i32::MAX.into(), 0]) + near,
            // Whole months apart, and a day more or less.
            Kind::Day => {
                let days = [
                    10_606, 10_940, 10_971, 11_002, 11_016, 11_337, -99_000, 99_000,
                ];
                *self.pick(&days) + near
            }
            Kind::Month => *self.pick(&[23_988, 24_000, 24_012, 22_800, 26_399]) + near,
            Kind::Code { .. } | Kind::Rate { .. } => self.value(kind),
            Kind::Integer if self.below(4) == 0 => 1_000_000_000 - self.below(2) as i64,
            _ => *self.pick(&limits) + near,
        }
    }

    /// A condition over [`vocabulary`].
    pub fn wide_condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.condition(0);
        }
        let depth = depth - 1;
        match self.below(12) {
            0 => self.condition(depth),
            1 => format!("NOT ({})", self.wide_condition(depth)),
            2 => {
                let test = *self.pick(&["IS NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE"]);
                format!("({}) {test}", self.wide_condition(depth))
            }
            word @ 3..=5 => {
                let word = if word < 5 { "AND" } else { "OR" };
                let parts: Vec<String> = (0..2 + self.below(3))
                    .map(|_| format!("({})", self.wide_condition(depth)))
                    .collect();
                parts.join(&format!(" {word} "))
            }
            6 => {
                let not = *self.pick(&["", "NOT "]);
                format!(
                    "industry {not}LIKE ANY ('09%', '39%', '{}%')",
                    1 + self.below(4)
                )
            }
            7 => self.pick(&["is_of_scale", "NOT is_of_scale"]).to_string(),
            8 => {
                let kind = self.wide_kind();
                let not = *self.pick(&["", "NOT "]);
                let [value, low, high] = [(); 3].map(|()| self.wide_term(&kind, depth));
                format!("{value} {not}BETWEEN {low} AND {high}")
            }
            9 => {
                let kind = self.wide_kind();
                let [value, one, other] = [(); 3].map(|()| self.wide_term(&kind, depth));
                format!("{value} IN ({one}, {other})")
            }
            10 => {
                let kind = self.wide_kind();
                format!("{} IS NULL", self.wide_term(&kind, depth))
            }
            _ => {
                let kind = self.wide_kind();
                let sign = *self.pick(&["=", "<>", "<", "<=", ">", ">="]);
                let [one, other] = [(); 2].map(|()| self.wide_term(&kind, depth));
                format!("{one} {sign} {other}")
            }
        }
    }

    fn wide_kind(&mut self) -> Kind {
        match self.below(3) {
            0 => Kind::Integer,
            1 => Kind::Money,
            _ => self.ordered_kind(),
        }
    }

    /// An amount of money that [`rules::expression::parse_amount`] accepts, mostly.
    pub fn wide_amount(&mut self, depth: usize) -> String {
        self.wide_term(&Kind::Money, depth)
    }

    fn wide_term(&mut self, kind: &Kind, depth: usize) -> String {
        if depth == 0 {
            return self.term(kind, 0);
        }
        let depth = depth - 1;
        match self.below(8) {
            0 | 1 => {
                let arms: Vec<String> = (0..1 + self.below(2))
                    .map(|_| {
                        let condition = self.wide_condition(depth);
                        format!("WHEN {condition} THEN {}", self.wide_term(kind, depth))
                    })
                    .collect();
                let otherwise = match self.below(3) {
                    0 => String::new(),
                    _ => format!("ELSE {} ", self.wide_term(kind, depth)),
                };
                format!("CASE {} {otherwise}END", arms.join(" "))
            }
            2 | 3 => {
                let function = *self.pick(&["least", "greatest"]);
                let terms: Vec<String> = (0..2 + self.below(2))
                    .map(|_| self.wide_term(kind, depth))
                    .collect();
                format!("{function}({})", terms.join(", "))
            }
            4 | 5 if *kind == Kind::Integer => {
                let function = *self.pick(&["months_between", "years_between"]);
                let times = self.pick(&[Kind::Day, Kind::Day, Kind::Month]).clone();
                let [from, to] = [(); 2].map(|()| self.wide_term(&times, depth.min(1)));
                format!("{function}({from}, {to})")
            }
            4 | 5 if *kind == Kind::Money => match self.below(3) {
                0 => "subsidy".to_string(),
                1 => format!("({}) * subsidy_rate", self.wide_term(kind, depth)),
                _ => format!("rd_share * ({})", self.wide_term(kind, depth)),
            },
            _ => self.term(kind, depth.min(2)),
        }
    }
}
