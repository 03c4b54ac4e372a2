//! The environmental loop: fuses what is heard, seen and felt into a scene.

mod advance;
mod average;
mod evidence;

pub(crate) use advance::advance;
