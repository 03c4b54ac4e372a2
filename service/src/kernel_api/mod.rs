//! What may be asked of the running kernel and its beings, and the JSON of question and answer.

mod beings;
mod consent;
mod error;
mod kernel;
mod memory;
mod patterns;
mod source;

pub use beings::{
    BeingChange, BeingMode, BeingView, BeingsCount, BeingsView, BridgeLogView, ConsentEntryView,
    ConsentLogView, CrossingView, ErasedView, ExportFile, GiftView, GivenView, NewBeingView,
    PairView, ParameterView, ParametersView,
};
pub use consent::{ConsentChange, ConsentView};
pub use error::KernelError;
pub use kernel::{BurstView, FaultsView, KernelChange, KernelView, LoopView};
pub use memory::{
    CrystalView, FoundView, IndexView, MemoryView, RecallAnswerView, RecallQuestion, SyncedView,
    WearView,
};
pub use patterns::{PatternName, PatternView, PatternsView};
pub use source::KernelSource;
