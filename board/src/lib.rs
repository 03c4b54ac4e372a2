//! What a board is, as data.
//!
//! Each board has a folder `boards/<name>/` with a `board.toml`: which cores do which work,
//! the rate of the cycle, real-time priorities, the devices and the memory budgets. This crate
//! holds the types of that file, a parser that refuses what it does not know, the boards that
//! are built in, and the few look-ups that belong to them: which board this machine is, and
//! which processors "performance" and "efficiency" mean on it.
//!
//! It opens no device: that is the work of `triune-hal`.
#![forbid(unsafe_code)]

mod board;
mod budget;
mod catalogue;
mod core_roles;
mod cpu_list;
mod detect;
mod device;
mod error;
mod kernel;
mod nearest;
pub mod strict_toml;
mod topology;

pub use board::{Board, RATE_HZ_MAX, RATE_HZ_MIN};
pub use budget::{MemoryBudgets, Priorities};
pub use core_roles::{CoreClass, CoreError, CoreRoles, CoreSet, ResolvedCores};
pub use device::{
    AlsaMicrophone, CameraSpec, Devices, DisplaySpec, FileDisplay, KmsDisplay, LinuxVitals,
    MicrophoneSpec, NpuSpec, RecordedPictures, RecordedSound, RknnContexts, RknnNpu,
    SimulatedPictures, SimulatedSound, V4lCamera, VitalsSpec, WatchdogDevice, WatchdogSpec,
};
pub use error::BoardError;
pub use kernel::{
    BEINGS_MAX, CATCH_UP_MAX, ExecutorSpec, KernelSpec, OverrunSpec, UnknownExecutor,
    UnknownOverrunPolicy,
};
pub use nearest::nearest;
pub use topology::Topology;
