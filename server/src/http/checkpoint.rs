//! What leaves the server carries the newest signed checkpoint of the log: whoever keeps an export can show later which
//! history it was made from (`toancanh verify --checkpoint`), and whose signature that is (`toancanh checkpoint
//! --check`).

use axum::extract::{Request, State};
use axum::http::{HeaderName, Method};
use axum::middleware::Next;
use axum::response::Response;
use domain::answer::Receipt;
use serde::Serialize;

use super::sheet::note;
use crate::running::Running;

/// The checkpoint's line.
pub(super) const CHECKPOINT_HEADER: HeaderName = HeaderName::from_static("toancanh-checkpoint");

/// A receipt with the newest checkpoint; none where none was signed yet.
#[derive(Serialize)]
pub(super) struct WithCheckpoint<'a> {
    #[serde(flatten)]
    pub(super) receipt: &'a Receipt,
    pub(super) checkpoint: Option<String>,
}

/// Puts the newest checkpoint into the header of every answer with data of the city.
pub(super) async fn carried(State(running): State<Running>, request: Request, next: Next) -> Response {
    let is_export = request.method() == Method::GET && request.uri().path().starts_with("/api/v1/");
    let mut response = next.run(request).await;
    if is_export && response.status().is_success() {
        // A small file, read again only when it has grown.
        let newest = tokio::task::spawn_blocking(move || running.store.newest_checkpoint()).await;
        if let Ok(Some(checkpoint)) = newest {
            note(&mut response, CHECKPOINT_HEADER, &checkpoint.to_string());
        }
    }
    response
}
