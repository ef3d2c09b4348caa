//! XLS: a workbook put together record by record, since nothing here writes one.

use super::*;

pub(super) fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a short record");
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = units.len() as u16;
    [numbers(&[length]), vec![1], numbers(&units)].concat()
}

/// A compound file that holds one stream.
pub(super) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let sectors = stream.len().max(4096).div_ceil(512);
    let end = 0xffff_fffe_u32;
    let mut file = vec![0u8; 512 * (3 + sectors)];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    put(24, &numbers(&[0x3e, 3, 0xfffe, 9, 6]));
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &end.to_le_bytes());
    put(68, &end.to_le_bytes());
    put(76, &[0xff; 436]);
    put(76, &0u32.to_le_bytes());
    put(512, &[0xff; 512]);
    put(512, &0xffff_fffd_u32.to_le_bytes());
    put(516, &end.to_le_bytes());
    for sector in 2..2 + sectors {
        let next = if sector + 1 == 2 + sectors {
            end
        } else {
            sector as u32 + 1
        };
        put(512 + 4 * sector, &next.to_le_bytes());
    }
    for (index, (name, first, size)) in [("Root Entry", end, 0), (name, 2, sectors * 512)]
        .into_iter()
        .enumerate()
    {
        let at = 1024 + 128 * index;
        let units: Vec<u16> = name.encode_utf16().collect();
        put(at, &numbers(&units));
        put(at + 64, &(2 * units.len() as u16 + 2).to_le_bytes());
        put(at + 116, &first.to_le_bytes());
        put(at + 120, &(size as u32).to_le_bytes());
    }
    put(1536, stream);
    file
}

/// One sheet: a header, a row with every kind of cell, rows out of order.
pub(super) fn workbook(formula: bool) -> Vec<u8> {
    let bof = record(0x0809, &numbers(&[0x0600, 5, 0, 0]));
    let end = record(0x000a, &[]);
    // The second shared text goes on in a second record, narrow where it was wide.
    let texts = [
        vec![0, 0, 0, 0, 2, 0, 0, 0],
        wide("统一社会信用代码"),
        numbers(&[4]),
        vec![1],
        numbers(&[0x7532, 0x5382]),
    ];
    let globals = |sheet: u32| {
        [
            bof.clone(),
            record(0x00e0, &numbers(&[0, 0])),
            record(0x00e0, &numbers(&[0, 14])),
            record(
                0x0085,
                &[&sheet.to_le_bytes()[..], &[0, 0, 2, 0], b"S1"].concat(),
            ),
            record(0x00fc, &texts.concat()),
            record(0x003c, b"\x00No"),
            end.clone(),
        ]
        .concat()
    };
    let label = |row, column, text| [numbers(&[row, column, 0]), wide(text)].concat();
    let headers = ["企业名称", "县区", "成立时间", "从业人数"];
    let mut sheet = bof.clone();
    sheet.extend(record(0x00fd, &numbers(&[0, 0, 0, 0, 0])));
    for (column, header) in (1..).zip(headers) {
        sheet.extend(record(0x0204, &label(0, column, header)));
    }
    sheet.extend(record(0x0204, &label(3, 0, "91B")));
    sheet.extend(record(0x0204, &label(1, 0, "91A")));
    sheet.extend(record(0x00fd, &numbers(&[1, 1, 0, 1, 0])));
    let day = [numbers(&[1, 3, 1]), 45_000f64.to_le_bytes().to_vec()];
    sheet.extend(record(0x0203, &day.concat()));
    let packed = (93u32 << 2 | 2).to_le_bytes();
    let many = [&numbers(&[1, 4, 0])[..], &packed, &[0, 0], &packed, &[5, 0]];
    sheet.extend(record(0x00bd, &many.concat()));
    if formula {
        let result = [numbers(&[3, 4, 0]), 7f64.to_le_bytes().to_vec(), vec![0; 8]];
        sheet.extend(record(0x0006, &result.concat()));
    }
    sheet.extend(end.clone());
    let at = globals(0).len() as u32;
    compound("Workbook", &[globals(at), sheet].concat())
}

#[test]
fn cells_of_every_kind_are_read() {
    let folder = Folder::new();
    let path = folder.file("名录.csv", workbook(false));
    let (mut rows, header) = RowSource::open(&path, &register(), None).expect("opens");
    assert_eq!(header.sheet.as_deref(), Some("S1"));
    let row = rows.next_row().expect("reads").expect("a row");
    assert_eq!(row.number, 2);
    assert_eq!(row.cell(0), Cell::Text("91A"));
    assert_eq!(row.cell(1), Cell::Text("甲厂No"));
    assert_eq!(row.cell(2), Cell::Empty);
    assert_eq!(row.cell(3), Cell::Day(45_000.0));
    assert_eq!(row.cell(4), Cell::Number(93.0));
    assert_eq!(row.cell(5), Cell::Number(93.0));
    let row = rows.next_row().expect("reads").expect("a row");
    assert_eq!((row.number, row.cell(0)), (4, Cell::Text("91B")));
    assert!(rows.next_row().expect("reads").is_none());
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = Folder::new();
    let globals =
        |kind, body: &[u8]| [record(0x0809, &numbers(&[0x0600, 5])), record(kind, body)].concat();
    let mut endless = workbook(false);
    let end = endless
        .windows(4)
        .rposition(|record| record == [0x0a, 0, 0, 0]);
    endless[end.expect("an end")] = 0;
    let cases = [
        (endless, "文件已损坏或不完整"),
        (workbook(true), "E4共1处是公式"),
        (compound("EncryptedPackage", &[]), "工作簿设有打开密码"),
        (
            compound("Workbook", &globals(0x002f, &[1, 0, 1, 0])),
            "工作簿设有打开密码",
        ),
        (
            compound("Workbook", &record(0x0809, &numbers(&[0x0500]))),
            "这是Excel 95",
        ),
        (compound("WordDocument", &[]), "这是Word 文档"),
        (compound("Workbook", &[]), "文件已损坏或不完整"),
        (workbook(false)[..1500].to_vec(), "文件已损坏或不完整"),
    ];
    for (bytes, expected) in cases {
        let path = folder.file("a.xls", bytes);
        let said = fault_of(&path, &register());
        assert!(said.starts_with(expected), "{said}");
    }
}
