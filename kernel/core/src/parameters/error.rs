//! Why a parameter was refused.

/// Below this Damerau-Levenshtein similarity (0 unlike, 1 equal) a suggestion would mislead.
const LEAST_LIKENESS: f64 = 0.5;

/// Why a parameter was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter has this name.
    #[error("no parameter is called '{name}'{}", remedy(*.nearest))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The known name that was most likely meant; `None` when none is near.
        nearest: Option<&'static str>,
    },
    /// The value lies outside the range.
    #[error(transparent)]
    OutOfRange(#[from] ParameterOutOfRange),
}

/// A parameter's value that lies outside its range, or is not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} = {value} is outside {low} to {high} ({unit})")]
pub struct ParameterOutOfRange {
    /// The parameter's name.
    pub name: &'static str,
    /// What was asked for.
    pub value: f32,
    /// Lowest allowed value.
    pub low: f32,
    /// Highest allowed value.
    pub high: f32,
    /// Unit of the values.
    pub unit: &'static str,
}

impl ParameterError {
    /// No parameter of `known` is called `name`.
    pub(super) fn unknown(name: &str, known: &[&'static str]) -> Self {
        let wanted = name.to_lowercase().replace(['-', ' '], "_");
        let nearest = known
            .iter()
            .map(|&candidate| {
                let likeness = strsim::normalized_damerau_levenshtein(&wanted, candidate);
                (likeness, candidate)
            })
            .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, candidate)| candidate);
        Self::Unknown {
            name: name.to_owned(),
            nearest,
        }
    }
}

fn remedy(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || ": use one from the table of parameters".to_owned(),
        |name| format!(" (did you mean `{name}`?)"),
    )
}
