//! The page around the pages: the HTML document, the routes, and what stands on every screen.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{ParamSegment, StaticSegment};

use crate::components::{Chrome, ReceiptPanel, provide_operator, provide_receipt, use_receipt};
use crate::follow::{Followed, use_followed};
use crate::functions::load_boot;
use crate::live::{Link, Live, use_answer};
use crate::look::LastLook;
use crate::text::words;
use crate::training::{TrainingBand, is_training};
use crate::turns::{in_turn, whole};
use crate::{address, locale, pages, theme};

/// The HTML document, on the server.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = locale::provide_lang();
    let chosen = theme::provide_chosen();
    view! {
        <!DOCTYPE html>
        <html lang=lang.code() data-base=address::base() data-theme=chosen.0.map(theme::Shade::name) data-training=is_training().then_some("")>
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
    Followed::provide();
    let followed = use_followed();
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
            followed.keep(&boot.city.code);
            crate::offline::keep_pictures(&boot.hello.version);
        }
    });
    Effect::new(move |_| {
        crate::places::keep_places();
    });
    let is_stale = move || live.link().get() == Link::Stale;
    view! {
        <Router base=in_browser()>
            <div class="screen" class:stale=is_stale>
                <a class="skip" href="#content">{words::SKIP.to(lang)}</a>
                <TrainingBand/>
                <div class="under" inert=move || receipt.is_open()>
                {in_turn(view! { <Chrome/> })}
                <FlatRoutes fallback=whole(pages::NotFound)>
                    <Route path=StaticSegment("") view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("agency"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("agency"), ParamSegment("code"), StaticSegment("field"), ParamSegment("field")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("field"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("channel"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("district"), ParamSegment("code")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("district"), ParamSegment("code"), StaticSegment("ward"), ParamSegment("ward")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("ward"), ParamSegment("ward")) view=pages::Drill ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("cell"), ParamSegment("cell")) view=whole(pages::Cell) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("cases") view=whole(pages::Cases) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("case"), ParamSegment("code")) view=whole(pages::Case) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("alarms") view=whole(pages::Alarms) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("desk"), StaticSegment("city-office")) view=whole(pages::Office) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("desk"), ParamSegment("code")) view=whole(pages::Desk) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("centre") view=whole(pages::Centres) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("centre"), ParamSegment("place")) view=whole(pages::Centre) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("centre"), ParamSegment("place"), StaticSegment("lobby")) view=whole(pages::Lobby) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("directives") view=whole(pages::Directives) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("directives"), StaticSegment("new")) view=whole(pages::NewDirective) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("directives"), ParamSegment("code")) view=whole(pages::Directive) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("public") view=whole(pages::PublicPage) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("public"), StaticSegment("case")) view=whole(pages::PublicCasePage) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("public"), StaticSegment("map")) view=whole(pages::PublicMapPage) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("receipt") view=whole(pages::Receipt) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("map"), StaticSegment("fields")) view=whole(pages::FieldMaps) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("map") view=whole(pages::MapPage) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("wall") view=whole(pages::Wall) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("wall"), ParamSegment("scene")) view=whole(pages::Wall) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("enrol") view=whole(pages::Enrol) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("director") view=whole(pages::Director) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("fleet") view=whole(pages::FleetPage) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("styleguide") view=whole(pages::Styleguide) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("scenes") view=whole(pages::Scenes) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("scenes"), ParamSegment("name")) view=whole(pages::SceneEditor) ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("print"), StaticSegment("today")) view=whole(pages::TodaySheet) ssr=SsrMode::Async/>
                    <Route path=StaticSegment("shift") view=whole(pages::Shift) ssr=SsrMode::Async/>
                </FlatRoutes>
                </div>
                {in_turn(view! { <ReceiptPanel/> })}
            </div>
        </Router>
    }
}
