//! A being's parameters as the page holds them: by name, so that a program with one more or one fewer
//! still finds the others.

use triune_core::Parameters;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Parameters that a page has room for.
const ROOM: usize = 64;

/// The hash of a parameter's name and its value.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Pair {
    name: u32,
    value: f32,
}

/// All parameters of one being; the first `count` pairs hold some.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct ParameterTable {
    count: u32,
    reserved: u32,
    pairs: [Pair; ROOM],
}

/// Every parameter's name and value.
fn named(parameters: &Parameters) -> impl Iterator<Item = (&'static str, f32)> {
    parameters
        .table()
        .into_iter()
        .map(|row| (row.name, row.value))
}

/// FNV-1a, 32 bit (Fowler, Noll, Vo; RFC 9923), of the name's bytes.
fn name_hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

impl ParameterTable {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let mut table = Self::new_zeroed();
        for (pair, (name, value)) in table.pairs.iter_mut().zip(named(parameters)) {
            *pair = Pair {
                name: name_hash(name),
                value,
            };
            table.count += 1;
        }
        table
    }

    /// The parameters, and how many of the table's could not be restored: unknown here, or with a
    /// value that is not allowed. What the table does not give stands at its default.
    pub(super) fn restore(&self) -> (Parameters, u32) {
        let mut parameters = Parameters::default();
        let names: Vec<_> = named(&parameters).map(|(name, _)| name).collect();
        let mut unrestored = 0;
        for pair in self.pairs.iter().take(self.count as usize) {
            let name = names.iter().find(|name| name_hash(name) == pair.name);
            let set = name.is_some_and(|name| parameters.set(name, pair.value).is_ok());
            unrestored += u32::from(!set);
        }
        (parameters, unrestored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_have_room_and_hashes_of_their_own() {
        let mut hashes: Vec<_> = named(&Parameters::default())
            .map(|(name, _)| name_hash(name))
            .collect();
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
        assert!(count <= ROOM);
    }

    #[test]
    fn unknown_and_forbidden_ones_fall_to_the_default_and_the_others_stay() {
        let mut parameters = Parameters::default();
        parameters.set("keep_threshold", 0.5).unwrap();
        parameters.set("act_threshold", 0.75).unwrap();
        let mut table = ParameterTable::of(&parameters);
        assert_eq!(table.restore(), (parameters, 0));
        for pair in &mut table.pairs {
            if pair.name == name_hash("act_threshold") {
                pair.value = f32::NAN;
            } else if pair.name == name_hash("centre_damping") {
                pair.name = name_hash("of another version");
            }
        }
        let (restored, unrestored) = table.restore();
        assert_eq!(unrestored, 2);
        assert_eq!(restored.keep_threshold, 0.5);
        let default = Parameters::default();
        assert_eq!(restored.act_threshold, default.act_threshold);
        table.count = u32::MAX;
        assert!(table.restore().1 > 2, "empty pairs are none of ours");
    }
}
