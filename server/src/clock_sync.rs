//! Whether the machine's own clock is kept in step with others: limits of the law run on it, and a case is
//! late or not by it. Read from the kernel, which every daemon of time (chrony, ntpd, systemd-timesyncd) tells.

use std::io;
use std::time::Duration;

/// What the kernel says of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSync {
    /// Whether something keeps it in step.
    pub is_synchronised: bool,
    /// By how much it may be wrong at most, as that something reckons.
    pub error_max: Duration,
}

/// Asks the kernel; changes nothing.
///
/// # Errors
/// What the system says, where it does not let us ask.
pub fn read() -> io::Result<ClockSync> {
    // SAFETY: `timex` is plain numbers, for which zero is a value.
    #[allow(unsafe_code)]
    let mut kernel: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes into a `timex` that lives through the call; with `modes` zero it only reads its own.
    #[allow(unsafe_code)]
    let state = unsafe { libc::adjtimex(&raw mut kernel) };
    if state == -1 {
        return Err(io::Error::last_os_error());
    }
    let is_synchronised = state != libc::TIME_ERROR && kernel.status & libc::STA_UNSYNC == 0;
    let error_max = Duration::from_micros(u64::try_from(kernel.maxerror).unwrap_or_default());
    Ok(ClockSync { is_synchronised, error_max })
}

/// Says in the log what an operator should know of the clock.
pub fn tell() {
    match read() {
        Ok(ClockSync { is_synchronised: true, error_max }) => {
            tracing::info!(?error_max, "the system's clock is kept in step");
        }
        Ok(_) => tracing::warn!(
            "the system's clock is not kept in step: limits run on it; install and start chrony or systemd-timesyncd"
        ),
        Err(error) => tracing::warn!(%error, "whether the system's clock is kept in step cannot be told"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_of_its_clock() {
        let said = read().unwrap();
        // A clock that is kept in step is known to within seconds.
        assert!(!said.is_synchronised || said.error_max < Duration::from_secs(20), "{said:?}");
    }
}
