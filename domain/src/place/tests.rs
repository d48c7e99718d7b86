use super::*;

/// A square of one degree with its south-west corner there.
fn square(code: &str, south: f64, west: f64) -> Outline {
    let corner = |lat: f64, lng: f64| LatLng { lat, lng };
    let (north, east) = (south + 1.0, west + 1.0);
    let ring = vec![corner(south, west), corner(south, east), corner(north, east), corner(north, west)];
    Outline::new(code.to_owned(), vec![ring])
}

fn unit(name: &str, level: Level, district: &str, became: &[(&str, Coverage)]) -> Unit {
    let successor =
        |(code, coverage): &(&str, Coverage)| Successor { code: (*code).into(), coverage: *coverage };
    Unit {
        label: Label { vi: name.to_owned(), en: name.to_owned() },
        level,
        district: district.to_owned(),
        successors: became.iter().map(successor).collect(),
    }
}

type Listed<'a> = (&'a str, &'a str, Level, &'a str, &'a [(&'a str, Coverage)]);

fn list(units: &[Listed<'_>]) -> BTreeMap<String, Unit> {
    let one = |(code, name, level, district, became): &Listed<'_>| {
        ((*code).to_owned(), unit(name, *level, district, became))
    };
    units.iter().map(one).collect()
}

const NEW_YEAR: Timestamp = Timestamp::from_secs(1_735_664_400); // 2025-01-01T00:00:00+07:00
const JULY: Timestamp = Timestamp::from_secs(1_751_302_800); // 2025-07-01T00:00:00+07:00
const IN_2024: Timestamp = Timestamp::from_secs(1_735_664_399);
const IN_MAY: Timestamp = Timestamp::from_secs(1_747_000_000);
const IN_AUGUST: Timestamp = Timestamp::from_secs(1_754_000_000);

fn epochs() -> Vec<Epoch> {
    let epoch = |name: &str, from| Epoch { name: name.to_owned(), from };
    vec![epoch("2024", Timestamp::MIN), epoch("2025h1", NEW_YEAR), epoch("2025", JULY)]
}

/// Two districts of old: District 3 (770) and Phú Nhuận (768). Code 27139 is used twice; Ward 14 is
/// split; the new 27142 was made of both districts.
fn places() -> Places {
    use Coverage::{Full, Main, Part};
    use Level::{District, Ward};
    let in_2024 = list(&[
        ("770", "Quận 3", District, "770", &[]),
        ("27139", "Võ Thị Sáu", Ward, "770", &[("27139", Full)]),
        ("27148", "Phường 10", Ward, "770", &[("27127", Full)]),
    ]);
    let in_may = list(&[
        ("770", "Quận 3", District, "770", &[]),
        ("768", "Quận Phú Nhuận", District, "768", &[]),
        ("755", "Huyện Côn Đảo", District, "755", &[("26732", Full)]),
        ("27139", "Võ Thị Sáu", Ward, "770", &[("27139", Full)]),
        ("27127", "Phường 14", Ward, "770", &[("27142", Main), ("27139", Part)]),
        ("27085", "Phường 17", Ward, "768", &[("27142", Full)]),
    ]);
    let in_august = list(&[
        ("27139", "Xuân Hoà", Ward, "770", &[]),
        ("27142", "Nhiêu Lộc", Ward, "770", &[]),
        ("26732", "Côn Đảo", Ward, "755", &[]),
    ]);
    let outlines = vec![square("27139", 10.0, 106.0), square("27142", 10.0, 107.0)];
    Places::new(epochs(), vec![in_2024, in_may, in_august], outlines).unwrap()
}

const IN_27139: LatLng = LatLng { lat: 10.5, lng: 106.5 };
const IN_27142: LatLng = LatLng { lat: 10.5, lng: 107.5 };
const AT_SEA: LatLng = LatLng { lat: 12.0, lng: 109.0 };

#[derive(Clone, Copy, PartialEq)]
enum Doubt {
    None,
    Approximate,
    OtherEpoch,
    Both,
}

#[track_caller]
fn check(code: &str, at: Timestamp, point: Option<LatLng>, ward: Option<&str>, district: &str, doubt: Doubt) {
    let places = places();
    let want = Found {
        ward,
        district,
        is_approximate: matches!(doubt, Doubt::Approximate | Doubt::Both),
        is_of_other_epoch: matches!(doubt, Doubt::OtherEpoch | Doubt::Both),
    };
    assert_eq!(places.resolve(code, at, point), Some(want));
}

#[test]
fn a_ward_that_went_over_whole_is_certain_wherever_the_point_lies() {
    check("27139", IN_MAY, None, Some("27139"), "770", Doubt::None);
    check("27139", IN_2024, Some(IN_27142), Some("27139"), "770", Doubt::None);
    check("27085", IN_MAY, Some(AT_SEA), Some("27142"), "768", Doubt::None);
}

#[test]
fn a_split_ward_goes_where_the_point_lies() {
    check("27127", IN_MAY, Some(IN_27139), Some("27139"), "770", Doubt::None);
    check("27127", IN_MAY, Some(IN_27142), Some("27142"), "770", Doubt::None);
}

#[test]
fn a_split_ward_without_a_point_goes_where_its_middle_lies_and_says_so() {
    check("27127", IN_MAY, None, Some("27142"), "770", Doubt::Approximate);
    check("27127", IN_MAY, Some(AT_SEA), Some("27142"), "770", Doubt::Approximate);
    check("27148", IN_2024, None, Some("27142"), "770", Doubt::Approximate);
    check("27148", IN_2024, Some(IN_27139), Some("27139"), "770", Doubt::None);
}

#[test]
fn a_code_used_again_means_what_it_meant_at_the_time() {
    check("27139", IN_MAY, None, Some("27139"), "770", Doubt::None);
    check("27139", JULY, None, Some("27139"), "770", Doubt::None);
    let places = places();
    let name = |at: usize| places.epochs().nth(at).unwrap().1["27139"].label.vi.clone();
    assert_eq!((name(1).as_str(), name(2).as_str()), ("Võ Thị Sáu", "Xuân Hoà"));
}

#[test]
fn a_new_ward_of_one_district_is_certain_and_one_of_several_is_not() {
    check("26732", IN_AUGUST, None, Some("26732"), "755", Doubt::None);
    check("27142", IN_AUGUST, Some(IN_27142), Some("27142"), "770", Doubt::Approximate);
}

#[test]
fn a_code_of_another_epoch_is_followed_and_flagged() {
    check("27085", IN_AUGUST, None, Some("27142"), "768", Doubt::OtherEpoch);
    check("27127", IN_AUGUST, None, Some("27142"), "770", Doubt::Both);
    check("27148", IN_AUGUST, Some(IN_27142), Some("27142"), "770", Doubt::OtherEpoch);
    check("27142", IN_MAY, None, Some("27142"), "770", Doubt::Both);
}

#[test]
fn of_a_district_only_the_point_tells_the_ward() {
    check("770", IN_MAY, None, None, "770", Doubt::None);
    check("770", IN_MAY, Some(IN_27139), Some("27139"), "770", Doubt::None);
    check("770", IN_AUGUST, None, None, "770", Doubt::OtherEpoch);
    check("755", IN_MAY, None, Some("26732"), "755", Doubt::None);
}

#[test]
fn an_epoch_begins_with_its_first_instant() {
    check("27085", JULY, None, Some("27142"), "768", Doubt::OtherEpoch);
    check("27085", JULY.plus_micros(-1), None, Some("27142"), "768", Doubt::None);
    check("27148", NEW_YEAR.plus_micros(-1), None, Some("27142"), "770", Doubt::Approximate);
}

#[test]
fn an_unknown_code_is_nowhere_and_so_is_a_point_at_sea() {
    assert_eq!(places().resolve("99999", IN_MAY, Some(IN_27139)), None);
    assert_eq!(places().at_point(AT_SEA), None);
    assert_eq!(places().at_point(IN_27142).and_then(|found| found.ward), Some("27142"));
    assert_eq!(Places::default().resolve("27139", IN_MAY, None), None);
}

#[test]
fn of_two_areas_with_a_common_edge_exactly_one_has_a_point_on_it() {
    let (west, east) = (square("w", 10.0, 106.0), square("e", 10.0, 107.0));
    let north = square("n", 11.0, 106.0);
    for step in 0..10 {
        let on_edge = LatLng { lat: 10.0 + f64::from(step) / 10.0, lng: 107.0 };
        assert_eq!(usize::from(west.contains(on_edge)) + usize::from(east.contains(on_edge)), 1, "{step}");
        let above = LatLng { lat: 11.0, lng: 106.0 + f64::from(step) / 10.0 };
        assert_eq!(usize::from(west.contains(above)) + usize::from(north.contains(above)), 1, "{step}");
    }
}

#[test]
fn a_hole_is_outside() {
    let corner = |lat: f64, lng: f64| LatLng { lat, lng };
    let around =
        vec![corner(0.0, 0.0), corner(0.0, 4.0), corner(4.0, 4.0), corner(4.0, 0.0), corner(0.0, 0.0)];
    let hole = vec![corner(1.0, 1.0), corner(1.0, 2.0), corner(2.0, 2.0), corner(2.0, 1.0), corner(1.0, 1.0)];
    let area = Outline::new("a".to_owned(), vec![around, hole]);
    assert!(area.contains(corner(0.5, 0.5)) && area.contains(corner(3.0, 1.5)));
    assert!(!area.contains(corner(1.5, 1.5)) && !area.contains(corner(5.0, 1.5)));
}

#[track_caller]
fn check_refused(became: &[(&str, Coverage)], district: &str, want: &str) {
    let old = list(&[
        ("770", "Quận 3", Level::District, "770", &[]),
        ("1", "Phường 1", Level::Ward, district, became),
    ]);
    let new = list(&[("2", "A", Level::Ward, "770", &[]), ("3", "B", Level::Ward, "770", &[])]);
    let units = vec![old, new];
    let error = Places::new(epochs().split_off(1), units, Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), want);
}

#[test]
fn lists_that_would_lose_a_case_are_refused() {
    use Coverage::{Full, Main, Part};
    let coverage = "\"1\" of 2025h1 must have one full successor, or parts of which exactly one is \"main\"";
    check_refused(&[], "770", "\"1\" of 2025h1 has no successor: its cases would be lost on the newest map");
    check_refused(&[("9", Full)], "770", "\"1\" of 2025h1 became \"9\", which the next epoch does not list");
    check_refused(&[("2", Full), ("3", Part)], "770", coverage);
    check_refused(&[("2", Part), ("3", Part)], "770", coverage);
    check_refused(&[("2", Main), ("3", Main)], "770", coverage);
    check_refused(
        &[("2", Full)],
        "771",
        "\"1\" of 2025h1 lies in the district \"771\", which no epoch lists as a district",
    );
}
