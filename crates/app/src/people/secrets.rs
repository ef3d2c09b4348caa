//! Secrets that this program makes up: tokens, first passwords, one-time codes.

use anyhow::{Result, anyhow};
use programme::people::claims;
use programme::people::passwords::faults;
use rules::pack::files::hexadecimal;
use rules::pack::security::Security;

/// What a program's token begins with, so that one that lies about is recognised.
pub const TOKEN_MARK: &str = "sgt_";

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(bytes)
}

/// 256 bits that nobody can guess.
pub fn token() -> Result<String> {
    Ok(hexadecimal(&random::<32>()?))
}

/// A token for a program.
pub fn program_token() -> Result<String> {
    Ok(format!("{TOKEN_MARK}{}", token()?))
}

/// 160 bits for an authenticator.
pub fn factor() -> Result<[u8; 20]> {
    random()
}

/// So many symbols of an alphabet, each as likely as any other.
fn symbols(alphabet: &[u8], count: usize) -> Result<String> {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(count);
    while text.len() < count {
        for byte in random::<32>()?.map(usize::from) {
            if byte < fair && text.len() < count {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    Ok(text)
}

/// A one-time code as it is printed: ABCDE-FGHJK.
pub fn claim_code() -> Result<String> {
    let code = symbols(claims::ALPHABET, claims::CODE_LENGTH)?;
    let (head, tail) = code.split_at(claims::CODE_LENGTH / 2);
    Ok(format!("{head}-{tail}"))
}

const PASSWORD: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

/// A first password that keeps the rules and is easy to copy from paper.
pub fn first_password(security: &Security, login: &str, name: &str) -> Result<String> {
    let length = security.password_length_min.max(12);
    loop {
        let text = symbols(PASSWORD, length)?;
        let groups: Vec<String> = text
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        let text = groups.join("-");
        if faults(security, &text, login, name).is_empty() {
            return Ok(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_keeps_its_rules_and_is_never_twice_the_same() {
        let security = Security::default();
        for _ in 0..50 {
            let password = first_password(&security, "zhangsan", "张三").expect("a password");
            assert_eq!(faults(&security, &password, "zhangsan", "张三"), vec![]);
            let code = claim_code().expect("a code");
            let own = claims::normal_code(&code);
            assert_eq!((code.len(), own.len()), (11, claims::CODE_LENGTH));
            assert!(own.bytes().all(|byte| claims::ALPHABET.contains(&byte)));
        }
        assert_ne!(token().expect("a token"), token().expect("a token"));
        assert!(program_token().expect("a token").starts_with(TOKEN_MARK));
    }
}
