//! The macro that makes struct, defaults, table and setter from one list of parameters.

/// Makes `Parameters` of rows `/// meaning` `name = default, "unit", low ..= high;`.
macro_rules! parameters {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $default:literal, $unit:literal, $low:literal ..= $high:literal;
    )+) => {
        /// Tuning of one being's loops. Plain data, so that a recording holds it bit for bit.
        #[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
        #[repr(C)]
        pub struct Parameters {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!(
                    "In ", $unit, ", ", $low, " to ", $high, "; a new being has ", $default, "."
                )]
                pub $name: f32,
            )+
        }

        impl Default for Parameters {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Parameters {
            const NAMES: &[&str] = &[$(stringify!($name),)+];

            /// Every parameter with its value, default, range, unit and meaning.
            #[must_use]
            pub fn table(&self) -> Vec<ParameterRow> {
                vec![$(ParameterRow {
                    name: stringify!($name),
                    value: self.$name,
                    default: $default,
                    low: $low,
                    high: $high,
                    unit: $unit,
                    meaning: concat!($($doc),+).trim_ascii(),
                },)+]
            }

            /// Whether every parameter lies within its range.
            ///
            /// # Errors
            /// [`ParameterOutOfRange`] for the first that does not.
            pub fn check(&self) -> Result<(), ParameterOutOfRange> {
                self.table().iter().try_for_each(ParameterRow::check)
            }

            /// Sets a parameter by its name.
            ///
            /// # Errors
            /// [`ParameterError::Unknown`] if there is none of that name,
            /// [`ParameterError::OutOfRange`] if the value is outside its range or not a number.
            pub fn set(&mut self, name: &str, value: f32) -> Result<(), ParameterError> {
                let row = self.table().into_iter().find(|row| row.name == name);
                let row = row.ok_or_else(|| ParameterError::unknown(name, Self::NAMES))?;
                ParameterRow { value, ..row }.check()?;
                match name {
                    $(stringify!($name) => self.$name = value,)+
                    _ => {}
                }
                Ok(())
            }
        }
    };
}
