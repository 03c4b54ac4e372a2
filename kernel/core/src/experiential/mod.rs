//! The experiential loop: seven coupled, damped oscillators that follow the scene.

mod advance;
mod drives;
mod oscillator;

pub(crate) use advance::advance;
