use reqwest::Method;

use crate::support::Server;

/// The document and the router are made from one table; here the running server is held against it.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_call_is_answered_and_no_other_method_is() {
    let server = Server::with_cases().await;
    let document = server.json("/api/v1/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in paths {
        let path = path.replace("{code}", "A-1").replace("{version}", "0");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let documented = item.get(method.as_str().to_lowercase()).is_some();
            let reply = server.send(method.clone(), &path, |request| request).await;
            let known = ![404, 405].contains(&reply.status.as_u16());
            assert_eq!(known, documented, "{method} {path}: {}", reply.status);
            if !known {
                assert_eq!(reply.problem().1, "method-not-allowed", "{method} {path}");
            }
        }
    }
    for path in [
        "/api/v1/events",
        "/api/v1/events/stream",
        "/api/v1/live",
        "/api/v1/metrics",
        "/api/v1/aggregates",
        "/api/v1/hexagons",
        "/api/v1/cases",
        "/api/v1/cases/{code}",
        "/api/v1/receipt",
        "/api/v1/satisfaction",
        "/api/v1/sources",
        "/api/v1/quality",
        "/api/v1/catalogue/unmapped",
        "/api/v1/directives",
        "/api/v1/alarms",
        "/api/v1/desks/unit",
        "/api/v1/desks/city-office",
        "/api/v1/desks/centre",
        "/api/v1/public/totals",
        "/api/v1/public/dossiers",
        "/api/v1/public/satisfaction",
        "/api/v1/public/lobby",
        "/api/v1/public/hexagons",
        "/api/v1/public/cases/{code}",
        "/api/v1/clock",
        "/api/v1/scenes",
        "/api/v1/scenes/versions",
        "/api/v1/scenes/versions/{version}",
        "/api/v1/screens",
        "/api/v1/screens/live",
        "/api/v1/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
}

/// An answer has the members that its shape declares, and those that it requires, with values that
/// the shape allows.
#[tokio::test(flavor = "multi_thread")]
async fn answers_have_the_shape_that_the_document_declares() {
    let server = Server::with_cases().await;
    let document = server.json("/api/v1/openapi.json").await;
    for (path, shape) in [
        ("/api/v1/cases/A-4", "CaseStory"),
        ("/api/v1/cases/B,%205%2F%22%25", "CaseStory"),
        ("/api/v1/aggregates?metric=open,hours_to_resolve_p50&group_by=agency", "Table"),
        ("/api/v1/receipt?metric=hours_to_resolve_p50", "Receipt"),
        ("/api/v1/metrics", "Metrics"),
        ("/api/v1/satisfaction?group_by=agency", "Satisfaction"),
        ("/api/v1/aggregates?metric=open", "Table"),
        ("/api/v1/hexagons?metric=open", "Hexagons"),
        ("/api/v1/cases", "CasePage"),
        ("/api/v1/cases/A-1", "CaseStory"),
        ("/api/v1/receipt?metric=open", "Receipt"),
        ("/api/v1/sources", "Sources"),
        ("/api/v1/quality", "Quality"),
        ("/api/v1/catalogue/unmapped", "Unmapped"),
        ("/api/v1/directives", "Directives"),
        ("/api/v1/alarms", "Alarms"),
        ("/api/v1/desks/unit?agency=SXD", "UnitDesk"),
        ("/api/v1/desks/city-office", "OfficeDesk"),
        ("/api/v1/public/totals", "PublicTotals"),
        ("/api/v1/public/dossiers", "PublicDossiers"),
        ("/api/v1/public/dossiers?by=unit", "PublicDossiers"),
        ("/api/v1/public/satisfaction", "PublicSatisfaction"),
        ("/api/v1/public/hexagons", "PublicHexagons"),
        ("/api/v1/public/cases/A-1", "PublicCase"),
    ] {
        let body = server.json(path).await;
        check_shape(&document, &document["components"]["schemas"][shape], &body, path);
    }
    let problem = server.get("/api/v1/aggregates").await.json();
    check_shape(&document, &document["components"]["schemas"]["Problem"], &problem, "a problem");
    let post = |request: reqwest::RequestBuilder| {
        let request = request.bearer_auth(server.source_token());
        request.header("content-type", "application/x-ndjson").body("{\"id\":1}\nno event\n{\"id\":\"a\"}")
    };
    let outcome = server.send(Method::POST, "/api/v1/events", post).await.json();
    assert_eq!(outcome["rejected"].as_array().unwrap().len(), 3, "{outcome}");
    check_shape(&document, &document["components"]["schemas"]["Outcome"], &outcome, "an outcome");
}

pub(crate) fn check_shape(
    document: &serde_json::Value,
    schema: &serde_json::Value,
    body: &serde_json::Value,
    place: &str,
) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(body), "{place}: {body} is none of {values:?}");
    }
    if schema["format"] == "date-time"
        && let Some(text) = body.as_str()
    {
        assert!(text.parse::<domain::Timestamp>().is_ok(), "{place}: {text}");
    }
    match body {
        serde_json::Value::Object(members) => {
            let Some(properties) = schema["properties"].as_object() else { return };
            for required in schema["required"].as_array().into_iter().flatten() {
                assert!(members.contains_key(required.as_str().unwrap()), "{place}: {required} is missing");
            }
            for (name, value) in members {
                let declared = properties.get(name);
                assert!(declared.is_some(), "{place}: {name} is not declared");
                check_shape(document, declared.unwrap(), value, &format!("{place}/{name}"));
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                check_shape(document, &schema["items"], item, &format!("{place}[]"));
            }
        }
        plain => {
            let kinds = &schema["type"];
            let kind = match plain {
                serde_json::Value::Null => "null",
                serde_json::Value::Bool(_) => "boolean",
                serde_json::Value::String(_) => "string",
                serde_json::Value::Number(number) if number.is_f64() => "number",
                _ => "integer",
            };
            let fits = |own: &serde_json::Value| own == kind || (own == "number" && kind == "integer");
            let declared = match kinds {
                serde_json::Value::Array(kinds) => kinds.iter().any(fits),
                one => fits(one),
            };
            assert!(declared, "{place}: {plain} is not of type {kinds}");
        }
    }
}
