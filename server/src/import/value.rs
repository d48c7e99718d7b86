//! The value of an expression in one row.

use domain::Timestamp;
use domain::city::{City, Placeholder};
use domain::geo::LatLng;
use serde_json::{Map, Value as Json, json};

use super::instant;
use super::mapping::{Expression, Mapping, Order, Otherwise, Text, Values, When};
use super::row::Row;

/// One row under one mapping.
pub(super) struct Evaluation<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) city: &'a City,
    pub(super) row: &'a Row<'a>,
}

type Evaluated<T> = Result<Option<T>, String>;

impl Evaluation<'_> {
    /// The value; none where the row has nothing for it.
    ///
    /// # Errors
    /// Names the column and what is wrong there.
    pub(super) fn value(&self, expression: &Expression) -> Evaluated<Json> {
        Ok(match expression {
            Expression::Constant(value) => Some(value.clone()),
            Expression::Text(text) => self.text(text)?.map(Json::String),
            Expression::Time(when) => {
                self.instant(when)?.map(|at| Json::String(at.to_rfc3339(&self.city.zone)))
            }
            Expression::Number(column) => self.number(*column)?.map(|number| json!(number)),
            Expression::Whole(column) => self.whole(*column)?.map(|number| json!(number)),
            Expression::Truth(column) => self.truth(*column)?.map(Json::Bool),
            Expression::Point { lat, lng } => self.point(*lat, *lng)?,
            Expression::PointText(column, order) => self.point_text(*column, *order)?,
            Expression::First(list) => return self.first(list),
            Expression::Object(members) => {
                let object = self.object(members)?;
                Some(object).filter(|object| !object.is_empty()).map(Json::Object)
            }
            Expression::Lenient(inner) => self.value(inner).unwrap_or(None),
        })
    }

    /// The members that the row has.
    pub(super) fn object(&self, members: &[(String, Expression)]) -> Result<Map<String, Json>, String> {
        let mut object = Map::new();
        for (name, expression) in members {
            if let Some(value) = self.value(expression)? {
                object.insert(name.clone(), value);
            }
        }
        Ok(object)
    }

    /// The instant of an expression that is a time, or the first of several.
    pub(super) fn time(&self, expression: &Expression) -> Evaluated<Timestamp> {
        match expression {
            Expression::Time(when) => self.instant(when),
            Expression::Lenient(inner) => Ok(self.time(inner).unwrap_or(None)),
            Expression::First(list) => {
                for expression in list {
                    if let Some(at) = self.time(expression)? {
                        return Ok(Some(at));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The texts of columns, joined; none as soon as one of them is empty.
    pub(super) fn key(&self, columns: &[usize]) -> Result<String, String> {
        let mut parts = Vec::with_capacity(columns.len());
        for column in columns {
            let part =
                self.row.get(*column).ok_or_else(|| self.says(*column, "is empty and names the row"))?;
            parts.push(part);
        }
        Ok(parts.join(&self.mapping.key_join))
    }

    fn first(&self, list: &[Expression]) -> Evaluated<Json> {
        for expression in list {
            if let Some(value) = self.value(expression)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn text(&self, text: &Text) -> Evaluated<String> {
        let parts: Vec<&str> = text.columns.iter().map_while(|column| self.row.get(*column)).collect();
        if parts.is_empty() {
            return Ok(text.default.clone());
        }
        let value = parts.join(&text.join);
        let Some(table) = &text.table else { return Ok(Some(value)) };
        match table.get(&value) {
            Some(code) if code.is_empty() => Ok(text.default.clone()),
            Some(code) => Ok(Some(code.clone())),
            None if text.otherwise == Otherwise::Keep => Ok(Some(value)),
            None if text.otherwise == Otherwise::Empty => Ok(text.default.clone()),
            None => Err(self.says(text.columns[0], "has a value that its table does not have")),
        }
    }

    fn instant(&self, when: &When) -> Evaluated<Timestamp> {
        let parts: Vec<&str> = when.columns.iter().filter_map(|column| self.row.get(*column)).collect();
        // A time of day without its date is no time.
        if parts.is_empty() || self.row.get(when.columns[0]).is_none() {
            return Ok(None);
        }
        let text = parts.join(" ");
        instant::read(&text, &self.mapping.time, when, &self.city.zone)
            .map(Some)
            .map_err(|why| self.says(when.columns[0], &why))
    }

    fn number(&self, column: usize) -> Evaluated<f64> {
        let Some(text) = self.row.get(column) else { return Ok(None) };
        parse_number(text, &self.mapping.values).map(Some).ok_or_else(|| self.says(column, "is no number"))
    }

    fn whole(&self, column: usize) -> Evaluated<i64> {
        let Some(number) = self.number(column)? else { return Ok(None) };
        // Beyond 2^53 a number of a file may have lost digits on its way.
        if number.fract() != 0.0 || number.abs() > 9_007_199_254_740_992.0 {
            return Err(self.says(column, "is no whole number"));
        }
        #[allow(clippy::cast_possible_truncation)] // Bounded above.
        Ok(Some(number as i64))
    }

    fn truth(&self, column: usize) -> Evaluated<bool> {
        let Some(text) = self.row.get(column) else { return Ok(None) };
        let lower = text.to_lowercase();
        let values = &self.mapping.values;
        match (values.yes.contains(&lower), values.no.contains(&lower)) {
            (true, _) => Ok(Some(true)),
            (_, true) => Ok(Some(false)),
            _ => Err(self.says(column, "is neither yes nor no")),
        }
    }

    /// A point needs both of its numbers; with one of them the row has none.
    fn point(&self, lat: usize, lng: usize) -> Evaluated<Json> {
        Ok(match (self.number(lat)?, self.number(lng)?) {
            (Some(lat), Some(lng)) => self.placed(LatLng { lat, lng }),
            _ => None,
        })
    }

    fn point_text(&self, column: usize, order: Order) -> Evaluated<Json> {
        let Some(text) = self.row.get(column) else { return Ok(None) };
        let (first, second) =
            two_numbers(text).ok_or_else(|| self.says(column, "does not hold two numbers"))?;
        let (lat, lng) = if order == Order::LatLng { (first, second) } else { (second, first) };
        Ok(self.placed(LatLng { lat, lng }))
    }

    /// The point as an event has it, unless the mapping says that it stands for none.
    fn placed(&self, point: LatLng) -> Option<Json> {
        let stands_for_none = self.mapping.placeholders.iter().any(|known| is_at(known, point));
        (!stands_for_none).then(|| json!({ "lat": point.lat, "lng": point.lng }))
    }

    fn says(&self, column: usize, what: &str) -> String {
        format!("{:?} {what}", self.mapping.columns.names[column])
    }
}

fn is_at(known: &Placeholder, point: LatLng) -> bool {
    (known.point.lat - point.lat).abs() <= known.tolerance_deg
        && (known.point.lng - point.lng).abs() <= known.tolerance_deg
}

fn parse_number(text: &str, values: &Values) -> Option<f64> {
    let is_blank = |c: char| c == ' ' || c == '\u{a0}' || c == '\u{202f}';
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if Some(char) == values.thousands || (values.thousands.is_some() && is_blank(char)) {
            continue;
        }
        plain.push(if char == values.decimal {
            '.'
        } else if char == '.' {
            return None;
        } else {
            char
        });
    }
    // Rust also reads "inf" and "nan", which are no numbers of a file.
    let digits = plain.bytes().any(|byte| byte.is_ascii_digit());
    plain.parse::<f64>().ok().filter(|number| digits && number.is_finite())
}

/// The two numbers of `(41.88, -87.62)` or `POINT (-87.62 41.88)`.
fn two_numbers(text: &str) -> Option<(f64, f64)> {
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let mut numbers = text
        .split(|c: char| !in_number(c))
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_digit()))
        .map(|part| part.parse::<f64>().ok().filter(|number| number.is_finite()));
    let pair = (numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(pair)
}
