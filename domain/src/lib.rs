//! The core of Toàn Cảnh: what a case is, what events do to it, and what a number means.
//!
//! Nothing here reads a clock, a file or a socket, and nothing is random: time, order and chance
//! come in as arguments, so that replay, time travel and a second server reach the same state.
//! polars, tokio and the web belong to `engine`, `server` and `app`. The crate compiles to wasm.
//!
//! | Vietnamese | here | meaning |
//! |---|---|---|
//! | sự kiện | [`Event`](event::Event) | what a source said happened |
//! | vụ việc | [`Case`](case::Case) | a report or a dossier: the thing with a life cycle and clocks |
//! | đơn vị | agency | a unit in the tree of handling units |
//! | địa bàn | [`Places`](place::Places) (district, ward) | the administrative areas, as they were and are |
//! | lĩnh vực | field | what the case is about |
//! | kênh | channel | how it came in |
//! | quy chế, điều khoản | [`RuleSet`](regulation::RuleSet), [`Rule`](regulation::Rule) | what the law asks, as data |
//! | lịch làm việc | [`Calendar`](calendar::Calendar) | when people work |
//! | chỉ đạo, đôn đốc | [`Directive`](directive::Directive) | what leadership asks of an agency, and its answer |
//! | bàn làm việc | [`desk`] | what waits on a unit's or the City Office's desk |
//! | ca trực | [`Duty`](shift::Duty) | one person's time in the operations centre, from coming to handing over |
//! | báo động | [`Alarm`](alarm::Alarm) | what needs a person now, with its evidence |
//! | màn hình, người điều khiển | [`Screen`](screen::Screen), director | a device that the city knows; who says what walls show |
//! | thời hạn | [`RuleClock`](clock::rules::RuleClock) | a rule's limit, running on a case |
//! | trong hạn / sắp trễ hạn / quá hạn | [`Timeliness`](clock::Timeliness) | where a case stands in its limit |

pub mod alarm;
pub mod answer;
pub mod calendar;
pub mod case;
pub mod city;
pub mod clock;
pub mod contact;
pub mod desk;
pub mod dimension;
pub mod directive;
pub mod document;
pub mod event;
pub mod fold;
pub mod geo;
pub mod intake;
pub mod lists;
pub mod metric;
pub mod packed;
pub mod place;
pub mod problem;
pub mod public;
pub mod query;
pub mod regulation;
pub mod scene;
pub mod screen;
pub mod shift;
pub mod simulated;
pub mod state;
pub mod symbol;
pub mod time;
pub mod value;
pub mod wire;

pub use time::{Seq, Timestamp};
pub use value::Value;
