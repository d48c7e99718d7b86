//! Which build this is. Two builds of one release differ too, and a page of the one must not go on
//! talking to a server of the other: what they say to each other is compiled into both.

use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The release.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// How much of the digest is shown, in bytes.
const SHOWN: usize = 6;

/// The release, and a digest of the pages' program and styles where the site has been built.
#[must_use]
pub fn version(site_root: &Path) -> String {
    match digest(&site_root.join("pkg")) {
        Ok(digest) => format!("{RELEASE}+{digest}"),
        // A server without pages: `pages` says so to whoever asks for one.
        Err(_) => RELEASE.to_owned(),
    }
}

fn digest(folder: &Path) -> io::Result<String> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.sort();
    let mut digest = Sha256::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let bytes = std::fs::read(file)?;
        digest.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        digest.update(bytes.len().to_le_bytes());
        digest.update(bytes);
    }
    let digest = digest.finalize();
    Ok(digest[..SHOWN].iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_program_of_the_pages_is_another_version() {
        let site = tempfile::tempdir().unwrap();
        assert_eq!(version(site.path()), RELEASE);
        std::fs::create_dir(site.path().join("pkg")).unwrap();
        let mut seen = vec![version(site.path())];
        for (name, bytes) in [("a.wasm", "1"), ("a.wasm", "2"), ("b.js", "2")] {
            std::fs::write(site.path().join("pkg").join(name), bytes).unwrap();
            let version = version(site.path());
            assert!(!seen.contains(&version), "{version}");
            seen.push(version);
        }
    }
}
