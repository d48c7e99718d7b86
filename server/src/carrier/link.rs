//! A connection to the primary that has the stream, and the few commands that are sent to it.

use std::collections::HashMap;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, Value};

use super::entry::Entry;
use super::error::CarrierError;
use super::position::Id;
use super::{Options, WAIT};

const CONNECT: Duration = Duration::from_millis(1_500);
/// Longer than any command waits on purpose.
const ANSWER: Duration = Duration::from_millis(2_500);
/// How long a read waits for something new.
const BLOCK_MS: u64 = 500;
/// The field that says below which id the stream was trimmed.
const TRIMMED: &str = "trimmed";

/// The names that the carrier uses in Redis. All of an area lie in one slot of a Redis Cluster.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The stream of events.
    pub(super) stream: String,
    /// The hash of servers: how far each has read, and when it was last there.
    pub(super) servers: String,
    /// The hash of what all servers must agree on.
    pub(super) about: String,
}

impl Names {
    pub(super) fn of(options: &Options) -> Self {
        // What is for training meets nothing that is real, not even in a Redis that both can reach.
        let training = if options.training { "/training" } else { "" };
        let place = format!("toancanh:{{{}/{}{training}}}", options.city, options.address.area());
        Self {
            stream: format!("{place}:events"),
            servers: format!("{place}:servers"),
            about: format!("{place}:about"),
        }
    }
}

/// What one entry of the stream is: its id, and its fields as they are.
pub(super) type Raw = (Id, HashMap<String, Vec<u8>>);

/// A connection to the primary.
#[derive(Clone)]
pub(super) struct Link {
    connection: MultiplexedConnection,
    node: (String, u16),
    /// Which run of which server it is: another after a restart and after a change of primary.
    pub(super) primary: String,
}

/// Where the stream ends, and what was trimmed of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    /// The id given last.
    pub(super) last: Id,
    /// Entries below this one may have been trimmed away.
    pub(super) trimmed: Id,
}

impl Link {
    /// Finds the primary and connects to it.
    pub(super) async fn open(options: &Options, names: &Names) -> Result<Self, CarrierError> {
        let node = find(options, names).await?;
        let whole = || CarrierError::Strange { doing: "looking for the primary" };
        let info = options.address.node(&node.0, node.1).ok_or_else(whole)?;
        let mut connection = connect(info).await?;
        let told = info_of(&mut connection).await?;
        if told.get("role").map(String::as_str) != Some("master") {
            return Err(CarrierError::NoPrimary);
        }
        let primary = told.get("run_id").cloned().ok_or_else(whole)?;
        Ok(Self { connection, node, primary })
    }

    /// A further connection to the same server.
    pub(super) async fn another(&self, options: &Options) -> Result<Self, CarrierError> {
        let info = options.address.node(&self.node.0, self.node.1);
        let connection = connect(info.ok_or(CarrierError::NoPrimary)?).await?;
        Ok(Self { connection, ..self.clone() })
    }

    /// Whether this is still the primary.
    pub(super) async fn check(&mut self, options: &Options, names: &Names) -> Result<(), CarrierError> {
        let told = info_of(&mut self.connection).await?;
        let is_primary = told.get("role").is_some_and(|role| role == "master");
        let is_same = told.get("run_id") == Some(&self.primary);
        // A primary that is cut off does not know that another has taken its place; Sentinels do.
        let is_named = options.address.service().is_none() || find(options, names).await? == self.node;
        if is_primary && is_same && is_named { Ok(()) } else { Err(CarrierError::Moved) }
    }

    /// Adds entries and asks for a replica's answer: how many replicas have them.
    pub(super) async fn offer(
        &mut self,
        stream: &str,
        server: &str,
        entries: &[Entry],
    ) -> Result<usize, CarrierError> {
        let doing = "adding to the stream";
        let mut pipe = redis::pipe();
        for entry in entries {
            pipe.add_command(entry.command(stream, server));
        }
        if !cfg!(feature = "control-no-wait") {
            pipe.add_command(wait_command());
        }
        let mut replies: Vec<Value> =
            pipe.query_async(&mut self.connection).await.map_err(CarrierError::redis(doing))?;
        let replicas = if cfg!(feature = "control-no-wait") { Some(Value::Int(1)) } else { replies.pop() };
        let is_id = |reply: &Value| matches!(reply, Value::BulkString(_) | Value::SimpleString(_));
        if replies.len() != entries.len() || !replies.iter().all(is_id) {
            return Err(CarrierError::Strange { doing });
        }
        match replicas {
            Some(Value::Int(replicas)) => Ok(usize::try_from(replicas).unwrap_or_default()),
            _ => Err(CarrierError::Strange { doing }),
        }
    }

    /// How many replicas have what this connection has written.
    pub(super) async fn replicas(&mut self) -> Result<usize, CarrierError> {
        self.ask("waiting for a replica", &wait_command()).await
    }

    /// Entries after an id, waiting a moment for the first.
    pub(super) async fn read(&mut self, stream: &str, after: Id) -> Result<Vec<Raw>, CarrierError> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(super::BATCH).arg("BLOCK").arg(BLOCK_MS);
        command.arg("STREAMS").arg(stream).arg(after.to_string());
        type Streams = Option<Vec<(String, Vec<(String, HashMap<String, Vec<u8>>)>)>>;
        let streams: Streams = self.ask("reading the stream", &command).await?;
        let raws = streams.unwrap_or_default().into_iter().flat_map(|(_, entries)| entries);
        raws.map(|(id, fields)| Ok((read_id(&id)?, fields))).collect()
    }

    /// Entries after an id, as many as are there, at most `count`.
    pub(super) async fn range(
        &mut self,
        stream: &str,
        after: Id,
        count: usize,
    ) -> Result<Vec<Raw>, CarrierError> {
        let mut command = redis::cmd("XRANGE");
        command.arg(stream).arg(format!("({after}")).arg("+").arg("COUNT").arg(count);
        let entries: Vec<(String, HashMap<String, Vec<u8>>)> =
            self.ask("reading the stream again", &command).await?;
        entries.into_iter().map(|(id, fields)| Ok((read_id(&id)?, fields))).collect()
    }

    /// Where the stream ends; all zero where there is none.
    pub(super) async fn ends(&mut self, names: &Names) -> Result<Ends, CarrierError> {
        let doing = "looking at the stream";
        let trimmed: Option<String> =
            self.ask(doing, redis::cmd("HGET").arg(&names.about).arg(TRIMMED)).await?;
        let trimmed = trimmed.and_then(|id| id.parse().ok()).unwrap_or_default();
        if !self.ask::<bool>(doing, redis::cmd("EXISTS").arg(&names.stream)).await? {
            return Ok(Ends { last: Id::default(), trimmed });
        }
        let told: HashMap<String, Value> =
            self.ask(doing, redis::cmd("XINFO").arg("STREAM").arg(&names.stream)).await?;
        let last = told.get("last-generated-id").and_then(|id| String::from_redis_value_ref(id).ok());
        let last = last.and_then(|id| id.parse().ok()).ok_or(CarrierError::Strange { doing })?;
        Ok(Ends { last, trimmed })
    }

    /// Trims what lies below an id. Redis itself does not say what was trimmed, so that it is written
    /// beside the stream, first; but not where there is nothing to trim, since a server that has nothing
    /// yet can still read everything then.
    pub(super) async fn trim(&mut self, names: &Names, below: Id) -> Result<u64, CarrierError> {
        let doing = "trimming the stream";
        let first = self.range(&names.stream, Id::default(), 1).await?;
        if first.first().is_none_or(|(id, _)| *id >= below) {
            return Ok(0);
        }
        let below = below.to_string();
        self.ask::<()>(doing, redis::cmd("HSET").arg(&names.about).arg(TRIMMED).arg(&below)).await?;
        self.ask(doing, redis::cmd("XTRIM").arg(&names.stream).arg("MINID").arg("=").arg(&below)).await
    }

    /// Redis' own clock, milliseconds since 1970 UTC: the servers' clocks may differ.
    pub(super) async fn now_ms(&mut self) -> Result<u64, CarrierError> {
        let (secs, micros): (u64, u64) = self.ask("asking for the time", &redis::cmd("TIME")).await?;
        Ok(secs * 1_000 + micros / 1_000)
    }

    /// Any other command.
    pub(super) async fn ask<T: FromRedisValue>(
        &mut self,
        doing: &'static str,
        command: &Cmd,
    ) -> Result<T, CarrierError> {
        command.query_async(&mut self.connection).await.map_err(CarrierError::redis(doing))
    }
}

fn wait_command() -> Cmd {
    let mut command = redis::cmd("WAIT");
    command.arg(1).arg(u64::try_from(WAIT.as_millis()).unwrap_or(u64::MAX));
    command
}

fn read_id(text: &str) -> Result<Id, CarrierError> {
    text.parse().map_err(|()| CarrierError::Strange { doing: "reading an entry's id" })
}

async fn connect(info: ConnectionInfo) -> Result<MultiplexedConnection, CarrierError> {
    let doing = "connecting";
    let client = Client::open(info).map_err(CarrierError::redis(doing))?;
    let config =
        AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER));
    client.get_multiplexed_async_connection_with_config(&config).await.map_err(CarrierError::redis(doing))
}

/// What `INFO` tells, by name.
async fn info_of(connection: &mut MultiplexedConnection) -> Result<HashMap<String, String>, CarrierError> {
    let told: String =
        redis::cmd("INFO").query_async(connection).await.map_err(CarrierError::redis("asking who it is"))?;
    let lines = told.lines().filter_map(|line| line.split_once(':'));
    Ok(lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The node that has the stream and takes writes.
async fn find(options: &Options, names: &Names) -> Result<(String, u16), CarrierError> {
    let address = &options.address;
    let mut found = None;
    let mut fault = CarrierError::NoPrimary;
    let asked = address.nodes().iter().map(|node| async move {
        match address.service() {
            Some(service) => named_by(address.sentinel(&node.0, node.1), service).await,
            None => led_to_by(address.node(&node.0, node.1), node, &names.stream).await,
        }
    });
    for answer in futures::future::join_all(asked).await {
        match answer {
            Ok(Some((rank, node))) if found.as_ref().is_none_or(|(held, _)| rank > *held) => {
                found = Some((rank, node));
            }
            Ok(_) => {}
            Err(error) => fault = error,
        }
    }
    found.map(|(_, node)| node).ok_or(fault)
}

/// A node, and how far it is to be believed against others.
type Found = Option<(u64, (String, u16))>;

/// What a Sentinel names; the later change of primary is to be believed.
async fn named_by(sentinel: Option<ConnectionInfo>, service: &str) -> Result<Found, CarrierError> {
    let mut connection = connect(sentinel.ok_or(CarrierError::NoPrimary)?).await?;
    let mut command = redis::cmd("SENTINEL");
    command.arg("MASTER").arg(service);
    let told: HashMap<String, String> =
        command.query_async(&mut connection).await.map_err(CarrierError::redis("asking a Sentinel"))?;
    let number = |name: &str| told.get(name).and_then(|text| text.parse::<u64>().ok());
    let port = number("port").and_then(|port| u16::try_from(port).ok());
    let node = told.get("ip").cloned().zip(port);
    Ok(node.map(|node| (number("config-epoch").unwrap_or_default(), node)))
}

/// What a node leads to: itself where it is a primary; in a cluster the one that has the slot.
async fn led_to_by(
    info: Option<ConnectionInfo>,
    node: &(String, u16),
    stream: &str,
) -> Result<Found, CarrierError> {
    let mut connection = connect(info.ok_or(CarrierError::NoPrimary)?).await?;
    let told = info_of(&mut connection).await?;
    if told.get("cluster_enabled").map(String::as_str) != Some("1") {
        let is_primary = told.get("role").is_some_and(|role| role == "master");
        return Ok(is_primary.then(|| (0, node.clone())));
    }
    let doing = "asking where a slot is";
    let mut command = redis::cmd("CLUSTER");
    let slot: i64 = command
        .arg("KEYSLOT")
        .arg(stream)
        .query_async(&mut connection)
        .await
        .map_err(CarrierError::redis(doing))?;
    let mut command = redis::cmd("CLUSTER");
    let slots: Vec<Vec<Value>> =
        command.arg("SLOTS").query_async(&mut connection).await.map_err(CarrierError::redis(doing))?;
    let owner = slots.into_iter().find_map(|range| match range.as_slice() {
        [Value::Int(from), Value::Int(to), Value::Array(owner), ..] if (*from..=*to).contains(&slot) => {
            let host = String::from_redis_value_ref(owner.first()?).ok()?;
            let port = u16::from_redis_value_ref(owner.get(1)?).ok()?;
            // A node that does not know its own address leaves it out.
            Some((if host.is_empty() { node.0.clone() } else { host }, port))
        }
        _ => None,
    });
    Ok(owner.map(|node| (0, node)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_training_has_names_of_its_own_in_one_slot() {
        let names = |training| {
            Names::of(&Options {
                address: "redis://127.0.0.1:6379".parse().unwrap(),
                city: "hcmc".to_owned(),
                training,
                server: "a".to_owned(),
                without_replica: false,
                absence: std::time::Duration::from_secs(1),
            })
        };
        let (real, trained) = (names(false), names(true));
        assert_eq!(real.stream, "toancanh:{hcmc/all}:events");
        for (one, other) in [
            (&real.stream, &trained.stream),
            (&real.servers, &trained.servers),
            (&real.about, &trained.about),
        ] {
            assert_ne!(one, other);
            assert_eq!(other.matches('{').count(), 1, "{other}");
            assert!(other.starts_with("toancanh:{hcmc/all/training}"), "{other}");
        }
    }
}
