//! What is said of a message that is neither `subscribe` nor `unsubscribe`: in the contract's words,
//! with the subscription's number where it can be read.

use domain::problem::Problem;
use domain::wire::ServerFrame;
use serde_json::Value as Json;

/// What the product's own pages are told; they never send what cannot be read.
pub(super) fn binary() -> ServerFrame {
    refused(None, "it is not a message of toancanh.v1.bin")
}

/// What is wrong with a JSON text.
pub(super) fn json(text: &str) -> ServerFrame {
    let message: Json = match serde_json::from_str(text) {
        Ok(message) => message,
        Err(error) => {
            let what = format!("it is not JSON, at line {} column {}", error.line(), error.column());
            return refused(None, &what);
        }
    };
    let frame = message.as_object().filter(|members| members.len() == 1);
    let Some((name, body)) = frame.and_then(|members| members.iter().next()) else {
        return refused(None, "it is not an object of one member, subscribe or unsubscribe");
    };
    let id = body.get("id").and_then(id);
    match name.as_str() {
        "subscribe" => refused(id, &subscribe(body)),
        "unsubscribe" => refused(id, if id.is_none() { NO_ID } else { "unsubscribe holds only id" }),
        _ => refused(id, "its member is neither subscribe nor unsubscribe"),
    }
}

const NO_ID: &str = "id must be a whole number from 0 to 4294967295";

fn id(id: &Json) -> Option<u32> {
    id.as_u64().and_then(|id| u32::try_from(id).ok())
}

/// What is wrong with a `subscribe`.
fn subscribe(body: &Json) -> String {
    let query = &body["query"];
    let texts = |json: &Json| json.as_array().is_some_and(|items| items.iter().all(Json::is_string));
    let absent_or = |json: &Json, holds: bool| json.is_null() || holds;
    let unknown = query.as_object().and_then(|members| {
        members.keys().find(|name| !["metric", "group_by", "filter", "res"].contains(&name.as_str()))
    });
    let filter = query["filter"].as_object();
    let since = &body["since"];
    if body.get("id").and_then(id).is_none() {
        NO_ID.to_owned()
    } else if !query.is_object() {
        "query must be an object".to_owned()
    } else if let Some(name) = unknown {
        let name: String = name.chars().take(64).collect();
        format!("query.{name} is none of metric, group_by, filter, res")
    } else if !texts(&query["metric"]) {
        "query.metric must be a list of names".to_owned()
    } else if query.get("group_by").is_some_and(|group_by| !texts(group_by)) {
        "query.group_by must be a list of dimensions".to_owned()
    } else if query.get("filter").is_some()
        && !filter.is_some_and(|filter| filter.values().all(Json::is_string))
    {
        "query.filter must be an object of texts, the REST parameters".to_owned()
    } else if !absent_or(&query["res"], query["res"].as_u64().is_some_and(|res| res < 256)) {
        "query.res must be a resolution from 7 to 10".to_owned()
    } else if !absent_or(since, since["epoch"].is_u64() && since["n"].is_u64()) {
        "since must hold epoch and n, whole numbers".to_owned()
    } else {
        "it names a member twice".to_owned()
    }
}

fn refused(id: Option<u32>, what: &str) -> ServerFrame {
    let detail = format!(
        "{what}; a message is {{\"subscribe\": {{\"id\", \"query\", \"since\"?}}}} or {{\"unsubscribe\": {{\"id\"}}}}"
    );
    ServerFrame::Error { id, problem: Problem::new("bad-message", 400, "The message cannot be read", detail) }
}

#[cfg(test)]
mod tests {
    use domain::wire::ClientFrame;

    use super::*;

    #[track_caller]
    fn check(text: &str, want_id: Option<u32>, want: &str) {
        assert!(serde_json::from_str::<ClientFrame>(text).is_err(), "{text} is a message");
        let ServerFrame::Error { id, problem } = json(text) else { panic!("{text}") };
        assert_eq!(id, want_id, "{text}");
        assert!(problem.detail.starts_with(want), "{text}: {}", problem.detail);
        for word in ["u32", "u64", "u8", "struct", "variant", "ClientFrame"] {
            assert!(!problem.detail.contains(word), "{text}: {}", problem.detail);
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_the_contracts_words() {
        check("", None, "it is not JSON, at line 1 column 0");
        check("[]", None, "it is not an object of one member");
        check(r#"{"follow": {"id": 4}}"#, Some(4), "its member is neither");
        check(r#"{"unsubscribe": {"id": -1}}"#, None, NO_ID);
        check(r#"{"subscribe": {"id": 4294967296, "query": {"metric": ["open"]}}}"#, None, NO_ID);
        check(r#"{"subscribe": {"id": 7}}"#, Some(7), "query must be an object");
        check(r#"{"subscribe": {"id": 7, "query": {}}}"#, Some(7), "query.metric must be");
        check(r#"{"subscribe": {"id": 7, "query": {"metric": "open"}}}"#, Some(7), "query.metric must be");
        check(r#"{"subscribe": {"id": 7, "query": {"metric": [], "x": 1}}}"#, Some(7), "query.x is none of");
        check(
            r#"{"subscribe": {"id": 7, "query": {"metric": [], "group_by": "ward"}}}"#,
            Some(7),
            "query.group_by",
        );
        check(
            r#"{"subscribe": {"id": 7, "query": {"metric": [], "filter": {"ward": 1}}}}"#,
            Some(7),
            "query.filter",
        );
        check(r#"{"subscribe": {"id": 7, "query": {"metric": [], "res": 8.5}}}"#, Some(7), "query.res");
        check(
            r#"{"subscribe": {"id": 7, "query": {"metric": []}, "since": {"epoch": 1}}}"#,
            Some(7),
            "since",
        );
        check(r#"{"subscribe": {"id": 7, "query": {"metric": [], "metric": []}}}"#, Some(7), "it names");
    }
}
