//! What each wall is to show, and which tablet may say so. A hold is a lease: a tablet that is gone directs nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::problem::Problem;
use domain::screen::{LEASE_SECS, Order, Replay, WallBeat, WallShow};

/// An order counts so long after it was given: by then every wall has heard of it, so that all change together.
pub(super) const LEAD_MS: i64 = 400;
/// How long a wall says that the tablet was lost.
const LOST_IS_SAID: Duration = Duration::from_secs(60);

/// When a device was heard last, and what it said.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) beat: Option<WallBeat>,
}

#[derive(Clone, Debug)]
struct Hold {
    director: Arc<str>,
    ends: Instant,
}

#[derive(Clone, Debug, Default)]
struct Wall {
    show: WallShow,
    hold: Option<Hold>,
    lost_at: Option<Instant>,
}

/// All walls. Bounded by the screens that are enrolled: who calls sees to that.
#[derive(Debug, Default)]
pub(super) struct Stage {
    walls: BTreeMap<Arc<str>, Wall>,
    seen: BTreeMap<Arc<str>, Seen>,
    revision: u64,
}

impl Stage {
    pub(super) fn show(&self, wall: &str) -> WallShow {
        self.walls.get(wall).map(|wall| wall.show.clone()).unwrap_or_default()
    }

    pub(super) fn seen(&self, device: &str) -> Option<&Seen> {
        self.seen.get(device)
    }

    pub(super) fn hear(&mut self, device: &str, beat: Option<WallBeat>, now: Instant) {
        self.seen.insert(device.into(), Seen { at: now, beat });
    }

    pub(super) fn forget(&mut self, device: &str) {
        self.walls.remove(device);
        self.seen.remove(device);
        for wall in self.walls.values_mut().filter(|wall| wall.is_held_by(device)) {
            if let Some(hold) = &mut wall.hold {
                // The next sweep says that it was lost.
                hold.ends = Instant::now();
            }
        }
    }

    /// Takes walls for a director, whose name for machines and for people these are.
    pub(super) fn take(
        &mut self,
        director: (&Arc<str>, &Arc<str>),
        walls: &[String],
        over: bool,
        now: Instant,
        now_ms: i64,
    ) -> Result<(), Problem> {
        let (id, name) = director;
        let of_other = |wall: &&String| {
            let hold = self.walls.get(wall.as_str()).and_then(|wall| wall.hold.as_ref());
            hold.is_some_and(|hold| hold.director != *id && hold.ends > now)
        };
        if let Some(wall) = walls.iter().find(of_other).filter(|_| !over) {
            let holder = self.show(wall).holder.unwrap_or_default();
            let detail = format!("screens: {holder} holds one of them; say that it shall be taken over");
            return Err(Problem::new("held", 409, "Held by another", detail).at("screens"));
        }
        let from_ms = self.next(now_ms);
        for wall in walls {
            let revision = self.revision;
            let wall = self.walls.entry(wall.as_str().into()).or_default();
            wall.hold = Some(Hold { director: id.clone(), ends: now + Duration::from_secs(LEASE_SECS) });
            wall.lost_at = None;
            wall.show.holder = Some(name.to_string());
            wall.show.lost = None;
            (wall.show.revision, wall.show.from_ms) = (revision, from_ms);
        }
        Ok(())
    }

    /// Changes what walls show that the director holds. `city_at` is the city's instant that the order is of: from
    /// which on numbers stand still, or where a past hour begins.
    pub(super) fn drive(
        &mut self,
        director: &str,
        walls: &[String],
        order: &Order,
        city_at: Option<&str>,
        now: Instant,
        now_ms: i64,
    ) -> Result<(), Problem> {
        let is_own = |wall: &String| {
            self.walls.get(wall.as_str()).is_some_and(|wall| {
                wall.is_held_by(director) && wall.hold.as_ref().is_some_and(|hold| hold.ends > now)
            })
        };
        if !walls.iter().all(is_own) {
            let detail = "screens: one of them is not held by this tablet any more; take it first";
            return Err(Problem::new("not-held", 409, "Not held", detail).at("screens"));
        }
        let from_ms = self.next(now_ms);
        for wall in walls {
            let Some(wall) = self.walls.get_mut(wall.as_str()) else { continue };
            match order {
                Order::Scene(scene) => wall.show.scene.clone_from(scene),
                Order::Spotlight(spotlight) => {
                    wall.show.spotlight.clone_from(spotlight);
                    // What is large is of now: nothing of now stands beside a past hour.
                    wall.show.replay.take_if(|_| spotlight.is_some());
                }
                Order::Frozen(frozen) => {
                    wall.show.frozen = *frozen;
                    wall.show.frozen_at = city_at.filter(|_| *frozen).map(str::to_owned);
                    wall.show.replay.take_if(|_| *frozen);
                }
                Order::Replay(wish) => {
                    let of = |wish| Some(Replay::of(wish, city_at?.to_owned(), from_ms));
                    wall.show.replay = wish.as_ref().and_then(of);
                    if wish.is_some() {
                        (wall.show.spotlight, wall.show.frozen, wall.show.frozen_at) = (None, false, None);
                    }
                }
            }
            (wall.show.revision, wall.show.from_ms) = (self.revision, from_ms);
        }
        Ok(())
    }

    /// Lets go what the director holds of these: they go on with their own.
    pub(super) fn release(&mut self, director: &str, walls: &[String], now_ms: i64) {
        let from_ms = self.next(now_ms);
        let revision = self.revision;
        for wall in walls {
            if let Some(wall) = self.walls.get_mut(wall.as_str()).filter(|wall| wall.is_held_by(director)) {
                wall.hold = None;
                wall.show = WallShow { revision, from_ms, ..WallShow::default() };
            }
        }
    }

    /// The director is there.
    pub(super) fn renew(&mut self, director: &str, now: Instant) {
        for wall in self.walls.values_mut() {
            // What has ended stays so, though nobody has swept it yet.
            if let Some(hold) =
                wall.hold.as_mut().filter(|hold| &*hold.director == director && hold.ends > now)
            {
                hold.ends = now + Duration::from_secs(LEASE_SECS);
            }
        }
    }

    /// Ends what was not renewed. Whether anything changed.
    pub(super) fn sweep(&mut self, now: Instant, now_ms: i64) -> bool {
        let is_over = |wall: &Wall| {
            wall.hold.as_ref().is_some_and(|hold| hold.ends <= now)
                || wall.lost_at.is_some_and(|lost| now.saturating_duration_since(lost) >= LOST_IS_SAID)
        };
        let is_replayed =
            |wall: &Wall| wall.show.replay.as_ref().is_some_and(|replay| replay.step(now_ms).is_none());
        if !self.walls.values().any(|wall| is_over(wall) || is_replayed(wall)) {
            return false;
        }
        let from_ms = self.next(now_ms);
        let revision = self.revision;
        for wall in self.walls.values_mut().filter(|wall| is_replayed(wall)) {
            wall.show = WallShow { revision, from_ms, replay: None, ..wall.show.clone() };
        }
        for wall in self.walls.values_mut().filter(|wall| is_over(wall)) {
            let lost = wall.hold.take().and(wall.show.holder.take());
            wall.lost_at = lost.is_some().then_some(now);
            wall.show = WallShow { revision, from_ms, lost, ..WallShow::default() };
        }
        true
    }

    fn next(&mut self, now_ms: i64) -> i64 {
        self.revision += 1;
        now_ms + LEAD_MS
    }
}

impl Wall {
    fn is_held_by(&self, director: &str) -> bool {
        self.hold.as_ref().is_some_and(|hold| &*hold.director == director)
    }
}

#[cfg(test)]
mod tests {
    use domain::screen::{ReplayWish, Spotlight};

    use super::*;

    const LEASE: Duration = Duration::from_secs(LEASE_SECS);

    fn walls() -> Vec<String> {
        vec!["w1".into(), "w2".into()]
    }

    fn take(stage: &mut Stage, who: &str, over: bool, now: Instant) -> Result<(), Problem> {
        stage.take((&who.into(), &format!("Tablet {who}").into()), &walls(), over, now, 1_000)
    }

    fn scene(stage: &mut Stage, who: &str, now: Instant) -> Result<(), Problem> {
        stage.drive(who, &walls(), &Order::Scene(Some("overdue".into())), None, now, 1_000)
    }

    #[track_caller]
    fn check(stage: &Stage, scene: Option<&str>, holder: Option<&str>, lost: Option<&str>) {
        for wall in walls() {
            let show = stage.show(&wall);
            assert_eq!(
                (show.scene.as_deref(), show.holder.as_deref(), show.lost.as_deref()),
                (scene, holder, lost)
            );
        }
        assert_eq!(stage.show("w1"), stage.show("w2"), "one order, one revision, one instant");
    }

    #[test]
    fn walls_change_together_at_an_instant_that_lies_ahead() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        scene(&mut stage, "a", now).unwrap();
        check(&stage, Some("overdue"), Some("Tablet a"), None);
        assert_eq!((stage.show("w1").from_ms, stage.show("w1").revision), (1_000 + LEAD_MS, 2));
        stage.release("a", &walls(), 1_000);
        check(&stage, None, None, None);
    }

    #[test]
    fn numbers_stand_still_at_one_instant_on_all_walls_until_they_go_on() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        for (frozen, at) in [(true, Some("t1")), (false, None)] {
            stage.drive("a", &walls(), &Order::Frozen(frozen), Some("t1"), now, 1_000).unwrap();
            check(&stage, None, Some("Tablet a"), None);
            assert_eq!((stage.show("w1").frozen, stage.show("w1").frozen_at.as_deref()), (frozen, at));
        }
    }

    #[test]
    fn a_past_hour_begins_on_all_walls_together_and_ends_by_itself() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        let replay = |stage: &mut Stage, wish: Option<ReplayWish>| {
            stage.drive("a", &walls(), &Order::Replay(wish), Some("h1"), now, 1_000).unwrap();
        };
        let wish = ReplayWish { from: "h1".into(), takes_secs: 65 };
        let district = Order::Spotlight(Some(Spotlight::District("3".into())));
        stage.drive("a", &walls(), &district, None, now, 1_000).unwrap();
        replay(&mut stage, Some(wish.clone()));
        check(&stage, None, Some("Tablet a"), None);
        let shown = Replay { from: "h1".into(), begin_ms: 1_000 + LEAD_MS, step_ms: 5_000 };
        assert_eq!((stage.show("w1").replay, stage.show("w1").spotlight), (Some(shown), None));
        replay(&mut stage, None);
        assert_eq!(stage.show("w1").replay, None);

        // What is of now ends it.
        for order in [district, Order::Frozen(true)] {
            replay(&mut stage, Some(wish.clone()));
            stage.drive("a", &walls(), &order, Some("t"), now, 1_000).unwrap();
            assert_eq!(stage.show("w1").replay, None, "{order:?}");
        }
        replay(&mut stage, Some(wish));
        let over_ms = 1_000 + LEAD_MS + 65_000;
        assert!(!stage.sweep(now, over_ms - 1), "the last step stands");
        assert!(stage.sweep(now, over_ms));
        check(&stage, None, Some("Tablet a"), None);
        assert_eq!(stage.show("w2").replay, None);
    }

    #[test]
    fn who_does_not_hold_directs_nothing() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        assert_eq!(scene(&mut stage, "a", now).unwrap_err().slug(), "not-held");
        take(&mut stage, "a", false, now).unwrap();
        assert_eq!(scene(&mut stage, "b", now).unwrap_err().slug(), "not-held");
        stage.release("b", &walls(), 1_000);
        check(&stage, None, Some("Tablet a"), None);
    }

    #[test]
    fn a_second_tablet_must_say_that_it_takes_over() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        scene(&mut stage, "a", now).unwrap();
        assert_eq!(take(&mut stage, "b", false, now).unwrap_err().slug(), "held");
        take(&mut stage, "b", true, now).unwrap();
        check(&stage, Some("overdue"), Some("Tablet b"), None);
        assert_eq!(scene(&mut stage, "a", now).unwrap_err().slug(), "not-held");
    }

    #[test]
    fn a_tablet_that_is_gone_directs_nothing_and_the_wall_says_so_for_a_minute() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        scene(&mut stage, "a", now).unwrap();
        stage.renew("a", now + LEASE / 2);
        assert!(!stage.sweep(now + LEASE, 2_000), "it was renewed");
        let gone = now + LEASE / 2 + LEASE;
        assert_eq!(scene(&mut stage, "a", gone).unwrap_err().slug(), "not-held");
        stage.renew("a", gone);
        assert!(stage.sweep(gone, 2_000));
        check(&stage, None, None, Some("Tablet a"));
        assert!(!stage.sweep(gone + LOST_IS_SAID / 2, 3_000));
        assert!(stage.sweep(gone + LOST_IS_SAID, 4_000));
        check(&stage, None, None, None);
        take(&mut stage, "b", false, gone).unwrap();
    }

    #[test]
    fn a_tablet_that_was_put_out_loses_what_it_held() {
        let (mut stage, now) = (Stage::default(), Instant::now());
        take(&mut stage, "a", false, now).unwrap();
        stage.forget("a");
        assert!(stage.sweep(now + Duration::from_secs(1), 2_000));
        check(&stage, None, None, Some("Tablet a"));
    }
}
