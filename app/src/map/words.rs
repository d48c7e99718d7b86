//! What a map says besides its legend.

use crate::text::number::count;
use crate::text::{Lang, Say, lang::say};

/// How many fields have no map of their own here.
#[must_use]
pub(super) fn more_fields(lang: Lang, more: usize) -> String {
    let more = count(lang, i64::try_from(more).unwrap_or(i64::MAX));
    match lang {
        Lang::Vi => format!("Và {more} lĩnh vực khác, trong danh sách"),
        Lang::En => format!("And {more} other fields, in the list"),
    }
}

/// The figure's name.
pub(super) const NAME: Say = say("Bản đồ ô lục giác", "Hexagon map");
/// Before the map is there.
pub(super) const STARTING: Say = say("Đang mở bản đồ…", "Opening the map…");
/// While its library cannot be loaded.
pub(super) const WAITING: Say = say(
    "Chưa tải được bản đồ; trang đang thử lại. Số liệu ở danh sách.",
    "The map could not be loaded; the page is trying again. The numbers are in the list.",
);
/// How a finger moves the map.
pub(super) const TWO_FINGERS: Say =
    say("Dùng hai ngón tay để di chuyển bản đồ", "Use two fingers to move the map");
/// How a wheel zooms the map where the page scrolls over it.
pub(super) const WITH_CTRL: Say =
    say("Giữ Ctrl và lăn chuột để phóng to bản đồ", "Hold Ctrl and scroll to zoom the map");
/// The same on a Mac.
pub(super) const WITH_COMMAND: Say =
    say("Giữ ⌘ và lăn chuột để phóng to bản đồ", "Hold ⌘ and scroll to zoom the map");
/// While the graphics context is away.
pub(super) const LOST: Say = say(
    "Bản đồ đang khôi phục. Số liệu vẫn ở danh sách.",
    "The map is recovering. The numbers are in the list.",
);
/// Where no map can be drawn.
pub(super) const FAILED: Say = say(
    "Thiết bị này không vẽ được bản đồ. Số liệu của từng ô ở danh sách dưới đây.",
    "This device cannot draw the map. The numbers of each hexagon are in the list below.",
);
/// Where a part of the base map is missing.
pub(super) const FAULT: Say = say(
    "Thiếu một phần nền bản đồ; các ô lục giác vẫn đúng.",
    "Part of the base map is missing; the hexagons are right.",
);
/// Where no hexagon has a number.
pub(super) const EMPTY: Say = say("Không có vụ việc nào trên bản đồ", "No cases on the map");
/// While the numbers are on the way.
pub(super) const LOADING: Say = say("Đang tải số liệu…", "Loading…");
/// Where the numbers did not come.
pub(super) const NO_NUMBERS: Say =
    say("Không tải được số liệu của bản đồ", "The map's numbers could not be loaded");
/// The list's heading.
pub(super) const LIST: Say = say("Các ô nhiều nhất", "Hexagons with the most");
/// Before a place's name.
pub(super) const NEAR: Say = say("gần", "near");
/// After a number, in the list.
pub(super) const OVERDUE: Say = say("quá hạn", "overdue");
/// The chooser's name.
pub(super) const MEASURE: Say = say("Chỉ tiêu", "Measure");
