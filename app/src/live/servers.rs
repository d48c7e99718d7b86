//! The city's servers as a page knows them: the one that served it, and the others that show the same
//! numbers. A page that has lost one goes round them until one answers.

/// Who can be asked, and who is asked now.
#[derive(Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // The server's side of a page asks nobody.
pub(super) struct Servers {
    /// Origins without a final slash; the first is the page's own, which is empty.
    origins: Vec<String>,
    now: usize,
    /// How many have been asked in vain since the last one answered.
    in_vain: usize,
}

#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
impl Servers {
    /// The page's own server, and `others` in the order in which they are to be tried.
    pub(super) fn new(others: &[String]) -> Self {
        let others = others.iter().map(|origin| origin.trim_end_matches('/').to_owned());
        Self { origins: std::iter::once(String::new()).chain(others).collect(), now: 0, in_vain: 0 }
    }

    /// The origin to ask; empty for the page's own.
    pub(super) fn origin(&self) -> &str {
        self.origins.get(self.now).map_or("", String::as_str)
    }

    /// Whether there is another one to go to.
    pub(super) fn is_alone(&self) -> bool {
        self.origins.len() == 1
    }

    /// The one that was asked has said hello.
    pub(super) fn has_answered(&mut self) {
        self.in_vain = 0;
    }

    /// The one that was asked is lost: goes on to the next, and says how many whole rounds have been
    /// made in vain. In the first round nobody need wait: another server is not the one that failed.
    pub(super) fn go_on(&mut self) -> u32 {
        self.in_vain = self.in_vain.saturating_add(1);
        self.now = (self.now + 1) % self.origins.len();
        u32::try_from(self.in_vain / self.origins.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(others: &[&str], losses: usize, origin: &str, rounds: u32) {
        let others: Vec<String> = others.iter().map(|origin| (*origin).to_owned()).collect();
        let mut servers = Servers::new(&others);
        let mut last = 0;
        for _ in 0..losses {
            last = servers.go_on();
        }
        assert_eq!((servers.origin(), last), (origin, rounds));
    }

    #[test]
    fn the_others_are_asked_in_turn_and_then_the_first_again() {
        check(&["https://b", "https://c/"], 0, "", 0);
        check(&["https://b", "https://c/"], 1, "https://b", 0);
        check(&["https://b", "https://c/"], 2, "https://c", 0);
        check(&["https://b", "https://c/"], 3, "", 1);
        check(&["https://b", "https://c/"], 6, "", 2);
    }

    #[test]
    fn a_server_that_is_alone_is_asked_again_and_each_time_is_a_round() {
        check(&[], 1, "", 1);
        check(&[], 5, "", 5);
        assert!(Servers::new(&[]).is_alone());
    }

    #[test]
    fn an_answer_begins_a_new_round() {
        let mut servers = Servers::new(&["https://b".to_owned()]);
        servers.go_on();
        servers.has_answered();
        assert_eq!((servers.go_on(), servers.origin()), (0, ""));
    }
}
