//! Images as somebody sees them who only checks: each is read, whatever comes of it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Seq;
use domain::city::City;
use toancanh_log::ClusterId;
use toancanh_log::keys::LogKeys;

use super::{ImageFault, Images, Kept, build, file, log_name};

/// An image, and what was made of it.
pub(crate) struct Looked {
    /// Which file.
    pub(crate) path: PathBuf,
    /// At which place of the log it was made, and the SHA-256 of the record there; none where its foot cannot be read.
    pub(crate) of: Option<(Seq, String)>,
    /// What it holds.
    pub(crate) state: Result<Kept, ImageFault>,
}

impl Images {
    /// All there are, the newest first.
    pub(crate) fn look(&self, city: &Arc<City>, log: &ClusterId, keys: Option<&LogKeys>) -> Vec<Looked> {
        let look = |path: PathBuf| {
            let of = RefCell::new(None);
            let state = file::read(&path, city, keys, |origin| {
                *of.borrow_mut() = Some((Seq(origin.seq), origin.record.clone()));
                let other = |of| Err(ImageFault::Other { path: path.clone(), of });
                match () {
                    () if origin.log != log_name(log) => other("with another log"),
                    () if origin.build != build() => other("by another build of the program"),
                    () if origin.city != city.digest => other("under another folder of the city"),
                    () => Ok(()),
                }
            });
            Looked { path: path.clone(), of: of.into_inner(), state }
        };
        self.files().into_iter().map(look).collect()
    }
}
