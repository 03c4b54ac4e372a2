//! What a person needs to know to set one parameter.

use super::error::ParameterOutOfRange;

/// One parameter: what it is called, where it stands and what it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterRow {
    /// The name that [`crate::Parameters::set`] takes.
    pub name: &'static str,
    /// The value in force.
    pub value: f32,
    /// The value of a new being.
    pub default: f32,
    /// Lowest allowed value.
    pub low: f32,
    /// Highest allowed value.
    pub high: f32,
    /// Unit of all four values; `share` is a part of a whole, `ratio` a factor.
    pub unit: &'static str,
    /// What it does, in a sentence or two.
    pub meaning: &'static str,
}

impl ParameterRow {
    /// Whether the value lies within the range.
    pub(super) fn check(&self) -> Result<(), ParameterOutOfRange> {
        if (self.low..=self.high).contains(&self.value) {
            return Ok(());
        }
        Err(ParameterOutOfRange {
            name: self.name,
            value: self.value,
            low: self.low,
            high: self.high,
            unit: self.unit,
        })
    }
}
