//! Where the import socket is. The system takes socket paths of about 100 bytes only; a data
//! directory that lies deeper is reached through its descriptor.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

const NAME: &str = "import.sock";

/// `sun_path` has 108 bytes on Linux, the closing zero included.
const PATH_BYTES_MAX: usize = 100;

pub(super) fn path(data: &Path) -> PathBuf {
    data.join(NAME)
}

pub(super) fn bind(data: &Path) -> io::Result<UnixListener> {
    with_short_path(data, |path| UnixListener::bind(path))
}

/// Opens the import socket of the server that runs on `data`.
///
/// # Errors
/// `NotFound` or `ConnectionRefused` where none runs.
pub fn connect(data: &Path) -> io::Result<UnixStream> {
    with_short_path(data, |path| UnixStream::connect(path))
}

fn with_short_path<T>(data: &Path, open: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = path(data);
    if path.as_os_str().len() <= PATH_BYTES_MAX {
        return open(&path);
    }
    let folder = File::open(data)?;
    open(&PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_data_directory_has_a_socket_too() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("x".repeat(60)).join("y".repeat(60));
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(connect(&deep).unwrap_err().kind(), io::ErrorKind::NotFound);
        let listener = bind(&deep).unwrap();
        assert!(path(&deep).exists());
        connect(&deep).unwrap();
        drop(listener);
        assert_eq!(connect(&deep).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
