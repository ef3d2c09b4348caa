//! Passwords as they are stored: argon2id with a salt of its own for each.
//!
//! Hashing is meant to cost; only a few are computed at a time, so that whoever signs in a
//! thousand times does not keep everybody else from their work.

use crate::web::failure::Failure;
use anyhow::{Context, Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// A hash that no password has: somebody unknown takes as long as somebody known.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Half of the machine at most.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new((cores / 2).max(1))
});
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// Whoever comes when so many wait is asked to come later.
const WAITING_MAX: usize = 200;
const LATER_SECONDS: u64 = 10;

/// The text that is stored of a password.
pub fn hash(password: &str) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed
        .map_err(|error| anyhow!("password cannot be hashed: {error}"))?
        .to_string())
}

/// Whether a password is the one that was stored; takes as long where it is not.
pub fn fits(stored: &str, password: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// [`hash`], in line with others.
pub async fn hashed(password: String) -> Result<String, Failure> {
    Ok(in_line(move || hash(&password)).await??)
}

/// [`fits`], in line with others; a password that nothing is stored of takes as long.
pub async fn compare(stored: Option<String>, password: String) -> Result<bool, Failure> {
    in_line(move || match stored {
        Some(stored) => fits(&stored, &password),
        None => {
            fits(NOBODY, &password);
            false
        }
    })
    .await
}

/// Whether a password is one of several.
pub async fn is_among(stored: Vec<String>, password: String) -> Result<bool, Failure> {
    in_line(move || stored.iter().any(|stored| fits(stored, &password))).await
}

/// Leaves the line also when the request is given up.
struct Waiting;

impl Waiting {
    fn begin() -> Result<Waiting, Failure> {
        if WAITING.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            WAITING.fetch_sub(1, Ordering::Relaxed);
            return Err(Failure::TooMany(LATER_SECONDS));
        }
        Ok(Waiting)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn in_line<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let waiting = Waiting::begin()?;
    let place = PLACES.acquire().await.context("the line is never closed")?;
    drop(waiting);
    // The place is given back by the work itself: it goes on where nobody waits for it.
    let done = tokio::task::spawn_blocking(move || {
        let made = work();
        drop(place);
        made
    });
    Ok(done.await.context("hashing of a password")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let stored = hash("Abcdefgh-1").expect("hashed");
        assert!(stored.starts_with("$argon2id$"));
        assert_ne!(stored, hash("Abcdefgh-1").expect("hashed"), "salted");
        for (text, password, expected) in [
            (stored.as_str(), "Abcdefgh-1", true),
            (stored.as_str(), "Abcdefgh-2", false),
            (NOBODY, "", false),
            ("nonsense", "Abcdefgh-1", false),
        ] {
            assert_eq!(fits(text, password), expected, "{text} {password}");
        }
        assert!(PasswordHash::new(NOBODY).is_ok(), "it takes as long");
    }
}
