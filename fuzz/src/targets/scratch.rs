//! A folder for parsers that read files.

use std::cell::OnceCell;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Calls `work` with an empty folder that holds one file.
pub(super) fn with_file(name: &str, bytes: &[u8], work: impl FnOnce(&Path)) {
    FOLDER.with(|cell| {
        let folder = cell.get_or_init(|| {
            // Memory, where there is some: nothing here needs to last.
            let fast = Path::new("/dev/shm");
            if fast.is_dir() {
                tempfile::tempdir_in(fast)
            } else {
                tempfile::tempdir()
            }
            .expect("a folder can be made")
        });
        for left in fs::read_dir(folder.path()).expect("the folder is there") {
            fs::remove_file(left.expect("the folder can be read").path())
                .expect("what a target left can be removed");
        }
        fs::write(folder.path().join(name), bytes).expect("the file can be written");
        work(folder.path());
    });
}
