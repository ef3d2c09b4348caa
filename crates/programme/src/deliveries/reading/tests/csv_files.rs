//! CSV: encodings, delimiters, row numbers, blank lines.

use super::*;

const HEADER: &str = "纳税人识别号,纳税人名称,应税销售额（元）";

fn check(bytes: &[u8], expected: &[&str]) {
    let folder = Folder::new();
    let path = folder.file("税务.csv", bytes);
    let lines = read_all(&path, &tax());
    let shown = String::from_utf8_lossy(bytes);
    assert_eq!(
        lines.as_deref(),
        Ok(expected.map_to_strings().as_slice()),
        "{shown}"
    );
}

trait Strings {
    fn map_to_strings(&self) -> Vec<String>;
}

impl Strings for [&str] {
    fn map_to_strings(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_string()).collect()
    }
}

#[test]
fn every_usual_encoding_reads_the_same() {
    let text = format!("{HEADER}\r\n91A,新野鑫隆,1.5\r\n");
    let gb18030 = encoding_rs::GB18030.encode(&text).0;
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for bytes in [
        text.as_bytes(),
        format!("\u{feff}{text}").as_bytes(),
        gb18030.as_ref(),
        utf16.as_slice(),
    ] {
        check(bytes, &["2:91A|新野鑫隆|1.5"]);
    }
}

#[test]
fn delimiters_are_comma_tab_and_semicolon() {
    for delimiter in [",", "\t", ";"] {
        let text = format!("{HEADER}\n91A,甲,1\n").replace(',', delimiter);
        check(text.as_bytes(), &["2:91A|甲|1"]);
    }
}

#[test]
fn rows_keep_their_numbers() {
    for (lines, expected) in [
        ("91A,甲,1\n91B,乙,2", ["2:91A|甲|1", "3:91B|乙|2"]),
        ("\n91A,甲,1\n\n\n91B,乙,2\n\n", ["3:91A|甲|1", "6:91B|乙|2"]),
        (",,\n91A,甲,1\n , \n91B,乙,2", ["3:91A|甲|1", "5:91B|乙|2"]),
        (
            "91A,\"甲\n厂\",1\n91B,乙,2",
            ["2:91A|甲\n厂|1", "3:91B|乙|2"],
        ),
        (
            "91A,\"甲\n\n厂\",1\n\n91B,乙,2",
            ["2:91A|甲\n\n厂|1", "4:91B|乙|2"],
        ),
    ] {
        for line_end in ["\n", "\r\n"] {
            let text = format!("{HEADER}\n{lines}").replace('\n', line_end);
            check(text.as_bytes(), &expected);
        }
    }
}

#[test]
fn blank_rows_are_counted_and_a_flood_of_them_is_refused() {
    let folder = Folder::new();
    let path = folder.file("a.csv", format!("{HEADER}\n\n91A,甲,1\n,,\n,,\n91B,乙,2\n"));
    let (mut rows, _) = RowSource::open(&path, &tax(), None).expect("opens");
    while rows.next_row().expect("reads").is_some() {}
    assert_eq!((rows.blank_rows(), rows.fraction_read()), (3, 1.0));

    for blank in [",,\n", "\n", "\r\n"] {
        let flood = blank.repeat(100_000);
        let path = folder.file("b.csv", format!("{HEADER}\n91A,甲,1\n{flood}91B,乙,2\n"));
        assert_eq!(read_all(&path, &tax()).map(|lines| lines.len()), Ok(2));
        let path = folder.file(
            "c.csv",
            format!("{HEADER}\n91A,甲,1\n{flood}{blank}91B,乙,2\n"),
        );
        assert_eq!(
            fault_of(&path, &tax()),
            "第2行之后连续空白行超过100000行，请删除空白行后重新导入"
        );
    }
}

#[test]
fn bytes_of_no_encoding_name_their_line() {
    let folder = Folder::new();
    let text = format!("{HEADER}\n91A,甲,1\n");
    let mut gb18030 = encoding_rs::GB18030.encode(&text).0.into_owned();
    gb18030.extend_from_slice(b"91B,\xff\xff,2\n");
    let mut utf8 = text
        .replace('甲', "名称很长的甲企业有限责任公司")
        .into_bytes();
    utf8.extend_from_slice(b"91B,\xe4\xb8,2\n");
    for bytes in [gb18030, utf8] {
        let path = folder.file("a.csv", bytes);
        assert!(fault_of(&path, &tax()).starts_with("第3行有既不是UTF-8也不是GB18030的字节"));
    }
}

#[test]
fn an_open_quote_is_refused() {
    let folder = Folder::new();
    let path = folder.file(
        "a.csv",
        format!("{HEADER}\n91A,甲,1\n91B,\"乙,2\n91C,丙,3\n"),
    );
    assert!(fault_of(&path, &tax()).starts_with("第3行起引号没有配对"));
    let long = "91C,丙,3\n".repeat(500_000);
    let path = folder.file("b.csv", format!("{HEADER}\n91A,甲,1\n91B,\"乙,2\n{long}"));
    assert!(fault_of(&path, &tax()).starts_with("第3行长度超过4 MB"));
    // A lone quotation mark inside a field is only a sign.
    check(
        format!("{HEADER}\n91A,5\"管厂,1\n91B,乙,2").as_bytes(),
        &["2:91A|5\"管厂|1", "3:91B|乙|2"],
    );
}
