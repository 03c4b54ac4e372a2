//! What the kernel hears, sees and feels: samples, pictures and readings go in,
//! percepts and events come out.
//!
//! Nothing here opens a device: [`Hearing`] is given samples, [`Sight`] is given
//! pictures, [`Body`] is given readings, each with the time at which it was taken.
//! After construction none of them allocates, locks or logs, so that each may
//! run on a thread with a deadline.
#![forbid(unsafe_code)]

mod body;
mod event;
mod hearing;
mod sight;

pub use body::{Body, Vitals};
pub use event::{Detail, Event, EventKind};
pub use hearing::{
    ANALYSIS_RATE_HZ, BAND_EDGES_HZ, Hearing, HearingError, HearingParameters, SoundInput,
    SoundQuality,
};
pub use sight::{Picture, PictureFormat, Sight, SightError, SightParameters};
