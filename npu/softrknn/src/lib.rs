//! A stand-in for the Rockchip NPU runtime library.
