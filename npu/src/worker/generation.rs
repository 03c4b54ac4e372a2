//! What the parent shares with one child, from its start to its end.

use super::fault::Fault;
use super::layout::TensorLayout;
use super::mailbox::{Found, Mailbox};
use super::memory::SharedMemory;
use super::options::WorkerOptions;
use super::process::kill;
use crate::error::{DeviceFault, RunError};
use crate::model::{ModelDescription, Timing};
use crate::scheduler::{ExecuteError, ModelId, RunningRequest};
use crate::tensor::{Tensor, TensorData};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// No model.
const NONE: u32 = u32::MAX;

/// Why the parent ended a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A run or loading of this model took too long.
    Overdue(ModelId),
    /// It said or wrote what is not in the protocol.
    Faulty,
    /// Its device is lost.
    DeviceLost,
}

/// Memory for a model's tensors, for one child.
#[derive(Debug)]
pub(super) struct SharedTensors {
    pub(super) memory: SharedMemory,
    pub(super) layout: TensorLayout,
    /// On which lanes the model ran.
    ran: Vec<AtomicBool>,
}

impl SharedTensors {
    pub(super) fn new(memory: SharedMemory, layout: TensorLayout, lanes: usize) -> Self {
        let ran = (0..lanes).map(|_| AtomicBool::new(false)).collect();
        Self {
            memory,
            layout,
            ran,
        }
    }
}

/// One child, as those see it who run requests.
#[derive(Debug)]
pub(super) struct Generation {
    pidfd: OwnedFd,
    mailboxes: SharedMemory,
    /// Which model runs on each lane.
    running: Vec<AtomicU32>,
    /// Why it was ended; the first reason counts.
    verdict: Mutex<Option<Verdict>>,
    /// Whether the child is gone: what the parent knows, not what is written in a mailbox.
    is_over: Mutex<bool>,
    over: Condvar,
}

impl Generation {
    pub(super) fn new(pidfd: OwnedFd, mailboxes: SharedMemory, lanes: usize) -> Self {
        Self {
            pidfd,
            mailboxes,
            running: (0..lanes).map(|_| AtomicU32::new(NONE)).collect(),
            verdict: Mutex::new(None),
            is_over: Mutex::new(false),
            over: Condvar::new(),
        }
    }

    pub(super) fn lanes(&self) -> usize {
        self.running.len()
    }

    /// Ends the child for this reason.
    pub(super) fn condemn(&self, why: Verdict) {
        let mut verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        verdict.get_or_insert(why);
        kill(self.pidfd.as_fd());
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The models that run now, each once.
    pub(super) fn running(&self) -> Vec<ModelId> {
        let running = self
            .running
            .iter()
            .map(|model| model.load(Ordering::Acquire));
        let mut models: Vec<_> = running
            .filter(|&model| model != NONE)
            .map(ModelId)
            .collect();
        models.sort_unstable();
        models.dedup();
        models
    }

    /// The child is gone: whoever waits for it is let go.
    pub(super) fn close(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.notify_all();
        for lane in 0..self.running.len() {
            Mailbox::of(&self.mailboxes, lane).close();
        }
    }

    fn wait_until_over(&self) {
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_over {
            is_over = self
                .over
                .wait(is_over)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs a request on a lane that runs nothing else.
    pub(super) fn run(
        &self,
        lane: usize,
        request: &mut RunningRequest<'_>,
        description: &ModelDescription,
        tensors: &SharedTensors,
        options: &WorkerOptions,
    ) -> Result<Timing, ExecuteError> {
        let began = Instant::now();
        let SharedTensors {
            memory,
            layout,
            ran,
            ..
        } = tensors;
        layout.give_inputs(memory, lane, request.inputs);
        let is_first = !ran[lane].swap(true, Ordering::Relaxed);
        let limit = options.limit(request.usual, is_first);
        self.running[lane].store(request.model.0, Ordering::Release);
        let outcome = self.exchange(lane, request.model, began + limit, options);
        let outcome = outcome.and_then(|answer| {
            let mailbox = Mailbox::of(&self.mailboxes, lane);
            let compute = mailbox.compute();
            let fault = (answer == Found::Failed).then(|| mailbox.fault());
            if fault.is_none() {
                layout.take_outputs(memory, lane, request.outputs);
            }
            if !mailbox.clear(answer) {
                self.condemn(Verdict::Faulty);
                self.wait_until_over();
                return Err(ExecuteError::WorkerLost);
            }
            match fault {
                Some(fault) => Err(self.failed(&fault, description)),
                None => Ok(compute),
            }
        });
        self.running[lane].store(NONE, Ordering::Release);
        let compute = outcome?;
        check_finite(description, request.outputs)?;
        let total = began.elapsed();
        Ok(Timing {
            total,
            // A child may say anything.
            compute: compute.min(total),
        })
    }

    /// Posts a request and waits until it is done or failed.
    fn exchange(
        &self,
        lane: usize,
        model: ModelId,
        limit: Instant,
        options: &WorkerOptions,
    ) -> Result<Found, ExecuteError> {
        let mailbox = Mailbox::of(&self.mailboxes, lane);
        let verdict = if mailbox.post(model.0) {
            loop {
                match mailbox.look() {
                    Found::Pending(state) => {
                        let left = limit.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            break Verdict::Overdue(model);
                        }
                        mailbox.wait(state, left, options.spin);
                    }
                    answer @ (Found::Done | Found::Failed) => return Ok(answer),
                    Found::Gone | Found::Nonsense => break Verdict::Faulty,
                }
            }
        } else {
            Verdict::Faulty
        };
        // Where the child is gone indeed, nothing was its fault.
        if !*self.is_over.lock().unwrap_or_else(PoisonError::into_inner) {
            self.condemn(verdict);
            self.wait_until_over();
        }
        Err(ExecuteError::WorkerLost)
    }

    fn failed(&self, fault: &Fault, description: &ModelDescription) -> ExecuteError {
        let error = fault.error(description);
        if matches!(error, RunError::Device(DeviceFault::Lost(_))) {
            // Only a new process gets a new device.
            self.condemn(Verdict::DeviceLost);
            self.wait_until_over();
            return ExecuteError::WorkerLost;
        }
        error.into()
    }
}

/// The child has checked that too, and is not believed.
fn check_finite(description: &ModelDescription, outputs: &[Tensor]) -> Result<(), RunError> {
    for (expected, output) in description.outputs.iter().zip(outputs) {
        if let TensorData::F32(values) = &output.data
            && let Some(index) = values.iter().position(|value| !value.is_finite())
        {
            return Err(RunError::OutputNotFinite {
                tensor: expected.name.clone(),
                index,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::mailbox;
    use super::super::options::WorkerProgram;
    use super::super::process::{Event, Process};
    use super::*;
    use crate::model_hash::ModelHash;
    use crate::tensor::{ElementType, TensorDescription};
    use rustix::event::{EventfdFlags, eventfd};
    use std::path::PathBuf;
    use std::time::Duration;

    const LANES: usize = 2;

    /// A child that a lane runs on while `deed` is done to what they share; the outcome of the run.
    fn beside(
        deed: impl FnOnce(&SharedMemory, &SharedMemory) + Send,
    ) -> (Result<Timing, ExecuteError>, Option<Verdict>) {
        let options = WorkerOptions {
            first_run_limit: Duration::from_secs(30),
            ..WorkerOptions::new(WorkerProgram {
                path: PathBuf::from("/bin/sleep"),
                arguments: vec!["60".into()],
                environment: Vec::new(),
            })
        };
        let process = Process::spawn(&options.program).unwrap();
        let (mailboxes, file) = SharedMemory::create("test", mailbox::bytes(LANES)).unwrap();
        let theirs = SharedMemory::open(&file, mailbox::bytes(LANES)).unwrap();
        let description = description();
        let (memory, file) = SharedMemory::create("test", 4_096).unwrap();
        let their_tensors = SharedMemory::open(&file, 4_096).unwrap();
        let layout = TensorLayout::of_tensors(&description.inputs, &description.outputs, LANES);
        let tensors = SharedTensors::new(memory, layout, LANES);
        let generation = Generation::new(process.handle().unwrap(), mailboxes, LANES);
        let call = eventfd(0, EventfdFlags::CLOEXEC).unwrap();
        let outcome = std::thread::scope(|scope| {
            let running = scope.spawn(|| {
                let inputs: Vec<_> = description.inputs.iter().map(Tensor::zero).collect();
                let mut outputs: Vec<_> = description.outputs.iter().map(Tensor::zero).collect();
                let mut request = RunningRequest {
                    model: ModelId(0),
                    inputs: &inputs,
                    outputs: &mut outputs,
                    deadline: Instant::now(),
                    usual: None,
                };
                generation.run(1, &mut request, &description, &tensors, &options)
            });
            let mailbox = Mailbox::of(&theirs, 1);
            while !matches!(mailbox.look(), Found::Pending(_)) {
                std::thread::yield_now();
            }
            deed(&theirs, &their_tensors);
            let condemned = process.wait(call.as_fd(), Some(Duration::from_millis(500)));
            if matches!(condemned, Event::Ended) {
                process.end(Duration::from_secs(1)).unwrap();
                generation.close();
                return running.join().unwrap();
            }
            let outcome = running.join().unwrap();
            process.end(Duration::ZERO).unwrap();
            outcome
        });
        (outcome, generation.verdict())
    }

    fn description() -> ModelDescription {
        let tensor = |name: &str| TensorDescription {
            name: name.to_owned(),
            shape: vec![3],
            element: ElementType::F32,
            quantisation: None,
        };
        ModelDescription {
            name: "model".to_owned(),
            hash: ModelHash([0; 32]),
            inputs: vec![tensor("in")],
            outputs: vec![tensor("out")],
        }
    }

    #[test]
    fn a_state_that_is_none_ends_the_child() {
        let scribble = |mailboxes: &SharedMemory, _: &SharedMemory| {
            for word in 0..mailbox::bytes(LANES) / 4 {
                mailboxes
                    .word(word * 4)
                    .store(0xDEAD_BEEF, Ordering::Release);
            }
            for lane in 0..LANES {
                super::super::bell::ring(mailboxes.word(lane * mailbox::bytes(1)));
            }
        };
        let expected = (Err(ExecuteError::WorkerLost), Some(Verdict::Faulty));
        assert_eq!(beside(scribble), expected);
    }

    #[test]
    fn a_child_that_says_that_it_is_gone_is_made_to_be() {
        let expected = (Err(ExecuteError::WorkerLost), Some(Verdict::Faulty));
        let lie = |mailboxes: &SharedMemory, _: &SharedMemory| {
            Mailbox::of(mailboxes, 1).close();
        };
        assert_eq!(beside(lie), expected);
    }

    #[test]
    fn an_answer_that_is_no_number_and_took_ages_is_not_believed() {
        let lie = |mailboxes: &SharedMemory, tensors: &SharedMemory| {
            for word in 0..1_024 {
                tensors
                    .word(word * 4)
                    .store(f32::NAN.to_bits(), Ordering::Relaxed);
            }
            Mailbox::of(mailboxes, 1).answer(Duration::MAX);
        };
        let (outcome, verdict) = beside(lie);
        let error = RunError::OutputNotFinite {
            tensor: "out".to_owned(),
            index: 0,
        };
        assert_eq!((outcome, verdict), (Err(error.into()), None));
        let slow = |mailboxes: &SharedMemory, _: &SharedMemory| {
            Mailbox::of(mailboxes, 1).answer(Duration::MAX);
        };
        let timing = beside(slow).0.unwrap();
        assert!(timing.compute <= timing.total);
    }
}
