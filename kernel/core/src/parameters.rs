//! How the loops are tuned: every constant that a person may change, with its range.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

macro_rules! parameters {
    ($($(#[doc = $doc:literal])+ $name:ident = $default:literal in $low:literal ..= $high:literal;)+) => {
        /// Tuning of one being's loops. Plain data, so that a recording holds it bit for bit.
        #[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
        #[repr(C)]
        pub struct Parameters {
            $($(#[doc = $doc])+ pub $name: f32,)+
        }

        impl Default for Parameters {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Parameters {
            /// Every parameter as name, value, lowest and highest allowed value.
            #[must_use]
            pub fn table(&self) -> Vec<(&'static str, f32, f32, f32)> {
                vec![$((stringify!($name), self.$name, $low, $high),)+]
            }

            /// Sets a parameter by its name.
            ///
            /// # Errors
            /// [`ParameterError::Unknown`] if there is none of that name,
            /// [`ParameterError::OutOfRange`] if the value is outside its range or not a number.
            pub fn set(&mut self, name: &str, value: f32) -> Result<(), ParameterError> {
                match name {
                    $(stringify!($name) => {
                        if !($low..=$high).contains(&value) {
                            return Err(ParameterError::OutOfRange {
                                name: stringify!($name), value, low: $low, high: $high,
                            });
                        }
                        self.$name = value;
                        Ok(())
                    })+
                    _ => Err(ParameterError::Unknown(name.to_owned())),
                }
            }
        }
    };
}

/// Why a parameter was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter has this name.
    #[error("no parameter is called '{0}'")]
    Unknown(String),
    /// The value lies outside the range.
    #[error("{name} = {value} is outside {low} to {high}")]
    OutOfRange {
        /// The parameter's name.
        name: &'static str,
        /// What was asked for.
        value: f32,
        /// Lowest allowed value.
        low: f32,
        /// Highest allowed value.
        high: f32,
    },
}

parameters! {
    /// Time constant of the short averages, seconds.
    short_average_seconds = 1.0 in 0.05 ..= 10.0;
    /// Time constant of the long averages, seconds.
    long_average_seconds = 60.0 in 1.0 ..= 3600.0;
    /// Age at which a sense is no longer trusted, seconds.
    stale_after_seconds = 2.0 in 0.05 ..= 60.0;
    /// How long an onset goes on ringing in the scene, seconds.
    onset_decay_seconds = 0.5 in 0.05 ..= 10.0;
    /// Natural frequency of the energy centres, hertz.
    centre_frequency_hertz = 0.5 in 0.05 ..= 5.0;
    /// Damping ratio of the energy centres; 1 is critical.
    centre_damping = 0.8 in 0.1 ..= 4.0;
    /// Strength with which neighbouring centres pull on each other, 0 to 1.
    centre_coupling = 0.15 in 0.0 ..= 1.0;
    /// Salience above the usual at which a moment is kept, 0 to 1.
    keep_threshold = 0.18 in 0.01 ..= 1.0;
    /// Least confidence on which anything is acted, 0 to 1.
    act_threshold = 0.3 in 0.0 ..= 1.0;
    /// Shortest time between two kept moments, seconds.
    keep_interval_seconds = 1.0 in 0.0 ..= 3600.0;
    /// Time between two questions to memory, seconds.
    question_interval_seconds = 0.5 in 0.02 ..= 60.0;
}
