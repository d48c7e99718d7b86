//! A file system whose power can be cut: ext4 on a loop device, in a mount namespace of its own, shut down by ext4's own
//! ioctl. What was not written to the device by then is gone; what the host has is untouched.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::left_out::{is_root, leave_out};

/// Set in the process that runs in the namespace.
const INSIDE: &str = "TOANCANH_TEST_INSIDE";

/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: not even the journal is written.
const CUT: &str = r#"open(my $file, "<", $ARGV[0]) or die "open: $!"; my $flags = pack("L", 2); ioctl($file, 0x8004587D, $flags) or die "shutdown: $!";"#;

/// Runs the test `name` once more in a mount namespace, and says whether it is done with here. What is mounted there
/// goes with it.
///
/// # Panics
/// Where it does not hold there, or cannot run.
#[must_use]
pub fn ran_inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    if !is_root() {
        leave_out(name, "a file system is mounted on a loop device");
        return true;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]).arg(std::env::current_exe().unwrap_or_default());
    command.args(["--exact", name, "--nocapture", "--include-ignored"]).env(INSIDE, "1");
    let ran = command.status();
    assert!(ran.as_ref().is_ok_and(std::process::ExitStatus::success), "{name}: it must hold: {ran:?}");
    true
}

/// The file system.
pub struct Device {
    image: PathBuf,
    at: PathBuf,
}

impl Device {
    /// One of this size under `folder`, made there unless an earlier run left it; not mounted yet.
    ///
    /// # Errors
    /// With what the system said.
    pub fn new(folder: &Path, bytes: u64) -> Result<Self> {
        let (image, at) = (folder.join("device"), folder.join("mounted"));
        std::fs::create_dir_all(&at)?;
        if !image.exists() {
            std::fs::File::create(&image)?.set_len(bytes)?;
            run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        }
        Ok(Self { image, at })
    }

    /// Mounts it; ext4 takes up its journal.
    ///
    /// # Errors
    /// With what the system said.
    pub fn mount(&self) -> Result<&Path> {
        run(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.at))?;
        Ok(&self.at)
    }

    /// Cuts the power: nothing that is in memory reaches the device from here on.
    ///
    /// # Errors
    /// With what the system said.
    pub fn cut(&self) -> Result<()> {
        run(Command::new("perl").args(["-e", CUT]).arg(&self.at))
    }

    /// Takes it away, after a cut or in good order.
    ///
    /// # Errors
    /// With what the system said.
    pub fn unmount(&self) -> Result<()> {
        run(Command::new("umount").arg(&self.at))
    }
}

fn run(command: &mut Command) -> Result<()> {
    // Its words in English, whatever the machine speaks.
    let shown = format!("{command:?}");
    let output = command
        .env("LC_ALL", "C")
        .process_group(0)
        .output()
        .with_context(|| format!("cannot run {shown}"))?;
    ensure!(output.status.success(), "{shown}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
