//! What is said on the desks of a unit and of the City Office.

use super::Lang;
use super::lang::{Say, say};

/// A unit's desk.
pub const DESK: Say = say("Bàn làm việc", "Desk");
/// The City Office's desk.
pub const OFFICE: Say = say("Bàn làm việc Văn phòng UBND thành phố", "The City Office's desk");
/// What it is for.
pub const OFFICE_HELP: Say = say(
    "Những vụ việc quy chế giao Văn phòng theo dõi, tham mưu và đôn đốc, kèm điều khoản.",
    "The cases that the regulation gives the City Office to watch, to advise on and to urge, each list with its clause.",
);
/// What it is for.
pub const UNIT_HELP: Say = say(
    "Vụ việc đơn vị đang giữ, xếp theo hạn; việc phải trả lời; minh chứng còn thiếu.",
    "What the unit holds, by its limits; what it must answer; what evidence is missing.",
);
/// What must be answered.
pub const TO_ANSWER: Say = say("Đôn đốc, giải trình phải trả lời", "Urges and explanations to answer");
/// Nothing must be answered.
pub const NONE_TO_ANSWER: Say = say("Không có yêu cầu nào chờ trả lời.", "Nothing waits for an answer.");
/// What is missing.
pub const MISSING: Say = say("Minh chứng còn thiếu", "Evidence missing");
/// Nothing is missing.
pub const NONE_MISSING: Say =
    say("Không thiếu minh chứng nào theo quy chế.", "No evidence that the regulation asks for is missing.");
/// A list without a case.
pub const NONE_HERE: Say = say("Không có vụ việc nào.", "No case.");
/// A list that the city's regulations do not ask for.
pub const NOT_ASKED: Say = say(
    "Quy chế của thành phố này không quy định danh sách này.",
    "This city's regulations do not ask for this list.",
);
/// Since when a case is on a list.
pub const SINCE: Say = say("từ", "since");
/// The limit of a list.
pub const UNTIL: Say = say("hạn", "by");
/// Go on to all.
pub const ALL: Say = say("Xem tất cả", "Show all");
/// Nothing of this name.
pub const NO_SUCH: Say = say("Không có đơn vị mang mã này", "There is no agency of this code");

/// A part of a unit's desk.
#[must_use]
pub fn when(name: &str) -> Say {
    match name {
        "overdue" => say("Quá hạn", "Overdue"),
        "today" => say("Hạn hôm nay", "Due today"),
        "tomorrow" => say("Hạn ngày mai", "Due tomorrow"),
        "this_week" => say("Hạn trong tuần này", "Due this week"),
        "later" => say("Hạn sau tuần này", "Due later"),
        _ => say("Không có hạn", "No limit"),
    }
}

/// A list of the City Office's desk.
#[must_use]
pub fn list(name: &str) -> Say {
    match name {
        "overdue_pending" => say("Quá hạn (đang chờ xử lý)", "Overdue (awaiting handling)"),
        "pressing" => say(
            "Cấp bách hoặc cần văn bản: 2 ngày làm việc",
            "Pressing, or in need of a document: 2 working days",
        ),
        "units_disagree" => say("Các đơn vị không thống nhất", "Units disagree"),
        "reporter_disagrees" => say("Người phản ánh không đồng ý", "The reporter disagrees"),
        "city_competence" => say("Thuộc thẩm quyền thành phố", "The city's own to decide"),
        "group_four" => {
            say("Nhóm 4: đã có chỉ đạo nhưng chậm thực hiện", "Group 4: directed already and late")
        }
        _ => say("Đã chuyển đơn vị", "Transferred to a unit"),
    }
}

/// What to do with a list.
#[must_use]
pub fn list_help(name: &str) -> Say {
    match name {
        "overdue_pending" => say(
            "Báo cáo lãnh đạo thành phố; đôn đốc từ trang vụ việc.",
            "Report to the city's leadership; urge from the case's page.",
        ),
        "pressing" => say(
            "Tổng đài tổng hợp, gửi Văn phòng tham mưu văn bản.",
            "The hotline compiles and sends; the Office advises on the document.",
        ),
        "units_disagree" | "reporter_disagrees" | "city_competence" => say(
            "Tham mưu chỉ đạo, giao đơn vị chủ trì: vụ việc ra khỏi danh sách khi đã giao.",
            "Propose a directive that names the lead unit: then the case leaves the list.",
        ),
        "group_four" => say("Lâu nhất ở trên cùng.", "The oldest first."),
        _ => say("Mới chuyển ở trên cùng.", "The newest first."),
    }
}

/// The title of a unit's desk, which says how things are.
#[must_use]
pub fn unit_title(lang: Lang, name: &str, overdue: u64, today: u64) -> String {
    match lang {
        Lang::Vi if overdue + today == 0 => format!("{name}: không có việc quá hạn hay đến hạn hôm nay"),
        Lang::Vi => format!("{name}: {overdue} quá hạn, {today} đến hạn hôm nay"),
        Lang::En if overdue + today == 0 => format!("{name}: nothing overdue, nothing due today"),
        Lang::En => format!("{name}: {overdue} overdue, {today} due today"),
    }
}
