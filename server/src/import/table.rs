//! The rows of a delimited file, one at a time, in bounded memory.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use super::mapping::FileForm;

/// The longest row in bytes. A longer one is most likely a quote that never closes, which would
/// otherwise swallow the file into memory.
const ROW_BYTES_MAX: usize = 1024 * 1024;

/// The most fields of a row.
const FIELDS_MAX: usize = 4096;

/// The rows of a file.
pub(super) struct Table {
    input: Box<dyn BufRead + Send>,
    core: csv_core::Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    rows: u64,
    line: u64,
}

/// Where a row stands, and whether it could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The row, from 1; the header is not counted.
    pub(super) row: u64,
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Whether it was too long, and is not here.
    pub(super) too_long: bool,
}

/// The fields of the row that was read last.
#[derive(Debug, Default)]
pub(super) struct Fields {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end])
    }

    pub(super) fn len_bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl Table {
    pub(super) fn new(mut input: Box<dyn BufRead + Send>, form: &FileForm) -> io::Result<Self> {
        let mut core = csv_core::ReaderBuilder::new();
        core.delimiter(form.delimiter).comment(form.comment).quoting(form.quote.is_some());
        if let Some(quote) = form.quote {
            core.quote(quote);
        }
        let mut line = 1;
        for _ in 0..form.skip_lines {
            skip_line(&mut input)?;
            line += 1;
        }
        Ok(Self { input, core: core.build(), bytes: vec![0; 4096], ends: vec![0; 64], rows: 0, line })
    }

    /// Reads the header.
    pub(super) fn header(&mut self) -> io::Result<Option<Fields>> {
        let mut fields = Fields::default();
        let found = self.read(&mut fields)?;
        self.begin();
        Ok(found.filter(|place| !place.too_long).map(|_| fields))
    }

    /// Counts rows from here: what was read so far was the header.
    pub(super) fn begin(&mut self) {
        self.rows = 0;
    }

    /// Reads the next row into `fields`; none at the end.
    pub(super) fn read(&mut self, fields: &mut Fields) -> io::Result<Option<Place>> {
        fields.bytes.clear();
        fields.ends.clear();
        self.skip_line_ends()?;
        let line = self.line;
        let (mut filled, mut ended, mut too_long) = (0, 0, false);
        loop {
            let input = self.input.fill_buf()?;
            let (result, used, wrote, ends) =
                self.core.read_record(input, &mut self.bytes[filled..], &mut self.ends[ended..]);
            self.line += count_line_ends(&input[..used]);
            self.input.consume(used);
            filled += wrote;
            ended += ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < ROW_BYTES_MAX => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < FIELDS_MAX => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (filled, ended, too_long) = (0, 0, true);
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        self.rows += 1;
        if !too_long {
            fields.bytes.extend_from_slice(&self.bytes[..filled]);
            fields.ends.extend_from_slice(&self.ends[..ended]);
        }
        Ok(Some(Place { row: self.rows, line, too_long }))
    }

    /// Passes over line ends before a row: empty lines, and the second half of a CR LF.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let input = self.input.fill_buf()?;
            let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let all = blank == input.len();
            self.line += count_line_ends(&input[..blank]);
            self.input.consume(blank);
            if blank == 0 || !all {
                return Ok(());
            }
        }
    }
}

fn count_line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn skip_line(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let bytes = input.fill_buf()?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(bytes.len(), |at| at + 1);
        let done = end.is_some() || used == 0;
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn form() -> FileForm {
        FileForm {
            delimiter: b',',
            quote: Some(b'"'),
            encoding: crate::import::mapping::Encoding::Utf8,
            columns: None,
            skip_lines: 0,
            comment: None,
        }
    }

    /// Every row of a text that arrives `step` bytes at a time.
    fn ours(text: &str, step: usize) -> Vec<Vec<Vec<u8>>> {
        let input = std::io::Cursor::new(text.as_bytes().to_vec());
        let mut table = Table::new(Box::new(BufReader::with_capacity(step, input)), &form()).unwrap();
        let mut fields = Fields::default();
        let mut rows = Vec::new();
        while table.read(&mut fields).unwrap().is_some() {
            rows.push(fields.iter().map(<[u8]>::to_vec).collect());
        }
        rows
    }

    fn theirs(text: &str) -> Vec<Vec<Vec<u8>>> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let rows = reader.byte_records().map(|row| row.unwrap());
        rows.map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate_however_the_bytes_arrive(
            text in "[a\",\r\n]{0,40}",
            step in 1_usize..8,
        ) {
            prop_assert_eq!(ours(&text, step), theirs(&text));
        }
    }

    #[test]
    fn long_rows_and_many_fields_are_whole() {
        let long = "x".repeat(100_000);
        let many = ["y"; 3000].join(",");
        let rows = ours(&format!("{long},z\n{many}\n"), 4096);
        assert_eq!((rows[0].len(), rows[0][0].len()), (2, 100_000));
        assert_eq!(rows[1].len(), 3000);
    }
}
