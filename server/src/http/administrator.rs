//! The administrator's token, until there are accounts: 32 random bytes in the file `admin-token`
//! of the key folder, made at the first start, readable by its owner only. It is never printed;
//! whoever may read the keys may administer.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, header};
use domain::problem::Problem;
use rand::TryRngCore;
use sha2::{Digest, Sha256};

/// Its name in the key folder.
pub const FILE: &str = "admin-token";

/// Where the administrator's token lies. The file is read at each use, so that a new token holds
/// at once.
#[derive(Clone, Debug)]
pub struct Administrator {
    path: PathBuf,
}

impl Administrator {
    /// Makes the file where there is none yet.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open(keys: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(keys)?;
        let path = keys.join(FILE);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match file {
            Ok(mut file) => {
                let mut bytes = [0; 32];
                rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
                writeln!(file, "{}", hex::encode(bytes))?;
                file.sync_all()?;
                tracing::info!(path = %path.display(), "an administrator's token was made");
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(Self { path })
    }

    /// Whether the request carries the token.
    ///
    /// # Errors
    /// 401 without the right token; 503 where the file cannot be read.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        self.check_token(given)
    }

    /// Whether this is the token: the acts of a page carry it in their body.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_token(&self, given: &str) -> Result<(), Problem> {
        let held = fs::read_to_string(&self.path).map_err(|error| {
            tracing::error!(%error, path = %self.path.display(), "the administrator's token cannot be read");
            Problem::new(
                "unavailable",
                503,
                "Not now",
                "The administrator's token cannot be read on the server.",
            )
        })?;
        // Digests are compared, so that the time taken says nothing of the token.
        let held = held.trim();
        if !held.is_empty() && Sha256::digest(given) == Sha256::digest(held) {
            return Ok(());
        }
        let detail = "Authorization: needs the administrator's token as Bearer; it stands in the file \
                      admin-token of the server's key folder.";
        Err(Problem::new("unauthorized", 401, "Not allowed", detail).at("Authorization"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn bearer(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        headers
    }

    #[test]
    fn the_token_is_made_once_and_only_it_opens() {
        let keys = tempfile::tempdir().unwrap();
        let administrator = Administrator::open(keys.path()).unwrap();
        let token = fs::read_to_string(keys.path().join(FILE)).unwrap();
        assert_eq!(token.trim().len(), 64);
        let mode = fs::metadata(keys.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        Administrator::open(keys.path()).unwrap();
        assert_eq!(fs::read_to_string(keys.path().join(FILE)).unwrap(), token);
        administrator.check(&bearer(token.trim())).unwrap();
        for wrong in ["", "x", &token.trim()[1..]] {
            assert_eq!(administrator.check(&bearer(wrong)).unwrap_err().status, 401);
        }
        assert_eq!(administrator.check(&HeaderMap::new()).unwrap_err().status, 401);
    }

    #[test]
    fn an_emptied_file_opens_to_nobody() {
        let keys = tempfile::tempdir().unwrap();
        let administrator = Administrator::open(keys.path()).unwrap();
        fs::write(keys.path().join(FILE), "\n").unwrap();
        assert!(administrator.check(&bearer("")).is_err());
    }
}
