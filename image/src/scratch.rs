//! A folder for one run's sockets, disks and secrets, gone when the run is over.
//!
//! A run that was killed cannot clean up; the next one does it for it.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = "triune-run-";

/// Makes an empty folder that only this user can enter. Its path is short: a socket's address
/// has room for about a hundred characters (unix(7)).
pub(crate) fn folder() -> io::Result<TempDir> {
    let parent = std::env::temp_dir();
    sweep(&parent);
    tempfile::Builder::new()
        .prefix(&format!("{PREFIX}{}-", std::process::id()))
        .tempdir_in(parent)
}

/// Removes the folders of runs that are over. Those of other users stay, for want of rights.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        if let Some(owner) = owner(&name.to_string_lossy())
            && !Path::new(&format!("/proc/{owner}")).exists()
        {
            // Another run may be sweeping at the same moment.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The process that made a folder of this name.
fn owner(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_swept_and_the_living_keep_theirs() {
        let parent = tempfile::tempdir().unwrap();
        // Above the largest number that the kernel gives to a process (2^22, proc(5)).
        let dead = parent.path().join(format!("{PREFIX}4999999-abc"));
        let living = parent
            .path()
            .join(format!("{PREFIX}{}-abc", std::process::id()));
        let stranger = parent.path().join("something-else");
        for folder in [&dead, &living, &stranger] {
            fs::create_dir(folder).unwrap();
        }
        sweep(parent.path());
        assert!(!dead.exists() && living.exists() && stranger.exists());
    }

    #[test]
    fn only_our_names_have_an_owner() {
        assert_eq!(owner("triune-run-12-xy"), Some(12));
        assert_eq!(owner("triune-run-x-12"), None);
        assert_eq!(owner("triune-12-xy"), None);
    }
}
