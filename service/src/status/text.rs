//! Figures as people read them.

use std::borrow::Cow;

/// A span of seconds in its two largest units.
pub(super) fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0 {
        format!("{minutes} min {} s", whole % 60)
    } else {
        format!("{:.1} s", seconds.max(0.0))
    }
}

/// A whole number with commas between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Microseconds, or milliseconds where there are many.
pub(super) fn microseconds(value: f64) -> String {
    if value >= 10_000.0 {
        format!("{:.1} ms", value / 1e3)
    } else {
        format!("{value:.0} us")
    }
}

/// Bytes in decimal units.
pub(super) fn bytes(number: u64) -> String {
    let value = number as f64;
    match number {
        0..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

/// A share of 0 to 1 in per cent.
pub(super) fn share(value: f32) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Text without control characters, so that a device's name cannot move the cursor.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(
            text.chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// `text` broken between words into lines of at most `width` characters; longer words are cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut filled = 0;
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(width.max(1)) {
            if filled > 0 && filled + 1 + piece.len() > width {
                lines.push(String::new());
                filled = 0;
            }
            if let Some(line) = lines.last_mut() {
                if filled > 0 {
                    line.push(' ');
                    filled += 1;
                }
                line.extend(piece);
                filled += piece.len();
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_counts_read_well() {
        assert_eq!(span(4.25), "4.2 s");
        assert_eq!(span(3_725.0), "1 h 2 min");
        assert_eq!(span(200_000.0), "2 d 7 h");
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(bytes(1_500), "1.5 kB");
    }

    #[test]
    fn long_words_are_cut_and_lines_stay_within_the_width() {
        let lines = wrap("a bb ccccccccccc dd", 4);
        assert!(
            lines.iter().all(|line| line.chars().count() <= 4),
            "{lines:?}"
        );
        assert_eq!(lines.concat().replace(' ', ""), "abbcccccccccccdd");
    }
}
