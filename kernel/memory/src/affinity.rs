//! Which processors a background thread may use.

use rustix::thread::{CpuSet, sched_setaffinity};

/// Confines the calling thread, the memory's `name`, to `cores`; where there are none it stays where it
/// is. A refusal is told and lived with: the thread works anywhere.
pub(crate) fn confine(name: &str, cores: &[usize]) {
    if cores.is_empty() {
        return;
    }
    let mut set = CpuSet::new();
    for &core in cores.iter().filter(|&&core| core < CpuSet::MAX_CPU) {
        set.set(core);
    }
    if let Err(error) = sched_setaffinity(None, &set) {
        log::warn!("memory: the {name} cannot be confined to processors {cores:?}: {error}");
    }
}
