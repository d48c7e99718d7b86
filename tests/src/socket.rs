//! A client of the live socket as somebody outside would write it, in JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// An open socket.
pub struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The first message.
    pub hello: Json,
}

/// The rows of one topic, by their key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The last frame applied.
    pub n: u64,
    /// Of the last frame.
    pub seq: String,
    /// Of the last frame.
    pub at: String,
    /// Key, as JSON text, to the whole row.
    pub rows: BTreeMap<String, Json>,
    /// How many snapshots and how many deltas made it.
    pub snapshots: u64,
    /// See above.
    pub deltas: u64,
    key_len: usize,
}

impl Client {
    /// Opens a socket on `base` (`http://…`) and reads the hello.
    ///
    /// # Errors
    /// If there is none.
    pub async fn open(base: &str) -> Result<Self> {
        let url = format!("{}/api/v1/live", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "toancanh.v1.json".parse()?);
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        let mut client = Self { stream, hello: Json::Null };
        let first = client.next().await?;
        client.hello = first.get("hello").context("the first message is no hello")?.clone();
        Ok(client)
    }

    /// Says something.
    ///
    /// # Errors
    /// If the socket is gone.
    pub async fn say(&mut self, message: &Json) -> Result<()> {
        Ok(self.stream.send(Message::text(message.to_string())).await?)
    }

    /// Follows a question.
    ///
    /// # Errors
    /// If the socket is gone.
    pub async fn subscribe(&mut self, id: u32, query: Json, since: Option<Json>) -> Result<()> {
        let mut wish = json!({"id": id, "query": query});
        if let Some(since) = since {
            wish["since"] = since;
        }
        self.say(&json!({"subscribe": wish})).await
    }

    /// The next message, within ten seconds.
    ///
    /// # Errors
    /// If none comes.
    pub async fn next(&mut self) -> Result<Json> {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.stream.next()).await?;
            match message.context("the socket was closed")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(close) => bail!("closed: {close:?}"),
                _ => {}
            }
        }
    }

    /// The topic that answers subscription `id`.
    ///
    /// # Errors
    /// If it was refused.
    pub async fn topic(&mut self, id: u32) -> Result<String> {
        loop {
            let message = self.next().await?;
            if let Some(error) = message.get("error") {
                bail!("refused: {error}");
            }
            if message["subscribed"]["id"] == json!(id) {
                return Ok(message["subscribed"]["topic"].as_str().context("no topic")?.to_owned());
            }
        }
    }
}

impl Rows {
    /// Nothing yet, of rows whose first `key_len` values are the key.
    #[must_use]
    pub fn new(key_len: usize) -> Self {
        Self { key_len, ..Self::default() }
    }

    /// Applies a message if it is a frame of `topic`.
    ///
    /// # Panics
    /// If a frame is missing.
    pub fn take(&mut self, topic: &str, message: &Json) {
        if let Some(snapshot) = message.get("snapshot").filter(|frame| frame["topic"] == topic) {
            self.rows.clear();
            self.snapshots += 1;
            self.stand(snapshot);
            self.put(&snapshot["rows"]);
        }
        if let Some(delta) = message.get("delta").filter(|frame| frame["topic"] == topic) {
            assert_eq!(delta["n"].as_u64(), Some(self.n + 1), "a frame is missing");
            self.deltas += 1;
            self.stand(delta);
            for key in delta["remove"].as_array().into_iter().flatten() {
                self.rows.remove(&key.to_string());
            }
            self.put(&delta["upsert"]);
        }
    }

    fn stand(&mut self, frame: &Json) {
        self.n = frame["n"].as_u64().unwrap_or_default();
        self.seq = frame["seq"].as_str().unwrap_or_default().to_owned();
        self.at = frame["at"].as_str().unwrap_or_default().to_owned();
    }

    fn put(&mut self, rows: &Json) {
        for row in rows.as_array().into_iter().flatten() {
            let key: Vec<Json> = row.as_array().into_iter().flatten().take(self.key_len).cloned().collect();
            self.rows.insert(Json::Array(key).to_string(), row.clone());
        }
    }
}
