//! Files that are no delivery at all: a fault that says what they are, never a panic.

use super::*;

#[test]
fn what_is_no_table_is_named() {
    let folder = Folder::new();
    let cases: [(&[u8], &str); 10] = [
        (b"", "文件是空的（0字节），请核对后重新导出"),
        (b"%PDF-1.7", "这是PDF 文件"),
        (b"\x89PNG\r\n", "这是图片"),
        (b"Rar!\x1a", "这是RAR 压缩包"),
        (b"\xef\xbb\xbf <HTML><table>", "这是网页"),
        (b"<?xml version=\"1.0\"?>", "这是XML 文件"),
        (b"abc\0def", "这是二进制文件"),
        (
            b"PK\x03\x04 and no more",
            "文件已损坏或不完整（压缩包结构不完整）",
        ),
        (
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "这是压缩包",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more",
            "文件已损坏或不完整（文件结构不完整）",
        ),
    ];
    for (bytes, expected) in cases {
        let path = folder.file("a.xlsx", bytes);
        let said = fault_of(&path, &tax());
        assert!(said.starts_with(expected), "{said}");
    }
    let said = fault_of(&folder.path("没有.csv"), &tax());
    assert!(
        said.starts_with("找不到文件“") && said.contains("没有.csv"),
        "{said}"
    );
    assert!(fault_of(&folder.path(""), &tax()).contains("是文件夹，不是文件"));
}

#[test]
fn archives_that_unpack_to_absurd_sizes_are_refused() {
    use std::io::Write;
    let folder = Folder::new();
    let path = folder.path("a.xlsx");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).expect("created"));
    let options = zip::write::SimpleFileOptions::default();
    archive
        .start_file("xl/workbook.xml", options)
        .expect("begun");
    archive.write_all(b"<workbook/>").expect("written");
    archive
        .start_file("xl/sharedStrings.xml", options)
        .expect("begun");
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..80 {
        archive.write_all(&zeros).expect("written");
    }
    archive.finish().expect("finished");
    assert!(fault_of(&path, &tax()).starts_with("压缩内容展开后过大"));
}

/// Reads to the end whatever comes; only a panic is a failure.
fn survive(folder: &Folder, bytes: &[u8]) {
    let path = folder.file("a", bytes);
    for layout in [tax(), register()] {
        let _ = read_all(&path, &layout);
    }
}

fn xlsx() -> Vec<u8> {
    let folder = Folder::new();
    let header = "纳税人识别号|纳税人名称|应税销售额（元）";
    let path =
        super::workbooks::workbook(&folder, &[("表", &[header, "91A|甲|1.5", "91B|乙|=A1"])]);
    std::fs::read(path).expect("read")
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(
        start in 0usize..5,
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2_000)
    ) {
        let starts: [&[u8]; 5] = [
            b"",
            "纳税人识别号,纳税人名称,应税销售额（元）\n".as_bytes(),
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\xff\xfe",
        ];
        survive(&Folder::new(), &[starts[start], &bytes].concat());
    }

    #[test]
    fn slips_in_a_workbook_are_read_or_refused(
        old in proptest::bool::ANY,
        slips in proptest::collection::vec((0usize..1_000_000, proptest::num::u8::ANY), 1..8)
    ) {
        let mut bytes = if old { super::workbook97::workbook(true) } else { xlsx() };
        for (at, byte) in slips {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        survive(&Folder::new(), &bytes);
    }
}
