//! A backend that does on command what no model should: sleep, hang, abort.
#![allow(dead_code, reason = "each test uses a part")]

use crate::common::{floats, manifest, tensor};
use std::thread::sleep;
use std::time::{Duration, Instant};
use triune_npu::scheduler::{ModelSource, Slot};
use triune_npu::{
    Backend, DeviceFault, ElementType, FileFormat, LoadError, Manifest, Model, ModelDescription,
    ModelHash, RunError, TensorMut, TensorRef, TensorSlice, TensorSliceMut, Timing,
};

/// What a run is told to do; the second number of the input goes with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Command {
    /// Yields the second number.
    Echo,
    /// Sleeps so many milliseconds, then yields them.
    Sleep,
    /// Never returns.
    Hang,
    /// Ends the process.
    Abort,
    /// Yields what is not a number.
    NotANumber,
    /// Says that the device is lost.
    LoseDevice,
    /// Panics.
    Panic,
    /// Says that the device has no memory left.
    NoMemory,
    /// Yields the process's number.
    Identify,
}

const COMMANDS: [Command; 9] = [
    Command::Echo,
    Command::Sleep,
    Command::Hang,
    Command::Abort,
    Command::NotANumber,
    Command::LoseDevice,
    Command::Panic,
    Command::NoMemory,
    Command::Identify,
];

/// Its models are files of any bytes; those that say so abort or are refused when they are loaded.
pub(crate) struct Trouble {
    pub(crate) lanes: usize,
}

struct Troubled(ModelDescription);

/// A model of this backend.
pub(crate) fn troubled(name: &str) -> ModelSource {
    let tensors = tensor("inputs", "command", &[1, 2], ElementType::F32)
        + &tensor("outputs", "result", &[1, 1], ElementType::F32);
    let bytes = name.as_bytes();
    ModelSource::new(manifest(name, bytes, &tensors), bytes)
}

/// Fills a slot with a command.
pub(crate) fn command(slot: &mut Slot, command: Command, with: f32) {
    let number = COMMANDS.iter().position(|known| *known == command);
    let input = floats(&[1, 2], &[number.expect("a command") as f32, with]);
    if let (TensorSliceMut::F32(to), Some(from)) = (slot.input(0).elements, input.as_f32()) {
        to.copy_from_slice(from);
    }
}

/// What a slot's request yielded.
pub(crate) fn result(slot: &Slot) -> f32 {
    match slot.output(0).elements {
        TensorSlice::F32(values) => values[0],
        TensorSlice::I8(_) => f32::NAN,
    }
}

impl Backend for Trouble {
    fn name(&self) -> &str {
        "trouble"
    }

    fn formats(&self) -> &[FileFormat] {
        &[FileFormat::Onnx]
    }

    fn lanes(&self) -> usize {
        self.lanes
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        match bytes {
            b"aborts_when_loaded" => std::process::abort(),
            b"is_refused" => Err(LoadError::Unreadable {
                backend: "trouble".to_owned(),
                model: manifest.name.clone(),
                reason: "it is meant to be".to_owned(),
            }),
            _ => Ok(Box::new(Troubled(ModelDescription {
                name: manifest.name.clone(),
                hash: ModelHash::of(bytes),
                inputs: manifest.inputs.clone(),
                outputs: manifest.outputs.clone(),
            }))),
        }
    }
}

impl Model for Troubled {
    fn describe(&self) -> &ModelDescription {
        &self.0
    }

    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError> {
        let began = Instant::now();
        let (TensorSlice::F32(input), TensorSliceMut::F32(output)) =
            (inputs[0].elements, &mut outputs[0].elements)
        else {
            panic!("the manifest says f32");
        };
        output[0] = input[1];
        let why = || "on command".to_owned();
        match COMMANDS[input[0] as usize] {
            Command::Echo => {}
            Command::Sleep => sleep(Duration::from_secs_f32(input[1] / 1e3)),
            Command::Hang => loop {
                sleep(Duration::from_secs(3_600));
            },
            Command::Abort => std::process::abort(),
            Command::NotANumber => output[0] = f32::NAN,
            Command::LoseDevice => return Err(DeviceFault::Lost(why()).into()),
            Command::Panic => panic!("on command"),
            Command::NoMemory => return Err(DeviceFault::OutOfMemory(why()).into()),
            Command::Identify => output[0] = std::process::id() as f32,
        }
        Ok(Timing {
            total: began.elapsed(),
            compute: began.elapsed(),
        })
    }
}
