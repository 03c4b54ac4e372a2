//! The kernel and those of its modules that the machine uses, taken out of Debian's package.

mod error;
mod modinfo;
mod modules;
mod order;
mod wanted;

pub(crate) use error::KernelError;
pub(crate) use modules::{Kernel, extract};
