//! Alarms as they are told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Seq;

/// What a person did about an alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmActView {
    /// When.
    pub at: String,
    /// By whom; empty where that is not shown.
    pub by: String,
    /// In which words; empty where there are none, or they are not shown.
    pub text: String,
    /// Of a shelving: until when.
    pub until: Option<String>,
}

/// An alarm as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmView {
    /// Its name: `AL-` and twelve digits.
    pub alarm: String,
    /// `escalation`, `overdue_serious`, `surge`, `source_silent`, `clock_unsynchronised`.
    pub kind: String,
    /// `high`, `medium`, `low`.
    pub priority: String,
    /// `unacknowledged`, `acknowledged`, `shelved`, `cleared`.
    pub status: String,
    /// Since when.
    pub since: String,
    /// When it was over by itself.
    pub cleared_at: Option<String>,
    /// Whether it is one of a flood, which stands as one.
    pub in_flood: bool,
    /// The case.
    pub case: Option<String>,
    /// Who holds the case.
    pub agency: Option<String>,
    /// The last instant in time.
    pub due: Option<String>,
    /// The rule whose limit ran out.
    pub rule: Option<String>,
    /// Where that stands.
    pub clause: Option<String>,
    /// What that sets off.
    pub action: Option<String>,
    /// Of a surge: how many came in.
    pub count: Option<u32>,
    /// Of a surge: the most that came in as long on this weekday in the last eight weeks.
    pub usual_max: Option<u32>,
    /// Of a surge: the parameters of that number's receipt.
    pub query: Option<BTreeMap<String, String>>,
    /// The source.
    pub source: Option<String>,
    /// Up to where it had sent everything.
    pub heard: Option<String>,
    /// The first acknowledgement.
    pub acknowledged: Option<AlarmActView>,
    /// The shelving that holds.
    pub shelved: Option<AlarmActView>,
}

/// A flood of alarms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmFlood {
    /// How many, each with `in_flood`.
    pub alarms: u64,
    /// How many of them are high.
    pub high: u64,
    /// Since when.
    pub since: String,
}

/// How many alarms there are for those who must act on them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRate {
    /// Over how many seconds.
    pub window_secs: u32,
    /// How many were raised in them.
    pub raised: u64,
    /// How many of these somebody acknowledged or shelved.
    pub acted_on: u64,
    /// How many of these were over before anybody did anything: nobody could act on them.
    pub unactionable: u64,
    /// How many were raised in the last day.
    pub raised_day: u64,
}

/// `GET /api/v1/alarms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmPage {
    /// Every event up to here is in.
    pub seq: Seq,
    /// The instant that the list stands at.
    pub at: String,
    /// How many match in all.
    pub total: u64,
    /// How many stand that nobody has acknowledged.
    pub unacknowledged: u64,
    /// How many stand acknowledged.
    pub acknowledged: u64,
    /// How many are shelved.
    pub shelved: u64,
    /// The flood, where there is one.
    pub flood: Option<AlarmFlood>,
    /// How often we call.
    pub rate: AlarmRate,
    /// Those first that nobody has acknowledged, the most pressing first, then the newest.
    pub alarms: Vec<AlarmView>,
}
