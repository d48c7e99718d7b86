//! In which form an answer is wanted: `Accept`, by RFC 9110.

use axum::http::{HeaderMap, header};
use domain::problem::Problem;

/// A form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Arrow,
    GeoJson,
}

impl Form {
    /// What tables can be had as.
    pub(super) const TABLE: [Self; 3] = [Self::Json, Self::Csv, Self::Arrow];
    /// What hexagons can be had as.
    pub(super) const CELLS: [Self; 4] = [Self::Json, Self::GeoJson, Self::Csv, Self::Arrow];

    /// Its media type.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// The offered form that the caller likes best; the first offered where he does not mind.
pub(super) fn choose(headers: &HeaderMap, offered: &[Form]) -> Result<Form, Problem> {
    let texts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = texts.flat_map(|text| text.split(',')).filter_map(range).collect();
    if ranges.is_empty() {
        return offered.first().copied().ok_or_else(|| not_acceptable(offered));
    }
    let mut best: Option<(f32, Form)> = None;
    for form in offered {
        let quality = quality(&ranges, form.media_type());
        // Of equal wishes the one offered first.
        if quality > 0.0 && best.is_none_or(|(held, _)| quality > held) {
            best = Some((quality, *form));
        }
    }
    best.map(|(_, form)| form).ok_or_else(|| not_acceptable(offered))
}

/// One wish: `text/csv;q=0.5`, `text/*`, `*/*`.
struct Range<'a> {
    kind: &'a str,
    quality: f32,
}

fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().filter(|kind| !kind.is_empty())?;
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some(Range { kind, quality: quality.map_or(Some(1.0), |text| text.parse().ok()).unwrap_or(0.0) })
}

/// How much the caller wants a media type: the most exact range decides.
fn quality(ranges: &[Range<'_>], media_type: &str) -> f32 {
    let family = media_type.split('/').next().unwrap_or_default();
    let exactness = |kind: &str| {
        if kind.eq_ignore_ascii_case(media_type) {
            3
        } else if kind.strip_suffix("/*").is_some_and(|own| own.eq_ignore_ascii_case(family)) {
            2
        } else {
            u8::from(kind == "*/*")
        }
    };
    let fitting = ranges.iter().filter(|range| exactness(range.kind) > 0);
    fitting.max_by_key(|range| exactness(range.kind)).map_or(0.0, |range| range.quality)
}

fn not_acceptable(offered: &[Form]) -> Problem {
    let offered: Vec<&str> = offered.iter().map(|form| form.media_type()).collect();
    let detail = format!("Accept: this call answers as {}", offered.join(", "));
    Problem::new("not-acceptable", 406, "Not in such a form", detail).at("Accept")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, want: Option<Form>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(choose(&headers, &Form::CELLS).ok(), want, "{accept}");
    }

    #[test]
    fn the_most_exact_and_most_wanted_form_is_given() {
        check("*/*", Some(Form::Json));
        check("text/csv", Some(Form::Csv));
        check("application/geo+json, application/json;q=0.5", Some(Form::GeoJson));
        check("text/csv;q=0.1, application/vnd.apache.arrow.stream", Some(Form::Arrow));
        check("text/html, application/xhtml+xml, */*;q=0.8", Some(Form::Json));
        check("application/json;q=0, */*", Some(Form::GeoJson));
        check("text/*", Some(Form::Csv));
        check("image/png", None);
    }
}
