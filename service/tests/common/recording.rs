//! `triune record` and `triune replay` as tests use them.

use super::{run, triune};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Records the beings in `data` on the host's board with further options; gives the file.
pub(crate) fn record(data: &Path, options: &[&str]) -> PathBuf {
    let file = data.with_extension("triune");
    let output = triune()
        .args(["record", "--board", "host"])
        .args(options)
        .arg("--data")
        .arg(data)
        .arg(&file)
        .output()
        .expect("triune runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    file
}

/// Replays a recording, which must come out as it was made; gives the report.
pub(crate) fn verified(file: &Path) -> Value {
    let path = file.to_str().expect("UTF-8");
    let replayed = run(&["replay", "--verify", "--json", path]);
    assert!(
        replayed.status.success(),
        "{}",
        String::from_utf8_lossy(&replayed.stderr)
    );
    serde_json::from_slice(&replayed.stdout).expect("JSON")
}
