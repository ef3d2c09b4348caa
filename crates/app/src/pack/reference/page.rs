//! A page in Markdown: one title, one sentence a line, tables.
//!
//! Example: `Page::new("facts.md", "事实").line("一句话。")`.

use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::files::PackFiles;

/// One page of the reference.
pub struct Page {
    /// Its name inside the folder.
    pub file: String,
    pub title: String,
    pub text: String,
}

impl Page {
    /// A page that says of itself that it is generated.
    pub fn new(file: &str, title: &str) -> Page {
        Page {
            file: file.to_string(),
            title: title.to_string(),
            text: format!(
                "# {title}\n\n本页由 `shenggui pack reference` 从政策包生成，不手工改动。\n"
            ),
        }
    }

    /// A sentence on a line of its own.
    pub fn line(&mut self, sentence: &str) {
        self.text.push_str(sentence);
        self.text.push('\n');
    }

    /// A heading.
    pub fn heading(&mut self, title: &str) {
        self.text.push_str(&format!("\n## {title}\n\n"));
    }

    /// A table or a list, set apart from what stands before it.
    pub fn part(&mut self, text: &str) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }
}

/// A table; cells are taken as they are.
pub fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

/// A text that fits a cell: on one line, and without the sign that ends a cell.
pub fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join(" ").replace('|', "\\|");
    match joined.is_empty() {
        true => "—".to_string(),
        false => joined,
    }
}

/// As it is written in the pack.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A kind with its unit, and the choices where there are some.
pub fn kind_with_unit(kind: &Kind) -> String {
    match kind {
        Kind::Money => "金额（元）".to_string(),
        Kind::Electricity => "电量（千瓦时）".to_string(),
        Kind::Choice(choices) => {
            let entries = choices
                .iter()
                .map(|own| format!("`{}` {}", own.id, own.name));
            format!("选项：{}", entries.collect::<Vec<_>>().join("、"))
        }
        other => other.in_words(),
    }
}

/// Files of one subject: `name.toml` and those in the folder `name/`, also of local packs.
pub fn topic_files<'a>(pack: &'a Pack, name: &str) -> Vec<&'a str> {
    let (own, folder) = (format!("{name}.toml"), format!("{name}/"));
    let PackFiles(files) = &pack.files;
    let is_ours = |path: &&str| {
        let inside = match path.strip_prefix(rules::pack::local::FOLDER) {
            Some(rest) => rest.split_once('/').map_or("", |(_, inside)| inside),
            None => path,
        };
        inside == own || (inside.starts_with(&folder) && inside.ends_with(".toml"))
    };
    files.keys().map(String::as_str).filter(is_ours).collect()
}

/// The page of a topic file: `facts/land.toml` becomes `facts-land.md`.
pub fn page_name(path: &str) -> String {
    let stem = path.trim_end_matches(".toml").replace('/', "-");
    format!("{stem}.md")
}

/// What a file says of itself in its first comment, sentence by sentence.
pub fn first_comment(pack: &Pack, path: &str) -> Vec<String> {
    let text = pack.files.0.get(path).map_or("", String::as_str);
    let comments = text.lines().take_while(|line| line.starts_with('#'));
    let joined: String = comments
        .map(|line| line.trim_start_matches(['#', ' ']))
        .collect();
    let sentences = joined.split_inclusive('。');
    sentences.map(|own| own.trim().to_string()).collect()
}

/// The ids of the entries of a file, in their order.
pub fn ids(pack: &Pack, path: &str, key: &str) -> Vec<String> {
    let text = pack.files.0.get(path).map_or("", String::as_str);
    let parsed: Option<toml::Table> = text.parse().ok();
    let entries = parsed.as_ref().and_then(|table| table.get(key)?.as_array());
    let named = entries.into_iter().flatten();
    named
        .filter_map(|entry| entry.get("id")?.as_str().map(str::to_string))
        .collect()
}
