//! Texts of foreign files.

/// Letters of a text that are kept: more is no title.
const MOST_LETTERS: usize = 1_000;

/// A text for people: without what steers terminals, and not too long.
pub(super) fn told(bytes: &[u8]) -> String {
    // No letter has more than four bytes.
    let start = &bytes[..bytes.len().min(4 * MOST_LETTERS)];
    let text = String::from_utf8_lossy(start);
    let letters = text.chars().take(MOST_LETTERS);
    letters
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// A name by which something is asked for, so it is taken whole or not at all.
pub(super) fn name(bytes: &[u8]) -> Result<String, &'static str> {
    let text = str::from_utf8(bytes).map_err(|_| "a name is no text")?;
    if text.chars().count() > MOST_LETTERS {
        return Err("a name is longer than any name");
    }
    if text.chars().any(char::is_control) {
        return Err("a name holds control characters");
    }
    Ok(text.to_owned())
}
