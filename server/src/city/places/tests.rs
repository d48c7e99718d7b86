use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Value;
use domain::city::City;
use domain::dimension::Dimension;
use domain::event::{Body, Flag};
use domain::geo::LatLng;
use domain::intake;
use domain::metric::Metric;
use domain::place::{Level, Places};
use domain::query::Query;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::time::Timestamp;
use engine::{Cube, Registry, evaluate, hexagons};
use serde_json::{Value as Json, json};

use super::super::CityFolder;
use super::super::tests::{check_refused, shipped};

/// One day inside each epoch.
const DAYS: [(&str, &str); 3] = [("2024", "2024-10-10"), ("2025h1", "2025-04-10"), ("2025", "2025-10-10")];

fn load(city: &str) -> CityFolder {
    super::super::load(&shipped(city)).unwrap()
}

/// A report with this place, at noon of the day.
fn envelope(city: &City, case: &str, day: &str, location: &Json) -> Json {
    json!({
        "specversion": "1.0", "id": case, "source": "urn:test", "type": "vn.toancanh.case.received",
        "time": format!("{day}T12:00:00+07:00"), "subject": case,
        "data": {
            "kind": "report", "city": city.code, "agency": "vp_ubnd", "field": "khac",
            "incident_location": location,
        },
    })
}

struct Gone {
    ward: Option<String>,
    district: Option<String>,
    flags: Vec<Flag>,
}

/// Where intake puts a case with this place.
fn put(city: &City, day: &str, location: &Json) -> Gone {
    let symbols = Symbols::default();
    let event = intake::read(&envelope(city, "c", day, location), city, &symbols, None).unwrap();
    let Body::Received(facts) = event.body else { panic!("a report is received") };
    let code =
        |dimension: Dimension| symbols.name(facts.dims[dimension.index()]).map(|code| code.to_string());
    Gone { ward: code(Dimension::Ward), district: code(Dimension::District), flags: event.flags.to_vec() }
}

/// Every ward of every epoch with a day of that epoch.
fn wards(places: &Places) -> Vec<(String, &'static str)> {
    let of = |(epoch, units): (&domain::place::Epoch, &BTreeMap<String, domain::place::Unit>)| {
        let day = DAYS.iter().find(|(name, _)| *name == epoch.name).unwrap().1;
        let wards = units.iter().filter(|(_, unit)| unit.level == Level::Ward);
        wards.map(|(code, _)| (code.clone(), day)).collect::<Vec<_>>()
    };
    places.epochs().flat_map(of).collect()
}

#[track_caller]
fn check_counts(city: &str, wards_by_epoch: [usize; 3], districts: usize) {
    let folder = load(city);
    let wards = |(_, units): (_, &BTreeMap<String, domain::place::Unit>)| {
        units.values().filter(|unit| unit.level == Level::Ward).count()
    };
    assert_eq!(folder.city.places.epochs().map(wards).collect::<Vec<_>>(), wards_by_epoch);
    let tree = folder.city.catalogue.tree(Dimension::District).unwrap();
    assert_eq!(tree.entries.len(), districts);
}

#[test]
fn the_lists_have_as_many_units_as_the_resolutions_say() {
    // Resolutions 1278, 1685 (Ho Chi Minh City, with the former Binh Duong and Ba Ria - Vung Tau from
    // the second epoch on) and 1232, 1669 (Hai Phong, with the former Hai Duong).
    check_counts("hcmc", [312, 273 + 91 + 77, 168], 22 + 9 + 7);
    check_counts("haiphong", [217, 167 + 207, 114], 15 + 12);
}

/// One case in every ward of every epoch: none is lost on either map.
#[track_caller]
fn check_conserved(city: &str) {
    let folder = load(city);
    let city = Arc::new(folder.city);
    let symbols = Symbols::default();
    let at: Timestamp = "2025-11-01T00:00:00+07:00".parse().unwrap();
    let mut state = State::new(city.clone(), symbols.clone(), at);
    let wards = wards(&city.places);
    let tree = city.catalogue.tree(Dimension::Ward).unwrap();
    for (number, (code, day)) in wards.iter().enumerate() {
        let mut location = json!({ "area_code": code });
        // Those of the newest map have a point as well, so that there is something in hexagons.
        let centre = tree.entries.get(code).and_then(|entry| entry.centre).filter(|_| *day == DAYS[2].1);
        if let Some(LatLng { lat, lng }) = centre {
            location["point"] = json!({ "lat": lat, "lng": lng });
        }
        let envelope = envelope(&city, &format!("case-{number}"), day, &location);
        let event = intake::read(&envelope, &city, &symbols, None).unwrap();
        let unknown = event.flags.iter().find(|flag| {
            matches!(flag, Flag::UnknownCode(Dimension::Ward | Dimension::District) | Flag::PlaceOfOtherEpoch)
        });
        assert_eq!(unknown, None, "{code} on {day}");
        state.apply(Arc::new(event), &mut Changes::default());
    }
    let cube = Cube::from_state(&state, Arc::new(Registry::standard())).unwrap();
    let frozen = cube.freeze(state);
    let total = i64::try_from(wards.len()).unwrap();
    for dimension in [Dimension::Ward, Dimension::District] {
        let table = evaluate(&frozen, &Query::of(Metric::Open).by(dimension)).unwrap();
        let mut sum = 0;
        for row in &table.rows {
            let [Value::Text(code), Value::Int(number)] = row.as_slice() else {
                panic!("{} without a place: {row:?}", dimension.name());
            };
            assert!(city.catalogue.tree(dimension).unwrap().entries.contains_key(&**code), "{code}");
            sum += number;
        }
        assert_eq!(sum, total, "{}", dimension.name());
        let listed = city.catalogue.tree(dimension).unwrap().entries.len();
        assert_eq!(table.rows.len(), listed, "every {} has a case", dimension.name());
    }
    let cells = hexagons(&frozen, &Query { res: Some(8), ..Query::of(Metric::Open) }).unwrap();
    assert_eq!(cells.cells.iter().map(|(_, number)| number).sum::<i64>() + cells.no_position, total);
    assert_eq!(cells.no_position, total - i64::try_from(tree.entries.len()).unwrap());
}

#[test]
fn a_case_in_every_ward_of_every_epoch_is_counted_on_both_maps_in_hcmc() {
    check_conserved("hcmc");
}

#[test]
fn a_case_in_every_ward_of_every_epoch_is_counted_on_both_maps_in_haiphong() {
    check_conserved("haiphong");
}

/// A ward since 2025-07-01, and by name the wards that went into it: whole, and in part.
#[track_caller]
fn check_merged(city: &CityFolder, code: &str, name: &str, whole: &[&str], parts: &[&str]) {
    let epochs: Vec<_> = city.city.places.epochs().map(|(_, units)| units).collect();
    assert_eq!(epochs[2][code].label.vi, name);
    let came = |is_whole: bool| {
        let mut names: Vec<&str> = Vec::new();
        for unit in epochs[1].values() {
            let goes = unit.successors.iter().any(|successor| successor.code == code);
            if goes && (unit.successors.len() == 1) == is_whole {
                names.push(&unit.label.vi);
            }
        }
        names.sort_unstable();
        names
    };
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut want = [own(whole), own(parts)];
    want.iter_mut().for_each(|names| names.sort_unstable());
    assert_eq!([own(&came(true)), own(&came(false))], want);
}

/// Checked by hand against Resolution 1685/NQ-UBTVQH15, Article 1, clauses 102, 68, 71, 87 and 101:
/// the five wards with the most predecessors.
#[test]
fn the_largest_merged_wards_of_hcmc_are_made_as_the_resolution_says() {
    let city = load("hcmc");
    check_merged(
        &city,
        "26506",
        "Phường Vũng Tàu",
        &["Phường 1", "Phường 2", "Phường 3", "Phường 4", "Phường 5", "Phường Thắng Nhì", "Phường Thắng Tam"],
        &[],
    );
    check_merged(
        &city,
        "26824",
        "Phường Thủ Đức",
        &["Phường Bình Thọ", "Phường Linh Chiểu", "Phường Trường Thọ"],
        &["Phường Linh Tây", "Phường Linh Đông"],
    );
    check_merged(
        &city,
        "26842",
        "Phường Tăng Nhơn Phú",
        &["Phường Tân Phú", "Phường Hiệp Phú", "Phường Tăng Nhơn Phú A", "Phường Tăng Nhơn Phú B"],
        &["Phường Long Thạnh Mỹ"],
    );
    check_merged(
        &city,
        "25747",
        "Phường Thủ Dầu Một",
        &["Phường Phú Cường", "Phường Phú Thọ", "Phường Chánh Nghĩa"],
        &["Phường Hiệp Thành", "Phường Chánh Mỹ"],
    );
    check_merged(
        &city,
        "25891",
        "Phường Tân Khánh",
        &["Phường Thạnh Phước", "Phường Tân Phước Khánh", "Phường Tân Vĩnh Hiệp", "Xã Thạnh Hội"],
        &["Phường Thái Hòa"],
    );
}

/// Checked by hand against Resolution 1669/NQ-UBTVQH15, Article 1, clauses 12 and 17, and the list of
/// the communes of the district of Cát Hải.
#[test]
fn the_largest_merged_wards_of_haiphong_are_made_as_the_resolution_says() {
    let city = load("haiphong");
    check_merged(
        &city,
        "11914",
        "Đặc khu Cát Hải",
        &[
            "Thị trấn Cát Bà",
            "Thị trấn Cát Hải",
            "Xã Nghĩa Lộ",
            "Xã Đồng Bài",
            "Xã Hoàng Châu",
            "Xã Văn Phong",
            "Xã Phù Long",
            "Xã Gia Luận",
            "Xã Hiền Hào",
            "Xã Trân Châu",
            "Xã Việt Hải",
            "Xã Xuân Đám",
        ],
        &[],
    );
    check_merged(
        &city,
        "11383",
        "Phường Lê Chân",
        &["Phường Hàng Kênh", "Phường Dư Hàng Kênh", "Phường Kênh Dương"],
        &[
            "Phường An Biên",
            "Phường Trần Nguyên Hãn",
            "Phường Vĩnh Niệm",
            "Phường Cầu Đất",
            "Phường Lạch Tray",
        ],
    );
    check_merged(
        &city,
        "11446",
        "Phường Phù Liễn",
        &["Phường Bắc Hà", "Phường Ngọc Sơn"],
        &[
            "Thị trấn Trường Sơn",
            "Phường Nam Sơn",
            "Phường Đồng Hoà",
            "Phường Bắc Sơn",
            "Phường Trần Thành Ngọ",
            "Phường Văn Đẩu",
        ],
    );
}

#[track_caller]
fn check_put(
    city: &City,
    day: &str,
    location: &Json,
    ward: Option<&str>,
    district: Option<&str>,
    flags: &[Flag],
) {
    let gone = put(city, day, location);
    assert_eq!((gone.ward.as_deref(), gone.district.as_deref()), (ward, district));
    let known = gone
        .flags
        .iter()
        .filter(|flag| !matches!(flag, Flag::UnknownCode(Dimension::Agency | Dimension::Field)));
    assert_eq!(known.copied().collect::<Vec<_>>(), flags);
}

#[test]
fn intake_counts_a_case_on_the_new_map_and_on_the_old_one() {
    let hcmc = load("hcmc").city;
    let check = |day: &str, location: Json, ward, district, flags: &[Flag]| {
        check_put(&hcmc, day, &location, ward, district, flags);
    };
    let (in_2024, in_may, in_august) = ("2024-12-31", "2025-05-05", "2025-08-08");
    // Võ Thị Sáu, then Xuân Hoà: one code, two wards.
    check(in_2024, json!({"area_code": "27139"}), Some("27139"), Some("770"), &[]);
    check(in_august, json!({"area_code": "27139"}), Some("27139"), Some("770"), &[]);
    // Tân Định stayed whole and kept its name, not its code.
    check(in_2024, json!({"area_code": "26734"}), Some("26737"), Some("760"), &[]);
    // Đa Kao was split between Sài Gòn and Tân Định.
    let in_sai_gon = json!({"lat": 10.7835, "lng": 106.7035});
    check(in_may, json!({"area_code": "26737", "point": in_sai_gon}), Some("26740"), Some("760"), &[]);
    check(in_may, json!({"area_code": "26737"}), Some("26737"), Some("760"), &[Flag::PlaceApproximate]);
    // A district's code, and a point alone.
    check(in_may, json!({"area_code": "760"}), None, Some("760"), &[]);
    check(in_may, json!({"point": in_sai_gon}), Some("26740"), Some("760"), &[]);
    check(in_august, json!({"area_code": "755"}), Some("26732"), Some("755"), &[Flag::PlaceOfOtherEpoch]);
    // A code that ended with 2024, sent in August.
    check(in_august, json!({"area_code": "26869"}), Some("26878"), Some("764"), &[Flag::PlaceOfOtherEpoch]);
    // A code that nobody knows is kept as it was sent.
    let unknown = [Flag::UnknownCode(Dimension::Ward)];
    check(in_may, json!({"area_code": "99999"}), Some("99999"), None, &unknown);
}

#[test]
fn what_the_source_states_as_ward_or_district_wins() {
    let hcmc = load("hcmc").city;
    let read = |data: Json| {
        let mut envelope = envelope(&hcmc, "c", "2025-05-05", &json!({"area_code": "26737"}));
        envelope["data"].as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        let symbols = Symbols::default();
        let event = intake::read(&envelope, &hcmc, &symbols, None).unwrap();
        let Body::Received(facts) = event.body else { panic!("a report is received") };
        [Dimension::Ward, Dimension::District]
            .map(|dimension| symbols.name(facts.dims[dimension.index()]).unwrap().to_string())
    };
    assert_eq!(read(json!({"ward": "26740"})), ["26740", "760"]);
    assert_eq!(read(json!({"district": "770"})), ["26737", "770"]);
    assert_eq!(read(json!({"ward": "27142", "incident_location": {}})), ["27142", "770"]);
}

const CITY: &str = "[city]\ncode = \"x\"\nzone = \"Asia/Ho_Chi_Minh\"\n";
const TWO_EPOCHS: &str = "epoch,valid_from,valid_to\nold,,2025-06-30\nnew,2025-07-01,\n";
const UNITS: &str = "epoch,code,level,kind,name_vi,name_en,district\n\
                     old,7,district,quan,Quận 7,District 7,\nold,1,ward,phuong,A,A,7\nnew,2,ward,phuong,B,B,7\n";
const LINEAGE: &str = "from_epoch,from_code,to_epoch,to_code,coverage\n";

#[track_caller]
fn check_places_refused(epochs: &str, units: &str, lineage: &str, want: &str) {
    let files = [
        ("city.toml", CITY),
        ("places/epochs.csv", epochs),
        ("places/units.csv", units),
        ("places/lineage.csv", lineage),
    ];
    check_refused(&files, want);
}

#[test]
fn what_is_wrong_with_places_is_said_with_its_line() {
    let lineage = |line: &str| format!("{LINEAGE}{line}\n");
    check_places_refused(
        TWO_EPOCHS,
        UNITS,
        LINEAGE,
        "units.csv:3:1: \"1\" of old has no successor: its cases would be lost on the newest map",
    );
    check_places_refused(
        TWO_EPOCHS,
        UNITS,
        &lineage("old,1,new,3,full"),
        "units.csv:3:1: \"1\" of old became \"3\", which the next epoch does not list",
    );
    check_places_refused(
        TWO_EPOCHS,
        UNITS,
        &lineage("old,1,new,2,half"),
        "lineage.csv:2:1: \"half\" is none of full, main, part",
    );
    check_places_refused(
        TWO_EPOCHS,
        UNITS,
        &lineage("old,9,new,2,full"),
        "lineage.csv:2:1: units.csv has no \"9\" in old",
    );
    check_places_refused(
        TWO_EPOCHS,
        UNITS,
        &lineage("new,2,old,1,full"),
        "lineage.csv:2:1: old does not follow new; lineage goes from epoch to epoch",
    );
    check_places_refused(
        "epoch,valid_from,valid_to\nold,,2025-06-29\nnew,2025-07-01,\n",
        UNITS,
        LINEAGE,
        "epochs.csv:3:1: the epoch \"new\" must begin on the day after the one above has ended; only the first \
         begins without a day",
    );
    check_places_refused(
        TWO_EPOCHS,
        &UNITS.replace("B,B,7", "B,B,"),
        LINEAGE,
        "units.csv:4:1: a unit needs a code and both names, and a ward, and only a ward, its district",
    );
    check_places_refused(
        TWO_EPOCHS,
        &format!("{UNITS}new,2,ward,phuong,C,C,7\n"),
        LINEAGE,
        "units.csv:5:1: the code \"2\" stands in new a second time",
    );
    check_places_refused(
        TWO_EPOCHS,
        &UNITS.replace("kind", "type"),
        LINEAGE,
        "units.csv:1:1: no column is called \"type\"; they are epoch, code, level, kind, name_vi, name_en, district",
    );
}
