//! The face that the processor draws.

mod area;
mod backdrop;
mod crystal;
mod describe;
mod facets;
mod falloff;
mod figures;
mod header;
mod ink;
mod labels;
mod layout;
mod light;
mod panel;
mod renderer;
mod text;
mod vehicle;

pub use renderer::SoftwareFace;
