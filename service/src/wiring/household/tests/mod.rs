//! What a household does, asked from inside.

mod beings;
mod changes;
mod consent;
mod home;
mod leftovers;
mod rhythm;
