//! The two languages.

use domain::city::Label;
use serde::{Deserialize, Serialize};

/// The language that a page is read in. Fixed for the life of a page: the switch loads it anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lang {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// BCP 47.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// Its own name for itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vi => "Tiếng Việt",
            Self::En => "English",
        }
    }

    /// From a BCP 47 code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// What a request asks for: `?lang=` first, then the cookie `lang`; Vietnamese where neither
    /// says.
    #[must_use]
    pub fn of_request(search: Option<&str>, cookies: Option<&str>) -> Self {
        let asked = search.and_then(|search| crate::address::value(&crate::address::pairs(search), "lang"));
        let kept =
            || cookies?.split(';').find_map(|cookie| cookie.trim().strip_prefix("lang=").map(str::to_owned));
        asked.or_else(kept).and_then(|code| Self::from_code(&code)).unwrap_or_default()
    }

    /// The reading of a label of the city's data.
    #[must_use]
    pub fn of(self, label: &Label) -> String {
        let (own, other) = match self {
            Self::Vi => (&label.vi, &label.en),
            Self::En => (&label.en, &label.vi),
        };
        if own.is_empty() { other.clone() } else { own.clone() }
    }
}

/// The same text as the beginning of a sentence or a line.
#[must_use]
pub fn begun(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// One text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Say {
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

impl Say {
    /// In one language.
    #[must_use]
    pub const fn to(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// Both at once.
#[must_use]
pub const fn say(vi: &'static str, en: &'static str) -> Say {
    Say { vi, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(search: Option<&str>, cookies: Option<&str>, want: Lang) {
        assert_eq!(Lang::of_request(search, cookies), want);
    }

    #[test]
    fn a_line_begins_with_a_capital() {
        assert_eq!(begun("đã xử lý xong"), "Đã xử lý xong");
        assert_eq!(begun(""), "");
    }

    #[test]
    fn the_address_wins_over_the_cookie_and_vietnamese_is_the_rule() {
        check(None, None, Lang::Vi);
        check(Some("by=field&lang=en"), None, Lang::En);
        check(None, Some("a=b; lang=en"), Lang::En);
        check(Some("lang=vi"), Some("lang=en"), Lang::Vi);
        check(Some("lang=fr"), None, Lang::Vi);
    }
}
