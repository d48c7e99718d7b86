//! Which criteria people were asked when: the questionnaire's versions are the stretches between the
//! days on which a criterion begins or ends.

use std::collections::BTreeSet;

use domain::dimension::Dimension;
use domain::lists::{Criterion, Lists};
use domain::query::Query;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::view::View;

/// The criteria of a question.
pub(super) struct Questionnaire {
    /// Where another version begins, ascending: the first day of each but the first.
    edges: Vec<Date>,
    /// For each criterion asked about, by its code at the level asked for: whether each version has it.
    criteria: Vec<(String, Vec<bool>)>,
    /// Whether the question is about single criteria at all.
    is_asked: bool,
    /// Whether one criterion more than the list has is asked about.
    is_open: bool,
}

impl Questionnaire {
    pub(super) fn new(view: &View<'_>, query: &Query) -> Self {
        let city = view.state().city();
        let lists = &city.lists;
        let edges = edges(lists);
        let key = query.group_by.iter().find(|key| key.dimension == Dimension::Criterion);
        let filter = query.filter.get(&Dimension::Criterion);
        let tree = city.catalogue.tree(Dimension::Criterion);
        let is_under = |code: &str, asked: &String| match (tree, asked.strip_prefix('=')) {
            (_, Some(exact)) => code == exact,
            (Some(tree), None) => tree.is_under(code, asked),
            (None, None) => code == asked,
        };
        let is_filtered_in =
            |code: &str| filter.is_none_or(|codes| codes.iter().any(|asked| is_under(code, asked)));
        let listed = |code: &String| lists.criteria.iter().any(|criterion| criterion.code == *code);
        let is_open = lists.criteria.is_empty() || filter.is_some_and(|codes| !codes.iter().all(listed));
        let versions = versions(&edges);
        let mut criteria: Vec<(String, Vec<bool>)> = Vec::new();
        for criterion in lists.criteria.iter().filter(|criterion| is_filtered_in(&criterion.code)) {
            let shown = match (key.and_then(|key| key.level), tree) {
                (Some(level), Some(tree)) => tree.at_level(&criterion.code, usize::from(level)),
                _ => criterion.code.clone(),
            };
            let asked = versions.iter().map(|day| is_asked_on(lists, criterion, *day));
            match criteria.iter_mut().find(|(code, _)| *code == shown) {
                Some((_, held)) => held.iter_mut().zip(asked).for_each(|(held, asked)| *held |= asked),
                None => criteria.push((shown, asked.collect())),
            }
        }
        Self { edges, criteria, is_asked: super::is_by_criterion(query), is_open }
    }

    /// How many versions there are.
    pub(super) fn versions(&self) -> usize {
        self.edges.len() + 1
    }

    /// The version of a day.
    pub(super) fn version(&self, day: Date) -> usize {
        self.edges.partition_point(|edge| *edge <= day)
    }

    /// The criteria asked about, at the level asked for.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.criteria.iter().map(|(code, _)| code.as_str())
    }

    /// Whether a version asks a criterion; without one, whether it asks any that the question is about.
    /// What the list does not know was asked by whoever sent it.
    pub(super) fn asks(&self, version: usize, criterion: Option<&str>) -> bool {
        let holds = |(_, versions): &(String, Vec<bool>)| versions.get(version).copied().unwrap_or(false);
        match criterion {
            _ if !self.is_asked => true,
            None => self.is_open || self.criteria.iter().any(holds),
            Some(code) => self.criteria.iter().find(|(held, _)| held == code).is_none_or(holds),
        }
    }
}

fn edges(lists: &Lists) -> Vec<Date> {
    let begins = lists.criteria.iter().filter_map(|criterion| criterion.valid_from);
    let ends = lists.criteria.iter().filter_map(|criterion| criterion.valid_to);
    let after = ends.filter_map(|day| day.checked_add(1.day()).ok());
    begins.chain(after).collect::<BTreeSet<Date>>().into_iter().collect()
}

/// A day of each version.
fn versions(edges: &[Date]) -> Vec<Date> {
    let before = edges.first().and_then(|edge| edge.checked_sub(1.day()).ok()).unwrap_or(Date::ZERO);
    std::iter::once(before).chain(edges.iter().copied()).collect()
}

fn is_asked_on(lists: &Lists, criterion: &Criterion, day: Date) -> bool {
    lists.criteria_on(day).any(|asked| asked.code == criterion.code)
}
