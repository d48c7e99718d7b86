//! `lists/*.csv`: criteria, the scale of satisfaction, and facts about procedures.

use std::collections::BTreeSet;
use std::path::Path;

use domain::city::{City, Entry, Label};
use domain::dimension::Dimension;
use domain::lists::{Criterion, LimitBasis, Lists, ProcedureFacts, SatisfactionLevel};

use super::CityError;
use super::catalogue::check_parents;
use super::table::{Row, Table};

const CRITERIA: [&str; 7] =
    ["code", "name_vi", "name_en", "order", "valid_from", "valid_to", "comparable_with"];
const SATISFACTION: [&str; 5] = ["code", "name_vi", "name_en", "score", "counts_as_satisfied"];
const PROCEDURES: [&str; 4] = ["procedure", "field", "limit_working_days", "limit_basis"];

/// Reads the lists of a folder; one that is not there stays empty.
pub(super) fn read_all(folder: &Path, city: &mut City) -> Result<(), CityError> {
    let lists = folder.join("lists");
    let read = Lists {
        criteria: criteria(&lists.join("criterion.csv"))?,
        satisfaction: satisfaction(&lists.join("satisfaction.csv"))?,
        procedures: procedures(&lists.join("procedure.csv"), city)?,
    };
    if !read.criteria.is_empty() {
        let tree = city.catalogue.trees.entry(Dimension::Criterion.name().to_owned()).or_default();
        tree.entries = read.criteria.iter().map(entry).collect();
        tree.open = false;
    }
    city.lists = read.into();
    Ok(())
}

/// A criterion as a code of its dimension. It lies under the one whose series it goes on with, so that
/// `criterion:1` is the whole series.
fn entry(criterion: &Criterion) -> (String, Entry) {
    let entry = Entry {
        label: criterion.label.clone(),
        parent: criterion.comparable_with.clone(),
        valid_from: criterion.valid_from.map(|day| day.to_string()),
        valid_to: criterion.valid_to.map(|day| day.to_string()),
        centre: None,
    };
    (criterion.code.clone(), entry)
}

fn table<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Option<Table<N>>, CityError> {
    if !path.exists() {
        return Ok(None);
    }
    let table = Table::read(path, columns)?;
    let mut codes = BTreeSet::new();
    for Row { line, cells } in &table.rows {
        if cells[0].is_empty() || !codes.insert(&cells[0]) {
            let message = format!("the code {:?} is empty or stands here a second time", cells[0]);
            return Err(table.fault(*line, message));
        }
    }
    Ok(Some(table))
}

fn criteria(path: &Path) -> Result<Vec<Criterion>, CityError> {
    let Some(table) = table(path, CRITERIA)? else { return Ok(Vec::new()) };
    let mut criteria = Vec::new();
    for Row { line, cells } in &table.rows {
        let [code, vi, en, order, from, to, before] = cells;
        if !before.is_empty() && !table.rows.iter().any(|row| row.cells[0] == *before) {
            let message = format!("comparable_with {before:?} has no line");
            return Err(table.fault(*line, message));
        }
        criteria.push(Criterion {
            code: code.clone(),
            label: label(&table, *line, vi, en)?,
            order: number(&table, *line, "order", order)?,
            valid_from: table.day(*line, from)?,
            valid_to: table.day(*line, to)?,
            comparable_with: (!before.is_empty()).then(|| before.clone()),
        });
    }
    check_parents(&criteria.iter().map(entry).collect()).map_err(|(code, _)| {
        let line = table.rows.iter().find(|row| row.cells[0] == code).map_or(1, |row| row.line);
        table.fault(line, format!("comparable_with of {code:?} runs in a ring"))
    })?;
    criteria.sort_by_key(|criterion| criterion.order);
    Ok(criteria)
}

fn satisfaction(path: &Path) -> Result<Vec<SatisfactionLevel>, CityError> {
    let Some(table) = table(path, SATISFACTION)? else { return Ok(Vec::new()) };
    let mut levels = Vec::new();
    for Row { line, cells } in &table.rows {
        let [code, vi, en, score, counts] = cells;
        levels.push(SatisfactionLevel {
            code: code.clone(),
            label: label(&table, *line, vi, en)?,
            score_milli: i64::from(number(&table, *line, "score", score)?) * 1000,
            counts_as_satisfied: table.word(*line, counts, &[("yes", true), ("no", false)])?,
        });
    }
    levels.sort_by_key(|level| level.score_milli);
    Ok(levels)
}

fn procedures(path: &Path, city: &City) -> Result<Vec<ProcedureFacts>, CityError> {
    let Some(table) = table(path, PROCEDURES)? else { return Ok(Vec::new()) };
    let bases = [("assumed", LimitBasis::Assumed), ("announced", LimitBasis::Announced)];
    let mut procedures = Vec::new();
    for Row { line, cells } in &table.rows {
        let [code, field, days, basis] = cells;
        for (dimension, code) in [(Dimension::Procedure, code), (Dimension::Field, field)] {
            if !city.catalogue.knows(dimension, code) {
                let message = format!("catalogue/{}.csv has no {code:?}", dimension.name());
                return Err(table.fault(*line, message));
            }
        }
        procedures.push(ProcedureFacts {
            code: code.clone(),
            field: field.clone(),
            limit_working_days: number(&table, *line, "limit_working_days", days)?,
            limit_basis: table.word(*line, basis, &bases)?,
        });
    }
    Ok(procedures)
}

fn label<const N: usize>(table: &Table<N>, line: usize, vi: &str, en: &str) -> Result<Label, CityError> {
    if vi.is_empty() || en.is_empty() {
        return Err(table.fault(line, "name_vi and name_en must both be there".to_owned()));
    }
    Ok(Label { vi: vi.to_owned(), en: en.to_owned() })
}

fn number<const N: usize>(table: &Table<N>, line: usize, name: &str, text: &str) -> Result<u32, CityError> {
    let read = text.parse().ok().filter(|number: &u32| *number > 0);
    read.ok_or_else(|| table.fault(line, format!("{name} must be a whole number from 1, not {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_refused, shipped};
    use super::*;

    const CITY: (&str, &str) = ("city.toml", "[city]\ncode = \"x\"\nzone = \"UTC\"\n");

    #[test]
    fn both_cities_ask_nine_criteria_and_know_what_counts_as_satisfied() {
        for city in ["hcmc", "haiphong"] {
            let city = super::super::load(&shipped(city)).unwrap().city;
            assert_eq!(city.lists.criteria_on("2025-10-10".parse().unwrap()).count(), 9);
            let counts = |score| city.lists.level(score).map(|level| level.counts_as_satisfied);
            assert_eq!([1000, 2000, 3000].map(counts), [Some(false), Some(true), Some(true)]);
            assert!(city.catalogue.knows(Dimension::Criterion, "C9"));
            assert!(!city.catalogue.knows(Dimension::Criterion, "C10"));
            assert!(city.catalogue.knows(Dimension::RatingChannel, "kiosk"));
            let birth = city.lists.procedure("khai_sinh").unwrap();
            assert_eq!((birth.field.as_str(), birth.limit_working_days), ("thu_tuc.ho_tich", 1));
            let listed = city.catalogue.trees["procedure"].entries.len();
            assert_eq!(city.lists.procedures.len(), listed);
        }
    }

    #[test]
    fn what_is_wrong_with_a_list_is_said_with_its_line() {
        let criterion = |row: &'static str| {
            format!("code,name_vi,name_en,order,valid_from,valid_to,comparable_with\nC1,a,b,1,,,\n{row}\n")
        };
        let check = |name: &str, text: &str, want: &str| check_refused(&[CITY, (name, text)], want);
        check(
            "lists/criterion.csv",
            &criterion("C1,a,b,2,,,"),
            "criterion.csv:3:1: the code \"C1\" is empty or stands here a second time",
        );
        check(
            "lists/criterion.csv",
            &criterion("C2,a,b,2,,,C9"),
            "criterion.csv:3:1: comparable_with \"C9\" has no line",
        );
        check(
            "lists/criterion.csv",
            &criterion("C2,a,b,2,,,C2"),
            "criterion.csv:3:1: comparable_with of \"C2\" runs in a ring",
        );
        check(
            "lists/criterion.csv",
            &criterion("C2,a,b,0,,,"),
            "criterion.csv:3:1: order must be a whole number from 1, not \"0\"",
        );
        check(
            "lists/criterion.csv",
            &criterion("C2,a,b,2,01/07/2025,,"),
            "criterion.csv:3:1: \"01/07/2025\" is no day; write one such as 2025-07-01",
        );
        check(
            "lists/satisfaction.csv",
            "code,name_vi,name_en,score,counts_as_satisfied\nok,a,b,1,perhaps\n",
            "satisfaction.csv:2:1: \"perhaps\" is none of yes, no",
        );
        let files = [
            CITY,
            ("catalogue/procedure.csv", "code\np\n"),
            ("lists/procedure.csv", "procedure,field,limit_working_days,limit_basis\nq,f,3,assumed\n"),
        ];
        check_refused(&files, "procedure.csv:2:1: catalogue/procedure.csv has no \"q\"");
    }
}
