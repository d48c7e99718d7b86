use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use domain::answer::*;
use domain::public::*;
use serde_json::{Value as Json, json, to_value};

use super::*;

fn written() -> Json {
    to_value(document()).unwrap()
}

#[test]
fn the_document_is_openapi_3_1_and_every_reference_in_it_leads_somewhere() {
    let document = written();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let pointer = reference.split('"').next().unwrap().trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn every_operation_has_an_id_of_its_own_and_names_its_errors_as_problems() {
    let document = written();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let is_error = status.starts_with(['4', '5']);
                assert_eq!(
                    response["content"]["application/problem+json"].is_object(),
                    is_error,
                    "{path} {status}"
                );
            }
        }
    }
}

#[test]
fn filters_and_metrics_are_enumerated() {
    let document = written();
    let parameters = document["paths"]["/api/v1/aggregates"]["get"]["parameters"].as_array().unwrap();
    let named = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name);
    for dimension in domain::dimension::Dimension::ALL {
        assert!(named(dimension.name()).is_some(), "{}", dimension.name());
    }
    let metrics = named("metric").unwrap()["schema"]["items"]["enum"].as_array().unwrap();
    assert_eq!(metrics.len(), domain::metric::Metric::ALL.len());
}

/// The members that a shape declares are those that the type writes.
#[track_caller]
fn check_shape(name: &str, sample: &Json) {
    let document = written();
    let shape = &document["components"]["schemas"][name];
    let declared: BTreeSet<&String> = shape["properties"].as_object().unwrap().keys().collect();
    let written: BTreeSet<&String> = sample.as_object().unwrap().keys().collect();
    assert_eq!(declared, written, "{name}");
}

#[test]
fn shapes_are_those_of_the_types() {
    check_shape("Table", &to_value(Table::default()).unwrap());
    check_shape("Hexagons", &to_value(Hexagons::default()).unwrap());
    check_shape("CasePage", &to_value(CasePage::default()).unwrap());
    check_shape("CaseRow", &to_value(CaseRow::default()).unwrap());
    check_shape("Satisfaction", &to_value(Satisfaction::default()).unwrap());
    check_shape("Stage", &to_value(StageView::default()).unwrap());
    check_shape("Clock", &to_value(ClockView::default()).unwrap());
    check_shape("Escalation", &to_value(EscalationView::default()).unwrap());
    check_shape("Alarm", &to_value(AlarmView::default()).unwrap());
    check_shape("Alarms", &to_value(AlarmPage::default()).unwrap());
    check_shape("Shift", &to_value(ShiftPage::default()).unwrap());
    check_shape("Duty", &to_value(DutyView::default()).unwrap());
    check_shape("UnitDesk", &to_value(UnitDesk::default()).unwrap());
    check_shape("Contact", &to_value(ContactView::default()).unwrap());
    check_shape("OfficeDesk", &to_value(OfficeDesk::default()).unwrap());
    check_shape("CentreDesk", &to_value(CentreDesk::default()).unwrap());
    check_shape("PublicTotals", &to_value(PublicTotals::default()).unwrap());
    check_shape("PublicDossiers", &to_value(PublicDossiers::default()).unwrap());
    check_shape("PublicSatisfaction", &to_value(PublicSatisfaction::default()).unwrap());
    check_shape("PublicLobby", &to_value(PublicLobby::default()).unwrap());
    check_shape("PublicHexagons", &to_value(PublicHexagons::default()).unwrap());
    check_shape("PublicCase", &to_value(PublicCase::default()).unwrap());
    check_shape("Directive", &to_value(DirectiveView::default()).unwrap());
    check_shape("Directives", &to_value(DirectivePage::default()).unwrap());
    check_shape("Commitment", &to_value(CommitmentView::default()).unwrap());
    let receipt = Receipt { ranked_case: Some(String::new()), ..Receipt::default() };
    let receipt = crate::http::checkpoint::WithCheckpoint { receipt: &receipt, checkpoint: None };
    check_shape("Receipt", &to_value(receipt).unwrap());
    check_shape("Label", &to_value(domain::city::Label::default()).unwrap());
    let problem = domain::problem::Problem::new("x", 400, "", "").at("x");
    check_shape("Problem", &to_value(problem).unwrap());
    let outcome = json!({ "accepted": 0, "duplicates": 0, "rejected": [], "seq": "" });
    check_shape("Outcome", &outcome);
    let registry = engine::Registry::standard();
    check_shape("Metric", &to_value(&registry.views()[0]).unwrap());
}

#[test]
fn every_kind_of_problem_that_the_sources_name_is_listed() {
    let listed: BTreeSet<&str> = problems::all().iter().map(|(slug, ..)| *slug).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    // What pages say among themselves is no part of the contract.
    for folder in ["src", "../domain/src", "../engine/src"] {
        find_slugs(&root.join(folder), &mut found);
    }
    assert!(found.len() > 20, "{found:?}");
    let missing: Vec<&String> = found.iter().filter(|slug| !listed.contains(slug.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The literals after `Problem::new(`, those in tests left out.
fn find_slugs(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_slugs(&path, found);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let product = text.split("#[cfg(test)]").next().unwrap();
        for call in product.split("Problem::new(").skip(1) {
            let Some(literal) = call.trim_start().strip_prefix('"') else { continue };
            found.insert(literal.split('"').next().unwrap().to_owned());
        }
    }
}
