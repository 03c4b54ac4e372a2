//! Handles that are stale, foreign or invented are refused, and nothing else happens.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::mixer;
use common::{Soft, call};
use proptest::prelude::*;
use rknpu2_sys as sys;
use std::ffi::c_void;
use std::ptr::null_mut;
use sys::{RKNN_ERR_CTX_INVALID, RKNN_ERR_PARAM_INVALID};

/// What every function that takes a context says to one that is not there. Nothing is read of the
/// pointers, so that null ones do.
fn codes(soft: &Soft, context: u64) -> Vec<(&'static str, i32)> {
    let mut room = [0_u8; 512];
    let info = room.as_mut_ptr().cast::<c_void>();
    let mut other = context;
    let mut made = 0;
    let mut codes = vec![(
        "rknn_dup_context",
        call!(soft, rknn_dup_context(&raw mut other, &raw mut made)),
    )];
    macro_rules! ask {
        ($($name:ident ( $($argument:expr),* ))*) => {
            $( codes.push((stringify!($name), call!(soft, $name(context $(, $argument)*)))); )*
        };
    }
    ask! {
        rknn_destroy()
        rknn_query(0, info, 512)
        rknn_inputs_set(0, null_mut())
        rknn_set_batch_core_num(1)
        rknn_set_core_mask(1)
        rknn_run(null_mut())
        rknn_wait(null_mut())
        rknn_outputs_get(0, null_mut(), null_mut())
        rknn_outputs_release(0, null_mut())
        rknn_destroy_mem(null_mut())
        rknn_set_weight_mem(null_mut())
        rknn_set_internal_mem(null_mut())
        rknn_set_io_mem(null_mut(), null_mut())
        rknn_set_input_shapes(0, null_mut())
        rknn_mem_sync(null_mut(), 1)
        rknn_matmul_set_io_mem(null_mut(), null_mut())
        rknn_matmul_set_core_mask(1)
        rknn_matmul_set_quant_params(null_mut())
        rknn_matmul_get_quant_params(null_mut(), null_mut())
        rknn_matmul_run()
        rknn_matmul_destroy()
        rknn_register_custom_ops(null_mut(), 0)
    }
    codes
}

#[test]
fn a_destroyed_context_is_refused_everywhere() {
    let soft = Soft::open();
    let stale = soft.load(&mixer()).unwrap();
    soft.destroy(stale).unwrap();
    // Its place is taken by another, which is not touched.
    let living = soft.load(&mixer()).unwrap();
    for (name, code) in codes(&soft, stale) {
        assert_eq!(code, RKNN_ERR_CTX_INVALID, "{name}");
    }
    assert_eq!(soft.memory(stale, 8), None);
    soft.give_mixer(living);
    soft.run(living).unwrap();
    soft.destroy(living).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_handle_cut_to_32_bits_is_refused() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    assert_eq!(soft.run(context & 0xFFFF_FFFF), Err(RKNN_ERR_CTX_INVALID));
    soft.destroy(context).unwrap();
}

#[test]
fn what_is_held_when_a_context_goes_shows_as_leaked() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    soft.run(context).unwrap();
    let memory = soft.memory(context, 64).unwrap();
    let mut output = sys::rknn_output {
        want_float: 1,
        is_prealloc: 0,
        index: 0,
        buf: null_mut(),
        size: 0,
    };
    let got = call!(
        soft,
        rknn_outputs_get(context, 1, &raw mut output, null_mut())
    );
    assert_eq!(got, 0);
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0, 1, 64, 1]);
    assert_eq!(
        soft.destroy_memory(context, memory),
        Err(RKNN_ERR_CTX_INVALID)
    );
    // Another context can give both back.
    let context = soft.load(&mixer()).unwrap();
    soft.destroy_memory(context, memory).unwrap();
    assert_eq!(
        call!(soft, rknn_outputs_release(context, 1, &raw mut output)),
        0
    );
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn null_pointers_are_refused() {
    let soft = Soft::open();
    let nothing = null_mut();
    let init = call!(soft, rknn_init(null_mut(), nothing, 8, 0, null_mut()));
    assert_eq!(init, RKNN_ERR_PARAM_INVALID);
    let mut context = 7;
    for size in [0, 8] {
        let init = call!(
            soft,
            rknn_init(&raw mut context, nothing, size, 0, null_mut())
        );
        assert_eq!((init, context), (RKNN_ERR_PARAM_INVALID, 0));
    }
    let copy = call!(soft, rknn_dup_context(null_mut(), null_mut()));
    assert_eq!(copy, RKNN_ERR_PARAM_INVALID);
    let context = soft.load(&mixer()).unwrap();
    let inputs = call!(soft, rknn_inputs_set(context, 1, null_mut()));
    assert_eq!(inputs, RKNN_ERR_PARAM_INVALID);
    let mut input = sys::rknn_input {
        index: 0,
        buf: nothing,
        size: 12,
        pass_through: 0,
        type_: common::F32,
        fmt: common::UNDEFINED,
    };
    let inputs = call!(soft, rknn_inputs_set(context, 1, &raw mut input));
    assert_eq!(inputs, RKNN_ERR_PARAM_INVALID);
    soft.give_mixer(context);
    soft.run(context).unwrap();
    let outputs = call!(soft, rknn_outputs_get(context, 1, null_mut(), null_mut()));
    assert_eq!(outputs, RKNN_ERR_PARAM_INVALID);
    let memory = soft.memory(context, 8).unwrap();
    let bound = call!(soft, rknn_set_io_mem(context, memory, null_mut()));
    assert_eq!(bound, RKNN_ERR_PARAM_INVALID);
    let shape = call!(soft, rknn_set_input_shape(context, null_mut()));
    assert_eq!(shape, RKNN_ERR_PARAM_INVALID);
    let product = call!(soft, rknn_matmul_create(null_mut(), null_mut(), null_mut()));
    assert_eq!(product, RKNN_ERR_PARAM_INVALID);
    soft.destroy_memory(context, memory).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invented_handles_are_refused(context in any::<u64>(), memory in any::<usize>()) {
        let soft = Soft::open();
        for (name, code) in codes(&soft, context) {
            prop_assert_eq!(code, RKNN_ERR_CTX_INVALID, "{}", name);
        }
        let own = soft.load(&mixer()).unwrap();
        let memory = std::ptr::without_provenance_mut(memory);
        prop_assert_eq!(soft.destroy_memory(own, memory), Err(RKNN_ERR_PARAM_INVALID));
        prop_assert_eq!(soft.sync(own, memory, 1), Err(RKNN_ERR_PARAM_INVALID));
        soft.destroy(own).unwrap();
        prop_assert_eq!(soft.held(), [0; 4]);
    }
}
