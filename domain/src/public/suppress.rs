//! Which groups of a table may be told, so that nobody is found in a small one: neither by reading its number
//! nor by taking all others from the whole (2686/QĐ-UBND, 4874/QĐ-UBND Điều 8.2).
//!
//! Holds for a table of one split beside its total. Whoever publishes two splits of the same cases crossed
//! with each other, or periods that add up, must not use this alone.

/// A group of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// How many cases.
    pub size: i64,
    /// What is told of them besides.
    pub figures: Vec<i64>,
    /// Whether even a part of it tells of a person: then each figure counts as a group of its own.
    pub is_sensitive: bool,
}

/// What may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// For each group, whether its numbers are told.
    Groups(Vec<bool>),
    /// No group, nor which groups there are: what is left out could be reckoned from the total.
    Nothing,
}

/// Decides. An empty group says nothing of anybody and is always told.
#[must_use]
pub fn decide(groups: &[Group], min: i64) -> Told {
    let mut told: Vec<bool> = groups.iter().map(|group| !group.is_small(min)).collect();
    while !is_safe(groups, &told, min) {
        // The smallest that is told goes too: the sum of those left out then says less of each.
        let next = (0..groups.len()).filter(|place| told[*place] && groups[*place].size > 0);
        match next.min_by_key(|place| groups[*place].size) {
            Some(place) => told[place] = false,
            None => return Told::Nothing,
        }
    }
    Told::Groups(told)
}

impl Group {
    fn is_small(&self, min: i64) -> bool {
        let is_small = |number: i64| 0 < number && number < min;
        is_small(self.size) || self.is_sensitive && self.figures.iter().any(|figure| is_small(*figure))
    }
}

/// Whether the total minus what is told says nothing of one small group.
fn is_safe(groups: &[Group], told: &[bool], min: i64) -> bool {
    let hidden: Vec<&Group> =
        groups.iter().zip(told).filter(|(_, told)| !**told).map(|(group, _)| group).collect();
    if hidden.is_empty() {
        return true;
    }
    let size: i64 = hidden.iter().map(|group| group.size).sum();
    let columns = hidden.iter().map(|group| group.figures.len()).max().unwrap_or_default();
    let is_sensitive = hidden.iter().any(|group| group.is_sensitive);
    let is_large = |column: usize| {
        let sum: i64 = hidden.iter().filter_map(|group| group.figures.get(column)).sum();
        sum == 0 || sum >= min
    };
    hidden.len() > 1 && size >= min && (!is_sensitive || (0..columns).all(is_large))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(size: i64) -> Group {
        Group { size, ..Group::default() }
    }

    fn sensitive(size: i64, figures: &[i64]) -> Group {
        Group { size, figures: figures.to_vec(), is_sensitive: true }
    }

    /// `#` is told, `.` is not; nothing at all is the empty text.
    #[track_caller]
    fn check(groups: &[Group], want: &str) {
        let told = match decide(groups, 5) {
            Told::Nothing => String::new(),
            Told::Groups(told) => told.iter().map(|told| if *told { '#' } else { '.' }).collect(),
        };
        assert_eq!(told, want, "{groups:?}");
    }

    #[test]
    fn large_groups_and_empty_ones_are_told() {
        check(&[group(5), group(0), group(900)], "###");
        check(&[], "");
    }

    #[test]
    fn a_small_group_takes_the_next_smallest_with_it() {
        check(&[group(40), group(3), group(9), group(0)], "#..#");
    }

    #[test]
    fn small_groups_that_hide_each_other_take_nobody_else() {
        check(&[group(40), group(3), group(2)], "#..");
        check(&[group(40), group(1), group(1)], "...");
        check(&[group(40), group(1), group(1), group(50)], "...#");
    }

    #[test]
    fn where_the_whole_would_tell_it_nothing_is_told() {
        check(&[group(3)], "");
        check(&[group(1), group(2)], "");
        check(&[group(3), group(0)], "");
    }

    #[test]
    fn each_figure_of_a_sensitive_group_is_a_group_of_its_own() {
        check(&[sensitive(50, &[50, 0, 1]), group(60)], "");
        check(&[sensitive(50, &[50, 0, 5]), group(60)], "##");
        let ordinary = Group { size: 60, figures: vec![54, 2, 4], is_sensitive: false };
        check(&[sensitive(50, &[50, 0, 1]), ordinary.clone()], "");
        let other = Group { size: 70, figures: vec![60, 3, 9], is_sensitive: false };
        check(&[sensitive(50, &[50, 0, 1]), ordinary, other], "...");
    }

    /// However the numbers lie, what is left out can be reckoned by nobody.
    #[test]
    fn what_is_left_out_is_never_one_group_nor_a_small_sum() {
        for seed in 0_i64..4_096 {
            let groups: Vec<Group> = (0..6).map(|place| group((seed >> (2 * place)) & 3)).collect();
            let groups: Vec<Group> = groups.iter().map(|small| group(small.size * small.size)).collect();
            let Told::Groups(told) = decide(&groups, 5) else { continue };
            let hidden: Vec<i64> =
                groups.iter().zip(&told).filter(|(_, told)| !**told).map(|(group, _)| group.size).collect();
            assert!(hidden.is_empty() || hidden.len() > 1 && hidden.iter().sum::<i64>() >= 5, "{groups:?}");
            let is_safe = |(group, told): (&Group, &bool)| !told || group.size == 0 || group.size >= 5;
            assert!(groups.iter().zip(&told).all(is_safe), "{groups:?}");
        }
    }
}
