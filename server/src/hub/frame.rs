//! A message, encoded at most once for each form, whoever it goes to.

use std::sync::{Arc, OnceLock};

use axum::extract::ws::Message;
use bytes::Bytes;
use domain::wire::ServerFrame;
use serde_json::json;

/// In which form a socket reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON texts, for anyone.
    Json,
    /// postcard bytes, for the product's own pages.
    Binary,
}

/// A message and its encoded forms.
#[derive(Debug)]
pub struct Frame {
    frame: ServerFrame,
    json: OnceLock<axum::extract::ws::Utf8Bytes>,
    binary: OnceLock<Bytes>,
}

impl Frame {
    /// A message, not encoded yet.
    #[must_use]
    pub fn new(frame: ServerFrame) -> Arc<Self> {
        Arc::new(Self { frame, json: OnceLock::new(), binary: OnceLock::new() })
    }

    /// What it says.
    #[must_use]
    pub fn says(&self) -> &ServerFrame {
        &self.frame
    }

    /// Whether the newest snapshot makes it needless: then a socket that is behind may lose it.
    #[must_use]
    pub fn is_replaceable(&self) -> bool {
        matches!(self.frame, ServerFrame::Snapshot(_) | ServerFrame::Delta(_) | ServerFrame::Beat(_))
    }

    /// The message as it goes out.
    #[must_use]
    pub fn message(&self, format: Format) -> Message {
        match format {
            Format::Json => Message::Text(self.json().clone()),
            Format::Binary => Message::Binary(self.binary().clone()),
        }
    }

    /// Bytes that it takes in a queue.
    #[must_use]
    pub fn len(&self, format: Format) -> usize {
        match format {
            Format::Json => self.json().len(),
            Format::Binary => self.binary().len(),
        }
    }

    fn json(&self) -> &axum::extract::ws::Utf8Bytes {
        self.json.get_or_init(|| {
            // A frame is texts and numbers: it can always be written.
            let text = match &self.frame {
                // An error that answers no subscription has no id.
                ServerFrame::Error { id: None, problem } => {
                    serde_json::to_string(&json!({ "error": { "problem": problem } }))
                }
                frame => serde_json::to_string(frame),
            };
            text.unwrap_or_default().into()
        })
    }

    fn binary(&self) -> &Bytes {
        self.binary.get_or_init(|| postcard::to_allocvec(&self.frame).unwrap_or_default().into())
    }
}
