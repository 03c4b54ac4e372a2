//! Memory that the caller of the C interface lends for the time of a call.

use crate::refusal::Refusal;
use std::ffi::CStr;

/// One or several `T` behind a pointer. Nothing is assumed of their alignment.
#[derive(Clone, Copy)]
pub(crate) struct Lent<T> {
    pointer: *mut T,
    count: usize,
}

impl<T: Copy> Lent<T> {
    /// # Safety
    /// `pointer` is null, or `count` values of `T` lie there, initialised, and may be read and
    /// written as long as the value lives.
    pub(crate) unsafe fn many(pointer: *mut T, count: u32, what: &str) -> Result<Self, Refusal> {
        if pointer.is_null() && count > 0 {
            return Err(Refusal::parameter(format!("{what} is a null pointer")));
        }
        let count = count as usize;
        Ok(Self { pointer, count })
    }

    /// # Safety
    /// As for [`Lent::many`], with one value.
    pub(crate) unsafe fn one(pointer: *mut T, what: &str) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise is the same.
        unsafe { Self::many(pointer, 1, what) }
    }

    /// Nothing for a null pointer.
    ///
    /// # Safety
    /// As for [`Lent::one`].
    pub(crate) unsafe fn maybe(pointer: *mut T) -> Option<Self> {
        (!pointer.is_null()).then_some(Self { pointer, count: 1 })
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn read(&self, index: usize) -> T {
        assert!(index < self.count, "read beyond what was lent");
        let place = self.pointer.wrapping_add(index);
        // SAFETY: within the values that the caller of `many` promised.
        unsafe { place.read_unaligned() }
    }

    pub(crate) fn write(&self, index: usize, value: T) {
        assert!(index < self.count, "written beyond what was lent");
        let place = self.pointer.wrapping_add(index);
        // SAFETY: within the values that the caller of `many` promised.
        unsafe { place.write_unaligned(value) }
    }

    pub(crate) fn to_vec(self) -> Vec<T> {
        let mut values = Vec::with_capacity(self.count);
        if self.count > 0 {
            // SAFETY: as many as were promised fit into the capacity; the two do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(self.pointer, values.as_mut_ptr(), self.count) };
        }
        // SAFETY: they were just written.
        unsafe { values.set_len(self.count) };
        values
    }

    /// Fills the first of the values.
    pub(crate) fn fill(&self, values: &[T]) {
        assert!(values.len() <= self.count, "written beyond what was lent");
        if !values.is_empty() {
            // SAFETY: not more than were promised; a slice of ours does not overlap the caller's memory.
            unsafe {
                std::ptr::copy_nonoverlapping(values.as_ptr(), self.pointer, values.len());
            }
        }
    }
}

/// A text with a NUL at its end, as UTF-8 or as near as can be.
///
/// # Safety
/// `pointer` is null or the text lies there.
pub(crate) unsafe fn text<'a>(
    pointer: *const std::ffi::c_char,
) -> Option<std::borrow::Cow<'a, str>> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(pointer) };
    Some(text.to_string_lossy())
}
