//! The units that stood where the wards of today stand, by the lists of places: before the wards of
//! today sources name the wards of then.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::place::{Level, Places};

use super::chance::Chance;
use super::model::Code;

/// The wards of the times before today's.
#[derive(Debug, Default)]
pub(super) struct Former {
    /// Oldest first; each holds until the next begins.
    epochs: Vec<Epoch>,
}

#[derive(Debug)]
struct Epoch {
    from: Timestamp,
    /// By the ward of today, those that became it or mostly did.
    by_ward: BTreeMap<String, Vec<Code>>,
    all: Vec<Code>,
}

impl Former {
    pub(super) fn of(places: &Places) -> Self {
        let epochs = places.epochs().map(|(epoch, units)| {
            let mut former = Epoch { from: epoch.from, by_ward: BTreeMap::new(), all: Vec::new() };
            for code in units.iter().filter(|(_, unit)| unit.level == Level::Ward).map(|(code, _)| code) {
                let Some(ward) = places.resolve(code, epoch.from, None).and_then(|found| found.ward) else {
                    continue;
                };
                let code = Code::from(code.as_str());
                former.by_ward.entry(ward.to_owned()).or_default().push(code.clone());
                former.all.push(code);
            }
            former
        });
        Self { epochs: epochs.collect() }
    }

    /// A unit of the time `at` in the place of a ward of today. Where the city did not reach so far then,
    /// another of its units is taken if nothing else says where the case lies.
    pub(super) fn draw(
        &self,
        ward: &str,
        at: Timestamp,
        has_point: bool,
        chance: &mut Chance,
    ) -> Option<Code> {
        // The oldest list reaches back without end.
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.from <= at).or(self.epochs.first())?;
        let codes = match epoch.by_ward.get(ward) {
            Some(codes) => codes,
            None if has_point || epoch.all.is_empty() => return None,
            None => &epoch.all,
        };
        codes.get(chance.place(codes.len())).cloned()
    }
}
