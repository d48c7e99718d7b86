//! What is said of alarms: what is the matter, what to do, and what was done.

use domain::problem::Problem;

use super::Lang;
use super::lang::{Say, say};

/// The page's name.
pub const ALARMS: Say = say("Báo động", "Alarms");
/// Nothing is the matter.
pub const NONE: Say = say("Không có báo động nào đang mở", "No alarm stands");
/// Said under it.
pub const NONE_HELP: Say = say(
    "Hệ thống vẫn theo dõi thời hạn, nguồn dữ liệu và lượng phản ánh; có việc cần người, báo động sẽ hiện ở đây.",
    "Limits, sources and the number of reports are being watched; what needs a person will stand here.",
);
/// A list that holds none.
pub const NONE_SO: Say = say("Không có báo động nào như vậy", "There is no such alarm");
/// Those that stand.
pub const STANDING: Say = say("Đang mở", "Standing");
/// What to do about it.
pub const HANDLE: Say = say("Xử lý", "Handle");
/// The form beside the list.
pub const HANDLING: Say = say("Xử lý báo động", "Handle the alarm");
/// Nothing is chosen yet.
pub const CHOOSE: Say = say("Chọn “Xử lý” ở một báo động.", "Choose “Handle” at an alarm.");
/// Somebody takes care.
pub const ACKNOWLEDGE: Say = say("Ghi nhận", "Acknowledge");
/// Put away for a time.
pub const SHELVE: Say = say("Tạm gác", "Shelve");
/// For how long.
pub const FOR: Say = say("Tạm gác trong", "Shelve for");
/// What is done, or why it is put away.
pub const TEXT: Say = say("Việc đang làm, hoặc lý do tạm gác", "What is done, or why it is shelved");
/// The reason that is missing.
pub const NEEDS_REASON: Say = say("Tạm gác cần có lý do.", "A shelving needs a reason.");
/// What led to it.
pub const EVIDENCE: Say = say("Căn cứ", "Evidence");
/// Since when.
pub const SINCE: Say = say("từ", "since");
/// Acknowledged.
pub const ACKNOWLEDGED_AT: Say = say("ghi nhận lúc", "acknowledged at");
/// Shelved.
pub const SHELVED_UNTIL: Say = say("tạm gác đến", "shelved until");
/// Over.
pub const CLEARED_AT: Say = say("tự hết lúc", "over by itself at");
/// A source was heard last.
pub const HEARD: Say = say("dữ liệu đến", "data until");
/// The case behind it.
pub const CASE: Say = say("Vụ việc", "Case");
/// Limit.
pub const DUE: Say = say("hạn", "due");

/// How it stands.
#[must_use]
pub fn status(name: &str) -> Say {
    match name {
        "acknowledged" => say("Đã ghi nhận", "Acknowledged"),
        "shelved" => say("Tạm gác", "Shelved"),
        "cleared" => say("Đã hết", "Over"),
        _ => say("Chưa ghi nhận", "Not acknowledged"),
    }
}

/// How soon somebody must act.
#[must_use]
pub fn priority(name: &str) -> Say {
    match name {
        "high" => say("Ngay", "Now"),
        "medium" => say("Trong giờ", "Within the hour"),
        _ => say("Trong ca", "Within the shift"),
    }
}

/// What is the matter.
#[must_use]
pub fn kind(name: &str) -> Say {
    match name {
        "escalation" => say("Hết thời hạn, phải chuyển tiếp", "A limit ran out and goes further"),
        "overdue_serious" => say("Vụ việc nghiêm trọng quá hạn", "A grave case is overdue"),
        "surge" => say("Phản ánh tăng bất thường", "Far more reports than usual"),
        "source_silent" => say("Nguồn dữ liệu im lặng", "A source is silent"),
        _ => say("Đồng hồ máy chủ không được đồng bộ", "The server's clock is not kept in step"),
    }
}

/// What to do.
#[must_use]
pub fn advice(name: &str) -> Say {
    match name {
        "escalation" => say(
            "Mở vụ việc, xem điều khoản và người đang giữ; đôn đốc nếu chưa có ai trả lời.",
            "Open the case, read the clause and who holds it; urge where nobody has answered.",
        ),
        "overdue_serious" => say(
            "Gọi đơn vị đang giữ vụ việc; đôn đốc hoặc yêu cầu giải trình từ trang vụ việc.",
            "Call the agency that holds it; urge or ask for an explanation from the case's page.",
        ),
        "surge" => say(
            "Mở các vụ việc hôm nay để xem có cùng một nguyên nhân không; báo đơn vị phụ trách.",
            "Open today's cases to see whether they have one cause; tell the agency in charge.",
        ),
        "source_silent" => say(
            "Gọi đơn vị vận hành nguồn. Đến khi nguồn nói lại, các con số thiếu phần của nguồn này.",
            "Call whoever runs the source. Until it speaks again, the numbers lack its part.",
        ),
        _ => say(
            "Bật chrony hoặc systemd-timesyncd trên máy chủ: thời hạn chạy theo đồng hồ này.",
            "Start chrony or systemd-timesyncd on the server: limits run on this clock.",
        ),
    }
}

/// The page's title, which says how things are.
#[must_use]
pub fn title(lang: Lang, unacknowledged: u64) -> String {
    match (lang, unacknowledged) {
        (Lang::Vi, 0) => "Không có báo động nào chờ ghi nhận".to_owned(),
        (Lang::En, 0) => "No alarm waits for anybody".to_owned(),
        (Lang::Vi, count) => format!("{count} báo động chờ ghi nhận"),
        (Lang::En, 1) => "1 alarm waits to be acknowledged".to_owned(),
        (Lang::En, count) => format!("{count} alarms wait to be acknowledged"),
    }
}

/// `Nhiều báo động cùng lúc: 14 trong 10 phút, 3 phải xử lý ngay`.
#[must_use]
pub fn flood(lang: Lang, alarms: u64, high: u64) -> String {
    match lang {
        Lang::Vi => format!("Nhiều báo động cùng lúc: {alarms} trong 10 phút, {high} phải xử lý ngay"),
        Lang::En => format!("Many alarms at once: {alarms} within 10 minutes, {high} of them for now"),
    }
}

/// How often we call, in a sentence.
#[must_use]
pub fn rate(lang: Lang, raised: u64, acted_on: u64, unactionable: u64) -> String {
    match lang {
        Lang::Vi => format!(
            "10 phút qua: {raised} báo động mới, {acted_on} đã có người xử lý, {unactionable} tự hết trước khi ai kịp làm gì."
        ),
        Lang::En => format!(
            "Last 10 minutes: {raised} new, {acted_on} acted on, {unactionable} over before anybody could act."
        ),
    }
}

/// The target, and how a day was.
#[must_use]
pub fn rate_target(lang: Lang, raised_day: u64) -> String {
    match lang {
        Lang::Vi => format!(
            "Mục tiêu: dưới 1 báo động không xử lý được, mỗi người, mỗi 10 phút. Một ngày qua: {raised_day}."
        ),
        Lang::En => {
            format!(
                "Target: fewer than 1 that nobody can act on, a person, in 10 minutes. Last day: {raised_day}."
            )
        }
    }
}

/// Beside a surge: what is usual.
#[must_use]
pub fn usual(lang: Lang, usual_max: u32) -> String {
    match lang {
        Lang::Vi => format!("cùng thứ trong 8 tuần trước nhiều nhất {usual_max}"),
        Lang::En => format!("at most {usual_max} on this weekday in the 8 weeks before"),
    }
}

/// `và 5 báo động khác`.
#[must_use]
pub fn more(lang: Lang, count: u64) -> String {
    match lang {
        Lang::Vi => format!("và {count} báo động khác"),
        Lang::En => format!("and {count} more"),
    }
}

/// `30 phút`, `2 giờ`.
#[must_use]
pub fn minutes(lang: Lang, minutes: u32) -> String {
    match (lang, minutes % 60) {
        (Lang::Vi, 0) => format!("{} giờ", minutes / 60),
        (Lang::Vi, _) => format!("{minutes} phút"),
        (Lang::En, 0) if minutes == 60 => "1 hour".to_owned(),
        (Lang::En, 0) => format!("{} hours", minutes / 60),
        (Lang::En, _) => format!("{minutes} minutes"),
    }
}

/// Why an act was not taken, and what to do.
#[must_use]
pub fn refusal(problem: &Problem) -> Say {
    match (problem.slug(), problem.parameter.as_deref()) {
        ("unauthorized", _) => say(
            "Mã người quản trị không đúng. Chưa ghi gì cả.",
            "The administrator's token is wrong. Nothing was done.",
        ),
        ("alarm-refused" | "not-found", _) => say(
            "Báo động này đã hết: không còn gì để ghi nhận.",
            "The alarm is over: there is nothing to acknowledge any more.",
        ),
        (_, Some("reason")) => NEEDS_REASON,
        (_, Some("text")) => {
            say("Nội dung dài quá 2.000 ký tự.", "The text is longer than 2,000 characters.")
        }
        _ => say(
            "Chưa ghi được. Hãy thử lại: gửi lại không ghi hai lần.",
            "It could not be done. Try again: sending again does nothing twice.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(slug: &str, parameter: Option<&str>, vi: &str) {
        let mut problem = Problem::new(slug, 400, "", "");
        problem.parameter = parameter.map(str::to_owned);
        assert!(refusal(&problem).vi.starts_with(vi), "{}", refusal(&problem).vi);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        check("unauthorized", Some("Authorization"), "Mã người quản trị không đúng");
        check("alarm-refused", None, "Báo động này đã hết");
        check("bad-parameter", Some("reason"), "Tạm gác cần có lý do");
        check("unreachable", None, "Chưa ghi được");
    }

    #[test]
    fn a_time_is_said_in_hours_where_it_is_whole_hours() {
        assert_eq!([30, 60, 480].map(|given| minutes(Lang::Vi, given)), ["30 phút", "1 giờ", "8 giờ"]);
    }
}
