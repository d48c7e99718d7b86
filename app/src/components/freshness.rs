//! How fresh the numbers are: the moment they stand at, each source, the connection; and what the
//! data are, where they are not the city's own present.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::city::Label;
use domain::simulated::Simulated;
use domain::wire::{Beat, SourceBeat};
use leptos::prelude::*;

use super::mark::Shape;
use crate::functions::Boot;
use crate::live::{Link, use_live};
use crate::locale::use_lang;
use crate::text::{Lang, Say, date, number, sentences, words};

/// The moment, the sources and the connection, in one line.
#[component]
pub fn Freshness(
    /// What came with the page.
    boot: Arc<Boot>,
    /// Whether the sources are left out: to whoever sits in a lobby they say nothing.
    #[prop(optional)]
    is_short: bool,
) -> impl IntoView {
    let (lang, live) = (use_lang(), use_live());
    let beat = live.beat(&boot);
    let (link, origin) = (live.link(), live.origin());
    let clock = Memo::new(move |_| beat.with(|beat| date::time(&beat.at).to_owned()));
    let day = Memo::new(move |_| {
        beat.with(|beat| date::day(&beat.at).map(|day| date::date(lang, day)).unwrap_or_default())
    });
    let sources = Memo::new(move |_| beat.with(source_lines));
    let labels = boot.city.sources.clone();
    let name = move |source: &str| source_label(lang, &labels, source);
    let link_class = move || format!("link {}", link_class(link.get()));
    let link_text = move || match link.get() {
        Link::Stale => sentences::stale(lang, &number::rough(lang, live.age_secs().get() * 1_000_000)),
        link => link_word(link).to(lang).to_owned(),
    };
    view! {
        <div class="freshness">
            <span class="at">
                <span class="unseen">{words::AS_OF.to(lang)} " "</span>
                <time><span class="clock">{clock}</span> " " <span class="day">{day}</span></time>
            </span>
            {(!is_short).then(|| view! {
                <ul class="sources" aria-label=words::SOURCES.to(lang)>
                    <For each=move || sources.get() key=|line| line.source.clone() let(line)>
                        <SourceState name=name(&line.source) source=line.source lines=sources/>
                    </For>
                </ul>
            })}
            <span class=link_class role="status">{link_text}</span>
            <Show when=move || origin.with(|origin| !origin.is_empty())>
                <span class="elsewhere" title=move || origin.get()>{words::ELSEWHERE.to(lang)}</span>
            </Show>
        </div>
    }
}

/// What every screen says of its data: a replay, a simulation.
#[component]
pub fn Notice(
    /// What came with the page.
    boot: Arc<Boot>,
) -> impl IntoView {
    let (lang, live) = (use_lang(), use_live());
    let beat = live.beat(&boot);
    let said = boot.city.notice.as_ref().map(|notice| lang.of(notice));
    let text = Memo::new(move |_| beat.with(|beat| notice_text(lang, said.as_deref(), beat)));
    view! {
        <Show when=move || text.with(|text| !text.is_empty())>
            <p class="notice" role="note">{text}</p>
        </Show>
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SourceLine {
    source: String,
    state: String,
    lag_micros: Option<i64>,
}

#[component]
fn SourceState(source: String, name: String, lines: Memo<Vec<SourceLine>>) -> impl IntoView {
    let lang = use_lang();
    let line =
        Memo::new(move |_| lines.with(|lines| lines.iter().find(|line| line.source == source).cloned()));
    let shape = move || line.with(|line| line.as_ref().map_or(Shape::None, |line| Shape::of(&line.state)));
    let text =
        move || line.with(|line| line.as_ref().map_or_else(String::new, |line| state_text(lang, line)));
    view! {
        <li class=move || format!("source {}", shape().class())>
            <span class="source-name">{name}</span>
            <span class="sign" aria-hidden="true">{move || shape().sign()}</span>
            <span class="source-state">{text}</span>
        </li>
    }
}

/// What a source is called in a line of many, by the city's own word where it has one: that its data are
/// made up stands in the notice.
fn source_label(lang: Lang, labels: &BTreeMap<String, Label>, source: &str) -> String {
    let name = Simulated::of(source).map_or(source, |simulated| simulated.kind);
    labels.get(name).map_or_else(|| name.to_owned(), |label| lang.of(label))
}

fn source_lines(beat: &Beat) -> Vec<SourceLine> {
    let line = |source: &SourceBeat| SourceLine {
        source: source.source.clone(),
        state: source.state.clone(),
        lag_micros: source.watermark.as_deref().and_then(|mark| date::micros_between(mark, &beat.at)),
    };
    beat.sources.iter().map(line).collect()
}

/// A lag below this is none for a source that is late.
const MINUTE_MICROS: i64 = 60_000_000;

fn state_text(lang: Lang, line: &SourceLine) -> String {
    let word = match line.state.as_str() {
        "live" => words::SOURCE_LIVE,
        "late" => words::SOURCE_LATE,
        "silent" => words::SOURCE_SILENT,
        "closed" => words::SOURCE_CLOSED,
        _ => words::SOURCE_UNKNOWN,
    };
    match (line.state.as_str(), line.lag_micros) {
        ("live", Some(lag)) => number::rough(lang, lag),
        // On a clock that stands still the lag is nothing, however long the source has said nothing.
        (_, Some(lag)) if lag >= MINUTE_MICROS => format!("{} {}", word.to(lang), number::rough(lang, lag)),
        (_, _) => word.to(lang).to_owned(),
    }
}

fn notice_text(lang: Lang, said: Option<&str>, beat: &Beat) -> String {
    let is_real = beat.clock == "system";
    let clock = match beat.clock.as_str() {
        "set" => date::day(&beat.at).map(|day| clock_set(lang, &date::date(lang, day))),
        clock => sentences::clock(clock).map(|say| say.to(lang).to_owned()),
    };
    let is_fast = !is_real && beat.speed > 0.0 && (beat.speed - 1.0).abs() > f64::EPSILON;
    let speed = is_fast.then(|| sentences::speed(lang, beat.speed));
    // The city's own notice may say the clock and its speed already.
    let is_news = |words: &[String], word: &String| {
        !words.iter().any(|said| said.to_lowercase().contains(&word.to_lowercase()))
    };
    let mut words: Vec<String> = said.map(str::to_owned).into_iter().collect();
    for word in simulated(lang, &beat.sources).into_iter().chain(clock).chain(speed) {
        if is_news(&words, &word) {
            words.push(word);
        }
    }
    words.join(" · ")
}

/// That data are made up, and what of them stands for more or for less than itself: by the names of the
/// sources, which no way into the log loses.
fn simulated(lang: Lang, sources: &[SourceBeat]) -> Vec<String> {
    let found: Vec<Simulated<'_>> =
        sources.iter().filter_map(|source| Simulated::of(&source.source)).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let scaled = found.iter().filter(|source| (source.scale - 1.0).abs() > f64::EPSILON);
    std::iter::once(words::SIMULATED.to(lang).to_owned())
        .chain(scaled.map(|source| sentences::scaled(lang, source.kind, source.scale)))
        .collect()
}

/// Said where somebody has set the city's clock.
fn clock_set(lang: Lang, day: &str) -> String {
    match lang {
        Lang::Vi => format!("Đồng hồ của thành phố đặt ở {day}"),
        Lang::En => format!("The city's clock is set to {day}"),
    }
}

const fn link_word(link: Link) -> Say {
    match link {
        Link::Connecting => words::LINK_CONNECTING,
        Link::Live => words::LINK_LIVE,
        Link::Reconnecting => words::LINK_RECONNECTING,
        Link::Stale => words::LINK_STALE,
    }
}

const fn link_class(link: Link) -> &'static str {
    match link {
        Link::Connecting => "connecting",
        Link::Live => "live",
        Link::Reconnecting => "reconnecting",
        Link::Stale => "stale",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(clock: &str, speed: f64, said: Option<&str>, want: &str) {
        assert_eq!(notice_text(Lang::Vi, said, &beat(clock, speed, &[])), want);
    }

    fn beat(clock: &str, speed: f64, sources: &[&str]) -> Beat {
        let at = "2015-10-05T12:00:00-04:00".to_owned();
        let sources = sources.iter().map(|source| SourceBeat {
            source: (*source).to_owned(),
            watermark: None,
            state: "live".to_owned(),
        });
        let sources = sources.collect();
        Beat { seq: domain::Seq::default(), at, clock: clock.to_owned(), speed, sources, scenes: 0 }
    }

    #[track_caller]
    fn check_simulated(lang: Lang, clock: &str, speed: f64, sources: &[&str], want: &str) {
        assert_eq!(notice_text(lang, None, &beat(clock, speed, sources)), want);
    }

    #[test]
    fn simulated_data_say_so_and_how_many_of_them_there_are_on_any_clock() {
        let sources = ["simulated/1022", "simulated/one-stop/x0.01"];
        check_simulated(
            Lang::Vi,
            "simulated",
            60.0,
            &sources,
            "Dữ liệu mô phỏng · hồ sơ một cửa: 1 trong 100 · nhanh gấp 60 lần",
        );
        check_simulated(Lang::En, "system", 1.0, &sources, "Simulated data · one-stop dossiers: 1 in 100");
        check_simulated(Lang::En, "system", 1.0, &["simulated/1022/x2.5"], "Simulated data · reports: ×2.5");
        check_simulated(Lang::En, "system", 1.0, &["boston-311"], "");
        check_simulated(Lang::Vi, "simulated", 1.0, &[], "Dữ liệu mô phỏng");
    }

    #[test]
    fn a_clock_that_is_not_the_present_says_so() {
        check("system", 1.0, None, "");
        check("set", 1.0, None, "Đồng hồ của thành phố đặt ở 05/10/2015");
        check("set", 600.0, None, "Đồng hồ của thành phố đặt ở 05/10/2015 · nhanh gấp 600 lần");
        check("still", 0.0, None, "Đồng hồ đứng yên");
        check("replay", 1.0, Some("Phát lại dữ liệu mở"), "Phát lại dữ liệu mở");
        check("set", 1.0, Some("Dữ liệu mở"), "Dữ liệu mở · Đồng hồ của thành phố đặt ở 05/10/2015");
    }
}
