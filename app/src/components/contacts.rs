//! Whom to call about a unit's cases.

use std::sync::Arc;

use domain::answer::ContactView;
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::case_rows::named;
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::contacts as words;

/// The contact points, each as links that call, write or open; or that none is on file, and where one would stand.
#[component]
pub fn Contacts(
    /// What came with the page.
    boot: Arc<Boot>,
    /// The contact points that hold today.
    contacts: Vec<ContactView>,
    /// The agency that is asked about: one above it that answers instead is named.
    agency: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let body = if contacts.is_empty() {
        view! { <p class="aside">{words::NONE.to(lang)}</p> }.into_any()
    } else {
        let each = contacts
            .into_iter()
            .map(|contact| view! { <One boot=boot.clone() contact agency=agency.clone()/> });
        view! { <ul class="contacts">{each.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="of-case">
            <h2>{words::CONTACT.to(lang)}</h2>
            {body}
        </section>
    }
}

#[component]
fn One(boot: Arc<Boot>, contact: ContactView, agency: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let role = lang.of(&contact.role);
    let of_other = agency.as_ref() != Some(&contact.agency);
    let whose = of_other.then(|| named(lang, &boot, Dimension::Agency, Some(&contact.agency))).flatten();
    let head = whose.map_or_else(|| role.clone(), |whose| format!("{role} · {whose}"));
    let phone = contact.phone.map(|phone| {
        let dialled: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        view! { <a class="contact-phone figure" href=format!("tel:{dialled}")>{phone}</a> }
    });
    let email = contact.email.map(|email| {
        let href = format!("mailto:{email}");
        view! { <a href=href>{email}</a> }
    });
    let website = contact.website.map(|website| {
        let shown = website.trim_start_matches("https://").trim_end_matches('/').to_owned();
        view! { <a href=website rel="external noopener noreferrer" target="_blank">{shown}</a> }
    });
    let about = [contact.hours, contact.address].into_iter().flatten().map(|label| lang.of(&label));
    let about: Vec<String> = about.chain([words::by(lang, &contact.source)]).collect();
    view! {
        <li>
            <strong>{head}</strong>
            <p class="contact-ways">{phone} {email} {website}</p>
            <p class="aside">{about.join(" · ")}</p>
        </li>
    }
}
