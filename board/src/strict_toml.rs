//! Reading TOML so that a slip of the finger is an error that names what was meant.
//!
//! Types that refuse unknown keys (`#[serde(deny_unknown_fields)]`) get errors with the line
//! and the nearest known name. The board's file and the service's settings both read this way.

use crate::nearest::nearest;
use serde::de::DeserializeOwned;

/// Why a text is not the settings that it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TomlError {
    /// A key or a choice that nobody reads.
    #[error("line {line}: `{name}` is not known here{}; known are: {}", did_you_mean(.nearest), .known.join(", "))]
    Unknown {
        /// Line in the text, from 1.
        line: usize,
        /// What stood there.
        name: String,
        /// The known name most like it, where one is near.
        nearest: Option<String>,
        /// All names known at that place.
        known: Vec<String>,
    },
    /// The text is not TOML, or a value is missing or of the wrong kind.
    #[error("line {line}: {reason}; correct that line")]
    Invalid {
        /// Line in the text, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

/// Reads `text` as a `T`.
///
/// # Errors
/// [`TomlError::Unknown`] for a key or choice that `T` does not have, [`TomlError::Invalid`] for
/// everything else; both carry the line.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error| explain(text, &error))
}

fn explain(text: &str, error: &toml::de::Error) -> TomlError {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count() + 1);
    let message = error.message();
    // serde hands the list of known names over in words only; the test below holds the wording.
    if message.starts_with("unknown field `") || message.starts_with("unknown variant `") {
        let mut quoted = message.split('`').skip(1).step_by(2).map(str::to_owned);
        if let Some(name) = quoted.next() {
            let known: Vec<String> = quoted.collect();
            return TomlError::Unknown {
                line,
                nearest: nearest(&name, known.iter().map(String::as_str)).map(str::to_owned),
                name,
                known,
            };
        }
    }
    TomlError::Invalid {
        line,
        reason: message.trim().replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::{TomlError, parse};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[allow(dead_code)]
        rate_hz: u32,
        #[allow(dead_code)]
        mode: Option<Mode>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Mode {
        Threaded,
        Inline,
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_its_neighbour() {
        let error = parse::<Settings>("rate_hz = 250\nmod = \"inline\"\n").unwrap_err();
        assert_eq!(
            error,
            TomlError::Unknown {
                line: 2,
                name: "mod".into(),
                nearest: Some("mode".into()),
                known: vec!["rate_hz".into(), "mode".into()],
            }
        );
        assert!(error.to_string().contains("did you mean `mode`?"));
    }

    #[test]
    fn an_unknown_choice_is_named_too() {
        let error = parse::<Settings>("rate_hz = 250\nmode = \"treaded\"").unwrap_err();
        assert!(
            matches!(error, TomlError::Unknown { line: 2, ref nearest, .. } if nearest.as_deref() == Some("threaded"))
        );
    }

    #[test]
    fn wrong_kinds_and_broken_text_carry_their_line() {
        for (text, at) in [
            ("\nrate_hz = \"fast\"", 2),
            ("rate_hz = 1\n\n=", 3),
            ("", 1),
        ] {
            assert!(
                matches!(parse::<Settings>(text), Err(TomlError::Invalid { line, .. }) if line == at),
                "{text:?}"
            );
        }
    }
}
