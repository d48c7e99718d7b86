//! The questions behind a map, in the words of the live socket and of addresses.

use domain::Timestamp;
use domain::metric::Metric;
use domain::query::Query;
use domain::wire::WireQuery;
use jiff::tz::Offset;

use super::area::AREA_RES;
use super::measure::has_outline;
use crate::address;
use crate::ask::{Ask, escape};
use crate::components::pinned;

/// Before the first case of any city that has sources: the start of "ever".
const EVER: &str = "1990-01-01";

/// The metric of a query: that of open cases where it names none.
#[must_use]
pub(super) fn metric(query: &Query) -> Metric {
    query.metrics.first().copied().unwrap_or(Metric::Open)
}

/// The metric of an answer by its columns: the first one.
#[must_use]
pub(super) fn metric_of(columns: &[String]) -> Option<Metric> {
    columns.iter().find_map(|column| column.parse().ok())
}

/// The question for the hexagons of a resolution: the metric, and the overdue for their outlines.
#[must_use]
pub(super) fn wire(query: &Query, res: u8) -> WireQuery {
    let metric = metric(query);
    let metrics = if has_outline(metric) { vec![metric, Metric::Overdue] } else { vec![metric] };
    Ask::of(&metrics).narrowed(&filter(query)).hexagons(res).query()
}

/// The filters and instants of a query as parameters, each key once.
#[must_use]
pub(super) fn filter(query: &Query) -> Vec<(String, String)> {
    let codes = query.filter.iter().map(|(dimension, codes)| {
        let codes: Vec<String> = codes.iter().map(|code| escape(code)).collect();
        (dimension.name().to_owned(), codes.join(","))
    });
    let instants = [("from", query.from), ("to", query.to), ("at", query.at), ("known_at", query.known_at)];
    let instants = instants.into_iter().filter_map(|(key, at)| Some((key.to_owned(), rfc3339(at?))));
    codes.chain(instants).collect()
}

/// Where a tapped hexagon leads: of a level to the cases that stand so in it, of a movement to the
/// receipt of its number at `at`, which lists the very cases. So does a hexagon of a map that stands at a past
/// instant: lists are of now. `filter` holds the parameters of the map.
#[must_use]
pub fn cell_address(metric: Metric, cell: &str, filter: &[(String, String)], at: &str) -> String {
    let mut params = filter.to_vec();
    let mut add = |key: &str, value: &str| params.push((key.to_owned(), value.to_owned()));
    let is_past = filter.iter().any(|(key, _)| key == "at");
    match metric {
        Metric::Open if !is_past => {}
        Metric::InTime | Metric::DueSoon | Metric::Overdue | Metric::NoDeadline if !is_past => {
            add("timeliness", metric.name());
        }
        _ => {
            add("metric", metric.name());
            add("cell", cell);
            return address::receipt(&pinned(&params, at));
        }
    }
    address::cell(cell, &params)
}

/// The question for the cells that ever had a case, in JSON.
#[must_use]
pub(super) fn area_json() -> String {
    let query = Ask::of(&[Metric::Received]).with("from", EVER).hexagons(AREA_RES).query();
    serde_json::to_string(&query).unwrap_or_default()
}

fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_at(Offset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::dimension::Dimension;

    fn read(wire: &WireQuery) -> Query {
        Query::parse(&wire.to_pairs(), &|text| text.parse().ok()).unwrap()
    }

    #[test]
    fn the_question_holds_every_filter_of_the_query() {
        let mut query = Query::of(Metric::Received)
            .only(Dimension::Agency, "PWDx")
            .only(Dimension::District, "Allston / Brighton")
            .only(Dimension::District, "a, b\\c");
        query.from = Some(Timestamp::from_secs(1_443_672_000));
        let want = Query { res: Some(9), ..query.clone() };
        assert_eq!(read(&wire(&query, 9)), want);
    }

    #[test]
    fn open_cases_are_asked_with_the_overdue_for_their_outlines() {
        assert_eq!(wire(&Query::of(Metric::Open), 8).metric, ["open", "overdue"]);
        assert_eq!(wire(&Query::of(Metric::Received), 8).metric, ["received"]);
        assert_eq!(wire(&Query::default(), 8).metric, ["open", "overdue"]);
    }

    #[test]
    fn the_area_asks_for_all_cases_ever() {
        let wire: WireQuery = serde_json::from_str(&area_json()).unwrap();
        let query = Query::parse(&wire.to_pairs(), &|_| Some(Timestamp::MIN)).unwrap();
        assert_eq!((query.res, query.from), (Some(AREA_RES), Some(Timestamp::MIN)));
    }

    #[test]
    fn a_hexagon_leads_to_the_cases_of_its_number() {
        let filter = [("agency".to_owned(), "PWDx".to_owned())];
        let leads = |metric| cell_address(metric, "882a306639fffff", &filter, "2015-10-05");
        assert_eq!(leads(Metric::Open), "/cell/882a306639fffff?agency=PWDx");
        assert_eq!(leads(Metric::Overdue), "/cell/882a306639fffff?agency=PWDx&timeliness=overdue");
        let receipt = "/receipt?agency=PWDx&metric=received&cell=882a306639fffff&at=2015-10-05";
        assert_eq!(leads(Metric::Received), receipt);
        // At a past instant the list of now is not the answer.
        let past = [("at".to_owned(), "2015-10-01".to_owned())];
        let receipt = "/receipt?at=2015-10-01&metric=open&cell=882a306639fffff";
        assert_eq!(cell_address(Metric::Open, "882a306639fffff", &past, "2015-10-05"), receipt);
        // A level that is no state of the limit has no list of its own.
        assert!(leads(Metric::Unmapped).starts_with("/receipt?"));
    }

    #[test]
    fn an_answer_says_its_metric() {
        let columns =
            |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>();
        assert_eq!(metric_of(&columns(&["cell", "open", "overdue"])), Some(Metric::Open));
        assert_eq!(metric_of(&[]), None);
    }
}
