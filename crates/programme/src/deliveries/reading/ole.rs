//! The compound file (MS-CFB) in which Excel 97 keeps its workbook: names and streams.
//!
//! Reads no more than it needs: which streams there are, and one of them whole. Every
//! offset is checked, every chain is bounded by the file, so that a malformed file
//! yields `None`, never a panic or a huge allocation.

const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// From here on sector numbers have special meanings.
const SECTORS_MAX: u32 = 0xffff_fffa;
const MINI_SECTOR: usize = 64;
const HEADER: usize = 512;
const ENTRY: usize = 128;

/// Whether a file's first bytes are those of a compound file.
pub(super) fn is_compound(first: &[u8]) -> bool {
    first.starts_with(&SIGNATURE)
}

/// A compound file in memory.
pub(super) struct CompoundFile {
    bytes: Vec<u8>,
    sector: usize,
    sectors: Vec<u32>,
    mini_sectors: Vec<u32>,
    mini_cutoff: usize,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    first: u32,
    size: usize,
}

impl CompoundFile {
    pub(super) fn read(bytes: Vec<u8>) -> Option<CompoundFile> {
        if !is_compound(&bytes) || bytes.len() < HEADER {
            return None;
        }
        let sector = match u16_at(&bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = CompoundFile {
            sector,
            sectors: Vec::new(),
            mini_sectors: Vec::new(),
            mini_cutoff: u32_at(&bytes, 56)? as usize,
            entries: Vec::new(),
            bytes,
        };
        file.read_sector_table()?;
        let mini = file.chain(u32_at(&file.bytes, 60)?)?;
        file.mini_sectors = numbers(&mini);
        let directory = file.chain(u32_at(&file.bytes, 48)?)?;
        file.entries = directory.chunks_exact(ENTRY).filter_map(entry).collect();
        Some(file)
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// A stream's bytes; `None` where there is no such stream or its chain is broken.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entry(name)?;
        let mut bytes = if entry.size < self.mini_cutoff {
            let root = self.entries.first()?;
            self.mini_chain(&self.chain(root.first)?, entry.first)?
        } else {
            self.chain(entry.first)?
        };
        (bytes.len() >= entry.size).then(|| {
            bytes.truncate(entry.size);
            bytes
        })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The table of sectors: which follows which. Its own sectors are listed in the
    /// header and, for large files, in a chain of further lists.
    fn read_sector_table(&mut self) -> Option<()> {
        let mut listed = numbers(self.bytes.get(76..HEADER)?);
        let mut next = u32_at(&self.bytes, 68)?;
        let count = self.bytes.len() / self.sector + 1;
        for _ in 0..count {
            if next >= SECTORS_MAX {
                break;
            }
            let mut list = numbers(self.sector_bytes(next)?);
            next = list.pop()?;
            listed.extend(list);
        }
        for number in listed.into_iter().filter(|number| *number < SECTORS_MAX) {
            if self.sectors.len() > count {
                break;
            }
            let table = numbers(self.sector_bytes(number)?);
            self.sectors.extend(table);
        }
        Some(())
    }

    fn sector_bytes(&self, number: u32) -> Option<&[u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut next = first;
        while next < SECTORS_MAX {
            bytes.extend_from_slice(self.sector_bytes(next)?);
            if bytes.len() > self.bytes.len() {
                return None;
            }
            next = *self.sectors.get(next as usize)?;
        }
        Some(bytes)
    }

    fn mini_chain(&self, container: &[u8], first: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut next = first;
        while next < SECTORS_MAX {
            let start = (next as usize).checked_mul(MINI_SECTOR)?;
            let end = start.checked_add(MINI_SECTOR)?.min(container.len());
            bytes.extend_from_slice(container.get(start..end)?);
            if bytes.len() > container.len() {
                return None;
            }
            next = *self.mini_sectors.get(next as usize)?;
        }
        Some(bytes)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?);
    let name = bytes.get(..length.checked_sub(2)?.min(62))?;
    let units = name
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    let name = char::decode_utf16(units)
        .map(|symbol| symbol.unwrap_or('?'))
        .collect();
    Some(Entry {
        name,
        first: u32_at(bytes, 116)?,
        size: u32_at(bytes, 120)? as usize,
    })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let numbers = bytes.as_chunks::<4>().0.iter();
    numbers.map(|number| u32::from_le_bytes(*number)).collect()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*pair))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*four))
}
