//! The household answers the API.

use super::arrival::{commanded, failed};
use super::members::Household;
use super::resident::lock;
use super::troubles::EndedBy;
use super::views::{crossing_view, parameters_view};
use crate::http::ConsentView;
use crate::kernel_api::{
    BeingChange, BeingView, BeingsView, BridgeLogView, ConsentEntryView, ConsentLogView,
    ErasedView, ExportFile, FaultsView, GiftView, GivenView, KernelChange, KernelError,
    KernelSource, KernelView, MemoryView, NewBeingView, ParametersView, PatternView, PatternsView,
    RecallAnswerView, RecallQuestion, SyncedView,
};
use crate::wiring::rhythm::policy;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use triune_board::OverrunSpec;
use triune_core::BeingId;
use triune_engine::period_of_rate;
use triune_memory::{consent_changes_at_rest, crossings_at_rest};

impl KernelSource for Household {
    fn beings(&self) -> Result<BeingsView, KernelError> {
        let listed = self.listed().map_err(failed)?;
        Ok(BeingsView {
            beings: listed.iter().map(|one| self.being_view(one)).collect(),
            steady: self.setup.spec.beings_steady,
            in_burst: self.setup.spec.beings_in_burst,
        })
    }

    fn being(&self, being: BeingId) -> Result<BeingView, KernelError> {
        self.one_view(being)
    }

    fn add_being(&self, wanted: &NewBeingView) -> Result<BeingView, KernelError> {
        let being = self.make(wanted.name.as_deref())?;
        log::info!("being {being} begins");
        self.being(being)
    }

    fn change_being(&self, being: BeingId, change: &BeingChange) -> Result<BeingView, KernelError> {
        self.change(being, change)?;
        self.being(being)
    }

    fn erase_being(&self, being: BeingId) -> Result<ErasedView, KernelError> {
        let erased = self.erase(being)?;
        Ok(ErasedView {
            id: being.to_string(),
            files: erased.files,
            bytes: erased.bytes,
        })
    }

    fn export_being(&self, being: BeingId) -> Result<ExportFile, KernelError> {
        self.export(being)
    }

    fn import_being(
        &self,
        file: &Path,
        as_being: Option<BeingId>,
    ) -> Result<BeingView, KernelError> {
        let being = self.import(file, as_being)?;
        self.being(being)
    }

    fn spool(&self) -> Result<PathBuf, KernelError> {
        self.spool_folder()
    }

    fn give(&self, gift: &GiftView) -> Result<GivenView, KernelError> {
        self.share(gift)
    }

    fn consent_log(&self, being: BeingId, limit: usize) -> Result<ConsentLogView, KernelError> {
        let changes = self.read_of(
            being,
            |root| consent_changes_at_rest(root, being, limit),
            |memory| memory.catalog().consent_changes(limit).map_err(failed),
        )?;
        Ok(ConsentLogView {
            changes: changes
                .iter()
                .map(|change| ConsentEntryView {
                    unix_ms: change.unix / 1_000_000,
                    before: ConsentView::from(change.before),
                    after: ConsentView::from(change.after),
                    by: change.by.name().to_owned(),
                })
                .collect(),
        })
    }

    fn bridge_log(&self, being: BeingId, limit: usize) -> Result<BridgeLogView, KernelError> {
        let crossings = self.read_of(
            being,
            |root| crossings_at_rest(root, being, limit),
            |memory| memory.catalog().crossings(limit).map_err(failed),
        )?;
        Ok(BridgeLogView {
            crossings: crossings.iter().map(crossing_view).collect(),
        })
    }

    fn patterns(&self, being: BeingId) -> Result<PatternsView, KernelError> {
        self.patterns_of(being)
    }

    fn name_pattern(
        &self,
        being: BeingId,
        id: u32,
        name: &str,
    ) -> Result<PatternView, KernelError> {
        let named = self.with_patterns_of(being, |discovery| discovery.name(id, name))?;
        self.trouble_ended(being, EndedBy::PatternsStored);
        Ok(named)
    }

    fn forget_pattern(&self, being: BeingId, id: u32) -> Result<PatternView, KernelError> {
        let gone = self.with_patterns_of(being, |discovery| discovery.forget(id))?;
        self.trouble_ended(being, EndedBy::PatternsStored);
        log::info!("patterns: being {being}: number {id} is forgotten");
        Ok(gone)
    }

    fn parameters(&self, being: BeingId) -> Result<ParametersView, KernelError> {
        Ok(parameters_view(&self.awake(being)?.memory.parameters()))
    }

    fn change_parameters(
        &self,
        being: BeingId,
        values: &BTreeMap<String, f32>,
    ) -> Result<ParametersView, KernelError> {
        self.tune(being, values)
            .map(|tuned| parameters_view(&tuned))
    }

    fn recall(&self, question: &RecallQuestion) -> Result<RecallAnswerView, KernelError> {
        self.search(question)
    }

    fn memory(&self, being: BeingId) -> Result<MemoryView, KernelError> {
        Ok(self.memory_view(&*self.awake(being)?))
    }

    fn sync_memory(&self) -> Result<SyncedView, KernelError> {
        let began = Instant::now();
        let everybody = self.everybody();
        let mut lacking = Vec::new();
        for resident in &everybody {
            if let Err(error) = resident.memory.sync() {
                lacking.push(format!("being {}: {error}", resident.memory.being()));
            }
            if let Err(error) = resident.discovery.store() {
                lacking.push(format!("being {}: {error}", resident.memory.being()));
            }
        }
        // Told texts wait for their catalogue with the indexer.
        if let Err(error) = self.setup.indexer.write_words() {
            lacking.push(error.to_string());
        }
        if !lacking.is_empty() {
            return Err(failed(format!(
                "{} of {} memories are not durable, {}",
                lacking.len(),
                everybody.len(),
                lacking.join("; ")
            )));
        }
        Ok(SyncedView {
            beings: u32::try_from(everybody.len()).unwrap_or(u32::MAX),
            took_ms: began.elapsed().as_secs_f64() * 1e3,
        })
    }

    fn kernel(&self) -> KernelView {
        self.kernel_view()
    }

    fn change_kernel(&self, change: &KernelChange) -> Result<KernelView, KernelError> {
        let invalid = |error: &dyn std::fmt::Display| KernelError::Invalid {
            why: error.to_string(),
        };
        // Checked whole before anything is changed.
        let period = change
            .rate_hz
            .map(period_of_rate)
            .transpose()
            .map_err(|error| invalid(&error))?;
        let overrun = change
            .overrun
            .as_deref()
            .map(str::parse::<OverrunSpec>)
            .transpose()
            .map_err(|error| invalid(&error))?;
        let control = self.control()?;
        let refused = |error| commanded(BeingId::FIRST, &error);
        let _order = lock(&self.kernel_changing);
        if let Some((period, rate)) = period.zip(change.rate_hz) {
            control.set_rate(period).map_err(refused)?;
            *lock(&self.rate_hz) = rate;
        }
        if let Some(overrun) = overrun {
            control.set_policy(policy(overrun)).map_err(|error| {
                let why = refused(error);
                match change.rate_hz {
                    Some(rate) => failed(format!(
                        "the rate is {rate} Hz now, but the policy is as it was: {why}"
                    )),
                    None => why,
                }
            })?;
            *lock(&self.policy) = overrun;
        }
        Ok(self.kernel_view())
    }

    fn start_burst(&self) -> Result<KernelView, KernelError> {
        let started = self.control()?.start_burst();
        started.map_err(|error| commanded(BeingId::FIRST, &error))?;
        Ok(self.kernel_view())
    }

    fn end_burst(&self) -> Result<KernelView, KernelError> {
        let ended = self.control()?.end_burst();
        ended.map_err(|error| commanded(BeingId::FIRST, &error))?;
        Ok(self.kernel_view())
    }

    fn faults(&self) -> FaultsView {
        self.setup.faults.view()
    }
}
