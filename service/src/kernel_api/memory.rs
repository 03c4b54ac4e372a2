//! Memory: recall, figures, durability.

use serde::{Deserialize, Serialize};

/// The body of `POST /v1/recall`. Conditions that are not named do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecallQuestion {
    /// Whose memory; the first being's when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub being: Option<String>,
    /// Words that the moment must hold, all of them; a trailing `*` takes any ending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Kinds that the moment may be of, such as `voice`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Not before this instant, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_unix_ms: Option<u64>,
    /// Before this instant, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_unix_ms: Option<u64>,
    /// Least salience, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salience: Option<f32>,
    /// Nearest to this moment, by its sequence number; the present moment for 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<u64>,
    /// At most so many; 10 when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A kept moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrystalView {
    /// Its number in memory.
    pub sequence: u64,
    /// Whose moment, as 16 hexadecimal digits.
    pub being: String,
    /// In which cycle.
    pub cycle: u64,
    /// Why it was kept, by the name of its kind.
    pub kind: String,
    /// Seconds since it happened; `None` when that cannot be told, as after a reboot without a clock.
    pub age_s: Option<f64>,
    /// When it happened, milliseconds since 1970; `None` when the board did not know the time.
    pub unix_ms: Option<u64>,
    /// How much it stood out, 0 to 1.
    pub salience: f32,
    /// Confidence that it was worth keeping, 0 to 1.
    pub confidence: f32,
    /// Coherence of the loops at that moment, 0 to 1.
    pub coherence: f32,
    /// The seven drives at that moment, from the root up.
    pub centres: [f32; 7],
    /// What it is about, in words; `None` where there are none.
    pub summary: Option<String>,
}

/// A moment that was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundView {
    /// The moment.
    #[serde(flatten)]
    pub crystal: CrystalView,
    /// Cosine similarity to what was asked, -1 to 1; `None` when nearness was not asked for.
    pub similarity: Option<f32>,
    /// What was said at that moment, whole; `None` when nothing was.
    pub text: Option<String>,
    /// Id of the being that lived it, where that is another.
    pub origin: Option<String>,
}

/// The answer to `POST /v1/recall`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecallAnswerView {
    /// Best first.
    pub found: Vec<FoundView>,
    /// Microseconds that the search took.
    pub search_us: f64,
    /// What searched: `index` where its graph was asked for the nearest (it may miss some), `exact`
    /// where every moment was looked at.
    pub by: String,
}

/// The index of a being's memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IndexView {
    /// `absent`, `building` or `ready`.
    pub state: String,
    /// Moments in it.
    pub covered: u64,
}

/// What a being's memory costs the flash, and what all beings' do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WearView {
    /// Bytes written for this being since midnight (UTC), whole pages.
    pub bytes_today: u64,
    /// The same for a day at the present pace; `None` in the first minute.
    pub bytes_per_day: Option<u64>,
    /// Bytes written for all beings since midnight (UTC), whole pages.
    #[serde(default)]
    pub all_bytes_today: u64,
    /// What a day may cost for all beings together.
    pub budget_bytes_per_day: u64,
    /// Moments of this being that were not kept for it.
    pub withheld: u64,
}

/// The JSON of `/v1/memory`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemoryView {
    /// Whose memory.
    pub being: String,
    /// Sequence numbers kept: the least; 0 when there are none.
    pub oldest: u64,
    /// The greatest; 0 when there are none.
    pub newest: u64,
    /// Greatest sequence number that is safe on the disk.
    pub durable: u64,
    /// Appended, but not durable yet.
    pub pending: u64,
    /// Lost because the writer could not keep up.
    pub dropped: u64,
    /// Not kept because the being does not consent to remembering.
    pub refused: u64,
    /// Bytes of crystals on the disk.
    pub crystal_bytes: u64,
    /// Bytes that they may take.
    pub crystal_bytes_most: u64,
    /// The index.
    pub index: IndexView,
    /// Wear of the flash.
    pub wear: WearView,
    /// What is wrong with it; `None` when nothing is.
    pub degraded: Option<String>,
}

/// The answer to `POST /v1/memory/sync`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncedView {
    /// Beings whose memory is durable now.
    pub beings: u32,
    /// Milliseconds that it took.
    pub took_ms: f64,
}
