//! The commands for the kernel, its beings and their memories.

mod beings;
mod burst;
mod faults;
mod memory;
mod migrate;
mod parameters;
mod patterns;
mod recall;
mod rhythm;
pub(super) mod table;
mod tell;
mod transfer;

pub(super) use beings::run as beings;
pub(super) use burst::run as burst;
pub(super) use faults::run as faults;
pub(super) use memory::run as memory;
pub(super) use parameters::run as parameters;
pub(super) use patterns::run as patterns;
pub(super) use recall::run as recall;
pub(super) use rhythm::run as kernel;
pub(super) use tell::run as tell;
