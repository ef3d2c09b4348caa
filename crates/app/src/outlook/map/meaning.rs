//! What colours a tile, and what each colour means: four meanings, each with a word.

use super::{Line, Picture};
use crate::pool::sufficiency::chances::Told;

/// By what tiles are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Completion,
    Pool,
    Chance,
    Warnings,
}

/// Surely enough, in tenths of a percent, and more likely than not.
const SURE_PERMILLE: i64 = 800;
const LIKELY_PERMILLE: i64 = 500;

/// How a division stands: the class of its shape and colour, and the word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    pub class: &'static str,
    pub word: String,
}

fn meaning(class: &'static str, word: impl Into<String>) -> Meaning {
    Meaning {
        class,
        word: word.into(),
    }
}

const COURSE: &str = "on-course";
const RISK: &str = "at-risk";
const BEHIND: &str = "behind";
const UNKNOWN: &str = "unknown";

impl Colour {
    pub const ALL: [Colour; 4] = [
        Colour::Completion,
        Colour::Pool,
        Colour::Chance,
        Colour::Warnings,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Colour::Completion => "completion",
            Colour::Pool => "pool",
            Colour::Chance => "chance",
            Colour::Warnings => "warnings",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Colour::Completion => "完成率",
            Colour::Pool => "培育库倍数",
            Colour::Chance => "完成概率",
            Colour::Warnings => "退规预警",
        }
    }

    /// By its id; completion where nothing fits.
    pub fn read(text: &str) -> Colour {
        let found = Colour::ALL.into_iter().find(|own| own.id() == text);
        found.unwrap_or(Colour::Completion)
    }

    /// What the four colours mean here.
    pub fn key(self, picture: &Picture) -> [Meaning; 4] {
        let gravest = &picture.gravest;
        match self {
            Colour::Completion => {
                let expected = picture.expected_percent;
                [
                    meaning(COURSE, format!("达到预期（{expected}%）")),
                    meaning(RISK, "低于预期，不少于上年同期"),
                    meaning(BEHIND, "低于预期，也少于上年同期"),
                    meaning(UNKNOWN, "没有目标"),
                ]
            }
            Colour::Pool => [
                meaning(COURSE, "已足规定倍数"),
                meaning(RISK, "够目标数，不足规定倍数"),
                meaning(BEHIND, "不足目标数"),
                meaning(UNKNOWN, "没有目标"),
            ],
            Colour::Chance => [
                meaning(COURSE, "完成概率八成以上"),
                meaning(RISK, "五成至八成"),
                meaning(BEHIND, "不到五成"),
                meaning(UNKNOWN, "待算、待补、不公开或没有目标"),
            ],
            Colour::Warnings => [
                meaning(COURSE, format!("没有{gravest}预警")),
                meaning(RISK, format!("有{gravest}预警，都有人跟进")),
                meaning(BEHIND, format!("有{gravest}预警无人跟进")),
                meaning(UNKNOWN, "没有在规企业可判"),
            ],
        }
    }

    /// How a line stands; a word short enough for a tile.
    pub fn of(self, line: &Line, picture: &Picture, chance: Option<Told>) -> Meaning {
        match self {
            Colour::Completion => completion(line, picture.expected_percent),
            Colour::Pool => pool(line),
            Colour::Chance => of_chance(chance),
            Colour::Warnings => warnings(line),
        }
    }
}

fn completion(line: &Line, expected_percent: u32) -> Meaning {
    let progress = &line.progress;
    if progress.target == Some(0) {
        return meaning(UNKNOWN, "无目标");
    }
    match progress.is_behind(expected_percent) {
        None => meaning(UNKNOWN, "未下达"),
        Some(false) => meaning(COURSE, "达到预期"),
        Some(true) if progress.entered >= progress.entered_year_before => meaning(RISK, "低于预期"),
        Some(true) => meaning(BEHIND, "落后"),
    }
}

fn pool(line: &Line) -> Meaning {
    match (line.pool.missing, line.progress.target) {
        (None, _) | (_, None) => meaning(UNKNOWN, "未下达"),
        (_, Some(0)) => meaning(UNKNOWN, "无目标"),
        (Some(0), _) => meaning(COURSE, "已足"),
        (Some(gap), Some(target)) if line.pool.counted >= target => {
            meaning(RISK, format!("缺 {gap} 家"))
        }
        (Some(gap), Some(_)) => meaning(BEHIND, format!("缺 {gap} 家")),
    }
}

fn of_chance(chance: Option<Told>) -> Meaning {
    match chance {
        None => meaning(UNKNOWN, "待算"),
        Some(Told::Elsewhere) => meaning(UNKNOWN, "—"),
        Some(Told::Unknown) => meaning(UNKNOWN, "待补"),
        Some(Told::Hidden) => meaning(UNKNOWN, "不公开"),
        Some(Told::Known { permille: None, .. }) => meaning(UNKNOWN, "无目标"),
        Some(Told::Known {
            permille: Some(permille),
            ..
        }) => match permille {
            SURE_PERMILLE.. => meaning(COURSE, "把握较大"),
            LIKELY_PERMILLE.. => meaning(RISK, "把握不足"),
            _ => meaning(BEHIND, "难以完成"),
        },
    }
}

fn warnings(line: &Line) -> Meaning {
    let warned = &line.warned;
    match (line.progress.in_scale, warned.gravest, warned.alone) {
        (0, 0, _) => meaning(UNKNOWN, "无在规企业"),
        (_, 0, _) => meaning(COURSE, "平稳"),
        (_, _, 0) => meaning(RISK, "均有跟进"),
        (_, _, alone) => meaning(BEHIND, format!("{alone} 家无人跟进")),
    }
}
