//! What is said of the pages that a reader follows, and of the keys.

use super::lang::{Say, say};

/// The switch.
pub const FOLLOW: Say = say("Theo dõi", "Follow");
/// Why it cannot be switched on.
pub const FULL: Say = say(
    "Đã theo dõi 12 trang; hãy bỏ bớt ở trang chủ",
    "You follow 12 pages already; let one go on the first page",
);
/// What the list is.
pub const FOLLOWED: Say = say("Đang theo dõi", "Followed");
/// Where it is kept.
pub const KEPT_HERE: Say = say("Chỉ lưu trên thiết bị này.", "Kept on this device only.");
/// Takes a page off the list; before its name.
pub const LET_GO: Say = say("Bỏ theo dõi", "Stop following");
/// Before the number of overdue cases.
pub const OVERDUE: Say = say("quá hạn ", "overdue ");
/// Before the number received.
pub const RECEIVED: Say = say(" · tiếp nhận ", " · received ");
/// Before the number resolved.
pub const RESOLVED: Say = say(" · xử lý xong ", " · resolved ");
/// What cannot be read now.
pub const UNKNOWN: Say = say("chưa đọc được số liệu", "its numbers cannot be read now");
/// A code without a case.
pub const NO_CASE: Say = say("không còn vụ việc có mã này", "there is no case of this code");
