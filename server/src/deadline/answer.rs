//! The answer as JSON, with names that others rely on.

use domain::Timestamp;
use domain::city::Label;
use domain::clock::rules::{Clocks, Elapsed, Law, RuleClock};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Language, Question};

/// The clocks of a case at an instant.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The case.
    pub case: String,
    /// The instant.
    pub at: String,
    /// The rule set that the case falls under; none where there is none.
    pub rule_set: Option<String>,
    /// Its clocks, in the order of the rules.
    pub clocks: Vec<ClockAnswer>,
    /// Rules that need a step which the sources never send.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_measured: Vec<String>,
    /// Times without a limit, where all was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elapsed: Vec<ElapsedAnswer>,
    /// What else there is to know: why there are no clocks, that a rule set has ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(skip)]
    question: Question,
    #[serde(skip)]
    zone: TimeZone,
}

/// One clock.
#[derive(Debug, Serialize)]
pub struct ClockAnswer {
    /// The rule.
    pub rule: String,
    /// Where it stands in the document.
    pub clause: String,
    /// What it says.
    #[serde(skip_serializing_if = "is_empty")]
    pub text: Label,
    /// How an unclear text is read.
    #[serde(skip_serializing_if = "is_empty")]
    pub reading: Label,
    /// 1 for the second unit that had the case, 2 for the third.
    #[serde(skip_serializing_if = "is_zero")]
    pub run: u16,
    /// Since when it runs.
    pub start: String,
    /// The last instant in time.
    pub due: String,
    /// How it stands.
    pub state: &'static str,
    /// When it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<String>,
    /// The promised time that counts now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_until: Option<String>,
    /// The rule that takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// When another unit got the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<String>,
    /// The arithmetic, line by line.
    pub why: Vec<String>,
}

/// A time that is shown and has no limit.
#[derive(Debug, Serialize)]
pub struct ElapsedAnswer {
    /// The rule.
    pub rule: String,
    /// Where it stands in the document.
    pub clause: String,
    /// Since when.
    pub start: String,
    /// Until when; it goes on where there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<String>,
}

impl Answer {
    pub(super) fn new(case: &str, question: Question, zone: &TimeZone) -> Self {
        Self {
            case: case.to_owned(),
            at: question.at.to_rfc3339(zone),
            rule_set: None,
            clocks: Vec::new(),
            not_measured: Vec::new(),
            elapsed: Vec::new(),
            notes: Vec::new(),
            question,
            zone: zone.clone(),
        }
    }

    pub(super) fn fill(&mut self, law: &Law<'_>, clocks: &Clocks) {
        let id = |ix| law.rules.rule(ix).id.clone();
        self.rule_set = Some(law.rules.id.clone());
        self.not_measured = clocks.not_measured.iter().map(|ix| id(*ix)).collect();
        let shown = clocks.clocks.iter().filter(|clock| self.question.all || clock.counts());
        self.clocks = shown.map(|clock| self.clock(law, clocks, clock)).collect();
        if self.question.all {
            self.elapsed = clocks.elapsed.iter().map(|elapsed| self.elapsed(law, elapsed)).collect();
        }
    }

    fn clock(&self, law: &Law<'_>, clocks: &Clocks, clock: &RuleClock) -> ClockAnswer {
        let told = law.explain(clocks, clock, self.question.at);
        let language = self.question.language;
        ClockAnswer {
            rule: told.rule,
            clause: told.clause,
            text: told.text,
            reading: told.reading,
            run: clock.run,
            start: self.show(clock.start),
            due: self.show(clock.due),
            state: clock.state.name(),
            stopped_at: clock.stopped_at.map(|at| self.show(at)),
            extended_until: clock.extension.map(|extension| self.show(extension.until)),
            replaced_by: clock.replaced_by.map(|ix| law.rules.rule(ix).id.clone()),
            superseded_at: clock.superseded_at.map(|at| self.show(at)),
            why: told.why.into_iter().map(|line| language.of(line)).collect(),
        }
    }

    fn elapsed(&self, law: &Law<'_>, elapsed: &Elapsed) -> ElapsedAnswer {
        let rule = law.rules.rule(elapsed.rule);
        ElapsedAnswer {
            rule: rule.id.clone(),
            clause: rule.clause.clone(),
            start: self.show(elapsed.start),
            stopped_at: elapsed.stopped_at.map(|at| self.show(at)),
        }
    }

    fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(&self.zone)
    }

    fn note(&mut self, vi: String, en: String) {
        self.notes.push(match self.question.language {
            Language::Vi => vi,
            Language::En => en,
        });
    }

    pub(super) fn nothing_known(&mut self, first: Option<Timestamp>) {
        let (at, first) = (self.at.clone(), first.map(|first| self.show(first)).unwrap_or_default());
        self.note(
            format!("Lúc {at} chưa biết gì về vụ việc: sự kiện đầu tiên xảy ra lúc {first}"),
            format!("At {at} nothing is known of the case: its first event is of {first}"),
        );
    }

    pub(super) fn not_received(&mut self) {
        let at = self.at.clone();
        self.note(
            format!("Đến {at} chưa có sự kiện tiếp nhận (case.received): chưa có đồng hồ nào"),
            format!("Up to {at} there is no case.received: no clock runs before it"),
        );
    }

    pub(super) fn no_rule_set(&mut self, kind: &str, day: Date) {
        self.note(
            format!(
                "Không có bộ quy định nào áp dụng cho {kind} tiếp nhận ngày {day}: chỉ tính hạn do nguồn nêu"
            ),
            format!(
                "No rule set is for a {kind} received on {day}: only a limit that its source states counts"
            ),
        );
    }

    pub(super) fn expired(&mut self, id: &str, ended: Date) {
        self.note(
            format!(
                "Bộ quy định {id} đã hết hiệu lực ngày {ended}; chưa có bộ nào thay thế, nên vẫn được tính"
            ),
            format!("The rule set {id} ended on {ended}; none took its place, so it goes on being computed"),
        );
    }

    pub(super) fn assumed_calendar(&mut self) {
        self.note(
            "Không có lịch làm việc: tính theo thứ Hai – thứ Sáu, 08:00–12:00 và 13:00–17:00, không có ngày lễ"
                .to_owned(),
            "There is no working calendar: counted on Monday to Friday, 08:00–12:00 and 13:00–17:00, no holidays"
                .to_owned(),
        );
    }
}

fn is_empty(label: &Label) -> bool {
    label.vi.is_empty() && label.en.is_empty()
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it so.
fn is_zero(run: &u16) -> bool {
    *run == 0
}
