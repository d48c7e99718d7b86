//! One file per verb.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod dev;
pub(crate) mod package;
pub(crate) mod pictures;
pub(crate) mod prove;
pub(crate) mod test;
pub(crate) mod tidy;
