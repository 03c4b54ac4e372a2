//! A column of plain values that grows without moving what it holds.

use memmap2::{Advice, MmapMut};
use std::io;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Values in a chunk; growing costs one mapping and no copy.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 15;

/// Values of `T` in chunks of anonymous memory, in huge pages where the system has them: a query
/// jumps about in hundreds of megabytes, and would miss the translation cache at every step.
#[derive(Debug)]
pub(crate) struct Column<T> {
    chunks: Vec<MmapMut>,
    length: usize,
    values: PhantomData<T>,
}

impl<T: FromBytes + IntoBytes + Immutable + KnownLayout + Copy> Column<T> {
    pub(crate) fn new() -> Self {
        Self {
            chunks: Vec::new(),
            length: 0,
            values: PhantomData,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Makes room for one more value after `length`.
    ///
    /// # Errors
    /// The system's when it has no more memory; nothing has changed then.
    pub(crate) fn reserve_at(&mut self, length: usize) -> io::Result<()> {
        if length >= self.chunks.len() << CHUNK_BITS {
            let chunk = MmapMut::map_anon(CHUNK * size_of::<T>())?;
            // Only a hint: without huge pages all is the same, but slower.
            let _ = chunk.advise(Advice::HugePage);
            self.chunks.push(chunk);
        }
        Ok(())
    }

    /// Adds `value` at the end.
    ///
    /// # Errors
    /// See [`Column::reserve_at`].
    pub(crate) fn push(&mut self, value: T) -> io::Result<()> {
        self.reserve_at(self.length)?;
        self.length += 1;
        let last = self.length - 1;
        self[last] = value;
        Ok(())
    }

    /// A column of `length` values whose bytes `read` provides, chunk by chunk.
    ///
    /// # Errors
    /// Those of `read`, and the system's when it has no more memory.
    pub(crate) fn filled(
        length: usize,
        mut read: impl FnMut(&mut [u8]) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut column = Self::new();
        while column.length < length {
            column.reserve_at(column.length)?;
            let part = CHUNK.min(length - column.length);
            let number = column.length >> CHUNK_BITS;
            read(&mut column.chunks[number][..part * size_of::<T>()])?;
            column.length += part;
        }
        Ok(column)
    }

    /// The bytes of the first `count` values, chunk by chunk.
    pub(crate) fn bytes(&self, count: usize) -> impl Iterator<Item = &[u8]> {
        let whole = CHUNK * size_of::<T>();
        let mut left = count.min(self.length) * size_of::<T>();
        self.chunks.iter().map(move |chunk| {
            let part = left.min(whole);
            left -= part;
            &chunk[..part]
        })
    }

    /// The values, chunk by chunk, from the one numbered `from` on.
    pub(crate) fn slices(&self, from: usize) -> impl DoubleEndedIterator<Item = (usize, &[T])> {
        (from >> CHUNK_BITS..self.length.div_ceil(CHUNK)).map(move |number| {
            let base = number << CHUNK_BITS;
            let begin = from.max(base);
            let end = self.length.min(base + CHUNK);
            (begin, &self.chunk(number)[begin - base..end - base])
        })
    }

    #[inline(always)]
    fn chunk(&self, number: usize) -> &[T] {
        // A chunk is page-aligned and a whole number of values long.
        <[T]>::ref_from_bytes(&self.chunks[number]).expect("a chunk holds whole values")
    }
}

impl<T: FromBytes + IntoBytes + Immutable + KnownLayout + Copy> Index<usize> for Column<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, index: usize) -> &T {
        &self.chunk(index >> CHUNK_BITS)[index & (CHUNK - 1)]
    }
}

impl<T: FromBytes + IntoBytes + Immutable + KnownLayout + Copy> IndexMut<usize> for Column<T> {
    #[inline(always)]
    fn index_mut(&mut self, index: usize) -> &mut T {
        debug_assert!(index < self.length);
        let chunk = &mut self.chunks[index >> CHUNK_BITS];
        &mut <[T]>::mut_from_bytes(chunk).expect("a chunk holds whole values")[index & (CHUNK - 1)]
    }
}
