//! What an event of a case has to bring along, by a regulation: the reason of a refusal, the image of
//! a result; and the form that the codes of cases have. What lacks is kept, applied and flagged.
//!
//! Not here: limits. What a clock's stop or promise has to carry is its rule's `evidence`.

use serde::{Deserialize, Serialize};

use super::vocabulary::Condition;
use crate::city::Label;
use crate::event::Flag;

/// A duty of an event, without a clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Its id, such as `HCM-I6`: the rule that it comes from, unless it has a name of its own.
    pub id: String,
    /// Where it stands in the document.
    pub clause: String,
    /// What it asks, in a sentence that says what is missing.
    pub text: Label,
    /// The words of the events that it is about: steps and promises.
    pub on: Vec<String>,
    /// When it applies, at the event's time.
    pub when: Condition,
    /// What has to come along: of each list one.
    pub needs: Vec<Vec<String>>,
    /// The words of other events of the case that may bring it too, before or after. That such an
    /// event happened at all counts as evidence under its own word.
    pub carried_by: Vec<String>,
    /// How often the event may happen; none is "as often as it does".
    pub at_most: Option<u32>,
    /// How it is listed where it is not met.
    pub flag: Flag,
}

/// The flags that a requirement may raise.
pub const FLAGS: [Flag; 8] = [
    Flag::RefusedWithoutReason,
    Flag::RefusedWithoutGuidance,
    Flag::ReturnedWithoutReason,
    Flag::ReturnedWithoutVerification,
    Flag::ResultWithoutEvidence,
    Flag::ProgressWithoutEvidence,
    Flag::AskedTooOften,
    Flag::RequirementUnmet,
];

impl Requirement {
    /// What is asked for and did not come: each as the file has it, alternatives joined by `||`.
    #[must_use]
    pub fn missing(&self, came: &[&str]) -> Vec<String> {
        let lacks =
            |any_of: &&Vec<String>| !any_of.iter().any(|wanted| came.iter().any(|name| is_met(wanted, name)));
        self.needs.iter().filter(lacks).map(|any_of| any_of.join(" || ")).collect()
    }
}

/// Whether what came is what was asked for. A name that ends in `_image` says what the image shows,
/// which sources seldom do: any image meets it.
#[must_use]
pub fn is_met(wanted: &str, came: &str) -> bool {
    wanted == came || (came == "image" && wanted.ends_with("_image"))
}

/// The form of a code: `X` is a digit or a capital letter, `A` a capital letter, `9` a digit,
/// `YYMMDD` a day of the calendar; what else stands in it stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeForm {
    /// Where it stands in the document.
    pub clause: String,
    /// As the file has it.
    pub form: String,
}

/// A day in a form: two digits each of year, month and day.
const DAY: &str = "YYMMDD";

impl CodeForm {
    /// Whether a code has this form.
    #[must_use]
    pub fn fits(&self, code: &str) -> bool {
        let (mut form, mut code) = (self.form.as_str(), code);
        while let Some(sign) = form.chars().next() {
            if let Some(rest) = form.strip_prefix(DAY) {
                let Some((day, after)) = code.split_at_checked(DAY.len()) else { return false };
                if !is_day(day) {
                    return false;
                }
                (form, code) = (rest, after);
                continue;
            }
            let Some(letter) = code.chars().next() else { return false };
            let fits = match sign {
                'X' => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
                'A' => letter.is_ascii_uppercase(),
                '9' => letter.is_ascii_digit(),
                plain => letter == plain,
            };
            if !fits {
                return false;
            }
            (form, code) = (&form[sign.len_utf8()..], &code[letter.len_utf8()..]);
        }
        code.is_empty()
    }
}

/// Whether six digits are a day of this century.
fn is_day(digits: &str) -> bool {
    let two = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let (Some(year), Some(month), Some(day)) = (two(0), two(2), two(4)) else { return false };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && jiff::civil::Date::new(2000 + i16::from(year), month, day).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, fits: bool) {
        let form = CodeForm { clause: String::new(), form: "XXX.XX.XX.AXX-YYMMDD-9999".to_owned() };
        assert_eq!(form.fits(code), fits, "{code}");
    }

    #[test]
    fn a_code_has_the_form_sign_by_sign_and_its_day_is_in_the_calendar() {
        check("000.00.04.H29-240314-0001", true);
        check("A1B.2C.3D.G22-240229-9999", true);
        check("000.00.04.H29-240314-001", false);
        check("000.00.04.H29-240314-00011", false);
        check("000.00.04.129-240314-0001", false);
        check("000.00.04.h29-240314-0001", false);
        check("000.00.04.H29-230229-0001", false);
        check("000.00.04.H29-2403", false);
        check("000.00.04.H29-+40314-0001", false);
        check("000.00.04.H29-24031đ-0001", false);
        check("", false);
    }
}
