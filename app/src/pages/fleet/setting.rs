//! How a wall stands in its room, edited where it is listed.

use std::sync::Arc;

use domain::screen::{CENTIMETRES_MAX, NAME_CHARS_MAX, Setting};
use leptos::prelude::*;

use super::act;
use crate::live::stage::How;
use crate::locale::use_lang;
use crate::text::{Lang, Say, number, screens};

/// The setting in one line; none where nobody said anything.
pub(super) fn said(lang: Lang, setting: &Setting) -> Option<String> {
    let metres = |length_cm: u32| format!("{} m", number::decimal(lang, f64::from(length_cm) / 100.0, 1));
    let displays = (setting.displays_across.unwrap_or(1), setting.displays_down.unwrap_or(1));
    let parts = [
        setting.group.as_ref().map(ToString::to_string),
        setting.distance_cm.map(|length| format!("{} {}", screens::DISTANCE.to(lang), metres(length))),
        setting
            .height_cm
            .map(|length| format!("{} {}", screens::HEIGHT.to(lang).to_lowercase(), metres(length))),
        (displays != (1, 1))
            .then(|| format!("{} × {} {}", displays.0, displays.1, screens::DISPLAYS.to(lang))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// A form that opens on demand. What was typed stays while the list moves.
#[component]
pub(super) fn SettingForm(id: String, setting: Signal<Setting>, again: RwSignal<u32>) -> impl IntoView {
    let lang = use_lang();
    let is_open = RwSignal::new(false);
    let (id, wrong) = (StoredValue::new(id), RwSignal::new(None::<Say>));
    let held = setting.get_untracked();
    let metres = |length_cm: Option<u32>| {
        length_cm.map_or_else(String::new, |length| (f64::from(length) / 100.0).to_string())
    };
    let text = |value: String| RwSignal::new(value);
    let (distance, height) = (text(metres(held.distance_cm)), text(metres(held.height_cm)));
    let group = text(held.group.as_deref().unwrap_or_default().to_owned());
    let whole = |number: Option<u16>| text(number.map_or_else(String::new, |number| number.to_string()));
    let across = whole(held.displays_across.map(u16::from));
    let (down, seam) = (whole(held.displays_down.map(u16::from)), whole(held.seam_mm));
    let read = move || {
        let centimetres = |text: RwSignal<String>| {
            let text = text.get_untracked();
            if text.trim().is_empty() {
                return Some(None);
            }
            let metres: f64 = text.trim().replace(',', ".").parse().ok()?;
            let length = (metres * 100.0).round();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // In these bounds.
            (0.0..=f64::from(CENTIMETRES_MAX)).contains(&length).then_some(Some(length as u32))
        };
        let whole = |text: RwSignal<String>| {
            let text = text.get_untracked();
            if text.trim().is_empty() { Some(None) } else { text.trim().parse::<u16>().ok().map(Some) }
        };
        // What is beyond a byte is beyond every wall too.
        let displays = |text| Some(whole(text)?.map(|number| u8::try_from(number).unwrap_or(u8::MAX)));
        let group = group.get_untracked();
        let setting = Setting {
            distance_cm: centimetres(distance)?,
            height_cm: centimetres(height)?,
            displays_across: displays(across)?,
            displays_down: displays(down)?,
            seam_mm: whole(seam)?,
            group: Some(group.trim()).filter(|group| !group.is_empty()).map(Arc::from),
        };
        setting.checked().ok()
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(setting) = read() else {
            wrong.set(Some(screens::BAD_SETTING));
            return;
        };
        let Ok(body) = serde_json::to_string(&setting) else { return };
        let path = format!("/api/v1/screens/{}/setting", id.get_value());
        act(again, wrong, path, How::Put(body), move |status| {
            if status == 204 {
                is_open.try_set(false);
                return None;
            }
            Some(if status == 400 { screens::BAD_SETTING } else { screens::NOT_DONE })
        });
    };
    let length = move |label: Say, name: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span>{label.to(lang)} " (m)"</span>
                <input type="text" inputmode="decimal" name=name autocomplete="off" maxlength="6" prop:value=value on:input=move |event| value.set(event_target_value(&event))/>
            </label>
        }
    };
    let count = move |label: String, name: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span>{label}</span>
                <input type="text" inputmode="numeric" name=name autocomplete="off" maxlength="3" prop:value=value on:input=move |event| value.set(event_target_value(&event))/>
            </label>
        }
    };
    let form = move || {
        view! {
            <form class="fleet-form fleet-setting" method="post" on:submit=save>
                <label>
                    <span>{screens::GROUP.to(lang)}</span>
                    <input type="text" name="group" autocomplete="off" maxlength=NAME_CHARS_MAX.to_string() prop:value=group on:input=move |event| group.set(event_target_value(&event))/>
                </label>
                {length(screens::DISTANCE, "distance", distance)}
                {length(screens::HEIGHT, "height", height)}
                {count(screens::ACROSS.to(lang).to_owned(), "across", across)}
                {count(screens::DOWN.to(lang).to_owned(), "down", down)}
                {count(format!("{} (mm)", screens::SEAM.to(lang)), "seam", seam)}
                <button type="submit" class="button">{screens::SAVE.to(lang)}</button>
                <p class="aside">{screens::SETTING_HELP.to(lang)}</p>
                <p class="fleet-said" role="status">{move || wrong.get().map(|say: Say| say.to(lang))}</p>
            </form>
        }
    };
    let line = move || {
        setting.with(|setting| said(lang, setting)).unwrap_or_else(|| screens::NOT_SET.to(lang).to_owned())
    };
    view! {
        <div class="fleet-room">
            <p>
                <span class="aside">{line}</span>
                " "
                <button type="button" class="quiet" aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)>
                    {screens::SET.to(lang)}
                </button>
            </p>
            <Show when=move || is_open.get()>{form()}</Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_said_in_one_line() {
        let setting = Setting {
            distance_cm: Some(650),
            height_cm: Some(240),
            group: Some("Phòng điều hành".into()),
            displays_across: Some(4),
            displays_down: Some(2),
            seam_mm: Some(2),
        };
        let want = "Phòng điều hành · Xem từ 6,5 m · cao 2,4 m · 4 × 2 màn hình";
        assert_eq!(said(Lang::Vi, &setting).as_deref(), Some(want));
        assert_eq!(said(Lang::Vi, &Setting::default()), None);
    }
}
