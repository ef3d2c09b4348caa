//! What cannot be done says what to do next.

use super::workflow::{APPROVE, CONSULT, ISSUE, MEASURE, Wish, all, wish};
use super::world::{JIYUAN, LUOYANG, PROVINCE, on_each_database, pack};
use programme::database::Database;
use programme::targets::acts;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;

/// Name; what was done before; what is wished and refused; words of the refusal.
type Case = (
    &'static str,
    &'static [Wish<'static>],
    Wish<'static>,
    &'static [&'static str],
);

const MOVED: &[(DivisionCode, u32)] = &[(LUOYANG, 240), (410100, 300)];
const MOVE: Wish<'_> = Wish::Adjust(MOVED, "在建项目推迟");

const OUT_OF_ORDER: &[Case] = &[
    (
        "nothing to consult on",
        &[],
        CONSULT,
        &["年度目标还没有测算；请先 shenggui targets measure --year"],
    ),
    ("nothing to adjust", &[], MOVE, &["还没有测算"]),
    ("nothing to approve", &[], APPROVE, &["还没有测算"]),
    ("nothing to issue", &[], ISSUE, &["还没有测算"]),
    (
        "approved without consulting",
        &[MEASURE],
        APPROVE,
        &["年度目标还没有会商，不能报批；请先 shenggui targets consult --year"],
    ),
    (
        "adjusting is not consulting",
        &[MEASURE, MOVE],
        APPROVE,
        &["还没有会商"],
    ),
    (
        "issued without consulting",
        &[MEASURE],
        ISSUE,
        &["还没有批准，不能下达；请先 shenggui targets approve"],
    ),
    (
        "issued without approval",
        &[MEASURE, CONSULT],
        ISSUE,
        &["还没有批准"],
    ),
    (
        "consulting of the edition before",
        &[MEASURE, CONSULT, MEASURE],
        APPROVE,
        &["还没有会商"],
    ),
    (
        "approval of the edition before",
        &[MEASURE, CONSULT, APPROVE, MEASURE, CONSULT],
        ISSUE,
        &["还没有批准"],
    ),
    (
        "adjusted after approval",
        &[MEASURE, CONSULT, APPROVE],
        MOVE,
        &["第1次测算已经批准", "targets issue", "targets measure"],
    ),
    (
        "consulted after approval",
        &[MEASURE, CONSULT, APPROVE],
        CONSULT,
        &["已经批准"],
    ),
    (
        "approved twice",
        &[MEASURE, CONSULT, APPROVE],
        APPROVE,
        &["已经批准"],
    ),
    (
        "issued twice",
        &[MEASURE, CONSULT, APPROVE, ISSUE],
        ISSUE,
        &["已以豫民企组办〔2027〕3号下达", "重新测算"],
    ),
    (
        "adjusted after issuing",
        &[MEASURE, CONSULT, APPROVE, ISSUE],
        MOVE,
        &["已以豫民企组办〔2027〕3号下达"],
    ),
];

const INCOMPLETE: &[Case] = &[
    (
        "a total between tens",
        &[],
        Wish::Measure(2505),
        &["不是10的整数倍", "2500或2510"],
    ),
    ("no total", &[], Wish::Measure(0), &["大于0"]),
    (
        "bases of one area only",
        &[],
        Wish::MeasureBy(10, &[(LUOYANG, 1)]),
        &["缺郑州市", "缺济源市"],
    ),
    (
        "an adjustment without reason",
        &[MEASURE],
        Wish::Adjust(MOVED, " "),
        &["理由"],
    ),
    (
        "an adjustment to the same",
        &[MEASURE],
        Wish::Adjust(&[(LUOYANG, 230)], "因"),
        &["没有要调整的目标"],
    ),
    (
        "an adjustment of the total",
        &[MEASURE],
        Wish::Adjust(&[(LUOYANG, 240)], "因"),
        &["合计2510家，应仍为2500家"],
    ),
    (
        "an adjustment between tens",
        &[MEASURE],
        Wish::Adjust(&[(LUOYANG, 235), (410100, 305)], "因"),
        &["洛阳市的目标235不是10的整数倍"],
    ),
    (
        "an adjustment of a county",
        &[MEASURE],
        Wish::Adjust(&[(410305, 10)], "因"),
        &["多出涧西区"],
    ),
    (
        "an adjustment twice",
        &[MEASURE],
        Wish::Adjust(&[(LUOYANG, 240), (LUOYANG, 220)], "因"),
        &["洛阳市出现两次"],
    ),
    (
        "no opinion",
        &[MEASURE],
        Wish::Consult("statistics", ""),
        &["意见"],
    ),
    (
        "one's own opinion",
        &[MEASURE],
        Wish::Consult("industry", "同意"),
        &["其他单位"],
    ),
    (
        "approved by nobody",
        &[MEASURE, CONSULT],
        Wish::Approve(""),
        &["批准机关"],
    ),
    (
        "issued without a number",
        &[MEASURE, CONSULT, APPROVE],
        Wish::Issue("　"),
        &["文号"],
    ),
];

/// Where nothing can be measured: name, year, division, words of the refusal.
const PLACES: &[(&str, i32, DivisionCode, &str)] = &[
    (
        "the year of the plan itself",
        2022,
        PROVINCE,
        "2022年度目标已由《促进小微工业企业上规模实施方案》下达",
    ),
    (
        "below the county",
        2022,
        410305,
        "到县（市、区）为止，涧西区的目标不再向下分解",
    ),
    (
        "an area without counties",
        2022,
        JIYUAN,
        "济源市没有下辖的县",
    ),
    ("no such place", 2022, 990000, "没有代码为990000"),
    (
        "an area without a target",
        2029,
        LUOYANG,
        "省里还没有下达洛阳市2029年度目标",
    ),
    (
        "another total than the area's",
        2022,
        LUOYANG,
        "洛阳市2022年度目标为230家，分解总数10家",
    ),
];

async fn check(db: &Database, pack: &Pack, year: i32, (name, before, asked, words): &Case) {
    let of = (year, PROVINCE);
    if !before.is_empty() {
        all(db, pack, of, before).await;
    }
    let message = wish(db, pack, of, asked.clone())
        .await
        .expect_err(name)
        .to_string();
    for words in *words {
        assert!(message.contains(words), "{name}: {message}");
    }
    let kept = acts(db.reading(), year, PROVINCE).await.expect("acts");
    assert_eq!(
        kept.len(),
        before.len(),
        "{name}: a refusal leaves no record"
    );
}

#[tokio::test]
async fn what_cannot_be_done_says_what_to_do_next() {
    let pack = pack();
    on_each_database("refusals", async |db| {
        // Each case has a year of its own.
        for (year, case) in (2030..).zip(OUT_OF_ORDER.iter().chain(INCOMPLETE)) {
            check(db, &pack, year, case).await;
        }
        for (name, year, division, words) in PLACES {
            let asked = Wish::MeasureBy(10, &[]);
            let refused = wish(db, &pack, (*year, *division), asked).await;
            let message = refused.expect_err(name).to_string();
            assert!(message.contains(words), "{name}: {message}");
        }
    })
    .await;
}
