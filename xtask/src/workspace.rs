//! Where things are: the clone, and the directory that everything built goes into.

use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The clone and its target directory, plus what `cargo metadata` says of the members.
pub(crate) struct Workspace {
    /// The clone.
    pub root: PathBuf,
    /// Cargo's target directory: `target` unless `CARGO_TARGET_DIR` or a configuration says else.
    pub target: PathBuf,
    packages: Vec<Value>,
}

/// One thing that Cargo can build in a member.
pub(crate) struct CargoTarget {
    pub name: String,
    /// `lib`, `bin`, `test`, `bench`, …
    pub kind: String,
}

impl Workspace {
    /// Asks Cargo, which alone knows how the target directory was configured.
    pub(crate) fn find() -> Result<Self> {
        let output = crate::cargo::command()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("cannot run cargo metadata")?;
        anyhow::ensure!(output.status.success(), "cargo metadata failed: run this inside the clone");
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let path = |key: &str| -> Result<PathBuf> {
            let text = metadata[key].as_str().with_context(|| format!("cargo metadata without {key}"))?;
            Ok(PathBuf::from(text))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            packages: metadata["packages"].as_array().cloned().unwrap_or_default(),
        })
    }

    /// Between-results and stamps of this tool; safe to delete at any time.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The server's binary as `cargo build -p server` leaves it.
    pub(crate) fn server_binary(&self) -> PathBuf {
        self.target.join("debug/toancanh")
    }

    /// What a member can build. Empty for an unknown member.
    pub(crate) fn targets_of(&self, member: &str) -> Vec<CargoTarget> {
        let Some(package) = self.package(member) else {
            return Vec::new();
        };
        let targets = package["targets"].as_array().cloned().unwrap_or_default();
        targets
            .iter()
            .filter_map(|target| {
                Some(CargoTarget {
                    name: target["name"].as_str()?.to_owned(),
                    kind: target["kind"][0].as_str()?.to_owned(),
                })
            })
            .collect()
    }

    /// The names of the members, as in their manifests.
    pub(crate) fn members(&self) -> Vec<&str> {
        self.packages.iter().filter_map(|package| package["name"].as_str()).collect()
    }

    /// The names of a member's direct dependencies that end up in its product (not those of its
    /// tests and build script).
    pub(crate) fn dependencies_of(&self, member: &str) -> Vec<&str> {
        let Some(package) = self.package(member) else {
            return Vec::new();
        };
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .collect()
    }

    /// The version of a member.
    pub(crate) fn version_of(&self, member: &str) -> Option<&str> {
        self.package(member)?["version"].as_str()
    }

    /// The folder of a member.
    pub(crate) fn folder_of(&self, member: &str) -> Option<&Path> {
        Path::new(self.package(member)?["manifest_path"].as_str()?).parent()
    }

    /// A path as people of this repository write it.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    fn package(&self, member: &str) -> Option<&Value> {
        self.packages.iter().find(|package| package["name"] == member)
    }
}
