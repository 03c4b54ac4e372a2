//! The whole scene.

use super::{Body, Condition, Hearing, History, LightVehicle, Sensed, Sight};

/// The cycle's rate and timing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rate {
    /// The rate that is set, hertz.
    pub wanted_hz: Option<f32>,
    /// The rate measured over the last seconds, hertz.
    pub measured_hz: Option<f32>,
    /// Lateness of cycle starts that 99 of 100 stay below, microseconds.
    pub lateness_p99_us: Option<f32>,
    /// Cycles whose work took longer than the period.
    pub overruns: Option<u64>,
    /// Cycles that were left out.
    pub skipped: Option<u64>,
}

/// A label and how sure the model is of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised {
    /// The label.
    pub name: String,
    /// Its probability, 0 to 1.
    pub confidence: f32,
}

/// What the models make of the moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// Where models run, such as `rknn` or `cpu`; `None` when nowhere.
    pub backend: Option<String>,
    /// What is going on.
    pub situation: Option<Recognised>,
    /// How it feels to the kernel.
    pub feeling: Option<Recognised>,
}

/// What a face shows of one moment. `FaceScene::default()` knows nothing.
///
/// Numbers that are not finite are drawn as absent, shares outside of 0 to 1 at the nearer end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaceScene {
    /// The being's state; `None` before the first cycle.
    pub vehicle: Option<LightVehicle>,
    /// The cycle's rate and timing.
    pub rate: Rate,
    /// What is heard.
    pub hearing: Sensed<Hearing>,
    /// What is seen.
    pub sight: Sensed<Sight>,
    /// What is felt.
    pub body: Sensed<Body>,
    /// What the models make of it.
    pub recognition: Recognition,
    /// Moments kept.
    pub kept: Option<u64>,
    /// Beings that are running.
    pub beings: Option<u32>,
    /// What is not as it should be; `None` while that is not known.
    pub conditions: Option<Vec<Condition>>,
    /// Where a person reaches the board: an address or a link.
    pub address: Option<String>,
    /// Version of the service.
    pub version: Option<String>,
    /// Seconds since the service started.
    pub uptime_s: Option<f64>,
    /// The last sound levels, decibels relative to full scale.
    pub level_history: History,
    /// The last saliences, 0 to 1.
    pub salience_history: History,
}

impl FaceScene {
    /// What `state` alone tells; everything else is unknown. The kept moments are those of the
    /// being's life.
    #[must_use]
    pub fn of_state(state: &triune_core::State) -> Self {
        let vehicle = LightVehicle::of(state);
        Self {
            kept: vehicle.map(|_| u64::from(state.observation.kept)),
            vehicle,
            ..Self::default()
        }
    }
}
