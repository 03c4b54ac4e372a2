//! Where the C library is, once it is built.

use std::path::PathBuf;

/// File name of the library.
const FILE: &str = "librknnrt.so";

/// The library that was built together with the program that runs, if the program lies where cargo
/// put it. Cargo leaves the library of a tested crate, or of a dependency, among the
/// dependencies (`target/PROFILE/deps`), where tests lie too; what `cargo build` is asked for lies one
/// folder above, and examples lie beside `deps`.
#[must_use]
pub fn built_library() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let above = folder.parent()?;
    [
        folder.join(FILE),
        folder.join("deps").join(FILE),
        above.join("deps").join(FILE),
    ]
    .into_iter()
    .find(|path| path.is_file())
}
