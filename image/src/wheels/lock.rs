//! The lock file: which wheels, to the byte.

use std::fmt;
use std::path::Path;

use super::error::WheelError;

/// One wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wheel {
    pub(super) name: String,
    pub(super) version: String,
    /// The Python that it is for, such as `cp312` (PEP 425). Only its library is used, without Python.
    pub(super) python: String,
    /// The C library and the processor that it is for, such as `manylinux_2_28_aarch64` (PEP 600).
    pub(super) platform: String,
    /// Lower-case hexadecimal digits.
    pub(super) sha256: String,
}

impl Wheel {
    /// The processor that it is for, as Rust calls it.
    pub(super) fn architecture(&self) -> &str {
        let of_platform = |known: &&&str| self.platform.ends_with(**known);
        ARCHITECTURES
            .iter()
            .find(of_platform)
            .copied()
            .unwrap_or_default()
    }

    /// The version of Python as pip wants it: `3.12` for `cp312`.
    pub(super) fn python_version(&self) -> String {
        let digits = self
            .python
            .trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let (major, minor) = digits.split_at(digits.len().min(1));
        format!("{major}.{minor}")
    }
}

impl fmt::Display for Wheel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let architecture = self.architecture();
        write!(
            formatter,
            "{} {} for {architecture}",
            self.name, self.version
        )
    }
}

/// The processors that the project runs on.
const ARCHITECTURES: &[&str] = &["aarch64", "x86_64"];

/// Reads the lock file's text; `path` is for messages.
pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<Wheel>, WheelError> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| {
            wheel(text).map_err(|reason| WheelError::Lock {
                path: path.to_owned(),
                line,
                reason,
            })
        })
        .collect()
}

fn wheel(line: &str) -> Result<Wheel, &'static str> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [name, version, python, platform, sha256] = words[..] else {
        return Err("a line has five words: name version python platform sha256");
    };
    // They become arguments of a program and parts of a path.
    let plain = |word: &str| {
        word.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if ![name, version, python, platform].into_iter().all(plain) {
        return Err("a word has other characters than letters, digits, '.', '_' and '-'");
    }
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if sha256.len() != 64 || !sha256.bytes().all(is_digit) {
        return Err("the last word is not a SHA-256 of 64 lower-case hex digits");
    }
    let wheel = Wheel {
        name: name.to_owned(),
        version: version.to_owned(),
        python: python.to_owned(),
        platform: platform.to_owned(),
        sha256: sha256.to_owned(),
    };
    if wheel.architecture().is_empty() {
        return Err("the platform is for no processor that the project runs on");
    }
    Ok(wheel)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHIPPED: &str = include_str!("../../wheels.lock");

    #[test]
    fn the_shipped_file_has_a_wheel_for_each_processor() {
        let wheels = parse(SHIPPED, Path::new("image/wheels.lock")).unwrap();
        let mut architectures: Vec<_> = wheels.iter().map(Wheel::architecture).collect();
        architectures.sort_unstable();
        assert_eq!(architectures, ARCHITECTURES);
        assert!(wheels.iter().all(|wheel| wheel.python_version() == "3.12"));
    }

    #[test]
    fn a_broken_line_is_named_with_what_is_wrong() {
        let hash = "0123456789abcdef".repeat(4);
        let cases = [
            ("a 1 cp312 linux_x86_64".to_owned(), "five words"),
            (format!("a 1 cp312 linux_x86_64 {}", &hash[1..]), "SHA-256"),
            (format!("a 1 cp312 linux_riscv64 {hash}"), "no processor"),
            (
                format!("--index-url 1 cp312 linux_x86_64 {hash}"),
                "other characters",
            ),
            (
                format!("../a 1 cp312 linux_x86_64 {hash}"),
                "other characters",
            ),
        ];
        for (line, reason) in cases {
            let text = format!("# a remark\n\n{line}\n");
            let error = parse(&text, Path::new("x")).unwrap_err().to_string();
            assert!(error.contains("x, line 3"), "{error}");
            assert!(error.contains(reason), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,120}(\n\\PC{0,120}){0,4}") {
            let _ = parse(&text, Path::new("x"));
        }
    }
}
