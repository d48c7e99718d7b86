//! What a page of the drill-down is about, read from its address: the whole city, an agency, a
//! field, a place; and the ways in which its cases can be split further.

use domain::dimension::Dimension;

use crate::address;
use crate::ask::{Ask, escape};
use crate::components::{Crumb, Params};
use crate::functions::Boot;
use crate::text::{Lang, Say, words};

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

    /// The ways to split it, the first one first shown.
    pub(super) const fn ways(&self) -> &'static [By] {
        match self {
            Self::City => &[By::Agency, By::Place, By::Field, By::Channel, By::Day],
            Self::Agency(_) => &[By::Field, By::Unit, By::Place, By::Channel, By::Day],
            Self::AgencyField(..) => &[By::FieldLeaf, By::Place, By::Channel, By::Day],
            Self::Field(_) => &[By::Agency, By::FieldLeaf, By::Place, By::Channel, By::Day],
            Self::Channel(_) => &[By::Agency, By::Field, By::Place, By::Day],
            Self::District(_) => &[By::Ward, By::Agency, By::Field, By::Channel, By::Day],
            Self::DistrictWard(..) => &[By::Cell, By::Agency, By::Field, By::Day],
        }
    }

    /// Whether its cases are listed on its own page: there is nothing further down.
    pub(super) const fn is_deepest(&self) -> bool {
        matches!(self, Self::AgencyField(..) | Self::DistrictWard(..))
    }

    /// Where a row of a table leads.
    pub(super) fn down(&self, by: By, code: &str) -> Option<String> {
        let further = || {
            let mut params = self.params();
            let key = by.parameter()?;
            params.retain(|(other, _)| other != key);
            params.push((key.to_owned(), escape(code)));
            Some(address::cases(&params))
        };
        match (self, by) {
            (_, By::Day) => None,
            (_, By::Cell) => Some(address::cell(code, &self.params())),
            (Self::City, By::Agency) | (Self::Agency(_), By::Unit) if !self.is(code) => {
                Some(address::agency(code))
            }
            (Self::City, By::Place) => Some(address::district(code)),
            (Self::City, By::Field) => Some(address::field(code)),
            (Self::City, By::Channel) => Some(address::channel(code)),
            (Self::Agency(agency), By::Field) => Some(address::agency_field(agency, code)),
            (Self::AgencyField(agency, field), By::FieldLeaf) if field != code => {
                Some(address::agency_field(agency, code))
            }
            (Self::Field(field), By::FieldLeaf) if field != code => Some(address::field(code)),
            (Self::Field(field), By::Agency) => Some(address::agency_field(code, field)),
            (Self::District(district), By::Ward) => Some(address::district_ward(district, code)),
            _ => further(),
        }
    }

    fn is(&self, code: &str) -> bool {
        self.codes().iter().any(|(_, own)| *own == code)
    }
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
        let ways = scope.ways();
        let asked = Self::ALL.into_iter().find(|by| slug.as_deref() == Some(by.slug()) && ways.contains(by));
        asked.or_else(|| ways.first().copied()).unwrap_or(Self::Agency)
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

    /// Splits a question so. Codes nearer the top than the level asked for stay as they are.
    pub(super) fn split(self, ask: Ask) -> Ask {
        match self {
            Self::Agency | Self::Day => ask.by("agency:1"),
            Self::Unit => ask.by("agency:2"),
            Self::Place => ask.by("district"),
            Self::Ward => ask.by("ward"),
            Self::Field => ask.by("field:2"),
            Self::FieldLeaf => ask.by("field"),
            Self::Channel => ask.by("channel"),
            Self::Cell => ask.hexagons(CELL_RES),
        }
    }

    /// The tab.
    pub(super) const fn tab(self) -> Say {
        match self {
            Self::Agency => words::AGENCIES,
            Self::Unit => words::SUBUNITS,
            Self::Place => words::PLACES,
            Self::Ward => words::WARDS,
            Self::Field | Self::FieldLeaf => words::FIELDS,
            Self::Channel => words::CHANNELS,
            Self::Cell => words::CELLS,
            Self::Day => words::TIME,
        }
    }

    /// The heading of the first column.
    pub(super) const fn heading(self) -> Say {
        match self {
            Self::Agency | Self::Unit => words::HOLDER,
            Self::Place => words::DISTRICT,
            Self::Ward => words::WARD,
            Self::Field | Self::FieldLeaf => words::FIELD,
            Self::Channel => words::CHANNEL,
            Self::Cell => words::CELL,
            Self::Day => words::DAY,
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Scope::from_path("/case/101"), None);
    }

    #[test]
    fn the_way_down_ends_at_the_cases() {
        let city = Scope::City;
        assert_eq!(city.down(By::Agency, "PWDx").as_deref(), Some("/agency/PWDx"));
        let agency = Scope::Agency("PWDx".into());
        assert_eq!(agency.down(By::Unit, "PWDx").as_deref(), Some("/cases?agency=PWDx"));
        assert_eq!(agency.down(By::Field, "a/b").as_deref(), Some("/agency/PWDx/field/a%2Fb"));
        let leaf = Scope::AgencyField("PWDx".into(), "a/b".into());
        assert_eq!(leaf.down(By::FieldLeaf, "a/b").as_deref(), Some("/cases?agency=PWDx&field=a%2Fb"));
        let ward = Scope::DistrictWard("Roxbury".into(), "8".into());
        assert_eq!(ward.down(By::Cell, "892a").as_deref(), Some("/cell/892a?district=Roxbury&ward=8"));
        assert_eq!(ward.down(By::Day, "2015-10-01"), None);
    }

    #[test]
    fn a_way_that_a_page_does_not_have_is_its_first() {
        assert_eq!(By::asked(&Scope::City, "by=ward"), By::Agency);
        assert_eq!(By::asked(&Scope::City, "by=day&lang=en"), By::Day);
    }
}
