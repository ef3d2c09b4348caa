//! The accepted rows of a batch as compressed columns: Arrow IPC with zstd.
//!
//! Rows are sorted by [`Uscc::key`] and cut into a power of two of parts by the key's
//! leading bits, so that the parts of all batches meet: the run reads the same slice of
//! every batch, and one firm is one part of each (decision record 0002).

use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, FixedSizeBinaryArray, Int8Array, Int16Array, Int32Array,
    Int64Array, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use rayon::prelude::*;
use rules::layout::{ColumnKind, Layout, LayoutPeriod};
use std::sync::Arc;

/// Stands for “no value” inside number columns; no admissible value reaches it.
pub const EMPTY: i64 = i64::MIN;

/// Bits of a key (see `Uscc::key`).
const KEY_BITS: u32 = 90;
const KEY_BYTES: i32 = 12;
/// A part holds about this many rows, so that one firm is read quickly; more parts than this
/// are never made.
const ROWS_PER_PART: usize = 2048;
const PARTS_MAX: usize = 256;

/// Rows of one delivery, column by column. All columns are as long as `keys`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// Keys of the credit codes.
    pub keys: Vec<u128>,
    /// Number columns by name; [`EMPTY`] stands for no value.
    pub numbers: Vec<(String, Vec<i64>)>,
    /// Text columns by name; empty text stands for no value.
    pub texts: Vec<(String, Vec<String>)>,
}

#[derive(Debug, thiserror::Error)]
#[error("批次内容损坏，不能读取：{0}。请从备份恢复数据库")]
pub struct PayloadFault(#[from] ArrowError);

impl Rows {
    /// Empty columns for a layout. Monthly layouts keep figures only: names stand in
    /// the register, and the delivered file keeps what else it said.
    pub fn for_layout(layout: &Layout) -> Rows {
        let mut rows = Rows::default();
        for column in &layout.columns {
            match column.kind {
                ColumnKind::Uscc if column.id == "uscc" => {}
                ColumnKind::Text | ColumnKind::Uscc => {
                    if layout.period == LayoutPeriod::List {
                        rows.texts.push((column.id.clone(), Vec::new()));
                    }
                }
                ColumnKind::Month if layout.period == LayoutPeriod::Month => {}
                _ => rows.numbers.push((column.id.clone(), Vec::new())),
            }
        }
        rows
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn number(&self, name: &str) -> Option<&[i64]> {
        self.numbers
            .iter()
            .find(|(id, _)| id == name)
            .map(|(_, values)| values.as_slice())
    }

    pub fn text(&self, name: &str) -> Option<&[String]> {
        self.texts
            .iter()
            .find(|(id, _)| id == name)
            .map(|(_, values)| values.as_slice())
    }

    /// The rows in the order given, which may leave some out.
    pub fn pick(&self, order: &[u32]) -> Rows {
        let at = |index: &u32| *index as usize;
        Rows {
            keys: order.iter().map(|i| self.keys[at(i)]).collect(),
            numbers: self
                .numbers
                .iter()
                .map(|(id, values)| (id.clone(), order.iter().map(|i| values[at(i)]).collect()))
                .collect(),
            texts: self
                .texts
                .iter()
                .map(|(id, values)| {
                    (
                        id.clone(),
                        order.iter().map(|i| values[at(i)].clone()).collect(),
                    )
                })
                .collect(),
        }
    }
}

/// How many parts that many rows are cut into: a power of two.
pub fn parts_for(rows: usize) -> usize {
    rows.div_ceil(ROWS_PER_PART)
        .next_power_of_two()
        .clamp(1, PARTS_MAX)
}

/// Rows that a run takes at a time: several parts of each batch, read in one question.
const ROWS_PER_SLICE: usize = 8192;

/// Into how many slices a run of so many rows is cut: a power of two, so that slices are whole
/// parts.
pub fn slices_for(rows: usize) -> usize {
    rows.div_ceil(ROWS_PER_SLICE)
        .next_power_of_two()
        .clamp(1, PARTS_MAX)
}

/// The part in which a key stands, of that many parts.
pub fn part_of(key: u128, parts: usize) -> usize {
    let bits = parts.trailing_zeros();
    if bits == 0 {
        return 0;
    }
    (key >> (KEY_BITS - bits)) as usize
}

/// The first key of a part.
pub fn part_start(part: usize, parts: usize) -> u128 {
    (part as u128) << (KEY_BITS - parts.trailing_zeros())
}

/// Cuts rows that are sorted by key into parts: number of rows and bytes of each.
pub fn encode_parts(rows: &Rows) -> Result<Vec<(usize, Vec<u8>)>, PayloadFault> {
    let parts = parts_for(rows.len());
    let starts: Vec<usize> = (0..=parts)
        .map(|part| rows.keys.partition_point(|key| part_of(*key, parts) < part))
        .collect();
    (0..parts)
        .into_par_iter()
        .map(|part| {
            let (from, to) = (starts[part], starts[part + 1]);
            Ok((to - from, encode(rows, from, to)?))
        })
        .collect()
}

/// Encodes rows `from..to`, which are sorted by key.
pub fn encode(rows: &Rows, from: usize, to: usize) -> Result<Vec<u8>, PayloadFault> {
    let mut fields = vec![Field::new(
        "key",
        DataType::FixedSizeBinary(KEY_BYTES),
        false,
    )];
    let mut keys = FixedSizeBinaryBuilder::with_capacity(to - from, KEY_BYTES);
    for key in &rows.keys[from..to] {
        keys.append_value(&key.to_be_bytes()[4..])?;
    }
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(keys.finish())];
    for (name, values) in &rows.numbers {
        let array = number_array(&values[from..to]);
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    for (name, values) in &rows.texts {
        fields.push(Field::new(name, DataType::Utf8, true));
        let texts = values[from..to]
            .iter()
            .map(|text| (!text.is_empty()).then_some(text.as_str()));
        arrays.push(Arc::new(texts.collect::<StringArray>()));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays)?;
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD))?;
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options)?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(writer.into_inner()?)
}

/// The numbers in the narrowest integers that take them all: less to compress and to read.
fn number_array(values: &[i64]) -> ArrayRef {
    let known = values.iter().filter(|value| **value != EMPTY);
    let (least, most) = known.fold((0, 0), |(least, most), value| {
        (value.min(&least).to_owned(), value.max(&most).to_owned())
    });
    let fits = |low: i64, high: i64| low <= least && most <= high;
    if fits(i8::MIN.into(), i8::MAX.into()) {
        Arc::new(narrow::<Int8Type>(values, |value| value as i8))
    } else if fits(i16::MIN.into(), i16::MAX.into()) {
        Arc::new(narrow::<Int16Type>(values, |value| value as i16))
    } else if fits(i32::MIN.into(), i32::MAX.into()) {
        Arc::new(narrow::<Int32Type>(values, |value| value as i32))
    } else {
        Arc::new(narrow::<Int64Type>(values, |value| value))
    }
}

/// What is unknown is marked, and held as 0.
fn narrow<T: ArrowPrimitiveType>(
    values: &[i64],
    held: impl Fn(i64) -> T::Native,
) -> PrimitiveArray<T> {
    let present = BooleanBuffer::collect_bool(values.len(), |i| values[i] != EMPTY);
    let cleaned: ScalarBuffer<T::Native> = values
        .iter()
        .map(|value| held(if *value == EMPTY { 0 } else { *value }))
        .collect();
    let nulls = NullBuffer::new(present);
    let nulls = (nulls.null_count() > 0).then_some(nulls);
    PrimitiveArray::new(cleaned, nulls)
}

/// Decodes a part. With `wanted`, only those columns are decompressed and returned.
pub fn decode(bytes: &[u8], wanted: Option<&[&str]>) -> Result<Rows, PayloadFault> {
    let mut reader = StreamReader::try_new(bytes, None)?;
    if let Some(wanted) = wanted {
        let schema = reader.schema();
        let projection = (0..schema.fields().len())
            .filter(|i| *i == 0 || wanted.contains(&schema.field(*i).name().as_str()))
            .collect();
        reader = StreamReader::try_new(bytes, Some(projection))?;
    }
    let mut rows = Rows::default();
    for batch in &mut reader {
        append(&mut rows, &batch?)?;
    }
    Ok(rows)
}

/// The rows of one firm in a part, whose rows are sorted by key. With `wanted`, only those
/// columns are decompressed and returned.
pub fn decode_key(bytes: &[u8], key: u128, wanted: Option<&[&str]>) -> Result<Rows, PayloadFault> {
    let mut reader = StreamReader::try_new(bytes, None)?;
    if let Some(wanted) = wanted {
        let schema = reader.schema();
        let projection = (0..schema.fields().len())
            .filter(|i| *i == 0 || wanted.contains(&schema.field(*i).name().as_str()))
            .collect();
        reader = StreamReader::try_new(bytes, Some(projection))?;
    }
    let sought = &key.to_be_bytes()[4..];
    let mut found = Rows::default();
    for batch in &mut reader {
        let batch = batch?;
        let keys = batch.column(0).as_any();
        let Some(keys) = keys.downcast_ref::<FixedSizeBinaryArray>() else {
            return Err(ArrowError::SchemaError("no key".to_string()).into());
        };
        let count = keys.len();
        let at = |row: usize| keys.value(row);
        let from = first_at_least(count, |row| at(row) < sought);
        let to = (from..count).take_while(|row| at(*row) == sought).count() + from;
        if from < to {
            append(&mut found, &batch.slice(from, to - from))?;
        }
    }
    Ok(found)
}

/// The first place among sorted ones for which `is_below` no longer holds.
fn first_at_least(count: usize, is_below: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from + (to - from) / 2;
        match is_below(middle) {
            true => from = middle + 1,
            false => to = middle,
        }
    }
    from
}

fn append(rows: &mut Rows, batch: &RecordBatch) -> Result<(), ArrowError> {
    let damaged = || ArrowError::SchemaError("unexpected column type".to_string());
    for (index, field) in batch.schema().fields().iter().enumerate() {
        let array = batch.column(index).as_any();
        if let Some(keys) = array.downcast_ref::<FixedSizeBinaryArray>() {
            if keys.value_length() != KEY_BYTES {
                return Err(damaged());
            }
            let bytes = keys.value_data().chunks_exact(KEY_BYTES as usize);
            rows.keys.extend(bytes.map(key_of));
        } else if let Some(numbers) = plain_numbers(array) {
            rows.numbers.push((field.name().clone(), numbers));
        } else if let Some(texts) = array.downcast_ref::<StringArray>() {
            let values = texts
                .iter()
                .map(|text| text.unwrap_or_default().to_string());
            rows.texts.push((field.name().clone(), values.collect()));
        } else {
            return Err(damaged());
        }
    }
    Ok(())
}

fn key_of(bytes: &[u8]) -> u128 {
    let mut whole = [0; 16];
    whole[16 - KEY_BYTES as usize..].copy_from_slice(bytes);
    u128::from_be_bytes(whole)
}

/// Numbers of whatever width; `None` where the column holds none.
fn plain_numbers(array: &dyn std::any::Any) -> Option<Vec<i64>> {
    if let Some(numbers) = array.downcast_ref::<Int64Array>() {
        return Some(widened(numbers));
    }
    if let Some(numbers) = array.downcast_ref::<Int32Array>() {
        return Some(widened(numbers));
    }
    if let Some(numbers) = array.downcast_ref::<Int16Array>() {
        return Some(widened(numbers));
    }
    array.downcast_ref::<Int8Array>().map(widened)
}

fn widened<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Vec<i64>
where
    T::Native: Into<i64>,
{
    let mut values: Vec<i64> = array.values().iter().map(|value| (*value).into()).collect();
    if let Some(nulls) = array.nulls() {
        for (index, value) in values.iter_mut().enumerate() {
            if nulls.is_null(index) {
                *value = EMPTY;
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u64) -> Rows {
        let keys: Vec<u128> = (0..count).map(|i| u128::from(i) << 60).collect();
        let sales = (0..count as i64).map(|i| if i % 7 == 0 { EMPTY } else { i * 100 });
        let names = (0..count).map(|i| {
            if i % 5 == 0 {
                String::new()
            } else {
                format!("企业{i}")
            }
        });
        Rows {
            numbers: vec![("sales".into(), sales.collect())],
            texts: vec![("name".into(), names.collect())],
            keys,
        }
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        for count in [0, 1, 100, 20_000] {
            let rows = sample(count);
            let bytes = encode(&rows, 0, rows.len()).expect("encodes");
            assert_eq!(
                bytes,
                encode(&rows, 0, rows.len()).expect("encodes"),
                "same bytes"
            );
            assert_eq!(decode(&bytes, None).expect("decodes"), rows);
            let narrow = decode(&bytes, Some(&["sales"])).expect("decodes");
            assert_eq!(narrow.keys, rows.keys);
            assert!(narrow.texts.is_empty() && narrow.number("sales").is_some());
            for (row, key) in rows.keys.iter().enumerate().step_by(97) {
                let own = decode_key(&bytes, *key, None).expect("decodes");
                assert_eq!(own, rows.pick(&[row as u32]), "one firm's row");
            }
            let none = decode_key(&bytes, 1, Some(&["name"])).expect("decodes");
            assert!(none.is_empty(), "a firm that no row names");
        }
    }

    #[test]
    fn parts_of_different_counts_meet() {
        assert_eq!(parts_for(0), 1);
        assert_eq!(parts_for(2048), 1);
        assert_eq!(parts_for(2049), 2);
        assert_eq!(parts_for(500_000), 256);
        assert_eq!(slices_for(8192), 1);
        assert_eq!(slices_for(8193), 2);
        assert_eq!(slices_for(500_000), 64);
        assert_eq!(slices_for(5_000_000), 256);
        for key in [0, 1 << 89, (1 << 90) - 1, 12345 << 70] {
            assert_eq!(part_of(key, 64) / 8, part_of(key, 8));
            assert!(part_start(part_of(key, 64), 64) <= key);
        }
    }

    #[test]
    fn damaged_bytes_are_said() {
        let rows = sample(50);
        let mut bytes = encode(&rows, 0, 50).expect("encodes");
        bytes.truncate(bytes.len() / 2);
        assert!(decode(&bytes, None).is_err());
        assert!(decode(b"nonsense", None).is_err());
    }
}
