//! A few values that took long to compute, each under everything that it is a function of.
//! Nothing is ever told to be stale: whoever asks with other words gets nothing.

use std::sync::Mutex;

/// At most so many values by what they were made from; the oldest is forgotten.
pub struct Kept<T, const MOST: usize> {
    own: Mutex<Vec<(String, T)>>,
}

impl<T, const MOST: usize> Default for Kept<T, MOST> {
    fn default() -> Kept<T, MOST> {
        Kept {
            own: Mutex::default(),
        }
    }
}

impl<T: Clone, const MOST: usize> Kept<T, MOST> {
    pub fn get(&self, made_from: &str) -> Option<T> {
        let own = self.own.lock().ok()?;
        let found = own.iter().find(|(key, _)| key == made_from);
        found.map(|(_, value)| value.clone())
    }

    pub fn keep(&self, made_from: String, value: &T) {
        if let Ok(mut own) = self.own.lock() {
            own.retain(|(key, _)| *key != made_from);
            if own.len() >= MOST {
                own.remove(0);
            }
            own.push((made_from, value.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn the_oldest_value_is_forgotten() {
        let kept: Kept<i32, 2> = Kept::default();
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            kept.keep(key.to_string(), &value);
        }
        let found: Vec<Option<i32>> = ["a", "b", "c"].map(|key| kept.get(key)).to_vec();
        assert_eq!(found, [Some(3), None, Some(4)]);
    }
}
