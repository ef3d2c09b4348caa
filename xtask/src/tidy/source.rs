//! A Rust file taken apart: code, comments and string literals.
//!
//! Knows the language's quoting and nothing of its grammar. Each part keeps the lines of the
//! whole, so that a place in a part is a place in the file: in `let a = "b"; // c` the code is
//! `let a = " ";`, the literal is `b` and the comment `// c`.

/// The parts of one file.
pub struct Source {
    /// The file with blanks in the place of comments and of what literals hold.
    pub code: String,
    /// The file with blanks in the place of everything but comments.
    pub comments: String,
    pub literals: Vec<Literal>,
}

/// What stands between the quotes of a string, escapes as written.
pub struct Literal {
    pub line: usize,
    pub text: String,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

impl Source {
    pub fn read(text: &str) -> Source {
        let mut reader = Reader {
            rest: text.chars().collect(),
            at: 0,
            line: 1,
            parts: Source {
                code: String::with_capacity(text.len()),
                comments: String::with_capacity(text.len()),
                literals: Vec::new(),
            },
        };
        while let Some(symbol) = reader.peek(0) {
            match symbol {
                '/' if reader.peek(1) == Some('/') => reader.take_line_comment(),
                '/' if reader.peek(1) == Some('*') => reader.take_block_comment(),
                '"' => reader.take_string(),
                '\'' => reader.take_quote(),
                _ if belongs_to_word(symbol) => reader.take_word(),
                _ => reader.keep_code(),
            }
        }
        reader.parts
    }

    /// All functions with a body, those inside others too.
    pub fn functions(&self) -> Vec<Function> {
        let code: Vec<char> = self.code.chars().collect();
        let mut functions = Vec::new();
        let mut at = 0;
        let mut line = 1;
        while at < code.len() {
            if !belongs_to_word(code[at]) {
                line += usize::from(code[at] == '\n');
                at += 1;
                continue;
            }
            let word = word_at(&code, at);
            at += word.len();
            if word != ['f', 'n'] {
                continue;
            }
            let name_start = at + blanks_at(&code, at);
            let name = word_at(&code, name_start);
            if let Some(end) = body_end(&code, name_start).filter(|_| !name.is_empty()) {
                let breaks = code[at..end].iter().filter(|&&symbol| symbol == '\n');
                functions.push(Function {
                    name: name.iter().collect(),
                    line,
                    lines: breaks.count() + 1,
                });
            }
        }
        functions
    }
}

fn belongs_to_word(symbol: char) -> bool {
    symbol == '_' || symbol.is_alphanumeric()
}

fn word_at(code: &[char], start: usize) -> &[char] {
    let rest = &code[start..];
    let length = rest.iter().take_while(|symbol| belongs_to_word(**symbol));
    &rest[..length.count()]
}

fn blanks_at(code: &[char], start: usize) -> usize {
    let rest = code[start..].iter();
    rest.take_while(|symbol| symbol.is_whitespace()).count()
}

/// Where the body after a signature ends; `None` for a signature alone.
fn body_end(code: &[char], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut inside = false;
    for (offset, symbol) in code[start..].iter().enumerate() {
        match symbol {
            ';' if depth == 0 => return None,
            '(' | '[' => depth += 1,
            '{' => {
                inside |= depth == 0;
                depth += 1;
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && inside {
                    return Some(start + offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    line: usize,
    parts: Source,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    /// Moves one symbol on; it becomes code, comment, or neither.
    fn advance(&mut self, is_code: bool, is_comment: bool) {
        let Some(symbol) = self.peek(0) else { return };
        let blank = if symbol == '\n' { '\n' } else { ' ' };
        self.parts.code.push(if is_code { symbol } else { blank });
        self.parts
            .comments
            .push(if is_comment { symbol } else { blank });
        self.line += usize::from(symbol == '\n');
        self.at += 1;
    }

    fn keep_code(&mut self) {
        self.advance(true, false);
    }

    fn take_line_comment(&mut self) {
        while self.peek(0).is_some_and(|symbol| symbol != '\n') {
            self.advance(false, true);
        }
    }

    fn take_block_comment(&mut self) {
        let mut depth = 0usize;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.advance(false, true);
                    continue;
                }
            }
            self.advance(false, true);
            self.advance(false, true);
            if depth == 0 {
                return;
            }
        }
    }

    fn take_string(&mut self) {
        self.keep_code();
        let (line, start) = (self.line, self.at);
        while let Some(symbol) = self.peek(0).filter(|symbol| *symbol != '"') {
            if symbol == '\\' {
                self.advance(false, false);
            }
            self.advance(false, false);
        }
        self.end_literal(line, start);
        self.keep_code();
    }

    fn take_raw_string(&mut self, hashes: usize) {
        for _ in 0..=hashes {
            self.keep_code();
        }
        let (line, start) = (self.line, self.at);
        while self.peek(0).is_some() && !self.closes_raw_string(hashes) {
            self.advance(false, false);
        }
        self.end_literal(line, start);
        for _ in 0..=hashes {
            self.keep_code();
        }
    }

    fn closes_raw_string(&self, hashes: usize) -> bool {
        self.peek(0) == Some('"') && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#'))
    }

    fn end_literal(&mut self, line: usize, start: usize) {
        let text = self.rest[start..self.at].iter().collect();
        self.parts.literals.push(Literal { line, text });
    }

    /// A character in quotes, or the tick of a lifetime.
    fn take_quote(&mut self) {
        let is_escape = self.peek(1) == Some('\\');
        let is_character = is_escape || self.peek(2) == Some('\'');
        self.keep_code();
        if !is_character {
            return;
        }
        if is_escape {
            self.advance(false, false);
        }
        self.advance(false, false);
        while self.peek(0).is_some_and(|symbol| symbol != '\'') {
            self.advance(false, false);
        }
        self.keep_code();
    }

    fn take_word(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(belongs_to_word) {
            self.keep_code();
        }
        let word: String = self.rest[start..self.at].iter().collect();
        if !matches!(word.as_str(), "r" | "br" | "cr") {
            return;
        }
        let mut hashes = 0;
        while self.peek(hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(hashes) == Some('"') {
            self.take_raw_string(hashes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_told_apart() {
        let cases = [
            ("a // b \"c\"\nd", "a\nd", "// b \"c\"", ""),
            ("a /* b /* c */ d */ e", "a e", "/* b /* c */ d */", ""),
            (r#"a("b\"c // d") e"#, "a(\" \") e", "", r#"b\"c // d"#),
            ("r\"a\\\" b", "r\" \" b", "", "a\\"),
            ("br##\"a\"#b\"## c", "br##\" \"## c", "", "a\"#b"),
            (
                "f::<'a>(b'\"', '\\'', '/') g",
                "f::<'a>(b' ', ' ', ' ') g",
                "",
                "",
            ),
            ("r#fn \"x\"", "r#fn \" \"", "", "x"),
        ];
        for (text, code, comments, literals) in cases {
            let source = Source::read(text);
            let found: Vec<&str> = source.literals.iter().map(|l| l.text.as_str()).collect();
            assert_eq!(squeezed(&source.code), code, "{text}");
            assert_eq!(squeezed(&source.comments).trim(), comments, "{text}");
            assert_eq!(found.join("|"), literals, "{text}");
        }
    }

    #[test]
    fn every_part_keeps_the_lines_of_the_file() {
        let source = Source::read("a\n/* b\n c */ \"d\ne\" f\n\"g\"");
        let lines: Vec<usize> = source.literals.iter().map(|l| l.line).collect();
        assert_eq!(lines, [3, 5]);
        assert_eq!(source.code.lines().nth(3).map(str::trim), Some("\" f"));
        assert_eq!(source.comments.lines().nth(1), Some("/* b"));
    }

    #[test]
    fn functions_are_measured_from_name_to_closing_brace() {
        let cases = [
            ("fn a() {}", "a 1 1"),
            ("fn a();\nfn b() { \"}\"; }", "b 2 1"),
            ("\nfn a<'x>(b: [u8; { 3 }])\n-> u8\n{\n  '}'\n}\n", "a 2 5"),
            ("fn a() {\n  fn b() {\n  }\n}", "a 1 4|b 2 2"),
            ("type A = fn(u8) -> u8; // fn b() {}", ""),
            ("const fn\n  a() {\n}", "a 1 3"),
            ("fn a(f: fn() -> u8) where B: C {\n f() }", "a 1 2"),
        ];
        for (text, expected) in cases {
            let functions = Source::read(text).functions();
            let found: Vec<String> = functions
                .iter()
                .map(|function| format!("{} {} {}", function.name, function.line, function.lines))
                .collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
    }

    /// Runs of blanks as one, none before the end of a line.
    fn squeezed(text: &str) -> String {
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                let mut short = String::new();
                for symbol in line.chars() {
                    if symbol != ' ' || !short.ends_with(' ') {
                        short.push(symbol);
                    }
                }
                short.trim_end().to_string()
            })
            .collect();
        lines.join("\n")
    }
}
