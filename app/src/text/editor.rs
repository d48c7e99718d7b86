//! The words of the scene editor.

use domain::dimension::Dimension;
use domain::scene::rules::{CODE_CHARS_MAX, FILTERS_MAX, FROM_DAYS_MAX, Field, TITLE_CHARS_MAX, Wrong};
use domain::scene::{Area, FIGURES_MAX, LIST_ROWS, PANELS_MAX, PanelKind, ROWS, SCENES_MAX, SECONDS};

use super::lang::{Lang, Say, say};
use super::metrics;

/// The page.
pub const SCENES: Say = say("Các cảnh của màn hình lớn", "Scenes of the walls");
/// It needs the browser's help.
pub const NEEDS_SCRIPT: Say =
    say("Trang này cần JavaScript để sửa các cảnh.", "This page needs JavaScript to change the scenes.");
/// Nobody is signed in.
pub const READ_ONLY: Say = say(
    "Chỉ xem. Người quản trị đăng nhập ở trang Các màn hình mới sửa và lưu được.",
    "You can look. To change and save, an administrator signs in on the page Screens.",
);
/// The way there.
pub const TO_FLEET: Say = say("Đến trang Các màn hình", "Go to Screens");
/// The playlist.
pub const IN_TURN: Say = say("Thứ tự trình chiếu", "In their turns");
/// A scene's seconds.
pub const SECONDS_EACH: Say = say("Số giây", "Seconds");
/// Moves a scene or a panel forward.
pub const UP: Say = say("Lên", "Up");
/// Moves it back.
pub const DOWN: Say = say("Xuống", "Down");
/// One more like it.
pub const COPY: Say = say("Nhân bản", "Duplicate");
/// Takes it out.
pub const REMOVE: Say = say("Bỏ", "Remove");
/// One more.
pub const ADD_SCENE: Say = say("Thêm cảnh", "Add a scene");
/// One more.
pub const ADD_PANEL: Say = say("Thêm ô", "Add a panel");
/// Where there is no room for one more.
pub const NO_ROOM: Say = say(
    "Không còn chỗ trống trên lưới: thu nhỏ một ô trước.",
    "No room on the grid: make a panel smaller first.",
);
/// Takes a change back.
pub const UNDO: Say = say("Hoàn tác", "Undo");
/// Makes it again.
pub const REDO: Say = say("Làm lại", "Redo");
/// The preview.
pub const PREVIEW: Say = say("Xem cỡ màn hình lớn", "Preview at wall size");
/// The way out of it.
pub const CLOSE_PREVIEW: Say = say("Đóng xem trước", "Close the preview");
/// The shape of a wall.
pub const SHAPE: Say = say("Tỷ lệ màn hình", "Shape of the wall");
/// The usual shape.
pub const USUAL: Say = say("16:9", "16:9");
/// The wide shape.
pub const WIDE: Say = say("Rất rộng 32:9", "Very wide 32:9");
/// What moves a panel.
pub const HOW: Say = say(
    "Kéo ô để dời, kéo góc để đổi cỡ. Bàn phím: phím mũi tên dời ô, Shift với mũi tên đổi cỡ.",
    "Drag a panel to move it, its corner to size it. Keys: arrows move a panel, Shift with arrows sizes it.",
);
/// What is thrown away.
pub const DISCARD: Say = say("Bỏ bản nháp", "Discard the draft");
/// Nothing was changed.
pub const NOTHING_CHANGED: Say = say("Chưa có gì thay đổi.", "Nothing is changed.");
/// What is to be saved.
pub const TO_SAVE: Say = say("Thay đổi chưa lưu", "Changes not saved yet");
/// What is to be mended first.
pub const TO_MEND: Say = say("Cần sửa trước khi lưu", "To be mended before saving");
/// Who saves.
pub const BY: Say = say("Người lưu", "Who saves");
/// Why.
pub const WHY: Say = say("Lý do, một dòng", "Why, in a line");
/// The deed.
pub const SAVE: Say = say("Lưu thành bản mới", "Save as a new version");
/// It was not done: another version came.
pub const TOO_LATE: Say = say(
    "Có người vừa lưu bản khác. Xem bản mới, rồi chọn: bỏ bản nháp, hoặc giữ bản nháp và lưu tiếp lên trên.",
    "Somebody else has saved meanwhile. Look at the new version; then discard this draft, or keep it and save it on top.",
);
/// Goes on with the draft.
pub const KEEP: Say = say("Giữ bản nháp, lưu lên trên bản mới", "Keep the draft, save it on top");
/// It was not done.
pub const NOT_SAVED: Say = say(
    "Không lưu được. Bản nháp vẫn còn trên máy này; thử lại.",
    "Not saved. The draft is still on this device; try again.",
);
/// It was not done: the sign-in is over.
pub const SIGNED_OUT: Say = say(
    "Không lưu được: phiên quản trị đã hết. Đăng nhập lại ở trang Các màn hình; bản nháp vẫn còn.",
    "Not saved: the administrator's session is over. Sign in again on Screens; the draft is kept.",
);
/// The list of versions.
pub const VERSIONS: Say = say("Các bản đã lưu", "Saved versions");
/// The city's own file.
pub const OWN_FILE: Say = say("Bản gốc của thành phố", "The city's own file");
/// Puts an older version into the draft.
pub const GO_BACK: Say = say("Lấy lại bản này", "Go back to this one");
/// What a version changed.
pub const WHAT_CHANGED: Say = say("Đổi gì so với bản trước", "What it changed");
/// The scenes are not there yet.
pub const UNREACHED: Say =
    say("Chưa đọc được các cảnh từ máy chủ", "The scenes cannot be read from the server yet");
/// No scene of this name.
pub const NO_SCENE: Say = say("Không có cảnh này trong bản nháp", "There is no such scene in the draft");
/// The form.
pub const PANEL: Say = say("Ô đang chọn", "The chosen panel");
/// The scene's form.
pub const SCENE: Say = say("Cảnh", "The scene");
/// A panel, before its number.
pub const PANEL_WORD: Say = say("Ô", "Panel");
/// No panel is chosen.
pub const CHOOSE: Say = say("Chọn một ô trên lưới.", "Choose a panel on the grid.");
/// A field.
pub const KIND: Say = say("Cách vẽ", "How it is drawn");
/// A field.
pub const METRIC: Say = say("Chỉ số", "Metric");
/// A field.
pub const ADD_METRIC: Say = say("Thêm chỉ số…", "Add a metric…");
/// A field.
pub const SPLIT_BY: Say = say("Chia theo", "Split by");
/// A field.
pub const ONLY: Say = say("Chỉ tính", "Only");
/// A field.
pub const ADD_FILTER: Say = say("Thêm điều kiện…", "Add a filter…");
/// A field.
pub const CODE: Say = say("Mã", "Code");
/// A field.
pub const PERIOD: Say = say("Tính từ", "From");
/// A field.
pub const ROWS_MOST: Say = say("Số dòng nhiều nhất", "Most rows");
/// A field.
pub const TITLE_VI: Say = say("Tiêu đề tiếng Việt", "Heading in Vietnamese");
/// A field.
pub const TITLE_EN: Say = say("Tiêu đề tiếng Anh", "Heading in English");
/// A field.
pub const UNDER_VI: Say = say("Dòng dưới tiêu đề, tiếng Việt", "Line under it in Vietnamese");
/// A field.
pub const UNDER_EN: Say = say("Dòng dưới tiêu đề, tiếng Anh", "Line under it in English");
/// A field.
pub const NAME: Say = say("Tên trong địa chỉ", "Name in the address");
/// A field.
pub const COLUMN: Say = say("Cột", "Column");
/// A field.
pub const ROW: Say = say("Hàng", "Row");
/// A field.
pub const COLUMNS: Say = say("Rộng (cột)", "Width (columns)");
/// A field.
pub const ROWS_HIGH: Say = say("Cao (hàng)", "Height (rows)");
/// Nothing is chosen.
pub const NONE: Say = say("(không)", "(none)");
/// Where a panel cannot stand.
pub const TAKEN: Say = say("Không đặt được: chồng lên ô khác.", "Cannot stand there: another panel does.");
/// The edge of the wall.
pub const EDGE: Say = say("Đã sát mép lưới.", "At the edge of the grid.");
/// A title that a new scene begins with.
pub const NEW_SCENE: Say = say("Cảnh mới", "New scene");

/// How a panel is drawn.
#[must_use]
pub const fn kind(kind: PanelKind) -> Say {
    match kind {
        PanelKind::Numbers => say("Năm con số của thành phố", "The city's five numbers"),
        PanelKind::Map => say("Bản đồ lục giác", "Hexagon map"),
        PanelKind::Longest => say("Trễ hạn lâu nhất", "Longest overdue"),
        PanelKind::Newest => say("Vụ việc mới", "Newest cases"),
        PanelKind::Ranked => say("Xếp hạng", "Ranking"),
        PanelKind::Shares => say("Cơ cấu", "Shares"),
        PanelKind::Rates => say("Tỷ lệ", "Rates"),
        PanelKind::Figures => say("Nhiều con số", "Figures"),
        PanelKind::Days => say("Diễn biến từng ngày", "Day by day"),
        PanelKind::Surge => say("Tăng bất thường", "Surges"),
        PanelKind::Alarms => say("Báo động", "Alarms"),
    }
}

/// What something is split by.
#[must_use]
pub const fn dimension(dimension: Dimension) -> Say {
    match dimension {
        Dimension::Agency => say("Đơn vị", "Agency"),
        Dimension::District => say("Quận, huyện", "District"),
        Dimension::Ward => say("Phường, xã", "Ward"),
        Dimension::Field => say("Lĩnh vực", "Field"),
        Dimension::Channel => say("Kênh tiếp nhận", "Channel"),
        Dimension::Kind => say("Loại vụ việc", "Kind of case"),
        Dimension::ContentGroup => say("Nhóm nội dung", "Content group"),
        Dimension::ReportKind => say("Loại phản ánh", "Kind of report"),
        Dimension::Severity => say("Mức độ", "Severity"),
        Dimension::Status => say("Trạng thái", "Status"),
        Dimension::Timeliness => say("Tình trạng hạn", "Timeliness"),
        Dimension::Procedure => say("Thủ tục", "Procedure"),
        Dimension::SubmissionMode => say("Hình thức nộp", "Submission mode"),
        Dimension::Stage => say("Khâu phục vụ", "Stage of service"),
        Dimension::Criterion => say("Tiêu chí", "Criterion"),
        Dimension::RatingChannel => say("Kênh đánh giá", "Rating channel"),
    }
}

/// A level of a dimension's tree.
#[must_use]
pub fn level(lang: Lang, name: &str, level: u8) -> String {
    match lang {
        Lang::Vi => format!("{name}, cấp {level}"),
        Lang::En => format!("{name}, level {level}"),
    }
}

/// From so many days ago.
#[must_use]
pub fn period(lang: Lang, from: Option<&str>) -> String {
    let days = |from: &str| from.strip_prefix("today-")?.strip_suffix('d')?.parse::<u32>().ok();
    match (lang, from, from.and_then(days)) {
        // What a panel counts that names no period: `engine` takes the city's day, the chart of days a month.
        (Lang::Vi, None, _) => "Như thường lệ: hôm nay; biểu đồ ngày: 30 ngày".to_owned(),
        (Lang::En, None, _) => "As usual: today; the chart of days: 30 days".to_owned(),
        (Lang::Vi, Some("today"), _) => "Hôm nay".to_owned(),
        (Lang::En, Some("today"), _) => "Today".to_owned(),
        (Lang::Vi, _, Some(days)) => format!("{} ngày gần đây", days + 1),
        (Lang::En, _, Some(days)) => format!("The last {} days", days + 1),
        (_, Some(other), None) => other.to_owned(),
    }
}

/// A panel and its place.
#[must_use]
pub fn stands(lang: Lang, place: usize, kind_name: &str, area: Area) -> String {
    let Area { column, row, columns, rows } = area;
    match lang {
        Lang::Vi => {
            format!("Ô {}: {kind_name}, cột {column}, hàng {row}, rộng {columns}, cao {rows}", place + 1)
        }
        Lang::En => format!(
            "Panel {}: {kind_name}, column {column}, row {row}, {columns} wide, {rows} high",
            place + 1
        ),
    }
}

/// A version.
#[must_use]
pub fn version(lang: Lang, number: u32) -> String {
    match (lang, number) {
        (_, 0) => OWN_FILE.to(lang).to_owned(),
        (Lang::Vi, _) => format!("Bản {number}"),
        (Lang::En, _) => format!("Version {number}"),
    }
}

/// That this is a draft.
#[must_use]
pub fn draft_of(lang: Lang, made_from: u32) -> String {
    let of = version(lang, made_from);
    match lang {
        Lang::Vi => format!("Bản nháp trên máy này, làm từ: {of}. Chưa lưu."),
        Lang::En => format!("A draft on this device, made from: {of}. Not saved."),
    }
}

/// That it holds.
#[must_use]
pub fn holds(lang: Lang, number: u32) -> String {
    let of = version(lang, number);
    match lang {
        Lang::Vi => format!("Đang chiếu: {of}"),
        Lang::En => format!("On the walls: {of}"),
    }
}

/// It was saved.
#[must_use]
pub fn saved(lang: Lang, number: u32) -> String {
    match lang {
        Lang::Vi => format!("Đã lưu thành bản {number}. Các màn hình đổi ở lượt cảnh tiếp theo."),
        Lang::En => format!("Saved as version {number}. The walls change at their next turn."),
    }
}

/// Why one goes back.
#[must_use]
pub fn went_back(lang: Lang, number: u32) -> String {
    let of = version(lang, number);
    match lang {
        Lang::Vi => format!("Lấy lại: {of}"),
        Lang::En => format!("Back to: {of}"),
    }
}

/// How many panels a scene has.
#[must_use]
pub fn panels(lang: Lang, many: usize) -> String {
    match (lang, many) {
        (Lang::Vi, _) => format!("{many} ô"),
        (Lang::En, 1) => "1 panel".to_owned(),
        (Lang::En, _) => format!("{many} panels"),
    }
}

/// A scene was changed in this: `Tổng quan: 2 ô đổi chỗ`.
#[must_use]
pub fn of_scene(title: &str, what: &str) -> String {
    format!("{title}: {what}")
}

/// What became of a scene, or of something of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another heading.
    Titled,
    /// It stands for so many seconds.
    Seconds(u32, u32),
    /// So many panels came.
    PanelsAdded(usize),
    /// So many went.
    PanelsRemoved(usize),
    /// So many stand elsewhere.
    PanelsMoved(usize),
    /// So many show something else.
    PanelsChanged(usize),
}

/// What became of it.
#[must_use]
pub fn became(lang: Lang, became: Became) -> String {
    match (lang, became) {
        (Lang::Vi, Became::Added) => "thêm cảnh".to_owned(),
        (Lang::En, Became::Added) => "scene added".to_owned(),
        (Lang::Vi, Became::Removed) => "bỏ cảnh".to_owned(),
        (Lang::En, Became::Removed) => "scene removed".to_owned(),
        (Lang::Vi, Became::Titled) => "đổi tiêu đề".to_owned(),
        (Lang::En, Became::Titled) => "another heading".to_owned(),
        (Lang::Vi, Became::Seconds(old, new)) => format!("{old} → {new} giây"),
        (Lang::En, Became::Seconds(old, new)) => format!("{old} → {new} seconds"),
        (Lang::Vi, Became::PanelsAdded(many)) => format!("thêm {many} ô"),
        (Lang::En, Became::PanelsAdded(many)) => format!("{} added", panels(lang, many)),
        (Lang::Vi, Became::PanelsRemoved(many)) => format!("bớt {many} ô"),
        (Lang::En, Became::PanelsRemoved(many)) => format!("{} removed", panels(lang, many)),
        (Lang::Vi, Became::PanelsMoved(many)) => format!("{many} ô đổi chỗ hoặc cỡ"),
        (Lang::En, Became::PanelsMoved(many)) => format!("{} moved or sized", panels(lang, many)),
        (Lang::Vi, Became::PanelsChanged(many)) => format!("{many} ô đổi nội dung"),
        (Lang::En, Became::PanelsChanged(many)) => format!("{} show something else", panels(lang, many)),
    }
}

/// The order is another.
pub const REORDERED: Say = say("Đổi thứ tự các cảnh", "The scenes are in another order");

/// What of a panel or scene something is about.
#[must_use]
pub const fn field(field: Field) -> Say {
    match field {
        Field::Scenes => IN_TURN,
        Field::Name => NAME,
        Field::Title => say("Tiêu đề", "Heading"),
        Field::Seconds => SECONDS_EACH,
        Field::Panels => say("Các ô", "Panels"),
        Field::Under => say("Dòng dưới tiêu đề", "Line under the heading"),
        Field::Metrics => METRIC,
        Field::By => SPLIT_BY,
        Field::Filter => ONLY,
        Field::From => PERIOD,
        Field::Rows => ROWS_MOST,
        Field::At => say("Chỗ trên màn hình 16:9", "Place on a 16:9 wall"),
        Field::Wide => say("Chỗ trên màn hình rất rộng", "Place on a very wide wall"),
    }
}

/// What is wrong, and what to do.
#[must_use]
pub fn wrong(lang: Lang, wrong: &Wrong) -> String {
    let (vi, en) = match wrong {
        Wrong::HowManyScenes(_) => {
            (format!("Cần 1 đến {SCENES_MAX} cảnh."), format!("There must be 1 to {SCENES_MAX} scenes."))
        }
        Wrong::NameOfPlaylist(_) => (
            "Tên này dành cho việc chiếu lần lượt; chọn tên khác.".to_owned(),
            "This name stands for all scenes in turn; choose another.".to_owned(),
        ),
        Wrong::Name(_) => (
            "Tên gồm 1 đến 32 ký tự a-z, 0-9 và dấu gạch nối.".to_owned(),
            "A name is 1 to 32 of a-z, 0-9 and hyphens.".to_owned(),
        ),
        Wrong::NameTaken(_) => {
            ("Đã có cảnh khác mang tên này.".to_owned(), "Another scene has this name.".to_owned())
        }
        Wrong::Text(_) => (
            format!("Viết cả hai thứ tiếng, mỗi dòng 1 đến {TITLE_CHARS_MAX} ký tự."),
            format!("Write it in both languages, 1 to {TITLE_CHARS_MAX} characters each."),
        ),
        Wrong::Seconds => {
            let (least, most) = (SECONDS.start(), SECONDS.end());
            (format!("Từ {least} đến {most} giây."), format!("From {least} to {most} seconds."))
        }
        Wrong::HowManyPanels(_) => {
            (format!("Một cảnh có 1 đến {PANELS_MAX} ô."), format!("A scene has 1 to {PANELS_MAX} panels."))
        }
        Wrong::Needs(..) => {
            ("Cách vẽ này cần chọn ở đây.".to_owned(), "This kind of panel needs a choice here.".to_owned())
        }
        Wrong::Takes(..) => (
            "Cách vẽ này không dùng mục này.".to_owned(),
            "This kind of panel does not take this.".to_owned(),
        ),
        Wrong::HowManyMetrics(kind) => {
            let (fewest, most) = kind.metrics();
            let most = most.min(FIGURES_MAX);
            (format!("Cần {fewest} đến {most} chỉ số."), format!("Takes {fewest} to {most} metrics."))
        }
        Wrong::CannotShow(_, metric) => {
            let name = metrics::name(*metric);
            (
                format!("Không vẽ được “{}” ở đây, hoặc đã chọn rồi.", name.to(Lang::Vi)),
                format!("“{}” cannot be shown here, or is there already.", name.to(Lang::En)),
            )
        }
        Wrong::CannotSplit { metric, .. } => {
            let name = metrics::name(*metric);
            (
                format!("“{}” không chia theo cách này được.", name.to(Lang::Vi)),
                format!("“{}” cannot be split by this.", name.to(Lang::En)),
            )
        }
        Wrong::By(_) => {
            ("Không chia theo cách này được.".to_owned(), "It cannot be split by this.".to_owned())
        }
        Wrong::Dimension(_) | Wrong::Filter => (
            format!(
                "Mỗi điều kiện một lần, có mã 1 đến {CODE_CHARS_MAX} ký tự, nhiều nhất {FILTERS_MAX} điều kiện."
            ),
            format!(
                "Each filter once, with a code of 1 to {CODE_CHARS_MAX} characters, at most {FILTERS_MAX}."
            ),
        ),
        Wrong::Code { code, .. } => {
            (format!("Danh mục không có mã “{code}”."), format!("The catalogue has no code “{code}”."))
        }
        Wrong::From => (
            format!("Từ hôm nay trở về trước, nhiều nhất {FROM_DAYS_MAX} ngày."),
            format!("From today back, {FROM_DAYS_MAX} days at most."),
        ),
        Wrong::Rows => {
            let (least, most) = (LIST_ROWS.start(), LIST_ROWS.end());
            (format!("Từ {least} đến {most} dòng."), format!("From {least} to {most} rows."))
        }
        Wrong::LeavesGrid(columns) => (
            format!("Ra ngoài lưới {columns} cột, {ROWS} hàng."),
            format!("Leaves the grid of {columns} columns and {ROWS} rows."),
        ),
        Wrong::OnAnother(_) => (TAKEN.to(Lang::Vi).to_owned(), TAKEN.to(Lang::En).to_owned()),
    };
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}
