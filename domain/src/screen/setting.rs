//! How a display stands in its room, as an administrator says it: from how far it is read, and with
//! which others it is directed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{NAME_CHARS_MAX, name};

/// Readers stand no further away, and a picture is no higher, in centimetres.
pub const CENTIMETRES_MAX: u32 = 10_000;
/// No wall is more displays wide or high.
pub const DISPLAYS_MAX: u8 = 16;
/// No seam between two pictures is wider, in millimetres.
pub const SEAM_MM_MAX: u16 = 200;
/// The setting of a display. What is not said is the product's own choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Setting {
    /// From how far it is read, in centimetres.
    pub distance_cm: Option<u32>,
    /// How high its picture is, in centimetres.
    pub height_cm: Option<u32>,
    /// Of how many displays side by side it is made.
    pub displays_across: Option<u8>,
    /// Of how many one above the other.
    pub displays_down: Option<u8>,
    /// How far the pictures of two displays beside each other lie apart, in millimetres.
    pub seam_mm: Option<u16>,
    /// The group that it is directed with: `Phòng điều hành`.
    pub group: Option<Arc<str>>,
}

/// What of a setting cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A length.
    #[error("is not from 30 to {CENTIMETRES_MAX} centimetres")]
    Length(&'static str),
    /// How many displays.
    #[error("is not from 1 to {DISPLAYS_MAX}")]
    Displays(&'static str),
    /// A seam.
    #[error("is not from 0 to {SEAM_MM_MAX} millimetres")]
    Seam,
    /// The group's name.
    #[error("is not 1 to {NAME_CHARS_MAX} characters on one line")]
    Group,
}

impl SettingError {
    /// The member that is wrong.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Length(member) | Self::Displays(member) => member,
            Self::Seam => "seam_mm",
            Self::Group => "group",
        }
    }
}

impl Setting {
    /// The setting as it is kept: the group's name without space around it.
    ///
    /// # Errors
    /// What cannot be.
    pub fn checked(mut self) -> Result<Self, SettingError> {
        const CENTIMETRES_MIN: u32 = 30;
        for (member, length) in [("distance_cm", self.distance_cm), ("height_cm", self.height_cm)] {
            if length.is_some_and(|length| !(CENTIMETRES_MIN..=CENTIMETRES_MAX).contains(&length)) {
                return Err(SettingError::Length(member));
            }
        }
        for (member, displays) in
            [("displays_across", self.displays_across), ("displays_down", self.displays_down)]
        {
            if displays.is_some_and(|displays| !(1..=DISPLAYS_MAX).contains(&displays)) {
                return Err(SettingError::Displays(member));
            }
        }
        if self.seam_mm.is_some_and(|seam| seam > SEAM_MM_MAX) {
            return Err(SettingError::Seam);
        }
        if let Some(group) = &self.group {
            self.group = Some(name(group).map_err(|_| SettingError::Group)?.into());
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, want: Result<(), &str>) {
        let setting: Setting = serde_json::from_str(json).unwrap();
        assert_eq!(setting.checked().map(|_| ()).map_err(SettingError::member), want, "{json}");
    }

    #[test]
    fn what_cannot_be_is_named() {
        check("{}", Ok(()));
        check(r#"{"distance_cm": 600, "height_cm": 240, "group": "Sảnh"}"#, Ok(()));
        check(r#"{"distance_cm": 29}"#, Err("distance_cm"));
        check(r#"{"height_cm": 10001}"#, Err("height_cm"));
        check(r#"{"displays_across": 4, "displays_down": 2, "seam_mm": 0}"#, Ok(()));
        check(r#"{"displays_across": 0}"#, Err("displays_across"));
        check(r#"{"displays_down": 17}"#, Err("displays_down"));
        check(r#"{"seam_mm": 201}"#, Err("seam_mm"));
        check(r#"{"group": " "}"#, Err("group"));
        assert!(serde_json::from_str::<Setting>(r#"{"distance": 4}"#).is_err());
    }
}
