//! What somebody does on duty: comes, notes, hands over, takes over, goes.

use domain::answer::DutyView;
use domain::directive::TEXT_CHARS_MAX;
use domain::shift::{AcceptWish, BeginWish, DutyRole, EndWish, PERSON_CHARS_MAX, WordsWish};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::components::{OperatorToken, use_operator, who};
use crate::error::AppError;
use crate::functions::{act_on_duty, load_shift};
use crate::live::fresh_name;
use crate::locale::use_lang;
use crate::source::ShiftAct;
use crate::text::{date, directives, shift};

/// What a button does.
#[derive(Clone, Copy)]
enum What {
    Begin,
    Note,
    HandOver,
    Accept,
    End,
}

/// The forms beside the page. One token serves all of them, and shows the names.
#[component]
pub(super) fn Acts(
    /// The duty that is acted on.
    chosen: RwSignal<Option<String>>,
    /// Who is on duty.
    here: RwSignal<Vec<DutyView>>,
    /// Whose token the page is shown to.
    shown_to: RwSignal<String>,
    /// Asks for the page again.
    again: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let (person, role) = (RwSignal::new(String::new()), RwSignal::new(DutyRole::Lead.name().to_owned()));
    let (text, successor) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (sending, error) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let request = StoredValue::new(fresh_name());
    let operator = use_operator();
    let form = NodeRef::<leptos::html::Form>::new();
    let duty = Memo::new(move |_| {
        let chosen = chosen.get()?;
        here.with(|here| here.iter().find(|duty| duty.duty == chosen).cloned())
    });
    let others = Memo::new(move |_| {
        let chosen = chosen.get();
        here.with(|here| {
            let others = here.iter().filter(|duty| Some(&duty.duty) != chosen.as_ref());
            others.cloned().collect::<Vec<_>>()
        })
    });
    // Who stands in the list: the one that was chosen, while he is in it, else the first. What is seen is what is sent.
    let next = Memo::new(move |_| {
        others.with(|others| {
            let of = |duty: &&DutyView| successor.with(|successor| duty.duty == *successor);
            let next = others.iter().find(of).or(others.first());
            next.map(|duty| duty.duty.clone()).unwrap_or_default()
        })
    });
    // Another duty has another successor.
    Effect::new(move |_| {
        chosen.track();
        successor.set(String::new());
    });
    // Another duty, or other words, are another act.
    Effect::new(move |_| {
        duty.track();
        request.set_value(fresh_name());
        error.set(None);
    });
    let may_send =
        move || !sending.get_untracked() && form.get_untracked().is_some_and(|form| form.report_validity());
    let ended = move |sent: Result<(), AppError>, token: String| {
        sending.try_set(false);
        match sent {
            Ok(()) => {
                if shown_to.try_get_untracked().is_some_and(|shown| shown != token) {
                    shown_to.try_set(token);
                } else {
                    again.run(());
                }
            }
            Err(refused) => drop(error.try_set(Some(refused))),
        }
    };
    let act = move |what: What| {
        move |event: MouseEvent| {
            event.prevent_default();
            if !may_send() {
                return;
            }
            let request_name = request.get_value();
            let on = chosen.get_untracked().unwrap_or_default();
            let said = || WordsWish { request: request_name.clone(), text: text.get_untracked() };
            let wish = match what {
                What::Begin => ShiftAct::Begin(BeginWish {
                    request: request_name.clone(),
                    person: person.get_untracked(),
                    role: role.get_untracked(),
                }),
                What::Note => ShiftAct::Note(on, said()),
                What::HandOver => ShiftAct::HandOver(on, said()),
                What::Accept => {
                    let successor = untrack(|| next.get());
                    ShiftAct::Accept(on, AcceptWish { request: request_name.clone(), successor })
                }
                What::End => {
                    ShiftAct::End(on, EndWish { request: request_name.clone(), reason: text.get_untracked() })
                }
            };
            sending.set(true);
            error.set(None);
            let token = operator.get();
            leptos::task::spawn_local(async move {
                let sent = match serde_json::to_string(&wish) {
                    Ok(wish) => act_on_duty(token.clone(), wish).await.map(drop),
                    Err(_) => Err(AppError::unreachable()),
                };
                if sent.is_ok() {
                    request.try_set_value(fresh_name());
                    person.try_set(String::new());
                    text.try_set(String::new());
                    successor.try_set(String::new());
                }
                ended(sent, token);
            });
        }
    };
    let show_names = move |event: MouseEvent| {
        event.prevent_default();
        if !may_send() {
            return;
        }
        sending.set(true);
        error.set(None);
        let token = operator.get();
        leptos::task::spawn_local(async move {
            // Asked once here, so that a wrong token does not take the page away.
            let sent = load_shift(token.clone()).await.map(drop);
            ended(sent, token);
        });
    };
    let option = move |value: String, name: String| view! { <option value=value>{name}</option> };
    let roles = DutyRole::ALL
        .map(|role| option(role.name().to_owned(), shift::role(role.name()).to(lang).to_owned()))
        .collect_view();
    let of_other = move |duty: DutyView| {
        let since = date::hour_minute(&duty.began_at).to_owned();
        option(duty.duty.clone(), format!("{} ({} {since})", who(lang, &duty), shift::SINCE.to(lang)))
    };
    let is_offered =
        move || duty.with(|duty| duty.as_ref().is_some_and(|duty| duty.status == "handing_over"));
    let refusal = move || error.get().map(|error| view! { <p>{shift::refusal(&error.0).to(lang)}</p> });
    view! {
        <form class="sheet duty-forms" node_ref=form on:submit=|event| event.prevent_default()>
            <OperatorToken/>
            <p class="acts" hidden=move || shown_to.with(|shown| !shown.is_empty())>
                <button type="button" class="button" disabled=move || sending.get() on:click=show_names>{shift::SHOW_NAMES.to(lang)}</button>
            </p>
            <div role="alert" class="refused">{refusal}</div>
            <section class="field-set">
                <h2>{shift::ACTS.to(lang)}</h2>
                <p class="alarm-chosen" aria-live="polite">
                    {move || duty.get().map_or_else(|| shift::CHOOSE_HELP.to(lang).to_owned(), |duty| who(lang, &duty))}
                </p>
                <div class="field-set" hidden=move || duty.with(Option::is_none)>
                    <div class="field-set" hidden=move || !is_offered()>
                        <label class="field">
                            <span>{shift::SUCCESSOR.to(lang)}</span>
                            <select name="successor" prop:value=next on:change=move |event| successor.set(event_target_value(&event))>
                                {move || others.get().into_iter().map(of_other).collect_view()}
                            </select>
                            <span class="aside" hidden=move || others.with(|others| !others.is_empty())>{shift::NO_SUCCESSOR.to(lang)}</span>
                        </label>
                        <p class="acts">
                            <button type="button" class="button strong" disabled=move || sending.get() || others.with(Vec::is_empty) on:click=act(What::Accept)>{shift::ACCEPT.to(lang)}</button>
                        </p>
                    </div>
                    <label class="field">
                        <span>{shift::WORDS.to(lang)}</span>
                        <textarea name="text" rows="4" maxlength=TEXT_CHARS_MAX.to_string() prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))></textarea>
                        <span class="aside">{directives::TEXT_HELP.to(lang)} " " {shift::HAND_OVER_HELP.to(lang)}</span>
                    </label>
                    <p class="acts">
                        <button type="button" class="button" disabled=move || sending.get() on:click=act(What::Note)>{shift::NOTE.to(lang)}</button>
                        <button type="button" class="button strong" disabled=move || sending.get() on:click=act(What::HandOver)>{shift::HAND_OVER.to(lang)}</button>
                        <button type="button" class="button" disabled=move || sending.get() on:click=act(What::End)>{shift::END.to(lang)}</button>
                    </p>
                </div>
            </section>
            <section class="field-set">
                <h2>{shift::BEGIN.to(lang)}</h2>
                <label class="field">
                    <span>{shift::PERSON.to(lang)}</span>
                    <input type="text" name="person" autocomplete="off" maxlength=PERSON_CHARS_MAX.to_string() prop:value=move || person.get() on:input=move |event| person.set(event_target_value(&event))/>
                    <span class="aside">{shift::PERSON_HELP.to(lang)}</span>
                </label>
                <label class="field">
                    <span>{shift::ROLE.to(lang)}</span>
                    <select name="role" on:change=move |event| role.set(event_target_value(&event))>{roles}</select>
                </label>
                <p class="acts">
                    <button type="button" class="button" disabled=move || sending.get() on:click=act(What::Begin)>{shift::BEGIN.to(lang)}</button>
                </p>
            </section>
            <noscript><p class="flags">{shift::NEEDS_SCRIPT.to(lang)}</p></noscript>
        </form>
    }
}
