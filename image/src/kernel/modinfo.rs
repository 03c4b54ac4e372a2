//! What a module says of itself: the `.modinfo` section, NUL-separated `key=value` strings
//! (`include/linux/moduleparam.h` of the kernel).

use object::{Object, ObjectSection};

/// The modules that a module needs loaded before it: its `depends=`, and its `softdep=pre:`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// Without these it does not load.
    pub(super) hard: Vec<String>,
    /// Without these it loads, and may miss something.
    pub(super) soft: Vec<String>,
}

/// Reads the needs out of a decompressed module.
pub(super) fn needs(module: &[u8]) -> Result<Needs, String> {
    let file = object::File::parse(module).map_err(|error| error.to_string())?;
    let section = file
        .section_by_name(".modinfo")
        .ok_or("it has no .modinfo section")?;
    Ok(parse(section.data().map_err(|error| error.to_string())?))
}

fn parse(section: &[u8]) -> Needs {
    let mut needs = Needs::default();
    for entry in section.split(|&byte| byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        if let Some(list) = entry.strip_prefix("depends=") {
            needs.hard.extend(
                list.split(',')
                    .filter(|name| !name.is_empty())
                    .map(canonical),
            );
        } else if let Some(list) = entry.strip_prefix("softdep=") {
            needs.soft.extend(before(list).map(canonical));
        }
    }
    needs
}

/// The names after `pre:` and before `post:`.
fn before(list: &str) -> impl Iterator<Item = &str> {
    list.split_whitespace()
        .skip_while(|&word| word != "pre:")
        .skip(1)
        .take_while(|&word| word != "post:")
}

/// A module's name as the kernel compares it: `snd-aloop` and `snd_aloop` are one.
pub(super) fn canonical(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_in_both_forms() {
        let section =
            b"license=GPL\0depends=snd-pcm,snd\0softdep=pre: crc32c other-one post: late\0\0";
        let needs = parse(section);
        assert_eq!(needs.hard, ["snd_pcm", "snd"]);
        assert_eq!(needs.soft, ["crc32c", "other_one"]);
    }

    #[test]
    fn no_dependencies_is_an_empty_list() {
        assert_eq!(parse(b"depends=\0"), Needs::default());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(needs(b"not an object file").is_err());
    }
}
