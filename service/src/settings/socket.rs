//! Where the control socket lies when nobody says.

use std::path::PathBuf;

/// `/run/triune/control.sock` for root, the user's runtime or state folder for everyone else:
/// never a folder that another user could have made first.
#[must_use]
pub fn default_socket() -> PathBuf {
    let of_user = || {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        runtime.or_else(|| {
            std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"))
        })
    };
    let folder = if rustix::process::geteuid().is_root() {
        None
    } else {
        of_user()
    };
    folder
        .unwrap_or_else(|| PathBuf::from("/run"))
        .join("triune/control.sock")
}
