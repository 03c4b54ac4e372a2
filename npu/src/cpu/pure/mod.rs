//! Pure Rust, over the crate `rten`: needs no library, runs on every machine.

mod backend;
mod model;

pub use backend::PureRustBackend;
