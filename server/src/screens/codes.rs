//! Codes that displays show until an administrator approves them: short, once, for ten minutes. A code opens
//! nothing by itself: it names the device whose token's hash waits here.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::{Duration, Instant};

use domain::problem::Problem;

use super::Hashed;

/// Letters and digits that nobody confuses, from afar or read aloud: of 0 O, 1 I L, 2 Z, 5 S, 8 B none, of 6 G one.
const LETTERS: &[u8; 24] = b"ACDEFHJKMNPQRTUVWXY34679";
/// How many stand in a code: 24^6 are 191 million.
const LENGTH: usize = 6;
/// How long a code holds.
pub(super) const HOLDS: Duration = Duration::from_secs(600);
/// How many wait at once.
const WAITING_MAX: usize = 64;
/// The span over which askers are counted.
const SPAN: Duration = Duration::from_secs(60);
/// How many codes one address may ask for in it: a wall of twelve displays behind one address, twice.
const OF_ONE_ADDRESS: usize = 24;
/// How many all may.
const OF_ALL: usize = 240;

/// A code: `K7M-4QP`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no code of six letters and digits such as K7M-4QP")]
pub struct CodeError;

impl Code {
    fn random() -> Self {
        let letter = |_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]);
        Self((0..LENGTH).map(letter).collect())
    }
}

impl FromStr for Code {
    type Err = CodeError;

    /// As people type it: small letters, spaces and another dash are all the same.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        if text.len() > 32 {
            return Err(CodeError);
        }
        let is_sign = |letter: &char| letter.is_alphanumeric();
        let code: String = text.chars().filter(is_sign).map(|letter| letter.to_ascii_uppercase()).collect();
        let fits = code.len() == LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter));
        if fits { Ok(Self(code)) } else { Err(CodeError) }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{last}")
    }
}

/// A device that waits.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// What is kept of its token.
    pub token_sha256: Hashed,
    /// When its code ends.
    pub ends: Instant,
}

/// The devices that wait.
#[derive(Debug, Default)]
pub struct Codes {
    waiting: HashMap<Code, Waiting>,
    asked: VecDeque<(Instant, IpAddr)>,
}

impl Codes {
    /// A code for the device that holds a token. One that it had before is no more.
    ///
    /// # Errors
    /// 429 where too many were asked for, or too many wait.
    pub fn ask(&mut self, token_sha256: Hashed, from: IpAddr, now: Instant) -> Result<Code, Problem> {
        self.sweep(now);
        let of_address = self.asked.iter().filter(|(_, asker)| *asker == from).count();
        if of_address >= OF_ONE_ADDRESS || self.asked.len() >= OF_ALL {
            return Err(crowded("Too many codes were asked for within a minute."));
        }
        self.asked.push_back((now, from));
        self.waiting.retain(|_, waiting| waiting.token_sha256 != token_sha256);
        if self.waiting.len() >= WAITING_MAX {
            return Err(crowded("Too many displays wait to be approved."));
        }
        let code = loop {
            let code = Code::random();
            if !self.waiting.contains_key(&code) {
                break code;
            }
        };
        self.waiting.insert(code.clone(), Waiting { token_sha256, ends: now + HOLDS });
        Ok(code)
    }

    /// The code of a device that waits, and how long it still holds.
    #[must_use]
    pub fn of(&self, token_sha256: &Hashed, now: Instant) -> Option<(&Code, Duration)> {
        let is_it =
            |(_, waiting): &(&Code, &Waiting)| waiting.token_sha256 == *token_sha256 && waiting.ends > now;
        let (code, waiting) = self.waiting.iter().find(is_it)?;
        Some((code, waiting.ends - now))
    }

    /// Uses a code up.
    pub fn take(&mut self, code: &Code, now: Instant) -> Option<Waiting> {
        self.waiting.remove(code).filter(|waiting| waiting.ends > now)
    }

    /// Gives one back that could not be used.
    pub fn put_back(&mut self, code: Code, waiting: Waiting) {
        self.waiting.insert(code, waiting);
    }

    /// Forgets what has ended.
    pub fn sweep(&mut self, now: Instant) {
        self.waiting.retain(|_, waiting| waiting.ends > now);
        self.asked.retain(|(asked, _)| now.saturating_duration_since(*asked) < SPAN);
    }
}

fn crowded(why: &str) -> Problem {
    Problem::new(
        "too-many-codes",
        429,
        "Too many codes",
        format!("{why} Come back after the time in Retry-After."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code("K7M4QP".into());
        assert_eq!(code.to_string(), "K7M-4QP");
        for text in ["K7M-4QP", "k7m4qp", " k7m 4qp ", "K7M–4QP"] {
            assert_eq!(text.parse(), Ok(code.clone()), "{text:?}");
        }
        for text in ["", "K7M-4Q", "K7M-4QPA", "O0I-1LZ", "K7M-4Qé", &"K".repeat(40)] {
            assert_eq!(text.parse::<Code>(), Err(CodeError), "{text:?}");
        }
    }

    #[test]
    fn a_code_holds_once_and_for_ten_minutes() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        let last = now + HOLDS - Duration::from_millis(1);
        let code = codes.ask([1; 32], HERE, now).unwrap();
        assert_eq!(codes.take(&code, last).unwrap().token_sha256, [1; 32]);
        assert!(codes.take(&code, now).is_none(), "used again");
        let code = codes.ask([1; 32], HERE, now).unwrap();
        assert!(codes.take(&code, now + HOLDS).is_none(), "too late");
    }

    #[test]
    fn a_device_has_one_code() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        let first = codes.ask([1; 32], HERE, now).unwrap();
        let second = codes.ask([1; 32], HERE, now).unwrap();
        assert_eq!(codes.of(&[1; 32], now).map(|(code, _)| code.clone()), Some(second));
        assert!(codes.take(&first, now).is_none());
    }

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        let token = |n: usize| [u8::try_from(n).unwrap(); 32];
        for n in 0..OF_ONE_ADDRESS {
            codes.ask(token(n), HERE, now).unwrap();
        }
        assert_eq!(codes.ask([99; 32], HERE, now).unwrap_err().slug(), "too-many-codes");
        codes.ask([99; 32], "192.0.2.7".parse().unwrap(), now).unwrap();
        codes.ask([98; 32], HERE, now + SPAN).unwrap();
    }

    #[test]
    fn no_more_wait_than_can() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        for n in 0..=WAITING_MAX {
            let token = [u8::try_from(n).unwrap(); 32];
            let from = IpAddr::V4(std::net::Ipv4Addr::from(u32::try_from(n).unwrap()));
            assert_eq!(codes.ask(token, from, now).is_ok(), n < WAITING_MAX, "{n}");
        }
    }
}
