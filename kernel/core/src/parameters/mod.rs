//! How the loops are tuned: every constant that a person may change, with unit and range.

#[macro_use]
mod table;
mod error;
mod list;
mod row;

pub use error::{ParameterError, ParameterOutOfRange};
pub use list::Parameters;
pub use row::ParameterRow;
