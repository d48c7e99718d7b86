//! From one segment to the next: where one is full, and where the next is to be sealed and this one is not.

use std::sync::Arc;

use crate::disk::Access;
use crate::error::{AppendError, is_full};
use crate::index::SegmentEntry;
use crate::sealing::SegmentCipher;
use crate::segment::{self, SegmentHeader};
use crate::stats::add;

use super::Writer;

impl Writer {
    /// Whether the segment's frames are sealed exactly if they are to be.
    pub(super) fn is_sealed_as_wanted(&self) -> bool {
        self.segment.seal.is_some() == self.encrypts && self.cipher.is_some() == self.encrypts
    }

    /// Ends this segment and begins the next. Nothing may be in flight.
    pub(super) fn rotate(&mut self) -> Result<(), AppendError> {
        let mut header = SegmentHeader {
            bytes: self.limits.segment_bytes,
            cluster: self.segment.cluster,
            number: self.segment.number + 1,
            first_seq: self.landed.next_seq,
            previous: self.landed.chain,
            created_us: self.clock.now_us(),
            seal: None,
            is_training: self.segment.is_training,
        };
        let mut cipher = None;
        if let (true, Some(keys)) = (self.encrypts, &self.log_keys) {
            let made = SegmentCipher::new_for(keys, &header.binding());
            let (made, seal) =
                made.map_err(|error| AppendError::BeforeCommit { cause: Arc::from(error.to_string()) })?;
            (cipher, header.seal) = (Some(made), Some(seal));
        }
        let name = segment::file_name(header.first_seq, header.number);
        let path = self.dir.join(&name);
        crate::fail_point::reach("segment-to-begin");
        let made = segment::create(self.disk.as_ref(), &self.dir, &header)
            .and_then(|()| self.disk.open(&path, Access::Write));
        self.file = match made {
            Ok(file) => file,
            // There is none of that name yet, then: nothing has changed but that room is missing.
            Err(error) if is_full(&error) && !self.exists(&name) => return Err(AppendError::Full),
            Err(error) => return Err(self.poison("beginning a segment", &error)),
        };
        crate::fail_point::reach("segment-begun");
        self.landed.offset = segment::HEADER_BYTES;
        self.placed = self.landed;
        self.dirty_to = 0;
        add(&self.shared.counters.segments, 1);
        self.shared.index_mut().add_segment(SegmentEntry {
            path,
            header: header.clone(),
            end: segment::HEADER_BYTES,
        });
        self.segment = header;
        self.cipher = cipher;
        Ok(())
    }

    fn exists(&self, name: &str) -> bool {
        // If even that cannot be told, assume the worse.
        self.disk.list(&self.dir).map_or(true, |names| names.iter().any(|known| known == name))
    }
}
