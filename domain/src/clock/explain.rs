//! A clock, explained: which clause, what it says, and the arithmetic line by line, in Vietnamese
//! and English.

mod count;
mod words;

use super::Judgement;
use super::rules::{Clocks, Law, RuleClock};
use crate::city::Label;
use crate::regulation::Limit;
use crate::regulation::vocabulary::own;
use crate::time::Timestamp;

pub use words::span;

/// Why a clock is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rule's id.
    pub rule: String,
    /// Where it stands in the document.
    pub clause: String,
    /// What it says; a paraphrase.
    pub text: Label,
    /// How an unclear text is read; empty where it is clear.
    pub reading: Label,
    /// The arithmetic, line by line.
    pub why: Vec<Label>,
}

impl Law<'_> {
    /// Explains one of the clocks of a case as they stood at `now`.
    #[must_use]
    pub fn explain(&self, clocks: &Clocks, clock: &RuleClock, now: Timestamp) -> Explanation {
        let rule = self.rules.rule(clock.rule);
        let told = Told { law: self, clocks, clock, now };
        let mut why = Vec::new();
        told.start(&mut why);
        told.limit(&mut why);
        told.due(&mut why);
        told.promise(&mut why);
        told.circumstances(&mut why);
        told.outcome(&mut why);
        Explanation {
            rule: rule.id.clone(),
            clause: rule.clause.clone(),
            text: rule.text.clone(),
            reading: rule.reading.clone(),
            why,
        }
    }
}

struct Told<'a> {
    law: &'a Law<'a>,
    clocks: &'a Clocks,
    clock: &'a RuleClock,
    now: Timestamp,
}

/// A line in both languages.
pub(super) fn line(vi: impl Into<String>, en: impl Into<String>) -> Label {
    Label { vi: vi.into(), en: en.into() }
}

impl Told<'_> {
    fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(self.law.calendar.zone())
    }

    fn start(&self, why: &mut Vec<Label>) {
        let clock = self.clock;
        let words = &self.law.rules.vocabulary;
        let rule = self.law.rules.rule(clock.rule);
        let step = words.step_of(clock.started_by);
        let day = words::day(self.law.calendar.day_of(clock.start));
        let at = self.show(clock.start);
        why.push(line(
            format!("Bắt đầu tính: {} ({}), {} ({})", step.label.vi, step.name, at, day.vi),
            format!("Start: {} ({}), {} ({})", step.label.en, step.name, at, day.en),
        ));
        let Some(stated) = self.law.rules.start_of(clock.rule) else {
            return;
        };
        if !stated.steps.contains(clock.started_by) && clock.run == 0 {
            why.push(line(
                format!("{} thay cho {}, chưa có trong dữ liệu", step.name, stated.text),
                format!("{} stands for {}, which the source has not sent", step.name, stated.text),
            ));
        }
        if self.law.rules.settings.starts.contains_key(&clock.rule) && rule.start.as_ref() != Some(stated) {
            why.push(line(
                format!("Mốc bắt đầu theo thiết lập: {}", stated.text),
                format!("The start is set to {}", stated.text),
            ));
        } else if rule.inferred_start {
            why.push(line(
                "Văn bản không nêu rõ mốc bắt đầu; đây là cách hiểu đã chọn",
                "The text does not state the start; this is the reading chosen",
            ));
        }
        if clock.applies_since > clock.start {
            let since = self.show(clock.applies_since);
            why.push(line(
                format!("Quy định áp dụng cho vụ việc từ {since}; thời hạn vẫn tính từ mốc bắt đầu"),
                format!("The rule applies to the case since {since}; the limit still counts from its start"),
            ));
        }
    }

    fn limit(&self, why: &mut Vec<Label>) {
        let rule = self.law.rules.rule(self.clock.rule);
        match &rule.limit {
            Limit::None => {}
            Limit::From(name) => {
                let due = self.show(self.clock.due);
                why.push(line(
                    format!("Hạn do hồ sơ nêu ({name}): {due}"),
                    format!("The limit is the case's own {name}: {due}"),
                ));
            }
            Limit::Period { count, unit } => {
                why.push(count::heading(*count, unit));
                count::lines(self.law, self.clock, *count, unit, why);
            }
        }
        if self.clock.suspended_micros > 0 {
            let span = span(self.clock.suspended_micros);
            why.push(if self.clock.suspension_subtracted {
                line(
                    format!("Tạm dừng {}: được trừ khỏi thời gian xử lý", span.vi),
                    format!("Suspended for {}: taken off the elapsed time", span.en),
                )
            } else {
                line(
                    format!("Tạm dừng {}: chỉ hiển thị, thời hạn vẫn tính", span.vi),
                    format!("Suspended for {}: shown only, the clock runs on", span.en),
                )
            });
        }
    }

    fn due(&self, why: &mut Vec<Label>) {
        let clock = self.clock;
        let due = self.show(clock.due);
        why.push(line(
            format!("Hạn: {due}; đúng thời điểm đó vẫn trong hạn"),
            format!("Due: {due}; that very instant is in time"),
        ));
        if clock.stopped_at.is_none() {
            let (soon, ppm) = (self.show(clock.due_soon_at), self.law.due_soon_ppm(clock.rule));
            let percent = words::percent(ppm);
            why.push(line(
                format!("Sắp trễ hạn từ {soon}: còn không quá {percent} % thời hạn"),
                format!("Due soon from {soon}: at most {percent} % of the limit left"),
            ));
        }
        if clock.beyond_known_holidays
            && let Some(known) = self.law.calendar.known()
        {
            let (from, to) = (known.from, known.to);
            why.push(line(
                format!("Ngày nghỉ lễ chỉ biết chắc từ {from} đến {to}: hạn có thể thay đổi"),
                format!("Holidays known from {from} to {to} only: the due instant may change"),
            ));
        }
    }

    fn promise(&self, why: &mut Vec<Label>) {
        let Some(extension) = self.clock.extension else {
            return;
        };
        let (until, recorded) = (self.show(extension.until), self.show(extension.recorded_at));
        why.push(if extension.late {
            line(
                format!(
                    "Thời gian đã báo: đến {until}; ghi nhận {recorded}, sau khi quá hạn: thống kê vẫn là trễ"
                ),
                format!(
                    "Recorded time: until {until}; recorded {recorded}, after the limit: statistics stay late"
                ),
            )
        } else {
            line(
                format!("Thời gian đã báo: đến {until}; ghi nhận {recorded}, trước khi hết hạn"),
                format!("Recorded time: until {until}; recorded {recorded}, before the limit ended"),
            )
        });
        if extension.revisions > 0 {
            let (times, first) = (extension.revisions, self.show(extension.reference));
            why.push(line(
                format!("Thời gian đã báo được sửa {times} lần; mốc thống kê: {first}"),
                format!("The recorded time was changed {times} times; statistics refer to {first}"),
            ));
        }
    }

    fn circumstances(&self, why: &mut Vec<Label>) {
        let clock = self.clock;
        if clock.run > 0 {
            let unit = clock.run + 1;
            let total = self.clocks.received_at.map(|received| {
                span(clock.stopped_at.or(clock.superseded_at).unwrap_or(self.now).since(received))
            });
            let total = total.unwrap_or_default();
            why.push(line(
                format!("Tính lại cho đơn vị thứ {unit}; tổng thời gian từ khi tiếp nhận: {}", total.vi),
                format!("Started again for unit {unit}; total time since receipt: {}", total.en),
            ));
        }
        if let Some(other) = clock.replaced_by {
            let id = &self.law.rules.rule(other).id;
            why.push(line(format!("Được thay bằng {id}"), format!("{id} takes its place")));
        }
        if let Some(at) = clock.superseded_at {
            let at = self.show(at);
            why.push(line(
                format!("Vụ việc chuyển sang đơn vị khác lúc {at}: đồng hồ này không còn tính"),
                format!("Another unit got the case at {at}: this clock no longer counts"),
            ));
        }
        if !clock.missing_evidence.is_empty() {
            let missing = clock.missing_evidence.join(", ");
            why.push(line(format!("Thiếu: {missing}"), format!("Missing: {missing}")));
        }
        if let Some(breach) = clock.breach {
            let actions = self.law.rules.rule(clock.rule).on_breach.join(", ");
            let at = self.show(breach.at);
            why.push(line(
                format!("Hết thời hạn lúc {at}: {actions}"),
                format!("The limit ran out at {at}: {actions}"),
            ));
        }
    }

    /// The last line: what the lines above come to.
    fn outcome(&self, why: &mut Vec<Label>) {
        let clock = self.clock;
        let Some(stopped) = clock.stopped_at else {
            // A state is looked at many times a second: what is left is said in whole ones.
            let now = Timestamp::from_secs(self.now.micros().div_euclid(1_000_000));
            let due = clock.governing_due();
            let (now, span) = (self.show(now), span(due.since(now).abs()));
            why.push(if due < self.now {
                line(format!("Lúc {now}: quá hạn {}", span.vi), format!("At {now}: overdue by {}", span.en))
            } else {
                line(format!("Lúc {now}: còn {}", span.vi), format!("At {now}: {} left", span.en))
            });
            return;
        };
        let at = self.show(stopped);
        let by = clock.ended_by.map(|step| self.law.rules.vocabulary.step_of(step).label.clone());
        let (stop_vi, stop_en) = match (&by, clock.ended_by) {
            (Some(label), Some(step)) if step != own::REFUSED => (
                format!("Vụ việc kết thúc ({}) lúc {at}", label.vi),
                format!("The case ended ({}) at {at}", label.en),
            ),
            _ => (format!("Dừng lúc {at}"), format!("Stopped at {at}")),
        };
        let late = span(stopped.since(clock.due).max(0));
        why.push(match clock.judged {
            Judgement::Extended => line(
                format!("{stop_vi}: sau hạn {}, trong thời gian đã báo", late.vi),
                format!("{stop_en}: {} after the limit, within the recorded time", late.en),
            ),
            Judgement::Late => {
                line(format!("{stop_vi}: trễ hạn {}", late.vi), format!("{stop_en}: {} late", late.en))
            }
            Judgement::InTime | Judgement::None | Judgement::NoDeadline => {
                line(format!("{stop_vi}: trong hạn"), format!("{stop_en}: in time"))
            }
        });
    }
}
