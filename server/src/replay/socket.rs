//! Carrying through a WebSocket: batches go out without waiting for the answers of those before,
//! which come back in the same order.

use std::collections::VecDeque;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::BATCHES_MAX;
use super::carry::{Answered, Batch, CarryError, back_off};
use crate::gateway::Answer;
use crate::source::Token;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long opening, and an answer that is owed, may take before the connection counts as dead.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// How long a server that is asked to close may take.
const CLOSE_MAX: Duration = Duration::from_secs(2);

pub(super) async fn carry(
    url: Url,
    token: Token,
    mut batches: mpsc::Receiver<Batch>,
    answers: mpsc::Sender<Answered>,
) -> Result<u64, CarryError> {
    let mut way = Carrier { url, token, unanswered: VecDeque::new(), opened: 0 };
    let mut attempt = 0;
    loop {
        let mut socket = match way.open().await {
            Ok(socket) => socket,
            Err(Fault::Fatal(error)) => return Err(error),
            Err(Fault::Passing(why)) if way.opened == 0 => {
                return Err(CarryError::Unreachable { to: way.url.to_string(), why });
            }
            Err(Fault::Passing(why)) => {
                attempt += 1;
                tracing::warn!(why, "the server cannot be reached; trying again");
                sleep(back_off(attempt)).await;
                continue;
            }
        };
        way.opened += 1;
        match way.carry_on(&mut socket, &mut batches, &answers, &mut attempt).await {
            Ok(()) => {
                // Everything is answered; how the connection ends is of no account.
                let _ = timeout(CLOSE_MAX, socket.close(None)).await;
                return Ok(way.opened - 1);
            }
            Err(Fault::Fatal(error)) => return Err(error),
            Err(Fault::Passing(why)) => {
                attempt += 1;
                tracing::warn!(why, "the connection broke; opening it again");
                sleep(back_off(attempt)).await;
            }
        }
    }
}

enum Fault {
    /// It may be better later.
    Passing(String),
    Fatal(CarryError),
}

struct Carrier {
    url: Url,
    token: Token,
    /// Sent and not answered, in the order sent: at most [`BATCHES_MAX`], then no more are taken.
    unanswered: VecDeque<Batch>,
    opened: u64,
}

impl Carrier {
    async fn open(&self) -> Result<Socket, Fault> {
        let mut request = self
            .url
            .as_str()
            .into_client_request()
            .map_err(|_| Fault::Fatal(CarryError::BadAddress { to: self.url.to_string() }))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token.reveal()))
            .map_err(|_| self.refused("the token holds characters that no header can"))?;
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        match timeout(ANSWER_MAX, connect_async(request)).await {
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(WsError::Http(response))) => {
                let status = response.status();
                let body = response.into_body().unwrap_or_default();
                let detail = serde_json::from_slice::<domain::problem::Problem>(&body)
                    .map_or_else(|_| String::new(), |problem| format!(": {}", problem.detail));
                let why = format!("{status}{detail}");
                if status.is_server_error() || status.as_u16() == 429 {
                    return Err(Fault::Passing(why));
                }
                Err(self.refused(&why))
            }
            Ok(Err(error)) => Err(Fault::Passing(error.to_string())),
            Err(_) => Err(Fault::Passing("it does not answer".to_owned())),
        }
    }

    fn refused(&self, why: &str) -> Fault {
        Fault::Fatal(CarryError::Refused { to: self.url.to_string(), why: why.to_owned() })
    }

    /// Sends what is unanswered again, then what comes, until nothing comes and all is answered.
    async fn carry_on(
        &mut self,
        socket: &mut Socket,
        batches: &mut mpsc::Receiver<Batch>,
        answers: &mpsc::Sender<Answered>,
        attempt: &mut u32,
    ) -> Result<(), Fault> {
        for batch in &self.unanswered {
            send(socket, batch).await?;
        }
        let mut is_over = false;
        let mut owed_since = Instant::now();
        while !(is_over && self.unanswered.is_empty()) {
            let has_room = self.unanswered.len() < BATCHES_MAX;
            tokio::select! {
                batch = batches.recv(), if has_room && !is_over => match batch {
                    None => is_over = true,
                    Some(batch) => {
                        if self.unanswered.is_empty() {
                            owed_since = Instant::now();
                        }
                        let sent = send(socket, &batch).await;
                        // Kept even where it was not sent: the next connection sends it.
                        self.unanswered.push_back(batch);
                        sent?;
                    }
                },
                message = socket.next() => {
                    owed_since = Instant::now();
                    let Some(answered) = self.hear(socket, message).await? else { continue };
                    *attempt = 0;
                    if answers.send(answered).await.is_err() {
                        return Ok(());
                    }
                }
                () = sleep_until(owed_since + ANSWER_MAX), if !self.unanswered.is_empty() => {
                    return Err(Fault::Passing("it does not answer".to_owned()));
                }
            }
        }
        Ok(())
    }

    /// What the server said: the answer to the oldest batch, or that it could not take it now.
    async fn hear(
        &mut self,
        socket: &mut Socket,
        message: Option<Result<Message, WsError>>,
    ) -> Result<Option<Answered>, Fault> {
        let text = match message {
            None => return Err(Fault::Passing("the server closed the connection".to_owned())),
            Some(Err(error)) => return Err(Fault::Passing(error.to_string())),
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(Some(frame)))) => {
                let why = format!("the server closed the connection: {}", frame.reason);
                // 1008: the token was taken away.
                return Err(if u16::from(frame.code) == 1008 && frame.reason.contains("token") {
                    self.refused(&why)
                } else {
                    Fault::Passing(why)
                });
            }
            Some(Ok(_)) => return Ok(None),
        };
        let Some(batch) = self.unanswered.pop_front() else {
            return Err(self.refused("it answers what was not asked"));
        };
        if let Ok(answer) = serde_json::from_str::<Answer>(&text) {
            return Ok(Some(Answered { number: batch.number, answer }));
        }
        // Not durable now: once more, after a while, behind the others.
        tracing::warn!("the server could not take a batch now; sending it again");
        sleep(back_off(1)).await;
        let sent = send(socket, &batch).await;
        self.unanswered.push_back(batch);
        sent.map(|()| None)
    }
}

async fn send(socket: &mut Socket, batch: &Batch) -> Result<(), Fault> {
    let message = Message::Text(batch.text.as_str().into());
    match timeout(ANSWER_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Fault::Passing(error.to_string())),
        Err(_) => Err(Fault::Passing("it takes nothing".to_owned())),
    }
}
