//! What draws: each component is a function of its properties and asks nothing.

mod bar;
mod brief;
mod case_rows;
mod chrome;
mod crumbs;
mod empties;
mod freshness;
mod mark;
mod num;
mod receipt;
mod receipt_panel;
mod search;
mod story_table;
mod tabs;

pub use bar::{Split, TimelinessBar};
pub use brief::{Brief, BriefTables};
pub use case_rows::CaseRows;
pub use chrome::Chrome;
pub use crumbs::{Crumb, Crumbs};
pub use empties::{Empty, Failed, Forbidden, Loading, Problem};
pub use freshness::{Freshness, Notice};
pub use mark::{Mark, Shape};
pub use num::{Num, Params};
pub use receipt::ReceiptView;
pub use receipt_panel::{OpenReceipt, ReceiptPanel, provide_receipt};
pub use search::Search;
pub use story_table::{Rows, Story, StoryTable, Tables};
pub use tabs::{Tab, Tabs};
