//! A wall that is made of many displays: as it is set, or as its address tries it out, `?displays=4x2&seam_mm=6&height_m=2.5`.

use domain::screen::{DISPLAYS_MAX, SEAM_MM_MAX, Setting};
use leptos::prelude::*;

/// How a wall is put together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seams {
    /// Displays side by side.
    across: u8,
    /// Displays one above the other.
    down: u8,
    /// How wide a seam is, of the wall's height; none where the height is not known.
    gap: f64,
}

impl Seams {
    /// From the address and the setting. The address goes before: it is what somebody tries out before the wall. What
    /// cannot be is left out of account.
    pub(super) fn of(value: &dyn Fn(&str) -> Option<String>, setting: &Setting) -> Self {
        let asked = value("displays").and_then(|displays| {
            let (across, down) = displays.split_once('x')?;
            let number = |text: &str| text.parse().ok().filter(|number| (1..=DISPLAYS_MAX).contains(number));
            Some((number(across)?, number(down)?))
        });
        let set = (setting.displays_across.unwrap_or(1), setting.displays_down.unwrap_or(1));
        let (across, down) = asked.unwrap_or(set);
        let seam_mm = value("seam_mm").and_then(|seam| seam.parse().ok()).filter(|seam| *seam <= SEAM_MM_MAX);
        let height_m = value("height_m").and_then(|height| height.replace(',', ".").parse::<f64>().ok());
        let height_m = height_m.filter(|height| (0.3..=100.0).contains(height));
        let height_m = height_m.or_else(|| setting.height_cm.map(|length| f64::from(length) / 100.0));
        let seam_mm = seam_mm.or(setting.seam_mm).unwrap_or_default();
        Self { across, down, gap: height_m.map_or(0.0, |height| f64::from(seam_mm) / 1_000.0 / height) }
    }
}

/// Keeps words and numbers off the seams for as long as the wall stands. In the browser only.
pub(super) fn keep_off(seams: Memo<Seams>) {
    Effect::new(move |_| {
        let Seams { across, down, gap } = seams.get();
        platform::keep_off(across, down, gap);
    });
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::logging::warn;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/js/seams.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = keepOffSeams)]
        async fn keep_off_seams(across: u8, down: u8, gap: f64) -> Result<JsValue, JsValue>;
    }

    /// One that fails leaves the wall as it is, with words across its seams.
    pub(super) fn keep_off(across: u8, down: u8, gap: f64) {
        leptos::task::spawn_local(async move {
            if let Err(error) = keep_off_seams(across, down, gap).await {
                warn!("seams: {error:?}");
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    /// A server has no displays.
    pub(super) const fn keep_off(_: u8, _: u8, _: f64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, (across, down, gap): (u8, u8, f64)) {
        let set = Setting {
            displays_across: Some(3),
            displays_down: Some(2),
            seam_mm: Some(5),
            height_cm: Some(200),
            ..Setting::default()
        };
        let value = |key: &str| {
            let said = address.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
            said.map(str::to_owned)
        };
        assert_eq!(Seams::of(&value, &set), Seams { across, down, gap }, "{address}");
    }

    #[test]
    fn the_address_goes_before_the_setting_and_what_cannot_be_is_left_out() {
        check("", (3, 2, 0.0025));
        check("displays=4x1", (4, 1, 0.0025));
        check("displays=4x1&seam_mm=10&height_m=2,5", (4, 1, 0.004));
        check("displays=4", (3, 2, 0.0025));
        check("displays=0x2", (3, 2, 0.0025));
        check("displays=99x2", (3, 2, 0.0025));
        check("seam_mm=-1", (3, 2, 0.0025));
        check("seam_mm=5000", (3, 2, 0.0025));
        check("height_m=0", (3, 2, 0.0025));
        let none = Seams::of(&|_| None, &Setting { seam_mm: Some(5), ..Setting::default() });
        assert_eq!(none, Seams { across: 1, down: 1, gap: 0.0 });
    }
}
