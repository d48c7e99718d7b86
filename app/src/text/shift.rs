//! What is said of the operations centre's shift: who is on duty, notes, and the handover.

use domain::problem::Problem;

use super::Lang;
use super::lang::{Say, say};

/// The page's name.
pub const SHIFT: Say = say("Ca trực", "Shift");
/// Those on duty.
pub const ON_DUTY: Say = say("Đang trực", "On duty");
/// Nobody is.
pub const NOBODY: Say = say("Chưa ai vào ca", "Nobody is on duty");
/// Said under it.
pub const NOBODY_HELP: Say = say(
    "Người trực vào ca ở ô bên cạnh; ca bắt đầu từ lúc đó.",
    "Whoever comes begins beside; the shift goes from then on.",
);
/// Names are concealed.
pub const NAMES_CONCEALED: Say = say(
    "Tên người trực và điều họ ghi chỉ hiện khi có mã người quản trị.",
    "The names of those on duty and what they wrote are shown with the administrator's token only.",
);
/// Stands for what somebody wrote.
pub const WITHHELD: Say = say("(không hiện)", "(not shown)");
/// Shows them.
pub const SHOW_NAMES: Say = say("Hiện tên", "Show names");
/// Since when.
pub const SINCE: Say = say("từ", "since");
/// Until when.
pub const UNTIL: Say = say("đến", "until");
/// Notes.
pub const NOTES: Say = say("Ghi chú của ca", "Notes of the shift");
/// None of them.
pub const NO_NOTES: Say = say("Chưa có ghi chú.", "No notes yet.");
/// What was handed over.
pub const HANDOVER: Say = say("Bàn giao", "Handover");
/// Nobody has accepted.
pub const WAITS: Say = say("chưa có người nhận", "nobody has accepted");
/// Somebody did.
pub const ACCEPTED: Say = say("đã nhận lúc", "accepted at");
/// How the city stood.
pub const STOOD: Say = say("Tình hình lúc bàn giao", "How the city stood at the handover");
/// Alarms of then that nobody had acknowledged.
pub const THEN_UNACKNOWLEDGED: Say = say("Báo động chưa ghi nhận", "Alarms not acknowledged");
/// Alarms of then that somebody takes care of.
pub const THEN_ACKNOWLEDGED: Say = say("Báo động đã ghi nhận", "Alarms acknowledged");
/// Alarms of then that were put away.
pub const THEN_SHELVED: Say = say("Báo động tạm gác", "Alarms shelved");
/// Directives of then without an answer in time.
pub const THEN_DIRECTIVES: Say = say("Đôn đốc quá hạn trả lời", "Directives past their due instant");
/// Alarms that wait.
pub const OPEN_ALARMS: Say = say("Báo động chờ ghi nhận", "Alarms that wait");
/// There is none.
pub const NO_OPEN_ALARMS: Say = say("Không có báo động nào chờ ghi nhận.", "No alarm waits for anybody.");
/// Directives that are late.
pub const LATE_DIRECTIVES: Say = say("Đôn đốc quá hạn trả lời", "Directives past their due instant");
/// There is none.
pub const NO_LATE_DIRECTIVES: Say =
    say("Không có đôn đốc nào quá hạn.", "No directive is past its due instant.");
/// What the shift did.
pub const HANDLED: Say = say("Báo động đã xử lý trong ca", "Alarms handled in this shift");
/// Nothing yet.
pub const NONE_HANDLED: Say = say(
    "Trong ca này chưa ghi nhận hay tạm gác báo động nào.",
    "No alarm was acknowledged or shelved in this shift.",
);
/// Duties that are over.
pub const RECENT: Say = say("Ca đã xong trong 24 giờ qua", "Duties over in the last 24 hours");
/// There is none.
pub const NO_RECENT: Say = say("Chưa có ca nào.", "There is none.");
/// The form.
pub const BEGIN: Say = say("Vào ca", "Come on duty");
/// Who.
pub const PERSON: Say = say("Họ và tên", "Name");
/// Said under it.
pub const PERSON_HELP: Say = say(
    "Ghi vào nhật ký sự kiện; không hiện trên màn hình lớn hay trang công khai.",
    "Kept in the log of events; shown on no wall and no public page.",
);
/// What for.
pub const ROLE: Say = say("Nhiệm vụ", "Role");
/// Chooses a duty.
pub const CHOOSE: Say = say("Ghi chú, bàn giao", "Note, hand over");
/// Nothing is chosen.
pub const CHOOSE_HELP: Say =
    say("Chọn “Ghi chú, bàn giao” ở một người đang trực.", "Choose “Note, hand over” at somebody on duty.");
/// The form of the one chosen.
pub const ACTS: Say = say("Việc trong ca", "On this duty");
/// The words.
pub const WORDS: Say = say("Nội dung", "Words");
/// Notes them.
pub const NOTE: Say = say("Ghi chú", "Note");
/// Hands over.
pub const HAND_OVER: Say = say("Bàn giao ca", "Hand over");
/// Said under it.
pub const HAND_OVER_HELP: Say = say(
    "Hệ thống tự kèm số liệu lúc bàn giao. Người bàn giao vẫn trực đến khi có người nhận.",
    "The numbers of that moment are added. Whoever hands over stays on duty until somebody accepts.",
);
/// Ends without a successor.
pub const END: Say = say("Kết thúc, không có người nhận", "End, with nobody to follow");
/// Who accepts.
pub const SUCCESSOR: Say = say("Người nhận ca", "Who takes over");
/// Takes over.
pub const ACCEPT: Say = say("Nhận ca", "Take over");
/// Nobody could.
pub const NO_SUCCESSOR: Say = say("Người nhận phải vào ca trước.", "Whoever takes over comes on duty first.");
/// Ended without a handover.
pub const ENDED: Say = say("kết thúc, không bàn giao", "ended without a handover");
/// Without script.
pub const NEEDS_SCRIPT: Say = say(
    "Ghi ca trực ở trang này cần JavaScript. Vẫn có thể gửi qua POST /api/v1/shift/duties.",
    "Keeping the shift on this page needs JavaScript. POST /api/v1/shift/duties works without.",
);

/// What somebody on duty is there for.
#[must_use]
pub fn role(name: &str) -> Say {
    match name {
        "lead" => say("Trưởng ca", "Shift lead"),
        "operator" => say("Trực ban", "Operator"),
        _ => say("Kỹ thuật", "Technician"),
    }
}

/// The page's title, which says how things are.
#[must_use]
pub fn title(lang: Lang, on_duty: usize, waiting: u64) -> String {
    match (lang, on_duty, waiting) {
        (_, 0, _) => NOBODY.to(lang).to_owned(),
        (Lang::Vi, on_duty, 0) => format!("{on_duty} người đang trực"),
        (Lang::En, 1, 0) => "1 person is on duty".to_owned(),
        (Lang::En, on_duty, 0) => format!("{on_duty} people are on duty"),
        (Lang::Vi, on_duty, waiting) => {
            format!("{waiting} bàn giao chưa có người nhận, {on_duty} người đang trực")
        }
        (Lang::En, on_duty, 1) => format!("1 handover waits, {on_duty} on duty"),
        (Lang::En, on_duty, waiting) => format!("{waiting} handovers wait, {on_duty} on duty"),
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
        ("shift-refused" | "not-found", _) => say(
            "Ca này không nhận việc đó nữa: xem lại tình trạng của ca.",
            "The duty does not allow this any more: see how it stands.",
        ),
        (_, Some("person")) => {
            say("Tên phải có từ 1 đến 80 ký tự.", "The name must have 1 to 80 characters.")
        }
        (_, Some("successor")) => NO_SUCCESSOR,
        (_, Some("text" | "reason")) => {
            say("Nội dung phải có từ 1 đến 2.000 ký tự.", "The text must have 1 to 2,000 characters.")
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
    fn check(on_duty: usize, waiting: u64, vi: &str, en: &str) {
        assert_eq!([title(Lang::Vi, on_duty, waiting), title(Lang::En, on_duty, waiting)], [vi, en]);
    }

    #[test]
    fn the_title_says_whether_somebody_is_there_and_whether_a_handover_waits() {
        check(0, 0, "Chưa ai vào ca", "Nobody is on duty");
        check(1, 0, "1 người đang trực", "1 person is on duty");
        check(3, 0, "3 người đang trực", "3 people are on duty");
        check(2, 1, "1 bàn giao chưa có người nhận, 2 người đang trực", "1 handover waits, 2 on duty");
        check(3, 2, "2 bàn giao chưa có người nhận, 3 người đang trực", "2 handovers wait, 3 on duty");
    }
}
