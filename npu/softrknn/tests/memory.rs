//! Memory that program and device share, and what arrives when.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::mixer;
use common::{FROM_DEVICE, Soft, TO_DEVICE, bytes, call, contents, floats};
use rknpu2_sys as sys;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::null_mut;
use sys::{_rknn_query_cmd as ask, rknn_context, rknn_tensor_mem};

/// Contexts with `left` and `double` bound and `right` bound too.
struct Bound {
    context: rknn_context,
    right: *mut rknn_tensor_mem,
    double: *mut rknn_tensor_mem,
}

fn bound(soft: &Soft, flags: u32) -> Bound {
    let context = soft.load_with(&mixer(), flags).unwrap();
    soft.give_mixer(context);
    let mut right = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 1);
    let mut double = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 1);
    Bound {
        context,
        right: soft.bind(context, &mut right).unwrap(),
        double: soft.bind(context, &mut double).unwrap(),
    }
}

impl Bound {
    fn write(&self, values: [f32; 2]) {
        contents(self.right).copy_from_slice(&bytes(&values));
    }

    fn read(&self) -> Vec<f32> {
        floats(contents(self.double))
    }

    fn close(self, soft: &Soft) {
        for memory in [self.right, self.double] {
            soft.destroy_memory(self.context, memory).unwrap();
        }
        soft.destroy(self.context).unwrap();
        assert_eq!(soft.held(), [0; 4]);
    }
}

#[test]
fn a_run_synchronises_by_itself() {
    let soft = Soft::open();
    let bound = bound(&soft, 0);
    bound.write([1.0, 2.0]);
    soft.run(bound.context).unwrap();
    assert_eq!(bound.read(), [2.0, 4.0]);
    bound.close(&soft);
}

/// With the flags that turn it off, and with `strict-sync`, a missing synchronisation shows.
#[test]
fn a_missing_synchronisation_shows() {
    let soft = Soft::open();
    let flags = sys::RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE
        | sys::RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE;
    for (flags, faults) in [(flags, ""), (0, "strict-sync")] {
        soft.faults(faults).unwrap();
        let before = soft.counters();
        let bound = bound(&soft, flags);
        bound.write([1.0, 2.0]);
        soft.sync(bound.context, bound.right, TO_DEVICE).unwrap();
        bound.write([5.0, 6.0]);
        soft.run(bound.context).unwrap();
        assert_eq!(bound.read(), [0.0, 0.0], "nothing came back yet");
        soft.sync(bound.context, bound.double, FROM_DEVICE).unwrap();
        assert_eq!(
            bound.read(),
            [2.0, 4.0],
            "the device saw what was synchronised"
        );
        soft.sync(bound.context, bound.right, TO_DEVICE).unwrap();
        soft.run(bound.context).unwrap();
        soft.sync(bound.context, bound.double, FROM_DEVICE).unwrap();
        assert_eq!(bound.read(), [10.0, 12.0]);
        let after = soft.counters();
        assert_eq!(after.syncs_to_device - before.syncs_to_device, 2);
        assert_eq!(after.syncs_from_device - before.syncs_from_device, 2);
        assert_eq!(after.runs - before.runs, 2);
        for mode in [0, 4] {
            let refused = soft.sync(bound.context, bound.right, mode);
            assert_eq!(refused, Err(sys::RKNN_ERR_PARAM_INVALID));
        }
        bound.close(&soft);
    }
}

#[test]
fn memory_has_a_file_that_others_can_map() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    let memory = soft.memory(context, 100).unwrap();
    contents(memory)[7] = 42;
    // SAFETY: the runtime handed it out and it was not destroyed.
    let told = unsafe { memory.read() };
    assert_eq!((told.size, told.offset, told.flags), (100, 0, 1));
    assert_eq!(told.virt_addr.addr() % 4096, 0, "it begins with a page");
    // SAFETY: the file is open as long as the memory lives.
    let file = unsafe { BorrowedFd::borrow_raw(told.fd) };
    let mut file = std::fs::File::from(file.try_clone_to_owned().unwrap());
    let mut seen = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut seen).unwrap();
    assert_eq!((seen.len() >= 100, seen[7]), (true, 42));
    soft.destroy_memory(context, memory).unwrap();
    soft.destroy(context).unwrap();
}

#[test]
fn a_file_of_the_program_can_be_memory() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&[0; 4]).unwrap();
    file.write_all(&bytes(&[7.0, 8.0])).unwrap();
    let create = |size, offset| {
        call!(
            soft,
            rknn_create_mem_from_fd(context, file.as_raw_fd(), null_mut(), size, offset)
        )
    };
    let memory = create(8, 4);
    assert!(!memory.is_null());
    let mut right = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 1);
    soft.bind_memory(context, memory, &mut right).unwrap();
    soft.run(context).unwrap();
    assert_eq!(
        floats(&soft.output(context, 1, true).unwrap()),
        [14.0, 16.0]
    );
    soft.destroy_memory(context, memory).unwrap();
    for (size, offset) in [(9, 4), (0, 0), (8, -1), (8, i32::MAX)] {
        assert!(create(size, offset).is_null(), "{size} at {offset}");
    }
    for closed in [-1, 1 << 20] {
        let memory = call!(
            soft,
            rknn_create_mem_from_fd(context, closed, null_mut(), 8, 0)
        );
        assert!(memory.is_null());
    }
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_mapping_of_the_program_can_be_memory() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    let mut own = [2.0_f32, 3.0];
    let place = own.as_mut_ptr().cast();
    let memory = call!(soft, rknn_create_mem_from_phys(context, 0x1000, place, 8));
    let mut right = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 1);
    soft.bind_memory(context, memory, &mut right).unwrap();
    soft.run(context).unwrap();
    assert_eq!(floats(&soft.output(context, 1, true).unwrap()), [4.0, 6.0]);
    soft.destroy_memory(context, memory).unwrap();
    let unmapped = call!(
        soft,
        rknn_create_mem_from_phys(context, 0x1000, null_mut(), 8)
    );
    assert!(unmapped.is_null());
    let block = call!(soft, rknn_create_mem_from_mb_blk(context, null_mut(), 0));
    assert!(block.is_null());
    soft.destroy(context).unwrap();
}

#[test]
fn memory_that_is_destroyed_is_not_used_though_it_is_bound() {
    let soft = Soft::open();
    let Bound {
        context,
        right,
        double,
    } = bound(&soft, 0);
    soft.destroy_memory(context, right).unwrap();
    assert_eq!(soft.run(context), Err(sys::RKNN_ERR_PARAM_INVALID));
    assert_eq!(
        soft.destroy_memory(context, right),
        Err(sys::RKNN_ERR_PARAM_INVALID)
    );
    soft.destroy_memory(context, double).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn sizes_and_flags_that_cannot_be_are_refused() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    assert_eq!(soft.memory(context, 0), None);
    for (size, flags) in [(0, 0), (1 << 32, 0), (u64::MAX, 0), (8, 0x20000), (8, 8)] {
        let memory = call!(soft, rknn_create_mem2(context, size, flags));
        assert!(memory.is_null(), "{size} bytes, flags {flags:#x}");
    }
    let memory = call!(soft, rknn_create_mem2(context, 8, 1));
    assert!(!memory.is_null());
    soft.destroy_memory(context, memory).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn weights_and_scratch_are_taken_where_the_context_wants_them() {
    let soft = Soft::open();
    let context = soft
        .load_with(&mixer(), sys::RKNN_FLAG_MEM_ALLOC_OUTSIDE)
        .unwrap();
    soft.give_mixer(context);
    assert_eq!(
        soft.run(context),
        Err(sys::RKNN_ERR_FAIL),
        "there is no memory"
    );
    let sizes: sys::rknn_mem_size = soft.query(context, ask::RKNN_QUERY_MEM_SIZE, 0).unwrap();
    let weights = soft.memory(context, sizes.total_weight_size).unwrap();
    let scratch = soft.memory(context, sizes.total_internal_size).unwrap();
    let small = soft.memory(context, 1).unwrap();
    let refused = call!(soft, rknn_set_weight_mem(context, small));
    assert_eq!(refused, sys::RKNN_ERR_PARAM_INVALID);
    assert_eq!(call!(soft, rknn_set_weight_mem(context, weights)), 0);
    assert_eq!(call!(soft, rknn_set_internal_mem(context, scratch)), 0);
    soft.run(context).unwrap();
    let plain = soft.load(&mixer()).unwrap();
    let refused = call!(soft, rknn_set_internal_mem(plain, scratch));
    assert_eq!(refused, sys::RKNN_ERR_PARAM_INVALID);
    for memory in [weights, scratch, small] {
        soft.destroy_memory(context, memory).unwrap();
    }
    soft.destroy(plain).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}
