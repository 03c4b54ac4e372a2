//! Arrays in NumPy's file format, version 1.0 (NumPy Enhancement Proposal 1).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes little-endian `bytes` as an array of this NumPy type and shape.
pub(crate) fn write(path: &Path, kind: &str, shape: &[usize], bytes: &[u8]) -> io::Result<()> {
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({axes}), }}");
    // Magic, version, length and header together are a multiple of 64 bytes.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(io::Error::other)?;
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    file.write_all(bytes)?;
    file.flush()
}
