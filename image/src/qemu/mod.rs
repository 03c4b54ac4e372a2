//! A QEMU `virt` machine: its command line, its console, its control socket, its end.

mod console;
mod error;
mod instance;
mod machine;
mod qmp;

pub(crate) use console::Echo;
pub(crate) use error::QemuError;
pub(crate) use instance::Instance;
pub(crate) use machine::Machine;
