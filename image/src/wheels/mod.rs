//! ONNX Runtime's library for this machine and for the board, out of Python wheels: brought by the
//! machine's own pip, pinned by a lock file, checked by their hash.

mod bring;
mod error;
mod lock;
mod pip;
mod unpack;

pub(crate) use bring::{bring, bring_for, find, missing};
pub(crate) use error::WheelError;
pub(crate) use unpack::TERMS;
