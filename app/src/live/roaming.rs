//! The way of the pages' functions to the server that the live socket speaks with: their own, or another
//! of the city's where their own is lost.

use bytes::Bytes;
use futures::{Sink, Stream};
use leptos::server_fn::client::Client;
use leptos::server_fn::client::browser::BrowserClient;
use leptos::server_fn::error::FromServerFnError;
use leptos::server_fn::request::browser::BrowserRequest;
use leptos::server_fn::response::browser::BrowserResponse;

/// The client of every function of the pages.
pub struct Roaming;

impl<E, I, O> Client<E, I, O> for Roaming
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: Self::Request) -> impl Future<Output = Result<Self::Response, E>> + Send {
        <BrowserClient as Client<E, I, O>>::send(platform::led(request))
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static),
            E,
        >,
    > + Send {
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}

#[cfg(feature = "hydrate")]
pub(super) use platform::ask_at;

#[cfg(feature = "hydrate")]
mod platform {
    use std::cell::RefCell;

    use leptos::prelude::window;
    use leptos::server_fn::request::browser::{BrowserRequest, Request};
    use wasm_bindgen::JsCast as _;

    thread_local! {
        /// The origin that is asked; empty for the page's own.
        static ORIGIN: RefCell<String> = const { RefCell::new(String::new()) };
    }

    /// From now on functions are asked of this origin.
    pub(in super::super) fn ask_at(origin: &str) {
        ORIGIN.with_borrow_mut(|asked| {
            asked.clear();
            asked.push_str(origin);
        });
    }

    /// The same request, to the server that is asked now.
    pub(super) fn led(mut request: BrowserRequest) -> BrowserRequest {
        let origin = ORIGIN.with_borrow(Clone::clone);
        let own = window().location().origin().unwrap_or_default();
        let asked = request.url();
        let Some(path) = asked.strip_prefix(&own).filter(|_| !origin.is_empty()) else { return request };
        let Ok(none) = Request::get(path).build() else { return request };
        let raw: web_sys::Request = std::mem::replace(&mut *request, none).into();
        // A request has all that a new one is made with: method, headers, and the signal that ends it.
        let same = raw.unchecked_ref::<web_sys::RequestInit>();
        *request = match web_sys::Request::new_with_str_and_init(&format!("{origin}{path}"), same) {
            Ok(led) => led.into(),
            Err(_) => raw.into(),
        };
        request
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use leptos::server_fn::request::browser::BrowserRequest;

    /// Nothing is asked over the network here.
    pub(super) fn led(request: BrowserRequest) -> BrowserRequest {
        request
    }
}
