//! Where a number comes from: its meaning, its clause, its cases, and what is not in it.

use std::sync::Arc;

use domain::answer::{Excluded, Receipt};
use domain::metric::Metric;
use leptos::prelude::*;

use super::conditions::value_said;
use super::num::{Params, pinned};
use crate::address;
use crate::functions::{Boot, Explained};
use crate::locale::use_lang;
use crate::text::{Lang, date, metrics, number, sentences, words};

/// A receipt in full. `params` is its query string; `on_turn` is called with the query string of the
/// next page of codes.
#[component]
pub fn ReceiptView(
    /// What names things.
    boot: Arc<Boot>,
    /// What the server answered.
    found: Explained,
    /// The question, as a query string.
    params: String,
    /// Turns to another page of codes, where not by a link.
    #[prop(optional)]
    on_turn: Option<Callback<String>>,
) -> impl IntoView {
    let lang = use_lang();
    let Explained { receipt, judged } = found;
    let asked = address::pairs(&params);
    let urged = asked.clone();
    let share = judged.map(|judged| share(lang, &asked, &receipt.at, judged));
    let next = receipt.cases.next.clone().map(|cursor| {
        let mut params: Params = asked.clone();
        params.retain(|(key, _)| key != "cursor");
        params.push(("cursor".to_owned(), cursor));
        turn(address::search(&params), words::NEXT_PAGE.to(lang), on_turn)
    });
    let excluded = receipt.excluded.iter().map(|excluded| excluded_row(lang, excluded)).collect_view();
    let shown = receipt.cases.codes.len();
    let total = receipt.cases.total;
    view! {
        <div class="receipt">
            <p class="receipt-value">
                <span class="receipt-metric">{metrics::named(&receipt.metric, lang)}</span>
                <strong class="figure">{number::value(lang, &receipt.value)}</strong>
                <span class="aside">{format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &receipt.at))}</span>
            </p>
            {share}
            <super::DirectActions params=urged/>
            <dl class="facts">
                <dt>{words::DEFINITION.to(lang)}</dt>
                <dd>{lang.of(&receipt.definition)}</dd>
                {receipt.clause.clone().map(|clause| view! { <dt>{words::CLAUSE.to(lang)}</dt><dd>{clause}</dd> })}
                {scope(lang, &boot, &receipt)}
                <dt>{words::EVENTS.to(lang)}</dt>
                <dd class="figure">{number::count(lang, i64::try_from(receipt.events).unwrap_or(i64::MAX))}</dd>
                {receipt.ranked_case.clone().map(|code| view! {
                    <dt>{words::RANKED_CASE.to(lang)}</dt>
                    <dd><a href=address::case(&code)>{code.clone()}</a></dd>
                })}
            </dl>
            <h3>{words::RECEIPT_CASES.to(lang)}</h3>
            <p class="aside">{sentences::shown_of(lang, shown, total)}</p>
            {codes(lang, &receipt.cases.codes)}
            {next}
            <h3>{words::EXCLUDED.to(lang)}</h3>
            <table class="plain">
                <tbody>
                    {excluded}
                    <tr class="whole">
                        <th scope="row">{words::WHOLE.to(lang)}</th>
                        <td class="figure">{number::count(lang, receipt.whole)}</td>
                    </tr>
                </tbody>
            </table>
            <h3>{words::DIGEST.to(lang)}</h3>
            <p class="digest">{receipt.digest.clone()}</p>
        </div>
    }
}

/// How many codes are seen at first.
const CODES_FIRST: usize = 60;

/// The codes, all but the first of them folded away.
fn codes(lang: Lang, codes: &[String]) -> impl IntoView + use<> {
    let list = |codes: &[String]| {
        let each = codes.iter().map(|code| view! { <li><a href=address::case(code)>{code.clone()}</a></li> });
        view! { <ul class="codes">{each.collect_view()}</ul> }
    };
    let (first, rest) = codes.split_at(codes.len().min(CODES_FIRST));
    let more = (!rest.is_empty()).then(|| {
        let left = number::count(lang, i64::try_from(rest.len()).unwrap_or(i64::MAX));
        let text = match lang {
            Lang::Vi => format!("Xem thêm {left} mã"),
            Lang::En => format!("{left} more codes"),
        };
        view! { <details class="codes-more"><summary class="button">{text}</summary>{list(rest)}</details> }
    });
    view! { {list(first)} {more} }
}

/// A share with both of its numbers, each by its own receipt.
fn share(lang: Lang, asked: &Params, at: &str, judged: [i64; 3]) -> impl IntoView + use<> {
    const METRICS: [Metric; 3] = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
    let whole = judged.iter().sum();
    let parts = METRICS.into_iter().zip(judged).skip(1).map(|(metric, number)| {
        let mut params = asked.clone();
        params.retain(|(key, _)| key != "metric" && key != "cursor" && key != "lang" && key != "theme");
        params.push(("metric".to_owned(), metric.name().to_owned()));
        let href = address::receipt(&pinned(&params, at));
        let name = metrics::named(metric.name(), lang).to_lowercase();
        view! { " · " {name} " " <a class="num" href=href><span class="figure">{number::count(lang, number)}</span></a> }
    });
    view! { <p class="receipt-share">{sentences::in_time_of(lang, judged[0], whole)} {parts.collect_view()}</p> }
}

fn scope(lang: Lang, boot: &Boot, receipt: &Receipt) -> Option<impl IntoView + use<>> {
    let parts: Vec<String> = receipt
        .query
        .iter()
        .filter(|(key, _)| key.as_str() != "metric")
        .map(|(key, value)| {
            let name = words::parameter(key).map_or(key.as_str(), |say| say.to(lang));
            let is_instant = date::instant(value).is_some();
            let value =
                if is_instant { date::moment(lang, value) } else { value_said(lang, boot, key, value) };
            format!("{name}: {value}")
        })
        .collect();
    (!parts.is_empty()).then(|| view! { <dt>{words::QUESTION.to(lang)}</dt><dd>{parts.join(" · ")}</dd> })
}

fn excluded_row(lang: Lang, excluded: &Excluded) -> impl IntoView + use<> {
    let reason =
        sentences::excluded(&excluded.reason).map_or(excluded.reason.clone(), |say| say.to(lang).to_owned());
    let some = excluded.codes.first().cloned();
    view! {
        <tr>
            <th scope="row">
                {reason}
                {some.map(|code| view! { " · " <a href=address::case(&code)>{code.clone()}</a> })}
            </th>
            <td class="figure">{number::count(lang, i64::try_from(excluded.count).unwrap_or(i64::MAX))}</td>
        </tr>
    }
}

fn turn(search: String, text: &'static str, on_turn: Option<Callback<String>>) -> impl IntoView {
    let href = format!("{}?{search}", address::at("/receipt"));
    match on_turn {
        Some(on_turn) => {
            view! { <button type="button" class="button" on:click=move |_| on_turn.run(search.clone())>{text}</button> }
                .into_any()
        }
        None => view! { <a class="button" href=href>{text}</a> }.into_any(),
    }
}
