//! What happened to a case, in words: one short sentence for each kind of event.

use super::lang::{Say, say};

const PREFIX: &str = "vn.toancanh.";

/// The sentence of an event by its type and, where it has one, its step. `None` for a kind that has
/// no sentence: then its own name is shown.
#[must_use]
pub fn sentence(kind: &str, step: Option<&str>) -> Option<Say> {
    let kind = kind.strip_prefix(PREFIX).unwrap_or(kind);
    match kind {
        "case.transferred" => step.and_then(transfer).or(Some(say("Chuyển xử lý", "Transferred"))),
        "case.step" => step.and_then(handling).or(Some(say("Bước xử lý", "Handling step"))),
        "case.received" => Some(say("Tiếp nhận", "Received")),
        "case.amended" => Some(say("Thông tin được sửa", "Amended")),
        "case.committed" => Some(say("Cam kết thời hạn", "Completion promised")),
        "case.suspended" => Some(say("Tạm dừng", "Suspended")),
        "case.resumed" => Some(say("Tiếp tục", "Resumed")),
        "case.linked" => Some(say("Liên kết với vụ việc khác", "Linked to another case")),
        "case.resolved" => Some(say("Xử lý xong", "Resolved")),
        "case.closed" => Some(say("Đóng vụ việc", "Closed")),
        "case.reopened" => Some(say("Mở lại", "Reopened")),
        "case.refused" => Some(say("Từ chối tiếp nhận", "Refused")),
        "case.cancelled" => Some(say("Hủy", "Cancelled")),
        "case.noticed" => Some(say("Đã báo người phản ánh", "Reporter notified")),
        "case.rated" => Some(say("Được đánh giá", "Rated")),
        _ => None,
    }
}

fn transfer(step: &str) -> Option<Say> {
    Some(match step {
        "dispatched" => say("Chuyển xử lý", "Dispatched"),
        "delivered_to_unit" => say("Đến đơn vị xử lý", "Delivered to the unit"),
        "assigned_to_subordinate" => say("Giao đơn vị trực thuộc", "Assigned to a unit within"),
        "received_by_city_office" => say("Văn phòng UBND Thành phố nhận", "Received by the City Office"),
        "slip_delivered_to_focal_officer" => {
            say("Phiếu chuyển đến cán bộ đầu mối", "Slip to the focal officer")
        }
        "slip_delivered_to_unit_head" => say("Phiếu chuyển đến thủ trưởng", "Slip to the unit head"),
        "returned" => say("Chuyển trả", "Returned"),
        "forwarded" => say("Chuyển tiếp", "Forwarded"),
        "escalated" => say("Báo cáo cấp trên", "Escalated"),
        "sent_to_city_office" => say("Gửi Văn phòng UBND Thành phố", "Sent to the City Office"),
        _ => return None,
    })
}

fn handling(step: &str) -> Option<Say> {
    Some(match step {
        "guidance_received" => say("Nhận hướng dẫn", "Guidance received"),
        "verified_genuine" => say("Xác minh có thật", "Verified as genuine"),
        "verified_false" => say("Xác minh không có thật", "Verified as false"),
        "inspected" => say("Kiểm tra hiện trường", "Inspected on site"),
        "mitigated" => say("Xử lý tạm thời tại hiện trường", "Mitigated on site"),
        "repaired" => say("Khắc phục xong", "Repaired"),
        "handling_begun" => say("Bắt đầu xử lý", "Handling begun"),
        "progress_reported" => say("Báo cáo tiến độ", "Progress reported"),
        "clarification_requested" => say("Yêu cầu làm rõ", "Clarification requested"),
        "clarified" => say("Đã làm rõ", "Clarified"),
        "responded_to_reporter" => say("Trả lời người phản ánh", "Reporter answered"),
        "result_recorded" => say("Ghi kết quả", "Result recorded"),
        "answered_to_hotline" => say("Trả lời tổng đài", "Hotline answered"),
        "return_confirmed" => say("Xác nhận chuyển trả", "Return confirmed"),
        "return_rejected" => say("Không chấp nhận chuyển trả", "Return rejected"),
        "published" => say("Công khai kết quả", "Published"),
        "circulated" => say("Luân chuyển", "Circulated"),
        "submitted_for_approval" => say("Trình duyệt", "Submitted for approval"),
        "approved" => say("Được duyệt", "Approved"),
        "sent_back" => say("Trả lại để sửa", "Sent back"),
        "supplement_requested" => say("Yêu cầu bổ sung", "Supplement requested"),
        "supplemented" => say("Đã bổ sung", "Supplemented"),
        "returned_result" => say("Trả kết quả", "Result handed out"),
        _ => return None,
    })
}

/// What a reporter was told.
#[must_use]
pub fn notice(code: &str) -> Option<Say> {
    Some(match code {
        "recorded" => say("đã ghi nhận, đang xử lý", "recorded and being handled"),
        "result" => say("đã có kết quả", "the result is there"),
        "duplicate" => say(
            "trùng nội dung, đang xử lý theo phản ánh đầu tiên",
            "a repeat of a report that is being handled",
        ),
        _ => return None,
    })
}

/// What a limit that ran out sets off, as a step of a case's story; `None` where the limit's end says
/// it already.
#[must_use]
pub fn action(code: &str) -> Option<Say> {
    Some(match code {
        "escalate_to_unit_head" => say("Chuyển Thủ trưởng đơn vị xử lý", "Escalated to the unit head"),
        "report_to_city_leadership_via_city_office" => say(
            "Báo cáo lãnh đạo thành phố qua Văn phòng Ủy ban",
            "Reported to the city leadership through the City Office",
        ),
        "set_state:overdue_pending" => {
            say("Ghi nhận quá hạn (đang chờ xử lý)", "Recorded as overdue (awaiting handling)")
        }
        "require_expected_completion" => {
            say("Phải báo thời gian dự kiến hoàn tất", "An expected completion time is due")
        }
        "require_progress_response" => {
            say("Phải phản hồi tiến độ và cam kết thời hạn", "A progress response with a commitment is due")
        }
        _ => return None,
    })
}

/// The words of what is odd about an event or a case; `None` for a flag without words here.
#[must_use]
pub fn flag(code: &str) -> Option<Say> {
    Some(match code {
        "closed_before_received" => {
            say("Nguồn ghi xử lý xong trước khi tiếp nhận", "The source closed it before it was received")
        }
        "strange_due_at" => say("Hạn do nguồn nêu không hợp lý", "The source's limit is strange"),
        "point_outside" => say("Vị trí nằm ngoài thành phố", "The point lies outside the city"),
        "point_zero" => say("Vị trí là (0, 0)", "The point is (0, 0)"),
        "point_swapped" => say("Kinh độ và vĩ độ bị đảo", "Latitude and longitude are swapped"),
        "point_placeholder" => say("Vị trí chỉ là giá trị thay thế", "The point is a placeholder"),
        "unknown_code" => say("Có mã chưa có trong danh mục", "A code is not in the catalogue"),
        "not_allowed" => {
            say("Vòng đời không cho phép sự kiện này", "The life cycle does not allow this event")
        }
        "case_unknown" => say("Chờ sự kiện tiếp nhận", "Waits for the case to be received"),
        "received_again" => say("Được tiếp nhận thêm một lần", "Received once more"),
        "missing_agency" => say("Không ghi đơn vị", "No agency given"),
        "missing_field" => say("Không ghi lĩnh vực", "No field given"),
        "place_approximate" => say(
            "Địa bàn suy ra gần đúng theo lịch sử sáp nhập",
            "The place follows from mergers, approximately",
        ),
        "place_of_other_epoch" => {
            say("Mã địa bàn không có hiệu lực vào lúc đó", "The area code was not in force at that time")
        }
        other => return duty(other),
    })
}

/// The words of what a regulation asks and an event does not bring, and of ratings and codes that are
/// not as they should be.
fn duty(code: &str) -> Option<Say> {
    Some(match code {
        "not_your_case" => {
            say("Nguồn không có quyền với vụ việc này", "The source may not speak of this case")
        }
        "refused_without_reason" => say("Từ chối không nêu lý do", "Refused without a reason"),
        "refused_without_guidance" => {
            say("Từ chối không hướng dẫn nơi tiếp nhận", "Refused without guidance to the proper address")
        }
        "returned_without_reason" => say("Chuyển trả không nêu lý do", "Returned without a reason"),
        "returned_without_verification" => {
            say("Chuyển trả không có kết quả xác minh", "Returned without the result of verification")
        }
        "result_without_evidence" => {
            say("Kết quả thiếu minh chứng bắt buộc", "The result lacks required evidence")
        }
        "progress_without_evidence" => {
            say("Phản hồi tiến độ thiếu minh chứng bắt buộc", "The progress response lacks required evidence")
        }
        "asked_too_often" => {
            say("Yêu cầu bổ sung quá số lần cho phép", "The reporter was asked more often than is allowed")
        }
        "requirement_unmet" => say("Chưa đáp ứng quy định", "A duty of the regulation is not met"),
        "rated_before_answer" => say("Đánh giá trước khi có phản hồi", "Rated before there was an answer"),
        "rated_again" => say("Đánh giá lần nữa cùng một nội dung", "The same was rated once more"),
        "malformed_code" => say("Mã hồ sơ không đúng cấu trúc", "The code does not have the prescribed form"),
        "unclear_submission_mode" => say(
            "Không rõ hình thức nộp, tính là trực tiếp",
            "Neither online nor in person; counted as in person",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_said_by_its_step() {
        let said = sentence("vn.toancanh.case.step", Some("repaired"));
        assert_eq!(said.map(|said| said.en), Some("Repaired"));
        let said = sentence("vn.toancanh.case.step", Some("danced"));
        assert_eq!(said.map(|said| said.en), Some("Handling step"));
        assert_eq!(sentence("vn.toancanh.counter.reported", None), None);
    }

    #[test]
    fn every_flag_has_words() {
        for known in domain::event::Flag::ALL {
            assert!(flag(known.name()).is_some(), "{}", known.name());
        }
    }
}
