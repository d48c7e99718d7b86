//! Where a case stands in its limit: a shape, a colour and a word, never a colour alone.

use leptos::prelude::*;

use crate::locale::use_lang;
use crate::text::{Say, words};

/// The four shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// ● in time.
    InTime,
    /// ▲ due soon.
    DueSoon,
    /// ■ overdue.
    Overdue,
    /// ○ no data, or no limit.
    None,
}

impl Shape {
    /// The shape of a timeliness or of a clock's state.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "in_time" | "met" | "live" => Self::InTime,
            "due_soon" | "extended" | "late" => Self::DueSoon,
            "overdue" | "met_late" | "silent" => Self::Overdue,
            _ => Self::None,
        }
    }

    /// The sign itself.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::InTime => "●",
            Self::DueSoon => "▲",
            Self::Overdue => "■",
            Self::None => "○",
        }
    }

    /// The class that colours it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::None => "no-data",
        }
    }

    /// Its word.
    #[must_use]
    pub const fn word(self) -> Say {
        match self {
            Self::InTime => words::IN_TIME,
            Self::DueSoon => words::DUE_SOON,
            Self::Overdue => words::OVERDUE,
            Self::None => words::NO_DEADLINE,
        }
    }
}

/// The sign with its word for those who hear the page; where the word stands beside it already,
/// `bare` leaves it out.
#[component]
pub fn Mark(
    /// Which.
    shape: Shape,
    /// Whether its word stands beside it.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <span class=format!("mark {}", shape.class())>
            <span aria-hidden="true">{shape.sign()}</span>
            {(!bare).then(|| view! { <span class="unseen">{shape.word().to(lang)}</span> })}
        </span>
    }
}
