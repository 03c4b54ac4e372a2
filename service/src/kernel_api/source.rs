//! What the server asks of the running kernel.

use super::{
    BeingChange, BeingView, BeingsView, BridgeLogView, ConsentLogView, ErasedView, ExportFile,
    FaultsView, GiftView, GivenView, KernelChange, KernelError, KernelView, MemoryView,
    NewBeingView, ParametersView, PatternView, PatternsView, RecallAnswerView, RecallQuestion,
    SyncedView,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use triune_core::BeingId;

/// The running kernel and its beings. Every method may wait for the disk or for the next cycle,
/// and is called on threads that may block. Every error is a [`KernelError`] that says why.
pub trait KernelSource: Send + Sync + 'static {
    /// All beings, asleep ones too. Reads every being's files: nothing to ask for often.
    fn beings(&self) -> Result<BeingsView, KernelError>;

    /// One being.
    fn being(&self, being: BeingId) -> Result<BeingView, KernelError>;

    /// Brings a new being into the kernel, which consents to everything until somebody refuses.
    fn add_being(&self, wanted: &NewBeingView) -> Result<BeingView, KernelError>;

    /// Renames a being, wakes it, or lets it sleep. The first being never sleeps.
    fn change_being(&self, being: BeingId, change: &BeingChange) -> Result<BeingView, KernelError>;

    /// Ends a being and removes everything it ever wrote. The first being is begun anew.
    fn erase_being(&self, being: BeingId) -> Result<ErasedView, KernelError>;

    /// Writes a being whole into a file, while it runs. The caller removes the file.
    fn export_being(&self, being: BeingId) -> Result<ExportFile, KernelError>;

    /// Takes a being in from an exported file, under its own id or `as_being`. It is asleep then.
    fn import_being(
        &self,
        file: &Path,
        as_being: Option<BeingId>,
    ) -> Result<BeingView, KernelError>;

    /// Folder for files that come and go.
    fn spool(&self) -> Result<PathBuf, KernelError>;

    /// Shares chosen moments of one being with another, if both consent to share and the other to
    /// remember.
    fn give(&self, gift: &GiftView) -> Result<GivenView, KernelError>;

    /// The newest `limit` changes of a being's consent, asleep or not.
    fn consent_log(&self, being: BeingId, limit: usize) -> Result<ConsentLogView, KernelError>;

    /// The newest `limit` gifts that a being gave or received.
    fn bridge_log(&self, being: BeingId, limit: usize) -> Result<BridgeLogView, KernelError>;

    /// What recurs in a being and was not taught, asleep or not.
    fn patterns(&self, being: BeingId) -> Result<PatternsView, KernelError>;

    /// Names a pattern; an empty name takes the old one away.
    fn name_pattern(&self, being: BeingId, id: u32, name: &str)
    -> Result<PatternView, KernelError>;

    /// Forgets a pattern; gives what it was. Should it come again, it gets another number.
    fn forget_pattern(&self, being: BeingId, id: u32) -> Result<PatternView, KernelError>;

    /// How a being's loops are tuned.
    fn parameters(&self, being: BeingId) -> Result<ParametersView, KernelError>;

    /// Tunes a being's loops, in force from its next cycle; all values or none.
    fn change_parameters(
        &self,
        being: BeingId,
        values: &BTreeMap<String, f32>,
    ) -> Result<ParametersView, KernelError>;

    /// Looks for moments.
    fn recall(&self, question: &RecallQuestion) -> Result<RecallAnswerView, KernelError>;

    /// Figures of a being's memory.
    fn memory(&self, being: BeingId) -> Result<MemoryView, KernelError>;

    /// Makes everything durable.
    fn sync_memory(&self) -> Result<SyncedView, KernelError>;

    /// The kernel as a whole.
    fn kernel(&self) -> KernelView;

    /// Changes rate or policy, in force from the next cycle.
    fn change_kernel(&self, change: &KernelChange) -> Result<KernelView, KernelError>;

    /// Begins a burst.
    fn start_burst(&self) -> Result<KernelView, KernelError>;

    /// Ends the burst; nothing happens when there is none.
    fn end_burst(&self) -> Result<KernelView, KernelError>;

    /// What is made to fail on purpose.
    fn faults(&self) -> FaultsView;
}
