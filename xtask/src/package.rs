//! What a city installs: two Debian packages, a container image, and a bundle of all of it for a network
//! without the Internet. Each is tried out after it is made: unpacked elsewhere, started, asked, stopped.

mod bundle;
mod deb;
mod image;
mod tree;
mod trial;

use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the packages are made of.
pub(crate) struct Ingredients {
    /// The clone.
    root: PathBuf,
    /// The server's program.
    program: PathBuf,
    /// The finished site.
    site: PathBuf,
    version: String,
    /// As Debian names it: `amd64`.
    debian_arch: String,
    /// Packed quickly rather than small.
    is_quick: bool,
}

/// What was made.
pub(crate) struct Goods {
    /// The files to hand out.
    pub(crate) files: Vec<PathBuf>,
    /// What could not be tried here, and why.
    pub(crate) left_out: Vec<String>,
}

impl Ingredients {
    /// Looks for them.
    ///
    /// # Errors
    /// When one is not there.
    pub(crate) fn gather(workspace: &Workspace, program: &Path, site: &Path, is_quick: bool) -> Result<Self> {
        ensure!(program.is_file(), "{} is not built", program.display());
        ensure!(site.join("style.css").is_file(), "{} holds no site", site.display());
        let debian_arch = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        Ok(Self {
            root: workspace.root.clone(),
            program: program.to_owned(),
            site: site.to_owned(),
            version: workspace.version_of("server").context("the server has no version")?.to_owned(),
            debian_arch: debian_arch.to_owned(),
            is_quick,
        })
    }

    /// A file of `server/packaging`.
    fn shipped(&self, name: &str) -> PathBuf {
        self.root.join("server/packaging").join(name)
    }

    /// `toancanh_0.1.0_amd64`.
    fn deb_name(&self, package: &str, arch: &str) -> String {
        format!("{package}_{}_{arch}.deb", self.version)
    }
}

/// Makes everything anew in `folder`, and tries it.
///
/// # Errors
/// With what could not be made, or does not work.
pub(crate) fn make(ingredients: &Ingredients, folder: &Path) -> Result<Goods> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let work = folder.join("work");
    std::fs::create_dir_all(&work)?;
    let server = tree::server(ingredients, &work.join("server"))?;
    let kiosk = tree::kiosk(ingredients, &work.join("kiosk"))?;
    let server_deb = deb::build(
        &server,
        &folder.join(ingredients.deb_name("toancanh", &ingredients.debian_arch)),
        ingredients.is_quick,
    )?;
    let kiosk_deb = deb::build(
        &kiosk,
        &folder.join(ingredients.deb_name("toancanh-kiosk", "all")),
        ingredients.is_quick,
    )?;
    let image = image::build(ingredients, &server, &work, folder)?;
    let mut left_out = Vec::new();
    trial::deb(&server_deb, &kiosk_deb, &work.join("trial-deb"), &mut left_out)?;
    trial::image(&image, &work.join("trial-image"), &mut left_out)?;
    let bundle = bundle::build(ingredients, &[&server_deb, &kiosk_deb, &image], &work, folder)?;
    trial::bundle(&bundle, &work.join("trial-bundle"))?;
    std::fs::remove_dir_all(&work)?;
    Ok(Goods { files: vec![server_deb, kiosk_deb, image, bundle], left_out })
}

/// Whether this is root, who alone may change the root of a process.
fn is_root() -> bool {
    run::text_of(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
