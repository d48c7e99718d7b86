//! How often an address may look up codes: enough for a person with a receipt in hand, too little to try codes
//! one after the other.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many at once: a household, or a counter's clerk.
const BURST: u32 = 10;
/// And one more each so many seconds.
pub(super) const REFILL_SECS: u64 = 6;
/// So many addresses are remembered.
const PEERS_MAX: usize = 4_096;

/// Who looked up how often of late. When it is full of addresses that asked within the last minute, a new one is
/// refused: forgetting one of them would give it a new turn.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// For each address, when it will have all of its turns again.
    rested_at: Mutex<HashMap<Option<IpAddr>, Instant>>,
}

impl Lookups {
    /// Whether this one may look up now; it counts from then on. Callers without an address share one.
    pub(super) fn admit(&self, peer: Option<IpAddr>, now: Instant) -> bool {
        // Only moved as a whole: nothing is half done where a holder of the lock ended.
        let mut rested_at = self.rested_at.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = peer.map(network);
        if !rested_at.contains_key(&peer) && rested_at.len() >= PEERS_MAX {
            rested_at.retain(|_, rested| *rested > now);
            if rested_at.len() >= PEERS_MAX {
                return false;
            }
        }
        let turn = Duration::from_secs(REFILL_SECS);
        let rested = rested_at.get(&peer).copied().unwrap_or(now).max(now) + turn;
        if rested.duration_since(now) > turn * BURST {
            return false;
        }
        rested_at.insert(peer, rested);
        true
    }
}

/// Who has one address of version 6 has its whole /64.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Trial {
        lookups: Lookups,
        begin: Instant,
    }

    impl Trial {
        fn new() -> Self {
            Self { lookups: Lookups::default(), begin: Instant::now() }
        }

        #[track_caller]
        fn check(&self, peer: &str, secs: u64, want: bool) {
            let now = self.begin + Duration::from_secs(secs);
            assert_eq!(self.lookups.admit(peer.parse().ok(), now), want, "{peer} {secs}");
        }
    }

    #[test]
    fn ten_at_once_then_one_each_six_seconds() {
        let trial = Trial::new();
        (0..10).for_each(|_| trial.check("192.0.2.1", 0, true));
        trial.check("192.0.2.1", 0, false);
        trial.check("192.0.2.1", 5, false);
        trial.check("192.0.2.1", 6, true);
        trial.check("192.0.2.1", 6, false);
        trial.check("192.0.2.2", 6, true);
        (0..10).for_each(|_| trial.check("192.0.2.1", 600, true));
        trial.check("192.0.2.1", 600, false);
    }

    #[test]
    fn other_forms_of_an_address_and_its_own_network_share_their_turns() {
        for same in [["192.0.2.1", "::ffff:192.0.2.1"], ["2001:db8::1", "2001:db8::ffff:2"], ["", "nobody"]] {
            let trial = Trial::new();
            (0..10).for_each(|turn| trial.check(same[turn % 2], 0, true));
            same.iter().for_each(|peer| trial.check(peer, 0, false));
        }
    }

    #[test]
    fn when_all_places_are_taken_a_stranger_waits_until_one_is_rested() {
        let trial = Trial::new();
        for place in 0..PEERS_MAX {
            trial.check(&format!("10.0.{}.{}", place / 256, place % 256), 0, true);
        }
        trial.check("192.0.2.1", 1, false);
        trial.check("10.0.0.1", 1, true);
        trial.check("192.0.2.1", 6, true);
    }
}
