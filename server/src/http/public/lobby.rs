//! What the screen in a centre's lobby shows: the agency's own lines of what is published anyway, and the queues
//! that everybody in the room sees. No split is made here that the public does not have already, so nothing can be
//! reckoned from this that could not be reckoned before.

use domain::Timestamp;
use domain::answer::CounterView;
use domain::problem::Problem;
use domain::public::{DOSSIER_FIGURES, PublicCounter, PublicDossiers, PublicLobby, PublicRating, Split};

use super::Public;
use crate::http::counters;

/// No more counters are told: a screen has no room for more.
const COUNTERS_MAX: usize = 24;
/// A counter of a higher number is called by a code, and a code may be anything.
const COUNTER_MAX: u16 = 999;

/// What stands where a source tells of the whole centre.
const ALL: &str = "all";
/// What stands for a counter that is called by anything but a number.
const OTHER: &str = "other";

impl Public {
    /// The lobby of a place's centre; `None` where the city has no such place.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(crate) async fn lobby(&self, place: &str) -> Result<Option<PublicLobby>, Problem> {
        let city = self.answers.city();
        let Some(dimension) = city.catalogue.dimension_of_place(place) else { return Ok(None) };
        let unit = city.agency_of_centre(place);
        let dossiers = self.dossiers(Split::Unit, None).await?;
        let satisfaction = self.satisfaction(None).await?;
        let (counters, counters_total) = match unit.clone() {
            Some(unit) => self.counters(unit).await?,
            None => (Vec::new(), 0),
        };
        let label_of = |unit: &String| city.catalogue.label(domain::dimension::Dimension::Agency, unit);
        Ok(Some(PublicLobby {
            seq: dossiers.seq,
            at: dossiers.at.clone(),
            place: place.to_owned(),
            label: city.catalogue.label(dimension, place),
            unit: unit.as_ref().map(label_of),
            counters,
            counters_total,
            dossiers: unit.as_deref().and_then(|unit| line(&dossiers, unit)),
            rating: unit.as_ref().map(|unit| {
                let own = satisfaction.units.iter().find(|rating| rating.key.as_ref() == Some(unit));
                // Whoever has no line where lines are told has no rating; where none are told, nothing is known.
                let nobody = (!satisfaction.is_withheld).then_some(0);
                let missing = PublicRating {
                    key: Some(unit.clone()),
                    label: label_of(unit),
                    ratings: nobody,
                    satisfied_percent: None,
                };
                own.cloned().unwrap_or(missing)
            }),
            month: dossiers.month,
            figures: dossiers.figures,
            small_count_min: dossiers.small_count_min,
            ratings_min: satisfaction.ratings_min,
        }))
    }

    /// The counters of an agency that have said something today, and how many there are.
    async fn counters(&self, unit: String) -> Result<(Vec<PublicCounter>, u64), Problem> {
        let today = self.today()?;
        let zone = self.answers.zone().clone();
        let said = self
            .answers
            .read(move |snapshot| counters::of_unit(snapshot.frozen.state(), Some(&unit)))
            .await?;
        let is_of_today = |counter: &CounterView| {
            let time = counter.time.parse::<Timestamp>().ok();
            time.is_some_and(|time| time.to_jiff().to_zoned(zone.clone()).date() == today)
        };
        let mut told: Vec<(u16, PublicCounter)> = said.into_iter().filter(is_of_today).map(tell).collect();
        told.sort_by(|a, b| (a.0, &a.1.time).cmp(&(b.0, &b.1.time)));
        let total = told.len() as u64;
        told.truncate(COUNTERS_MAX);
        Ok((told.into_iter().map(|(_, counter)| counter).collect(), total))
    }
}

/// The agency's figures; none where they are not told. Who has no line where lines are told has nothing.
fn line(dossiers: &PublicDossiers, unit: &str) -> Option<Vec<i64>> {
    match dossiers.lines.iter().find(|line| line.key.as_deref() == Some(unit)) {
        Some(line) => line.figures.clone(),
        None => (!dossiers.is_withheld).then(|| vec![0; DOSSIER_FIGURES.len()]),
    }
}

/// A counter by its number; what has none comes last.
fn tell(counter: CounterView) -> (u16, PublicCounter) {
    let number = counter.counter.as_deref().and_then(number_of);
    let name = match (&counter.counter, number) {
        (None, _) => ALL.to_owned(),
        (Some(_), Some(number)) => number.to_string(),
        // A source may have written anybody's name.
        (Some(_), None) => OTHER.to_owned(),
    };
    let told = PublicCounter {
        counter: name,
        called: counter.called,
        waiting: counter.waiting,
        serving: counter.serving,
        issued_today: counter.issued_today,
        longest_wait_minutes: counter.oldest_wait_secs.map(|secs| secs.div_ceil(60)),
        time: counter.time,
    };
    (number.unwrap_or(u16::MAX), told)
}

fn number_of(name: &str) -> Option<u16> {
    let is_plain = name.len() <= 3 && name.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| name.parse().ok()).flatten().filter(|number| (1..=COUNTER_MAX).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: Option<&str>, want: &str) {
        let counter = CounterView { counter: name.map(str::to_owned), ..CounterView::default() };
        assert_eq!(tell(counter).1.counter, want, "{name:?}");
    }

    #[test]
    fn a_counter_is_called_by_a_number_and_by_nothing_else() {
        check(None, "all");
        check(Some("7"), "7");
        check(Some("012"), "12");
        for name in ["Nguyễn Văn Kín", "0900000001", "0", "-1", "+1", "1 ", "A1", "١"] {
            check(Some(name), "other");
        }
    }

    #[test]
    fn a_wait_is_told_in_whole_minutes() {
        for (secs, want) in [(None, None), (Some(0), Some(0)), (Some(1), Some(1)), (Some(900), Some(15))] {
            let counter = CounterView { oldest_wait_secs: secs, ..CounterView::default() };
            assert_eq!(tell(counter).1.longest_wait_minutes, want, "{secs:?}");
        }
    }
}
