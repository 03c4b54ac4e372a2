//! The child's side: loads models and runs what is posted.

use super::channel::Channel;
use super::error::ServeError;
use super::fault::Fault;
use super::layout::TensorLayout;
use super::load_fault::LoadFault;
use super::mailbox::{self, Mailbox};
use super::memory::SharedMemory;
use super::message::{FromWorker, MessageError, ToWorker};
use crate::backend::Backend;
use crate::error::{DeviceFault, RunError};
use crate::manifest::Manifest;
use crate::model::Model;
use crate::scheduler::BackendFacts;
use crate::tensor::Tensor;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use rustix::process::{Signal, set_parent_process_death_signal};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// A model on one lane, with buffers of its own: the memory that is shared holds words, not floats.
struct Loaded {
    model: Box<dyn Model>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    memory: Arc<SharedMemory>,
    layout: TensorLayout,
}

/// The models of one lane.
type Lane = Mutex<BTreeMap<u32, Loaded>>;

/// Makes this process end with its parent. To be called first of all: what a backend opens may hang,
/// and would then outlive a service that was killed.
///
/// # Errors
/// [`ServeError`] if the system refuses, or the parent has gone already.
pub fn end_with_parent() -> Result<(), ServeError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|reason| ServeError::System {
        what: "to die with its parent",
        reason,
    })?;
    // It may have gone before: then its end of the socket is closed, and nobody signals any more.
    let input = std::io::stdin();
    let mut first = [0; 1];
    match recv(&input, &mut first, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
        Ok((_, 1..)) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
        Ok(_) | Err(_) => Err(ServeError::NotAWorker),
    }
}

/// Serves as worker with this backend: the standard input is the control socket. Returns when the
/// parent has gone or wants no more; then the program should end.
///
/// A backend that takes long to open is opened after [`end_with_parent`].
///
/// # Errors
/// [`ServeError`] if this program was not started as a worker, or the parent is not understood.
pub fn serve(backend: &dyn Backend) -> Result<(), ServeError> {
    let system = |what| move |reason| ServeError::System { what, reason };
    end_with_parent()?;
    let input = std::io::stdin();
    let socket =
        rustix::io::fcntl_dupfd_cloexec(&input, 3).map_err(system("the standard input"))?;
    let channel = Channel::of(socket);
    let facts = BackendFacts {
        name: backend.name().to_owned(),
        formats: backend.formats().to_vec(),
        lanes: backend.lanes().max(1),
    };
    let hello = FromWorker::Hello(facts).encode();
    channel
        .send(&hello, &[])
        .map_err(|_| ServeError::NotAWorker)?;
    let mut lanes: Vec<Arc<Lane>> = Vec::new();
    loop {
        let packet = channel.receive().map_err(system("the control socket"))?;
        if packet.bytes.is_empty() {
            return Ok(());
        }
        let mut files = packet.files.into_iter();
        let mut file = || {
            files
                .next()
                .ok_or(MessageError::Impossible("number of files"))
        };
        match ToWorker::decode(&packet.bytes)? {
            ToWorker::Mailboxes { lanes: count, spin } => {
                let bytes = mailbox::bytes(count as usize);
                let memory =
                    SharedMemory::open(&file()?, bytes).map_err(system("the mailboxes"))?;
                lanes = start_lanes(&Arc::new(memory), count as usize, spin)?;
            }
            ToWorker::Load {
                model,
                manifest,
                file: bytes,
            } => {
                let (source, tensors) = (File::from(file()?), file()?);
                let loaded = read(&source, manifest, bytes).and_then(|(manifest, bytes)| {
                    load(backend, &lanes, &manifest, &bytes, &tensors)
                });
                let said = match loaded {
                    Ok(loaded) => {
                        for (lane, loaded) in lanes.iter().zip(loaded) {
                            let mut models = lane.lock().unwrap_or_else(PoisonError::into_inner);
                            models.insert(model, loaded);
                        }
                        FromWorker::Loaded { model }
                    }
                    Err(fault) => FromWorker::Refused { model, fault },
                };
                let sent = channel.send(&said.encode(), &[]);
                sent.map_err(system("the control socket"))?;
            }
        }
    }
}

fn read(source: &File, manifest: u32, file: u64) -> Result<(Manifest, Vec<u8>), LoadFault> {
    let unread = |error: std::io::Error| LoadFault::other(&format!("it did not arrive: {error}"));
    let mut text = vec![0; manifest as usize];
    source.read_exact_at(&mut text, 0).map_err(unread)?;
    let length = usize::try_from(file).map_err(|error| LoadFault::other(&error))?;
    let mut bytes = vec![0; length];
    source
        .read_exact_at(&mut bytes, manifest.into())
        .map_err(unread)?;
    let text = String::from_utf8(text).map_err(|error| LoadFault::other(&error))?;
    let manifest = Manifest::read_again(&text).map_err(|error| LoadFault::other(&error))?;
    Ok((manifest, bytes))
}

fn load(
    backend: &dyn Backend,
    lanes: &[Arc<Lane>],
    manifest: &Manifest,
    bytes: &[u8],
    tensors: &OwnedFd,
) -> Result<Vec<Loaded>, LoadFault> {
    let layout = TensorLayout::of(manifest, lanes.len());
    let memory =
        SharedMemory::open(tensors, layout.bytes()).map_err(|error| LoadFault::other(&error))?;
    let memory = Arc::new(memory);
    let models = backend
        .load_lanes(bytes, manifest)
        .map_err(|error| LoadFault::of(&error))?;
    if models.len() != lanes.len() {
        let why = format!("{} of {} lanes have it", models.len(), lanes.len());
        return Err(LoadFault::other(&why));
    }
    let with_buffers = |model: Box<dyn Model>| {
        let description = model.describe();
        if description.inputs != manifest.inputs || description.outputs != manifest.outputs {
            let why = "the backend describes it otherwise than its manifest";
            return Err(LoadFault::other(&why));
        }
        Ok(Loaded {
            inputs: description.inputs.iter().map(Tensor::zero).collect(),
            outputs: description.outputs.iter().map(Tensor::zero).collect(),
            model,
            memory: Arc::clone(&memory),
            layout: layout.clone(),
        })
    };
    models.into_iter().map(with_buffers).collect()
}

fn start_lanes(
    mailboxes: &Arc<SharedMemory>,
    count: usize,
    spin: u32,
) -> Result<Vec<Arc<Lane>>, ServeError> {
    let spin = Duration::from_micros(spin.into());
    let mut lanes = Vec::with_capacity(count);
    for number in 0..count {
        let lane = Arc::new(Lane::default());
        let (theirs, mailboxes) = (Arc::clone(&lane), Arc::clone(mailboxes));
        Builder::new()
            .name(format!("lane-{number}"))
            .spawn(move || work(&theirs, &mailboxes, number, spin))?;
        lanes.push(lane);
    }
    Ok(lanes)
}

/// Runs whatever is posted on a lane, for ever: the thread ends with the process.
fn work(lane: &Lane, mailboxes: &SharedMemory, number: usize, spin: Duration) {
    let mailbox = Mailbox::of(mailboxes, number);
    loop {
        let asked = mailbox.begin(spin);
        let mut models = lane.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(loaded) = models.get_mut(&asked) else {
            mailbox.fail(&Fault::unknown_model(asked));
            continue;
        };
        match loaded.run(number) {
            Ok(compute) => mailbox.answer(compute),
            Err(error) => mailbox.fail(&Fault::of(&error, loaded.model.describe())),
        }
    }
}

impl Loaded {
    fn run(&mut self, lane: usize) -> Result<Duration, RunError> {
        self.layout
            .take_inputs(&self.memory, lane, &mut self.inputs);
        let inputs: Vec<_> = self.inputs.iter().map(Tensor::view).collect();
        let mut outputs: Vec<_> = self.outputs.iter_mut().map(Tensor::view_mut).collect();
        let began = Instant::now();
        let ran = catch_unwind(AssertUnwindSafe(|| self.model.run(&inputs, &mut outputs)));
        let fault = || DeviceFault::Failed("running the model panicked".to_owned());
        let timing = ran.unwrap_or_else(|_| Err(fault().into()))?;
        drop(outputs);
        self.layout.give_outputs(&self.memory, lane, &self.outputs);
        Ok(timing.compute.min(began.elapsed()))
    }
}
