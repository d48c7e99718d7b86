//! From how far a wall is read. The size of the type follows from it: as the display is set, or `?distance_m=9&height_m=2.5`.

use domain::screen::Setting;

/// A capital letter is read with ease where it is seen under 20 minutes of arc (ISO 9241-303 gives 20 to 22 as
/// preferred, 16 as the least): so many times its distance high.
const CAP_PER_DISTANCE: f64 = 0.005_818;
/// How high a capital of the served typeface is, in em.
const CAP_EM: f64 = 0.7;
/// How high an em is of itself, as a part of the wall's height: a hundredth of sixteen ninths.
const EM_PER_HEIGHT: f64 = 0.017_778;
/// The sizes that there are, in percent of the own one.
const STEPS: [u16; 9] = [80, 90, 100, 110, 120, 130, 140, 150, 160];

/// The size of the type on a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    percent: u16,
}

impl Sight {
    /// From the address: the distance of the readers and the height of the picture, both in metres. What cannot be
    /// is left out of account.
    ///
    /// The address goes before what an administrator said of the display: it is what somebody tries out before it.
    pub(super) fn of(value: &dyn Fn(&str) -> Option<String>, setting: &Setting) -> Self {
        let metres = |key: &str, set_cm: Option<u32>| {
            let asked = || value(key)?.trim().replace(',', ".").parse::<f64>().ok();
            let asked = asked().filter(|metres| (0.3..=100.0).contains(metres));
            asked.or_else(|| set_cm.map(|length| f64::from(length) / 100.0))
        };
        let wanted = (metres("distance_m", setting.distance_cm), metres("height_m", setting.height_cm));
        let percent = match wanted {
            (Some(distance), Some(height)) => {
                let wanted = 100.0 * distance * CAP_PER_DISTANCE / CAP_EM / (height * EM_PER_HEIGHT);
                let off = |step: &u16| (f64::from(*step) - wanted).abs();
                STEPS.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(100)
            }
            _ => 100,
        };
        Self { percent }
    }

    /// The class that the style knows it by.
    pub(super) fn class(self) -> String {
        format!("type-{}", self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(distance: &str, height: &str, percent: u16) {
        let value = |key: &str| match key {
            "distance_m" => Some(distance.to_owned()).filter(|text| !text.is_empty()),
            _ => Some(height.to_owned()).filter(|text| !text.is_empty()),
        };
        assert_eq!(Sight::of(&value, &Setting::default()).percent, percent, "{distance} m from {height} m");
    }

    #[test]
    fn what_is_set_holds_where_the_address_says_nothing() {
        let set = Setting { distance_cm: Some(900), height_cm: Some(280), ..Setting::default() };
        let of =
            |asked: &'static str| Sight::of(&|key| (key == "distance_m").then(|| asked.to_owned()), &set);
        assert_eq!((of("").percent, of("6").percent, of("soon").percent), (150, 100, 150));
    }

    #[test]
    fn type_grows_with_the_distance_and_shrinks_with_the_height() {
        check("", "", 100);
        check("6", "", 100);
        check("6", "2.8", 100);
        check("9", "2.8", 150);
        check("4", "2.8", 80);
        check("30", "1", 160);
        check("1", "5", 80);
        check("6", "3,5", 80);
        check("-6", "3", 100);
        check("NaN", "3", 100);
        check("6 m", "3", 100);
    }
}
