//! What a quarter's text says of a province in each state.

use super::*;

#[test]
fn an_ordinary_quarter() {
    ordinary(
        |_| {},
        &[
            "截至9月底，全省新增规模以上工业企业108家，完成年度预期目标260家的41.5%，均为首次升规。",
            "全省完成率高于预期进度1.5个百分点，低于时序进度33.5个百分点。",
            "截至9月底，达到时序进度的地区有1个，是郑州市（80.0%）；达到预期进度、未达到时序进度的地区有1个，\
             是济源市（50.0%）；低于预期进度的地区有1个，是开封市（10.0%）。",
            "完成率居首位的是郑州市（80.0%，80家）；居末位的是开封市（10.0%，13家）。",
            "从县级看，截至9月底尚无新增的县（市、区）有1个，是开封市（杞县）。",
            "在库企业230家，本年已由培育库升规87家，两项合计为年度目标的1.22倍，要求不低于1.2倍。",
            "培育库家数达到要求的地区有2个；未达到要求的地区有1个，开封市缺6家。",
            "与预期进度相比，开封市差39家。全省有1个县（市、区）本年尚无新增。",
            "开封市培育库家数未达到要求，缺6家，同时低于预期进度。",
            "开封市要对照预期进度查找差距",
            "开封市至少补充6家，在下一次通报前完成入库。",
        ],
        &["退库企业", "达规", "更正"],
    );
}

#[test]
fn a_year_without_targets_counts_and_does_not_compare() {
    let province = Province::ordinary().without_targets();
    check(
        &province,
        &[
            "2026年度预期目标尚未下达，本通报只列家数，不与目标比较。",
            "全省新增规模以上工业企业108家，均为首次升规。",
            "新增家数居首位的是郑州市（80家）；居末位的是开封市（13家）。",
            "2026年度预期目标尚未下达，应建家数不作计算",
            "年度预期目标下达前，各地要",
        ],
        &["完成率", "时序进度", "未达到要求", "补足培育库"],
    );
    let document = province.document();
    let table = document.annexes[0].table.as_ref().expect("a table");
    for label in ["完成率", "年度目标", "应建", "倍数", "缺口"] {
        assert!(
            table.columns.iter().all(|column| column.label != label),
            "{label}"
        );
    }
    assert_eq!(document.annexes[0].title, "各地“小升规”新增情况表");
}

#[test]
fn none_and_one_read_well() {
    ordinary(
        |p| p.set([0, 0, 0]),
        &[
            "全省新增规模以上工业企业0家，年度预期目标为260家。上年同期没有新增记录，不作同比。本年没有企业退库。",
            "有年度目标的3个地区均低于预期进度。",
            "各地进度均低于预期",
            "各地要对照预期进度查找差距",
        ],
        &["首次升规0", "依次"],
    );
    ordinary(
        |p| p.set([1, 0, 0]),
        &["新增规模以上工业企业1家，完成年度预期目标260家的0.4%，为首次升规。"],
        &[],
    );
    let mut bare = Province::ordinary().without_targets();
    bare.set([0, 0, 0]);
    check(
        &bare,
        &["全省新增规模以上工业企业0家。上年同期没有新增记录"],
        &["完成率"],
    );
}

#[test]
fn first_and_returned_are_told_apart() {
    let returned = |count: u32| {
        move |p: &mut Province| {
            p.progress.areas[0].area.returned = count;
            p.progress.areas[0].area.first = 80 - count;
            p.add_up();
        }
    };
    ordinary(
        returned(8),
        &["，其中首次升规100家、再次升规8家。"],
        &["均为"],
    );
    ordinary(
        |p| {
            for area in &mut p.progress.areas {
                area.area.returned = area.area.entered;
                area.area.first = 0;
            }
            p.add_up();
        },
        &["的41.5%，均为再次升规。"],
        &["首次升规0"],
    );
}

#[test]
fn last_year_is_compared_where_it_has_figures() {
    let before =
        |count: u32| move |p: &mut Province| p.progress.province.entered_year_before = count;
    ordinary(
        before(0),
        &["上年同期没有新增记录，不作同比。"],
        &["同比增加", "增长"],
    );
    ordinary(
        before(100),
        &["上年同期新增100家，同比增加8家、增长8.0%。"],
        &[],
    );
    ordinary(before(108), &["上年同期新增108家，同比持平。"], &[]);
    ordinary(
        before(120),
        &["上年同期新增120家，同比减少12家、下降10.0%。"],
        &[],
    );
}

#[test]
fn exits_are_counted_with_their_reasons() {
    let left = |counts: [u32; 3]| {
        move |p: &mut Province| {
            for (area, count) in p.progress.areas.iter_mut().zip(counts) {
                area.area.left = count;
            }
            p.add_up();
        }
    };
    let reason = |reason: &str, count| ReasonCount {
        reason: reason.to_string(),
        count,
    };
    ordinary(
        left([4, 20, 0]),
        &[
            "本年退库24家，净增84家。",
            "全省本年退库24家，退库原因待统计部门确认。退库企业分布在开封市（20家）、郑州市（4家）。",
            "退库多于新增的地区有开封市（净减少7家）。",
            "对本年退库的24家企业，按照“一企一策”要求",
        ],
        &[],
    );
    ordinary(
        |p| {
            left([4, 20, 0])(p);
            p.exits.province = vec![reason("停产歇业", 5), reason("规上转规下", 15)];
            p.exits.areas = BTreeMap::from([(KAIFENG, vec![reason("规上转规下", 15)])]);
        },
        &[
            "退库24家，其中规上转规下15家、停产歇业5家，原因待确认4家。",
            "退库企业分布在开封市（20家，其中规上转规下15家）、郑州市（4家）。",
        ],
        &[],
    );
    ordinary(
        left([108, 0, 0]),
        &["本年退库108家，新增与退库相抵。"],
        &["净增"],
    );
    ordinary(
        left([110, 0, 0]),
        &["本年退库110家，净减少2家。", "退库企业在郑州市（110家）。"],
        &[],
    );
}

#[test]
fn all_ahead_and_all_behind_are_said_in_one() {
    ordinary(
        |p| p.set([75, 98, 23]),
        &["有年度目标的3个地区均达到时序进度。"],
        &["进度低于预期", "低于预期进度的地区"],
    );
    ordinary(
        |p| p.set([74, 52, 22]),
        &["有年度目标的3个地区均达到预期进度、未达到时序进度。"],
        &["进度低于预期"],
    );
    ordinary(
        |p| p.set([39, 51, 11]),
        &[
            "有年度目标的3个地区均低于预期进度。",
            "低于预期进度的3个地区，距预期进度合计差3家，其中郑州市差1家、开封市差1家、济源市差1家。",
        ],
        &[],
    );
}

#[test]
fn without_problems_their_section_is_left_out() {
    ordinary(
        |p| {
            p.set([75, 98, 23]);
            p.progress.areas[1].counties[1].entered = 1;
            p.coverage[1].in_pool = 146;
        },
        &[
            "各县（市、区）均有新增。",
            "各地培育库家数均达到要求。",
            "四、下步要求\n\n（一）严守统计纪律",
        ],
        &["存在问题", "加快工作进度", "补足培育库"],
    );
}

#[test]
fn ties_are_broken_by_firms_and_then_by_codes() {
    ordinary(
        |p| {
            p.progress.areas[1].area.target = Some(200);
            p.progress.areas[2].area.target = Some(100);
            p.set([50, 100, 50]);
        },
        &["完成率居首位的是开封市（50.0%，100家）；居末位的是济源市（50.0%，50家）"],
        &[],
    );
    ordinary(
        |p| {
            p.progress.areas[2].area.target = Some(100);
            p.set([50, 13, 50]);
        },
        &["的地区有2个，依次是郑州市（50.0%）、济源市（50.0%）；"],
        &[],
    );
}

#[test]
fn firms_that_reached_the_scale_are_led_to_apply() {
    ordinary(
        |p| {
            p.candidates = CandidateCounts {
                by_class: vec![9, 0, 20, 30],
                reached: 9,
                reached_by_area: BTreeMap::from([(ZHENGZHOU, 2), (KAIFENG, 7), (JIYUAN, 0)]),
            };
        },
        &[
            "全省符合培育条件的企业有59家，其中达规未入统9家、新开工投产20家、成长30家。\
             已达到规模标准、尚未纳入统计的企业有9家，较多的地区是开封市（7家）、郑州市（2家）。",
            "9家企业，各地工业和信息化、统计、税务部门要在年度入统申报开始前逐户",
        ],
        &["退规待返0"],
    );
    ordinary(
        |p| p.candidates.by_class = vec![0, 3],
        &["其中退规待返3家。没有发现已达到规模标准、尚未纳入统计的企业。"],
        &["引导达规企业"],
    );
}

#[test]
fn what_is_final_or_not_yet_in_is_said() {
    ordinary(
        |_| {},
        &["年度名单尚未最终核定，本通报所列数据为初步数。"],
        &["核定数", "另行通报"],
    );
    ordinary(
        |p| {
            p.progress.standing = Standing::Final;
            p.progress.as_of = "2026-08".parse().expect("a month");
        },
        &[
            "数据统计至2026年8月底",
            "其后月份的确认名单尚未收到，收到后另行通报。",
            "本通报所列数据为核定数。",
        ],
        &["初步数"],
    );
}

#[test]
fn titles_break_by_meaning() {
    let title = |province: &Province| province.document().title;
    let mut province = Province::ordinary();
    let issuer = "河南省促进民营经济和中小企业发展";
    assert_eq!(
        title(&province),
        [
            issuer,
            "工作领导小组办公室关于2026年第三季度",
            "“小升规”工作进展情况的通报"
        ]
    );
    province.period = "2026";
    assert_eq!(
        title(&province),
        [
            issuer,
            "工作领导小组办公室关于2026年度",
            "“小升规”目标完成情况的通报"
        ]
    );
}

#[test]
fn every_mixture_keeps_the_rules() {
    for mixture in 0..4_u32.pow(7) {
        let pick = |place: u32| mixture / 4_u32.pow(place) % 4;
        if !mixture.is_multiple_of(7) {
            continue;
        }
        let mut province = match pick(0) {
            0 => Province::whole_year([(100, 100), (50, 100), (30, 30)]),
            _ => Province::ordinary(),
        };
        if pick(1) == 0 {
            province = province.without_targets();
        }
        province.set([
            [0, 40, 80, 130][pick(2) as usize],
            pick(3) * 20,
            pick(4) * 8,
        ]);
        for (index, area) in province.progress.areas.iter_mut().enumerate() {
            area.area.left = pick(5) * index as u32 * 9;
            area.area.entered_year_before = pick(6) * 30;
        }
        if pick(6) == 2 {
            province.progress.areas[1].area.target = None;
            province.coverage[1].target = None;
            province.coverage[1].required = None;
        }
        province.add_up();
        province.progress.province.target = (pick(1) > 0).then_some(260);
        province.candidates.reached = pick(3);
        province.candidates.reached_by_area = BTreeMap::from([(KAIFENG, pick(3))]);
        let document = province.document();
        let text = text_of(&document);
        assert_eq!(document, province.document());
        assert!(pick(1) > 0 || !text.contains("完成率"), "{text}");
    }
}
#[test]
fn a_correction_without_changed_figures_names_none() {
    ordinary(
        |p| {
            p.correction = Some(CorrectionRef {
                number: "豫民企组办〔2026〕5号".to_string(),
                title: "关于2026年第三季度“小升规”工作进展情况的通报".to_string(),
                snapshot: snapshot(11),
                changes: Vec::new(),
            });
        },
        &["我办以豫民企组办〔2026〕5号印发了《关于2026年第三季度"],
        &["主要更正内容"],
    );
}
