//! What the service says of itself: the JSON of `/v1/status`, and its plain form for people.

mod cycle;
mod paint;
mod parts;
mod render;
mod senses;
mod text;
mod whole;

pub use cycle::{Cost, Cycle, Lateness, RealTime, RealTimeAsked, Stall};
pub use paint::Paint;
pub use parts::{
    Display, Gpu, Memory, Npu, NpuLane, NpuModel, NpuQueue, NpuRefused, PartState, Process,
    Recording,
};
pub use render::render;
pub use senses::{Body, Hearing, Sense, SenseState, Senses, Sight};
pub use whole::{Degradation, Status};
