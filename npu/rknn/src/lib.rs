//! Safe Rust for the Rockchip NPU.
