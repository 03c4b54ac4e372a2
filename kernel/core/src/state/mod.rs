//! The state of one being after one cycle: plain data.

mod analytical;
mod experiential;
mod observation;
mod scene;
mod whole;

pub use analytical::AnalyticalState;
pub use experiential::ExperientialState;
pub use observation::{Attention, Observation};
pub use scene::{Average, EnvironmentalState, SCENE_FEATURES, SceneFeature};
pub use whole::{State, StateHash};
