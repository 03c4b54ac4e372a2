//! Texts in structures of C.

use std::ffi::c_char;

/// What stands before the first NUL, or all of it where there is none; what is not UTF-8 is replaced.
pub(crate) fn text_of(letters: &[c_char]) -> String {
    let bytes: Vec<u8> = letters
        .iter()
        .take_while(|&&letter| letter != 0)
        .map(|&letter| letter.to_ne_bytes()[0])
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
