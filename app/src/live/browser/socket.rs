//! One WebSocket with its closures. Dropping it detaches them before it closes, so that a socket of
//! the past can never write into the present.

use domain::wire::{BINARY_PROTOCOL, ClientFrame, ServerFrame};
use leptos::prelude::window;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, MessageEvent, WebSocket};

use crate::address;

const PATH: &str = "/api/v1/live";

pub(super) struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Opens a socket to the server of this origin; an empty one is the page's own.
    pub(super) fn open(
        origin: &str,
        mut on_frame: impl FnMut(ServerFrame) + 'static,
        on_close: impl FnMut() + 'static,
    ) -> Option<Self> {
        let origin = if origin.is_empty() { window().location().origin().ok()? } else { origin.to_owned() };
        // `http` becomes `ws`, `https` becomes `wss`.
        let address = format!("ws{}{}", origin.strip_prefix("http")?, address::at(PATH));
        let socket = WebSocket::new_with_str(&address, BINARY_PROTOCOL).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() else { return };
            let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
            // A frame of another version cannot be read; its hello tells the page to load anew.
            if let Ok(frame) = postcard::from_bytes::<ServerFrame>(&bytes) {
                on_frame(frame);
            }
        });
        let on_close = Closure::<dyn FnMut()>::new(on_close);
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // An error is always followed by a close.
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_message: on_message, _on_close: on_close })
    }

    /// Sends a frame; one that cannot be sent is sent again after the next hello.
    pub(super) fn send(&self, frame: &ClientFrame) {
        if self.socket.ready_state() != WebSocket::OPEN {
            return;
        }
        if let Ok(bytes) = postcard::to_allocvec(frame) {
            self.socket.send_with_u8_array(&bytes).ok();
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.socket.close().ok();
    }
}
