//! The writer's way to the disk: operations that may be made to fail, and what is built of them.

mod disk;
mod fault;
mod faulty_disk;
mod whole;

pub use disk::{Disk, DiskFile, RealDisk};
pub use fault::{FaultSyntaxError, StoreFault};
pub use faulty_disk::FaultyDisk;

pub(crate) use whole::{
    create_whole, move_aside, move_aside_as, open_read_write, rename_new, sync_directory,
    with_suffix,
};
