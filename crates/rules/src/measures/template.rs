//! The two files of a new measure, with comments that say what to write.

/// Paths inside the measure's folder, and their texts.
pub fn template(name: &str) -> [(&'static str, String); 2] {
    [
        ("measure.toml", MEASURE.replace("{name}", name)),
        ("cases.toml", CASES.to_string()),
    ]
}

const MEASURE: &str = r#"# 一项政策措施。每个数都是 parameters.toml 里有出处的参数，规则里不直接写数。
name = "{name}"
clauses = ["2.3.5"]               # 落实方案的哪几条
force = "priority"                # due 应得 · up-to 上限 · priority 优先 · encouraged 鼓励 · protection 保障
agencies = ["industry"]           # 责任单位，见 agencies.toml；市县写 "areas"、"counties"
channel = "向所在县（市、区）工业和信息化主管部门申请"
papers = ["申请表"]               # 要交的材料，没有就写 []
note = ""                         # 提醒读者的话

[[version]]                       # 政策每变一次，另起一段，前一段补上失效日期 to
from = "2022-01-01"
law = "实施方案"                  # 依据文件
decided_by = "rule"               # rule 条件具备即可享 · agency 由部门裁量 · locality 依地方细则

[[version.condition]]             # 各条须同时具备
id = "who"
name = "培育库入库企业或首次小升规工业企业"
when = "is_pool_or_first"         # 可用事实、参数见 docs/reference
cites = ["2.3.5"]

[[version.benefit]]
id = "priority"
name = "同等条件下优先"
text = "同等条件下优先支持。"     # 有数额的写 amount = "……"，按分计算
"#;

const CASES: &str = r#"# 案例：每条件单独不符一例，每个数在界上一例、差一个单位一例，生效、失效当日及其前后各一例。
[ordinary]                        # 各案例未另写的，都照这里
on = "2026-06-30"
[ordinary.facts]
in_pool = true
in_scale = false

[[case]]
name = "在培育库的可享"
verdict = "可享"

[[case]]
name = "不在库也未升规的不可享"
facts = { in_pool = false }
verdict = "不可享"
fails = ["who"]

[[case]]
name = "方案施行首日可享"
on = "2022-01-01"
verdict = "可享"

[[case]]
name = "方案施行前一日没有这项政策"
on = "2021-12-31"
verdict = "不可享"
fails = ["period"]

[[case]]
name = "是否在库未知"
facts = { in_pool = "?" }
verdict = "待补数据"
missing = [["in_pool"]]
"#;
