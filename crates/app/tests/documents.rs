//! The files of a bulletin: whole, well-formed, the same bytes again, and readable by an
//! office program where there is one.

mod desk;

use calamine::{Reader, Xlsx, open_workbook};
use desk::blocks::Block;
use desk::markup;
use desk::scenario::given;
use desk::{Desk, Place};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

const QUARTERLY: [&str; 5] = ["bulletin", "2025-Q3", "--date", "2025-10-15", "--out"];
const ANNUAL: [&str; 5] = ["bulletin", "2025", "--date", "2026-01-15", "--out"];

/// A quarter and a year computed, with targets and two firms in the pool.
fn world() -> Desk {
    let desk = Desk::new(&Place::File);
    given(&desk, "delivered");
    let run = |as_of, known_by| {
        desk.run(&["run", "--as-of", as_of, "--known-by", known_by])
            .done();
    };
    run("2025-09", "2025-10-09");
    given(&desk, "targets");
    let signed = [
        "--reason",
        "县区上报",
        "--as",
        "洛阳市",
        "--by",
        "李明",
        "--on",
        "2025-10-09",
    ];
    let admit = ["pool", "admit", "91410329MA0000002C", "91410307MA0000003K"];
    desk.run(&[&admit[..], &signed].concat()).done();
    run("2025-09", "2025-10-09");
    run("2025-12", "2026-01-10");
    desk
}

fn write(desk: &Desk, bulletin: &[&str], out: &str) -> Vec<PathBuf> {
    desk.run(&[bulletin, &[out]].concat()).done();
    let entries = std::fs::read_dir(desk.path(out)).expect("the folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert_eq!(files.len(), 3, "{files:?}");
    files
}

fn of_kind<'a>(files: &'a [PathBuf], ending: &str) -> &'a Path {
    let found = files
        .iter()
        .find(|path| path.extension().is_some_and(|e| e == ending));
    found.expect("a file of this kind")
}

/// The parts of an archive that are text.
fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(File::open(path).expect("a file")).expect("an archive");
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("unpacked");
        if let Ok(text) = String::from_utf8(bytes) {
            let earlier = parts.insert(part.name().to_string(), text);
            assert_eq!(earlier, None, "{} twice in {}", part.name(), path.display());
        }
    }
    parts
}

fn check_parts(path: &Path) -> BTreeMap<String, String> {
    let parts = parts(path);
    for (name, text) in &parts {
        if name.ends_with(".xml") || name.ends_with(".rels") {
            assert_eq!(markup::fault(text), None, "{name} in {}", path.display());
        }
    }
    for needed in ["[Content_Types].xml", "_rels/.rels"] {
        assert!(
            parts.contains_key(needed),
            "no {needed} in {}",
            path.display()
        );
    }
    parts
}

/// Every part that another one points to is there.
fn check_relations(path: &Path, parts: &BTreeMap<String, String>) {
    for (name, text) in parts.iter().filter(|(name, _)| name.ends_with(".rels")) {
        let (folder, _) = name.rsplit_once("_rels/").expect("a folder of relations");
        for relation in text.split("<Relationship ").skip(1) {
            let (tag, _) = relation.split_once('>').expect("a tag");
            if tag.contains("TargetMode=\"External\"") {
                continue;
            }
            let (_, target) = tag.split_once("Target=\"").expect("a target");
            let (target, _) = target.split_once('"').expect("quoted");
            let whole = match target.strip_prefix('/') {
                Some(from_root) => from_root.to_string(),
                None => resolved(folder, target),
            };
            assert!(
                parts.contains_key(&whole),
                "{name} of {}: no {whole}",
                path.display()
            );
        }
    }
}

/// A path relative to a folder of the archive, which ends in `/` or is empty.
fn resolved(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = folder.split_terminator('/').collect();
    for step in target.split('/') {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}

/// The words of a Word document, paragraph by paragraph.
fn words(document: &str) -> String {
    let mut words = String::new();
    for piece in document.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag");
        match tag {
            "/w:p" => words.push('\n'),
            "w:t" => words.push_str(text),
            tag if tag.starts_with("w:t ") => words.push_str(text),
            _ => {}
        }
    }
    words
}

#[test]
fn documents_are_well_formed_and_say_what_was_counted() {
    let desk = world();
    for (bulletin, out) in [(&QUARTERLY, "季报"), (&ANNUAL, "年报")] {
        let files = write(&desk, bulletin, out);
        for ending in ["docx", "xlsx"] {
            let path = of_kind(&files, ending);
            check_relations(path, &check_parts(path));
        }
        let text = words(&parts(of_kind(&files, "docx"))["word/document.xml"]);
        for wanted in ["小升规", "郑州市", "安阳市", "附件"] {
            assert!(text.contains(wanted), "{out}: no {wanted} in\n{text}");
        }
        for unwanted in ["{", "None", "NaN", "Some(", "待定", "TODO"] {
            assert!(!text.contains(unwanted), "{out}: {unwanted} in\n{text}");
        }
        let mut workbook: Xlsx<_> = open_workbook(of_kind(&files, "xlsx")).expect("a workbook");
        let sheets = workbook.sheet_names();
        assert!(sheets.len() >= 2, "{sheets:?}");
        for sheet in sheets {
            let range = workbook.worksheet_range(&sheet).expect("a sheet");
            assert!(range.height() > 1, "{sheet} is empty");
        }
    }
}

#[test]
fn the_same_bulletin_again_is_the_same_bytes() {
    let desk = world();
    for (bulletin, name) in [(&QUARTERLY, "季报"), (&ANNUAL, "年报")] {
        let first = write(&desk, bulletin, &format!("{name}一"));
        let again = write(&desk, bulletin, &format!("{name}二"));
        for (one, other) in first.iter().zip(&again) {
            let bytes = |path: &Path| std::fs::read(path).expect("a file");
            assert!(bytes(one) == bytes(other), "{} differs", other.display());
        }
    }
}

#[test]
fn a_correction_names_the_signed_bulletin_and_both_figures() {
    let desk = world();
    write(&desk, &QUARTERLY, "送审");
    let signed = ["--issue", "7", "--by", "赵强", "--date", "2025-10-15"];
    desk.run(&[&["bulletin", "2025-Q3"], &signed[..]].concat())
        .done();
    let (block, name) = Block::read("file 确认更正.csv").expect("a block");
    let lines = [
        "统一社会信用代码,单位名称,入库时间,入库类型,退库时间,退库原因",
        "91410122MA0000001R,郑州明远机械有限公司,2022-12,年度,,",
        "91410581MA0000006C,林州恒基铸造有限公司,2025-03,月度,,",
        "91410329MA0000002C,洛阳伊川兴达轴承有限公司,2025-09,月度,,",
        "91411681MA0000011F,项城纺织服装有限公司,2018-12,年度,2025-08,停产",
    ];
    block.write(desk.folder(), &name, &lines.map(str::to_string));
    let correct = [
        "import",
        "confirmed",
        "确认更正.csv",
        "--month",
        "2025-09",
        "--as",
        "统计局",
    ];
    let receive = ["--received", "2025-10-25", "--supersedes", "7"];
    desk.run(&[&correct[..], &receive].concat()).done();
    desk.run(&["run", "--as-of", "2025-09", "--known-by", "2025-10-25"])
        .done();
    let out = [
        "bulletin",
        "2025-Q3",
        "--correct",
        "--date",
        "2025-10-30",
        "--out",
    ];
    let files = write(&desk, &out, "更正");
    let text = words(&check_parts(of_kind(&files, "docx"))["word/document.xml"]);
    for wanted in ["更正", "豫民企组办〔2025〕7号", "由3家更正为2家"] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
}

#[test]
fn an_office_program_opens_them() {
    let Some(office) = office_program() else {
        eprintln!("neither soffice nor libreoffice is on PATH: opening was not checked");
        return;
    };
    let desk = world();
    // A PDF is called after its source, so each source gets a name of its own.
    let mut copies = Vec::new();
    for (bulletin, out) in [(&QUARTERLY, "季报"), (&ANNUAL, "年报")] {
        let files = write(&desk, bulletin, out);
        for (ending, what) in [("docx", "正文"), ("xlsx", "附表")] {
            let copy = desk.path(&format!("{out}{what}.{ending}"));
            std::fs::copy(of_kind(&files, ending), &copy).expect("copied");
            copies.push(copy);
        }
    }
    let profile = format!(
        "-env:UserInstallation=file://{}",
        desk.path("profile").display()
    );
    let output = Command::new(office)
        .args([&profile, "--headless", "--convert-to", "pdf", "--outdir"])
        .arg(desk.path("pdf"))
        .args(&copies)
        .output()
        .expect("the office program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    for copy in &copies {
        let stem = copy.file_stem().expect("a name").to_string_lossy();
        let pdf = std::fs::read(desk.path("pdf").join(format!("{stem}.pdf")));
        let pdf = pdf.unwrap_or_else(|error| panic!("{stem}: {error}; {said}"));
        assert!(
            pdf.starts_with(b"%PDF-") && pdf.len() > 10_000,
            "{stem}: {} bytes",
            pdf.len()
        );
    }
}

fn office_program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["soffice", "libreoffice"].into_iter();
    names
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}
