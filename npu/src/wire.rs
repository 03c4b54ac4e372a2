//! Protocol Buffers on the wire (protobuf.dev/programming-guides/encoding): the one reader of it
//! here. Every length is checked against the bytes that are there.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// A varint (wire type 0).
    Number(u64),
    /// Text, bytes or a message (wire type 2).
    Bytes(&'a [u8]),
    /// Eight or four bytes (wire types 1 and 5); nothing that is read here is stored so.
    Fixed,
}

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) number: u64,
    pub(crate) content: Content<'a>,
}

/// The fields of a message, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// Bytes that were not taken yet.
    pub(crate) const fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next field; nothing at the message's end.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn take(&mut self) -> Result<Option<Field<'a>>, &'static str> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let content = match key & 7 {
            0 => Content::Number(self.varint()?),
            1 => self.fixed(8)?,
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.bytes(length)?)
            }
            5 => self.fixed(4)?,
            _ => return Err("a field has an unknown wire type"),
        };
        let number = key >> 3;
        Ok(Some(Field { number, content }))
    }

    fn fixed(&mut self, length: u64) -> Result<Content<'a>, &'static str> {
        self.bytes(length).map(|_| Content::Fixed)
    }

    fn bytes(&mut self, length: u64) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or("a length exceeds the file")?;
        self.rest = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, &'static str> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or("a number is cut off")?;
            self.rest = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number has more than ten bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_its_end_or_refused(message in proptest::collection::vec(any::<u8>(), 0..256)) {
            let mut fields = Fields::of(&message);
            let mut left = fields.left();
            while let Ok(Some(_)) = fields.take() {
                prop_assert!(fields.left() < left);
                left = fields.left();
            }
        }
    }

    #[test]
    fn lengths_beyond_the_end_are_refused() {
        for message in [
            &[0x0A, 2, 1][..],
            &[
                0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
            ],
            &[0x09, 1, 2, 3],
            &[0x08, 0x80],
            &[0x0B],
        ] {
            assert!(Fields::of(message).take().is_err(), "{message:?}");
        }
    }
}
