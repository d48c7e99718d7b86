//! Carrying by requests, one at a time.

use std::time::Duration;

use domain::problem::Problem;
use reqwest::{Client, StatusCode, Url, header};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::carry::{Answered, Batch, CarryError, back_off};
use crate::gateway::Answer;
use crate::source::Token;

/// How long a request may take: as long as a server waits for a body.
const REQUEST_MAX: Duration = Duration::from_secs(120);

/// What a request came to.
enum Reply {
    Answer(Answer),
    /// Later, after this time at the earliest.
    Later(Option<Duration>, String),
    Never(String),
}

pub(super) async fn carry(
    url: Url,
    token: Token,
    mut batches: mpsc::Receiver<Batch>,
    answers: mpsc::Sender<Answered>,
) -> Result<u64, CarryError> {
    let unreachable = |why: String| CarryError::Unreachable { to: url.to_string(), why };
    let client =
        Client::builder().timeout(REQUEST_MAX).build().map_err(|error| unreachable(error.to_string()))?;
    let (mut repeats, mut has_answered) = (0, false);
    while let Some(batch) = batches.recv().await {
        let mut attempt = 0;
        let answer = loop {
            match post(&client, &url, &token, &batch).await {
                Reply::Answer(answer) => break answer,
                Reply::Never(why) => return Err(CarryError::Refused { to: url.to_string(), why }),
                Reply::Later(None, why) if !has_answered => return Err(unreachable(why)),
                Reply::Later(after, why) => {
                    tracing::warn!(why, "a batch will be sent again");
                    repeats += 1;
                    attempt += 1;
                    sleep(back_off(attempt).max(after.unwrap_or_default())).await;
                }
            }
        };
        has_answered = true;
        if answers.send(Answered { number: batch.number, answer }).await.is_err() {
            break;
        }
    }
    Ok(repeats)
}

async fn post(client: &Client, url: &Url, token: &Token, batch: &Batch) -> Reply {
    let sent = client
        .post(url.clone())
        .bearer_auth(token.reveal())
        .header(header::CONTENT_TYPE, "application/cloudevents-batch+json")
        .body(batch.text.clone())
        .send()
        .await;
    let response = match sent {
        Ok(response) => response,
        Err(error) => return Reply::Later(None, root_cause(&error)),
    };
    let status = response.status();
    let after = response.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok());
    let after = after.and_then(|after| after.parse().ok()).map(Duration::from_secs);
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return Reply::Later(None, root_cause(&error)),
    };
    if status == StatusCode::ACCEPTED {
        return match serde_json::from_slice(&body) {
            Ok(answer) => Reply::Answer(answer),
            Err(_) => Reply::Never("its answer is not that of a gateway of this product".to_owned()),
        };
    }
    let why = serde_json::from_slice::<Problem>(&body)
        .map_or_else(|_| status.to_string(), |problem| format!("{status}: {}", problem.detail));
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Reply::Later(Some(after.unwrap_or_default()), why);
    }
    Reply::Never(why)
}

/// The innermost reason: `connection refused` rather than `error sending request`.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
