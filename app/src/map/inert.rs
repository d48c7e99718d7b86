//! The server's twin of the map: the same names, nothing behind them.

use leptos::html::Div;
use leptos::prelude::NodeRef;
use serde_json::Value;

use super::news::News;
use super::outline::Outline;
use super::scale::Scale;
use super::shown::Shown;
use crate::theme::Shade;

#[derive(Clone, Copy)]
pub(super) struct Stage;

impl Stage {
    pub(super) fn new(_shade: Shade) -> Self {
        Self
    }

    pub(super) fn start(self, _ground: NodeRef<Div>, _options: String, _tell: impl Fn(News) + 'static) {}

    pub(super) fn show(self, _shown: Shown, _scale: &Scale, _outline: Outline) {}

    pub(super) fn set_data(self, _source: &str, _geojson: &Value) {}

    pub(super) fn set_text_size(self, _layer: &str, _px: f64) {}
}

pub(super) fn wants_less_motion() -> bool {
    false
}

/// Nothing waits here.
pub(super) const fn ask_again() {}
