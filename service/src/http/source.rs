//! What the server asks of the running service.

use super::models::ModelsView;
use super::state_view::StateView;
use crate::kernel_api::{ConsentChange, CrystalView};
use crate::status::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use triune_core::{BeingId, Consent, CrystalKind};

/// Where the server's answers come from.
///
/// `status`, `state`, `models`, `release_model`, `detections`, `told` and `is_awake` are called on the server's own threads and
/// must return at once; `frame_png` and `crystals` may draw or read from disk and are called on
/// threads that may block.
pub trait Source: Send + Sync + 'static {
    /// The status of the whole service.
    fn status(&self) -> Status;

    /// The newest state; `None` before the first cycle.
    fn state(&self) -> Option<StateView>;

    /// The models that are loaded.
    fn models(&self) -> ModelsView;

    /// Lets a model that was set aside run again where it was.
    ///
    /// # Errors
    /// [`ReleaseError`].
    fn release_model(&self, name: &str) -> Result<(), ReleaseError>;

    /// What the senses detected, oldest first: the newest `limit` that started after `since_ns`.
    fn detections(&self, query: &DetectionQuery) -> Detections;

    /// The face as a PNG picture of the given size in pixels.
    ///
    /// # Errors
    /// [`FrameError`] when nothing can draw it.
    fn frame_png(&self, width: u32, height: u32) -> Result<Vec<u8>, FrameError>;

    /// Hands words to a being; returns how many of them it takes.
    ///
    /// # Errors
    /// [`ToldError`] when it takes none.
    fn told(&self, being: BeingId, words: &str) -> Result<usize, ToldError>;

    /// Kept moments, newest first.
    ///
    /// # Errors
    /// [`CrystalsError`] when memory cannot be read.
    fn crystals(&self, query: &CrystalQuery) -> Result<Crystals, CrystalsError>;

    /// Whether a being takes part, so that its consent is told and refused without waiting for
    /// anybody else.
    fn is_awake(&self, being: BeingId) -> bool;

    /// What a being consents to, asleep or not. May wait for the disk, so it is called on threads
    /// that may block.
    ///
    /// # Errors
    /// [`ConsentError::NoSuchBeing`], [`ConsentError::InUse`], [`ConsentError::Full`] or
    /// [`ConsentError::Unreadable`].
    fn consent(&self, being: BeingId) -> Result<Consent, ConsentError>;

    /// Changes a being's consent, in force from its next cycle on, and makes it durable; returns
    /// what it is now. Changes take place one after the other, each on top of the one before. May
    /// wait for the disk, so it is called on threads that may block.
    ///
    /// # Errors
    /// [`ConsentError`] when it is not in force, or in force and not durable.
    fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError>;
}

/// Which detections are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectionQuery {
    /// Only what started after this instant, nanoseconds on the monotonic clock.
    pub since_ns: u64,
    /// At most so many.
    pub limit: usize,
}

/// What a sense detected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// Counts detections from 1 since the service started.
    pub id: u64,
    /// What it is, such as `speech`, `motion` or `brightness`.
    pub kind: String,
    /// When it began, nanoseconds on the monotonic clock.
    pub start_ns: u64,
    /// When it ended; `None` while it lasts.
    pub end_ns: Option<u64>,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// Further figures, by name and unit, such as `from`, `to` or `level_dbfs`.
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

/// The JSON of `/v1/detections`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detections {
    /// The present instant, nanoseconds on the monotonic clock.
    pub now_ns: u64,
    /// Oldest first.
    pub events: Vec<Detection>,
}

/// Which kept moments are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrystalQuery {
    /// At most so many.
    pub limit: usize,
    /// Only sequence numbers less than this one.
    pub before: Option<u64>,
    /// Only moments of this kind.
    pub kind: Option<CrystalKind>,
}

/// The JSON of `/v1/memory/crystals`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Crystals {
    /// Newest first.
    pub crystals: Vec<CrystalView>,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Nothing here draws.
    #[error("no renderer runs: {why}")]
    Absent {
        /// Why not.
        why: String,
    },
    /// Drawing failed.
    #[error("the picture could not be drawn: {why}")]
    Failed {
        /// Why.
        why: String,
    },
}

/// Why words were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToldError {
    /// There is no word in the text.
    #[error("there is no word in it: send at least one letter or digit")]
    NoWords,
    /// There is no such being.
    #[error("there is no being {0}: 'triune beings' lists them")]
    NoSuchBeing(BeingId),
    /// The being waits for a burst, and the kernel does not hear for it until then.
    #[error("being {0} waits for a burst and hears nothing: let another sleep, or begin a burst")]
    Waits(BeingId),
    /// The being does not cycle.
    #[error("being {0} is asleep and hears nothing: wake it first")]
    Asleep(BeingId),
    /// Earlier words have not been taken yet.
    #[error("earlier words are still waiting: try again in a moment")]
    Full,
}

/// Why a model was not released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// There is no such model.
    #[error("no model '{0}' is loaded: GET /v1/models lists those that are")]
    NoSuchModel(String),
    /// It runs where it should, or will by itself.
    #[error("model '{0}' is not set aside: it runs where it should")]
    NotSetAside(String),
}

/// Why memory could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrystalsError {
    /// There is no memory.
    #[error("there is no memory: {why}")]
    Absent {
        /// Why not.
        why: String,
    },
    /// Reading failed.
    #[error("memory could not be read: {why}")]
    Failed {
        /// Why.
        why: String,
    },
}

/// Why a consent was not told, or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// There is no such being.
    #[error("there is no being {0}: 'triune beings' lists them")]
    NoSuchBeing(BeingId),
    /// The being sleeps, and its memory is being read, as by an export; nothing was changed.
    #[error("being {0} is being read or exported just now: try again when that is done")]
    InUse(BeingId),
    /// Earlier changes have not been taken yet, or others are coming and going; nothing was changed.
    #[error("earlier changes are still waiting: try again in a moment")]
    Full,
    /// It is not in force.
    #[error("the change is not in force: {why}")]
    NotInForce {
        /// Why.
        why: String,
    },
    /// What the being consents to cannot be read; nothing was changed.
    #[error("what it consents to cannot be read: {why}")]
    Unreadable {
        /// Why, and the remedy.
        why: String,
    },
    /// It is in force, but would not survive a restart.
    #[error("the change is in force but not on the disk: {why}")]
    NotDurable {
        /// Why.
        why: String,
    },
}
