//! What is said of directives: urges, requests for explanation, and their answers.

use domain::problem::Problem;

use super::Lang;
use super::lang::{Say, say};

/// The list's name.
pub const DIRECTIVES: Say = say("Đôn đốc", "Directives");
/// The list's title.
pub const TITLE: Say = say("Đôn đốc và yêu cầu giải trình", "Urges and requests for explanation");
/// Said under it.
pub const HELP: Say = say(
    "Việc chờ trả lời đứng trước, theo hạn. Mở một số hoặc một vụ việc để đôn đốc.",
    "Those that wait for an answer come first, by their limits. Open a number or a case to urge.",
);
/// Nothing was asked of anybody.
pub const NONE: Say = say("Chưa có đôn đốc nào", "Nobody has been urged yet");
/// No such directive.
pub const NO_SUCH: Say = say("Không có đôn đốc mang mã này", "There is no directive of this name");
/// Every directive.
pub const ALL: Say = say("Tất cả", "All");
/// Urge.
pub const URGE: Say = say("Đôn đốc", "Urge");
/// Ask for an explanation.
pub const EXPLAIN: Say = say("Yêu cầu giải trình", "Request explanation");
/// The actions on a number or a case.
pub const ACTIONS: Say = say("Chỉ đạo", "Direct");
/// What is asked.
pub const KIND: Say = say("Hình thức", "Kind");
/// Who is asked.
pub const TO: Say = say("Gửi đơn vị", "To");
/// Before a unit is chosen.
pub const CHOOSE: Say = say("— Chọn đơn vị —", "— Choose an agency —");
/// The words.
pub const TEXT: Say = say("Nội dung", "Text");
/// Said under it.
pub const TEXT_HELP: Say = say(
    "Mọi người xem đều đọc được. Nêu mã vụ việc, không nêu tên hay số điện thoại của người dân.",
    "Every reader sees it. Name cases by their codes, and no resident's name or telephone number.",
);
/// By when.
pub const DUE: Say = say("Hạn trả lời", "Answer due");
/// The evidence.
pub const EVIDENCE: Say = say("Căn cứ", "Evidence");
/// The number as it was.
pub const THEN: Say = say("Lúc gửi", "When sent");
/// The number as it is.
pub const NOW: Say = say("Lúc này", "Now");
/// The number cannot be read now.
pub const NOW_UNKNOWN: Say = say("không đọc được lúc này", "cannot be read now");
/// The evidence's receipt.
pub const RECEIPT_THEN: Say = say("Xem căn cứ của số này", "See where this number came from");
/// Who sent it.
pub const BY: Say = say("Người gửi", "Sent by");
/// When it was sent.
pub const SENT_AT: Say = say("Gửi lúc", "Sent");
/// The token.
pub const TOKEN: Say = say("Mã người quản trị", "Administrator's token");
/// Said under it.
pub const TOKEN_HELP: Say = say(
    "Đến khi có tài khoản, mã này xác nhận người gửi. Trình duyệt không lưu lại mã.",
    "Until accounts exist, this token says who sends. The browser does not keep it.",
);
/// Goes on to the review.
pub const REVIEW: Say = say("Xem lại trước khi gửi", "Review before sending");
/// The review's title.
pub const REVIEW_TITLE: Say = say("Sẽ gửi như sau", "This will be sent");
/// Sends.
pub const SEND: Say = say("Gửi", "Send");
/// On its way.
pub const SENDING: Say = say("Đang gửi…", "Sending…");
/// Back to the form.
pub const EDIT: Say = say("Sửa lại", "Edit");
/// What was said since.
pub const STEPS: Say = say("Diễn biến", "What was said");
/// The form of an answer.
pub const ANSWER: Say = say("Trả lời", "Answer");
/// The form of a decision.
pub const DECIDE: Say = say("Quyết định của lãnh đạo", "Leadership's decision");
/// Closes.
pub const CLOSE: Say = say("Kết thúc", "Close");
/// Sends back.
pub const SEND_BACK: Say = say("Trả lại, yêu cầu làm rõ", "Send back");
/// It came after its limit.
pub const WAS_LATE: Say = say("trả lời muộn", "answered late");
/// It did not count.
pub const NOT_APPLIED: Say = say("đến sau khi đã kết thúc, không tính", "came after the end, does not count");
/// Without script the forms do nothing.
pub const NEEDS_SCRIPT: Say = say(
    "Trang này cần JavaScript để gửi. Vẫn có thể gửi qua POST /api/v1/directives.",
    "Sending from this page needs JavaScript. POST /api/v1/directives works without.",
);
/// A case's directives.
pub const OF_CASE: Say = say("Chỉ đạo về vụ việc này", "Directives about this case");

/// The word of a kind.
#[must_use]
pub fn kind(name: &str) -> Say {
    if name == "explanation_request" { EXPLAIN } else { URGE }
}

/// The word of where it stands.
#[must_use]
pub fn status(name: &str) -> Say {
    match name {
        "overdue" => say("Quá hạn trả lời", "Answer overdue"),
        "answered" => say("Đã trả lời, chờ quyết định", "Answered, to be decided"),
        "closed" => say("Đã kết thúc", "Closed"),
        _ => say("Chờ trả lời", "Waits for an answer"),
    }
}

/// The word of a step.
#[must_use]
pub fn step(name: &str) -> Say {
    match name {
        "answered" => say("Đơn vị trả lời", "The agency answered"),
        "sent_back" => say("Trả lại, yêu cầu làm rõ", "Sent back"),
        _ => say("Kết thúc", "Closed"),
    }
}

/// Who acted.
#[must_use]
pub fn by(name: &str, lang: Lang) -> String {
    match name {
        "administrator" => say("Người quản trị", "Administrator").to(lang).to_owned(),
        other => other.to_owned(),
    }
}

/// `2 ngày làm việc`.
#[must_use]
pub fn working_days(lang: Lang, days: u32) -> String {
    match lang {
        Lang::Vi => format!("{days} ngày làm việc"),
        Lang::En if days == 1 => "1 working day".to_owned(),
        Lang::En => format!("{days} working days"),
    }
}

/// How many of a list are seen.
#[must_use]
pub fn shown_of(lang: Lang, shown: usize, total: u64) -> String {
    match lang {
        Lang::Vi => format!("{shown} trong {total}"),
        Lang::En => format!("{shown} of {total}"),
    }
}

/// The words that a form begins with; `about` is what it is about, as people read it.
#[must_use]
pub fn draft(lang: Lang, kind: &str, about: &About) -> String {
    let explains = kind == "explanation_request";
    match (lang, about) {
        (Lang::Vi, About::Case(code)) if explains => {
            format!("Đề nghị giải trình nguyên nhân chậm xử lý vụ việc {code} và biện pháp khắc phục.")
        }
        (Lang::Vi, About::Case(code)) => {
            format!("Đề nghị khẩn trương xử lý vụ việc {code} và báo cáo kết quả.")
        }
        (Lang::Vi, About::Number(metric, value)) if explains => {
            format!("Đề nghị giải trình nguyên nhân số “{metric}” là {value} và biện pháp khắc phục.")
        }
        (Lang::Vi, About::Number(metric, value)) => {
            format!("Đề nghị rà soát, xử lý dứt điểm (“{metric}”: {value}) và báo cáo kết quả.")
        }
        (Lang::En, About::Case(code)) if explains => {
            format!("Please explain why case {code} is late, and what is being done.")
        }
        (Lang::En, About::Case(code)) => format!("Please go on with case {code} now and report the result."),
        (Lang::En, About::Number(metric, value)) if explains => {
            format!("Please explain why “{metric}” is {value}, and what is being done.")
        }
        (Lang::En, About::Number(metric, value)) => {
            format!("Please look into “{metric}” ({value}), settle it and report the result.")
        }
    }
}

/// What a directive is about, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A case, by its code.
    Case(String),
    /// A number, by its name and value.
    Number(String, String),
}

/// Why an act was not taken, and what to do.
#[must_use]
pub fn refusal(problem: &Problem) -> Say {
    match (problem.slug(), problem.parameter.as_deref()) {
        ("unauthorized", _) => say(
            "Mã người quản trị không đúng. Chưa gửi gì cả.",
            "The administrator's token is wrong. Nothing was sent.",
        ),
        ("directive-refused", _) => say(
            "Đôn đốc này không còn nhận bước đó: hãy tải lại trang để xem tình trạng mới.",
            "The directive does not allow this any more: load the page again to see how it stands.",
        ),
        ("request-reused", _) => say(
            "Yêu cầu trùng tên với một yêu cầu khác. Hãy tải lại trang rồi gửi lại.",
            "The request's name stands for another one. Load the page again, then send.",
        ),
        (_, Some("to")) => say("Hãy chọn đơn vị nhận.", "Choose the agency."),
        (_, Some("text")) => {
            say("Nội dung phải có từ 1 đến 2.000 ký tự.", "The text must have 1 to 2,000 characters.")
        }
        (_, Some("due" | "working_days")) => say("Hạn trả lời không dùng được.", "The limit cannot be used."),
        (_, Some("case" | "query")) => {
            say("Căn cứ không còn đọc được.", "The evidence can no longer be read.")
        }
        _ => say(
            "Chưa gửi được. Hãy thử lại: gửi lại không tạo ra đôn đốc thứ hai.",
            "It could not be sent. Try again: sending again makes no second directive.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_begins_with_words_that_name_what_it_is_about() {
        let number = About::Number("Quá hạn".to_owned(), "37".to_owned());
        for kind in ["urging", "explanation_request"] {
            for lang in [Lang::Vi, Lang::En] {
                assert!(draft(lang, kind, &About::Case("A-1".to_owned())).contains("A-1"));
                assert!(draft(lang, kind, &number).contains("37"));
            }
        }
    }

    #[track_caller]
    fn check(slug: &str, parameter: Option<&str>, vi: &str) {
        let mut problem = Problem::new(slug, 400, "", "");
        problem.parameter = parameter.map(str::to_owned);
        assert!(refusal(&problem).vi.starts_with(vi), "{}", refusal(&problem).vi);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        check("unauthorized", Some("Authorization"), "Mã người quản trị không đúng");
        check("bad-parameter", Some("to"), "Hãy chọn đơn vị");
        check("bad-parameter", Some("due"), "Hạn trả lời");
        check("unreachable", None, "Chưa gửi được");
    }
}
