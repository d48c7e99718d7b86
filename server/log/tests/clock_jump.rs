//! Somebody sets the clock by an hour or by ten years, forwards or back: order, repeats and the tending
//! of `HEAD` go on as if nothing had happened, and the records show what the clock said.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{DIR, NEW_YEAR_US, append_each, batch, numbers, open, options, read_all};
use toancanh_log::clock::ManualClock;
use toancanh_log::disk::sim::{Op, SimDisk};
use toancanh_log::{Batch, Clock, Log, Outcome, Seq};

const HOUR_US: i64 = 3_600_000_000;
const JUMPS_US: [i64; 4] = [HOUR_US, -HOUR_US, 10 * 8_766 * HOUR_US, -10 * 8_766 * HOUR_US];

#[test]
fn order_and_repeats_do_not_look_at_the_clock() {
    for jump_us in JUMPS_US {
        let disk = SimDisk::new(1);
        let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
        let (log, _) = Log::open(DIR, options(&disk).clock(clock.clone())).unwrap();
        append_each(&log, 0..5, 100);
        clock.set(NEW_YEAR_US + jump_us);
        append_each(&log, 5..10, 100);
        let again = log.append(batch(0..10, 100)).unwrap();
        let same: Vec<_> = (1..=10).map(|seq| Outcome::Duplicate(Seq::new(seq))).collect();
        assert_eq!(again.outcomes, same, "{jump_us}");
        clock.set(NEW_YEAR_US);
        append_each(&log, 10..15, 100);
        drop(log);
        let (log, recovery) = open(&disk.after_power_cut(1));
        assert_eq!((recovery.torn, recovery.durable), (None, Seq::new(15)), "{jump_us}");
        assert_eq!(numbers(&log), (0..15).collect::<Vec<u64>>(), "{jump_us}");
        let said: Vec<i64> = read_all(&log).iter().map(|record| record.recorded_us - NEW_YEAR_US).collect();
        assert_eq!(said, [[0; 5], [jump_us; 5], [0; 5]].concat(), "{jump_us}");
    }
}

/// How often `HEAD` is made durable in eight seconds of work, the clock set in the middle of them.
fn head_syncs(clock: Arc<dyn Clock>, manual: &ManualClock, jump_us: i64) -> u64 {
    let disk = SimDisk::new(1);
    let (log, _) = Log::open(DIR, options(&disk).clock(clock)).unwrap();
    let mut head_syncs = 0;
    for number in 0..20 {
        if number == 10 {
            manual.set(manual.now_us() + jump_us);
        }
        let syncs = disk.count(Op::SyncData);
        manual.advance(Duration::from_millis(400));
        append_each(&log, number..number + 1, 10);
        // After its answer the writer may still tend `HEAD`; an answer to nothing comes after that.
        log.append(Batch::default()).unwrap();
        head_syncs += disk.count(Op::SyncData) - syncs - 1;
    }
    head_syncs
}

#[test]
fn head_is_made_durable_as_often_as_ever() {
    for jump_us in JUMPS_US {
        let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
        assert_eq!(head_syncs(clock.clone(), &clock, jump_us), 6, "{jump_us}");
    }
}

/// The control: intervals measured by the clock that people set.
struct ByTheWall(Arc<ManualClock>);

impl Clock for ByTheWall {
    fn now_us(&self) -> i64 {
        self.0.now_us()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now_us() - NEW_YEAR_US).unwrap_or(0))
    }
}

#[test]
fn intervals_by_the_wall_clock_are_caught() {
    for jump_us in [-HOUR_US, -10 * 8_766 * HOUR_US] {
        let clock = Arc::new(ManualClock::at(NEW_YEAR_US));
        assert_ne!(head_syncs(Arc::new(ByTheWall(clock.clone())), &clock, jump_us), 6, "{jump_us}");
    }
}
