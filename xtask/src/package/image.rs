//! A container image in the layout of the Open Container Initiative (image-spec 1.1), made without any engine
//! and without any other image: the program, what it links to, and nothing else. No shell is in it.

use super::Ingredients;
use super::tree::{Tree, copy_folder, put};
use crate::run;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Nobody on any machine.
const USER: &str = "10001:10001";

/// Makes the image in `folder`.
///
/// # Errors
/// With what could not be read or written.
pub(super) fn build(from: &Ingredients, server: &Tree, work: &Path, folder: &Path) -> Result<PathBuf> {
    let root = work.join("image-root");
    copy_folder(&server.files.join("usr/share"), &root.join("usr/share"))?;
    copy_folder(&server.files.join("etc"), &root.join("etc"))?;
    put(&root, &server.files.join("usr/bin/toancanh"), "usr/bin/toancanh", 0o755)?;
    for library in libraries(&from.program)? {
        put(&root, &library, library.to_string_lossy().trim_start_matches('/'), 0o755)?;
    }
    // Whom TLS connections to Redis are believed by.
    let roots = Path::new("/etc/ssl/certs/ca-certificates.crt");
    if roots.is_file() {
        put(&root, roots, "etc/ssl/certs/ca-certificates.crt", 0o644)?;
    }
    fs::write(root.join("etc/passwd"), "toancanh:x:10001:10001::/var/lib/toancanh:/nonexistent\n")?;
    fs::write(root.join("etc/group"), "toancanh:x:10001:\n")?;

    let layout = work.join("image");
    let blobs = layout.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    let plain = work.join("layer.tar");
    layer(&root, &plain)?;
    let diff_id = digest(&plain)?;
    let packed = work.join("layer.tar.gz");
    let mut gzip = GzEncoder::new(
        File::create(&packed)?,
        if from.is_quick { Compression::fast() } else { Compression::default() },
    );
    std::io::copy(&mut File::open(&plain)?, &mut gzip)?;
    gzip.finish()?;
    let layer = keep_file(&blobs, &packed)?;
    let (architecture, os) = (&from.debian_arch, "linux");
    let config = keep(
        &blobs,
        &json!({
            "architecture": architecture,
            "os": os,
            "config": {
                "User": USER,
                "ExposedPorts": { "8080/tcp": {} },
                "Env": [
                    "TOANCANH_LISTEN=0.0.0.0:8080", "TOANCANH_DATA=/var/lib/toancanh/data",
                    "TOANCANH_KEYS=/var/lib/toancanh/keys", "TOANCANH_SITE_ROOT=/usr/share/toancanh/site",
                    "TOANCANH_CITY=/usr/share/toancanh/cities/hcmc",
                ],
                "Entrypoint": ["/usr/bin/toancanh"],
                "Cmd": ["serve"],
                "Volumes": { "/var/lib/toancanh": {} },
                "WorkingDir": "/var/lib/toancanh",
                "Labels": {
                    "org.opencontainers.image.title": "Toàn Cảnh",
                    "org.opencontainers.image.version": from.version,
                    "org.opencontainers.image.licenses": "Apache-2.0",
                },
            },
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{diff_id}")] },
            "history": [{ "created_by": "cargo xtask package" }],
        }),
    )?;
    let manifest = keep(
        &blobs,
        &json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": described("application/vnd.oci.image.config.v1+json", &config),
            "layers": [described("application/vnd.oci.image.layer.v1.tar+gzip", &layer)],
        }),
    )?;
    let mut shown = described("application/vnd.oci.image.manifest.v1+json", &manifest);
    shown["annotations"] =
        json!({ "org.opencontainers.image.ref.name": format!("toancanh:{}", from.version) });
    shown["platform"] = json!({ "architecture": architecture, "os": os });
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [shown],
    });
    fs::write(layout.join("index.json"), index.to_string())?;
    fs::write(layout.join("oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }).to_string())?;
    let to = folder.join(format!("toancanh-{}-{}.oci.tar", from.version, from.debian_arch));
    let mut archive = tar::Builder::new(File::create(&to)?);
    archive.mode(tar::HeaderMode::Deterministic);
    for name in ["oci-layout", "index.json", "blobs"] {
        let path = layout.join(name);
        if path.is_dir() {
            archive.append_dir_all(name, &path)?
        } else {
            archive.append_path_with_name(&path, name)?
        }
    }
    archive.finish()?;
    Ok(to)
}

/// A blob of the layout: its digest and its bytes.
struct Blob {
    digest: String,
    bytes: u64,
}

fn described(kind: &str, blob: &Blob) -> Value {
    json!({ "mediaType": kind, "digest": format!("sha256:{}", blob.digest), "size": blob.bytes })
}

fn keep(blobs: &Path, value: &Value) -> Result<Blob> {
    let text = value.to_string();
    let digest = format!("{:x}", Sha256::digest(&text));
    fs::write(blobs.join(&digest), &text)?;
    Ok(Blob { digest, bytes: text.len() as u64 })
}

fn keep_file(blobs: &Path, file: &Path) -> Result<Blob> {
    let digest = digest(file)?;
    let bytes = fs::copy(file, blobs.join(&digest))?;
    Ok(Blob { digest, bytes })
}

fn digest(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut File::open(file)?, &mut hash)?;
    Ok(format!("{:x}", hash.finalize()))
}

/// All files, then the two folders that the program writes into, which are its user's.
fn layer(root: &Path, to: &Path) -> Result<()> {
    let mut archive = tar::Builder::new(File::create(to)?);
    archive.mode(tar::HeaderMode::Deterministic);
    archive.append_dir_all(".", root)?;
    for (path, mode, owner) in [("var/lib/toancanh/", 0o750, 10_001), ("tmp/", 0o1777, 0)] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_mode(mode);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_size(0);
        archive.append_data(&mut header, path, std::io::empty())?;
    }
    archive.finish()?;
    Ok(())
}

/// What the program is linked to, as the system's own linker tells.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let said =
        run::text_of(Command::new("ldd").arg(program)).context("ldd tells what the program is linked to")?;
    let paths = said.lines().filter_map(|line| {
        let path = line.split_once("=>").map_or(line, |(_, path)| path);
        path.split_whitespace().next().filter(|path| path.starts_with('/')).map(PathBuf::from)
    });
    Ok(paths.collect())
}
