//! Where the control socket lies when nobody says.

use std::path::PathBuf;

/// `/run/triune/control.sock` for root, the user's runtime folder for everyone else.
#[must_use]
pub fn default_socket() -> PathBuf {
    let runtime = if rustix::process::geteuid().is_root() {
        PathBuf::from("/run")
    } else {
        std::env::var_os("XDG_RUNTIME_DIR").map_or_else(
            || std::env::temp_dir().join(format!("user-{}", rustix::process::geteuid().as_raw())),
            PathBuf::from,
        )
    };
    runtime.join("triune/control.sock")
}
