//! What is said on the sheet of today: the paper that stands in when the screens do not.

use super::Lang;
use super::lang::{Say, say};

/// The page's name.
pub const TODAY: Say = say("Bức tranh hôm nay", "Today's picture");
/// Prints it.
pub const PRINT: Say = say("In trang này", "Print this page");
/// Said beside it.
pub const PRINT_HELP: Say = say(
    "Phím P ở các trang làm việc mở và in trang này. Giấy thay màn hình khi mất điện hoặc mất mạng.",
    "The key P on the office's pages opens and prints this page. Paper stands in when power or network is lost.",
);
/// Which events are in it.
pub const EVENTS_UP_TO: Say = say("Sự kiện đến số", "Events up to");
/// The longest overdue.
pub const LONGEST: Say = say("Quá hạn lâu nhất, theo đơn vị", "Longest overdue, by agency");
/// Those on duty.
pub const ON_DUTY: Say = say("Đang trực", "On duty");
/// A line to write a name on.
pub const NAME_BY_HAND: Say = say("họ tên (ghi tay)", "name (by hand)");
/// Where one writes.
pub const BY_HAND: Say = say("Ghi tay sau khi in", "Written by hand after printing");
/// The alarms that stand.
pub const ALARMS: Say = say("Báo động đang mở", "Alarms that stand");
/// Nothing stands.
pub const NO_ALARMS: Say = say("Không có báo động nào đang mở.", "No alarm stands.");
/// What is longer than the sheet.
#[must_use]
pub fn more(lang: Lang, more: u64) -> String {
    match lang {
        Lang::Vi => format!("và {more} mục nữa trên màn hình"),
        Lang::En => format!("and {more} more on the screen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted() {
        assert_eq!(
            [more(Lang::Vi, 3), more(Lang::En, 3)],
            ["và 3 mục nữa trên màn hình", "and 3 more on the screen"]
        );
    }
}
