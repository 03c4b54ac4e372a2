//! What of a being needs transactions: its profile, who changed its consent, what crossed the bridge.
//!
//! One redb database for each being, `catalog.redb` in its directory, so that erasing the being erases
//! it too. Nothing in it may stop the being: a damaged catalogue is moved aside and a fresh one begun.
//! The cycle never touches it.
//!
//! | table | key | value |
//! |---|---|---|
//! | `catalog` | a word | `version`, the version of this layout |
//! | `profile` | 0 | the [`Profile`] as JSON |
//! | `consent` | number from 1 up | a [`ConsentChange`] |
//! | `bridge` | number from 1 up | a [`Crossing`] |
//!
//! Tables that hold what cannot be made again travel with an export; [`CARRIED`] lists them.

mod backend;
mod bridge_log;
mod carried;
mod consent_log;
mod database;
mod error;
mod opening;
mod profile;
mod rows;

pub use bridge_log::{Crossing, Direction, Pair};
pub use carried::{CARRIED, Carried};
pub use consent_log::{ConsentChange, ConsentSource};
pub use database::Catalog;
pub use error::CatalogError;
pub use profile::{NAME_CHARACTERS, NOTE_BYTES, Profile, ProfileError};

pub(crate) use bridge_log::look_at_crossings;
pub(crate) use consent_log::{common, consent_at_start, in_force, look_at_consent_changes};
pub(crate) use database::NAME;
pub(crate) use opening::{look, look_at_profile, open_undamaged};
pub(crate) use profile::profile_in;
