//! The page around the pages: the HTML document, the routes, and what stands on every screen.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{ParamSegment, StaticSegment};

use crate::components::{Chrome, ReceiptPanel, provide_operator, provide_receipt, use_receipt};
use crate::functions::load_boot;
use crate::live::{Link, Live, use_answer};
use crate::look::LastLook;
use crate::text::words;
use crate::{address, locale, pages, theme};

/// The HTML document, on the server.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = locale::provide_lang();
    let chosen = theme::provide_chosen();
    view! {
        <!DOCTYPE html>
        <html lang=lang.code() data-base=address::base() data-theme=chosen.0.map(theme::Shade::name)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href=address::at("/favicon.svg") type="image/svg+xml"/>
                <link rel="manifest" href=address::at("/manifest.webmanifest")/>
                <link rel="preload" href=address::at("/vendor/be-vietnam-pro-latin-400-normal.woff2") r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=address::at("/style.css")/>
                // Not in the body: that is hydrated from its first element on.
                {carried_scenes()}
                <HydrationScripts options root=address::base()/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[cfg(feature = "ssr")]
fn carried_scenes() -> impl IntoView {
    view! { <crate::scenes::CarriedScenes/> }
}

#[cfg(not(feature = "ssr"))]
const fn carried_scenes() {}

/// What the browser's addresses begin with. The server finds its pages without it.
fn in_browser() -> &'static str {
    #[cfg(feature = "hydrate")]
    {
        address::base()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        ""
    }
}

/// Every screen of the product.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let lang = locale::provide_lang();
    let chosen = theme::provide_chosen();
    let live = Live::provide();
    let look = LastLook::provide();
    let boot = pages::provide_boot(use_answer(|| (), |()| load_boot()));
    provide_receipt();
    provide_operator();
    let receipt = use_receipt();
    Effect::new(move |_| {
        locale::keep(lang);
        theme::keep(chosen);
        if let Some(boot) = boot.get() {
            live.start(&boot);
            look.keep(&boot, live);
        }
    });
    Effect::new(move |_| {
        crate::places::keep_places();
        crate::offline::keep_pictures();
    });
    let is_stale = move || live.link().get() == Link::Stale;
    view! {
        <Router base=in_browser()>
            <div class="screen" class:stale=is_stale>
                <a class="skip" href="#content">{words::SKIP.to(lang)}</a>
                <div class="under" inert=move || receipt.is_open()>
                <Chrome/>
                <FlatRoutes fallback=pages::NotFound>
                    <Route path=StaticSegment("") view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("agency"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("agency"), ParamSegment("code"), StaticSegment("field"), ParamSegment("field")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("field"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("channel"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("district"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("district"), ParamSegment("code"), StaticSegment("ward"), ParamSegment("ward")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("ward"), ParamSegment("ward")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("cell"), ParamSegment("cell")) view=pages::Cell ssr=SsrMode::Async/>
                    <Route path=StaticSegment("cases") view=pages::Cases ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("case"), ParamSegment("code")) view=pages::Case ssr=SsrMode::Async/>
                    <Route path=StaticSegment("alarms") view=pages::Alarms ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("print"), StaticSegment("today")) view=pages::TodaySheet ssr=SsrMode::Async/>
                    <Route path=StaticSegment("shift") view=pages::Shift ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("desk"), StaticSegment("city-office")) view=pages::Office ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("desk"), ParamSegment("code")) view=pages::Desk ssr=SsrMode::Async/>
                    <Route path=StaticSegment("centre") view=pages::Centres ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("centre"), ParamSegment("place")) view=pages::Centre ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("centre"), ParamSegment("place"), StaticSegment("lobby")) view=pages::Lobby ssr=SsrMode::Async/>
                    <Route path=StaticSegment("directives") view=pages::Directives ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("directives"), StaticSegment("new")) view=pages::NewDirective ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("directives"), ParamSegment("code")) view=pages::Directive ssr=SsrMode::Async/>
                    <Route path=StaticSegment("public") view=pages::PublicPage ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("public"), StaticSegment("case")) view=pages::PublicCasePage ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("public"), StaticSegment("map")) view=pages::PublicMapPage ssr=SsrMode::Async/>
                    <Route path=StaticSegment("receipt") view=pages::Receipt ssr=SsrMode::Async/>
                    <Route path=StaticSegment("map") view=pages::MapPage ssr=SsrMode::Async/>
                    <Route path=StaticSegment("wall") view=pages::Wall ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("wall"), ParamSegment("scene")) view=pages::Wall ssr=SsrMode::Async/>
                    <Route path=StaticSegment("enrol") view=pages::Enrol ssr=SsrMode::Async/>
                    <Route path=StaticSegment("director") view=pages::Director ssr=SsrMode::Async/>
                    <Route path=StaticSegment("fleet") view=pages::FleetPage ssr=SsrMode::Async/>
                    <Route path=StaticSegment("styleguide") view=pages::Styleguide ssr=SsrMode::Async/>
                </FlatRoutes>
                </div>
                <ReceiptPanel/>
            </div>
        </Router>
    }
}
