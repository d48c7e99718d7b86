//! The metrics of the product, a line each.

use domain::case::Measure as Of;
use domain::city::Label;
use domain::clock::{Judgement, Timeliness};
use domain::metric::Metric;

use super::{Better, Derived, Entry, Formula, Measured};

const ON_STATISTICS: Option<&str> = Some("2686/QĐ-UBND Phần II.II.2.a");
const ON_RATINGS: Option<&str> = Some("2686/QĐ-UBND Phần II.II.2.c");
const ON_CRITERIA: Option<&str> = Some("2686/QĐ-UBND Phần II.I.2.b");
const ON_STAGES: Option<&str> = Some("2686/QĐ-UBND Phần II.II.2.b");
const ON_REMINDERS: Option<&str> = Some("2686/QĐ-UBND Phần II.II.2.b");

/// Every metric, in the order of the contract.
#[rustfmt::skip]
pub(super) fn entries() -> Vec<(Metric, Entry)> {
    use Better::{Less, More, Neither};
    use Metric as M;
    vec![
        count(M::Open, Less, ON_STATISTICS, weight(Of::Open), ["Đang mở", "Open"],
            ["Vụ việc đã tiếp nhận mà chưa xử lý xong, chưa đóng, không bị từ chối, không hủy, không trùng; bằng tổng trong hạn, sắp trễ hạn, quá hạn và không có hạn.",
             "Cases received and neither resolved, closed, refused, cancelled nor duplicates or copies; the sum of in time, due soon, overdue and no deadline."]),
        count(M::InTime, Neither, ON_REMINDERS, weight(Of::Open).standing(Timeliness::InTime), ["Trong hạn", "In time"],
            ["Vụ việc đang mở, chưa tới ngưỡng sắp trễ hạn của thời hạn gần nhất.",
             "Open cases whose governing limit has not come near yet."]),
        count(M::DueSoon, Less, ON_REMINDERS, weight(Of::Open).standing(Timeliness::DueSoon), ["Sắp trễ hạn", "Due soon"],
            ["Vụ việc đang mở còn trong hạn, nhưng thời gian còn lại không quá một phần năm thời hạn.",
             "Open cases still in time with a fifth of their limit left or less."]),
        count(M::Overdue, Less, ON_STATISTICS, weight(Of::Open).standing(Timeliness::Overdue), ["Quá hạn", "Overdue"],
            ["Vụ việc đang mở đã qua thời hạn xử lý.",
             "Open cases whose governing limit has passed."]),
        count(M::NoDeadline, Neither, None, weight(Of::Open).standing(Timeliness::NoDeadline), ["Không có hạn", "No deadline"],
            ["Vụ việc đang mở mà không có quy định hay nguồn tin nào đặt thời hạn.",
             "Open cases for which neither a rule nor the source sets a limit."]),
        count(M::Unmapped, Less, None, weight(Of::Open).unmapped(), ["Chưa khớp danh mục", "Unmapped"],
            ["Vụ việc đang mở có ít nhất một mã chưa có trong danh mục của thành phố.",
             "Open cases with at least one code that is not in the city's catalogue."]),
        count(M::Cases, Neither, ON_STATISTICS, weight(Of::Case), ["Vụ việc mới", "New cases"],
            ["Vụ việc tiếp nhận trong kỳ, không tính phản ánh trùng và bản sao.",
             "Cases received in the period, duplicates and copies left out."]),
        count(M::Received, Neither, ON_STATISTICS, weight(Of::Received), ["Tiếp nhận", "Received"],
            ["Mọi phản ánh, hồ sơ tiếp nhận trong kỳ, kể cả phản ánh trùng.",
             "Every report and dossier received in the period, duplicates included."]),
        count(M::Duplicates, Neither, Some("4874/QĐ-UBND Điều 6.4"), weight(Of::Duplicate), ["Trùng", "Duplicates"],
            ["Phản ánh tiếp nhận trong kỳ, được xác định cùng nội dung với một phản ánh khác.",
             "Reports received in the period and found to repeat another."]),
        count(M::Assigned, Neither, Some("4874/QĐ-UBND Điều 6.2"), weight(Of::Assigned), ["Chuyển xử lý", "Assigned"],
            ["Lượt chuyển cho đơn vị chủ trì trong kỳ, tính cho đơn vị nhận.",
             "Transfers to a leading unit in the period, under the unit that received them."]),
        count(M::Resolved, More, ON_STATISTICS, weight(Of::Resolved), ["Đã xử lý", "Resolved"],
            ["Lượt xử lý xong trong kỳ; bằng tổng trong hạn, trong thời gian đã cam kết, trễ hạn và không có hạn.",
             "Resolutions in the period; the sum of in time, within the promised time, late and without a limit."]),
        count(M::ResolvedInTime, More, ON_STATISTICS, weight(Of::Resolved).judged(Judgement::InTime), ["Xử lý trong hạn", "Resolved in time"],
            ["Lượt xử lý xong trong kỳ, không muộn hơn thời hạn.",
             "Resolutions in the period, no later than the limit."]),
        count(M::ResolvedExtended, Neither, Some("4874/QĐ-UBND Điều 7.2.b"), weight(Of::Resolved).judged(Judgement::Extended), ["Xử lý trong thời gian cam kết", "Resolved within the promised time"],
            ["Lượt xử lý xong trong kỳ sau thời hạn, nhưng trong thời gian đã cam kết trước khi hết hạn.",
             "Resolutions in the period after the limit, within a time promised before it ran out."]),
        count(M::ResolvedLate, Less, ON_STATISTICS, weight(Of::Resolved).judged(Judgement::Late), ["Xử lý trễ hạn", "Resolved late"],
            ["Lượt xử lý xong trong kỳ sau thời hạn và sau mọi cam kết kịp thời.",
             "Resolutions in the period after the limit and after any promise made in time."]),
        count(M::ResolvedNoDeadline, Neither, None, weight(Of::Resolved).judged(Judgement::NoDeadline), ["Xử lý, không có hạn", "Resolved, no deadline"],
            ["Lượt xử lý xong trong kỳ của vụ việc không có thời hạn.",
             "Resolutions in the period of cases without a limit."]),
        count(M::Reopened, Less, None, weight(Of::Reopened), ["Mở lại", "Reopened"],
            ["Lượt mở lại trong kỳ của vụ việc đã xử lý, đã đóng, bị từ chối hoặc đã hủy.",
             "Reopenings in the period of cases that were resolved, closed, refused or cancelled."]),
        count(M::Returned, Less, Some("4874/QĐ-UBND Điều 7.1.c"), weight(Of::Returned), ["Chuyển trả", "Returned"],
            ["Lượt chuyển trả trong kỳ, tính cho đơn vị chuyển trả.",
             "Returns in the period, under the unit that returned."]),
        count(M::Refused, Neither, Some("4874/QĐ-UBND Điều 3.6"), weight(Of::Refused), ["Từ chối tiếp nhận", "Refused"],
            ["Lượt từ chối tiếp nhận trong kỳ.",
             "Refusals in the period."]),
        hours(M::HoursToResolveP50, 500, Of::Resolved, ON_REMINDERS, ["Thời gian xử lý, trung vị", "Hours to resolve, median"],
            ["Số giờ từ khi tiếp nhận đến khi xử lý xong của vụ việc đứng giữa, trong các lượt xử lý xong trong kỳ.",
             "Hours from receipt to resolution of the middle one among the period's resolutions."]),
        hours(M::HoursToResolveP90, 900, Of::Resolved, ON_REMINDERS, ["Thời gian xử lý, 90 %", "Hours to resolve, 90 %"],
            ["Số giờ mà 90 % các lượt xử lý xong trong kỳ không vượt quá, từ khi tiếp nhận đến khi xử lý xong.",
             "The hours from receipt to resolution that 90 % of the period's resolutions do not exceed."]),
        count(M::TotalReceived, Neither, ON_STATISTICS, weight(Of::Received).dossiers(), ["Hồ sơ tiếp nhận", "Dossiers received"],
            ["Hồ sơ thủ tục hành chính tiếp nhận trong kỳ; bằng tổng trực tuyến và trực tiếp.",
             "Administrative dossiers received in the period; the sum of online and in person."]),
        derived(M::TotalProcessed, "cases", Neither, Derived::Sum(vec![M::ResolvedOnTime, M::ResolvedOverdue, M::Stopped, M::PendingInTime, M::PendingOverdue]), ["Hồ sơ xử lý", "Dossiers handled"],
            ["Hồ sơ tồn đầu kỳ và tiếp nhận trong kỳ; bằng tổng đã giải quyết, đã dừng trong kỳ và chưa giải quyết cuối kỳ.",
             "Dossiers carried over and received in the period; the sum of those resolved, those stopped and those pending at its end."]),
        count(M::ReceivedOnline, Neither, ON_STATISTICS, weight(Of::Received).dossiers().online(true), ["Tiếp nhận trực tuyến", "Received online"],
            ["Hồ sơ nộp trực tuyến, tiếp nhận trong kỳ.",
             "Dossiers handed in online and received in the period."]),
        count(M::ReceivedInPerson, Neither, ON_STATISTICS, weight(Of::Received).dossiers().online(false), ["Tiếp nhận trực tiếp", "Received in person"],
            ["Hồ sơ tiếp nhận trong kỳ mà không nộp trực tuyến; hồ sơ không rõ hình thức nộp tính vào đây và được đánh dấu.",
             "Dossiers received in the period that were not handed in online; those of which nobody says count here and are flagged."]),
        count(M::ResolvedOnTime, More, ON_STATISTICS, weight(Of::Resolved).dossiers().not_judged(Judgement::Late), ["Giải quyết trong hạn", "Dossiers resolved on time"],
            ["Hồ sơ có kết quả trong kỳ, không muộn hơn hạn xử lý; hồ sơ không có hạn tính vào đây.",
             "Dossiers with a result in the period, no later than their deadline; those without a deadline count here."]),
        count(M::ResolvedOverdue, Less, ON_STATISTICS, weight(Of::Resolved).dossiers().judged(Judgement::Late), ["Giải quyết quá hạn", "Dossiers resolved overdue"],
            ["Hồ sơ có kết quả trong kỳ, sau hạn xử lý.",
             "Dossiers with a result in the period, after their deadline."]),
        count(M::PendingInTime, Neither, ON_STATISTICS, weight(Of::Open).dossiers().not_standing(Timeliness::Overdue), ["Chưa giải quyết, trong hạn", "Pending in time"],
            ["Hồ sơ chưa có kết quả, chưa qua hạn xử lý.",
             "Dossiers without a result whose deadline has not passed."]),
        count(M::PendingOverdue, Less, ON_STATISTICS, weight(Of::Open).dossiers().standing(Timeliness::Overdue), ["Chưa giải quyết, quá hạn", "Pending overdue"],
            ["Hồ sơ chưa có kết quả, đã qua hạn xử lý.",
             "Dossiers without a result whose deadline has passed."]),
        count(M::Stopped, Neither, None, Formula::weight_of_any(&[Of::Cancelled, Of::Refused]).dossiers(), ["Dừng xử lý", "Stopped"],
            ["Hồ sơ bị từ chối, rút hoặc dừng xử lý trong kỳ.",
             "Dossiers refused, withdrawn or stopped in the period."]),
        count(M::Rated, Neither, ON_RATINGS, weight(Of::Rated), ["Lượt đánh giá", "Ratings"],
            ["Lượt đánh giá mức độ hài lòng trong kỳ.",
             "Satisfaction ratings in the period."]),
        count(M::Satisfied, More, ON_RATINGS, weight(Of::Satisfied), ["Lượt hài lòng", "Satisfied"],
            ["Lượt đánh giá trong kỳ được tính là hài lòng.",
             "Ratings in the period that count as satisfied."]),
        derived(M::SatisfactionRate, "percent", More, Derived::Share { part: M::Satisfied, whole: M::Rated }, ["Tỷ lệ hài lòng", "Satisfaction rate"],
            ["Phần trăm lượt đánh giá trong kỳ được tính là hài lòng; luôn xem cùng số lượt đánh giá.",
             "The percentage of the period's ratings that count as satisfied; to be read with the number of ratings."]),
        count(M::Rateable, Neither, ON_RATINGS, weight(Of::Rateable), ["Vụ việc được quyền đánh giá", "Cases that can be rated"],
            ["Vụ việc có kết quả lần đầu trong kỳ: phản ánh đã trả lời, hồ sơ đã có kết quả; mỗi vụ việc tính một lần.",
             "Cases with their first result in the period: reports answered, dossiers completed; each case once."]),
        count(M::Responded, More, ON_RATINGS, weight(Of::Responded), ["Vụ việc đã được đánh giá", "Cases rated"],
            ["Trong số vụ việc được quyền đánh giá của kỳ, số vụ việc đến nay có ít nhất một lượt đánh giá; mỗi vụ việc tính một lần.",
             "Of the period's cases that can be rated, those with at least one rating so far; each case once."]),
        derived(M::ResponseRate, "percent", More, Derived::Share { part: M::Responded, whole: M::Rateable }, ["Tỷ lệ phản hồi", "Response rate"],
            ["Phần trăm vụ việc được quyền đánh giá trong kỳ đến nay đã được đánh giá; kỳ vừa qua còn tăng khi có thêm đánh giá.",
             "The percentage of the period's cases that can be rated and have been so far; it still grows as ratings come in."]),
        mean(M::MeanScore, Of::Rated, ["Điểm hài lòng trung bình", "Mean score"],
            ["Điểm trung bình của các lượt đánh giá trong kỳ, theo thang điểm của thành phố; luôn xem cùng số lượt đánh giá.",
             "The mean score of the period's ratings on the city's scale; to be read with the number of ratings."]),
        count(M::CriterionAnswers, Neither, ON_CRITERIA, weight(Of::CriterionAnswered), ["Trả lời theo tiêu chí", "Criterion answers"],
            ["Số câu trả lời theo từng tiêu chí trong các lượt đánh giá trong kỳ.",
             "The answers to single criteria in the period's ratings."]),
        count(M::CriterionSatisfied, More, ON_CRITERIA, weight(Of::CriterionSatisfied), ["Hài lòng theo tiêu chí", "Satisfied by criterion"],
            ["Số câu trả lời theo tiêu chí trong kỳ được tính là hài lòng.",
             "The period's answers to single criteria that count as satisfied."]),
        derived(M::CriterionSatisfactionRate, "percent", More, Derived::Share { part: M::CriterionSatisfied, whole: M::CriterionAnswers }, ["Tỷ lệ hài lòng theo tiêu chí", "Satisfaction rate by criterion"],
            ["Phần trăm câu trả lời theo tiêu chí trong kỳ được tính là hài lòng; luôn xem cùng số câu trả lời.",
             "The percentage of the period's answers to single criteria that count as satisfied; to be read with the number of answers."]),
        mean(M::CriterionMeanScore, Of::CriterionAnswered, ["Điểm trung bình theo tiêu chí", "Mean score by criterion"],
            ["Điểm trung bình của các câu trả lời theo tiêu chí trong kỳ, theo thang điểm của thành phố; luôn xem cùng số câu trả lời.",
             "The mean score of the period's answers to single criteria on the city's scale; to be read with the number of answers."]),
        count(M::StagesLeft, Neither, ON_STAGES, weight(Of::StageLeft), ["Giai đoạn đã qua", "Stages left"],
            ["Số giai đoạn mà hồ sơ đã rời trong kỳ; một hồ sơ qua cùng một giai đoạn nhiều lần tính một lần, vào lần rời cuối.",
             "Stages that dossiers left in the period; one that comes back to a stage counts once, when it leaves it last."]),
        hours(M::StageHoursP50, 500, Of::StageLeft, ON_STAGES, ["Số giờ mỗi giai đoạn, trung vị", "Hours in a stage, median"],
            ["Số giờ hồ sơ ở trong một giai đoạn (cộng mọi lần), của giai đoạn đứng giữa trong các giai đoạn đã rời trong kỳ; theo giờ lịch.",
             "Calendar hours that a dossier spent in a stage (all stays together), of the middle one among the stages left in the period."]),
        hours(M::StageHoursP90, 900, Of::StageLeft, ON_STAGES, ["Số giờ mỗi giai đoạn, 90 %", "Hours in a stage, 90 %"],
            ["Số giờ mà 90 % các giai đoạn đã rời trong kỳ không vượt quá (cộng mọi lần của một hồ sơ); theo giờ lịch.",
             "The calendar hours in a stage (all stays together) that 90 % of the stages left in the period do not exceed."]),
    ]
}

fn weight(measure: Of) -> Formula {
    Formula::weight_of(measure)
}

fn count(
    metric: Metric,
    better: Better,
    clause: Option<&'static str>,
    contribution: Formula,
    label: [&str; 2],
    definition: [&str; 2],
) -> (Metric, Entry) {
    let measured = Measured::Count(contribution);
    let entry =
        Entry { label: both(label), unit: "cases", definition: both(definition), clause, better, measured };
    (metric, entry)
}

fn derived(
    metric: Metric,
    unit: &'static str,
    better: Better,
    derived: Derived,
    label: [&str; 2],
    definition: [&str; 2],
) -> (Metric, Entry) {
    let clause = match metric {
        Metric::CriterionSatisfactionRate => ON_CRITERIA,
        _ if unit == "percent" => ON_RATINGS,
        _ => ON_STATISTICS,
    };
    let measured = Measured::Derived(derived);
    (metric, Entry { label: both(label), unit, definition: both(definition), clause, better, measured })
}

fn hours(
    metric: Metric,
    permille: u32,
    of: Of,
    clause: Option<&'static str>,
    label: [&str; 2],
    definition: [&str; 2],
) -> (Metric, Entry) {
    let measured = Measured::Quantile { sample: Formula::quantity_of(of), permille };
    let better = Better::Less;
    (
        metric,
        Entry { label: both(label), unit: "hours", definition: both(definition), clause, better, measured },
    )
}

fn mean(metric: Metric, of: Of, label: [&str; 2], definition: [&str; 2]) -> (Metric, Entry) {
    let measured = Measured::Mean { sample: Formula::quantity_of(of) };
    let clause = if of == Of::Rated { ON_RATINGS } else { ON_CRITERIA };
    let better = Better::More;
    (
        metric,
        Entry { label: both(label), unit: "score", definition: both(definition), clause, better, measured },
    )
}

fn both([vi, en]: [&str; 2]) -> Label {
    Label { vi: vi.to_owned(), en: en.to_owned() }
}
