//! What the kernel is given in one cycle: plain data of fixed size.

mod answers;
mod body;
mod hearing;
mod ranges;
mod sight;
mod told;
mod whole;

pub use answers::{ACTIVATION_SPAN, ActivationAnswer, AnswersPercept, RecallAnswer};
pub use body::BodyPercept;
pub use hearing::{BAND_COUNT, BandLevels, HearingPercept};
pub use ranges::{LEVEL_RANGE, SHARE_RANGE, SIMILARITY_RANGE, TEMPERATURE_RANGE};
pub use sight::{GRID_CELLS, GRID_COLUMNS, GRID_ROWS, LuminanceGrid, SightPercept};
pub use told::{TOKEN_CAPACITY, ToldPercept};
pub use whole::Percept;
