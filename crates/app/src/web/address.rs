//! Addresses of pages with what is asked of them: filters set and taken away again.

use std::fmt::{self, Display};

/// An address with its question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    path: String,
    asked: Vec<(String, String)>,
}

impl Address {
    pub fn of(path: impl Into<String>) -> Address {
        Address {
            path: path.into(),
            asked: Vec::new(),
        }
    }

    /// The same with one thing asked otherwise; an empty value asks nothing.
    pub fn with(&self, name: &str, value: impl Display) -> Address {
        let mut changed = self.without(name);
        let value = value.to_string();
        if !value.is_empty() {
            changed.asked.push((name.to_string(), value));
        }
        changed
    }

    /// The same with one value more of a name.
    pub fn and(mut self, name: &str, value: impl Display) -> Address {
        self.asked.push((name.to_string(), value.to_string()));
        self
    }

    pub fn without(&self, name: &str) -> Address {
        let kept = self.asked.iter().filter(|(own, _)| own != name);
        Address {
            path: self.path.clone(),
            asked: kept.cloned().collect(),
        }
    }
}

impl Display for Address {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str(&self.path)?;
        for (place, (name, value)) in self.asked.iter().enumerate() {
            let sign = if place == 0 { '?' } else { '&' };
            write!(form, "{sign}{}={}", percent(name), percent(value))?;
        }
        Ok(())
    }
}

/// Text as a name or a value of an address.
pub fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn what_is_asked_can_be_taken_away_again() {
        let address = Address::of("/pool")
            .with("division", 410300)
            .with("class", "A 类&");
        assert_eq!(
            address.to_string(),
            "/pool?division=410300&class=A%20%E7%B1%BB%26"
        );
        let again = address.with("class", "").with("division", 411000);
        assert_eq!(again.to_string(), "/pool?division=411000");
        assert_eq!(again.without("division").to_string(), "/pool");
        let two = Address::of("/x").and("uscc", 1).and("uscc", 2);
        assert_eq!(two.to_string(), "/x?uscc=1&uscc=2");
    }
}
