//! What a city's `simulation.toml` says: every number of the simulation, read once. Whatever is wrong
//! in the file is said with its line and column; every figure has a `basis`, its source or `assumed`.

mod figure;
mod flows;
mod read;

use domain::city::City;
use domain::document::{Fault, Source};

pub(super) use figure::{Delay, Rhythm, Weights};
pub(super) use flows::{After, Desk, Incident, Intake, Matter, Office, Slip};

/// A code of the catalogue.
pub(super) type Code = std::sync::Arc<str>;

/// All that the file says.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) heartbeat_secs: i64,
    pub(super) wards: WardPlan,
    pub(super) units: UnitPlan,
    pub(super) reports: ReportPlan,
    pub(super) clusters: Vec<ClusterPlan>,
    pub(super) intake: Option<Intake>,
    pub(super) incident: Option<Incident>,
    pub(super) matter: Option<Matter>,
    pub(super) office: Option<Office>,
    pub(super) slip: Option<Slip>,
    pub(super) after: After,
    pub(super) rating: RatingPlan,
    pub(super) dossiers: Option<DossierPlan>,
    pub(super) counters: Option<CounterPlan>,
    /// What `toancanh demo` begins with.
    pub demo: DemoPlan,
}

impl Model {
    /// Reads the file; its codes must stand in the city's catalogue.
    ///
    /// # Errors
    /// The first [`Fault`], with its line and column.
    pub fn read(source: &Source, city: &City) -> Result<Self, Fault> {
        read::model(&source.parse()?.table(), city)
    }

    /// Of the reports this share comes a second time, from another system.
    pub(super) fn copied(&self) -> f64 {
        self.intake
            .as_ref()
            .map(|plan| plan.copied)
            .or(self.slip.as_ref().map(|plan| plan.copied))
            .unwrap_or(0.0)
    }

    /// Of the reporters this share asks for confidentiality.
    pub(super) fn confidential(&self) -> f64 {
        let of_slips = self.slip.as_ref().map(|plan| plan.confidential);
        self.intake.as_ref().map(|plan| plan.confidential).or(of_slips).unwrap_or(0.0)
    }
}

/// What the demo begins with, and how fast it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoPlan {
    /// Days of history that are there from the start.
    pub days: i32,
    /// Of all dossiers this share is simulated.
    pub dossiers: f64,
    /// City seconds per second.
    pub speed: f64,
    /// The seed.
    pub seed: u64,
}

/// Where reports come from.
#[derive(Clone, Debug)]
pub(super) struct WardPlan {
    /// The boundaries, relative to the city's folder.
    pub(super) file: String,
    /// Before this day events name no area: the codes are of another epoch.
    pub(super) codes_from: jiff::civil::Date,
    /// What a square kilometre far from every centre weighs.
    pub(super) floor: f64,
    pub(super) centres: Vec<Centre>,
}

/// A place around which people live close together.
#[derive(Clone, Debug)]
pub(super) struct Centre {
    pub(super) point: domain::geo::LatLng,
    /// What a square kilometre in its middle weighs.
    pub(super) weight: f64,
    /// After so many kilometres a third of it is left.
    pub(super) reach_km: f64,
}

/// Who handles.
#[derive(Clone, Debug)]
pub(super) struct UnitPlan {
    /// Who receives and dispatches.
    pub(super) portal: Code,
    pub(super) city_office: Code,
    /// The committee of a ward: `{ward}` stands for its code.
    pub(super) ward: String,
    /// How much units differ in pace.
    pub(super) spread: f64,
    /// Units that are known to be slow or fast.
    pub(super) paces: Vec<(Code, f64)>,
}

/// Citizens' reports.
#[derive(Clone, Debug)]
pub(super) struct ReportPlan {
    pub(super) per_year: f64,
    pub(super) source: String,
    /// The other system whose reports come a second time, as copies.
    pub(super) copy_source: String,
    pub(super) code_prefix: String,
    pub(super) rhythm: Rhythm,
    pub(super) channels: Vec<Code>,
    pub(super) channel_weights: Weights,
    pub(super) fields: Vec<FieldPlan>,
    pub(super) field_weights: Weights,
}

/// The reports of one field.
#[derive(Clone, Debug)]
pub(super) struct FieldPlan {
    pub(super) code: Code,
    /// What people write, as the catalogue calls the field.
    pub(super) label: String,
    pub(super) flow: Flow,
    pub(super) group: u8,
    /// How many of them happened at a place.
    pub(super) placed: f64,
    /// Infrastructure, but no incident.
    pub(super) not_incident: f64,
    /// Another report of a matter of the same day and ward.
    pub(super) repeated: f64,
    pub(super) agencies: Agencies,
}

/// How reports of a field are handled: the procedure of the regulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// 4874/QĐ-UBND Điều 7.1: verify, assign, inspect, repair.
    Incident,
    /// Điều 7.2: answer within working days.
    Matter,
    /// Điều 7.3: through the City Office.
    Office,
    /// 583/QĐ-UBND Điều 8, 9: slips to focal officers and unit heads.
    Slip,
}

/// Who may get something, by weight. `None` is the committee of the ward.
#[derive(Clone, Debug)]
pub(super) struct Agencies {
    pub(super) codes: Vec<Option<Code>>,
    pub(super) weights: Vec<f64>,
}

/// Reports that come together: rain, an outage.
#[derive(Clone, Debug)]
pub(super) struct ClusterPlan {
    /// How many to expect on a day of each month.
    pub(super) per_day: [f64; 12],
    pub(super) hours: Weights,
    /// Reports of one.
    pub(super) reports: Delay,
    /// How long after its beginning they come in.
    pub(super) lasts: Delay,
    /// How many neighbouring wards it touches.
    pub(super) wards: usize,
    pub(super) fields: Vec<usize>,
    pub(super) field_weights: Weights,
    pub(super) repeated: f64,
}

/// What people think of it afterwards.
#[derive(Clone, Debug)]
pub(super) struct RatingPlan {
    pub(super) scale: u8,
    /// For 1, 2, … `scale`.
    pub(super) scores: Weights,
    pub(super) scores_late: Weights,
    pub(super) criteria: Vec<String>,
    pub(super) channels: RatingChannels,
}

/// How ratings come in.
#[derive(Clone, Debug)]
pub(super) struct RatingChannels {
    pub(super) codes: Vec<String>,
    pub(super) weights: Weights,
}

/// One-stop dossiers.
#[derive(Clone, Debug)]
pub(super) struct DossierPlan {
    pub(super) per_year: f64,
    pub(super) source: String,
    pub(super) code_prefix: String,
    pub(super) online: f64,
    pub(super) rhythm_online: Rhythm,
    pub(super) rhythm_in_person: Rhythm,
    pub(super) desk: Desk,
    pub(super) stages: Vec<(String, f64)>,
    pub(super) rating_channels: RatingChannels,
    pub(super) procedures: Vec<ProcedurePlan>,
    pub(super) procedure_weights: Weights,
}

/// One procedure.
#[derive(Clone, Debug)]
pub(super) struct ProcedurePlan {
    pub(super) code: Code,
    pub(super) field: Code,
    pub(super) limit_working_days: u32,
    pub(super) agencies: Agencies,
}

/// Queues at the counters of committees.
#[derive(Clone, Debug)]
pub(super) struct CounterPlan {
    pub(super) source: String,
    /// The committees of so many wards, the heaviest first.
    pub(super) wards: usize,
    pub(super) every_secs: i64,
    pub(super) tickets_per_day: f64,
    pub(super) served_per_hour: f64,
    pub(super) places: u64,
    pub(super) hours: Weights,
}
