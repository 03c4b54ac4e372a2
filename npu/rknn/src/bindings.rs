//! The vendor's C interface: types, constants and the table of functions found in a library.
//!
//! From the crate `rknpu2-sys`, or with the feature `bindgen` from a header on this machine; both
//! are bindgen's output and have the same names. Of the table only the public fields are used:
//! its methods panic where a function is missing.

#[cfg(not(feature = "bindgen"))]
pub(crate) use rknpu2_sys::*;

#[cfg(feature = "bindgen")]
#[allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::cast_lossless,
    clippy::semicolon_if_nothing_returned,
    dead_code,
    unused_imports,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_qualifications,
    reason = "generated"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
#[cfg(feature = "bindgen")]
pub(crate) use generated::*;
