//! The gateway through real sockets: what a source sends, and what it is told.

#![allow(clippy::unwrap_used)] // In a test that is the failure.

mod gateway {
    mod by_disorder;
    mod by_folder;
    mod by_hand;
    mod by_import;
    mod by_replay;
    mod by_request;
    mod by_rubbish;
    mod by_signature;
    mod by_socket;
    mod by_tls;
    #[path = "../common/signer.rs"]
    mod signer;
    mod support;
}
