//! The first bytes of a shared library: what the loader would only say in words.
//!
//! Source: System V Application Binary Interface, chapter 4 (ELF header), and the list of machines
//! in `elf(5)`.

use super::error::OnnxRuntimeError;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

const MAGIC: &[u8] = b"\x7fELF";
/// Of the identification, the machine stands behind its 16 bytes and the type's 2.
const HEADER_SIZE: usize = 20;
const CLASS_64: u8 = 2;
const LITTLE_ENDIAN: u8 = 1;
const SHARED_OBJECT: u16 = 3;
const X86_64: u16 = 62;
const AARCH64: u16 = 183;

/// Whether the file is a shared library for this processor.
pub(super) fn check(path: &Path) -> Result<(), OnnxRuntimeError> {
    let header = read_header(path)?;
    let not_a_library = || OnnxRuntimeError::NotALibrary {
        path: path.to_owned(),
    };
    let header = header.ok_or_else(not_a_library)?;
    let word = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    if !header.starts_with(MAGIC) || header[5] != LITTLE_ENDIAN || word(16) != SHARED_OBJECT {
        return Err(not_a_library());
    }
    let found = match (header[4], word(18)) {
        (CLASS_64, X86_64) => "x86_64".to_owned(),
        (CLASS_64, AARCH64) => "aarch64".to_owned(),
        (CLASS_64, machine) => format!("machine {machine}"),
        (_, machine) => format!("32-bit machine {machine}"),
    };
    let here = std::env::consts::ARCH;
    if found == here {
        return Ok(());
    }
    Err(OnnxRuntimeError::OtherMachine {
        path: path.to_owned(),
        found,
        here,
    })
}

/// `None` if the file is shorter.
fn read_header(path: &Path) -> Result<Option<[u8; HEADER_SIZE]>, OnnxRuntimeError> {
    let mut header = [0; HEADER_SIZE];
    let outcome = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match outcome {
        Ok(()) => Ok(Some(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(OnnxRuntimeError::Missing {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            Err(OnnxRuntimeError::NotALibrary {
                path: path.to_owned(),
            })
        }
        Err(reason) => Err(OnnxRuntimeError::Unreadable {
            path: path.to_owned(),
            reason,
        }),
    }
}
