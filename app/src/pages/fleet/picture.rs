//! What a wall looks like: its last small picture, how old it is and of which scene. None, an old one and a display
//! that nobody can see are pictures of their own.

use domain::screen::{Heard, PICTURE_OLD_SECS, PictureView, Role, ScreenView};
use leptos::prelude::*;

use crate::address;
use crate::components::Shape;
use crate::locale::use_lang;
use crate::pages::director::scene_name;
use crate::scenes::use_newest_playlist;
use crate::text::screens;

/// What is shown of a wall.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Look {
    /// No picture has come since the server's start.
    None,
    /// The display is locked or dark, or something lies over the page. The last picture would lie.
    Hidden,
    /// The last picture.
    Picture {
        /// Its number and scene. Its age is apart: an element whose picture is the same stays.
        taken: u64,
        scene: String,
        is_old: bool,
    },
}

impl Look {
    fn of(screen: &ScreenView) -> Option<Self> {
        if screen.role != Role::Wall || screen.heard == Heard::Revoked {
            return None;
        }
        let is_hidden = screen.beat.as_ref().is_some_and(|beat| beat.is_hidden);
        if is_hidden && screen.heard == Heard::Live {
            return Some(Self::Hidden);
        }
        Some(match &screen.picture {
            None => Self::None,
            Some(PictureView { taken, age_secs, scene }) => {
                let is_old = *age_secs > PICTURE_OLD_SECS || screen.heard == Heard::Silent;
                Self::Picture { taken: *taken, scene: scene.clone(), is_old }
            }
        })
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Hidden => "hidden",
            Self::Picture { is_old: false, .. } => "now",
            Self::Picture { is_old: true, .. } => "old",
        }
    }
}

/// The picture of a wall; nothing of a tablet or of a wall that was put out.
#[component]
pub(super) fn Pictured(
    /// The display, as it was heard last.
    screen: Memo<Option<ScreenView>>,
) -> impl IntoView {
    let lang = use_lang();
    let scenes = use_newest_playlist();
    let look = Memo::new(move |_| screen.with(|screen| screen.as_ref().and_then(Look::of)));
    let age = move || {
        let age = screen.with(|screen| screen.as_ref()?.picture.as_ref().map(|picture| picture.age_secs));
        age.map(|age| screens::ago(lang, age))
    };
    let (id, name) = screen.with_untracked(|screen| {
        screen.as_ref().map(|screen| (screen.screen.clone(), screen.name.clone())).unwrap_or_default()
    });
    move || {
        let look = look.get()?;
        let state = look.name();
        let inner = match look {
            Look::None => view! { <p class="fleet-blank">{screens::NO_PICTURE.to(lang)}</p> }.into_any(),
            Look::Hidden => view! {
                <p class="fleet-blank">
                    <span class=Shape::DueSoon.class()><span class="sign" aria-hidden="true">{Shape::DueSoon.sign()}</span></span>
                    " "
                    {screens::HIDDEN.to(lang)}
                </p>
            }
            .into_any(),
            Look::Picture { taken, scene, is_old } => {
                let source = address::at(&format!("/api/v1/screens/{id}/picture?taken={taken}"));
                let alt = screens::picture_of(lang, &name);
                let scene = scenes.with(|newest| scene_name(lang, &newest.scenes, &scene));
                let word = if is_old {
                    view! {
                        <span class=Shape::DueSoon.class()>
                            <span class="sign" aria-hidden="true">{Shape::DueSoon.sign()}</span>
                            " "
                            {screens::OLD_PICTURE.to(lang)}
                        </span>
                    }
                    .into_any()
                } else {
                    view! { <span>{screens::PICTURE.to(lang)}</span> }.into_any()
                };
                view! {
                    <img src=source alt=alt/>
                    <figcaption>{word} " · " {age} " · " {scene}</figcaption>
                }
                .into_any()
            }
        };
        Some(view! { <figure class="fleet-picture" data-picture=state>{inner}</figure> })
    }
}

#[cfg(test)]
mod tests {
    use domain::screen::WallBeat;

    use super::*;

    #[track_caller]
    fn check(age_secs: Option<u64>, heard: Heard, is_hidden: bool, role: Role, want: Option<&str>) {
        let screen = ScreenView {
            screen: "s1".into(),
            name: "Tường 1".into(),
            role,
            scene: "city-now".into(),
            enrolled_at: String::new(),
            heard,
            age_secs: Some(0),
            beat: Some(WallBeat { is_hidden, ..WallBeat::default() }),
            picture: age_secs.map(|age_secs| PictureView { taken: 1, age_secs, scene: "city-now".into() }),
            show: domain::screen::WallShow::default(),
            setting: domain::screen::Setting::default(),
        };
        assert_eq!(Look::of(&screen).as_ref().map(Look::name), want);
    }

    #[test]
    fn no_picture_an_old_one_and_a_dark_display_look_different() {
        check(None, Heard::Live, false, Role::Wall, Some("none"));
        check(Some(0), Heard::Live, false, Role::Wall, Some("now"));
        check(Some(PICTURE_OLD_SECS), Heard::Live, false, Role::Wall, Some("now"));
        check(Some(PICTURE_OLD_SECS + 1), Heard::Live, false, Role::Wall, Some("old"));
        check(Some(5), Heard::Silent, false, Role::Wall, Some("old"));
        check(Some(5), Heard::Live, true, Role::Wall, Some("hidden"));
        check(Some(5), Heard::Silent, true, Role::Wall, Some("old"));
        check(Some(5), Heard::Revoked, false, Role::Wall, None);
        check(None, Heard::Live, false, Role::Director, None);
    }
}
