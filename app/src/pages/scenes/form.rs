//! The form beside the grid: what the chosen panel shows, and its place in numbers.

use domain::city::Label;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::{GroupKey, parse_group_key};
use domain::scene::rules::Field;
use domain::scene::{Area, Panel, PanelKind};
use leptos::prelude::*;

use super::draft::{Draft, area, put, splits};
use super::grid::Grid;
use crate::text::{Lang, Say, editor, metrics};

/// The periods that are offered; a panel may have another.
const PERIODS: [&str; 4] = ["today", "today-6d", "today-29d", "today-89d"];

/// The panel that a form is of.
#[derive(Clone, Copy)]
struct Of {
    grid: Grid,
    place: usize,
}

impl Of {
    const fn draft(self) -> Draft {
        self.grid.draft
    }

    fn with<T>(self, read: impl FnOnce(&Panel) -> T) -> Option<T> {
        self.draft().scenes.with(|scenes| scenes.get(self.grid.nth)?.panels.get(self.place).map(read))
    }

    fn change(self, change: &mut dyn FnMut(&mut Panel)) {
        self.draft().change_panel(self.grid.nth, self.place, change);
    }

    fn wrong(self, field: Field) -> impl IntoView {
        let lines = Memo::new(move |_| self.draft().wrong(self.grid.nth, Some(self.place), field));
        view! { <Wrong lines/> }
    }
}

/// What is wrong with a field, beside it.
#[component]
pub(super) fn Wrong(lines: Memo<Vec<String>>) -> impl IntoView {
    move || {
        lines.get().into_iter().map(|line| view! { <p class="flags edit-wrong">{line}</p> }).collect_view()
    }
}

/// A text or a number that counts once it is left.
#[component]
pub(super) fn Line(
    label: Say,
    lang: Lang,
    name: &'static str,
    #[prop(optional)] is_number: bool,
    value: Signal<String>,
    set: Callback<String>,
    may: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class=if is_number { "edit-field is-short" } else { "edit-field" }>
            <span>{label.to(lang)}</span>
            <input
                type=if is_number { "number" } else { "text" }
                name=name
                autocomplete="off"
                maxlength="200"
                disabled=move || !may.get()
                prop:value=value
                on:change=move |event| set.run(event_target_value(&event))
            />
        </label>
    }
}

/// A choice. What is chosen is marked in its options, so that a change from elsewhere is seen.
#[component]
fn Choice(
    label: Say,
    of: Of,
    name: &'static str,
    options: Vec<(String, String)>,
    value: Signal<String>,
    set: Callback<String>,
) -> impl IntoView {
    let draft = of.draft();
    let each = options.into_iter().map(move |(code, words)| {
        let own = code.clone();
        let is_chosen = move || value.with(|value| *value == own);
        view! { <option value=code prop:selected=is_chosen>{words}</option> }
    });
    view! {
        <label class="edit-field">
            <span>{label.to(draft.lang)}</span>
            <select name=name disabled=move || !draft.may.get() on:change=move |event| set.run(event_target_value(&event))>
                {each.collect_view()}
            </select>
        </label>
    }
}

/// The form of the chosen panel.
#[component]
pub(super) fn PanelForm(grid: Grid) -> impl IntoView {
    let lang = grid.draft.lang;
    // Made anew where it has other fields, and only then: what is typed in keeps its place.
    let shape = Memo::new(move |_| {
        let place = grid.chosen.get();
        let of = Of { grid, place };
        of.with(|panel| (place, panel.kind, panel.metrics.clone(), panel.filter.len()))
    });
    move || match shape.get() {
        None => view! { <p class="aside">{editor::CHOOSE.to(lang)}</p> }.into_any(),
        Some((place, kind, metrics, filters)) => {
            let of = Of { grid, place };
            view! {
                <h3>{move || format!("{} {}", editor::PANEL_WORD.to(lang), place + 1)}</h3>
                <Kind of/>
                <Metrics of kind metrics=metrics.clone()/>
                {kind.is_split().then(|| view! { <Split of metrics/> })}
                {kind.is_filtered().then(|| view! { <Filters of filters/> })}
                {kind.has_period().then(|| view! { <Period of/> })}
                <Rows of/>
                <Headings of/>
                <Place of/>
                <Remove of/>
            }
            .into_any()
        }
    }
}

#[component]
fn Kind(of: Of) -> impl IntoView {
    let lang = of.draft().lang;
    let options =
        PanelKind::ALL.map(|kind| (kind.name().to_owned(), editor::kind(kind).to(lang).to_owned())).to_vec();
    let value = Signal::derive(move || of.with(|panel| panel.kind.name().to_owned()).unwrap_or_default());
    let set = Callback::new(move |name: String| {
        let Some(kind) = PanelKind::ALL.into_iter().find(|kind| kind.name() == name) else { return };
        of.change(&mut |panel| become_kind(panel, kind));
    });
    view! { <Choice label=editor::KIND of name="kind" options value set/> }
}

/// What the new kind cannot show falls away; what it needs and has not is asked for by the rules.
fn become_kind(panel: &mut Panel, kind: PanelKind) {
    panel.kind = kind;
    let (fewest, most) = kind.metrics();
    panel.metrics.retain(|metric| kind.can_show(*metric));
    panel.metrics.truncate(most);
    let usual = [Metric::Open, Metric::Received, Metric::Resolved, Metric::SatisfactionRate];
    for metric in usual {
        if panel.metrics.len() < fewest && kind.can_show(metric) && !panel.metrics.contains(&metric) {
            panel.metrics.push(metric);
        }
    }
    match (kind.is_split(), panel.by) {
        (false, _) => panel.by = None,
        (true, None) => panel.by = Some(GroupKey { dimension: Dimension::Field, level: None }),
        (true, Some(_)) => {}
    }
    if !kind.is_filtered() {
        panel.filter.clear();
    }
    if !kind.has_period() {
        panel.from = None;
    }
}

#[component]
fn Metrics(of: Of, kind: PanelKind, metrics: Vec<Metric>) -> impl IntoView {
    let draft = of.draft();
    let lang = draft.lang;
    let (fewest, most) = kind.metrics();
    let shown = move || Metric::ALL.into_iter().filter(move |metric| kind.can_show(*metric));
    let name = move |metric: Metric| (metric.name().to_owned(), metrics::name(metric).to(lang).to_owned());
    let many = metrics.len();
    let may_go = many > fewest;
    let each = metrics.into_iter().enumerate().map(move |(at, metric)| {
        let mut options: Vec<_> = shown().map(name).collect();
        if may_go {
            options.push((String::new(), editor::REMOVE.to(lang).to_owned()));
        }
        if !kind.can_show(metric) {
            options.push(name(metric));
        }
        let value = Signal::derive(move || metric.name().to_owned());
        let set = Callback::new(move |code: String| {
            of.change(&mut |panel| match code.parse() {
                Ok(metric) => panel.metrics[at..].first_mut().map(|held| *held = metric).unwrap_or_default(),
                Err(()) => drop(panel.metrics.remove(at)),
            });
        });
        let definition = move || {
            draft.metrics.with(|views| {
                views.iter().find(|view| view.id == metric.name()).map(|view| lang.of(&view.definition))
            })
        };
        view! {
            <Choice label=editor::METRIC of name="metric" options value set/>
            <p class="aside">{definition}</p>
        }
    });
    let add = (many < most).then(|| {
        let none = (String::new(), editor::ADD_METRIC.to(lang).to_owned());
        let options = std::iter::once(none).chain(shown().map(name)).collect::<Vec<_>>();
        let set = Callback::new(move |code: String| {
            if let Ok(metric) = code.parse() {
                of.change(&mut |panel| panel.metrics.push(metric));
            }
        });
        view! { <Choice label=editor::METRIC of name="metric-more" options value=Signal::stored(String::new()) set/> }
    });
    view! { {each.collect_view()} {add} {of.wrong(Field::Metrics)} }
}

#[component]
fn Split(of: Of, metrics: Vec<Metric>) -> impl IntoView {
    let draft = of.draft();
    let lang = draft.lang;
    let value = Signal::derive(move || {
        of.with(|panel| panel.by.map(|by| by.to_string())).flatten().unwrap_or_default()
    });
    let held = untrack(|| of.with(|panel| panel.by)).flatten();
    let keys = Dimension::ALL.into_iter().flat_map(|dimension| {
        // These are trees: the top alone is often what can be read.
        let has_top = matches!(dimension, Dimension::Agency | Dimension::Field);
        let top = has_top.then_some(GroupKey { dimension, level: Some(1) });
        std::iter::once(GroupKey { dimension, level: None }).chain(top)
    });
    let can = |by: &GroupKey| {
        draft.metrics.with_untracked(|views| metrics.iter().all(|metric| splits(views, *metric, *by)))
    };
    let mut keys: Vec<GroupKey> = keys.filter(can).collect();
    if let Some(held) = held.filter(|held| !keys.contains(held)) {
        keys.push(held);
    }
    let words = |by: &GroupKey| {
        let name = editor::dimension(by.dimension).to(lang);
        by.level.map_or_else(|| name.to_owned(), |level| editor::level(lang, name, level))
    };
    let options = keys.iter().map(|by| (by.to_string(), words(by))).collect::<Vec<_>>();
    let set = Callback::new(move |key: String| of.change(&mut |panel| panel.by = parse_group_key(&key).ok()));
    view! { <Choice label=editor::SPLIT_BY of name="by" options value set/> {of.wrong(Field::By)} }
}

#[component]
fn Filters(of: Of, filters: usize) -> impl IntoView {
    let lang = of.draft().lang;
    let may = of.draft().may;
    let names =
        || Dimension::ALL.map(|one| (one.name().to_owned(), editor::dimension(one).to(lang).to_owned()));
    let each = (0..filters).map(move |at| {
        let key = Signal::derive(move || {
            of.with(|panel| panel.filter.get(at).map(|(key, _)| key.clone())).flatten().unwrap_or_default()
        });
        let code = Signal::derive(move || {
            of.with(|panel| panel.filter.get(at).map(|(_, code)| code.clone())).flatten().unwrap_or_default()
        });
        let none = (String::new(), editor::REMOVE.to(lang).to_owned());
        let options = names().into_iter().chain([none]).collect::<Vec<_>>();
        let set_key = Callback::new(move |key: String| {
            of.change(&mut |panel| {
                if key.is_empty() {
                    panel.filter.remove(at);
                } else if let Some(filter) = panel.filter.get_mut(at) {
                    filter.0.clone_from(&key);
                }
            });
        });
        let set_code = Callback::new(move |code: String| {
            of.change(&mut |panel| {
                if let Some(filter) = panel.filter.get_mut(at) {
                    code.trim().clone_into(&mut filter.1);
                }
            });
        });
        view! {
            <Choice label=editor::ONLY of name="only" options value=key set=set_key/>
            <Line label=editor::CODE lang name="code" value=code set=set_code may/>
        }
    });
    let none = (String::new(), editor::ADD_FILTER.to(lang).to_owned());
    let options = std::iter::once(none).chain(names()).collect::<Vec<_>>();
    let add = Callback::new(move |key: String| {
        if !key.is_empty() {
            of.change(&mut |panel| panel.filter.push((key.clone(), String::new())));
        }
    });
    view! {
        {each.collect_view()}
        <Choice label=editor::ONLY of name="only-more" options value=Signal::stored(String::new()) set=add/>
        {of.wrong(Field::Filter)}
    }
}

#[component]
fn Period(of: Of) -> impl IntoView {
    let lang = of.draft().lang;
    let value = Signal::derive(move || of.with(|panel| panel.from.clone()).flatten().unwrap_or_default());
    let held = value.get_untracked();
    let mut periods: Vec<String> = PERIODS.map(str::to_owned).to_vec();
    if !held.is_empty() && !periods.contains(&held) {
        periods.push(held);
    }
    let none = (String::new(), editor::period(lang, None));
    let each = periods.into_iter().map(|from| (from.clone(), editor::period(lang, Some(&from))));
    let options = std::iter::once(none).chain(each).collect::<Vec<_>>();
    let set = Callback::new(move |from: String| {
        of.change(&mut |panel| panel.from = Some(from.clone()).filter(|from| !from.is_empty()));
    });
    view! { <Choice label=editor::PERIOD of name="from" options value set/> {of.wrong(Field::From)} }
}

#[component]
fn Rows(of: Of) -> impl IntoView {
    let draft = of.draft();
    let value = Signal::derive(move || of.with(|panel| panel.rows.to_string()).unwrap_or_default());
    let set = Callback::new(move |text: String| {
        // What is no number is outside the rule's bounds, and said so.
        of.change(&mut |panel| panel.rows = text.trim().parse().unwrap_or(0));
    });
    view! {
        <Line label=editor::ROWS_MOST lang=draft.lang name="rows" is_number=true value set may=draft.may/>
        {of.wrong(Field::Rows)}
    }
}

/// One language of a heading; a heading that is empty in both is none.
pub(super) fn said(label: &mut Option<Label>, text: &str, lang: Lang) {
    let mut next = label.take().unwrap_or_else(|| Label { vi: String::new(), en: String::new() });
    match lang {
        Lang::Vi => text.trim().clone_into(&mut next.vi),
        Lang::En => text.trim().clone_into(&mut next.en),
    }
    *label = Some(next).filter(|next| !next.vi.is_empty() || !next.en.is_empty());
}

/// Which of a panel's two headings.
type Which = fn(&mut Panel) -> &mut Option<Label>;

#[component]
fn Headings(of: Of) -> impl IntoView {
    let draft = of.draft();
    let line = move |label: Say, name: &'static str, which: Which, lang: Lang| {
        let value = Signal::derive(move || {
            let heading = of.with(|panel| which(&mut panel.clone()).clone()).flatten();
            heading.map(|label| if lang == Lang::Vi { label.vi } else { label.en }).unwrap_or_default()
        });
        let set = Callback::new(move |text: String| of.change(&mut |panel| said(which(panel), &text, lang)));
        view! { <Line label lang=draft.lang name value set may=draft.may/> }
    };
    let (title, under): (Which, Which) = (|panel| &mut panel.title, |panel| &mut panel.under);
    view! {
        {line(editor::TITLE_VI, "title-vi", title, Lang::Vi)}
        {line(editor::TITLE_EN, "title-en", title, Lang::En)}
        {of.wrong(Field::Title)}
        {line(editor::UNDER_VI, "under-vi", under, Lang::Vi)}
        {line(editor::UNDER_EN, "under-en", under, Lang::En)}
        {of.wrong(Field::Under)}
    }
}

/// Which of the four numbers of an area.
type Side = fn(&mut Area) -> &mut u8;

#[component]
fn Place(of: Of) -> impl IntoView {
    let draft = of.draft();
    let is_wide = of.grid.is_wide;
    let line = move |label: Say, name: &'static str, side: Side| {
        let value = Signal::derive(move || {
            let own = of.with(|panel| area(panel, is_wide.get()));
            own.map(|mut own| side(&mut own).to_string()).unwrap_or_default()
        });
        let set = Callback::new(move |text: String| {
            let Some(mut own) = untrack(|| of.with(|panel| area(panel, is_wide.get()))) else { return };
            *side(&mut own) = text.trim().parse().unwrap_or(0);
            let mut is_put = false;
            draft.change_scene(of.grid.nth, &mut |scene| {
                is_put = put(scene, of.place, own, is_wide.get_untracked())
            });
            if !is_put {
                draft.said.set(editor::TAKEN.to(draft.lang).to_owned());
            }
        });
        view! { <Line label lang=draft.lang name is_number=true value set may=draft.may/> }
    };
    view! {
        <div class="edit-place">
            {line(editor::COLUMN, "column", |area| &mut area.column)}
            {line(editor::ROW, "row", |area| &mut area.row)}
            {line(editor::COLUMNS, "columns", |area| &mut area.columns)}
            {line(editor::ROWS_HIGH, "rows-high", |area| &mut area.rows)}
        </div>
        {of.wrong(Field::At)}
        {of.wrong(Field::Wide)}
    }
}

#[component]
fn Remove(of: Of) -> impl IntoView {
    let draft = of.draft();
    let remove = move |_| {
        draft.change_scene(of.grid.nth, &mut |scene| {
            if of.place < scene.panels.len() {
                scene.panels.remove(of.place);
            }
        });
        of.grid.chosen.set(of.place.saturating_sub(1));
    };
    view! {
        <Show when=move || draft.may.get()>
            <p><button type="button" class="quiet edit-remove" on:click=remove>{editor::REMOVE.to(draft.lang)}</button></p>
        </Show>
    }
}
