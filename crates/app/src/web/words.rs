//! Sentences of the command line as pages say them: without options and commands.

/// What an option stands for on a page.
const INSTEAD: &[(&str, &str)] = &[
    ("（--purpose）", ""),
    ("（--reason）", ""),
    ("（--by）", ""),
    ("（--as）", ""),
    ("请用 --month 2026-09 这样的写法指明", "请在“月份”中选定"),
    (
        "，或用 --month 指明月份（其他月份的行将退回）",
        "，或在“月份”中选定一个月（其他月份的行将退回）",
    ),
    ("也可用 --unit 指明", "也可在“单位”中选定"),
];

/// A sentence without words of the command line; what only says how to type is left out.
pub fn for_pages(text: &str) -> String {
    let mut said = text.to_string();
    for (from, to) in INSTEAD {
        said = said.replace(from, to);
    }
    said = corrections(&said);
    let mut kept = String::new();
    for sentence in said.split_inclusive(['。', '；', '\n']) {
        kept.push_str(&without_commands(sentence));
    }
    let kept = kept.trim_end_matches(['；', '，', '、', '：', ' ']);
    match kept.is_empty() {
        true => "没有办理，请核对填写的内容".to_string(),
        false => kept.to_string(),
    }
}

/// “用 --supersedes 3” as “在‘更正哪一批’中选第3批次”.
fn corrections(text: &str) -> String {
    const OPTION: &str = "用 --supersedes ";
    let mut said = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(OPTION) {
        said.push_str(&rest[..place]);
        rest = &rest[place + OPTION.len()..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        said.push_str(&format!("在“更正哪一批”中选第{}批次", &rest[..digits]));
        rest = &rest[digits..];
    }
    said.push_str(rest);
    said
}

/// The part of a sentence before it begins to tell what to type.
fn without_commands(sentence: &str) -> String {
    let begins = ["shenggui ", "--"]
        .into_iter()
        .filter_map(|word| sentence.find(word));
    let Some(begin) = begins.min() else {
        return sentence.to_string();
    };
    let before = &sentence[..begin];
    let clause = before.rfind(['，', '：', '（', '。', '；']);
    match clause {
        Some(end) => before[..end].to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::for_pages;

    #[test]
    fn pages_name_no_command() {
        let cases = [
            (
                "要写明事由（--reason）和经办人（--by）",
                "要写明事由和经办人",
            ),
            (
                "没有第9批次，全部批次见 shenggui indicators batches",
                "没有第9批次",
            ),
            (
                "这份文件已作为第3批次导入，没有重复存入。确需更正的，用 --supersedes 3",
                "这份文件已作为第3批次导入，没有重复存入。确需更正的，在“更正哪一批”中选第3批次",
            ),
            (
                "没有写明是哪个月的数据。请用 --month 2026-09 这样的写法指明。没有存入任何数据",
                "没有写明是哪个月的数据。请在“月份”中选定。没有存入任何数据",
            ),
            ("已在培育库", "已在培育库"),
            (
                "还没有运行过，请先执行 shenggui run --as-of 2026-09 这样的命令",
                "还没有运行过",
            ),
        ];
        for (said, expected) in cases {
            assert_eq!(for_pages(said), expected);
        }
    }
}
