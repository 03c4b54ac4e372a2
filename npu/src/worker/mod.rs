//! Models in a process of their own: what hangs or crashes there is noticed, killed and started
//! again, and the service goes on.
//!
//! The queues stay with the parent, so that nothing is lost with a worker. Parent and child share
//! memory for tensors and a mailbox for each lane, and ring each other by futex; what is said seldom
//! goes over a socket. The parent believes nothing that the child writes.

mod bell;
mod channel;
mod child;
mod error;
mod executor;
mod fault;
mod generation;
mod layout;
mod load_fault;
mod mailbox;
mod memory;
mod message;
mod options;
mod process;
mod restart;
mod roster;
mod watch;

pub use child::{end_with_parent, serve};
pub use error::{ServeError, WorkerError};
pub use executor::WorkerExecutor;
pub use message::{MessageError, check_message};
pub use options::{WorkerOptions, WorkerProgram};
