//! What walls look like: of each the last small picture that it took of itself. Kept in memory alone: a picture is of
//! now, and a server that begins anew has a new one within a minute.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use domain::problem::Problem;
use domain::query::bad;
use domain::screen::{PICTURE_BYTES_MAX, PICTURE_PX_MAX};
use imagesize::ImageType;

/// A wall takes one each minute and soon after a change: never two in so short a time.
const APART: Duration = Duration::from_secs(2);

/// A picture that was looked at: it is what it says, and small.
#[derive(Clone, Debug)]
pub struct Picture {
    bytes: Bytes,
    media_type: &'static str,
    scene: String,
    taken: u64,
    at: Instant,
}

impl Picture {
    /// Reads what a wall sent. The picture's own first bytes say what it is, whatever was said of it.
    ///
    /// # Errors
    /// 400 where it is neither WebP nor JPEG, too large or without a size.
    pub fn read(bytes: Bytes, scene: &str, now: Instant) -> Result<Self, Problem> {
        if bytes.len() > PICTURE_BYTES_MAX {
            return Err(bad("picture", &format!("has more than {PICTURE_BYTES_MAX} bytes")));
        }
        let media_type = match imagesize::image_type(&bytes) {
            Ok(ImageType::Webp) => "image/webp",
            Ok(ImageType::Jpeg) => "image/jpeg",
            _ => return Err(bad("picture", "is neither WebP nor JPEG")),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| bad("picture", "says no size"))?;
        let is_small = |px: usize| (1..=PICTURE_PX_MAX as usize).contains(&px);
        if !is_small(size.width) || !is_small(size.height) {
            return Err(bad("picture", &format!("is wider or higher than {PICTURE_PX_MAX} pixels")));
        }
        Ok(Self { bytes, media_type, scene: scene.to_owned(), taken: 0, at: now })
    }

    /// The picture itself.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// `image/webp`, `image/jpeg`.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// The scene that it shows.
    pub(super) fn scene(&self) -> &str {
        &self.scene
    }

    /// Counts the pictures of this server.
    pub(super) const fn taken(&self) -> u64 {
        self.taken
    }

    pub(super) const fn at(&self) -> Instant {
        self.at
    }
}

/// The last picture of each wall. Bounded by the screens that are enrolled: who calls sees to that.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    of: BTreeMap<Arc<str>, Picture>,
    taken: u64,
}

impl Pictures {
    /// Keeps a picture in place of the one before.
    ///
    /// # Errors
    /// 429 where the one before is of the same moment.
    pub(super) fn keep(&mut self, wall: &str, picture: Picture) -> Result<(), Problem> {
        let is_soon = |held: &Picture| picture.at.saturating_duration_since(held.at) < APART;
        if self.of.get(wall).is_some_and(is_soon) {
            let detail = "A wall sends one picture in two seconds at most.";
            return Err(Problem::new("too-soon", 429, "Too soon", detail));
        }
        self.taken += 1;
        self.of.insert(wall.into(), Picture { taken: self.taken, ..picture });
        Ok(())
    }

    pub(super) fn of(&self, wall: &str) -> Option<&Picture> {
        self.of.get(wall)
    }

    pub(super) fn forget(&mut self, wall: &str) {
        self.of.remove(wall);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WebP of these sides: its header alone says them.
    fn webp(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        for side in [width - 1, height - 1] {
            bytes.extend_from_slice(&side.to_le_bytes()[..3]);
        }
        bytes
    }

    /// A JPEG of these sides, up to the header that says them.
    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08".to_vec();
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
        bytes
    }

    #[track_caller]
    fn check(bytes: Vec<u8>, want: Option<&str>) {
        let length = bytes.len();
        let read = Picture::read(bytes.into(), "city-now", Instant::now());
        assert_eq!(read.as_ref().ok().map(Picture::media_type), want, "{length} bytes: {read:?}");
    }

    #[test]
    fn a_picture_is_a_small_webp_or_jpeg_by_its_own_bytes() {
        check(webp(640, 360), Some("image/webp"));
        check(jpeg(640, 360), Some("image/jpeg"));
        check(webp(360, 640), Some("image/webp"));
        check(webp(641, 360), None);
        check(jpeg(640, 641), None);
        check(jpeg(0, 360), None);
        check(Vec::new(), None);
        check(b"RIFF".to_vec(), None);
        check(webp(640, 360)[..20].to_vec(), None);
        check(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), None);
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0".to_vec(), None);
        let mut large = webp(640, 360);
        large.resize(PICTURE_BYTES_MAX, 0);
        check(large.clone(), Some("image/webp"));
        large.push(0);
        check(large, None);
    }

    #[test]
    fn of_each_wall_the_last_picture_is_kept_and_none_too_soon() {
        let (mut pictures, now) = (Pictures::default(), Instant::now());
        let picture = |scene: &str, at| Picture::read(webp(64, 36).into(), scene, at).unwrap();
        let shown =
            |pictures: &Pictures| pictures.of("w1").map(|held| (held.scene().to_owned(), held.taken()));
        assert_eq!(shown(&pictures), None);
        pictures.keep("w1", picture("a", now)).unwrap();
        pictures.keep("w2", picture("b", now)).unwrap();
        assert_eq!(pictures.keep("w1", picture("c", now + APART / 2)).unwrap_err().slug(), "too-soon");
        assert_eq!(shown(&pictures), Some(("a".to_owned(), 1)));
        pictures.keep("w1", picture("c", now + APART)).unwrap();
        assert_eq!(shown(&pictures), Some(("c".to_owned(), 3)));
        pictures.forget("w1");
        assert_eq!(shown(&pictures), None);
    }
}
