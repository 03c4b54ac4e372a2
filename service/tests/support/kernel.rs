//! A kernel that is not there: beings in a map, files in a folder.

use super::door::Door;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use triune::http::ConsentView;
use triune::kernel_api::{
    BeingChange, BeingMode, BeingView, BeingsView, BridgeLogView, BurstView, ConsentLogView,
    ErasedView, ExportFile, FaultsView, GiftView, GivenView, KernelChange, KernelError,
    KernelSource, KernelView, MemoryView, NewBeingView, ParametersView, PatternView, PatternsView,
    RecallAnswerView, RecallQuestion, SyncedView,
};
use triune_core::{BeingId, Consent};

const MOST: u32 = 3;

pub(crate) struct RehearsedKernel {
    /// In front of searches, exports, imports and new beings.
    pub(crate) door: Door,
    folder: TempDir,
    beings: Mutex<BTreeMap<BeingId, BeingView>>,
    kernel: Mutex<KernelView>,
    pub(crate) asked: Mutex<Vec<RecallQuestion>>,
    /// What pattern 3, the only one, is called.
    pub(crate) pattern: Mutex<String>,
    listings: AtomicU32,
    exports: AtomicU32,
}

fn view(id: BeingId, name: &str) -> BeingView {
    BeingView {
        id: id.to_string(),
        name: name.to_owned(),
        mode: BeingMode::Awake,
        cycle: 0,
        consent: Some(ConsentView::from(Consent::ALL)),
        crystals: 0,
        bytes: 0,
        stale: Vec::new(),
        created_unix_ms: None,
    }
}

impl RehearsedKernel {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            door: Door::default(),
            folder: tempfile::tempdir().expect("a folder"),
            beings: Mutex::new(BTreeMap::from([(
                BeingId::FIRST,
                view(BeingId::FIRST, "first"),
            )])),
            kernel: Mutex::new(KernelView {
                rate_hz: 250,
                rate_now_hz: 250.0,
                executor: "inline".to_owned(),
                overrun: "skip".to_owned(),
                level: 0,
                caught_up: 0,
                beings: 1,
                waiting: 0,
                beings_steady: 2,
                beings_in_burst: MOST,
                burst: BurstView::default(),
                loops: Vec::new(),
            }),
            asked: Mutex::default(),
            pattern: Mutex::default(),
            listings: AtomicU32::new(0),
            exports: AtomicU32::new(0),
        })
    }

    fn with<T>(
        &self,
        being: BeingId,
        work: impl FnOnce(&mut BeingView) -> T,
    ) -> Result<T, KernelError> {
        let mut beings = self.beings.lock().expect("beings");
        let view = beings
            .get_mut(&being)
            .ok_or(KernelError::NoSuchBeing(being))?;
        Ok(work(view))
    }

    /// How often all beings were asked for, which reads every being's files.
    pub(crate) fn listings(&self) -> u32 {
        self.listings.load(Ordering::Relaxed)
    }

    /// What lies in the folder for files that come and go.
    pub(crate) fn left_behind(&self) -> usize {
        fs::read_dir(self.folder.path())
            .expect("the folder")
            .count()
    }
}

impl KernelSource for RehearsedKernel {
    fn beings(&self) -> Result<BeingsView, KernelError> {
        self.listings.fetch_add(1, Ordering::Relaxed);
        Ok(BeingsView {
            beings: self
                .beings
                .lock()
                .expect("beings")
                .values()
                .cloned()
                .collect(),
            steady: 2,
            in_burst: MOST,
        })
    }

    fn being(&self, being: BeingId) -> Result<BeingView, KernelError> {
        self.with(being, |view| view.clone())
    }

    fn add_being(&self, wanted: &NewBeingView) -> Result<BeingView, KernelError> {
        self.door.pass();
        let mut beings = self.beings.lock().expect("beings");
        if beings.len() as u32 >= MOST {
            return Err(KernelError::Full { most: MOST });
        }
        let id = BeingId(beings.len() as u64 + 1);
        let being = view(id, wanted.name.as_deref().unwrap_or("nameless"));
        beings.insert(id, being.clone());
        Ok(being)
    }

    fn change_being(&self, being: BeingId, change: &BeingChange) -> Result<BeingView, KernelError> {
        if being == BeingId::FIRST && change.awake == Some(false) {
            return Err(KernelError::Refused {
                why: "the first being never sleeps".to_owned(),
            });
        }
        self.with(being, |view| {
            if let Some(name) = &change.name {
                view.name.clone_from(name);
            }
            if let Some(awake) = change.awake {
                view.mode = if awake {
                    BeingMode::Awake
                } else {
                    BeingMode::Asleep
                };
            }
            view.clone()
        })
    }

    fn erase_being(&self, being: BeingId) -> Result<ErasedView, KernelError> {
        let removed = self.beings.lock().expect("beings").remove(&being);
        removed.ok_or(KernelError::NoSuchBeing(being))?;
        Ok(ErasedView {
            id: being.to_string(),
            files: 3,
            bytes: 4096,
        })
    }

    fn export_being(&self, being: BeingId) -> Result<ExportFile, KernelError> {
        self.door.pass();
        let name = self.with(being, |view| view.name.clone())?;
        let number = self.exports.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("export-{number}"));
        let text = name.repeat(100_000);
        fs::write(&path, &text).expect("the export");
        Ok(ExportFile {
            path,
            bytes: text.len() as u64,
            crystals: 0,
        })
    }

    fn import_being(
        &self,
        file: &Path,
        as_being: Option<BeingId>,
    ) -> Result<BeingView, KernelError> {
        self.door.pass();
        let text = fs::read_to_string(file).expect("the import");
        let id = as_being.unwrap_or(BeingId(9));
        if id == BeingId::FIRST {
            return Err(KernelError::Exists(id));
        }
        Ok(BeingView {
            bytes: text.len() as u64,
            mode: BeingMode::Asleep,
            ..view(id, &text[..text.len().min(8)])
        })
    }

    fn spool(&self) -> Result<PathBuf, KernelError> {
        Ok(self.folder.path().to_owned())
    }

    fn give(&self, gift: &GiftView) -> Result<GivenView, KernelError> {
        if gift.crystals.is_empty() {
            return Err(KernelError::Invalid {
                why: "nothing is named: name at least one crystal".to_owned(),
            });
        }
        Err(KernelError::Refused {
            why: format!("being {} does not consent to share", gift.from),
        })
    }

    fn consent_log(&self, being: BeingId, _limit: usize) -> Result<ConsentLogView, KernelError> {
        self.with(being, |_| ConsentLogView::default())
    }

    fn bridge_log(&self, being: BeingId, _limit: usize) -> Result<BridgeLogView, KernelError> {
        self.with(being, |_| BridgeLogView::default())
    }

    fn patterns(&self, being: BeingId) -> Result<PatternsView, KernelError> {
        self.with(being, |_| PatternsView::default())
    }

    fn name_pattern(
        &self,
        being: BeingId,
        id: u32,
        name: &str,
    ) -> Result<PatternView, KernelError> {
        if (being, id) != (BeingId::FIRST, 3) {
            return Err(KernelError::NoSuchPattern(being, id));
        }
        name.clone_into(&mut self.pattern.lock().expect("pattern"));
        Ok(PatternView {
            id,
            name: Some(name.to_owned()),
            ..PatternView::default()
        })
    }

    fn forget_pattern(&self, being: BeingId, id: u32) -> Result<PatternView, KernelError> {
        Err(KernelError::NoSuchPattern(being, id))
    }

    fn parameters(&self, being: BeingId) -> Result<ParametersView, KernelError> {
        self.with(being, |_| ParametersView::default())
    }

    fn change_parameters(
        &self,
        being: BeingId,
        values: &BTreeMap<String, f32>,
    ) -> Result<ParametersView, KernelError> {
        match values.keys().next() {
            Some(name) => Err(KernelError::Invalid {
                why: format!("no parameter is called '{name}'"),
            }),
            None => self.parameters(being),
        }
    }

    fn recall(&self, question: &RecallQuestion) -> Result<RecallAnswerView, KernelError> {
        self.door.pass();
        self.asked.lock().expect("asked").push(question.clone());
        Ok(RecallAnswerView::default())
    }

    fn memory(&self, being: BeingId) -> Result<MemoryView, KernelError> {
        self.with(being, |view| MemoryView {
            being: view.id.clone(),
            ..MemoryView::default()
        })
    }

    fn sync_memory(&self) -> Result<SyncedView, KernelError> {
        Err(KernelError::Failed {
            why: "the disk is full: free some space".to_owned(),
        })
    }

    fn kernel(&self) -> KernelView {
        self.kernel.lock().expect("kernel").clone()
    }

    fn change_kernel(&self, change: &KernelChange) -> Result<KernelView, KernelError> {
        let mut kernel = self.kernel.lock().expect("kernel");
        if let Some(rate) = change.rate_hz {
            if !(1..=1000).contains(&rate) {
                return Err(KernelError::Invalid {
                    why: format!("a rate of {rate} Hz is not possible"),
                });
            }
            kernel.rate_hz = rate;
        }
        Ok(kernel.clone())
    }

    fn start_burst(&self) -> Result<KernelView, KernelError> {
        let mut kernel = self.kernel.lock().expect("kernel");
        if kernel.burst.active {
            return Err(KernelError::Busy);
        }
        kernel.burst.active = true;
        Ok(kernel.clone())
    }

    fn end_burst(&self) -> Result<KernelView, KernelError> {
        let mut kernel = self.kernel.lock().expect("kernel");
        kernel.burst = BurstView::default();
        Ok(kernel.clone())
    }

    fn faults(&self) -> FaultsView {
        FaultsView {
            plan: "sight=frozen@0s..5s".to_owned(),
            active: Vec::new(),
        }
    }
}
