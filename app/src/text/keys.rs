//! What is said of the keys.

use super::lang::{Say, say};

/// What the sheet is.
pub const TITLE: Say = say("Phím tắt", "Keys");
/// Switches them on and off.
pub const SWITCH: Say = say("Dùng phím tắt trên thiết bị này", "Use keys on this device");
/// Prints today's picture.
pub const TODAY: Say = say("In bức tranh hôm nay", "Print today's picture");
/// Closes the sheet.
pub const CLOSE: Say = say("Đóng", "Close");

/// Each key and what it does.
pub const KEYS: [(&str, Say); 10] = [
    ("/", say("Tìm vụ việc", "Search for cases")),
    ("h", say("Trang chủ", "First page")),
    ("m", say("Bản đồ", "Map")),
    ("c", say("Danh sách vụ việc", "Cases")),
    ("a", say("Cảnh báo", "Alarms")),
    ("d", say("Đôn đốc, giải trình", "Directives")),
    ("f", say("Theo dõi trang này, hoặc thôi", "Follow this page, or no longer")),
    ("t", say("Nền sáng hoặc nền tối", "Light or dark")),
    ("p", TODAY),
    ("?", say("Bảng phím này", "This sheet")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_things_have_one_key() {
        let keys: std::collections::BTreeSet<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys.len(), KEYS.len());
    }
}
