//! The web site as files: the wasm with its glue, the style, the vendored parts and `public/`,
//! each beside its brotli form. The server serves this folder as it is.

mod links;
mod publish;
mod style;
mod vendor;
mod wasm;

use crate::stages::{Outcome, Stages};
use crate::workspace::Workspace;
use anyhow::Result;
use std::path::PathBuf;

pub(crate) use wasm::Speed;

/// One file of the site: where its bytes are now, and its path on the site without the first slash.
struct SiteFile {
    source: PathBuf,
    path: String,
}

/// The finished site: what the server serves as files. What ships and the developer's loop have
/// one each, so that neither changes the other under a running server.
pub(crate) fn folder(workspace: &Workspace, speed: Speed) -> PathBuf {
    workspace.target.join(match speed {
        Speed::Shipped => "site",
        Speed::Development => "site-dev",
    })
}

/// Builds the site's parts and publishes them into its folder.
///
/// # Errors
/// The failing stage's.
pub(crate) fn build(workspace: &Workspace, speed: Speed, stages: &mut Stages) -> Result<()> {
    stages.run("wasm", || wasm::compile(workspace, speed))?;
    stages.run("bindings", || wasm::bind(workspace, speed))?;
    stages.run("site", || publish_all(workspace, speed))
}

/// Publishes again what needs no compiler: style, vendored parts and `public/`.
///
/// # Errors
/// When a file cannot be read or written, or something names a file that the site does not have.
pub(crate) fn publish_all(workspace: &Workspace, speed: Speed) -> Result<Outcome> {
    let mut files = wasm::files(workspace, speed)?;
    files.extend(vendor::files(workspace)?);
    files.extend(publish::public_files(workspace)?);
    files.push(style::concatenated(workspace)?);
    links::check(workspace, &files)?;
    publish::publish(workspace, speed, &files)
}
