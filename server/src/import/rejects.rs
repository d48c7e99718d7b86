//! Rejected rows: a file beside the source with the row as it was and why, so that it can be mended
//! and imported again with the same mapping. Therefore it has the form that the mapping states:
//! the lines before the header, delimiter, quote and spelling. It has a header always; where the
//! mapping itself names the columns, `read` knows a file of rejects by it.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::mapping::{Encoding, FileForm};
use super::row::encode;

/// The columns before the row's own.
pub(super) const OWN_COLUMNS: [&str; 3] = ["rejected_row", "rejected_line", "rejected_because"];

/// How the file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct RejectsForm {
    delimiter: u8,
    quote: Option<u8>,
    encoding: Encoding,
    skip_lines: u64,
}

impl RejectsForm {
    /// Commas, quotes and UTF-8: for what has no form of rows.
    pub(super) const PLAIN: Self =
        Self { delimiter: b',', quote: Some(b'"'), encoding: Encoding::Utf8, skip_lines: 0 };
}

impl From<&FileForm> for RejectsForm {
    fn from(form: &FileForm) -> Self {
        Self {
            delimiter: form.delimiter,
            quote: form.quote,
            encoding: form.encoding,
            skip_lines: form.skip_lines,
        }
    }
}

/// The rejects of one file. Nothing is written until there is one.
pub(super) struct Rejects {
    path: PathBuf,
    form: RejectsForm,
    header: Vec<String>,
    /// How many of the file's columns are not its own but those of an earlier file of rejects.
    earlier: usize,
    writer: Option<csv::Writer<File>>,
    last_row: u64,
    /// How many rows were rejected.
    pub(super) rows: u64,
}

impl Rejects {
    /// The rejects of `file`, in `folder` or beside it. What an earlier run rejected is taken away:
    /// it no longer says what is so.
    pub(super) fn of(
        file: &Path,
        folder: Option<&Path>,
        form: RejectsForm,
        header: &[String],
    ) -> io::Result<Self> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects.csv");
        let path = match folder {
            Some(folder) => folder.join(name),
            None => file.with_file_name(name),
        };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound && path.exists() => return Err(error),
            _ => {}
        }
        let earlier = if header.starts_with(&OWN_COLUMNS.map(str::to_owned)) { OWN_COLUMNS.len() } else { 0 };
        let header = header[earlier..].to_vec();
        Ok(Self { path, form, header, earlier, writer: None, last_row: 0, rows: 0 })
    }

    /// Writes down one rejected row. A row that is rejected twice (two of its events were refused)
    /// is one row with two lines.
    pub(super) fn add<'a>(
        &mut self,
        row: u64,
        line: u64,
        because: &str,
        fields: impl Iterator<Item = &'a [u8]>,
    ) -> io::Result<()> {
        if self.writer.is_none() {
            self.writer = Some(self.create()?);
        }
        if row != self.last_row || self.rows == 0 {
            self.rows += 1;
            self.last_row = row;
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let (row, line) = (row.to_string(), line.to_string());
        for own in [row.as_str(), line.as_str(), because] {
            writer.write_field(self.form.spell(own)).map_err(into_io)?;
        }
        writer.write_record(fields.skip(self.earlier)).map_err(into_io)
    }

    /// Ends the file. Returns where it is, if anything was rejected.
    pub(super) fn finish(mut self) -> io::Result<Option<PathBuf>> {
        let Some(writer) = &mut self.writer else { return Ok(None) };
        writer.flush()?;
        Ok(Some(self.path))
    }

    fn create(&self) -> io::Result<csv::Writer<File>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        // The rows may hold personal data: nobody else may read them.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path).map_err(|error| {
            let message = format!("{}: {error}; name a folder for rejected rows", self.path.display());
            io::Error::new(error.kind(), message)
        })?;
        let mut file = file;
        for _ in 0..self.form.skip_lines {
            file.write_all(b"\n")?;
        }
        let mut builder = csv::WriterBuilder::new();
        builder.flexible(true).delimiter(self.form.delimiter);
        match self.form.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quote_style(csv::QuoteStyle::Never),
        };
        let mut writer = builder.from_writer(file);
        let header = OWN_COLUMNS.into_iter().chain(self.header.iter().map(String::as_str));
        writer.write_record(header.map(|name| self.form.spell(name))).map_err(into_io)?;
        Ok(writer)
    }
}

impl RejectsForm {
    /// A text of ours as a field. Where nothing can be quoted, what would end the field is left out.
    fn spell(self, text: &str) -> Cow<'_, [u8]> {
        let bytes = encode(text, self.encoding);
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        if self.quote.is_some() || !bytes.iter().any(ends) {
            return bytes;
        }
        Cow::Owned(bytes.iter().map(|byte| if ends(byte) { b' ' } else { *byte }).collect())
    }
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
