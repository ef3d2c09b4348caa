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
const JOINTS_MAX: usize = 500;
const PARENTHESES_DEPTH_MAX: usize = 24;

/// Words with a meaning in the language.
const WORDS: [(&str, Keyword); 10] = [
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
];

/// Words that SQL gives a meaning and the language does not have (yet), so that no name takes them.
const WORDS_KEPT_FREE: [&str; 14] = [
    "case", "when", "then", "else", "end", "least", "greatest", "select", "from", "exists", "cast",
    "interval", "unknown", "distinct",
];

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
}

/// Whether a name would be read as a word of the language.
pub(super) fn is_reserved(word: &str) -> bool {
    keyword_of(word) != Keyword::NoKeyword || is_kept_free(word)
}

fn is_kept_free(word: &str) -> bool {
    WORDS_KEPT_FREE
        .iter()
        .any(|kept| word.eq_ignore_ascii_case(kept))
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
        let before = index.checked_sub(1).map(|previous| &tokens[previous].token);
        if let Some(message) = fault(&tokens[index].token, before) {
            findings.push(finding(tokens[index].span.start, message));
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
fn fault(token: &Token, before: Option<&Token>) -> Option<String> {
    let message = match token {
        Token::Word(word) if word.quote_style.is_some() => {
            "名称不加引号；文字用单引号，例如 '39%'".to_string()
        }
        Token::Word(word) if is_kept_free(&word.value) => {
            format!("语言里没有 {}：用比较、AND、OR 写成条件", word.value)
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
        Token::Div | Token::DuckIntDiv | Token::Mod => {
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

fn follows_date_word(before: Option<&Token>) -> bool {
    matches!(before, Some(Token::Word(word))
        if ["date", "timestamp"].iter().any(|own| word.value.eq_ignore_ascii_case(own)))
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
                    let message =
                        format!("括号超过 {PARENTHESES_DEPTH_MAX} 层，请拆成几条条件");
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
    for at in open {
        findings.push(finding(at, "这个左括号没有对应的右括号"));
    }
}
