//! Whether a text is well-formed XML, as far as our own writers could get it wrong.

/// Fails where an element is left open, closed twice, or a bare sign stands in a text.
#[track_caller]
pub fn check(name: &str, text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        is_escaped(name, &rest[..start]);
        let end = start + end_of_tag(name, &rest[start..]);
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{name} closes another element");
            continue;
        }
        let element = tag.split([' ', '/']).next().unwrap_or_default();
        attributes(name, tag);
        if !tag.ends_with('/') {
            open.push(element);
        }
    }
    is_escaped(name, rest);
    assert!(open.is_empty(), "{name} leaves {open:?} open");
}

/// A tag ends at the first “>” outside quotation marks.
#[track_caller]
fn end_of_tag(name: &str, text: &str) -> usize {
    let mut is_quoted = false;
    let end = text.find(|sign| {
        is_quoted ^= sign == '"';
        sign == '>' && !is_quoted
    });
    end.unwrap_or_else(|| panic!("{name} has an open tag: {text:.60}"))
}

/// Every attribute once, quoted and escaped.
#[track_caller]
fn attributes(name: &str, tag: &str) {
    let parts: Vec<&str> = tag.split('"').collect();
    assert!(parts.len() % 2 == 1, "{name} has an open quotation: {tag}");
    let mut names: Vec<&str> = Vec::new();
    for pair in parts.chunks_exact(2) {
        let attribute = pair[0].rsplit(' ').next().unwrap_or_default();
        assert!(attribute.ends_with('='), "{name} has a loose value: {tag}");
        assert!(!names.contains(&attribute), "{name} has {attribute} twice");
        names.push(attribute);
        is_escaped(name, pair[1]);
    }
}

#[track_caller]
fn is_escaped(name: &str, text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split(';').next().unwrap_or_default();
        let is_known = ["&amp", "&lt", "&gt", "&quot", "&#39"].contains(&entity);
        assert!(is_known, "{name} has a bare “&”: {text:.60}");
    }
    assert!(!text.contains('<'), "{name} has a bare “<”: {text:.60}");
}
