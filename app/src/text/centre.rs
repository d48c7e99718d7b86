//! What is said at a district centre and in its lobby.

use jiff::civil::Weekday;

use super::Lang;
use super::date;
use super::lang::{Say, say};
use super::number;

/// The page's name.
pub const CENTRE: Say = say("Trung tâm hành chính", "Administrative centre");
/// The way to it.
pub const CENTRES: Say = say("Trung tâm", "Centres");
/// The page that lets one choose.
pub const CHOOSE: Say = say("Chọn địa bàn", "Choose a place");
/// What it is for.
pub const CHOOSE_HELP: Say = say(
    "Mỗi trung tâm chỉ xem số liệu của địa bàn mình.",
    "Each centre sees the numbers of its own place alone.",
);
/// The places of today.
pub const WARDS: Say = say("Phường, xã, đặc khu", "Wards, communes and special zones");
/// The places of the old map.
pub const DISTRICTS: Say = say("Quận, huyện", "Districts");
/// The city has no list of places.
pub const NO_PLACES: Say = say("Thành phố chưa khai địa bàn nào.", "The city has not named any place.");
/// No place of this code.
pub const NO_SUCH: Say = say("Không có địa bàn mang mã này", "There is no place of this code");
/// The screen for the public.
pub const LOBBY: Say = say("Màn hình sảnh", "Lobby screen");
/// What came in today.
pub const ARRIVALS: Say = say("Tiếp nhận hôm nay, đến giờ này", "Received today, by now");
/// Too few weeks are known.
pub const NO_PAST: Say = say(
    "Chưa đủ bốn tuần cùng thứ để biết mức thường.",
    "Fewer than four such weekdays are known: nothing is usual yet.",
);
/// The load by field.
pub const BY_FIELD: Say = say("Khối lượng theo lĩnh vực", "Load by field");
/// No load.
pub const NO_LOAD: Say = say(
    "Không có vụ việc đang xử lý và chưa tiếp nhận gì hôm nay.",
    "Nothing is open and nothing came in today.",
);
/// A column.
pub const TODAY: Say = say("Hôm nay", "Today");
/// The counters.
pub const COUNTERS: Say = say("Quầy và hàng chờ", "Counters and queues");
/// Nothing was said of a queue.
pub const NO_COUNTERS: Say =
    say("Chưa quầy nào gửi số liệu hàng chờ.", "No counter has sent the state of its queue yet.");
/// The city does not say whose counters.
pub const NO_UNIT: Say = say(
    "Thành phố chưa khai đơn vị vận hành trung tâm của địa bàn này.",
    "The city has not named an agency that runs the centre of this place.",
);
/// All counters of a unit together.
pub const ALL_COUNTERS: Say = say("Cả trung tâm", "The whole centre");
/// Satisfaction by the way in which a rating came.
pub const SATISFACTION: Say = say("Hài lòng, 30 ngày", "Satisfaction, 30 days");
/// All ways together.
pub const ALL_RATINGS: Say = say("Tất cả", "All");
/// How the rating came.
pub const RATING_CHANNEL: Say = say("Kênh đánh giá", "Rating channel");
/// How many ratings.
pub const RATINGS: Say = say("Lượt", "Ratings");
/// The share.
pub const SATISFIED: Say = say("Hài lòng", "Satisfied");
/// No rating at all.
pub const NO_RATINGS: Say =
    say("Chưa có lượt đánh giá nào trong 30 ngày.", "No rating in the last thirty days.");
/// The look-up.
pub const LOOK_UP: Say = say("Tra cứu theo mã hồ sơ", "Look up by code");
/// How to give the code.
pub const LOOK_UP_HELP: Say = say(
    "Gõ mã, dùng máy quét, hoặc quét mã QR, mã vạch bằng camera.",
    "Type the code, use a scanner, or read a QR code or barcode with the camera.",
);
/// Nothing here.
pub const NOT_HERE: Say = say("Không có hồ sơ mã này ở địa bàn này", "No case of this code in this place");
/// Where else.
pub const NOT_HERE_HELP: Say =
    say("Xem tình trạng trên trang tra cứu chung:", "See how it stands on the public look-up:");
/// Starts the camera.
pub const SCAN: Say = say("Quét bằng camera", "Scan with the camera");
/// Stops it.
pub const SCAN_STOP: Say = say("Dừng quét", "Stop scanning");
/// While the camera looks.
pub const SCANNING: Say = say(
    "Đưa mã QR hoặc mã vạch vào khung. Hình ảnh không rời khỏi thiết bị này.",
    "Hold the QR code or barcode into the frame. No picture leaves this device.",
);
/// The browser reads no codes.
pub const SCAN_NO_DETECTOR: Say = say(
    "Trình duyệt này không tự đọc được mã bằng camera. Hãy gõ mã hoặc dùng máy quét.",
    "This browser cannot read codes with the camera by itself. Type the code or use a scanner.",
);
/// No camera may be used.
pub const SCAN_NO_CAMERA: Say = say(
    "Không dùng được camera: thiết bị không có, hoặc trang không mở qua HTTPS. Hãy gõ mã hoặc dùng máy quét.",
    "No camera can be used: there is none, or the page was not opened over HTTPS. Type the code or use a scanner.",
);
/// The reader refused the camera.
pub const SCAN_REFUSED: Say = say(
    "Camera chưa được cho phép. Hãy cho phép trong trình duyệt, hoặc gõ mã.",
    "The camera is not allowed. Allow it in the browser, or type the code.",
);

/// `128 → đang gọi số 128`.
#[must_use]
pub fn called(lang: Lang, number: u32) -> String {
    let number = number::count(lang, number.into());
    match lang {
        Lang::Vi => format!("đang gọi số {number}"),
        Lang::En => format!("now calling {number}"),
    }
}

/// A counter's name.
#[must_use]
pub fn counter(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Vi => format!("Quầy {name}"),
        Lang::En => format!("Counter {name}"),
    }
}

/// How a queue stands.
#[must_use]
pub fn queue(lang: Lang, waiting: u32, serving: u32, issued: u32, oldest_wait_secs: Option<u32>) -> String {
    let count = |number: u32| number::count(lang, number.into());
    let (waiting, serving, issued) = (count(waiting), count(serving), count(issued));
    let oldest = oldest_wait_secs.filter(|secs| *secs > 0).map(|secs| wait(lang, secs));
    match (lang, oldest) {
        (Lang::Vi, Some(oldest)) => {
            format!("{waiting} đang chờ, lâu nhất {oldest} · {serving} đang phục vụ · đã phát {issued} số")
        }
        (Lang::Vi, None) => format!("{waiting} đang chờ · {serving} đang phục vụ · đã phát {issued} số"),
        (Lang::En, Some(oldest)) => {
            format!(
                "{waiting} waiting, the longest {oldest} · {serving} being served · {issued} tickets issued"
            )
        }
        (Lang::En, None) => format!("{waiting} waiting · {serving} being served · {issued} tickets issued"),
    }
}

/// How long somebody waits: in whole minutes, at least one.
#[must_use]
pub fn wait(lang: Lang, secs: u32) -> String {
    number::rough(lang, i64::from(secs.max(60)) * 1_000_000)
}

/// `thường 28–41, trung vị 33 (Thứ Hai đến giờ này, 8 tuần)`.
#[must_use]
pub fn usual(lang: Lang, now: i64, [low, middle, high]: [f64; 3], weekday: Weekday, days: usize) -> String {
    #[allow(clippy::cast_precision_loss)] // Cases of a day.
    let stands = match now as f64 {
        now if now < low => say("dưới mức thường", "below the usual"),
        now if now > high => say("trên mức thường", "above the usual"),
        _ => say("trong mức thường", "within the usual"),
    };
    let write = |number: f64| number::decimal(lang, number, usize::from(number.fract() != 0.0));
    let (stands, weekday) = (stands.to(lang), date::weekday(lang, weekday));
    let range = format!("{}\u{2060}–\u{2060}{}", write(low), write(high));
    let middle = write(middle);
    match lang {
        Lang::Vi => {
            format!(
                "{stands} của {weekday} đến giờ này: {range}, trung vị {middle} (tứ phân vị của {days} tuần)"
            )
        }
        Lang::En => {
            format!("{stands} for a {weekday} by now: {range}, median {middle} (quartiles of {days} weeks)")
        }
    }
}

/// Working time that is left, to the minute.
#[must_use]
pub fn working_left(lang: Lang, secs: i64) -> String {
    let minutes = secs.unsigned_abs() / 60;
    let (hours, rest) = (minutes / 60, minutes % 60);
    let time = match (lang, hours) {
        (Lang::Vi, 0) => format!("{rest} phút"),
        (Lang::Vi, _) => format!("{hours} giờ {rest:02} phút"),
        (Lang::En, 0) => format!("{rest} min"),
        (Lang::En, _) => format!("{hours} h {rest:02} min"),
    };
    match (lang, secs < 0) {
        (Lang::Vi, false) => format!("còn {time} làm việc"),
        (Lang::Vi, true) => format!("quá {time} làm việc"),
        (Lang::En, false) => format!("{time} of working time left"),
        (Lang::En, true) => format!("{time} of working time over"),
    }
}

/// Too few ratings for a share.
#[must_use]
pub fn few_ratings(lang: Lang, min: u16) -> String {
    match lang {
        Lang::Vi => format!("dưới {min} lượt"),
        Lang::En => format!("fewer than {min}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secs: i64, vi: &str, en: &str) {
        assert_eq!((working_left(Lang::Vi, secs).as_str(), working_left(Lang::En, secs).as_str()), (vi, en));
    }

    #[test]
    fn working_time_is_said_to_the_minute_and_whether_it_is_left_or_over() {
        check(59, "còn 0 phút làm việc", "0 min of working time left");
        check(12_000, "còn 3 giờ 20 phút làm việc", "3 h 20 min of working time left");
        check(-3_900, "quá 1 giờ 05 phút làm việc", "1 h 05 min of working time over");
    }

    #[test]
    fn what_is_usual_is_a_band_with_its_middle() {
        let said = |now| usual(Lang::En, now, [28.0, 33.5, 41.0], Weekday::Monday, 8);
        assert!(said(27).starts_with("below the usual for a Monday by now: 28"), "{}", said(27));
        assert!(said(28).starts_with("within") && said(41).starts_with("within"));
        assert!(said(42).starts_with("above") && said(42).contains("median 33.5"), "{}", said(42));
    }

    #[test]
    fn nobody_waits_for_no_time() {
        assert_eq!(wait(Lang::En, 5), "1\u{a0}minute");
        assert_eq!(wait(Lang::Vi, 1_500), "25\u{a0}phút");
    }
}
