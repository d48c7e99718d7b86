//! What a fresh machine lacks, installed once.

pub(crate) mod cargo_deny;
pub(crate) mod debian;
pub(crate) mod disk;
pub(crate) mod npm;
pub(crate) mod rust;
