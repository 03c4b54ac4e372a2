//! By what the machine is told from others in the provenance of kept moments.

use sha2::{Digest as _, Sha256};
use std::fs;

/// Where a machine says which one it is: the serial number that the firmware hands over (devicetree
/// specification 0.4, section 3.2, `serial-number`), or the number that the system gave itself
/// (machine-id(5)).
const SOURCES: [&str; 2] = ["/proc/device-tree/serial-number", "/etc/machine-id"];
/// What a machine-id says before there is one (machine-id(5)).
const UNINITIALIZED: &[u8] = b"uninitialized";
/// Hashed before the number. Moments leave the machine, and the number itself must not
/// (machine-id(5): only a hash that is an application's own may be shown to others).
const APPLICATION: &[u8] = b"triune board 1\0";

/// The machine's id; all zero where it does not say which one it is.
pub(super) fn board_id() -> [u8; 16] {
    of_first(&SOURCES)
}

fn of_first(sources: &[&str]) -> [u8; 16] {
    let numbers = sources.iter().filter_map(|path| fs::read(path).ok());
    numbers
        .map(|number| of_number(&number))
        .find(|&id| id != [0; 16])
        .unwrap_or_default()
}

fn of_number(number: &[u8]) -> [u8; 16] {
    // A string of the device tree ends with a zero.
    let number = number.trim_ascii_end();
    let number = number.strip_suffix(b"\0").unwrap_or(number);
    let mut id = [0; 16];
    if number.is_empty() || number == UNINITIALIZED {
        return id;
    }
    let hash = Sha256::new()
        .chain_update(APPLICATION)
        .chain_update(number)
        .finalize();
    id.copy_from_slice(&hash[..16]);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_the_same_id_whoever_says_its_number_and_none_without_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let [empty, early, tree, other] = ["empty", "early", "tree", "other"].map(path);
        fs::write(&empty, "\n").expect("written");
        fs::write(&early, "uninitialized\n").expect("written");
        fs::write(&tree, "c0ffee\0").expect("written");
        fs::write(&other, "c0ffee\n").expect("written");
        let missing = path("missing");
        let id = of_first(&[&missing, &empty, &early, &tree]);
        assert_ne!(id, [0; 16]);
        assert_eq!(of_first(&[&other]), id);
        assert_ne!(of_number(b"c0ffef"), id);
        assert_eq!(of_first(&[&missing, &empty, &early]), [0; 16]);
    }
}
