//! What is said on the pages that are for anybody.

use super::Lang;
use super::lang::{Say, say};
use super::number;

/// The page of totals.
pub const TITLE: Say = say("Số liệu công khai", "Public figures");
/// Its other page.
pub const LOOK_UP: Say = say("Tra cứu", "Look up a case");
/// What stands over the look-up.
pub const LOOK_UP_TITLE: Say = say("Tra cứu hồ sơ, phản ánh", "Look up a dossier or report");
/// What to type.
pub const CODE: Say = say("Mã hồ sơ hoặc mã phản ánh", "Code of the dossier or report");
/// What a look-up tells.
pub const LOOK_UP_HELP: Say = say(
    "Mã ghi trên giấy biên nhận hoặc tin nhắn tiếp nhận. Kết quả gồm trạng thái, đơn vị giải quyết, hạn và kết quả; \
     không có thông tin cá nhân và nội dung.",
    "The code is on the receipt or in the message that confirmed it. You see its state, the unit, the due date and the \
     outcome; no personal information and no content.",
);
/// Does it.
pub const SHOW: Say = say("Xem", "Show");
/// Nothing can be shown.
pub const NOT_SHOWN: Say = say("Không có gì để hiển thị với mã này", "Nothing can be shown for this code");
/// What to do about it.
pub const NOT_SHOWN_HELP: Say = say(
    "Hãy kiểm tra lại mã. Trường hợp được yêu cầu bảo mật không tra cứu được tại đây; xin liên hệ nơi tiếp nhận.",
    "Check the code. A case for which confidentiality was asked cannot be looked up here; please ask where it was received.",
);
/// The state of a case.
pub const STATUS: Say = say("Trạng thái", "State");
/// Its stage.
pub const STAGE: Say = say("Giai đoạn", "Stage");
/// Who holds it.
pub const UNIT: Say = say("Đơn vị giải quyết", "Unit");
/// When it came in.
pub const RECEIVED_AT: Say = say("Tiếp nhận lúc", "Received");
/// Its limit.
pub const DUE: Say = say("Hạn giải quyết", "Due");
/// When it was resolved.
pub const RESOLVED_AT: Say = say("Giải quyết xong lúc", "Resolved");
/// How it stands in its limit.
pub const IN_ITS_LIMIT: Say = say("Thời hạn", "Against its limit");
/// No unit that could be named.
pub const NO_UNIT: Say = say("chưa xác định", "not determined yet");
/// No limit.
pub const NO_DUE: Say = say("không có hạn", "no limit");
/// A state that has no word for everybody.
pub const OTHER_STATE: Say = say("đang giải quyết", "being handled");

/// Reports.
pub const REPORTS: Say = say("Phản ánh, kiến nghị", "Reports");
/// Resolved in time.
pub const IN_TIME_PERCENT: Say = say("Đúng hạn", "In time");
/// Received.
pub const RECEIVED: Say = say("Tiếp nhận", "Received");
/// Resolved.
pub const RESOLVED: Say = say("Đã xử lý", "Resolved");
/// Open.
pub const OPEN: Say = say("Đang xử lý", "Open");
/// Overdue.
pub const OVERDUE: Say = say("Quá hạn", "Overdue");

/// Dossiers.
pub const DOSSIERS: Say = say("Giải quyết thủ tục hành chính", "Administrative dossiers");
/// How they are split.
pub const SPLIT: Say = say("Chia theo", "Split by");
/// The whole city.
pub const WHOLE: Say = say("Toàn thành phố", "The whole city");
/// What the catalogue does not name.
pub const OTHERS: Say = say("Khác", "Others");
/// A group that is not told.
pub const UNTOLD: Say = say("không công bố: nhóm nhỏ", "not published: small group");
/// A month without anything.
pub const NONE_YET: Say = say("Chưa có hồ sơ nào trong kỳ này.", "No dossier in this period yet.");

/// Satisfaction.
pub const SATISFACTION: Say = say("Mức độ hài lòng", "Satisfaction");
/// How many ratings.
pub const RATINGS: Say = say("Lượt đánh giá", "Ratings");
/// The share satisfied.
pub const SATISFIED: Say = say("Hài lòng", "Satisfied");
/// No rating at all.
pub const NO_RATINGS: Say = say("Chưa có lượt đánh giá nào trong tháng này.", "No rating in this month yet.");
/// How a figure is reckoned.
pub const HOW: Say = say("Cách tính", "How it is reckoned");
/// Another month.
pub const EARLIER: Say = say("Tháng trước", "Previous month");
/// Another month.
pub const LATER: Say = say("Tháng sau", "Next month");
/// Where the same can be had by machines.
pub const AS_DATA: Say = say("Dữ liệu mở (JSON)", "Open data (JSON)");

/// By what the published set is split.
#[must_use]
pub const fn split(by: domain::public::Split) -> Say {
    use domain::public::Split;
    match by {
        Split::Time => say("Thời gian", "Time"),
        Split::Field => say("Lĩnh vực", "Field"),
        Split::Unit => say("Đơn vị", "Unit"),
    }
}

/// A figure of the published set.
#[must_use]
pub fn figure(metric: &str) -> Say {
    match metric {
        "total_received" => say("Tiếp nhận", "Received"),
        "total_processed" => say("Xử lý", "Handled"),
        "received_online" => say("Trực tuyến", "Online"),
        "received_in_person" => say("Trực tiếp", "In person"),
        "resolved_on_time" => say("Đã giải quyết trong hạn", "Resolved on time"),
        "resolved_overdue" => say("Đã giải quyết quá hạn", "Resolved overdue"),
        "pending_in_time" => say("Chưa giải quyết, trong hạn", "Pending in time"),
        _ => say("Chưa giải quyết, quá hạn", "Pending overdue"),
    }
}

/// `Tháng 11/2026`, `November 2026` told as `11/2026`.
#[must_use]
pub fn month(lang: Lang, month: &str) -> String {
    let Some((year, number)) = month.split_once('-') else { return month.to_owned() };
    match lang {
        Lang::Vi => format!("Tháng {number}/{year}"),
        Lang::En => format!("Month {number}/{year}"),
    }
}

/// The finding, as the page's title.
#[must_use]
pub fn finding(lang: Lang, month: &str, received: i64, in_time: Option<f64>) -> String {
    let month = self::month(lang, month);
    let received = number::count(lang, received);
    match (lang, in_time) {
        (Lang::Vi, Some(share)) => {
            format!(
                "{month}: tiếp nhận {received} phản ánh, {} xử lý đúng hạn",
                number::percent(lang, share, 1)
            )
        }
        (Lang::Vi, None) => format!("{month}: tiếp nhận {received} phản ánh"),
        (Lang::En, Some(share)) => {
            format!(
                "{month}: {received} reports received, {} resolved in time",
                number::percent(lang, share, 1)
            )
        }
        (Lang::En, None) => format!("{month}: {received} reports received"),
    }
}

/// Why a group is not told.
#[must_use]
pub fn small_groups(lang: Lang, min: u16) -> String {
    match lang {
        Lang::Vi => format!(
            "Nhóm dưới {min} trường hợp không được công bố để không ai bị nhận ra; một nhóm khác có thể được ẩn cùng để \
             không tính ngược lại được. Ẩn không có nghĩa là bằng 0."
        ),
        Lang::En => format!(
            "Groups of fewer than {min} are not published, so that nobody can be recognised; another group may be left \
             out with them so that they cannot be reckoned back. Left out does not mean zero."
        ),
    }
}

/// Why nothing is split.
#[must_use]
pub fn withheld(lang: Lang, min: u16) -> String {
    match lang {
        Lang::Vi => format!("Quá ít trường hợp (dưới {min} trong một nhóm) để chia nhỏ mà không lộ cá nhân."),
        Lang::En => {
            format!("Too few cases (fewer than {min} in a group) to be split without telling of persons.")
        }
    }
}

/// The page of the map.
pub const MAP: Say = say("Bản đồ", "Map");
/// Its title.
pub const MAP_TITLE: Say = say("Phản ánh theo nơi xảy ra", "Reports by where it happened");
/// No report with a place in the days of the map.
pub const MAP_EMPTY: Say =
    say("Không có phản ánh nào có vị trí trong những ngày này.", "No report with a position in these days.");

/// Of which days the map is: `from` included, `to` not.
#[must_use]
pub fn map_days(lang: Lang, from: &str, to: &str) -> String {
    let first = super::date::day(from);
    let last = super::date::day(to).and_then(|day| day.yesterday().ok());
    let (Some(first), Some(last)) = (first, last) else { return String::new() };
    let (first, last) = (super::date::date(lang, first), super::date::date(lang, last));
    match lang {
        Lang::Vi => format!("Tiếp nhận từ {first} đến hết {last}, cả ngày trọn vẹn."),
        Lang::En => format!("Received from {first} to {last}, whole days only."),
    }
}

/// The cells that are not told.
#[must_use]
pub fn untold_cells(lang: Lang, many: i64, min: u16) -> String {
    let many = number::count(lang, many);
    match lang {
        Lang::Vi => format!("{many} ô có phản ánh nhưng quá ít để công bố (dưới {min}); không phải bằng 0"),
        Lang::En => format!("{many} hexagons with reports, too few to tell (fewer than {min}); not zero"),
    }
}

/// A hexagon that somebody tapped.
#[must_use]
pub fn reports_near(lang: Lang, place: &str, many: i64) -> String {
    let many = number::count(lang, many);
    match lang {
        Lang::Vi => format!("{many} phản ánh {place}"),
        Lang::En => format!("{many} reports {place}"),
    }
}

/// What became of a case.
#[must_use]
pub fn outcome(code: &str) -> Say {
    match code {
        "open" => say("Đang giải quyết", "Being handled"),
        "resolved" => say("Đã có kết quả", "Resolved"),
        _ => say("Đã kết thúc, không có kết quả giải quyết", "Ended without a result"),
    }
}

/// How a case stands in its limit, or how its resolution was judged.
#[must_use]
pub fn in_limit(outcome: &str, timeliness: &str) -> Option<Say> {
    Some(match (outcome, timeliness) {
        ("resolved", "overdue") => say("quá hạn", "after its limit"),
        ("resolved", "in_time" | "due_soon") => say("đúng hạn", "in time"),
        ("open", code) => return super::words::timeliness(code),
        _ => return None,
    })
}
