//! Why something could not be done.

use std::path::PathBuf;

use crate::attribute::{ElementType, Format, Role};
use crate::code::Code;
use crate::symbols::Call;
use crate::version::VersionError;

/// Why a runtime library was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file.
    #[error("no NPU runtime: '{}' does not exist; install the vendor's librknnrt.so there", path.display())]
    Absent {
        /// Where it was sought.
        path: PathBuf,
    },
    /// The system cannot load it.
    #[error(
        "no NPU runtime: '{}' cannot be loaded; install the vendor's librknnrt.so for this processor and C library",
        path.display()
    )]
    Unloadable {
        /// Which file.
        path: PathBuf,
        /// What the system's loader said.
        source: libloading::Error,
    },
    /// It lacks functions without which nothing can be computed.
    #[error(
        "'{}' is no usable NPU runtime, it lacks {}; install librknnrt.so of version 2",
        path.display(),
        names(missing)
    )]
    NotUsable {
        /// Which file.
        path: PathBuf,
        /// The functions that it lacks.
        missing: Vec<Call>,
    },
}

fn names(calls: &[Call]) -> String {
    let names: Vec<&str> = calls.iter().map(|call| call.name()).collect();
    names.join(", ")
}

/// Why something with a context failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The library lacks the function.
    #[error("this NPU runtime has no {call}: install a newer one, or do without")]
    MissingSymbol {
        /// Which.
        call: Call,
    },
    /// A function of the library failed.
    #[error("{call} gave {code}{}", spaced(hint))]
    Call {
        /// Which.
        call: Call,
        /// What it returned.
        code: Code,
        /// What else is known of the cause, or nothing.
        hint: &'static str,
    },
    /// The library is of a version that this crate does not speak with.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A path holds a zero byte, which C cannot express.
    #[error("the path '{}' holds a zero byte: rename the file", path.display())]
    PathWithZero {
        /// The path.
        path: PathBuf,
    },
    /// A model is empty or larger than the interface can express.
    #[error("a model of {bytes} bytes cannot be loaded: 1 to 4294967295 can")]
    ModelSize {
        /// Its size.
        bytes: usize,
    },
    /// A model with more tensors than any has: the file or the library is damaged.
    #[error("the model has {found} {role}s, {limit} are the most: convert it again")]
    TooManyTensors {
        /// Inputs or outputs.
        role: Role,
        /// How many the library says.
        found: u32,
        /// How many this crate takes.
        limit: u32,
    },
    /// The library describes something in a way that cannot be: nothing of it is used.
    #[error(
        "the NPU runtime says that {field} of {what} is {found}: {expected}; convert the model again or install another runtime"
    )]
    BadAttribute {
        /// What is described, e.g. `input 'image'`.
        what: String,
        /// The name of the field in the vendor's structure.
        field: &'static str,
        /// What the library says.
        found: u64,
        /// What it may be.
        expected: String,
    },
    /// An index beyond the model's inputs or outputs.
    #[error("there is no {role} {index}: the model has {count}")]
    NoSuchTensor {
        /// Inputs or outputs.
        role: Role,
        /// Which was asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A memory or a buffer is smaller than what will be read from or written into it.
    #[error("{what} needs {needed} bytes and was given {found}")]
    TooSmall {
        /// What needs it.
        what: String,
        /// Bytes that it needs.
        needed: usize,
        /// Bytes that it was given.
        found: usize,
    },
    /// A memory larger than the interface can express, or of no size.
    #[error("a memory of {bytes} bytes cannot be made: 1 to 4294967295 can")]
    MemorySize {
        /// Bytes asked for.
        bytes: usize,
    },
    /// The library made a memory that the processor cannot reach.
    #[error(
        "{call} gave a memory without an address, or a smaller one than asked for: install another runtime"
    )]
    UnusableMemory {
        /// What made it.
        call: Call,
    },
    /// A memory belongs to another context.
    #[error("the memory belongs to another context: make it with the one that uses it")]
    ForeignMemory,
    /// A memory's bytes cannot be seen as elements of this type.
    #[error(
        "{bytes} bytes at this address are no whole number of aligned elements of {element_bytes} bytes"
    )]
    NotElements {
        /// Bytes of the memory.
        bytes: usize,
        /// Bytes of an element.
        element_bytes: usize,
    },
    /// Nothing is bound to the input or output.
    #[error("no memory is bound to {role} {index}: bind one first")]
    NotBound {
        /// Input or output.
        role: Role,
        /// Which.
        index: usize,
    },
    /// The shape was changed, and what is bound no longer fits.
    #[error(
        "what is bound to {role} {index} does not fit the new shape: bind a memory of {needed} bytes or more"
    )]
    OutgrownBinding {
        /// Input or output.
        role: Role,
        /// Which.
        index: usize,
        /// Bytes that it needs now.
        needed: usize,
    },
    /// Elements or a layout that the library converts nothing from or to.
    #[error(
        "{role}s cannot be bound as {element} in {format}: use a plain element type in NCHW or NHWC, or bind natively"
    )]
    UnsupportedBinding {
        /// Input or output.
        role: Role,
        /// The type asked for.
        element: ElementType,
        /// The layout asked for.
        format: Format,
    },
    /// The context was loaded so that the caller gives it memory, and the caller did not.
    #[error("the context was loaded without memory of its own for {part}: give it with {method}")]
    MemoryNotGiven {
        /// Weights or intermediate values.
        part: &'static str,
        /// What gives it.
        method: &'static str,
    },
    /// Not as many inputs or shapes as the model has.
    #[error("the model has {expected} inputs and was given {found}")]
    WrongCount {
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A shape that cannot be expressed.
    #[error("the shape {shape:?} cannot be set: 1 to 16 axes, each 1 or longer")]
    Shape {
        /// What was asked for.
        shape: Vec<usize>,
    },
    /// A matrix multiplication that the hardware does not do.
    #[error("{what} is {found}: {expected}")]
    Matmul {
        /// Which argument.
        what: &'static str,
        /// What was asked for.
        found: usize,
        /// What it may be.
        expected: &'static str,
    },
}

impl Error {
    /// Whether the device itself is gone: only a new process may help.
    #[must_use]
    pub fn is_device_lost(&self) -> bool {
        matches!(
            self,
            Self::Call {
                code: Code::DeviceUnavailable,
                ..
            }
        )
    }
}

fn spaced(hint: &str) -> String {
    if hint.is_empty() {
        String::new()
    } else {
        format!("; {hint}")
    }
}

/// Success, or the error that names `call`.
pub(crate) fn check(call: Call, code: i32) -> Result<(), Error> {
    match Code::of(code) {
        None => Ok(()),
        Some(code) => Err(Error::Call {
            call,
            code,
            hint: "",
        }),
    }
}
