//! Beings as people and programs see them.

use super::ConsentView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Whether a being cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BeingMode {
    /// It cycles.
    Awake,
    /// It takes part, and waits for a burst to cycle.
    Waiting,
    /// It lies in memory and does not cycle.
    Asleep,
}

/// One being.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeingView {
    /// 16 hexadecimal digits.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it cycles.
    pub mode: BeingMode,
    /// Cycles completed in its life.
    pub cycle: u64,
    /// What it may sense, keep, share and say; `None` while its essence cannot be read.
    pub consent: Option<ConsentView>,
    /// Moments it keeps.
    pub crystals: u64,
    /// Bytes it takes on the disk.
    pub bytes: u64,
    /// Names of the loops whose part of its state is stale now.
    pub stale: Vec<String>,
    /// When it came to be, milliseconds since 1970; `None` when not known.
    pub created_unix_ms: Option<u64>,
}

/// How many beings do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeingsCount {
    /// Cycle.
    pub awake: u32,
    /// Take part, and wait for a burst to cycle.
    pub waiting: u32,
    /// Lie in memory and do not cycle.
    pub asleep: u32,
}

/// The JSON of `GET /v1/beings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeingsView {
    /// In the order of their ids.
    pub beings: Vec<BeingView>,
    /// How many cycle at any time.
    pub steady: u32,
    /// How many cycle while a burst lasts.
    pub in_burst: u32,
}

/// The body of `POST /v1/beings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewBeingView {
    /// What people call it; made from the id when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The body of `PATCH /v1/beings/{id}`; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BeingChange {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it takes part in the cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awake: Option<bool>,
}

/// The answer to `DELETE /v1/beings/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedView {
    /// Who was erased.
    pub id: String,
    /// Files that were removed.
    pub files: u64,
    /// Bytes that they held.
    pub bytes: u64,
}

/// A being in one file, to be handed out and then removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// Moments in it.
    pub crystals: u64,
}

/// The body of `POST /v1/bridge`: who gives which moments to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftView {
    /// Id of the being that gives.
    pub from: String,
    /// Id of the being that receives.
    pub to: String,
    /// Sequence numbers in the giver's memory.
    pub crystals: Vec<u64>,
}

/// The answer to `POST /v1/bridge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenView {
    /// Moments that the receiver took.
    pub given: u64,
    /// Moments that it had already.
    pub known_before: u64,
    /// Their sequence numbers in the receiver's memory.
    pub sequences: Vec<u64>,
}

/// One change of a consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentEntryView {
    /// When, milliseconds since 1970.
    pub unix_ms: u64,
    /// What was consented to before.
    pub before: ConsentView,
    /// What is consented to since.
    pub after: ConsentView,
    /// By whom or what, such as `api` for whoever asked, or `start` for what the start found.
    pub by: String,
}

/// The JSON of `GET /v1/beings/{id}/consent/log`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentLogView {
    /// Newest first.
    pub changes: Vec<ConsentEntryView>,
}

/// One moment's numbers in two memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairView {
    /// Its sequence number in this being's memory.
    pub own: u64,
    /// Its sequence number in the other being's memory.
    pub other: u64,
}

/// Moments that crossed the bridge together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossingView {
    /// When, milliseconds since 1970.
    pub unix_ms: u64,
    /// `given` or `received`.
    pub direction: String,
    /// Id of the other being.
    pub peer: String,
    /// The moments.
    pub crystals: Vec<PairView>,
}

/// The JSON of `GET /v1/beings/{id}/bridge/log`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeLogView {
    /// Newest first.
    pub crossings: Vec<CrossingView>,
}

/// One parameter of a being's loops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterView {
    /// What is in force.
    pub value: f32,
    /// What is in force when nobody says otherwise.
    pub default: f32,
    /// Lowest allowed value.
    pub low: f32,
    /// Highest allowed value.
    pub high: f32,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// What it does.
    pub meaning: String,
}

/// The JSON of `/v1/beings/{id}/parameters`, by name. The body of its PATCH is a map of name to value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParametersView {
    /// By name.
    pub parameters: BTreeMap<String, ParameterView>,
}
