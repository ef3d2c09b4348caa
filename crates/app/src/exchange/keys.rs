//! The key with which lists are signed: SM2, kept in the data folder, readable by its owner
//! alone. The public half is given to receivers.

use crate::office::{Office, refuse};
use crate::report::{Field, Report};
use anyhow::{Context, Result, bail};
use programme::journal::{self, Line};
use rules::pack::files::hexadecimal;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use std::io::Write;
use std::path::Path;

/// Name of the file in the data folder.
const FILE: &str = "exchange-key";
/// The identity that GM/T 0009 gives to signers who have none of their own.
pub const SIGNER: &str = "1234567812345678";
const BYTES: usize = 32;

/// Makes the key where there is none; says whether it was made.
pub fn make_key(office: &Office) -> Result<bool> {
    let path = office.folder.join(FILE);
    if path.exists() {
        return Ok(false);
    }
    let key = loop {
        let mut bytes = [0u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("随机数不能取得：{error}"))?;
        // A few numbers of this length are no keys.
        if let Ok(key) = SigningKey::from_slice(SIGNER, &bytes) {
            break key;
        }
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(&path)
        .with_context(|| format!("“{}”不能写入", path.display()))?;
    writeln!(file, "{}", hexadecimal(&key.to_bytes()))?;
    file.sync_all()?;
    Ok(true)
}

/// `shenggui exchange key`.
pub async fn command(office: &Office) -> Result<Report> {
    let is_new = make_key(office)?;
    let key = signing_key(office)?;
    if is_new {
        let act = office.act(office.provincial_office(), "", None)?;
        let tx = office.db.begin_writing().await?;
        let line = Line {
            act: "exchange.key",
            subject: "名单签名密钥".to_string(),
            detail: format!("公钥 {}", public(&key)),
        };
        journal::append(&tx, &act, &line).await?;
        tx.commit().await?;
    }
    let title = match is_new {
        true => "已生成名单签名密钥",
        false => "名单签名密钥已有，没有重新生成",
    };
    Ok(Report::new(title)
        .fact("algorithm", "算法", Field::text("SM2（SM3 摘要）"))
        .fact("public_key", "公钥", Field::text(public(&key)))
        .note("公钥交给接收单位用来核对签名；密钥只留在数据目录，备份时一并保管，多个节点用同一份"))
}

/// The office's key.
///
/// # Errors
/// A refusal where none was made.
pub fn signing_key(office: &Office) -> Result<SigningKey> {
    let path = office.folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return refuse("还没有名单签名密钥，请系统管理员先生成（shenggui exchange key）");
        }
        Err(error) => return Err(error).context("名单签名密钥不能读取"),
    };
    let bytes = bytes_of(text.trim()).context("名单签名密钥损坏")?;
    match SigningKey::from_slice(SIGNER, &bytes) {
        Ok(key) => Ok(key),
        Err(_) => bail!("名单签名密钥损坏，请从备份恢复"),
    }
}

/// The public half, in hexadecimal: 04, then both coordinates.
pub fn public(key: &SigningKey) -> String {
    hexadecimal(&key.verifying_key().to_sec1_bytes())
}

/// Signs; the same text and key give the same signature.
pub fn sign(key: &SigningKey, text: &[u8]) -> Result<String> {
    let signature: Signature = key
        .try_sign(text)
        .map_err(|_| anyhow::anyhow!("名单不能签名"))?;
    Ok(hexadecimal(&signature.to_bytes()))
}

/// Whether a signature is that of a public key.
pub fn is_signed(public: &str, text: &[u8], signature: &str) -> bool {
    let checked = || {
        let key = VerifyingKey::from_sec1_bytes(SIGNER, &bytes_of(public)?).ok()?;
        let signature = Signature::from_slice(&bytes_of(signature)?).ok()?;
        key.verify(text, &signature).ok()
    };
    checked().is_some()
}

/// A public key as it was handed over: a file with one line.
pub fn read_public(path: &Path) -> Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_lowercase()),
        Err(_) => refuse(format!("公钥文件“{}”不能读取，请核对路径", path.display())),
    }
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|place| u8::from_str_radix(&text[place..place + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_text_and_its_key_alone() {
        let key = |byte: u8| SigningKey::from_slice(SIGNER, &[byte; BYTES]).expect("a key");
        let (own, other) = (key(7), key(9));
        let signature = sign(&own, b"list").expect("signed");
        assert_eq!(signature, sign(&own, b"list").expect("signed"));
        let cases = [
            (public(&own), &b"list"[..], signature.clone(), true),
            (public(&own), b"List", signature.clone(), false),
            (public(&other), b"list", signature.clone(), false),
            (public(&own), b"list", "00".repeat(64), false),
            ("04".to_string(), b"list", signature.clone(), false),
            (public(&own), b"list", "很".to_string(), false),
        ];
        for (public, text, signature, expected) in cases {
            assert_eq!(is_signed(&public, text, &signature), expected, "{public}");
        }
    }
}
