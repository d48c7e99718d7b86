//! What the handlers of the REST calls hold.

use axum::extract::FromRef;

use super::administrator::Administrator;
use super::alarms::Alarms;
use super::answer::Answers;
use super::directives::Acts;
use super::public::Public;
use super::shift::Shifts;
use crate::running::Running;

/// The state of the REST routes.
#[derive(Clone, FromRef)]
pub(super) struct Api {
    pub(super) running: Running,
    pub(super) answers: Answers,
    pub(super) administrator: Administrator,
    pub(super) acts: Acts,
    pub(super) alarms: Alarms,
    pub(super) shifts: Shifts,
    pub(super) public: Public,
}
