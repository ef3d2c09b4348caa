//! Passwords as they are stored: argon2id with a salt of its own for each.

use anyhow::{Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

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
