//! The lists of a year, and annexes.

use super::*;

/// Names on the list, or none where there is no such annex.
fn names<'d>(document: &'d Document, list: &str) -> Vec<&'d str> {
    let annex = document
        .annexes
        .iter()
        .find(|annex| annex.title.ends_with(list));
    let table = annex.and_then(|annex| annex.table.as_ref());
    let cells = table
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| &row.cells[1]);
    cells
        .map(|cell| match cell {
            Cell::Text(name) => name.as_str(),
            other => panic!("{other:?} is no name"),
        })
        .collect()
}

#[track_caller]
fn lists(completed: [(u32, u32); 3], praise: &[&str], criticism: &[&str], summons: &[&str]) {
    let document = Province::whole_year(completed).document();
    text_of(&document);
    assert_eq!(names(&document, "表扬名单"), praise);
    assert_eq!(names(&document, "批评名单"), criticism);
    assert_eq!(names(&document, "提请约谈建议"), summons);
}

#[test]
fn many_idle_counties_become_an_annex() {
    let mut province = Province::whole_year([(100, 100), (50, 100), (30, 30)]);
    let idle = PACK
        .divisions
        .counties_of(411_300)
        .chain(PACK.divisions.counties_of(410_300));
    let idle = idle.chain(PACK.divisions.counties_of(411_400));
    province.progress.areas[1].counties = idle.map(|c| division(c.code, None, 0)).collect();
    let count = province.progress.areas[1].counties.len();
    assert!(count > picture::IDLE_NAMED_MAX);
    check(
        &province,
        &[
            &format!("没有新增的县（市、区）有{count}个，分布在开封市（{count}个），名单见附件3。"),
            "拟议表扬名单（附件4）、批评名单（附件5）、提请约谈建议（附件6），未经批准不生效。",
        ],
        &[],
    );
    let document = province.document();
    assert_eq!(document.annexes[2].title, "没有新增的县（市、区）名单");
    assert_eq!(document.annexes.len(), 6);
}

#[test]
fn the_lists_of_a_year_follow_from_their_rules() {
    let (one, two, three) = ("郑州市", "开封市", "济源市");
    // At each line, and one firm beside it.
    lists([(100, 100), (99, 100), (80, 100)], &[one], &[], &[]);
    lists([(101, 100), (79, 100), (80, 100)], &[one], &[two], &[two]);
    // The lowest two of those behind, and everybody below the lower line.
    lists(
        [(79, 100), (60, 100), (61, 100)],
        &[],
        &[two, three, one],
        &[two, three],
    );
    lists(
        [(59, 100), (10, 100), (20, 100)],
        &[],
        &[two, three, one],
        &[two, three, one],
    );
    lists(
        [(100, 100), (100, 100), (30, 30)],
        &[one, two, three],
        &[],
        &[],
    );
}

#[test]
fn without_a_sufficient_pool_nobody_is_praised() {
    let mut province = Province::whole_year([(100, 100), (90, 100), (90, 100)]);
    province.coverage[0].in_pool = 54;
    check(
        &province,
        &[
            "按附件所列规则，没有需要提出表扬、批评或者提请约谈的地区。",
            "2026年全年，全省新增",
            "完成年度目标的地区有1个，是郑州市（100.0%）；未完成年度目标的地区有2个",
            "未完成年度目标的2个地区，距年度目标合计差20家",
        ],
        &["时序进度", "预期进度", "本年"],
    );
}

#[test]
fn a_list_is_a_proposal_until_it_is_approved() {
    let mut province = Province::whole_year([(100, 100), (50, 100), (30, 30)]);
    let standing = |province: &Province| -> Vec<Option<String>> {
        let annexes: Vec<Annex> = province.document().annexes;
        annexes
            .into_iter()
            .skip(2)
            .map(|annex| annex.standing)
            .collect()
    };
    let proposed = Some("拟议稿，未经批准不生效".to_string());
    assert_eq!(
        standing(&province),
        [proposed.clone(), proposed.clone(), proposed.clone()]
    );
    province.approved.criticism = true;
    assert_eq!(standing(&province), [proposed.clone(), None, proposed]);
    check(
        &province,
        &[
            "经批准，随本通报印发批评名单（附件4）。",
            "拟议表扬名单（附件3）、提请约谈建议（附件5），未经批准不生效。",
        ],
        &[],
    );
}

#[test]
fn no_lists_without_targets() {
    let province = Province::whole_year([(100, 100), (50, 100), (30, 30)]).without_targets();
    assert_eq!(province.document().annexes.len(), 2);
    check(
        &province,
        &["2026年度预期目标未下达"],
        &["完成率", "表扬", "约谈", "下达前"],
    );
}
