//! What is said of a past picture.

use super::lang::{Say, say};

/// What the slider is.
pub const TITLE: Say = say("Giờ đã qua trong bảy ngày", "Past hours of seven days");
/// The slider at its end.
pub const NOW: Say = say("Bây giờ", "Now");
/// A map that is of now.
pub const LIVE: Say = say("Bản đồ đang theo số liệu trực tiếp.", "The map follows the live numbers.");
/// Before the instant of a map that is not.
pub const AT: Say = say("Bản đồ lúc ", "The map at ");
/// After it.
pub const NOT_NOW: Say = say(", không phải lúc này.", ", not now.");
/// What a movement counts then.
pub const OF_ITS_DAY: Say = say(
    " Số phát sinh tính từ đầu ngày ấy đến giờ ấy.",
    " What happened is counted from the beginning of that day to that hour.",
);
/// Leads back.
pub const TO_NOW: Say = say("Về hiện tại", "Back to now");
/// Steps.
pub const DAY_BACK: Say = say("−1 ngày", "−1 day");
/// Steps.
pub const HOUR_BACK: Say = say("−1 giờ", "−1 hour");
/// Steps.
pub const HOUR_ON: Say = say("+1 giờ", "+1 hour");
/// Steps.
pub const DAY_ON: Say = say("+1 ngày", "+1 day");
/// Begins to run through the hours.
pub const RUN: Say = say("Chạy", "Run");
/// Ends it.
pub const STOP: Say = say("Dừng", "Stop");
