//! The vocabulary of the consciousness kernel and its pure, deterministic step.
//!
//! Nothing in this crate reads a clock, starts a thread, opens a file or knows
//! a device. The step uses only additions, multiplications, divisions, square
//! roots and comparisons on IEEE 754 single precision and integers. IEEE 754
//! rounds all of these exactly (IEEE 754-2019, 5.4.1), so the same inputs give
//! the same bits on every machine.
#![forbid(unsafe_code)]

mod analytical;
mod being;
mod consent;
mod crystal;
mod elp;
mod elp_lexicon;
mod embedding;
mod energy;
mod environmental;
mod experiential;
mod flux;
mod judgement;
mod loops;
mod numbers;
mod observer;
mod parameters;
mod percept;
mod sanitise;
mod state;
mod state_fields;
mod step;
mod time;

pub use being::{Being, BeingId, InvalidBeingId};
pub use consent::{Consent, Sense, UnknownSense};
pub use crystal::{CrystalDraft, CrystalKind};
pub use elp::Elp;
pub use embedding::{EMBEDDING_DIMENSIONS, Embedding};
pub use energy::{EnergyCentre, EnergyCentres};
pub use flux::FluxPosition;
pub use judgement::Judgement;
pub use loops::{LoopKind, LoopSet, Loops};
pub use parameters::{ParameterError, ParameterOutOfRange, ParameterRow, Parameters};
pub use percept::{
    ACTIVATION_SPAN, ActivationAnswer, AnswersPercept, BAND_COUNT, BandLevels, BodyPercept,
    GRID_CELLS, GRID_COLUMNS, GRID_ROWS, HearingPercept, LEVEL_RANGE, LuminanceGrid, Percept,
    RecallAnswer, SHARE_RANGE, SIMILARITY_RANGE, SightPercept, TEMPERATURE_RANGE, TOKEN_CAPACITY,
    ToldPercept,
};
pub use state::{
    AnalyticalState, Attention, Average, EnvironmentalState, ExperientialState, Observation,
    SCENE_FEATURES, SceneFeature, State, StateHash,
};
pub use state_fields::{
    FieldKind, FieldValue, STATE_FIELD_COUNT, STATE_FIELDS, StateField, StateOutOfRange,
};
pub use step::{Outputs, Question, Tick, admit, forget_refused, integrate, step, step_joined};
pub use time::{AGE_NEVER, Nanoseconds, Timestamp};
