//! Wear: what is handed to the disk in a day, and how the writer keeps within a budget.
//!
//! Flash is used up by writing. Every store counts what it hands to the disk in whole pages of 4096
//! bytes, since a disk writes no less for one changed byte; a file that is set aside in advance is
//! counted when it is created. The file system's own writing (journal, names) is not in the figure.
//!
//! The budget for a day is let out along a line from a quarter at midnight (UTC) to the whole at the
//! next. As spending nears the line, the writer first waits longer for moments to share a flush and
//! writes the essence less often; then it withholds moments, the least salient first; at the line it
//! writes nothing that nobody asked for. The last eighth of the budget is the essence's alone. So a
//! day costs the budget, one new segment and the flush under way at most, and what is asked for
//! expressly: a sync, a new consent, closing.

mod medium;
mod meter;
mod pace;

pub use medium::Medium;
pub use meter::{Wear, WearDay, WearSource};
pub use pace::Pace;

pub(crate) use pace::Withholding;
