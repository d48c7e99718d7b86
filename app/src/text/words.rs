//! Single words and short phrases, by where they stand.

use super::lang::{Say, say};

/// The product's name, the same in both languages.
pub const PRODUCT: &str = "Toàn Cảnh";

/// What the search box asks for.
pub const SEARCH: Say = say("Tìm mã vụ việc, nội dung, địa chỉ…", "Search case code, content, address…");
/// The button of the search box.
pub const SEARCH_BUTTON: Say = say("Tìm", "Search");
/// Names that fit what was searched for.
pub const NAME_HITS: Say =
    say("Đơn vị, địa bàn, lĩnh vực trùng tên", "Agencies, places and fields of that name");
/// The way past the header for those who read by keyboard.
pub const SKIP: Say = say("Đến nội dung chính", "Skip to content");
/// The top of every path.
pub const CITY: Say = say("Thành phố", "City");
/// The name of the list of steps from the city to here.
pub const PATH: Say = say("Đường dẫn", "Breadcrumb");
/// The pages that can be reached from everywhere.
pub const PAGES: Say = say("Các trang", "Pages");
/// The overview's name.
pub const OVERVIEW: Say = say("Tổng quan", "Overview");
/// The map's name.
pub const MAP: Say = say("Bản đồ", "Map");
/// The wall's name.
/// The switch to light words on a dark ground.
pub const SHADE_DARK: Say = say("Nền tối", "Dark");
/// The switch to dark words on a light ground.
pub const SHADE_LIGHT: Say = say("Nền sáng", "Light");
/// The walls.
pub const WALL: Say = say("Màn hình lớn", "Wall");
/// The list of cases.
pub const CASES: Say = say("Vụ việc", "Cases");

/// How the cases are split.
pub const SPLIT_BY: Say = say("Xem theo", "View by");
/// By handling unit.
pub const AGENCIES: Say = say("Đơn vị", "Agencies");
/// By administrative area.
pub const PLACES: Say = say("Quận – phường", "Places");
/// By subject.
pub const FIELDS: Say = say("Lĩnh vực", "Fields");
/// By channel.
pub const CHANNELS: Say = say("Kênh", "Channels");
/// By day.
pub const TIME: Say = say("Thời gian", "Time");
/// By ward.
pub const WARDS: Say = say("Phường, xã", "Wards");
/// By subordinate unit.
pub const SUBUNITS: Say = say("Đơn vị trực thuộc", "Units within");
/// By finer subject.
pub const SUBFIELDS: Say = say("Lĩnh vực chi tiết", "Finer fields");
/// Cases that are coded no finer than the page itself.
pub const NO_FINER: Say = say("không ghi chi tiết hơn", "nothing finer given");
/// By hexagon.
pub const CELLS: Say = say("Ô lục giác", "Hexagons");

/// The agency that has a case now.
pub const HOLDER: Say = say("Đơn vị đang giữ", "Held by");
/// Where a case lies.
pub const DISTRICT: Say = say("Quận, khu vực", "District");
/// Where a case lies.
pub const WARD: Say = say("Phường, xã", "Ward");
/// What a case is about.
pub const FIELD: Say = say("Lĩnh vực", "Field");
/// How a case came in.
pub const CHANNEL: Say = say("Kênh", "Channel");
/// A day.
pub const DAY: Say = say("Ngày", "Day");
/// Open at a day's end.
pub const OPEN_AT_END: Say = say("Đang xử lý cuối ngày", "Open at day's end");
/// A hexagon.
pub const CELL: Say = say("Ô lục giác", "Hexagon");
/// The bar of a row.
pub const TIMELINESS_BAR: Say = say("Phân bố thời hạn", "Deadline split");
/// The column of open cases.
pub const OPEN_SHORT: Say = say("Đang", "Open");
/// The column of the share in time.
pub const SHARE_IN_TIME: Say = say("Đúng hạn", "In time");
/// What that column covers.
pub const SHARE_IN_TIME_SPAN: Say =
    say("Tỷ lệ xử lý xong đúng hạn, 30 ngày", "Share resolved in time, 30 days");
/// The column of the fortnight.
pub const FORTNIGHT: Say = say("14 ngày", "14 days");
/// What that column shows.
pub const FORTNIGHT_LONG: Say = say("Tiếp nhận mỗi ngày, 14 ngày qua", "Received a day, last 14 days");
/// Cases that have no such code.
pub const NONE_GIVEN: Say = say("Không ghi", "Not given");
/// Where a row leads.
pub const MORE: Say = say("Xem tiếp", "Go on");
/// What a column's heading does.
pub const SORT_COLUMN: Say = say("Sắp xếp theo cột này", "Sort by this column");
/// By what the column of bars sorts.
pub const SORT_BY_OVERDUE_SHARE: Say = say("Sắp xếp theo tỷ lệ quá hạn", "Sort by the share overdue");
/// All rows of a table.
pub const ALL_ROWS: Say = say("Xem tất cả", "Show all");
/// The whole of a table.
pub const TOTAL: Say = say("Tổng", "Total");

/// In time.
pub const IN_TIME: Say = say("Trong hạn", "In time");
/// Close to the limit.
pub const DUE_SOON: Say = say("Sắp trễ hạn", "Due soon");
/// Past the limit.
pub const OVERDUE: Say = say("Quá hạn", "Overdue");
/// Without a limit.
pub const NO_DEADLINE: Say = say("Không có hạn", "No deadline");
/// Open.
pub const OPEN: Say = say("Đang xử lý", "Open");
/// After a number of cases.
pub const OPEN_WORD: Say = say("đang xử lý", "open");
/// Received today.
pub const RECEIVED_TODAY: Say = say("Tiếp nhận hôm nay", "Received today");
/// Resolved today.
pub const RESOLVED_TODAY: Say = say("Xử lý xong hôm nay", "Resolved today");
/// Received.
pub const RECEIVED: Say = say("Tiếp nhận", "Received");
/// Resolved.
pub const RESOLVED: Say = say("Xử lý xong", "Resolved");

/// The connection is being made.
pub const LINK_CONNECTING: Say = say("đang nối", "connecting");
/// The connection is good.
pub const LINK_LIVE: Say = say("trực tiếp", "live");
/// The numbers come from another of the city's servers: the page's own is lost.
pub const ELSEWHERE: Say = say("qua máy chủ khác", "by another server");
/// The connection is being made again.
pub const LINK_RECONNECTING: Say = say("đang nối lại", "reconnecting");
/// The numbers are old.
pub const LINK_STALE: Say = say("số liệu cũ", "stale");
/// The moment that the numbers stand at.
pub const AS_OF: Say = say("Số liệu lúc", "As of");
/// The sources.
pub const SOURCES: Say = say("Nguồn dữ liệu", "Sources");
/// A source that has never said how far it is.
pub const SOURCE_UNKNOWN: Say = say("chưa có dữ liệu", "nothing yet");
/// Over every page of a training.
pub const TRAINING: Say = say("TẬP HUẤN", "TRAINING");
/// Beside it.
pub const NOT_REAL: Say = say("không phải số liệu thật", "these are not real figures");
/// Above every screen whose data are made up.
pub const SIMULATED: Say = say("Dữ liệu mô phỏng", "Simulated data");
/// Before how many of them are simulated.
pub const SIMULATED_DOSSIERS: Say = say("hồ sơ một cửa", "one-stop dossiers");
/// Before how many of them are simulated.
pub const SIMULATED_REPORTS: Say = say("phản ánh", "reports");
/// A source that speaks.
pub const SOURCE_LIVE: Say = say("trực tiếp", "live");
/// A source that lags.
pub const SOURCE_LATE: Say = say("chậm", "late");
/// A source that says nothing.
pub const SOURCE_SILENT: Say = say("im lặng", "silent");
/// A source that has gone for good.
pub const SOURCE_CLOSED: Say = say("đã đóng", "closed");

/// A screen that is waiting.
pub const LOADING: Say = say("Đang tải số liệu…", "Loading…");
/// What to do while it waits.
pub const LOADING_HELP: Say = say("Thường xong trong một giây.", "It usually takes a second.");
/// A list with nothing in it.
pub const EMPTY: Say = say("Không có vụ việc nào", "No cases");
/// What to do about it.
pub const EMPTY_HELP: Say =
    say("Không có gì khớp với các điều kiện này.", "Nothing matches these conditions.");
/// Something that the reader may not see.
pub const FORBIDDEN: Say = say("Bạn không có quyền xem phần này", "You may not see this");
/// What to do about it.
pub const FORBIDDEN_HELP: Say = say(
    "Hãy hỏi người quản trị về phạm vi được giao cho bạn.",
    "Ask the administrator about the scope given to you.",
);
/// Something that went wrong.
pub const FAILED: Say = say("Không tải được số liệu", "The numbers could not be loaded");
/// What to do about it.
pub const FAILED_HELP: Say = say(
    "Không có số nào bị mất. Hãy thử lại; nếu vẫn lỗi, báo cho người vận hành.",
    "No number is lost. Try again; if it stays so, tell the operator.",
);
/// Tries again.
pub const RETRY: Say = say("Thử lại", "Try again");
/// An address that leads nowhere.
pub const NOT_FOUND: Say = say("Không có trang này", "There is no such page");
/// What to do about it.
pub const NOT_FOUND_HELP: Say = say(
    "Địa chỉ có thể đã gõ sai. Hãy bắt đầu từ tổng quan.",
    "The address may be mistyped. Start from the overview.",
);
/// A code of no case.
pub const NO_SUCH_CASE: Say = say("Không có vụ việc mang mã này", "There is no case with this code");
/// What to do about it.
pub const NO_SUCH_CASE_HELP: Say = say(
    "Kiểm tra lại mã, hoặc tìm bằng nội dung hay địa chỉ.",
    "Check the code, or search by content or address.",
);

/// The page of where a number comes from.
pub const RECEIPT: Say = say("Số này từ đâu ra?", "Where does this number come from?");
/// What a number means.
pub const DEFINITION: Say = say("Định nghĩa", "Definition");
/// What it rests on.
pub const CLAUSE: Say = say("Căn cứ", "Clause");
/// The question behind it.
pub const QUESTION: Say = say("Phạm vi", "Scope");
/// The number itself.
pub const VALUE: Say = say("Giá trị", "Value");
/// The events behind it.
pub const EVENTS: Say = say("Sự kiện", "Events");
/// The cases behind it.
pub const RECEIPT_CASES: Say = say("Vụ việc được tính", "Cases counted");
/// The cases that are not in it.
pub const EXCLUDED: Say = say("Không được tính, theo lý do", "Not counted, by reason");
/// Every count there is.
pub const WHOLE: Say = say("Toàn bộ", "The whole");
/// The digest of the codes.
pub const DIGEST: Say = say("Mã băm SHA-256 của các mã", "SHA-256 of the codes");
/// The case that a quantile falls on.
pub const RANKED_CASE: Say = say("Vụ việc ở vị trí này", "The case at this rank");
/// Leaves the panel.
pub const CLOSE: Say = say("Đóng", "Close");
/// The panel as a page of its own.
pub const OPEN_AS_PAGE: Say = say("Mở thành trang", "Open as a page");
/// The next page of a list.
pub const NEXT_PAGE: Say = say("Trang sau", "Next page");
/// The first page of a list.
pub const FIRST_PAGE: Say = say("Về trang đầu", "First page");
/// The list of those cases.
pub const LIST_CASES: Say = say("Danh sách vụ việc", "List the cases");

/// The clocks of a case.
pub const CLOCKS: Say = say("Thời hạn theo quy định", "Limits by regulation");
/// A case without a limit.
pub const NO_CLOCKS: Say = say("Vụ việc này không có thời hạn nào.", "This case has no limit.");
/// The limit that a source states.
pub const SOURCE_LIMIT: Say = say("Thời hạn do nguồn dữ liệu nêu", "Limit stated by the source");
/// What is odd about a case.
pub const FLAGS: Say = say("Điểm cần lưu ý", "To be noted");
/// When a case was received.
pub const RECEIVED_AT: Say = say("Tiếp nhận lúc", "Received");
/// When its limit ends.
pub const DUE: Say = say("Hạn", "Due");
/// How it stands.
pub const STATUS: Say = say("Tình trạng", "Status");
/// Its code.
pub const CODE: Say = say("Mã", "Code");
/// Its story.
pub const STORY: Say = say("Diễn biến", "Story");
/// The facts of a case.
pub const FACTS: Say = say("Thông tin", "Facts");
/// Who spoke.
pub const SOURCE: Say = say("Nguồn", "Source");

/// The wall's title.
pub const WALL_TITLE: Say = say("Toàn thành phố, lúc này", "The whole city, now");
/// The longest overdue.
pub const LONGEST: Say = say("Quá hạn lâu nhất", "Longest overdue");
/// Said under it.
pub const BY_HOLDER: Say = say("theo đơn vị đang giữ", "by the agency that holds them");
/// The newest serious cases.
pub const NEWEST_SERIOUS: Say = say("Nghiêm trọng, mới đến", "Serious, newest");
/// The newest cases, where none is marked serious.
pub const NEWEST: Say = say("Mới đến", "Newest");
/// Said under it, where no severity is known.
pub const NEWEST_HELP: Say = say("mọi mức độ, theo giờ tiếp nhận", "of any severity, by time of receipt");
/// Said under it.
pub const NEWEST_SERIOUS_HELP: Say = say("theo giờ tiếp nhận", "by time of receipt");
/// Too little past to say what is usual.
pub const NO_USUAL: Say =
    say("chưa đủ dữ liệu để so với ngày thường", "too little past to say what is usual");
/// No number of a week ago.
pub const NO_WEEK_AGO: Say = say("chưa có số của tuần trước", "no number of a week ago yet");
/// No number of yesterday.
pub const NO_DAY_AGO: Say = say("chưa có số của hôm qua", "no number of yesterday yet");
/// Nothing with a limit was resolved today.
pub const NONE_JUDGED: Say =
    say("chưa có vụ việc có hạn nào xử lý xong", "nothing with a deadline resolved yet");
/// A list with nothing in it, where no condition is set.
pub const EMPTY_HERE: Say = say("Chưa có vụ việc nào ở đây.", "There is no case here yet.");
/// A city without a single event.
pub const NO_SOURCE: Say = say("Chưa có nguồn nào gửi dữ liệu", "No source has sent anything yet");
/// What to do about it.
pub const NO_SOURCE_HELP: Say = say(
    "Các số 0 chưa nói lên điều gì. Hãy đăng ký nguồn dữ liệu rồi gửi sự kiện, hoặc nhập dữ liệu cũ; màn hình tự cập nhật khi có dữ liệu.",
    "Zeros say nothing yet. Register a source and let it send events, or import history; the screen moves by itself when data arrive.",
);
/// A code that neither the catalogue nor any case has.
pub const NO_SUCH_CODE: Say = say(
    "danh mục không có mã này và không vụ việc nào mang mã này",
    "neither the catalogue nor any case has this code",
);
/// What to do about it.
pub const NO_SUCH_CODE_HELP: Say = say(
    "Địa chỉ có thể đã gõ sai, hoặc mã đã đổi. Hãy bắt đầu từ tổng quan.",
    "The address may be mistyped, or the code has changed. Start from the overview.",
);
/// Nobody is late.
pub const NONE_OVERDUE: Say = say("Không có vụ việc quá hạn", "Nothing is overdue");
/// The scene's name.
pub const SCENE_CITY_NOW: Say = say("Cảnh: Thành phố lúc này", "Scene: City now");
/// What the map's hexagons count.
pub const MAP_OPEN: Say = say("Vụ việc đang xử lý trong mỗi ô lục giác", "Open cases in each hexagon");
/// The measure chooser.
pub const MEASURE: Say = say("Chỉ số trên bản đồ", "Measure on the map");
/// A map for each field.
pub const FIELD_MAPS: Say = say("Từng lĩnh vực cạnh nhau", "Field by field, side by side");
/// What a tap does.
pub const MAP_HELP: Say =
    say("Chạm một ô để xem các vụ việc trong đó.", "Tap a hexagon to see the cases in it.");

/// The limit of a case has run out: a step of its story that no event tells.
pub const LIMIT_ENDS: Say = say("Hết hạn", "The limit ends");
/// Before the due instant of regulations that have been changed since.
pub const DUE_BEFORE: Say =
    say("Hạn theo quy định trước khi thay đổi:", "Due by the rules before the change:");
/// How a limit was reckoned.
pub const RECKONING: Say = say("Cách tính", "How it is reckoned");
/// When it was done.
pub const DONE_AT: Say = say("xong", "done");
/// From when on it counts as due soon.
pub const DUE_SOON_FROM: Say = say("sắp trễ từ", "due soon from");
/// An event that changed nothing.
pub const NOT_APPLIED: Say = say("không làm thay đổi vụ việc", "did not change the case");
/// Sorts by the limit.
pub const SORT_DUE: Say = say("Hạn gần nhất", "Earliest due");
/// Sorts by the time of receipt.
pub const SORT_NEWEST: Say = say("Mới nhất", "Newest");
/// Sorts by the case's code.
pub const SORT_CODE: Say = say("Theo mã", "By code");
/// How a list is sorted.
pub const SORT: Say = say("Thứ tự", "Order");
/// The open cases alone.
pub const ONLY_OPEN: Say = say("Đang xử lý", "Open");
/// All cases.
pub const ALL_CASES: Say = say("Tất cả", "All");
/// The conditions of a list.
pub const CONDITIONS: Say = say("Điều kiện", "Conditions");
/// The list that a page ends in.
pub const CASES_HERE: Say = say("Các vụ việc đang xử lý", "The open cases");

/// The styleguide's name.
pub const STYLEGUIDE: Say = say("Bảng kiểu", "Style guide");
/// Its parts.
pub const COLOURS: Say = say("Màu", "Colours");
/// Said of its numbers.
pub const MADE_UP: Say = say(
    "Các số trên trang này là ví dụ, không phải số liệu.",
    "The numbers on this page are examples, not data.",
);
/// Its parts.
pub const EMPTIES: Say = say("Khi không có gì để xem", "When there is nothing to see");

/// The word of a case's state.
#[must_use]
pub fn status(code: &str) -> Option<Say> {
    Some(match code {
        "not_received" => say("chưa được tiếp nhận", "not received yet"),
        "received" => say("đã tiếp nhận", "received"),
        "in_progress" => say("đang xử lý", "in progress"),
        "resolved" => say("đã xử lý xong", "resolved"),
        "closed" => say("đã đóng", "closed"),
        "refused" => say("từ chối tiếp nhận", "refused"),
        "cancelled" => say("đã hủy", "cancelled"),
        "duplicate" => say("trùng vụ việc khác", "duplicate"),
        _ => return None,
    })
}

/// The word of a severity.
#[must_use]
pub fn severity(code: &str) -> Option<Say> {
    Some(match code {
        "normal" => say("bình thường", "normal"),
        "complex" => say("phức tạp", "complex"),
        "major" => say("phạm vi lớn", "major"),
        "urgent" => say("khẩn cấp", "urgent"),
        _ => return None,
    })
}

/// The word of a clock's or a case's timeliness.
#[must_use]
pub fn timeliness(code: &str) -> Option<Say> {
    Some(match code {
        "in_time" => IN_TIME,
        "due_soon" => DUE_SOON,
        "overdue" => OVERDUE,
        "no_deadline" => NO_DEADLINE,
        "met" => say("Đạt", "Met"),
        "met_late" => say("Xong, nhưng trễ", "Met late"),
        "extended" => say("Đã gia hạn", "Extended"),
        _ => return None,
    })
}

/// The word of a parameter of a question.
#[must_use]
pub fn parameter(key: &str) -> Option<Say> {
    Some(match key {
        "agency" => HOLDER,
        "district" => DISTRICT,
        "ward" => WARD,
        "field" => FIELD,
        "channel" => CHANNEL,
        "status" => STATUS,
        "timeliness" => TIMELINESS_BAR,
        "severity" => say("Mức độ", "Severity"),
        "kind" => say("Loại", "Kind"),
        "procedure" => say("Thủ tục", "Procedure"),
        "stage" => say("Giai đoạn", "Stage"),
        "criterion" => say("Tiêu chí", "Criterion"),
        "rating_channel" => say("Kênh đánh giá", "Rating channel"),
        "content_group" => say("Nhóm nội dung", "Content group"),
        "from" => say("Từ", "From"),
        "to" => say("Đến", "To"),
        "at" => say("Lúc", "At"),
        "known_at" => say("Như đã biết lúc", "As known at"),
        "cell" => CELL,
        "q" => say("Từ khóa", "Words"),
        "no_position" => say("Không có vị trí", "No position"),
        _ => return None,
    })
}
