//! Memory that is there before the cycle thread uses it: locked or not, the system gives a page when
//! it is first touched (`MCL_ONFAULT`), and that would be a page fault in the middle of a cycle.

use std::mem::MaybeUninit;

/// An empty ring whose memory is there; `filling` makes what it is filled with for once.
#[must_use]
pub fn touched_ring<T>(
    capacity: usize,
    filling: impl Fn() -> T,
) -> (rtrb::Producer<T>, rtrb::Consumer<T>) {
    let (mut give, mut take) = rtrb::RingBuffer::new(capacity);
    while give.push(filling()).is_ok() {}
    while take.pop().is_ok() {}
    (give, take)
}

/// An empty vector whose memory is there.
pub(crate) fn touched_vec<T>(capacity: usize) -> Vec<T> {
    let mut vector: Vec<T> = Vec::with_capacity(capacity);
    // A vector of values without a size has no end of room and no memory.
    let room = if size_of::<T>() == 0 { 0 } else { capacity };
    for place in vector.spare_capacity_mut().iter_mut().take(room) {
        *place = MaybeUninit::zeroed();
    }
    // Without a reader the zeros would be left out.
    std::hint::black_box(vector.as_mut_ptr());
    vector
}
