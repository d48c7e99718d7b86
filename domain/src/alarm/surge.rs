//! Whether far more comes in than usual: today's hours beside those of the same weekday in the weeks before.

use super::Limits;

/// Fewer weeks than these say nothing of what is usual.
pub const WEEKS_MIN: usize = 4;

/// A surge that lasts until the last full hour of the day so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// How many came in since the day began.
    pub count: u32,
    /// The most that came in as long in one of the weeks before.
    pub usual_max: u32,
    /// At the end of which hour of the day it began, from 1.
    pub since_hour: usize,
}

/// The surge at the end of `today`, if there is one. `today` holds what came in by each full hour of the day so far,
/// each of `weeks` what came in by the hour on the same weekday; hours beyond its end count nothing.
#[must_use]
pub fn peak(today: &[u32], weeks: &[Vec<u32>], limits: &Limits) -> Option<Peak> {
    if weeks.len() < WEEKS_MIN {
        return None;
    }
    let so_far = |hours: &[u32], until: usize| hours.iter().take(until).sum::<u32>();
    let at = |until: usize| {
        let count = so_far(today, until);
        let usual_max = weeks.iter().map(|week| so_far(week, until)).max().unwrap_or(0);
        let is_unusual = u64::from(count) * 100 >= u64::from(usual_max) * u64::from(limits.surge_percent);
        (is_unusual && count >= u32::from(limits.surge_cases_min)).then_some((count, usual_max))
    };
    let (count, usual_max) = at(today.len())?;
    let calm = (1..today.len()).rev().find(|until| at(*until).is_none()).unwrap_or(0);
    Some(Peak { count, usual_max, since_hour: calm + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { flood_alarms: 10, surge_cases_min: 10, surge_percent: 150 };

    #[track_caller]
    fn check(today: &[u32], week: &[u32], want: Option<(u32, u32, usize)>) {
        let weeks = vec![week.to_vec(); WEEKS_MIN];
        let found = peak(today, &weeks, &LIMITS);
        assert_eq!(found.map(|peak| (peak.count, peak.usual_max, peak.since_hour)), want);
    }

    #[test]
    fn half_as_much_again_as_ever_on_this_weekday_is_a_surge() {
        check(&[14], &[10], None);
        check(&[15], &[10], Some((15, 10, 1)));
        check(&[], &[10], None);
    }

    #[test]
    fn a_few_reports_are_no_surge_however_few_are_usual() {
        check(&[9], &[0], None);
        check(&[10], &[0], Some((10, 0, 1)));
    }

    #[test]
    fn a_surge_began_with_the_first_hour_of_its_last_stretch() {
        check(&[0, 20, 0, 0], &[1, 1, 20, 0], None);
        check(&[0, 20, 20, 20], &[1, 1, 1, 1], Some((60, 4, 2)));
        check(&[20, 0, 20], &[5, 15, 0], Some((40, 20, 3)));
    }

    #[test]
    fn what_is_usual_is_not_known_of_a_few_weeks() {
        assert_eq!(peak(&[500], &vec![vec![1]; WEEKS_MIN - 1], &LIMITS), None);
        assert!(peak(&[500], &vec![vec![1]; WEEKS_MIN], &LIMITS).is_some());
    }

    #[test]
    fn the_highest_of_the_weeks_is_what_is_usual() {
        let mut weeks = vec![vec![1]; WEEKS_MIN];
        weeks.push(vec![100]);
        assert_eq!(peak(&[140], &weeks, &LIMITS), None);
    }
}
