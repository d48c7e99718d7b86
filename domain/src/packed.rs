//! Values that are read when somebody asks for them. What a state's image gives back are the bytes of its
//! cases; most cases of a large city are finished and looked at by nobody for weeks, and reading them all
//! at a start would take longer than anything else of it, and several times their room.

use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value, or the bytes that it was written as until somebody looks at it.
///
/// Once read it is kept, and so are the bytes, until it is changed: writing it again costs nothing then.
pub struct Packed<T> {
    value: OnceLock<Box<T>>,
    written: Option<(Arc<Written>, Range<u32>)>,
}

/// Bytes of many values, which were checked to be those that this very build wrote.
pub struct Written {
    bytes: Vec<u8>,
    /// Words that values share, each kept once: without them a state that was read would be larger than the
    /// one that was written. Held for the length of one value's reading.
    words: Mutex<crate::state::image::Words>,
}

/// What can be kept as bytes.
pub trait Pack: Serialize + DeserializeOwned {
    /// Lets a value that was just read share its words with others.
    fn share(&mut self, words: &mut crate::state::image::Words);
}

impl Written {
    /// Takes bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, words: Mutex::default() }
    }

    /// All of them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T: Pack> Packed<T> {
    /// The value whose bytes stand there; `None` where there are not so many.
    #[must_use]
    pub fn of(written: Arc<Written>, place: Range<u32>) -> Option<Self> {
        written.bytes.get(place.start as usize..place.end as usize)?;
        Some(Self { value: OnceLock::new(), written: Some((written, place)) })
    }

    /// Writes the value: as it was written before, where it was not changed since.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn write(&self, mut into: Vec<u8>) -> Result<Vec<u8>, postcard::Error> {
        match self.bytes() {
            Some(bytes) => {
                into.extend_from_slice(bytes);
                Ok(into)
            }
            None => postcard::to_extend(&**self, into),
        }
    }

    /// Keeps the bytes alone, for a value that is not likely to be looked at soon.
    pub fn pack(&mut self) {
        if self.written.is_none() {
            let bytes = self.write(Vec::new()).ok();
            let end = bytes.as_ref().and_then(|bytes| u32::try_from(bytes.len()).ok());
            // Without memory for its bytes the value stays as it is.
            let Some((mut bytes, end)) = bytes.zip(end) else { return };
            bytes.shrink_to_fit();
            self.written = Some((Arc::new(Written::new(bytes)), 0..end));
        }
        self.value = OnceLock::new();
    }

    /// The value for a glance: one that was not read yet is not kept for it. For going over all cases once,
    /// which would otherwise leave all of them in memory.
    #[must_use]
    pub fn glance(&self) -> Glance<'_, T> {
        match self.value.get() {
            Some(value) => Glance::Held(value),
            None => Glance::Read(self.read()),
        }
    }

    /// Its bytes where nobody has read it yet.
    #[must_use]
    pub fn unread(&self) -> Option<&[u8]> {
        if self.value.get().is_some() { None } else { self.bytes() }
    }

    fn bytes(&self) -> Option<&[u8]> {
        let (written, place) = self.written.as_ref()?;
        written.bytes.get(place.start as usize..place.end as usize)
    }

    fn read(&self) -> Box<T> {
        let read = self.written.as_ref().zip(self.bytes()).map(|((written, _), bytes)| {
            let mut value: T = postcard::from_bytes(bytes)?;
            value.share(&mut written.words.lock().unwrap_or_else(PoisonError::into_inner));
            Ok::<_, postcard::Error>(Box::new(value))
        });
        match read {
            Some(Ok(value)) => value,
            // Their checksum held, and this very build wrote them by the same description of the type:
            // there is nothing true to go on with.
            Some(Err(error)) => panic!("a case that this build wrote cannot be read by it: {error}"),
            None => unreachable!("a packed value has either bytes or itself"),
        }
    }
}

impl<T> Packed<Vec<T>>
where
    Vec<T>: Pack,
{
    /// How many there are, for which they need not be read.
    #[must_use]
    pub fn len(&self) -> usize {
        let counted = self.unread().and_then(|bytes| postcard::take_from_bytes::<usize>(bytes).ok());
        counted.map_or_else(|| (**self).len(), |(count, _)| count)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A value that was looked at in passing.
pub enum Glance<'a, T> {
    /// It is kept.
    Held(&'a T),
    /// It was read for this.
    Read(Box<T>),
}

impl<T> Deref for Glance<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Held(value) => value,
            Self::Read(value) => value,
        }
    }
}

impl<T> From<T> for Packed<T> {
    fn from(value: T) -> Self {
        Self { value: OnceLock::from(Box::new(value)), written: None }
    }
}

impl<T: Default> Default for Packed<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl<T: Pack> Deref for Packed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| self.read())
    }
}

impl<T: Pack> DerefMut for Packed<T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.value.get().is_none() {
            self.value = OnceLock::from(self.read());
        }
        self.written = None;
        match self.value.get_mut() {
            Some(value) => value,
            None => unreachable!("it was just read"),
        }
    }
}

impl<T: Clone> Clone for Packed<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), written: self.written.clone() }
    }
}

impl<T: Pack + fmt::Debug> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Pack + PartialEq> PartialEq for Packed<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
