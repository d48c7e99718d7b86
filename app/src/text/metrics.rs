//! Short names of the metrics for headings. What a metric means is the registry's to say, and
//! comes with its receipt.

use domain::metric::Metric;

use super::lang::{Say, say};
use super::words;

/// The metric in a heading.
#[must_use]
pub const fn name(metric: Metric) -> Say {
    match metric {
        Metric::Open => words::OPEN,
        Metric::InTime => words::IN_TIME,
        Metric::DueSoon => words::DUE_SOON,
        Metric::Overdue => words::OVERDUE,
        Metric::NoDeadline => words::NO_DEADLINE,
        Metric::Unmapped => say("Mã chưa có trong danh mục", "Codes not in the catalogue"),
        Metric::Cases => say("Vụ việc", "Cases"),
        Metric::Received => words::RECEIVED,
        Metric::Duplicates => say("Phản ánh trùng", "Duplicates"),
        Metric::Assigned => say("Được giao", "Assigned"),
        Metric::Resolved => words::RESOLVED,
        Metric::ResolvedInTime => say("Xử lý xong đúng hạn", "Resolved in time"),
        Metric::ResolvedExtended => say("Xử lý xong trong hạn đã gia hạn", "Resolved within the extension"),
        Metric::ResolvedLate => say("Xử lý xong trễ hạn", "Resolved late"),
        Metric::ResolvedNoDeadline => say("Xử lý xong, không có hạn", "Resolved without a deadline"),
        Metric::Reopened => say("Mở lại", "Reopened"),
        Metric::Returned => say("Chuyển trả", "Returned"),
        Metric::Refused => say("Từ chối tiếp nhận", "Refused"),
        Metric::HoursToResolveP50 => say("Số giờ xử lý, trung vị", "Hours to resolve, median"),
        Metric::HoursToResolveP90 => {
            say("Số giờ xử lý, bách phân vị 90", "Hours to resolve, 90th percentile")
        }
        Metric::TotalReceived => say("Hồ sơ tiếp nhận", "Dossiers received"),
        Metric::TotalProcessed => say("Hồ sơ xử lý", "Dossiers handled"),
        Metric::ReceivedOnline => say("Nộp trực tuyến", "Received online"),
        Metric::ReceivedInPerson => say("Nộp trực tiếp", "Received in person"),
        Metric::ResolvedOnTime => say("Giải quyết trong hạn", "Resolved on time"),
        Metric::ResolvedOverdue => say("Giải quyết quá hạn", "Resolved overdue"),
        Metric::PendingInTime => say("Chưa giải quyết, trong hạn", "Pending in time"),
        Metric::PendingOverdue => say("Chưa giải quyết, quá hạn", "Pending overdue"),
        Metric::Stopped => say("Dừng xử lý", "Stopped"),
        Metric::Rated => say("Lượt đánh giá", "Ratings"),
        Metric::Satisfied => say("Hài lòng", "Satisfied"),
        Metric::SatisfactionRate => say("Tỷ lệ hài lòng", "Satisfaction rate"),
        Metric::Rateable => say("Vụ việc được quyền đánh giá", "Cases that can be rated"),
        Metric::Responded => say("Vụ việc đã được đánh giá", "Cases rated"),
        Metric::ResponseRate => say("Tỷ lệ phản hồi", "Response rate"),
        Metric::MeanScore => say("Điểm hài lòng trung bình", "Mean score"),
        Metric::CriterionAnswers => say("Trả lời theo tiêu chí", "Criterion answers"),
        Metric::CriterionSatisfied => say("Hài lòng theo tiêu chí", "Satisfied by criterion"),
        Metric::CriterionSatisfactionRate => {
            say("Tỷ lệ hài lòng theo tiêu chí", "Satisfaction rate by criterion")
        }
        Metric::CriterionMeanScore => say("Điểm trung bình theo tiêu chí", "Mean score by criterion"),
        Metric::StagesLeft => say("Giai đoạn đã qua", "Stages left"),
        Metric::StageHoursP50 => say("Số giờ mỗi giai đoạn, trung vị", "Hours in a stage, median"),
        Metric::StageHoursP90 => {
            say("Số giờ mỗi giai đoạn, bách phân vị 90", "Hours in a stage, 90th percentile")
        }
    }
}

/// The metric by its name in an answer; the name itself where it is not known here.
#[must_use]
pub fn named(id: &str, lang: super::Lang) -> String {
    id.parse::<Metric>().map_or_else(|()| id.to_owned(), |metric| name(metric).to(lang).to_owned())
}
