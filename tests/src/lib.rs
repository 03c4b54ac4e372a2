//! Tests that concern several rooms at once; see the folder `tests`.
#![forbid(unsafe_code)]
