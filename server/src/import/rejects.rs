//! Rejected rows: a file beside the source with the row as it was and why, so that it can be mended
//! and imported again with the same mapping.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The columns before the row's own.
const OWN_COLUMNS: [&str; 3] = ["rejected_row", "rejected_line", "rejected_because"];

/// The rejects of one file. Nothing is written until there is one.
pub(super) struct Rejects {
    path: PathBuf,
    header: Vec<String>,
    writer: Option<csv::Writer<File>>,
    last_row: u64,
    /// How many rows were rejected.
    pub(super) rows: u64,
}

impl Rejects {
    /// The rejects of `file`, in `folder` or beside it. What an earlier run rejected is taken away:
    /// it no longer says what is so.
    pub(super) fn of(file: &Path, folder: Option<&Path>, header: &[String]) -> io::Result<Self> {
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
        Ok(Self { path, header: header.to_vec(), writer: None, last_row: 0, rows: 0 })
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
            writer.write_field(own).map_err(into_io)?;
        }
        writer.write_record(fields).map_err(into_io)
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
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
        let header = OWN_COLUMNS.into_iter().chain(self.header.iter().map(String::as_str));
        writer.write_record(header).map_err(into_io)?;
        Ok(writer)
    }
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
