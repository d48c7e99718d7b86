//! What a map can show of a city, and how it says so.

use domain::metric::{Metric, MetricKind};

use super::frame::HexFrame;
use super::outline::Outline;
use super::resolution::hexagon_km2;
use crate::text::number::{count, decimal};
use crate::text::{Lang, Say, lang::say};

/// The measures of the map's chooser, in their order.
pub const MEASURES: [Metric; 6] = [
    Metric::Open,
    Metric::Overdue,
    Metric::DueSoon,
    Metric::Received,
    Metric::Resolved,
    Metric::ResolvedLate,
];

/// What the hexagons count, as the legend begins: "… in each hexagon".
#[must_use]
pub const fn subject(metric: Metric) -> Say {
    match metric {
        Metric::Open => say("Vụ việc đang xử lý", "Cases in progress"),
        Metric::InTime => say("Vụ việc đang xử lý, trong hạn", "Cases in progress, in time"),
        Metric::DueSoon => say("Vụ việc sắp trễ hạn", "Cases due soon"),
        Metric::Overdue => say("Vụ việc quá hạn", "Overdue cases"),
        Metric::NoDeadline => say("Vụ việc không có hạn", "Cases without a deadline"),
        Metric::Unmapped => say("Vụ việc có mã ngoài danh mục", "Cases with a code outside the catalogue"),
        Metric::Cases => say("Vụ việc tiếp nhận, không tính trùng", "Cases received, without duplicates"),
        Metric::Received => say("Vụ việc tiếp nhận", "Cases received"),
        Metric::Duplicates => say("Vụ việc trùng", "Duplicate cases"),
        Metric::Assigned => say("Lượt phân công", "Assignments"),
        Metric::Resolved => say("Vụ việc xử lý xong", "Cases resolved"),
        Metric::ResolvedInTime => say("Vụ việc xử lý xong đúng hạn", "Cases resolved in time"),
        Metric::ResolvedExtended => {
            say("Vụ việc xử lý xong trong hạn gia hạn", "Cases resolved within an extension")
        }
        Metric::ResolvedLate => say("Vụ việc xử lý xong trễ hạn", "Cases resolved late"),
        Metric::ResolvedNoDeadline => {
            say("Vụ việc xử lý xong, không có hạn", "Cases resolved without a deadline")
        }
        Metric::Reopened => say("Lượt mở lại", "Reopenings"),
        Metric::Returned => say("Lượt trả lại", "Returns"),
        Metric::Refused => say("Vụ việc từ chối", "Cases refused"),
        Metric::HoursToResolveP50 => say("Số giờ xử lý, trung vị", "Hours to resolve, median"),
        Metric::HoursToResolveP90 => {
            say("Số giờ xử lý, bách phân vị 90", "Hours to resolve, 90th percentile")
        }
        Metric::TotalReceived => say("Hồ sơ tiếp nhận", "Dossiers received"),
        Metric::TotalProcessed => say("Hồ sơ xử lý", "Dossiers handled"),
        Metric::ReceivedOnline => say("Hồ sơ nộp trực tuyến", "Dossiers handed in online"),
        Metric::ReceivedInPerson => say("Hồ sơ nộp trực tiếp", "Dossiers handed in in person"),
        Metric::ResolvedOnTime => say("Hồ sơ giải quyết trong hạn", "Dossiers resolved on time"),
        Metric::ResolvedOverdue => say("Hồ sơ giải quyết quá hạn", "Dossiers resolved overdue"),
        Metric::PendingInTime => say("Hồ sơ chưa giải quyết, trong hạn", "Pending dossiers in time"),
        Metric::PendingOverdue => say("Hồ sơ chưa giải quyết, quá hạn", "Pending dossiers, overdue"),
        Metric::Stopped => say("Hồ sơ dừng xử lý", "Dossiers stopped"),
        Metric::Rated => say("Lượt đánh giá", "Ratings"),
        Metric::Satisfied => say("Lượt đánh giá hài lòng", "Satisfied ratings"),
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

/// Whether cells with an overdue case are outlined: only where the outlined are a part of what is
/// coloured, else an outline would stand around nothing.
#[must_use]
pub(super) const fn has_outline(metric: Metric) -> bool {
    matches!(metric, Metric::Open)
}

/// The legend's sentence: `Vụ việc đang xử lý trong mỗi ô lục giác (0,7 km²)`. `bounds` is the
/// city's: west, south, east, north. A movement of the city's today says so.
#[must_use]
pub(super) fn legend(lang: Lang, metric: Metric, res: u8, bounds: [f64; 4], is_today: bool) -> String {
    let subject = subject(metric).to(lang);
    let today = match (metric.kind(), is_today, lang) {
        (MetricKind::Flow, true, Lang::Vi) => " hôm nay",
        (MetricKind::Flow, true, Lang::En) => " today",
        (MetricKind::Flow | MetricKind::Stock, _, _) => "",
    };
    let each = say("trong mỗi ô lục giác", "in each hexagon").to(lang);
    let area = area(lang, hexagon_km2(res, bounds));
    format!("{subject}{today} {each} ({area})")
}

/// What the red outline means: `viền đỏ: có vụ quá hạn`, or from how many on.
#[must_use]
pub(super) fn outline_words(lang: Lang, outline: Outline) -> String {
    let from = count(lang, outline.from());
    match (outline.from(), lang) {
        (..=1, Lang::Vi) => "viền đỏ: có vụ quá hạn".to_owned(),
        (..=1, Lang::En) => "red outline: has an overdue case".to_owned(),
        (_, Lang::Vi) => format!("viền đỏ: từ {from} vụ quá hạn"),
        (_, Lang::En) => format!("red outline: {from} or more overdue"),
    }
}

/// What the hexagons leave out, so that their sum is not taken for the city's: none where all have
/// a position.
#[must_use]
pub(super) fn left_out(lang: Lang, frame: &HexFrame) -> Option<String> {
    let number = count(lang, frame.no_position());
    (frame.no_position() > 0).then(|| match lang {
        Lang::Vi => format!("{number} không rõ vị trí, không có trên bản đồ"),
        Lang::En => format!("{number} without a position, not on the map"),
    })
}

/// The numbers under the legend's classes: `1 2 4 6 9 14+`.
#[must_use]
pub(super) fn class_label(lang: Lang, lowers: &[i64], class: usize) -> String {
    let Some(lower) = lowers.get(class) else { return String::new() };
    let open_above = class + 1 == lowers.len();
    format!("{}{}", count(lang, *lower), if open_above { "+" } else { "" })
}

/// A class in words, for who hears the legend: `2–3`, `14 trở lên`.
#[must_use]
pub(super) fn class_range(lang: Lang, lowers: &[i64], class: usize) -> String {
    let Some(lower) = lowers.get(class) else { return String::new() };
    let from = count(lang, *lower);
    match (lowers.get(class + 1), lang) {
        (Some(next), _) if next - 1 == *lower => from,
        (Some(next), _) => format!("{from}–{}", count(lang, next - 1)),
        (None, Lang::Vi) => format!("{from} trở lên"),
        (None, Lang::En) => format!("{from} or more"),
    }
}

/// An area to one significant digit, in km² or, where small, in hectares.
fn area(lang: Lang, km2: f64) -> String {
    let (number, unit) = if km2 < 0.1 { (km2 * 100.0, "ha") } else { (km2, "km²") };
    let digits = usize::from(number < 1.0);
    format!("{}\u{a0}{unit}", decimal(lang, number, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::counts::Counts;
    use domain::Value;

    const SAIGON: [f64; 4] = [106.6, 10.7, 106.8, 10.9];

    #[track_caller]
    fn check(lang: Lang, metric: Metric, res: u8, want: &str) {
        assert_eq!(legend(lang, metric, res, SAIGON, true), want);
    }

    #[test]
    fn the_legend_says_what_where_and_how_large() {
        let area = area(Lang::Vi, hexagon_km2(8, SAIGON));
        check(Lang::Vi, Metric::Open, 8, &format!("Vụ việc đang xử lý trong mỗi ô lục giác ({area})"));
        let area = area.replace(',', ".");
        check(Lang::En, Metric::Received, 8, &format!("Cases received today in each hexagon ({area})"));
        let text = legend(Lang::En, Metric::Received, 8, SAIGON, false);
        assert!(!text.contains("today"), "{text}");
    }

    #[test]
    fn the_outline_says_from_how_many_on() {
        let some = Outline::fit(&Counts::from_iter([1, 0, 0]));
        assert_eq!(outline_words(Lang::Vi, some), "viền đỏ: có vụ quá hạn");
        let many = Outline::fit(&Counts::from_iter([8; 100]));
        assert_eq!(outline_words(Lang::Vi, many), "viền đỏ: từ 9 vụ quá hạn");
        assert_eq!(outline_words(Lang::En, many), "red outline: 9 or more overdue");
    }

    #[test]
    fn an_area_is_said_in_the_unit_that_fits() {
        assert_eq!(area(Lang::Vi, 0.737), "0,7\u{a0}km²");
        assert_eq!(area(Lang::En, 5.16), "5\u{a0}km²");
        assert_eq!(area(Lang::En, 0.015), "2\u{a0}ha");
    }

    #[test]
    fn classes_are_said_short_for_the_eye_and_whole_for_the_ear() {
        let lowers = [1, 2, 4, 14];
        let short: Vec<_> = (0..4).map(|class| class_label(Lang::Vi, &lowers, class)).collect();
        assert_eq!(short, ["1", "2", "4", "14+"]);
        let whole: Vec<_> = (0..4).map(|class| class_range(Lang::Vi, &lowers, class)).collect();
        assert_eq!(whole, ["1", "2–3", "4–13", "14 trở lên"]);
    }

    #[test]
    fn what_is_not_on_the_map_is_said() {
        let mut frame = HexFrame::empty(8);
        frame.set(&Value::Null, &[Value::Int(17_070)]);
        assert_eq!(left_out(Lang::En, &frame).as_deref(), Some("17,070 without a position, not on the map"));
        assert_eq!(left_out(Lang::En, &HexFrame::empty(8)), None);
    }

    #[test]
    fn every_metric_can_be_said() {
        for metric in Metric::ALL {
            let words = subject(metric);
            assert!(!words.vi.is_empty() && !words.en.is_empty());
        }
    }
}
