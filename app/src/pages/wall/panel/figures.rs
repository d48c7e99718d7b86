//! Several numbers, one under another.

use std::sync::Arc;

use domain::Value;
use domain::metric::{Metric, MetricKind};
use domain::scene::Panel;
use leptos::prelude::*;

use crate::ask::Ask;
use crate::components::{Num, is_silent};
use crate::functions::{Boot, First};
use crate::live::{LiveTable, use_table};
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::text::{metrics, number};

/// The numbers.
#[component]
pub(super) fn Figures(panel: Panel) -> impl IntoView {
    // A level knows no period.
    let of_kind = |kind: MetricKind| {
        let of: Vec<Metric> = panel.metrics.iter().copied().filter(|metric| metric.kind() == kind).collect();
        let mut ask = Ask::of(&of).narrowed(&panel.filter);
        if let (MetricKind::Flow, Some(from)) = (kind, &panel.from) {
            ask = ask.with("from", from);
        }
        (!of.is_empty()).then(|| use_table(Signal::stored(ask.query())))
    };
    let (levels, flows) = (of_kind(MetricKind::Stock), of_kind(MetricKind::Flow));
    let of = move |metric: Metric| if metric.kind() == MetricKind::Stock { levels } else { flows };
    let each = panel.metrics.iter().filter_map(|metric| {
        let (mut params, metric) = (panel.filter.clone(), *metric);
        if let (MetricKind::Flow, Some(from)) = (metric.kind(), &panel.from) {
            params.push(("from".to_owned(), from.clone()));
        }
        params.push(("metric".to_owned(), metric.name().to_owned()));
        Some(view! { <OneFigure metric params table=of(metric)?/> })
    });
    let each = each.collect_view();
    view! { <div class="figures">{each}</div> }
}

#[component]
fn OneFigure(metric: Metric, params: Vec<(String, String)>, table: LiveTable) -> impl IntoView {
    let lang = use_lang();
    let name = metrics::name(metric).to(lang);
    let params = StoredValue::new(params);
    view! {
        <div class="figure-one">
            <h3>{name}</h3>
            {when_ready(
                move || table.first(),
                move |boot: Arc<Boot>, first: First| {
                    let rows = table.rows(first);
                    let silent = is_silent(&boot);
                    let unit = boot.metrics.iter().find(|view| view.id == metric.name()).map(|view| view.unit.clone());
                    let is_percent = unit.as_deref() == Some("percent");
                    let at = Memo::new(move |_| rows.with(|table| table.at.clone()));
                    let value = Memo::new(move |_| rows.with(|table| {
                        let place = table.columns.iter().position(|column| column == metric.name())?;
                        table.rows.first()?.get(place).cloned()
                    }));
                    let text = Signal::derive(move || match value.get() {
                        // Without a single event a zero would read as "all is well".
                        _ if silent.get() => number::NOTHING.to_owned(),
                        Some(Value::Float(number)) if is_percent => number::percent(lang, number, 1),
                        Some(value) => number::value(lang, &value),
                        None => number::NOTHING.to_owned(),
                    });
                    let whole = Signal::derive(move || value.with(|value| value.as_ref().and_then(Value::as_int).unwrap_or(0)));
                    view! { <Num value=whole params=params.get_value() at label=name text/> }
                },
            )}
        </div>
    }
}
