//! The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as far as ONNX files
//! need it: fields of a key and a number, or of a key, a length and so many bytes.

/// What is wrong with the bytes.
pub(crate) type Fault = &'static str;

/// The next `length` bytes.
pub(crate) fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], Fault> {
    let (taken, rest) = usize::try_from(length)
        .ok()
        .and_then(|length| bytes.split_at_checked(length))
        .ok_or("a length exceeds the file")?;
    *bytes = rest;
    Ok(taken)
}

/// The next number: seven bits in a byte, the lowest first.
pub(crate) fn take_varint(bytes: &mut &[u8]) -> Result<u64, Fault> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or("a number is cut off")?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number has more than ten bytes")
}

/// Appends a number.
pub(crate) fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
