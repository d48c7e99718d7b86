//! The real program, its real files and a real `kill -9`: proof, backup, restoring and erasing.

#![allow(clippy::unwrap_used)] // In a test that is the failure.

mod safety {
    mod by_backup;
    mod by_encryption;
    mod by_erasing;
    mod by_full_disk;
    mod by_proof;
    mod by_search;
    mod by_signature;
    #[path = "../common/signer.rs"]
    mod signer;
    mod support;
}
