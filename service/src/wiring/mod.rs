//! The parts of the service and how they are joined.
//!
//! ```text
//! hearing, sight, body threads ─latest value─▶ Percepts ─▶ engine ─▶ Outlets ─ring─▶ memory,
//! told words ─ring──────────────────────────────┘   cycle thread      recorder, steward, recall
//! ```

mod activation;
mod awakening;
mod board_id;
mod body;
mod crystal_view;
mod cycle;
mod desk;
mod display;
mod event_log;
mod face;
mod facts;
mod hearing;
mod household;
mod hub;
mod latest;
mod outlets;
mod percepts;
mod port;
mod process;
mod recall;
mod recorder;
mod rhythm;
mod running;
mod scene;
mod sense_threads;
mod sight;
mod steward;
mod stop;
mod supervisor;
mod watchdog;

pub use recorder::RecordingOutcome;
pub use running::{Ending, Running, StartError};
pub(crate) use sight::picture;

pub use stop::Stop;
