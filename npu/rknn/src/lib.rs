//! Safe Rust for the Rockchip NPU.
//!
//! The vendor's runtime, `librknnrt.so`, is loaded while the program runs ([`Library`]): a program built
//! with this crate also starts where there is none. Every function of its C interface is either wrapped
//! here or listed with the reason why not ([`SYMBOLS`]).
//!
//! ```no_run
//! use triune_rknn::{Context, Core, Cores, Form, InitFlags, Library, Role};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let library = Library::open(Library::NAME)?;
//! let model = std::fs::read("model.rknn")?;
//! let mut context = Context::load(&library, &model, InitFlags::empty())?;
//! context.set_cores(Cores::One(Core::Zero))?;
//! context.bind_new(Role::Input, 0, Form::Native)?;
//! context.bind_new(Role::Output, 0, Form::Native)?;
//! context.write_input(0)?.fill(0);
//! context.run()?;
//! println!("{:?}", &context.read_output(0)?[..4]);
//! # Ok(())
//! # }
//! ```
//!
//! | part | what |
//! |---|---|
//! | [`Library`], [`SYMBOLS`] | the library, and what becomes of each of its functions |
//! | [`Context`] | a loaded model: questions, bound memory, runs |
//! | [`Memory`] | memory that processor and NPU share; guards keep caches right |
//! | [`layout`], [`quantise`] | between the NPU's forms of tensors and plain ones |
//! | [`Lane`] | a context on a thread of its own, one for each core |
//! | [`Matmul`] | one multiplication of matrices, without a model |

#[cfg(not(target_os = "linux"))]
compile_error!("the Rockchip NPU's runtime exists for Linux only");

mod attribute;
mod binding;
mod bindings;
mod code;
mod context;
mod copied;
mod cores;
mod error;
mod flags;
mod handle;
mod lane;
pub mod layout;
mod library;
mod matmul;
mod memory;
pub mod quantise;
mod query;
mod shapes;
mod symbols;
mod text;
mod version;

pub use attribute::{ElementType, Format, Quantisation, Role, TensorAttribute};
pub use binding::Form;
pub use code::Code;
pub use context::Context;
pub use copied::{InputData, Outputs};
pub use cores::{Core, Cores};
pub use error::{Error, OpenError};
pub use flags::InitFlags;
pub use half::f16;
pub use lane::{Lane, LaneError, Ticket};
pub use library::{Library, OpenOptions};
pub use matmul::{
    Matmul, MatmulForm, MatmulKind, MatmulLayout, MatmulScales, MatmulShape, MatmulSide,
};
pub use memory::{Element, Memory, MemoryKind, ReadGuard, WriteGuard};
pub use query::{InputRange, MemorySize, View};
pub use symbols::{Call, SYMBOLS, Symbol, Use};
pub use version::{ApiVersion, SdkVersion, VersionError};
