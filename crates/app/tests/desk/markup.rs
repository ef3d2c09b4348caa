//! Whether XML is well-formed: every element is closed in its order, every attribute is
//! quoted, every reference is one of the five or a number. No schema is known here.

/// The first fault of a document, in words.
pub fn fault(xml: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml.trim_start_matches('\u{feff}');
    let mut has_root = false;
    while let Some(start) = rest.find('<') {
        if let Some(fault) = text_fault(&rest[..start]) {
            return Some(fault);
        }
        let tag = &rest[start..];
        let end = match tag_end(tag) {
            Some(end) => end,
            None => return Some(format!("never closed: {}", shown(tag))),
        };
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if inside.starts_with('?') || inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name.trim_end()) {
                return Some(format!("</{name}> closes {last:?}"));
            }
            continue;
        }
        if open.is_empty() && has_root {
            return Some(format!("a second root: {}", shown(tag)));
        }
        has_root = true;
        let is_empty = inside.ends_with('/');
        let inside = inside.trim_end_matches('/');
        let (name, attributes) = inside
            .split_once(char::is_whitespace)
            .unwrap_or((inside, ""));
        if let Some(fault) = attributes_fault(attributes) {
            return Some(format!("<{name}>: {fault}"));
        }
        if !is_empty {
            open.push(name);
        }
    }
    match (open.pop(), has_root, rest.trim()) {
        (Some(name), _, _) => Some(format!("<{name}> is not closed")),
        (None, false, _) => Some("no element".to_string()),
        (None, true, "") => None,
        (None, true, more) => Some(format!("text behind the root: {}", shown(more))),
    }
}

/// Where the tag ends: a `>` that is not inside quotes.
fn tag_end(tag: &str) -> Option<usize> {
    if tag.starts_with("<!--") {
        return tag.find("-->").map(|end| end + 2);
    }
    let mut quote = None;
    tag.char_indices().find_map(|(place, symbol)| {
        match (quote, symbol) {
            (None, '>') => return Some(place),
            (None, '"' | '\'') => quote = Some(symbol),
            (Some(open), symbol) if open == symbol => quote = None,
            _ => {}
        }
        None
    })
}

fn attributes_fault(attributes: &str) -> Option<String> {
    let mut names = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once('=') else {
            return Some(format!("no value: {}", shown(rest)));
        };
        let quote = value
            .chars()
            .next()
            .filter(|first| ['"', '\''].contains(first));
        let Some((value, more)) = quote.and_then(|quote| value[1..].split_once(quote)) else {
            return Some(format!("not quoted: {}", shown(rest)));
        };
        if names.contains(&name) {
            return Some(format!("{name} twice"));
        }
        if let Some(fault) = text_fault(value) {
            return Some(fault);
        }
        names.push(name);
        rest = more.trim_start();
    }
    None
}

fn text_fault(text: &str) -> Option<String> {
    let is_control = |c: char| c < ' ' && !['\n', '\r', '\t'].contains(&c);
    if text.contains(is_control) {
        return Some(format!("a control sign in {}", shown(text)));
    }
    text.split('&').skip(1).find_map(|after| {
        let name = after.split_once(';').map_or("", |(name, _)| name);
        let is_known = ["lt", "gt", "amp", "quot", "apos"].contains(&name);
        let is_number = name.starts_with('#') && name.len() > 1;
        (!is_known && !is_number).then(|| format!("a bare & before {}", shown(after)))
    })
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
