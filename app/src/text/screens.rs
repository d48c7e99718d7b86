//! The words of displays: how one is enrolled, who directs it, how all of them are.

use super::lang::{Lang, Say, say};

/// The page of a display that is to be enrolled.
pub const ENROL: Say = say("Đăng ký màn hình", "Enrol this screen");
/// What stands over the code.
pub const ENROL_CODE: Say = say("Mã của màn hình này", "This screen's code");
/// What is to be done with it.
pub const ENROL_HELP: Say = say(
    "Đọc mã này cho người quản trị. Sau khi được duyệt, màn hình tự chuyển và tự trở lại sau mỗi lần mất điện.",
    "Read this code to an administrator. Once approved, the screen goes on by itself, and comes back by itself after a power cut.",
);
/// How long the code holds.
pub const ENROL_HOLDS: Say = say("Mã dùng được một lần, còn", "The code works once and holds for");
/// Minutes.
pub const MINUTES: Say = say("phút", "min");
/// The device was put out.
pub const ENROL_OUT: Say = say("Màn hình này đã bị đăng xuất", "This screen was signed out");
/// What to do then.
pub const ENROL_OUT_HELP: Say = say("Xin mã mới để đăng ký lại.", "Ask for a new code to enrol it again.");
/// The button for that.
pub const ENROL_AGAIN: Say = say("Xin mã mới", "Ask for a new code");
/// The browser keeps no token.
pub const NOT_KEPT: Say =
    say("Trình duyệt không giữ được khóa của màn hình", "This browser keeps no key for the screen");
/// What to do then.
pub const NOT_KEPT_HELP: Say = say(
    "Mở trang này qua https và cho phép cookie của máy chủ này.",
    "Open this page over https, and allow this server's cookies.",
);
/// Too many ask.
pub const CROWDED: Say = say("Đang có quá nhiều màn hình xin mã", "Too many screens ask for codes");
/// The page asks again by itself.
pub const ASKS_AGAIN: Say =
    say("Trang tự thử lại sau ít giây.", "The page tries again by itself in a few seconds.");
/// The server does not answer.
pub const UNREACHED: Say = say("Chưa liên lạc được với máy chủ", "The server cannot be reached yet");
/// Enrolled: it goes on.
pub const ENROLLED: Say = say("Đã được duyệt, đang chuyển…", "Approved, going on…");

/// The fleet page.
pub const FLEET: Say = say("Các màn hình", "Screens");
/// The sign-in.
pub const SIGN_IN: Say = say("Đăng nhập quản trị", "Administrator's sign-in");
/// What is asked for.
pub const TOKEN: Say = say("Khóa quản trị", "Administrator's token");
/// Where it is.
pub const TOKEN_HELP: Say = say(
    "Khóa nằm trong tệp admin-token của thư mục khóa trên máy chủ.",
    "It is in the file admin-token of the server's key folder.",
);
/// The button.
pub const SIGN_IN_BUTTON: Say = say("Đăng nhập", "Sign in");
/// The way out.
pub const SIGN_OUT: Say = say("Đăng xuất", "Sign out");
/// The token is wrong.
pub const WRONG_TOKEN: Say = say("Khóa không đúng", "The token is wrong");
/// The form for a new display.
pub const APPROVE: Say = say("Duyệt màn hình mới", "Approve a new screen");
/// Its code.
pub const CODE: Say = say("Mã trên màn hình", "Code on the screen");
/// Its name.
pub const NAME: Say = say("Tên gọi", "Name");
/// What it is for.
pub const ROLE: Say = say("Dùng để", "Used to");
/// It shows.
pub const ROLE_WALL: Say = say("Trình chiếu", "Show");
/// It directs.
pub const ROLE_DIRECTOR: Say = say("Điều khiển", "Direct");
/// The scene.
pub const SCENE: Say = say("Cảnh", "Scene");
/// The button.
pub const APPROVE_BUTTON: Say = say("Duyệt", "Approve");
/// It was done.
pub const APPROVED: Say = say("Đã duyệt", "Approved");
/// No display waits with it.
pub const UNKNOWN_CODE: Say = say(
    "Không có màn hình nào đang chờ với mã này. Đọc lại mã trên màn hình.",
    "No screen waits with this code. Read it from the screen again.",
);
/// Something typed is wrong.
pub const BAD_INPUT: Say =
    say("Kiểm tra lại mã và tên (tối đa 40 ký tự).", "Check the code and the name (at most 40 characters).");
/// It could not be done.
pub const NOT_DONE: Say =
    say("Chưa thực hiện được. Thử lại sau ít giây.", "It could not be done. Try again in a few seconds.");
/// No display yet.
pub const NO_SCREENS: Say = say("Chưa có màn hình nào được đăng ký", "No screen is enrolled yet");
/// How to begin.
pub const NO_SCREENS_HELP: Say =
    say("Mở /enrol trên màn hình, rồi nhập mã ở đây.", "Open /enrol on the screen, then type its code here.");
/// How it was heard.
pub const HEARD: Say = say("Tín hiệu", "Heard");
/// What it shows.
pub const SHOWS: Say = say("Đang chiếu", "Shows");
/// At which instant.
pub const SHOWS_AT: Say = say("Số liệu lúc", "Numbers at");
/// Its size and its memory.
pub const SIZE: Say = say("Cỡ, bộ nhớ", "Size, memory");
/// Its build.
pub const VERSION: Say = say("Phiên bản", "Version");
/// Its page is older than the server.
pub const OLD_VERSION: Say = say("cũ hơn máy chủ", "not the server's");
/// Heard just now.
pub const LIVE: Say = say("tốt", "live");
/// Not heard.
pub const SILENT: Say = say("mất tín hiệu", "silent");
/// Never heard since the start.
pub const NEVER: Say = say("chưa có tín hiệu", "not heard yet");
/// Put out.
pub const REVOKED: Say = say("đã đăng xuất", "signed out");
/// The button that puts it out.
pub const REVOKE: Say = say("Đăng xuất từ xa", "Sign out remotely");
/// Asked before it is done.
pub const REVOKE_SURE: Say = say("Chắc chắn đăng xuất?", "Really sign it out?");
/// The way back.
pub const KEEP: Say = say("Thôi", "Keep it");

/// No picture has come.
pub const NO_PICTURE: Say = say("Chưa có hình của màn hình này", "No picture of this screen yet");
/// The display is locked or dark.
pub const HIDDEN: Say = say("Màn hình đang khóa, tắt hoặc bị che", "The screen is locked, dark or covered");
/// How old the picture is.
pub const PICTURE: Say = say("Hình", "Picture");
/// It says nothing of now.
pub const OLD_PICTURE: Say = say("Hình đã cũ", "Old picture");

/// What a picture is of, for those who hear the page.
#[must_use]
pub fn picture_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Vi => format!("Hình nhỏ của {name}"),
        Lang::En => format!("Small picture of {name}"),
    }
}

/// The tablet's page.
pub const DIRECTOR: Say = say("Điều khiển màn hình lớn", "Direct the walls");
/// The tablet is no tablet yet.
pub const NO_DIRECTOR: Say = say("Máy này chưa được phép điều khiển", "This device may not direct yet");
/// What to do then.
pub const NO_DIRECTOR_HELP: Say = say(
    "Mở trang đăng ký trên máy này và nhờ quản trị duyệt để «Điều khiển».",
    "Open the enrolment page on this device and have it approved to “Direct”.",
);
/// No wall yet.
pub const NO_WALLS: Say = say("Chưa có màn hình lớn nào", "There is no wall yet");
/// The walls.
pub const WALLS: Say = say("Chọn màn hình", "Choose walls");
/// Nobody holds it.
pub const FREE: Say = say("tự chạy cảnh của mình", "shows its own scene");
/// The tablet holds it.
pub const MINE: Say = say("máy này đang điều khiển", "directed by this device");
/// Takes hold.
pub const TAKE: Say = say("Nhận điều khiển", "Take hold");
/// Takes over from another.
pub const TAKE_OVER: Say = say("Giành quyền điều khiển", "Take over");
/// Lets go.
pub const RELEASE: Say = say("Trả lại", "Release");
/// Numbers stand still.
pub const FREEZE: Say = say("Đứng hình", "Freeze");
/// Numbers go on.
pub const THAW: Say = say("Chạy tiếp", "Unfreeze");
/// What is shown large.
pub const SPOTLIGHT: Say = say("Chiếu lớn", "Spotlight");
/// A district.
pub const SPOTLIGHT_DISTRICT: Say = say("Quận, khu vực", "District");
/// A case.
pub const SPOTLIGHT_CASE: Say = say("Mã vụ việc", "Case code");
/// Nothing.
pub const SPOTLIGHT_NONE: Say = say("Không chiếu lớn", "No spotlight");
/// The button.
pub const SPOTLIGHT_SHOW: Say = say("Chiếu", "Show");
/// The link to the server is gone.
pub const UNLINKED: Say = say(
    "Mất liên lạc với máy chủ: quyền điều khiển sẽ hết sau 15 giây",
    "No link to the server: the hold ends within 15 seconds",
);
/// Another holds it.
pub const HELD: Say =
    say("Máy khác đang điều khiển màn hình đã chọn.", "Another device directs a wall that is chosen.");
/// It is not held any more.
pub const NOT_HELD: Say =
    say("Máy này không còn giữ quyền điều khiển.", "This device does not hold it any more.");
/// A case that is not there.
pub const NO_SUCH_CASE: Say = say("Không có vụ việc này", "There is no such case");

/// Who directs a wall: `Bảng 1 đang điều khiển`.
#[must_use]
pub fn directed(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Vi => format!("{name} đang điều khiển"),
        Lang::En => format!("Directed by {name}"),
    }
}

/// Who directed it and was lost.
#[must_use]
pub fn lost(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Vi => format!("Mất liên lạc với {name}: màn hình trở lại cảnh của mình"),
        Lang::En => format!("{name} was lost: the wall is back at its own scene"),
    }
}

/// Since when its numbers stand still.
#[must_use]
pub fn frozen(lang: Lang, time: &str) -> String {
    match lang {
        Lang::Vi => format!("Đứng hình lúc {time}"),
        Lang::En => format!("Frozen at {time}"),
    }
}

/// The group that a wall is directed with.
pub const GROUP: Say = say("Nhóm", "Group");
/// From how far a wall is read.
pub const DISTANCE: Say = say("Xem từ", "Read from");
/// How high its picture is.
pub const HEIGHT: Say = say("Cao", "Height");
/// Of how many displays it is made, side by side.
pub const ACROSS: Say = say("Số màn hình ngang", "Displays across");
/// And one above the other.
pub const DOWN: Say = say("Số màn hình dọc", "Displays down");
/// How far their pictures lie apart.
pub const SEAM: Say = say("Khe giữa hai hình", "Seam between pictures");
/// After `4 × 2`.
pub const DISPLAYS: Say = say("màn hình", "displays");
/// Opens the form.
pub const SET: Say = say("Cài đặt", "Settings");
/// Keeps what is in it.
pub const SAVE: Say = say("Lưu", "Save");
/// Nobody said how the wall stands.
pub const NOT_SET: Say = say("Chưa cài đặt vị trí", "Its place is not set");
/// What the settings are for.
pub const SETTING_HELP: Say = say(
    "Cỡ chữ theo khoảng cách và chiều cao; chữ và số tránh khe giữa các màn hình; cả nhóm được điều khiển cùng lúc.",
    "Type follows the distance and the height; words and figures keep off the seams; a group is directed at once.",
);
/// A setting that cannot be.
pub const BAD_SETTING: Say = say(
    "Chưa lưu: khoảng cách và chiều cao từ 0,3 đến 100 m; 1 đến 16 màn hình mỗi chiều; khe 0 đến 200 mm; tên nhóm không quá 40 chữ",
    "Not saved: distance and height from 0.3 to 100 m; 1 to 16 displays each way; seams of 0 to 200 mm; the group at most 40 characters",
);
/// All walls of a group.
pub const WHOLE_GROUP: Say = say("Cả nhóm", "Whole group");

/// The past instant that a wall shows: `XEM LẠI 14:05, 23/11/2026 · không phải lúc này`.
#[must_use]
pub fn replayed(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::Vi => format!("XEM LẠI {moment} · không phải lúc này"),
        Lang::En => format!("REPLAY of {moment} · this is not now"),
    }
}

/// Stands for a list that is of now alone while a past hour is shown.
pub const OF_NOW: Say = say(
    "Danh sách này chỉ có của lúc này, nên không hiện khi xem lại.",
    "This list is of now alone, and is not shown beside a past hour.",
);
/// The tablet's part about past hours.
pub const REPLAY: Say = say("Xem lại một giờ đã qua", "Replay a past hour");
/// Its day.
pub const REPLAY_DAY: Say = say("Ngày", "Day");
/// Its hour.
pub const REPLAY_HOUR: Say = say("Giờ", "Hour");
/// How long it takes.
pub const REPLAY_TAKES: Say = say("Chiếu trong", "Shown in");
/// The button.
pub const REPLAY_BEGIN: Say = say("Xem lại", "Replay");
/// The way back.
pub const REPLAY_END: Say = say("Về lúc này", "Back to now");
/// That hour cannot be shown.
pub const REPLAY_NOT: Say = say(
    "Giờ này chưa qua hết, hoặc đã quá tám ngày",
    "That hour is not over yet, or lies more than eight days back",
);

/// So many minutes.
#[must_use]
pub fn minutes(lang: Lang, minutes: u32) -> String {
    format!("{minutes} {}", MINUTES.to(lang))
}

/// How long ago it was heard.
#[must_use]
pub fn ago(lang: Lang, secs: u64) -> String {
    let (number, unit) = match secs {
        0..=119 => (secs, ("giây", "s")),
        120..=7_199 => (secs / 60, ("phút", "min")),
        _ => (secs / 3_600, ("giờ", "h")),
    };
    match lang {
        Lang::Vi => format!("{number} {} trước", unit.0),
        Lang::En => format!("{number} {} ago", unit.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_unit_that_fits() {
        for (secs, vi, en) in [
            (0, "0 giây trước", "0 s ago"),
            (119, "119 giây trước", "119 s ago"),
            (120, "2 phút trước", "2 min ago"),
            (7_200, "2 giờ trước", "2 h ago"),
        ] {
            assert_eq!((ago(Lang::Vi, secs), ago(Lang::En, secs)), (vi.to_owned(), en.to_owned()));
        }
    }
}
