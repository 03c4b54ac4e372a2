//! Removes what the tool made.

use std::fs;

use crate::cli::CleanOptions;
use crate::store::remove;
use crate::workspace::Workspace;

/// Folders that hold downloads.
const DOWNLOADS: &[&str] = &["packages", "apt", "onnxruntime", "emulator"];
/// Held by us while we clean.
const LOCK: &str = "lock";

pub(crate) fn run(workspace: &Workspace, options: &CleanOptions) -> anyhow::Result<()> {
    let _claim = workspace.claim()?;
    for entry in fs::read_dir(workspace.appliance())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kept = name == LOCK || (options.keep_downloads && DOWNLOADS.contains(&&*name));
        if !kept {
            remove(&entry.path())?;
        }
    }
    println!("{} is empty again", workspace.appliance().display());
    println!("cargo's own output stays; `cargo clean` removes it");
    Ok(())
}
