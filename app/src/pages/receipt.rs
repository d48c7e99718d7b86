//! A receipt as a page of its own: what a number's link leads to without script, and what can be
//! sent to someone.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::components::{Crumb, Crumbs, ReceiptView};
use crate::functions::{Boot, Explained, load_receipt};
use crate::live::use_answer;
use crate::locale::use_lang;
use crate::text::words;

/// The page.
#[component]
pub fn Receipt() -> impl IntoView {
    let lang = use_lang();
    let search = use_location().search;
    let answer = use_answer(
        move || search.get(),
        |params| async move { load_receipt(params.clone()).await.map(|receipt| (params, receipt)) },
    );
    view! {
        <main id="content" class="office page narrow">
            <Title text=format!("{} · {}", words::RECEIPT.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: "/".to_owned() },
                Crumb { name: words::RECEIPT.to(lang).to_owned(), href: String::new() },
            ]/>
            <h1>{words::RECEIPT.to(lang)}</h1>
            {when_ready(
                move || { answer.track(); async move { answer.await } },
                |boot: Arc<Boot>, (params, found): (String, Explained)| view! { <ReceiptView boot found params/> },
            )}
        </main>
    }
}
