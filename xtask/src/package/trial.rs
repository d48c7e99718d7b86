//! Whether what was made works: unpacked into a folder of its own, started there, asked, and stopped.

use super::is_root;
use crate::run;
use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server without events may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Both Debian packages.
pub(super) fn deb(server: &Path, kiosk: &Path, folder: &Path, left_out: &mut Vec<String>) -> Result<()> {
    for package in [server, kiosk] {
        run::visible(Command::new("dpkg-deb").arg("--extract").arg(package).arg(folder))?;
    }
    let data = folder.join("var/lib/toancanh");
    let mut command = Command::new(folder.join("usr/bin/toancanh"));
    command.arg("serve").arg("--config").arg(folder.join("etc/toancanh/toancanh.toml"));
    command.arg("--city").arg(folder.join("usr/share/toancanh/cities/hcmc"));
    command.arg("--site-root").arg(folder.join("usr/share/toancanh/site"));
    command.arg("--data").arg(data.join("data")).arg("--keys").arg(data.join("keys"));
    serves(&mut command).context("the server of the package")?;
    run::visible(Command::new("sh").arg("-n").arg(folder.join("usr/lib/toancanh/toancanh-kiosk")))?;
    if run::find_program(&["systemd-analyze"]).is_none() {
        left_out.push("the units: systemd-analyze is not here".to_owned());
        return Ok(());
    }
    // Programs of the wall are looked for in the tree, where only ours are.
    put_stand_in(&folder.join("usr/bin/cage"))?;
    for unit in ["toancanh.service", "toancanh-kiosk.service"] {
        let mut verify = Command::new("systemd-analyze");
        verify
            .args(["verify", "--man=no", "--recursive-errors=no"])
            .arg(format!("--root={}", folder.display()));
        run::visible(verify.arg(folder.join("lib/systemd/system").join(unit)))?;
    }
    Ok(())
}

fn put_stand_in(path: &Path) -> Result<()> {
    fs::write(path, "#!/bin/sh\n")?;
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// The image: its layer as the whole world of a process.
pub(super) fn image(image: &Path, folder: &Path, left_out: &mut Vec<String>) -> Result<()> {
    let layout = folder.join("layout");
    tar::Archive::new(File::open(image)?).unpack(&layout)?;
    let read = |path: &Path| -> Result<serde_json::Value> { Ok(serde_json::from_slice(&fs::read(path)?)?) };
    let blob = |digest: &serde_json::Value| {
        let hash = digest.as_str().and_then(|digest| digest.strip_prefix("sha256:")).unwrap_or_default();
        layout.join("blobs/sha256").join(hash)
    };
    let index = read(&layout.join("index.json"))?;
    let manifest = read(&blob(&index["manifests"][0]["digest"]))?;
    let config = read(&blob(&manifest["config"]["digest"]))?;
    let layer = File::open(blob(&manifest["layers"][0]["digest"])).context("the image has no layer")?;
    let root = folder.join("root");
    tar::Archive::new(flate2::read::GzDecoder::new(layer)).unpack(&root)?;
    if !is_root() {
        left_out.push("the image: only root can start a program in it without an engine".to_owned());
        return Ok(());
    }
    let user = config["config"]["User"].as_str().context("the image names no user")?;
    fs::create_dir_all(root.join("var/lib/toancanh"))?;
    run::visible(Command::new("chown").arg(user).arg(root.join("var/lib/toancanh")))?;
    let mut command = Command::new("chroot");
    command.arg(format!("--userspec={user}")).arg(&root).env_clear();
    for pair in config["config"]["Env"].as_array().into_iter().flatten().filter_map(|pair| pair.as_str()) {
        let (name, value) = pair.split_once('=').context("an environment variable without a value")?;
        command.env(name, value);
    }
    command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    let words = |key: &str| config["config"][key].as_array().cloned().unwrap_or_default();
    command.args(words("Entrypoint").iter().chain(&words("Cmd")).filter_map(|word| word.as_str()));
    serves(&mut command).context("the server of the image")
}

/// The bundle: every file has the sum that it says.
pub(super) fn bundle(bundle: &Path, folder: &Path) -> Result<()> {
    tar::Archive::new(File::open(bundle)?).unpack(folder)?;
    let place = fs::read_dir(folder)?.next().context("the bundle is empty")??.path();
    run::visible(Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&place))?;
    run::visible(Command::new("sh").args(["-n", "install.sh"]).current_dir(&place))
}

/// Starts a server on a port of its choice, asks for its readiness and its first page, and stops it.
fn serves(command: &mut Command) -> Result<()> {
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stdin(Stdio::null());
    eprintln!("    $ {}", run::describe(command));
    let mut server = command.spawn()?;
    let asked = asked(&mut server);
    // It may have ended by itself; then `asked` says so.
    let _ = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    let ended = server.wait()?;
    asked?;
    ensure!(ended.success(), "it ended with {ended} when it was asked to");
    Ok(())
}

fn asked(server: &mut Child) -> Result<()> {
    let output = BufReader::new(server.stdout.take().context("no output")?);
    let says = |line: std::io::Result<String>| {
        Some(line.ok()?.split_once("listening on http://")?.1.trim().to_owned())
    };
    let address = output.lines().find_map(says).context("it never said where it listens")?;
    let deadline = Instant::now() + PATIENCE;
    while !get(&address, "/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        if Instant::now() > deadline {
            bail!("it was not ready within {} seconds", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    for (path, holds) in [("/", "<html"), ("/style.css", "font-face"), ("/api/v1/metrics", "received")] {
        let answer = get(&address, path)?;
        ensure!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(holds),
            "{path} answers: {answer:.300}"
        );
    }
    Ok(())
}

fn get(address: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
