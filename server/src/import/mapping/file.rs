//! `[file]`: what the bytes of the export are.

use domain::document::{Fault, Table};

/// The form of a file of rows.
#[derive(Debug)]
pub(crate) struct FileForm {
    /// Between fields.
    pub(crate) delimiter: u8,
    /// Around fields that hold delimiters or line ends; none where quotes mean nothing.
    pub(crate) quote: Option<u8>,
    /// How the bytes spell text.
    pub(crate) encoding: Encoding,
    /// The names of the columns; none where the first row gives them.
    pub(crate) columns: Option<Vec<String>>,
    /// Lines before the header that are no rows.
    pub(crate) skip_lines: u64,
    /// Lines that begin with it are left out.
    pub(crate) comment: Option<u8>,
}

/// How bytes spell text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// Windows-1252, which contains ISO 8859-1.
    Windows1252,
}

const KEYS: [&str; 7] = ["format", "delimiter", "quote", "encoding", "columns", "skip_lines", "comment"];

pub(super) fn read(mapping: &Table<'_>) -> Result<FileForm, Fault> {
    let mut form = FileForm {
        delimiter: b',',
        quote: Some(b'"'),
        encoding: Encoding::Utf8,
        columns: None,
        skip_lines: 0,
        comment: None,
    };
    let Some(table) = mapping.table("file")? else { return Ok(form) };
    table.allow(&KEYS)?;
    if let Some(node) = table.get("format")
        && node.text()? != "csv"
    {
        return Err(node.fault("format must be \"csv\"; a file of events (NDJSON) needs no mapping"));
    }
    if let Some(delimiter) = read_byte(&table, "delimiter")? {
        form.delimiter = delimiter.ok_or_else(|| table.fault("delimiter must not be empty"))?;
    }
    if let Some(quote) = read_byte(&table, "quote")? {
        form.quote = quote;
    }
    form.comment = read_byte(&table, "comment")?.flatten();
    form.encoding = read_encoding(&table)?;
    if table.has("columns") {
        let names = table.list("columns")?;
        form.columns =
            Some(names.iter().map(|node| node.text().map(str::to_owned)).collect::<Result<_, _>>()?);
    }
    if let Some(node) = table.get("skip_lines") {
        form.skip_lines =
            u64::try_from(node.whole()?).map_err(|_| node.fault("skip_lines must be 0 or more"))?;
    }
    Ok(form)
}

/// One ASCII character, its name (`tab`, `semicolon`, `comma`, `pipe`), or empty for none.
fn read_byte(table: &Table<'_>, key: &str) -> Result<Option<Option<u8>>, Fault> {
    let Some(node) = table.get(key) else { return Ok(None) };
    Ok(Some(match node.text()? {
        "" => None,
        "tab" => Some(b'\t'),
        "semicolon" => Some(b';'),
        "comma" => Some(b','),
        "pipe" => Some(b'|'),
        text if text.len() == 1 => text.bytes().next(),
        text => {
            return Err(node.fault(format!(
                "{key} must be one ASCII character, or \"tab\", \"semicolon\", \"comma\" or \"pipe\", not {text:?}"
            )));
        }
    }))
}

fn read_encoding(table: &Table<'_>) -> Result<Encoding, Fault> {
    let Some(node) = table.get("encoding") else { return Ok(Encoding::Utf8) };
    match node.text()?.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Ok(Encoding::Utf8),
        "windows-1252" | "latin-1" | "latin1" | "iso-8859-1" => Ok(Encoding::Windows1252),
        _ => Err(node.fault("encoding must be \"utf-8\" or \"windows-1252\" (which contains Latin-1)")),
    }
}
