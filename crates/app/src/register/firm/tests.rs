//! What matters next, as a table of firms.

use super::matters::{Due, Landing, Matter, Standing, Warning, matters};

fn below() -> Standing {
    Standing {
        in_scale: Some(false),
        ..Standing::default()
    }
}

fn above() -> Standing {
    Standing {
        in_scale: Some(true),
        ..Standing::default()
    }
}

fn warning(is_followed: bool) -> Option<Warning> {
    Some(Warning {
        level: "红色".to_string(),
        reasons: "停产停业、收入下降".to_string(),
        is_followed,
    })
}

fn landing(words: &str, is_likely: bool) -> Option<Landing> {
    Some(Landing {
        words: words.to_string(),
        is_likely,
    })
}

fn due(count: usize, amount: Option<&str>) -> Option<Due> {
    Some(Due {
        count,
        amount: amount.map(str::to_string),
    })
}

fn facts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_string()).collect()
}

/// What officials read of a firm, at most two sentences.
fn check(name: &str, standing: Standing, expected: &[&str]) {
    let found: Vec<String> = matters(&standing).iter().map(Matter::in_words).collect();
    assert_eq!(found, expected, "{name}");
}

fn candidate() -> Standing {
    Standing {
        class: Some("C类（成长）".to_string()),
        landing: landing("照目前走势全年约1,870万元，差130万元", false),
        due: due(2, Some("一次性100,000.00元")),
        ..below()
    }
}

#[test]
fn of_a_firm_on_its_way_up_the_next_step_comes_first() {
    let candidate = candidate();
    check(
        "a candidate that nobody admitted",
        candidate.clone(),
        &[
            "符合培育库C类（成长），尚未纳入",
            "照目前走势全年约1,870万元，差130万元",
        ],
    );
    check(
        "the same in the pool",
        Standing {
            in_pool: true,
            ..candidate.clone()
        },
        &[
            "照目前走势全年约1,870万元，差130万元",
            "可享未办2项，应得一次性100,000.00元",
        ],
    );
    check(
        "above the threshold and not applied",
        Standing {
            has_reached: true,
            ..candidate.clone()
        },
        &[
            "已达规模标准，尚未申报入统",
            "可享未办2项，应得一次性100,000.00元",
        ],
    );
    check(
        "applied",
        Standing {
            has_declared: true,
            has_reached: true,
            due: None,
            one_fact: facts(&["参保人数"]),
            ..candidate.clone()
        },
        &[
            "已申报入统，等统计部门确认",
            "补齐“参保人数”即可判定相应政策",
        ],
    );
}

#[test]
fn of_a_firm_in_scale_the_warning_comes_first() {
    check(
        "in scale, warned, with something due",
        Standing {
            warning: warning(false),
            due: due(1, None),
            one_fact: facts(&["甲"]),
            ..above()
        },
        &[
            "退规预警红色：停产停业、收入下降，尚无人跟进",
            "可享未办1项",
        ],
    );
    check(
        "in scale, warned and followed",
        Standing {
            warning: warning(true),
            ..above()
        },
        &["退规预警红色：停产停业、收入下降，正在跟进"],
    );
    check(
        "in scale, and not everything known",
        Standing {
            may_reach: Some("橙色".to_string()),
            ..above()
        },
        &["数据不全，查明后预警最高可到橙色"],
    );
    check(
        "a warning is never told of a firm below scale, nor a landing of one above",
        Standing {
            warning: warning(false),
            ..below()
        },
        &["没有急办的事项"],
    );
    check(
        "in scale and likely to stay",
        Standing {
            landing: landing("照目前走势全年约3,000万元", true),
            ..above()
        },
        &["没有急办的事项"],
    );
}

#[test]
fn where_little_is_known_that_is_said() {
    check(
        "left, and nothing else is known",
        Standing {
            has_left: true,
            ..below()
        },
        &["已退规，看能否再次升规"],
    );
    check(
        "no confirmed list",
        Standing {
            one_fact: facts(&["甲", "乙", "丙", "丁"]),
            ..Standing::default()
        },
        &[
            "还没有统计部门的确认名单，不知是否在规",
            "补齐“甲”、“乙”、“丙”等4项之一即可判定相应政策",
        ],
    );
}

#[test]
fn owners_are_told_in_their_words_that_an_estimate_is_no_task() {
    let standing = Standing {
        landing: landing("照目前走势全年约1,870万元，差130万元", false),
        has_reached: false,
        ..below()
    };
    let told: Vec<String> = matters(&standing)
        .iter()
        .map(Matter::to_the_owner)
        .collect();
    assert_eq!(
        told,
        ["照目前走势全年约1,870万元，差130万元（估计，不是任务）"]
    );
}

#[test]
fn every_matter_has_a_lamp_a_word_and_a_side() {
    let all = [
        Matter::NoStatus,
        Matter::MayBeWarned("红色".to_string()),
        Matter::Reached,
        Matter::Declared,
        Matter::Candidate("C类".to_string()),
        Matter::Left,
        Matter::Settled,
        Matter::OneFact(facts(&["甲"])),
    ];
    let meanings = ["on-course", "at-risk", "behind", "unknown"];
    let sides = ["ledger", "policy", "history", "acts"];
    for matter in all {
        let (meaning, word) = matter.lamp();
        assert!(
            meanings.contains(&meaning) && !word.is_empty(),
            "{matter:?}"
        );
        assert!(sides.contains(&matter.side()), "{matter:?}");
        assert!(!matter.in_words().is_empty() && !matter.to_the_owner().is_empty());
    }
}
