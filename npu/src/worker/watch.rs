//! The thread that starts, feeds, watches, buries and restarts the child.

use super::error::WorkerError;
use super::generation::{Generation, SharedTensors, Verdict};
use super::layout::TensorLayout;
use super::load_fault::LoadFault;
use super::mailbox;
use super::memory::SharedMemory;
use super::message::{FromWorker, ToWorker};
use super::options::WorkerOptions;
use super::process::{Event, Process, system, was_killed_from_outside};
use super::restart::Pauses;
use super::roster::Roster;
use crate::scheduler::{BackendFacts, ModelId, ModelSource};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// How long a process may take from closing its socket to its end, so that it can be told how it ended.
const GRACE: Duration = Duration::from_millis(200);

/// What the executor and its watch share.
pub(super) struct Watched {
    pub(super) options: WorkerOptions,
    pub(super) roster: Roster,
    pub(super) counts: Counts,
    /// Written to when the watch is to look at the roster.
    pub(super) call: OwnedFd,
}

/// How children ended.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) restarts: AtomicU64,
    pub(super) killed_overdue: AtomicU64,
    pub(super) killed_faulty: AtomicU64,
    pub(super) devices_lost: AtomicU64,
    pub(super) died: AtomicU64,
}

/// Keeps a child until all is stopped. Tells once what the first one computes with, or why there is
/// none; then it ends.
pub(super) fn watch(watched: &Watched, first: &SyncSender<Result<BackendFacts, WorkerError>>) {
    let mut pauses = Pauses::new(watched.options.longest_pause);
    let mut facts = None;
    let mut unburied: Vec<Process> = Vec::new();
    while !watched.roster.is_stopped() {
        let began = Instant::now();
        let was_first = facts.is_none();
        match live(watched, &mut facts, first, &mut unburied) {
            Ok(()) => {}
            Err(error) if was_first && facts.is_none() => {
                // Whoever starts the executor waits for this very word.
                let _ = first.send(Err(error));
                return;
            }
            Err(error) => log::warn!("{error}; trying again"),
        }
        unburied.retain_mut(|process| !process.has_gone());
        if watched.roster.is_stopped() {
            break;
        }
        watched.roster.sleep(pauses.after(began.elapsed()));
        watched.counts.restarts.fetch_add(1, Ordering::Relaxed);
    }
}

/// One child's life, from its start to its end.
fn live(
    watched: &Watched,
    facts: &mut Option<BackendFacts>,
    first: &SyncSender<Result<BackendFacts, WorkerError>>,
    unburied: &mut Vec<Process>,
) -> Result<(), WorkerError> {
    let process = Process::spawn(&watched.options.program)?;
    let introduced = introduce(watched, &process, facts);
    let generation = match introduced {
        Ok(generation) => Arc::new(generation),
        Err(error) => {
            let error = bury_unknown(process, error, unburied);
            return Err(error);
        }
    };
    if let Some(facts) = facts {
        // Only the first time somebody waits for it.
        let _ = first.try_send(Ok(facts.clone()));
    }
    watched.roster.begin(&generation);
    let loading = serve(watched, &process, &generation);
    let (id, running) = (process.id(), generation.running());
    let grace = if watched.roster.is_stopped() {
        Duration::ZERO
    } else {
        GRACE
    };
    let status = match process.end(grace) {
        Ok(status) => status,
        Err(process) => {
            log::error!(
                "worker {id} does not end: it waits in a driver; another is started beside it"
            );
            unburied.push(*process);
            None
        }
    };
    let mut suspects = running;
    let told = match generation.verdict() {
        Some(Verdict::Overdue(model)) => {
            suspects = vec![model];
            watched
                .counts
                .killed_overdue
                .fetch_add(1, Ordering::Relaxed);
            "took too long and was killed".to_owned()
        }
        Some(Verdict::Faulty) => {
            suspects.extend(loading);
            watched.counts.killed_faulty.fetch_add(1, Ordering::Relaxed);
            "broke the protocol and was killed".to_owned()
        }
        Some(Verdict::DeviceLost) => {
            suspects.clear();
            watched.counts.devices_lost.fetch_add(1, Ordering::Relaxed);
            "lost its device".to_owned()
        }
        None if watched.roster.is_stopped() => {
            suspects.clear();
            "was stopped".to_owned()
        }
        None => {
            suspects.extend(loading);
            watched.counts.died.fetch_add(1, Ordering::Relaxed);
            match status {
                Some(status) if was_killed_from_outside(status) => {
                    suspects.clear();
                    format!("was killed from outside ({status})")
                }
                Some(status) => format!("ended ({status})"),
                None => "closed its socket and was killed".to_owned(),
            }
        }
    };
    suspects.sort_unstable();
    suspects.dedup();
    let set_aside = watched.roster.end(&suspects, &watched.options);
    // Only now, so that who is let go finds no child that is gone.
    generation.close();
    if !watched.roster.is_stopped() {
        log::warn!("worker {id} {told}");
    }
    for model in set_aside {
        log::error!("model '{model}' ends its worker again and again: it is set aside");
    }
    Ok(())
}

/// Hears what the child computes with and gives it the mailboxes.
fn introduce(
    watched: &Watched,
    process: &Process,
    facts: &mut Option<BackendFacts>,
) -> Result<Generation, WorkerError> {
    let until = Instant::now() + watched.options.start_limit;
    let said = loop {
        let left = until.saturating_duration_since(Instant::now());
        match process.wait(watched.call.as_fd(), Some(left)) {
            Event::Packet(packet) => break FromWorker::decode(&packet.bytes)?,
            Event::Called if !watched.roster.is_stopped() => {}
            Event::Called | Event::Ended => {
                let status = "before it said anything".to_owned();
                return Err(WorkerError::Ended { status });
            }
            Event::TimedOut => return Err(WorkerError::Silent),
        }
    };
    let FromWorker::Hello(found) = said else {
        return Err(WorkerError::Silent);
    };
    if let Some(expected) = facts
        && *expected != found
    {
        let tell = |facts: &BackendFacts| format!("{} on {} lanes", facts.name, facts.lanes);
        return Err(WorkerError::Changed {
            expected: tell(expected),
            found: tell(&found),
        });
    }
    let lanes = found.lanes;
    let bytes = mailbox::bytes(lanes);
    let (memory, file) = SharedMemory::create("triune-npu-mailboxes", bytes)
        .map_err(|reason| system("shared memory", reason))?;
    let message = ToWorker::Mailboxes {
        lanes: lanes as u32,
        spin: u32::try_from(watched.options.spin.as_micros()).unwrap_or(u32::MAX),
    };
    process
        .channel()
        .send(&message.encode(), &[file.as_fd()])
        .map_err(|reason| system("message", reason))?;
    let handle = process.handle().map_err(|reason| system("pidfd", reason))?;
    facts.get_or_insert(found);
    Ok(Generation::new(handle, memory, lanes))
}

/// Ends a child that was not understood; what is known of its end is told.
fn bury_unknown(process: Process, error: WorkerError, unburied: &mut Vec<Process>) -> WorkerError {
    match process.end(GRACE) {
        Ok(Some(status)) if matches!(error, WorkerError::Ended { .. }) => WorkerError::Ended {
            status: status.to_string(),
        },
        Ok(_) => error,
        Err(process) => {
            unburied.push(*process);
            error
        }
    }
}

/// Loads models as they come, until the child ends or all is stopped. The model that was being loaded
/// when it ended.
fn serve(watched: &Watched, process: &Process, generation: &Generation) -> Option<ModelId> {
    loop {
        while let Some((model, source)) = watched.roster.next_pending() {
            match load(watched, process, generation, model, &source) {
                Loading::Settled => {}
                Loading::Ended => return Some(model),
                Loading::Stopped | Loading::NotOffered => return None,
            }
        }
        match process.wait(watched.call.as_fd(), None) {
            Event::Called if watched.roster.is_stopped() => return None,
            Event::Called | Event::TimedOut => {}
            Event::Ended => return None,
            Event::Packet(_) => {
                // Nothing was asked.
                generation.condemn(Verdict::Faulty);
                return None;
            }
        }
    }
}

enum Loading {
    Settled,
    Ended,
    Stopped,
    /// The child was gone before it heard of the model, which waits for the next one.
    NotOffered,
}

fn load(
    watched: &Watched,
    process: &Process,
    generation: &Generation,
    model: ModelId,
    source: &ModelSource,
) -> Loading {
    let tensors = match offer(process, generation, model, source) {
        Ok(tensors) => tensors,
        Err(Errno::PIPE | Errno::CONNRESET) => return Loading::NotOffered,
        Err(reason) => {
            let text =
                LoadFault::other(&format!("the system gives no memory to load it: {reason}"));
            watched.roster.refused(model, text);
            return Loading::Settled;
        }
    };
    let until = Instant::now() + watched.options.load_limit;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match process.wait(watched.call.as_fd(), Some(left)) {
            Event::Called if watched.roster.is_stopped() => return Loading::Stopped,
            Event::Called => {}
            Event::Ended => return Loading::Ended,
            Event::TimedOut => {
                generation.condemn(Verdict::Overdue(model));
                return Loading::Ended;
            }
            Event::Packet(packet) => {
                match FromWorker::decode(&packet.bytes) {
                    Ok(FromWorker::Loaded { model: said }) if said == model.0 => {
                        watched.roster.loaded(model, tensors);
                    }
                    Ok(FromWorker::Refused { model: said, fault }) if said == model.0 => {
                        watched.roster.refused(model, fault);
                    }
                    _ => {
                        generation.condemn(Verdict::Faulty);
                        return Loading::Ended;
                    }
                }
                return Loading::Settled;
            }
        }
    }
}

/// Hands a model's file and the memory for its tensors over.
fn offer(
    process: &Process,
    generation: &Generation,
    model: ModelId,
    source: &ModelSource,
) -> Result<SharedTensors, Errno> {
    let manifest = source.manifest.to_toml();
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("triune-npu-model", flags)?);
    let mut write = |bytes| {
        let written = file.write_all(bytes);
        written.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
    };
    write(manifest.as_bytes())?;
    write(&source.bytes)?;
    fcntl_add_seals(
        &file,
        SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL,
    )?;
    let lanes = generation.lanes();
    let layout = TensorLayout::of(&source.manifest, lanes);
    let (memory, tensors) = SharedMemory::create("triune-npu-tensors", layout.bytes())?;
    let message = ToWorker::Load {
        model: model.0,
        manifest: manifest.len() as u32,
        file: source.bytes.len() as u64,
    };
    process
        .channel()
        .send(&message.encode(), &[file.as_fd(), tensors.as_fd()])?;
    Ok(SharedTensors::new(memory, layout, lanes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::dual_activation::DualActivation;
    use crate::model::ModelDescription;
    use crate::model_hash::ModelHash;
    use crate::worker::options::WorkerProgram;
    use rustix::event::{EventfdFlags, eventfd};
    use std::path::PathBuf;

    #[test]
    fn a_model_that_a_dying_child_never_heard_of_waits_for_the_next_one() {
        let program = WorkerProgram {
            path: PathBuf::from("/bin/true"),
            arguments: Vec::new(),
            environment: Vec::new(),
        };
        let process = Process::spawn(&program).unwrap();
        let watched = Watched {
            options: WorkerOptions::new(program),
            roster: Roster::default(),
            counts: Counts::default(),
            call: eventfd(0, EventfdFlags::CLOEXEC).unwrap(),
        };
        assert!(matches!(
            process.wait(watched.call.as_fd(), None),
            Event::Ended
        ));
        let (mailboxes, _) = SharedMemory::create("test", mailbox::bytes(1)).unwrap();
        let generation = Generation::new(process.handle().unwrap(), mailboxes, 1);
        let source = DualActivation::shipped().unwrap();
        let description = ModelDescription {
            name: source.manifest.name.clone(),
            hash: ModelHash::of(&source.bytes),
            inputs: source.manifest.inputs.clone(),
            outputs: source.manifest.outputs.clone(),
        };
        let model = watched
            .roster
            .enter(&source, Arc::new(description))
            .unwrap();
        assert_eq!(serve(&watched, &process, &generation), None, "to blame");
        let pending = watched.roster.next_pending().map(|(pending, _)| pending);
        assert_eq!(pending, Some(model));
        process.end(Duration::ZERO).unwrap();
    }
}
