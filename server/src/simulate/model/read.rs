//! The tables of the file, one after the other.

use std::sync::Arc;

use domain::city::City;
use domain::dimension::Dimension;
use domain::document::{Fault, Node, Table};
use domain::geo::LatLng;

use super::figure::{amount, basis, count, delay, drawn, positive, rhythm, share, share_of, weights};
use super::{
    After, Agencies, Centre, ClusterPlan, Code, CounterPlan, DemoPlan, Desk, DossierPlan, FieldPlan, Flow,
    Incident, Intake, Matter, Model, Office, ProcedurePlan, RatingChannels, RatingPlan, ReportPlan, Slip,
    UnitPlan, WardPlan, Weights,
};

const KEYS: [&str; 14] = [
    "heartbeat_minutes",
    "demo",
    "ward",
    "unit",
    "report",
    "cluster",
    "intake",
    "incident",
    "matter",
    "office",
    "slip",
    "after",
    "rating",
    "dossier",
];

/// What stands for the ward's code in the code of its committee.
const WARD: &str = "{ward}";

/// Reads all of it.
pub(super) fn model(table: &Table<'_>, city: &City) -> Result<Model, Fault> {
    let known: Vec<&str> = KEYS.into_iter().chain(["counter"]).collect();
    table.allow(&known)?;
    let reports = reports(&table.need("report")?.table()?, city)?;
    let part = |name: &str, flow: Flow| {
        let follows = |field: &FieldPlan| {
            // Infrastructure that is no incident is answered like any matter.
            field.flow == flow || (flow == Flow::Matter && field.not_incident > 0.0)
        };
        let is_used = reports.fields.iter().any(follows);
        match table.table(name)? {
            None if is_used => Err(table.fault(format!("the file needs [{name}], which a field follows"))),
            found => Ok(found),
        }
    };
    let (incident, matter) = (part("incident", Flow::Incident)?, part("matter", Flow::Matter)?);
    let (office, slip) = (part("office", Flow::Office)?, part("slip", Flow::Slip)?);
    let intake = table.table("intake")?;
    if intake.is_none() && (incident.is_some() || matter.is_some() || office.is_some()) {
        return Err(table.fault("the file needs [intake], with which all fields but those of slips begin"));
    }
    let clusters = table.list("cluster")?;
    let clusters =
        clusters.iter().map(|node| cluster(&node.table()?, &reports)).collect::<Result<Vec<_>, _>>()?;
    Ok(Model {
        heartbeat_secs: secs(&table.need("heartbeat_minutes")?)?,
        wards: wards(&table.need("ward")?.table()?)?,
        units: units(&table.need("unit")?.table()?, city)?,
        clusters,
        intake: intake.map(|table| Intake::read(&table)).transpose()?,
        incident: incident.map(|table| Incident::read(&table)).transpose()?,
        matter: matter.map(|table| Matter::read(&table)).transpose()?,
        office: office.map(|table| Office::read(&table)).transpose()?,
        slip: slip.map(|table| Slip::read(&table)).transpose()?,
        after: After::read(&table.need("after")?.table()?)?,
        rating: rating(&table.need("rating")?.table()?, city)?,
        dossiers: table.table("dossier")?.map(|table| dossiers(&table, city)).transpose()?,
        counters: table.table("counter")?.map(|table| counters(&table)).transpose()?,
        demo: demo(&table.need("demo")?.table()?)?,
        reports,
    })
}

fn demo(table: &Table<'_>) -> Result<DemoPlan, Fault> {
    table.allow(&["days", "dossiers", "speed", "seed"])?;
    let days = table.need("days")?;
    let seed = table.need("seed")?;
    Ok(DemoPlan {
        days: whole(&days, 1, 366)?,
        dossiers: share_of(&table.need("dossiers")?)?,
        speed: positive(&table.need("speed")?)?,
        seed: u64::try_from(seed.whole()?).map_err(|_| seed.fault("seed must not be negative"))?,
    })
}

fn wards(table: &Table<'_>) -> Result<WardPlan, Fault> {
    table.allow(&["file", "codes_from", "floor", "centre", "basis"])?;
    basis(table)?;
    let centre = |node: &Node<'_>| -> Result<Centre, Fault> {
        let centre = node.table()?;
        centre.allow(&["lat", "lng", "weight", "reach_km"])?;
        Ok(Centre {
            point: LatLng { lat: centre.need_number("lat")?, lng: centre.need_number("lng")? },
            weight: positive(&centre.need("weight")?)?,
            reach_km: positive(&centre.need("reach_km")?)?,
        })
    };
    Ok(WardPlan {
        file: table.need("file")?.text()?.to_owned(),
        codes_from: table.date("codes_from")?.unwrap_or(jiff::civil::Date::MIN),
        floor: positive(&table.need("floor")?)?,
        centres: table.list("centre")?.iter().map(centre).collect::<Result<_, _>>()?,
    })
}

fn units(table: &Table<'_>, city: &City) -> Result<UnitPlan, Fault> {
    table.allow(&["portal", "city_office", "ward", "spread", "pace", "basis"])?;
    basis(table)?;
    let ward = table.need("ward")?;
    if !ward.text()?.contains(WARD) {
        return Err(ward.fault(format!("ward must hold {WARD}, which stands for the ward's code")));
    }
    let pace = |node: &Node<'_>| -> Result<(Code, f64), Fault> {
        let pace = node.table()?;
        pace.allow(&["code", "factor", "basis"])?;
        basis(&pace)?;
        Ok((code(&pace.need("code")?, Dimension::Agency, city)?, positive(&pace.need("factor")?)?))
    };
    Ok(UnitPlan {
        portal: code(&table.need("portal")?, Dimension::Agency, city)?,
        city_office: code(&table.need("city_office")?, Dimension::Agency, city)?,
        ward: ward.text()?.to_owned(),
        spread: share(table, "spread")?,
        paces: table.list("pace")?.iter().map(pace).collect::<Result<_, _>>()?,
    })
}

fn reports(table: &Table<'_>, city: &City) -> Result<ReportPlan, Fault> {
    table.allow(&["per_year", "source", "copy_source", "code_prefix", "rhythm", "channel", "field"])?;
    let channels = table.list("channel")?;
    let (channels, channel_weights) = shares(&channels, table, |row| {
        row.allow(&["code", "share", "basis"])?;
        code(&row.need("code")?, Dimension::Channel, city)
    })?;
    let fields = table.list("field")?;
    let (fields, field_weights) = shares(&fields, table, |row| field(row, city))?;
    Ok(ReportPlan {
        per_year: count(table, "per_year")?,
        source: table.need("source")?.text()?.to_owned(),
        copy_source: table.need("copy_source")?.text()?.to_owned(),
        code_prefix: table.need("code_prefix")?.text()?.to_owned(),
        rhythm: rhythm(&table.need("rhythm")?.table()?)?,
        channels,
        channel_weights,
        fields,
        field_weights,
    })
}

const FIELD_KEYS: [&str; 9] =
    ["code", "share", "basis", "flow", "group", "placed", "not_incident", "repeated", "agencies"];

fn field(row: &Table<'_>, city: &City) -> Result<FieldPlan, Fault> {
    row.allow(&FIELD_KEYS)?;
    let flow = row.need("flow")?;
    let flow = match flow.text()? {
        "incident" => Flow::Incident,
        "matter" => Flow::Matter,
        "office" => Flow::Office,
        "slip" => Flow::Slip,
        _ => return Err(flow.fault("flow must be incident, matter, office or slip")),
    };
    let code = code(&row.need("code")?, Dimension::Field, city)?;
    let optional = |key: &str| if row.has(key) { share(row, key) } else { Ok(0.0) };
    Ok(FieldPlan {
        label: city.catalogue.label(Dimension::Field, &code).vi,
        code,
        flow,
        group: u8::try_from(whole(&row.need("group")?, 1, 5)?).unwrap_or(1),
        placed: share(row, "placed")?,
        not_incident: optional("not_incident")?,
        repeated: optional("repeated")?,
        agencies: agencies(&row.need("agencies")?, city)?,
    })
}

fn cluster(table: &Table<'_>, reports: &ReportPlan) -> Result<ClusterPlan, Fault> {
    const CLUSTER: [&str; 10] = [
        "name",
        "basis",
        "days_per_month",
        "share_of_days",
        "hours",
        "reports",
        "lasts",
        "wards",
        "fields",
        "repeated",
    ];
    table.allow(&CLUSTER)?;
    basis(table)?;
    table.need("name")?.text()?;
    let days = weights(&table.need("days_per_month")?, 12)?;
    let of_days = share(table, "share_of_days")?;
    let mut fields = Vec::new();
    let mut field_shares = Vec::new();
    for (name, node) in table.need("fields")?.table()?.nodes() {
        let place = reports.fields.iter().position(|field| *field.code == *name);
        fields.push(place.ok_or_else(|| node.fault(format!("no [[report.field]] has the code {name:?}")))?);
        field_shares.push(positive(&node)?);
    }
    let wards = table.need("wards")?;
    Ok(ClusterPlan {
        // A month's mean length is good enough for a rate.
        per_day: std::array::from_fn(|month| days[month] * of_days / (365.25 / 12.0)),
        hours: drawn(&table.need("hours")?, 24)?,
        reports: amount(table, "reports")?,
        lasts: delay(table, "lasts")?,
        wards: usize::try_from(whole(&wards, 1, 10_000)?).unwrap_or(1),
        fields,
        field_weights: Weights::of(field_shares).ok_or_else(|| table.fault("fields must not be empty"))?,
        repeated: share(table, "repeated")?,
    })
}

fn rating(table: &Table<'_>, city: &City) -> Result<RatingPlan, Fault> {
    table.allow(&["scale", "scores", "scores_late", "criteria", "channel", "basis"])?;
    basis(table)?;
    let scale = whole(&table.need("scale")?, 2, 10)?;
    let len = usize::try_from(scale).unwrap_or(2);
    let mut criteria = Vec::new();
    for (text, node) in table.need("criteria")?.texts()? {
        if !city.catalogue.knows(Dimension::Criterion, &text) {
            return Err(node.fault(format!("the city's list of criteria has no {text:?}")));
        }
        criteria.push(text);
    }
    Ok(RatingPlan {
        scale: u8::try_from(scale).unwrap_or(5),
        scores: drawn(&table.need("scores")?, len)?,
        scores_late: drawn(&table.need("scores_late")?, len)?,
        criteria,
        channels: rating_channels(table, city)?,
    })
}

fn rating_channels(table: &Table<'_>, city: &City) -> Result<RatingChannels, Fault> {
    let (codes, weights) = shares(&table.list("channel")?, table, |row| {
        row.allow(&["code", "share"])?;
        Ok(code(&row.need("code")?, Dimension::RatingChannel, city)?.to_string())
    })?;
    Ok(RatingChannels { codes, weights })
}

const DOSSIER_KEYS: [&str; 10] = [
    "per_year",
    "source",
    "code_prefix",
    "online",
    "rhythm_online",
    "rhythm_in_person",
    "desk",
    "stage",
    "rating",
    "procedure",
];

fn dossiers(table: &Table<'_>, city: &City) -> Result<DossierPlan, Fault> {
    table.allow(&DOSSIER_KEYS)?;
    let procedures = table.list("procedure")?;
    let (procedures, procedure_weights) = shares(&procedures, table, |row| {
        row.allow(&["code", "share", "basis", "field", "limit_working_days", "agencies"])?;
        Ok(ProcedurePlan {
            code: code(&row.need("code")?, Dimension::Procedure, city)?,
            field: code(&row.need("field")?, Dimension::Field, city)?,
            limit_working_days: u32::try_from(whole(&row.need("limit_working_days")?, 1, 366)?).unwrap_or(1),
            agencies: agencies(&row.need("agencies")?, city)?,
        })
    })?;
    let stage = |node: &Node<'_>| -> Result<(String, f64), Fault> {
        let stage = node.table()?;
        stage.allow(&["code", "rated"])?;
        let name = code(&stage.need("code")?, Dimension::Stage, city)?;
        Ok((name.to_string(), share(&stage, "rated")?))
    };
    let rating = table.need("rating")?.table()?;
    rating.allow(&["channel", "basis"])?;
    basis(&rating)?;
    Ok(DossierPlan {
        per_year: count(table, "per_year")?,
        source: table.need("source")?.text()?.to_owned(),
        code_prefix: table.need("code_prefix")?.text()?.to_owned(),
        online: share(table, "online")?,
        rhythm_online: rhythm(&table.need("rhythm_online")?.table()?)?,
        rhythm_in_person: rhythm(&table.need("rhythm_in_person")?.table()?)?,
        desk: Desk::read(&table.need("desk")?.table()?)?,
        stages: table.list("stage")?.iter().map(stage).collect::<Result<_, _>>()?,
        rating_channels: rating_channels(&rating, city)?,
        procedures,
        procedure_weights,
    })
}

fn counters(table: &Table<'_>) -> Result<CounterPlan, Fault> {
    const COUNTER: [&str; 8] = [
        "source",
        "wards",
        "every_minutes",
        "tickets_per_day",
        "served_per_hour",
        "places",
        "hours",
        "basis",
    ];
    table.allow(&COUNTER)?;
    basis(table)?;
    Ok(CounterPlan {
        source: table.need("source")?.text()?.to_owned(),
        wards: usize::try_from(whole(&table.need("wards")?, 1, 10_000)?).unwrap_or(1),
        every_secs: secs(&table.need("every_minutes")?)?,
        tickets_per_day: positive(&table.need("tickets_per_day")?)?,
        served_per_hour: positive(&table.need("served_per_hour")?)?,
        places: u64::try_from(whole(&table.need("places")?, 1, 1_000)?).unwrap_or(1),
        hours: drawn(&table.need("hours")?, 24)?,
    })
}

/// Rows with a `share` each, which together must be 1.
fn shares<T>(
    rows: &[Node<'_>],
    around: &Table<'_>,
    read: impl Fn(&Table<'_>) -> Result<T, Fault>,
) -> Result<(Vec<T>, Weights), Fault> {
    let mut items = Vec::with_capacity(rows.len());
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let row = row.table()?;
        items.push(read(&row)?);
        if row.has("basis") {
            basis(&row)?;
        } else {
            basis(around)?;
        }
        list.push(share_of(&row.need("share")?)?);
    }
    let total: f64 = list.iter().sum();
    if (total - 1.0).abs() > 0.001 {
        let at = rows.first().map_or_else(|| around.fault(""), |row| row.fault(""));
        let message = format!("the shares of this list come to {total:.3}, not to 1");
        return Err(Fault { message, ..at });
    }
    Weights::of(list).map(|weights| (items, weights)).ok_or_else(|| around.fault("a list is empty"))
}

/// A table of codes with their weights; `ward` is the committee of the ward.
fn agencies(node: &Node<'_>, city: &City) -> Result<Agencies, Fault> {
    let mut agencies = Agencies { codes: Vec::new(), weights: Vec::new() };
    for (name, weight) in node.table()?.nodes() {
        agencies.codes.push(if name == "ward" {
            None
        } else {
            Some(known(name, &weight, Dimension::Agency, city)?)
        });
        agencies.weights.push(positive(&weight)?);
    }
    if agencies.codes.is_empty() { Err(node.fault("nobody handles it")) } else { Ok(agencies) }
}

fn code(node: &Node<'_>, dimension: Dimension, city: &City) -> Result<Code, Fault> {
    known(node.text()?, node, dimension, city)
}

/// A code that stands in the catalogue.
fn known(code: &str, at: &Node<'_>, dimension: Dimension, city: &City) -> Result<Code, Fault> {
    if city.catalogue.knows(dimension, code) {
        return Ok(Arc::from(code));
    }
    Err(at.fault(format!("{code:?} is no {} of the city's catalogue", dimension.name())))
}

fn whole(node: &Node<'_>, from: i32, to: i32) -> Result<i32, Fault> {
    let number = i32::try_from(node.whole()?).ok().filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| node.fault(format!("{} must be from {from} to {to}", node.name())))
}

fn secs(node: &Node<'_>) -> Result<i64, Fault> {
    Ok(i64::from(whole(node, 1, 24 * 60)?) * 60)
}
