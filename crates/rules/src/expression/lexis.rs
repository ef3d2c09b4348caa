//! The words and signs that an expression may hold.
//!
//! Stands before the SQL parser: whatever is not of our language is reported here, all
//! of it, so that the parser only ever meets a small part of SQL and cannot be led astray.
//! Knows no names and no kinds. `a / b` is found here; `a + 'x'` is not.

use super::Finding;
use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

const CHARACTERS_MAX: usize = 20_000;
/// Signs and words that join two parts; bounds how deep a chain of them can grow.
const JOINTS_MAX: usize = 200;
/// sqlparser's unoptimised frames are large: deeper texts would not fit a thread's 2 MB.
const PARENTHESES_DEPTH_MAX: usize = 10;

/// Words with a meaning in the language.
const WORDS: [(&str, Keyword); 16] = [
    ("and", Keyword::AND),
    ("or", Keyword::OR),
    ("not", Keyword::NOT),
    ("in", Keyword::IN),
    ("between", Keyword::BETWEEN),
    ("like", Keyword::LIKE),
    ("is", Keyword::IS),
    ("null", Keyword::NULL),
    ("true", Keyword::TRUE),
    ("false", Keyword::FALSE),
    ("case", Keyword::CASE),
    ("when", Keyword::WHEN),
    ("then", Keyword::THEN),
    ("else", Keyword::ELSE),
    ("end", Keyword::END),
    ("any", Keyword::ANY),
];
/// What may be called, with what it takes.
pub(super) const FUNCTIONS: [(&str, &str); 4] = [
    ("least", "least(甲, 乙, …)"),
    ("greatest", "greatest(甲, 乙, …)"),
    ("months_between", "months_between(起, 止)"),
    ("years_between", "years_between(起, 止)"),
];

/// Every word with a meaning, for whoever proves that the reference tells of all of them.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word)
}

/// Words of SQL that the language does not have.
const FOREIGN_WORDS: [&str; 6] = [
    "select", "exists", "cast", "interval", "unknown", "distinct",
];
/// Words that only stand beside foreign ones; no name may take them either.
const COMPANION_WORDS: [&str; 1] = ["from"];

/// Plain SQL: names as words, no extension of any database.
#[derive(Debug)]
pub(super) struct Plain;

impl Dialect for Plain {
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    /// Our words are never names, so that a fault after NOT is not blamed on NOT.
    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        keyword != Keyword::NoKeyword
    }
}

/// Whether a name would be read as a word of SQL.
pub(super) fn is_reserved(word: &str) -> bool {
    keyword_of(word) != Keyword::NoKeyword
        || is_foreign(word)
        || is_function(word)
        || COMPANION_WORDS.contains(&word.to_ascii_lowercase().as_str())
}

fn is_function(word: &str) -> bool {
    FUNCTIONS
        .iter()
        .any(|(own, _)| word.eq_ignore_ascii_case(own))
}

fn is_foreign(word: &str) -> bool {
    FOREIGN_WORDS.contains(&word.to_ascii_lowercase().as_str())
}

fn keyword_of(word: &str) -> Keyword {
    WORDS
        .iter()
        .find(|(own, _)| word.eq_ignore_ascii_case(own))
        .map_or(Keyword::NoKeyword, |(_, keyword)| *keyword)
}

/// The text as tokens of the language, or everything in it that is none.
pub(super) fn read(text: &str) -> Result<Vec<TokenWithSpan>, Vec<Finding>> {
    let beginning = Location { line: 1, column: 1 };
    if text.chars().count() > CHARACTERS_MAX {
        let message = format!("条件超过 {CHARACTERS_MAX} 字，请拆成几条条件");
        return Err(vec![finding(beginning, message)]);
    }
    let mut tokens = Tokenizer::new(&Plain, text)
        .tokenize_with_location()
        .map_err(|error| vec![unreadable(&error.message, error.location)])?;
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
    if tokens.is_empty() {
        let message = "条件是空的：写一个比较，或写 TRUE".to_string();
        return Err(vec![finding(beginning, message)]);
    }
    let mut findings = Vec::new();
    for index in 0..tokens.len() {
        let at = tokens[index].span.start;
        if let Some(message) = fault(&tokens[index].token, &tokens[..index]) {
            findings.push(finding(at, message));
        } else if lacks_left_side(&tokens[index].token, &tokens[..index]) {
            let message = format!("“{}”前面缺一个条件或值", tokens[index].token);
            findings.push(finding(at, message));
        } else if let Some(function) = function_name(&tokens[index..]) {
            let own: Vec<&str> = FUNCTIONS.iter().map(|(_, usage)| *usage).collect();
            let message = format!(
                "语言里没有函数 {function}：可用 {}，或把结果定义成事实",
                own.join("、")
            );
            findings.push(finding(at, message));
        }
    }
    weigh(&tokens, &mut findings);
    if !findings.is_empty() {
        findings.sort();
        return Err(findings);
    }
    // Any other word is a name, whatever SQL means by it elsewhere.
    for token in &mut tokens {
        if let Token::Word(word) = &mut token.token {
            word.keyword = keyword_of(&word.value);
        }
    }
    Ok(tokens)
}

pub(super) fn finding(at: Location, message: impl Into<String>) -> Finding {
    Finding {
        line: usize::try_from(at.line).unwrap_or(usize::MAX).max(1),
        column: usize::try_from(at.column).unwrap_or(usize::MAX).max(1),
        message: message.into(),
    }
}

fn unreadable(message: &str, at: Location) -> Finding {
    let words = if message.contains("string") {
        "文字缺少收尾的单引号"
    } else if message.contains("comment") {
        "注释没有收尾：补上 */"
    } else {
        "这里读不下去：名称、数和符号之间用空格分开，名称不加引号"
    };
    finding(at, words)
}

/// Why a token is none of the language, with what to write instead.
fn fault(token: &Token, before: &[TokenWithSpan]) -> Option<String> {
    let message = match token {
        Token::Word(word) if word.quote_style.is_some() => {
            "名称不加引号；文字用单引号，例如 '39%'".to_string()
        }
        Token::Word(word) if is_foreign(&word.value) => {
            format!("语言里没有 {}：用比较、AND、OR 写成条件", word.value)
        }
        Token::Word(word)
            if keyword_of(&word.value) == Keyword::NULL && follows_bare_not(before) =>
        {
            "缺少 IS：写 IS NOT NULL".to_string()
        }
        Token::Word(word) if keyword_of(&word.value) == Keyword::NOT && follows_not(before) => {
            "两个 NOT 相抵，请都删去".to_string()
        }
        Token::Minus if matches!(before.last(), Some(last) if last.token == Token::Minus) => {
            "两个负号相抵，请都删去".to_string()
        }
        Token::SingleQuotedString(_) if follows_date_word(before) => {
            "日期不能写在条件里：写成有出处的参数".to_string()
        }
        Token::Word(_)
        | Token::Number(_, false)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::Gt
        | Token::LtEq
        | Token::GtEq
        | Token::Plus
        | Token::Minus
        | Token::Mul => return None,
        Token::Mod => "条件里不写百分号：比例写成 parameters.toml 里的参数".to_string(),
        Token::Div | Token::DuckIntDiv => {
            "没有除法：改为比较乘积，例如把 a / b >= c 写成 a >= c * b".to_string()
        }
        Token::DoubleEq => "等于写作 =".to_string(),
        Token::SemiColon => "条件里没有分号，请删去".to_string(),
        Token::Period => "名称里没有点：直接写事实或参数的名称".to_string(),
        Token::Char(sign) => match plain_sign(*sign) {
            Some(plain) => format!("“{sign}”请改用半角的 {plain}"),
            None => format!("条件里不能有“{sign}”，请删去或改用语言里的符号"),
        },
        other => format!("条件里不能有“{other}”，请删去或改用语言里的符号"),
    };
    Some(message)
}

/// sqlparser would take a word such as AND for a name here.
fn lacks_left_side(token: &Token, before: &[TokenWithSpan]) -> bool {
    let follows_nothing = match before.last().map(|last| &last.token) {
        None | Some(Token::LParen | Token::Comma) => true,
        Some(last) => is_infix(last),
    };
    is_infix(token) && follows_nothing
}

fn is_infix(token: &Token) -> bool {
    use Keyword::{AND, BETWEEN, IN, IS, LIKE, OR};
    match token {
        Token::Word(word) => [AND, OR, IN, LIKE, BETWEEN, IS].contains(&keyword_of(&word.value)),
        Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => true,
        Token::Mul => true,
        _ => false,
    }
}

/// A name right before a parenthesis calls a function.
fn function_name(tokens: &[TokenWithSpan]) -> Option<&str> {
    let word = tokens.first().and_then(word_of)?;
    let is_called = tokens.get(1)?.token == Token::LParen;
    let is_ours = keyword_of(word) != Keyword::NoKeyword || is_function(word);
    (is_called && !is_ours).then_some(word)
}

fn follows_date_word(before: &[TokenWithSpan]) -> bool {
    let last = before.last().and_then(word_of);
    last.is_some_and(|word| {
        ["date", "timestamp"]
            .iter()
            .any(|own| word.eq_ignore_ascii_case(own))
    })
}

fn follows_not(before: &[TokenWithSpan]) -> bool {
    before.last().and_then(word_of).map(keyword_of) == Some(Keyword::NOT)
}

/// `a NOT NULL` is SQLite's, not SQL's.
fn follows_bare_not(before: &[TokenWithSpan]) -> bool {
    let mut words = before
        .iter()
        .rev()
        .map(|token| word_of(token).map(keyword_of));
    words.next() == Some(Some(Keyword::NOT)) && words.next() != Some(Some(Keyword::IS))
}

fn word_of(token: &TokenWithSpan) -> Option<&str> {
    match &token.token {
        Token::Word(word) => Some(&word.value),
        _ => None,
    }
}

fn plain_sign(sign: char) -> Option<&'static str> {
    Some(match sign {
        '（' => "(",
        '）' => ")",
        '，' | '、' => ",",
        '＝' => "=",
        '＜' => "<",
        '＞' => ">",
        '≤' | '≦' => "<=",
        '≥' | '≧' => ">=",
        '≠' => "<>",
        '＋' => "+",
        '－' | '−' | '—' | '–' => "-",
        '×' | '＊' | '·' => "*",
        '‘' | '’' | '“' | '”' | '＇' => "'",
        '％' => "%",
        _ => return None,
    })
}

/// Parentheses in pairs and not too deep, and not too many joints.
fn weigh(tokens: &[TokenWithSpan], findings: &mut Vec<Finding>) {
    let mut open: Vec<Location> = Vec::new();
    let mut is_too_deep = false;
    let mut joints = 0;
    for token in tokens {
        let at = token.span.start;
        match &token.token {
            Token::LParen => {
                open.push(at);
                if open.len() > PARENTHESES_DEPTH_MAX && !is_too_deep {
                    is_too_deep = true;
                    let message = format!("括号超过 {PARENTHESES_DEPTH_MAX} 层，请拆成几条条件");
                    findings.push(finding(at, message));
                }
            }
            Token::RParen if open.pop().is_none() => {
                findings.push(finding(at, "这个右括号没有对应的左括号"));
            }
            Token::RParen | Token::Comma | Token::Number(..) | Token::SingleQuotedString(_) => {}
            Token::Word(word) if keyword_of(&word.value) == Keyword::NoKeyword => {}
            _ => {
                joints += 1;
                if joints == JOINTS_MAX + 1 {
                    let message = format!("运算超过 {JOINTS_MAX} 个，请拆成几条条件");
                    findings.push(finding(at, message));
                }
            }
        }
    }
    for at in open.into_iter().filter(|_| !is_too_deep) {
        findings.push(finding(at, "这个左括号没有对应的右括号"));
    }
}
