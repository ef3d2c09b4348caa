//! Where a firm stands, in the owner's words.

use super::stage;

#[test]
fn the_confirmed_list_comes_first_then_the_records() {
    let cases = [
        (None, false, false, true, false, "还不知道"),
        (
            Some(true),
            true,
            false,
            false,
            false,
            "在规模以上名单里，有退出的风险",
        ),
        (Some(true), false, true, true, true, "在规模以上名单里"),
        (Some(false), false, true, true, false, "已申报，等确认"),
        (Some(false), false, false, true, true, "在培育库里"),
        (
            Some(false),
            false,
            false,
            false,
            true,
            "曾在规模以上名单里，现已退出",
        ),
        (
            Some(false),
            true,
            false,
            false,
            false,
            "还没有进入规模以上名单",
        ),
    ];
    for (in_scale, is_warned, has_declared, in_pool, has_left, expected) in cases {
        let shown = stage(in_scale, is_warned, has_declared, in_pool, has_left);
        assert_eq!(shown.name, expected);
        assert!(!shown.words.contains("任务") && !shown.words.contains("目标"));
    }
}
