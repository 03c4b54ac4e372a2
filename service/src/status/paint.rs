//! Colour on a terminal, or none.

/// Whether words are coloured, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Plain,
    /// The eight standard colours of ECMA-48, which every serial console knows.
    Colour,
}

/// What a word means; the colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// A heading.
    Heading,
    /// As it should be.
    Well,
    /// Someone should know.
    Notice,
    /// Someone must act.
    Act,
    /// Of little weight.
    Quiet,
}

impl Paint {
    /// `text` as `tone` asks, with no colour where there is none.
    pub(super) fn tint(self, tone: Tone, text: &str) -> String {
        if self == Self::Plain {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Heading => "1;36",
            Tone::Well => "32",
            Tone::Notice => "33",
            Tone::Act => "1;31",
            Tone::Quiet => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
