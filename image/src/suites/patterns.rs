//! Names of a crate's test programs that match a pattern.

use std::fs;
use std::path::Path;

/// The test programs in `folder` (`tests/` of a crate) that match one of `patterns`, in order.
/// Cargo takes patterns too, but fails where one matches nothing.
pub(super) fn test_programs(folder: &Path, patterns: &[&str]) -> Vec<String> {
    let patterns: Vec<_> = patterns
        .iter()
        .filter_map(|pattern| glob::Pattern::new(pattern).ok())
        .collect();
    let mut names: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| patterns.iter().any(|pattern| pattern.matches(name)))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_pattern_and_folders_are_not() {
        let root = tempfile::tempdir().unwrap();
        for name in ["loom_ring.rs", "loom_page.rs", "a_crash_b.rs", "notes.md"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        fs::create_dir(root.path().join("loom_common")).unwrap();
        assert_eq!(
            test_programs(root.path(), &["loom_*", "*crash*"]),
            ["a_crash_b", "loom_page", "loom_ring"]
        );
        assert!(test_programs(&root.path().join("absent"), &["*"]).is_empty());
    }
}
