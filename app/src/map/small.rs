//! The same map for each field of the city, side by side, in one scale: drawn as lines of a drawing and not by the
//! graphics processor, a path for each class, so that twelve of them cost less than one map.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::Query;
use h3o::{CellIndex, Resolution};
use leptos::prelude::*;

use super::asked;
use super::counts::Counts;
use super::frame::MapRows;
use super::legend::swatches;
use super::measure::{left_out, legend};
use super::mercator::mercator;
use super::ramp::ramp_place;
use super::resolution::{hexagon_km2, res_at_first};
use super::scale::Scale;
use super::shown::Shown;
use super::words;
use crate::address;
use crate::components::Num;
use crate::functions::{Boot, First};
use crate::live::{LiveRows, use_rows};
use crate::locale::use_lang;
use crate::pages::ready::when_loaded;
use crate::theme::Theme;

/// Most maps side by side: more are not seen at once.
pub const MAPS_MAX: usize = 12;
/// Around the world.
const EQUATOR_KM: f64 = 40_075.0;
/// Width of a drawing in its own units.
const WIDTH: f64 = 300.0;
/// The coarsest cells that are asked for.
const RES_MIN: u8 = 7;

/// A hexagon of fewer units than this is a dot: those of a coarser resolution stand for it.
const HEXAGON_UNITS_MIN: f64 = 10.0;
/// The coarsest that is drawn.
const DRAWN_RES_MIN: u8 = 5;

/// The numbers of a field by the hexagons that are drawn.
type Drawn = BTreeMap<u64, i64>;

/// The finest resolution, of that asked for or coarser, whose hexagons can be told apart on the drawing.
fn drawn_res(asked: u8, paper: Paper, bounds: [f64; 4]) -> u8 {
    let is_seen = |res: &u8| {
        // A hexagon of this area, as wide as a circle of it.
        let km = 2.0 * (hexagon_km2(*res, bounds) / std::f64::consts::PI).sqrt();
        km * paper.units_per_km(bounds) >= HEXAGON_UNITS_MIN
    };
    (DRAWN_RES_MIN..=asked).rev().find(is_seen).unwrap_or(DRAWN_RES_MIN)
}

/// The numbers of a frame, each in the hexagon of the drawn resolution that it lies in.
fn drawn(rows: &MapRows, res: u8) -> Drawn {
    let res = Resolution::try_from(res).ok();
    let mut drawn = Drawn::new();
    for cell in rows.frame.cells() {
        let parent = CellIndex::try_from(cell.cell).ok().zip(res).and_then(|(index, res)| index.parent(res));
        *drawn.entry(parent.map_or(cell.cell, u64::from)).or_default() += cell.value;
    }
    drawn
}

/// Where the city lies on a drawing.
#[derive(Clone, Copy, Debug)]
struct Paper {
    west: f64,
    north: f64,
    units: f64,
    height: f64,
}

impl Paper {
    /// For west, south, east, north.
    fn of([west, south, east, north]: [f64; 4]) -> Self {
        let ([left, top], [right, bottom]) = (mercator(north, west), mercator(south, east));
        let units = WIDTH / (right - left).max(f64::MIN_POSITIVE);
        Self { west: left, north: top, units, height: (bottom - top) * units }
    }

    /// How long a kilometre is in the middle of the city.
    fn units_per_km(self, [_, south, _, north]: [f64; 4]) -> f64 {
        let round_km = EQUATOR_KM * ((south + north) / 2.0).to_radians().cos();
        self.units / round_km
    }

    /// The hexagons as one path.
    fn path(self, cells: impl Iterator<Item = u64>) -> String {
        let mut path = String::new();
        for cell in cells.filter_map(|cell| CellIndex::try_from(cell).ok()) {
            for (place, corner) in cell.boundary().iter().enumerate() {
                let [x, y] = mercator(corner.lat(), corner.lng());
                let (x, y) = ((x - self.west) * self.units, (y - self.north) * self.units);
                // Writing to a text cannot fail.
                let _ = write!(path, "{}{x:.1} {y:.1}", if place == 0 { 'M' } else { 'L' });
            }
            path.push('Z');
        }
        path
    }
}

/// The fields at the top of the city's catalogue, at most [`MAPS_MAX`], and how many more there are.
fn fields(boot: &Boot) -> (Vec<String>, usize) {
    let tree = boot.city.catalogue.tree(Dimension::Field);
    let mut codes: Vec<String> = tree
        .map(|tree| tree.children(None).iter().map(|code| (*code).to_owned()).collect())
        .unwrap_or_default();
    let more = codes.len().saturating_sub(MAPS_MAX);
    codes.truncate(MAPS_MAX);
    (codes, more)
}

/// A map for each field.
#[component]
pub fn SmallMaps(
    /// What names things, and where the city lies.
    boot: Arc<Boot>,
    /// What is counted.
    #[prop(into)]
    metric: Signal<Metric>,
) -> impl IntoView {
    let lang = use_lang();
    let bounds = boot.city.map.bounds;
    let res = res_at_first(bounds, Theme::Office).saturating_sub(1).max(RES_MIN);
    let (codes, more) = fields(&boot);
    let ask = |code: &String| -> LiveRows<MapRows> {
        let code = code.clone();
        use_rows(Memo::new(move |_| asked::wire(&Query::of(metric.get()).only(Dimension::Field, &code), res)))
    };
    let rows: Vec<LiveRows<MapRows>> = codes.iter().map(ask).collect();
    let class = format!("small-maps hexmap-{}", Theme::Office.shade().name());
    let asked = rows.clone();
    let load = move || {
        let firsts: Vec<_> = asked.iter().map(|rows| rows.first()).collect();
        async move {
            let mut all = Vec::new();
            for first in firsts {
                all.push(first.await?);
            }
            Ok(all)
        }
    };
    view! {
        <figure class=class>
            {when_loaded(
                load,
                move || view! { <p class="hexmap-note">{words::LOADING.to(lang)}</p> },
                move |firsts: Result<Vec<First>, _>| match firsts {
                    Ok(firsts) => {
                        let shown = rows.iter().zip(firsts).map(|(rows, first)| Shown::new(*rows, first)).collect();
                        view! { <Each boot=boot.clone() codes=codes.clone() shown res metric/> }.into_any()
                    }
                    Err(_) => view! { <p class="hexmap-note" role="alert">{words::NO_NUMBERS.to(lang)}</p> }.into_any(),
                },
            )}
            {(more > 0).then(|| view! {
                <p class="aside"><a class="touch" href=format!("{}?by=field", address::at("/"))>{words::more_fields(lang, more)}</a></p>
            })}
        </figure>
    }
}

#[component]
fn Each(
    boot: Arc<Boot>,
    codes: Vec<String>,
    shown: Vec<Shown>,
    res: u8,
    metric: Signal<Metric>,
) -> impl IntoView {
    let lang = use_lang();
    let bounds = boot.city.map.bounds;
    let paper = Paper::of(bounds);
    let res = drawn_res(res, paper, bounds);
    let all: Vec<(Shown, Memo<Drawn>)> = shown
        .into_iter()
        .map(|shown| (shown, Memo::new(move |_| shown.with(|rows| drawn(rows, res)))))
        .collect();
    let each: Arc<[Memo<Drawn>]> = all.iter().map(|(_, drawn)| *drawn).collect();
    let (of_scale, of_ground) = (each.clone(), each);
    let scale = Memo::new(move |held: Option<&Scale>| {
        let mut counts = Counts::default();
        for drawn in of_scale.iter() {
            drawn.with(|drawn| drawn.values().for_each(|value| counts.add(*value)));
        }
        held.map_or_else(|| Scale::fit(&counts), |held| held.follow(&counts))
    });
    // Wherever any field has a case: the shape of the city.
    let ground = Memo::new(move |_| {
        let mut cells = BTreeSet::new();
        for drawn in of_ground.iter() {
            drawn.with(|drawn| cells.extend(drawn.keys().copied()));
        }
        paper.path(cells.into_iter())
    });
    let catalogue = &boot.city.catalogue;
    let maps: Vec<_> = codes
        .into_iter()
        .zip(all)
        .map(|(code, (shown, drawn))| {
            let name = lang.of(&catalogue.label(Dimension::Field, &code));
            view! { <Small code name shown drawn metric scale ground paper/> }
        })
        .collect();
    let sentence = move || legend(lang, metric.get(), res, bounds, true);
    view! {
        <figcaption class="hexmap-legend">
            <p class="hexmap-sentence">{sentence}</p>
            <ol class="hexmap-classes">{move || scale.with(|scale| swatches(lang, scale, ground.with(String::is_empty)))}</ol>
        </figcaption>
        <ul class="small-maps-all">{maps}</ul>
    }
}

/// One field.
#[component]
fn Small(
    code: String,
    name: String,
    shown: Shown,
    drawn: Memo<Drawn>,
    metric: Signal<Metric>,
    scale: Memo<Scale>,
    ground: Memo<String>,
    paper: Paper,
) -> impl IntoView {
    let lang = use_lang();
    let total = Memo::new(move |_| {
        shown.with(|rows| {
            let on_map: i64 = rows.frame.cells().map(|cell| cell.value).sum();
            on_map + rows.frame.no_position()
        })
    });
    let at = Memo::new(move |_| shown.with(|rows| rows.at.clone()));
    let without = Memo::new(move |_| shown.with(|rows| left_out(lang, &rows.frame)));
    let paths = Memo::new(move |_| {
        scale.with(|scale| {
            let classes = scale.classes();
            let of = |class: usize| {
                let path = drawn.with(|drawn| {
                    let cells = drawn.iter().filter(|(_, value)| scale.class_of(**value) == Some(class));
                    paper.path(cells.map(|(cell, _)| *cell))
                });
                (ramp_place(class, classes), path)
            };
            (0..classes).map(of).filter(|(_, path)| !path.is_empty()).collect::<Vec<_>>()
        })
    });
    let view_box = format!("0 0 {WIDTH} {:.1}", paper.height);
    let params = {
        let code = code.clone();
        move || {
            vec![
                ("field".to_owned(), crate::ask::escape(&code)),
                ("metric".to_owned(), metric.get().name().to_owned()),
            ]
        }
    };
    let label = name.clone();
    view! {
        <li class="small-map">
            <h2><a class="touch" href=address::field(&code)>{name}</a></h2>
            <p>{move || view! { <Num value=total params=params() at=at label=label.clone()/> }}</p>
            <svg viewBox=view_box aria-hidden="true" focusable="false">
                <path class="small-ground" d=move || ground.get()></path>
                {move || paths.get().into_iter().map(|(place, path)| {
                    view! { <path class=format!("hexmap-class-{place}") d=path></path> }
                }).collect_view()}
            </svg>
            {move || without.get().map(|words| view! { <p class="hexmap-aside">{words}</p> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_city_is_drawn_in_coarser_hexagons_than_a_small_one() {
        for (bounds, asked, want) in
            [([106.35, 10.35, 107.60, 11.50], 7, 6), ([-71.20, 42.22, -70.98, 42.40], 7, 7)]
        {
            assert_eq!(drawn_res(asked, Paper::of(bounds), bounds), want, "{bounds:?}");
        }
    }

    #[test]
    fn a_drawing_has_the_citys_shape_and_its_hexagons_within() {
        let bounds = [106.35, 10.35, 107.03, 11.16];
        let paper = Paper::of(bounds);
        assert!((300.0..420.0).contains(&paper.height), "{}", paper.height);
        let middle = h3o::LatLng::new(10.776, 106.70).unwrap().to_cell(h3o::Resolution::Seven);
        let path = paper.path([u64::from(middle), 7].into_iter());
        assert_eq!(
            (path.matches('M').count(), path.matches('L').count(), path.matches('Z').count()),
            (1, 5, 1)
        );
        for pair in path.split(['M', 'L', 'Z']).filter(|pair| !pair.is_empty()) {
            let (x, y) = pair.split_once(' ').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((0.0..WIDTH).contains(&x) && (0.0..paper.height).contains(&y), "{pair}");
        }
    }
}
