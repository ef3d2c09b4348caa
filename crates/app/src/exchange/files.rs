//! An issued list as files: the rows as text in both encodings in use, and a manifest that names
//! them with their hashes and is signed. The same list gives the same bytes each time.
//!
//! What is signed is the manifest without its signature, as JSON with sorted names and without
//! blanks.

use super::keys;
use crate::office::{Office, refuse};
use crate::report::{Field, Report, Table};
use crate::workbook::{Cell, CsvWriter, Heading};
use anyhow::{Context, Result};
use encoding_rs::GB18030;
use programme::exchange::IssuedList;
use rules::pack::files::hexadecimal;
use serde_json::{Value, json};
use sm3::{Digest, Sm3};
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "signature";
const ALGORITHM: &str = "SM2-SM3";

/// The files of a list by their names.
pub fn make(
    office: &Office,
    list: &IssuedList,
    rows: &[Vec<String>],
) -> Result<Vec<(String, Vec<u8>)>> {
    let key = keys::signing_key(office)?;
    let text = csv(list, rows)?;
    let plain = std::str::from_utf8(&text).context("名单不是 UTF-8")?;
    let (chinese, _, _) = GB18030.encode(plain.trim_start_matches('\u{feff}'));
    let stem = format!("第{}号名单", list.id);
    let files = [
        (format!("{stem}-UTF8.csv"), "UTF-8", text.clone()),
        (format!("{stem}-GB18030.csv"), "GB18030", chinese.to_vec()),
    ];
    let entries = files.iter().map(|(name, encoding, bytes)| {
        json!({
            "name": name,
            "encoding": encoding,
            "rows": rows.len(),
            "bytes": bytes.len(),
            "sm3": hexadecimal(&Sm3::digest(bytes)),
        })
    });
    let entries: Vec<Value> = entries.collect();
    let mut manifest = json!({
        "number": list.id,
        "kind": list.kind,
        "name": list.name,
        "receiver": list.receiver,
        "receiver_name": super::named(office, &list.receiver),
        "issuer": list.organisation,
        "issuer_name": super::named(office, &list.organisation),
        "issued_on": list.on.to_string(),
        "valid_from": list.from.to_string(),
        "valid_to": list.to.to_string(),
        "count": list.count,
        "columns": list.columns,
        "rows_sm3": list.fingerprint,
        "snapshot": list.snapshot,
        "pack": list.pack,
        "program": list.program,
        "notice": list.notice,
        "files": entries,
        "algorithm": ALGORITHM,
        "signer_id": keys::SIGNER,
        "public_key": keys::public(&key),
    });
    manifest[SIGNATURE] = json!(keys::sign(&key, &signed_text(&manifest)?)?);
    let mut made: Vec<(String, Vec<u8>)> = files
        .into_iter()
        .map(|(name, _, bytes)| (name, bytes))
        .collect();
    made.push((MANIFEST.to_string(), serde_json::to_vec_pretty(&manifest)?));
    Ok(made)
}

fn csv(list: &IssuedList, rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let headings: Vec<Heading> = list
        .columns
        .iter()
        .map(|text| Heading {
            text: text.clone(),
            width: 0,
        })
        .collect();
    let mut writer = CsvWriter::new(Vec::new(), &headings)?;
    for row in rows {
        let cells: Vec<Cell> = row.iter().map(Cell::text).collect();
        writer.row(&cells)?;
    }
    Ok(writer.finish()?)
}

/// What is signed of a manifest: everything else, names sorted, no blanks.
fn signed_text(manifest: &Value) -> Result<Vec<u8>> {
    let fields = manifest.as_object().context("清单不是一个对象")?;
    let sorted: std::collections::BTreeMap<&String, &Value> = fields
        .iter()
        .filter(|(name, _)| *name != SIGNATURE)
        .collect();
    Ok(serde_json::to_vec(&sorted)?)
}

/// All files in one.
pub fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// `shenggui exchange verify`: whether the files of a folder are what was signed.
pub fn verify(folder: &Path, key: Option<&Path>) -> Result<Report> {
    let text = match std::fs::read(folder.join(MANIFEST)) {
        Ok(text) => text,
        Err(_) => {
            return refuse(format!(
                "“{}”里没有 {MANIFEST}，请核对目录",
                folder.display()
            ));
        }
    };
    let Ok(manifest) = serde_json::from_slice::<Value>(&text) else {
        return refuse(format!("{MANIFEST} 不能识别，文件可能损坏"));
    };
    let word = |name: &str| manifest[name].as_str().unwrap_or_default().to_string();
    let stated = word("public_key");
    if let Some(path) = key
        && keys::read_public(path)? != stated
    {
        return refuse("清单中的公钥不是发放单位交来的公钥，不要使用这份名单");
    }
    if !keys::is_signed(&stated, &signed_text(&manifest)?, &word(SIGNATURE)) {
        return refuse("签名核对不上，清单可能被改动，不要使用这份名单");
    }
    let mut table = Table::new("files", "文件", &[("file", "文件"), ("result", "核对")]);
    let files = manifest["files"].as_array().cloned().unwrap_or_default();
    for file in &files {
        let name = file["name"].as_str().unwrap_or_default();
        // A name that leads elsewhere is no file of this folder.
        let is_plain = !name.is_empty() && !name.contains(['/', '\\']);
        let bytes = is_plain
            .then(|| std::fs::read(folder.join(name)).ok())
            .flatten();
        let hash = bytes.map(|bytes| hexadecimal(&Sm3::digest(bytes)));
        if hash.as_deref() != file["sm3"].as_str() {
            return refuse(format!("文件“{name}”缺少或被改动，不要使用这份名单"));
        }
        table.row(vec![Field::text(name), Field::text("一致")]);
    }
    if files.is_empty() {
        return refuse("清单没有列出文件，不要使用这份名单");
    }
    let report = Report::new(format!("{}核对无误", word("name")))
        .fact("receiver", "接收单位", Field::text(word("receiver_name")))
        .fact(
            "count",
            "企业",
            Field::Count(manifest["count"].as_i64().unwrap_or_default()),
        )
        .fact("from", "有效期起", Field::text(word("valid_from")))
        .fact("to", "有效期止", Field::text(word("valid_to")))
        .fact("public_key", "公钥", Field::text(stated))
        .table(table)
        .note(word("notice"));
    Ok(match key {
        Some(_) => report,
        None => report
            .note("公钥取自清单本身；要确认是谁签的，请用发放单位交来的公钥核对（--key 公钥文件）"),
    })
}
