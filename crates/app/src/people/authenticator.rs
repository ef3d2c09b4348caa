//! Time-based one-time codes (RFC 6238): six digits, thirty seconds, one step before or after.

use super::secrets;
use anyhow::{Result, anyhow};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};

/// A new secret in base 32.
pub fn new_secret() -> Result<String> {
    Ok(Secret::new(Box::new(secrets::factor()?)).to_base32())
}

fn clock(secret: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret)
        .map_err(|error| anyhow!("secret of a factor cannot be read: {error}"))?;
    let built = Builder::new().with_secret(secret).build();
    built.map_err(|error| anyhow!("secret of a factor does not do: {error}"))
}

/// The step whose code was typed, if it is one of now.
pub fn step_of(secret: &str, typed: &str, now: i64) -> Result<Option<i64>> {
    let code: String = typed.chars().filter(|symbol| *symbol != ' ').collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let step = clock(secret)?.check(&code, now.max(0) as u64);
    Ok(step.map(|step| step as i64))
}

/// The code of a moment, as the authenticator shows it.
#[cfg(test)]
pub fn code_at(secret: &str, now: i64) -> String {
    let clock = clock(secret).expect("a secret");
    clock.generate(now as u64).to_string()
}

/// The secret in groups of four, for typing.
pub fn grouped(secret: &str) -> String {
    let groups = secret.as_bytes().chunks(4);
    let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<String>>().join(" ")
}

/// The picture that an authenticator reads: an SVG element without style.
pub fn picture(secret: &str, login: &str) -> Result<String> {
    let login: String = login
        .chars()
        .filter(|symbol| symbol.is_ascii_alphanumeric() || "-._".contains(*symbol))
        .collect();
    let address = format!("otpauth://totp/shenggui:{login}?secret={secret}&issuer=shenggui");
    let code = QrCode::new(address).map_err(|error| anyhow!("no picture: {error}"))?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    // An element of a page has no declaration before it.
    let start = drawn.find("<svg").unwrap_or(0);
    Ok(drawn[start..].to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the examples in RFC 6238 (“12345678901234567890”).
    const EXAMPLE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (now, code) in [
            (1_111_111_111, "050471"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(code_at(EXAMPLE, now), code);
            for (off, is_taken) in [
                (-30, true),
                (0, true),
                (30, true),
                (-60, false),
                (90, false),
            ] {
                let step = step_of(EXAMPLE, code, now + off).expect("a secret");
                let expected = is_taken.then_some(now / 30);
                assert_eq!(step, expected, "{now} {off}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_never_taken() {
        for typed in ["", "28708", "2870820", "28708x", "２８７０８２"] {
            assert_eq!(step_of(EXAMPLE, typed, 59).expect("a secret"), None);
        }
        let spaced = step_of(EXAMPLE, "287 082", 59).expect("a secret");
        assert_eq!(spaced, Some(1));
    }

    #[test]
    fn the_picture_needs_no_style() {
        let secret = new_secret().expect("a secret");
        assert_eq!(secret.len(), 32);
        assert_eq!(grouped(&secret).len(), 39);
        let drawn = picture(&secret, "office").expect("drawn");
        assert!(drawn.starts_with("<svg"), "{drawn}");
        assert!(!drawn.contains("style"), "{drawn}");
    }
}
