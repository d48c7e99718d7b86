//! What draws: each component is a function of its properties and asks nothing.

mod bar;
mod brief;
mod case_rows;
mod chrome;
mod clocks;
mod conditions;
mod crumbs;
mod day_table;
mod empties;
mod freshness;
mod longest;
mod mark;
mod newest;
mod num;
mod receipt;
mod receipt_panel;
mod search;
mod story;
mod story_table;
mod tabs;

pub use bar::TimelinessBar;
pub use brief::{Brief, BriefTables};
pub use case_rows::CaseRows;
pub(crate) use case_rows::{named, own_title, title as case_title};
pub use chrome::Chrome;
pub use clocks::Clocks;
pub use conditions::Conditions;
pub use crumbs::{Crumb, Crumbs};
pub use day_table::{DAY_METRICS, DayTable};
pub(crate) use empties::is_silent;
pub use empties::{Empty, Failed, Forbidden, Loading, NoSource, Problem};
pub use freshness::{Freshness, Notice};
pub use longest::Longest;
pub use mark::{Mark, Shape};
pub use newest::Newest;
pub(crate) use num::pinned;
pub use num::{Num, Params};
pub use receipt::ReceiptView;
pub(crate) use receipt_panel::use_receipt;
pub use receipt_panel::{OpenReceipt, ReceiptPanel, provide_receipt};
pub use search::Search;
pub use story::Story;
#[cfg(feature = "ssr")]
pub(crate) use story::in_city_time;
pub use story_table::{ByCode, RowStory, Rows, StoryTable, Tables};
pub use tabs::{Tab, Tabs};
