//! What would help a pool: further firms of each class, and the candidates that raise the
//! probability most.
//!
//! Candidates are named only within the reader's region. A rise tells a firm's probability to
//! whoever can divide, so it is a band where the probability is one.

use super::{Material, Shown};
use crate::outlook::prospect::Probability;
use crate::report::{Field, Table};
use programme::pool::sufficiency::{
    ClassNeed, Goal, Marginal, Prospect, SURETIES_PERCENT, reinforcement,
};

/// Candidates that are named.
const BEST_MAX: usize = 20;

/// Lower bounds of the bands of rises, in hundredths of a percentage point.
const RISE_BANDS: [i64; 5] = [0, 10, 50, 100, 500];

/// Rises below this are as good as none.
const RISE_MIN: f64 = 1e-6;

/// Tables, and what the reader should know of them.
pub(super) fn tables(
    shown: &Shown,
    material: &Material,
    goal: Goal,
) -> ([Table; 2], Option<&'static str>) {
    let firms = &material.firms;
    let is_visible = |prospect: &&Prospect| {
        let whereabouts = firms.whereabouts(prospect.firm);
        prospect.in_pool || shown.scope.covers_firm(&whereabouts)
    };
    let visible: Vec<Prospect> = material
        .prospects
        .iter()
        .filter(is_visible)
        .copied()
        .collect();
    let classes = shown.pack.classes.len();
    let found = reinforcement(&visible, goal, classes, BEST_MAX, &shown.sampling);
    let mut needs = Table::new(
        "classes",
        "各类再纳入多少家可有九成把握",
        &[
            ("class", "类别"),
            ("mean", "平均达规概率"),
            ("from", "概率取自"),
            ("further", "再纳入"),
        ],
    );
    debug_assert_eq!(SURETIES_PERCENT[1], 90, "the heading says nine tenths");
    for need in &found.classes {
        needs.row(class_row(shown, need));
    }
    let mut best = Table::new(
        "marginal",
        "再纳入哪些候选企业最有用",
        &[
            ("uscc", "统一社会信用代码"),
            ("name", "企业名称"),
            ("county", "县（市、区）"),
            ("class", "类别"),
            ("above", "全年达规概率"),
            ("rise", "完成概率提高（百分点）"),
        ],
    );
    for marginal in &found.best {
        best.row(marginal_row(shown, material, marginal));
    }
    let is_far = found.best.iter().all(|marginal| marginal.rise < RISE_MIN);
    let is_open = goal.still_needed().is_some_and(|number| number > 0);
    let note = (is_far && is_open && !found.best.is_empty()).then_some(
        "缺口较大或者已有十足把握，只多一家几乎不改变完成概率，候选企业按全年达规概率排列",
    );
    ([needs, best], note)
}

fn class_row(shown: &Shown, need: &ClassNeed) -> Vec<Field> {
    let class = &shown.pack.classes[need.class];
    let name = Field::text(format!("{} {}", class.letter, class.name));
    let Some(mean) = need.mean else {
        return vec![name, Field::Unknown, Field::Empty, Field::Unknown];
    };
    let place = if need.is_provincial {
        "全省"
    } else {
        "本库"
    };
    let from = Field::text(format!("{place}该类{}家", need.firms));
    if !shown.may_see(need.firms) {
        return vec![name, Field::text("不公开"), from, Field::Empty];
    }
    let mean = Field::Percent {
        part: (mean * 1000.0).round() as i64,
        of: 1000,
    };
    vec![name, mean, from, Field::maybe_count(need.further)]
}

fn marginal_row(shown: &Shown, material: &Material, marginal: &Marginal) -> Vec<Field> {
    let (pack, firms) = (&shown.pack, &material.firms);
    let place = firms.county(marginal.firm).or(firms.area(marginal.firm));
    let class = firms.first_class(marginal.firm);
    let hundredths = (marginal.rise * 10_000.0).round() as i64;
    let above = Probability::of(pack, firms, marginal.firm);
    let sees = above.is_some_and(|above| shown.scope.sees(above.class));
    vec![
        Field::text(firms.uscc(marginal.firm).to_string()),
        Field::text(firms.name(marginal.firm)),
        place.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        }),
        class.map_or(Field::Empty, |class| {
            let class = &pack.classes[class];
            Field::text(format!("{} {}", class.letter, class.name))
        }),
        above.map_or(Field::Unknown, |above| above.shown(pack, &shown.scope)),
        Field::text(match sees {
            true => points(hundredths),
            false => rise_band(hundredths),
        }),
    ]
}

/// Hundredths of a percentage point, as points: 125 is “1.25”.
fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn rise_band(hundredths: i64) -> String {
    let band = RISE_BANDS.iter().rposition(|bound| hundredths >= *bound);
    let band = band.unwrap_or(0);
    let low = points(RISE_BANDS[band]);
    match RISE_BANDS.get(band + 1) {
        Some(high) if band == 0 => format!("不足{}", points(*high)),
        Some(high) => format!("{low}–{}", points(*high)),
        None => format!("{low}以上"),
    }
}
