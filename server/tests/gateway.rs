//! The gateway through real sockets: what a source sends, and what it is told.

mod gateway {
    mod by_disorder;
    mod by_hand;
    mod by_import;
    mod by_replay;
    mod by_request;
    mod by_rubbish;
    mod by_socket;
    mod support;
}
