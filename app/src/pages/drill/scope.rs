//! What a page of the drill-down is about, read from its address: the whole city, an agency, a
//! field, a place; and the ways in which its cases can be split further.

use domain::city::Catalogue;
use domain::dimension::Dimension;
use jiff::civil::Date;

use crate::address;
use crate::ask::{Ask, alone, escape};
use crate::components::{Crumb, Params};
use crate::functions::Boot;
use crate::text::{Lang, date, words};

/// What a page is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    #[default]
    City,
    Agency(String),
    AgencyField(String, String),
    Field(String),
    Channel(String),
    District(String),
    DistrictWard(String, String),
    Ward(String),
}

/// How the cases of a page are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Agency,
    Unit,
    Place,
    Ward,
    Field,
    FieldLeaf,
    Channel,
    Cell,
    Day,
}

/// The resolution of the hexagons that a ward is split into: about 0.1 km².
const CELL_RES: u8 = 9;

impl Scope {
    /// `None` for an address that is not of the drill-down.
    pub(super) fn from_path(path: &str) -> Option<Self> {
        let parts = address::segments(path);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(match parts.as_slice() {
            [] => Self::City,
            ["agency", code] => Self::Agency((*code).to_owned()),
            ["agency", code, "field", field] => Self::AgencyField((*code).to_owned(), (*field).to_owned()),
            ["field", code] => Self::Field((*code).to_owned()),
            ["channel", code] => Self::Channel((*code).to_owned()),
            ["district", code] => Self::District((*code).to_owned()),
            ["district", code, "ward", ward] => Self::DistrictWard((*code).to_owned(), (*ward).to_owned()),
            ["ward", code] => Self::Ward((*code).to_owned()),
            _ => return None,
        })
    }

    /// Its codes, from the city down.
    pub(super) fn codes(&self) -> Vec<(Dimension, &str)> {
        match self {
            Self::City => Vec::new(),
            Self::Agency(code) => vec![(Dimension::Agency, code)],
            Self::AgencyField(code, field) => vec![(Dimension::Agency, code), (Dimension::Field, field)],
            Self::Field(code) => vec![(Dimension::Field, code)],
            Self::Channel(code) => vec![(Dimension::Channel, code)],
            Self::District(code) => vec![(Dimension::District, code)],
            Self::DistrictWard(code, ward) => vec![(Dimension::District, code), (Dimension::Ward, ward)],
            Self::Ward(code) => vec![(Dimension::Ward, code)],
        }
    }

    /// The parameters that select it.
    pub(super) fn params(&self) -> Params {
        self.codes()
            .into_iter()
            .map(|(dimension, code)| (dimension.name().to_owned(), escape(code)))
            .collect()
    }

    /// A question about it alone.
    pub(super) fn narrow(&self, ask: Ask) -> Ask {
        ask.narrowed(&self.params())
    }

    /// Whether the city's catalogue has each of its codes.
    pub(super) fn is_known(&self, boot: &Boot) -> bool {
        self.codes().into_iter().all(|(dimension, code)| {
            boot.city.catalogue.tree(dimension).is_some_and(|tree| tree.entries.contains_key(code))
        })
    }

    /// Its address.
    pub(super) fn href(&self) -> String {
        match self {
            Self::City => "/".to_owned(),
            Self::Agency(code) => address::agency(code),
            Self::AgencyField(code, field) => address::agency_field(code, field),
            Self::Field(code) => address::field(code),
            Self::Channel(code) => address::channel(code),
            Self::District(code) => address::district(code),
            Self::DistrictWard(code, ward) => address::district_ward(code, ward),
            Self::Ward(code) => address::ward(code),
        }
    }

    /// What people read for it; `None` for the city.
    pub(super) fn name(&self, lang: Lang, boot: &Boot) -> Option<String> {
        let (dimension, code) = self.codes().pop()?;
        Some(lang.of(&boot.city.catalogue.label(dimension, code)))
    }

    /// The way to it. Units and fields above its own stand in the way too.
    pub(super) fn crumbs(&self, lang: Lang, boot: &Boot) -> Vec<Crumb> {
        let catalogue = &boot.city.catalogue;
        let mut crumbs = vec![Crumb { name: words::CITY.to(lang).to_owned(), href: "/".to_owned() }];
        let mut agency = None;
        for (dimension, code) in self.codes() {
            let path =
                catalogue.tree(dimension).map_or_else(|| vec![code.to_owned()], |tree| tree.path(code));
            for step in path {
                let href = match (dimension, agency, self) {
                    (Dimension::Field, Some(agency), _) => address::agency_field(agency, &step),
                    (Dimension::Field, None, _) => address::field(&step),
                    (Dimension::Ward, _, Self::DistrictWard(district, _)) => {
                        address::district_ward(district, &step)
                    }
                    (Dimension::Ward, _, _) => address::ward(&step),
                    (Dimension::District, _, _) => address::district(&step),
                    (Dimension::Channel, _, _) => address::channel(&step),
                    _ => address::agency(&step),
                };
                crumbs.push(Crumb { name: lang.of(&catalogue.label(dimension, &step)), href });
            }
            if dimension == Dimension::Agency {
                agency = Some(code);
            }
        }
        crumbs
    }

    /// The ways to split it, the first one first shown. Where a way is by place, [`By::Place`] stands
    /// for whichever kind of place the city has.
    pub(super) const fn ways(&self) -> &'static [By] {
        match self {
            Self::City => &[By::Agency, By::Place, By::Field, By::Channel, By::Day],
            Self::Agency(_) => &[By::Field, By::Unit, By::Place, By::Channel, By::Day],
            Self::AgencyField(..) => &[By::FieldLeaf, By::Place, By::Channel, By::Day],
            Self::Field(_) => &[By::Agency, By::FieldLeaf, By::Place, By::Channel, By::Day],
            Self::Channel(_) => &[By::Agency, By::Field, By::Place, By::Day],
            Self::District(_) => &[By::Ward, By::Agency, By::Field, By::Channel, By::Day],
            Self::DistrictWard(..) | Self::Ward(_) => {
                &[By::Cell, By::Agency, By::Field, By::Channel, By::Day]
            }
        }
    }

    /// The ways that this city has at this time, and the one that is asked for.
    pub(super) fn ways_in(&self, boot: &Boot, here: By) -> Vec<By> {
        let has_districts = has_districts(&boot.city.catalogue, date::day(&boot.beat.at));
        let place = if has_districts { By::Place } else { By::Ward };
        let mut ways: Vec<By> =
            self.ways().iter().map(|way| if *way == By::Place { place } else { *way }).collect();
        if !ways.contains(&here) {
            let after = ways.iter().position(|way| *way == place).map_or(ways.len(), |at| at + 1);
            ways.insert(after, here);
        }
        ways
    }

    /// Whether its cases can be split so.
    fn has_way(&self, by: By) -> bool {
        let ways = self.ways();
        // A city may have districts, wards or both; who asks for either gets it.
        ways.contains(&by) || (by == By::Ward && ways.contains(&By::Place))
    }

    /// Whether its cases are listed on its own page: there is nothing further down.
    pub(super) const fn is_deepest(&self) -> bool {
        matches!(self, Self::AgencyField(..) | Self::DistrictWard(..) | Self::Ward(_))
    }

    /// The row of a table that a code belongs to: the code one level below what the page is about.
    /// What is coded at the page's own code is a row of its own.
    pub(super) fn row(&self, by: By, catalogue: &Catalogue, code: &str) -> String {
        let below = by.dimension().filter(|_| by.is_below()).and_then(|dimension| {
            let tree = catalogue.tree(dimension)?;
            let own = self.code_in(dimension)?;
            Some(tree.at_level(code, tree.path(own).len() + 1))
        });
        below.unwrap_or_else(|| code.to_owned())
    }

    /// Whether a row is the page's own code: cases that say no finer one.
    pub(super) fn is_own(&self, by: By, code: &str) -> bool {
        by.is_below() && by.dimension().and_then(|dimension| self.code_in(dimension)) == Some(code)
    }

    /// The parameters that select a row's cases, neither more nor fewer. An empty code selects the
    /// cases that have none.
    pub(super) fn narrowed(&self, by: By, code: &str) -> Params {
        let mut params = self.params();
        if by == By::Cell && code.is_empty() {
            params.push(("no_position".to_owned(), "true".to_owned()));
        } else if let Some(key) = by.parameter() {
            params.retain(|(other, _)| other != key);
            let value = if self.is_own(by, code) { alone(code) } else { escape(code) };
            params.push((key.to_owned(), value));
        }
        params
    }

    /// Where a row of a table leads.
    pub(super) fn down(&self, by: By, code: &str) -> Option<String> {
        if code.is_empty() || self.is_own(by, code) {
            return by.parameter().map(|_| address::cases(&self.narrowed(by, code)));
        }
        match (self, by) {
            (_, By::Day) => None,
            (_, By::Cell) => Some(address::cell(code, &self.params())),
            (Self::City, By::Agency) | (Self::Agency(_), By::Unit) => Some(address::agency(code)),
            (Self::City, By::Place) => Some(address::district(code)),
            (Self::City, By::Ward) => Some(address::ward(code)),
            (Self::City, By::Field) | (Self::Field(_), By::FieldLeaf) => Some(address::field(code)),
            (Self::City, By::Channel) => Some(address::channel(code)),
            (Self::Agency(agency), By::Field) | (Self::AgencyField(agency, _), By::FieldLeaf) => {
                Some(address::agency_field(agency, code))
            }
            (Self::Field(field), By::Agency) => Some(address::agency_field(code, field)),
            (Self::District(district), By::Ward) => Some(address::district_ward(district, code)),
            _ => Some(address::cases(&self.narrowed(by, code))),
        }
    }

    fn code_in(&self, dimension: Dimension) -> Option<&str> {
        self.codes().into_iter().find(|(own, _)| *own == dimension).map(|(_, code)| code)
    }
}

/// Whether the city has districts on a day. A city without a list of districts takes what its sources
/// send, unless it has a list of wards.
pub(crate) fn has_districts(catalogue: &Catalogue, day: Option<Date>) -> bool {
    let Some(tree) = catalogue.tree(Dimension::District).filter(|tree| !tree.entries.is_empty()) else {
        return catalogue.tree(Dimension::Ward).is_none_or(|wards| wards.entries.is_empty());
    };
    let ended = |last: &str| match (last.parse::<Date>(), day) {
        (Ok(last), Some(day)) => last < day,
        _ => false,
    };
    tree.open || tree.entries.values().any(|entry| !entry.valid_to.as_deref().is_some_and(ended))
}

impl By {
    const ALL: [Self; 9] = [
        Self::Agency,
        Self::Unit,
        Self::Place,
        Self::Ward,
        Self::Field,
        Self::FieldLeaf,
        Self::Channel,
        Self::Cell,
        Self::Day,
    ];

    /// Its word in an address.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Unit => "unit",
            Self::Place => "district",
            Self::Ward => "ward",
            Self::Field => "field",
            Self::FieldLeaf => "subfield",
            Self::Channel => "channel",
            Self::Cell => "cell",
            Self::Day => "day",
        }
    }

    /// What an address asks for, where the page can be split so; else the page's first way.
    pub(super) fn asked(scope: &Scope, search: &str) -> Self {
        let slug = address::value(&address::pairs(search), "by");
        let asked = Self::ALL.into_iter().find(|by| slug.as_deref() == Some(by.slug()) && scope.has_way(*by));
        asked.or_else(|| scope.ways().first().copied()).unwrap_or(Self::Agency)
    }

    /// The dimension of its rows.
    pub(super) const fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Agency | Self::Unit => Some(Dimension::Agency),
            Self::Place => Some(Dimension::District),
            Self::Ward => Some(Dimension::Ward),
            Self::Field | Self::FieldLeaf => Some(Dimension::Field),
            Self::Channel => Some(Dimension::Channel),
            Self::Cell | Self::Day => None,
        }
    }

    /// The parameter that selects one of its rows.
    pub(super) const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Cell => Some("cell"),
            Self::Day => None,
            _ => match self.dimension() {
                Some(dimension) => Some(dimension.name()),
                None => None,
            },
        }
    }

    /// Whether its rows lie below the page's own code in the same tree.
    const fn is_below(self) -> bool {
        matches!(self, Self::Unit | Self::FieldLeaf)
    }

    /// Splits a question so: at the top of a tree, or, below a code, as it is; [`Scope::row`] then
    /// gathers what lies further down.
    pub(super) fn split(self, ask: Ask) -> Ask {
        match self {
            Self::Agency | Self::Day => ask.by("agency:1"),
            Self::Unit => ask.by("agency"),
            Self::Place => ask.by("district:1"),
            Self::Ward => ask.by("ward:1"),
            Self::Field => ask.by("field:1"),
            Self::FieldLeaf => ask.by("field"),
            Self::Channel => ask.by("channel:1"),
            Self::Cell => ask.hexagons(CELL_RES),
        }
    }

    /// The tab: the city's own word where it has one.
    pub(super) fn tab(self, lang: Lang, boot: &Boot) -> String {
        let say = match self {
            Self::Agency => words::AGENCIES,
            Self::Unit => words::SUBUNITS,
            Self::FieldLeaf => words::SUBFIELDS,
            Self::Day => words::TIME,
            Self::Cell => words::CELLS,
            Self::Place | Self::Ward | Self::Field | Self::Channel => return self.heading(lang, boot),
        };
        say.to(lang).to_owned()
    }

    /// The heading of the first column: the city's own word where it has one.
    pub(super) fn heading(self, lang: Lang, boot: &Boot) -> String {
        let say = match self {
            Self::Agency | Self::Unit => words::HOLDER,
            Self::Place => words::DISTRICT,
            Self::Ward => words::WARD,
            Self::Field | Self::FieldLeaf => words::FIELD,
            Self::Channel => words::CHANNEL,
            Self::Cell => words::CELL,
            Self::Day => words::DAY,
        };
        let own = self
            .dimension()
            .filter(|dimension| *dimension != Dimension::Agency)
            .and_then(|dimension| boot.city.words.get(dimension.name()));
        own.map_or_else(|| say.to(lang).to_owned(), |label| lang.of(label))
    }
}

#[cfg(test)]
mod tests {
    use domain::city::{Entry, Tree};

    use super::*;

    #[track_caller]
    fn check(scope: &Scope) {
        let href = scope.href();
        assert_eq!(Scope::from_path(&href).as_ref(), Some(scope), "{href}");
    }

    #[test]
    fn every_level_is_an_address_that_reads_back() {
        let odd = "Mayor's 24 Hour Hotline/\"Notification\" 50%, etc.";
        check(&Scope::City);
        check(&Scope::Agency(odd.into()));
        check(&Scope::AgencyField("PWDx".into(), odd.into()));
        check(&Scope::District("Allston / Brighton".into()));
        check(&Scope::DistrictWard("Allston / Brighton".into(), "21".into()));
        check(&Scope::Ward("25747".into()));
        assert_eq!(Scope::from_path("/case/101"), None);
    }

    #[test]
    fn the_way_down_ends_at_the_cases() {
        let city = Scope::City;
        assert_eq!(city.down(By::Agency, "PWDx").as_deref(), Some("/agency/PWDx"));
        let agency = Scope::Agency("PWDx".into());
        assert_eq!(agency.down(By::Unit, "PWDx").as_deref(), Some("/cases?agency=%3DPWDx"));
        assert_eq!(agency.down(By::Field, "a/b").as_deref(), Some("/agency/PWDx/field/a%2Fb"));
        let leaf = Scope::AgencyField("PWDx".into(), "a/b".into());
        assert_eq!(leaf.down(By::FieldLeaf, "a/b").as_deref(), Some("/cases?agency=PWDx&field=%3Da%2Fb"));
        assert_eq!(leaf.down(By::FieldLeaf, "a/b/c").as_deref(), Some("/agency/PWDx/field/a%2Fb%2Fc"));
        assert_eq!(agency.down(By::Field, "").as_deref(), Some("/cases?agency=PWDx&field="));
        let ward = Scope::DistrictWard("Roxbury".into(), "8".into());
        assert_eq!(ward.down(By::Cell, "892a").as_deref(), Some("/cell/892a?district=Roxbury&ward=8"));
        assert_eq!(ward.down(By::Day, "2015-10-01"), None);
    }

    #[test]
    fn a_way_that_a_page_does_not_have_is_its_first() {
        assert_eq!(By::asked(&Scope::City, "by=cell"), By::Agency);
        assert_eq!(By::asked(&Scope::City, "by=ward"), By::Ward);
        assert_eq!(By::asked(&Scope::City, "by=day&lang=en"), By::Day);
    }

    fn tree(entries: &[(&str, Option<&str>, Option<&str>)], separator: Option<&str>) -> Tree {
        let entry = |(code, parent, last): &(&str, Option<&str>, Option<&str>)| {
            let (parent, valid_to) = (parent.map(str::to_owned), last.map(str::to_owned));
            ((*code).to_owned(), Entry { parent, valid_to, ..Entry::default() })
        };
        let entries = entries.iter().map(entry).collect();
        Tree { entries, path_separator: separator.map(str::to_owned), open: false }
    }

    fn catalogue(trees: &[(Dimension, Tree)]) -> Catalogue {
        let trees = trees.iter().map(|(dimension, tree)| (dimension.name().to_owned(), tree.clone()));
        Catalogue { trees: trees.collect() }
    }

    #[test]
    fn a_row_and_its_filter_mean_the_same_cases() {
        let fields = tree(&[("light", None, None), ("light.signal", Some("light"), None)], Some("."));
        let catalogue = catalogue(&[(Dimension::Field, fields)]);
        let light = Scope::Field("light".into());
        let row = |code| light.row(By::FieldLeaf, &catalogue, code);
        assert_eq!(row("light.signal"), "light.signal");
        assert_eq!(row("light.signal.bulb"), "light.signal");
        assert_eq!(row("light"), "light");
        // What lies below has its whole subtree, what is coded at the page's own code itself alone.
        let filter = |code: &str| light.narrowed(By::FieldLeaf, code).pop().map(|(_, value)| value);
        assert_eq!(filter("light.signal").as_deref(), Some("light.signal"));
        assert_eq!(filter("light").as_deref(), Some("=light"));
        assert_eq!(Scope::City.narrowed(By::Field, "light"), [("field".to_owned(), "light".to_owned())]);
    }

    #[test]
    fn districts_that_have_ended_give_way_to_wards() {
        let day = |text: &str| text.parse::<Date>().ok();
        let wards = tree(&[("25747", None, None)], None);
        let ended = tree(&[("760", None, Some("2025-06-30"))], None);
        let both = catalogue(&[(Dimension::District, ended), (Dimension::Ward, wards.clone())]);
        assert!(has_districts(&both, day("2025-06-30")));
        assert!(!has_districts(&both, day("2025-07-01")));
        assert!(!has_districts(&catalogue(&[(Dimension::Ward, wards)]), None));
        assert!(has_districts(&Catalogue::default(), None));
    }
}
