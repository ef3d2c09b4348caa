//! The language of conditions as a page: forms with examples, kinds, strictness.
//!
//! Forms, outcomes and pairs of kinds come from `rules::expression::language`; only the
//! sentences around them stand here. Example: `language.md`.

use super::page::{Page, cell, code, kind_with_unit, table};
use rules::expression::Kind;
use rules::expression::language::{LANGUAGE, Pairings, SIGNS, kinds, outcomes, pairings, samples};
use rules::pack::stated::how_to_state;

/// The page of the language.
pub fn page() -> Page {
    let mut page = Page::new("language.md", "条件的写法");
    page.line("条件和数额用 SQL 的一小部分来写，大小写不限。");
    page.line("能用的名称只有政策包里的事实、参数、共用条件，以及本措施自己的中间值。");
    page.line("规则里除了 0 不写任何数：每个数都是参数，有施行期，有出处。");
    page.line("没有除法：占比写成乘积来比，例如“研发费用占收入不低于比例”写成 `rd_expense >= revenue * rd_share_min`。");
    forms(&mut page);
    unknown(&mut page);
    mixing(&mut page);
    writing(&mut page);
    page
}

fn forms(page: &mut Page) {
    page.heading("例子用到的名称");
    page.line("下面各例按两家样例企业试算，乙企业缺几项数。");
    let rows = samples().into_iter().map(|sample| {
        let [first, second] = sample.values.map(|value| match value {
            Some(value) => sample.kind.in_figures(i128::from(value)),
            None => "待补".to_string(),
        });
        vec![
            code(sample.identifier),
            sample.name.to_string(),
            kind_with_unit(&sample.kind),
            first,
            second,
        ]
    });
    page.part(&table(&["标识", "名称", "类型", "甲企业", "乙企业"], rows));
    for chapter in LANGUAGE {
        page.heading(chapter.title);
        let rows = chapter.forms.iter().map(|form| {
            let [first, second] = outcomes(form);
            vec![
                code(form.written),
                cell(form.meaning),
                code(form.example),
                first,
                second,
            ]
        });
        page.part(&table(&["写法", "意思", "例", "甲企业", "乙企业"], rows));
    }
}

fn unknown(page: &mut Page) {
    page.heading("缺数时怎样算");
    page.line("缺数不是零，也不是否：看不出结果的条件是“未知”，措施的结论是“待补数据”。");
    page.line("AND 有一边不成立就不成立，OR 有一边成立就成立，另一边缺数也不要紧。");
    page.line("加、减、乘、比较，有一边未知就未知。");
    page.line("`least`、`greatest` 有一个值未知就未知，与一般数据库不同。");
    page.line("CASE 依次看各条件，遇到未知的条件就整个未知，不往后落，与一般数据库不同。");
    page.line("参数在判定日没有取值的，也是未知。");
}

fn mixing(page: &mut Page) {
    page.heading("哪些类型可以放在一起");
    page.line("行是左边的类型，格里是右边可以放的类型；箭头后面是得出的类型，不写的与左边相同。");
    let mut head = vec!["左边"];
    head.extend(["相等 = <>", "大小 < <= > >=", "加 +", "减 -", "乘 *"]);
    assert_eq!(head.len(), SIGNS.len() + 1, "a column for each sign");
    let rows = pairings().into_iter().map(|own| {
        let mut row = vec![own.kind.in_words()];
        row.extend((0..SIGNS.len()).map(|sign| partners(&own, sign)));
        row
    });
    page.part(&table(&head, rows));
    page.part("日期相减得天数，月份相减得月数。\n");
}

fn partners(own: &Pairings, sign: usize) -> String {
    let named = own.partners[sign]
        .iter()
        .map(|(kind, result)| match result {
            Some(result) if *result != own.kind => {
                format!("{}→{}", kind.in_words(), result.in_words())
            }
            _ => kind.in_words(),
        });
    let mut names: Vec<String> = named.collect();
    if own.takes_zero[sign] {
        names.push("0".to_string());
    }
    cell(&names.join("、"))
}

fn writing(page: &mut Page) {
    page.heading("各类值怎样写");
    page.line("案例的事实和事实的上限 `max` 这样写；未知写 `\"?\"`。");
    let rows = kinds().into_iter().map(|kind| {
        let name = kind.in_words();
        vec![name, cell(&how_to_state(&kind)), limit(&kind)]
    });
    page.part(&table(&["类型", "写法", "最大"], rows));
    page.part("参数的 `value` 一律写在引号里：金额 `\"3000000.00\"`（元），数量和整数 `\"300\"`，比例 `\"5%\"`、`\"0.1%\"`、`\"7‰\"`、`\"12.5%\"`（小数至多三位），日期 `\"2027-12-31\"`，月份 `\"2027-12\"`。\n");
    page.line("金额按分、比例按份数计算，全程是整数；数额最后四舍五入到分。");
}

fn limit(kind: &Kind) -> String {
    match kind {
        Kind::Money | Kind::Electricity | Kind::Count | Kind::Integer | Kind::Rate { .. } => {
            kind.in_figures(i128::try_from(kind.magnitude_max()).unwrap_or(i128::MAX))
        }
        _ => "—".to_string(),
    }
}
