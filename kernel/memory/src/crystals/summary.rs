//! A kept moment in a line of text.

use std::fmt::{self, Write};
use triune_core::{CrystalDraft, CrystalKind, EnergyCentre};

/// Bytes that a summary may take.
pub const SUMMARY_BYTES: usize = 96;

/// What stands around told words.
const OPEN: char = '“';
const CLOSE: char = '”';

/// A line of UTF-8 of at most [`SUMMARY_BYTES`] bytes; what does not fit is cut at a character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    bytes: [u8; SUMMARY_BYTES],
    length: usize,
    full: bool,
}

impl Summary {
    const EMPTY: Self = Self {
        bytes: [0; SUMMARY_BYTES],
        length: 0,
        full: false,
    };

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(&self.bytes, self.length)
    }

    pub(crate) fn parts(&self) -> ([u8; SUMMARY_BYTES], u32) {
        (self.bytes, self.length as u32)
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

/// The first `length` bytes as text, up to the first that is none.
pub(crate) fn text(bytes: &[u8], length: usize) -> &str {
    let bytes = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

impl Write for Summary {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.full {
            return Ok(());
        }
        let room = SUMMARY_BYTES - self.length;
        let mut take = text.len().min(room);
        while !text.is_char_boundary(take) {
            take -= 1;
        }
        self.full = take < text.len();
        self.bytes[self.length..self.length + take].copy_from_slice(&text.as_bytes()[..take]);
        self.length += take;
        Ok(())
    }
}

/// Says in a line what `draft` kept: kind, salience, coherence, confidence, the strongest centre and
/// the flux position.
#[must_use]
pub fn summarise(draft: &CrystalDraft) -> Summary {
    let mut summary = Summary::EMPTY;
    // Writing to a summary cannot fail: what does not fit is cut.
    let _ = describe(draft, &mut summary);
    summary
}

/// The same, with the words that were told at that moment quoted before it, as far as they fit.
#[must_use]
pub fn summarise_told(draft: &CrystalDraft, told: &str) -> Summary {
    let mut summary = Summary::EMPTY;
    // Writing to a summary cannot fail: what does not fit is cut.
    let _ = write!(summary, "{OPEN}{}{CLOSE} ", told.trim());
    let _ = describe(draft, &mut summary);
    summary
}

/// The told words that a summary begins with; the last of them may be cut.
pub(crate) fn quoted(summary: &str) -> Option<&str> {
    let told = summary.strip_prefix(OPEN)?;
    Some(told.rsplit_once(CLOSE).map_or(told, |(told, _)| told))
}

fn describe(draft: &CrystalDraft, out: &mut Summary) -> fmt::Result {
    match CrystalKind::from_number(draft.kind) {
        Some(kind) => out.write_str(kind.name())?,
        None => write!(out, "kind {}", draft.kind)?,
    }
    write!(
        out,
        ", salience {:.2}, coherence {:.2}, confidence {:.2}",
        draft.salience, draft.coherence, draft.confidence
    )?;
    let strongest = EnergyCentre::ALL
        .into_iter()
        .max_by(|&a, &b| draft.centres[a].total_cmp(&draft.centres[b]));
    if let Some(centre) = strongest
        && draft.centres[centre] > 0.0
    {
        write!(out, ", {} {:.2}", centre.name(), draft.centres[centre])?;
    }
    if draft.flux != 0 {
        write!(out, ", flux {}", draft.flux)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        let mut summary = Summary::EMPTY;
        for _ in 0..SUMMARY_BYTES {
            summary.write_str("aé").unwrap();
        }
        assert_eq!(summary.as_str(), "aé".repeat(SUMMARY_BYTES / 3));
        let mut odd = Summary::EMPTY;
        odd.write_str("a").unwrap();
        odd.write_str(&"é".repeat(60)).unwrap();
        odd.write_str("tail").unwrap();
        assert_eq!(odd.as_str(), format!("a{}", "é".repeat(47)));
    }

    #[test]
    fn bytes_that_are_no_text_are_left_out() {
        assert_eq!(text(b"ab\xff", 3), "ab");
        assert_eq!(text(b"ab", 400), "ab");
    }
}
