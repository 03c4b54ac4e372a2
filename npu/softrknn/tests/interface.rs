//! A program goes the usual ways: load, ask, bind or copy, run, give back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::{mixer, quantised};
use common::{F32, I8, Soft, UNDEFINED, bytes, call, contents, floats, name};
use rknpu2_sys as sys;
use std::ffi::CStr;
use sys::_rknn_query_cmd as ask;

#[test]
fn every_function_of_the_interface_is_there() {
    let soft = Soft::open();
    macro_rules! assert_there {
        ($($name:ident)*) => { $( assert!(soft.api.$name.is_ok(), stringify!($name)); )* };
    }
    assert_there!(
        rknn_init rknn_dup_context rknn_destroy rknn_query rknn_inputs_set rknn_set_batch_core_num
        rknn_set_core_mask rknn_run rknn_wait rknn_outputs_get rknn_outputs_release
        rknn_create_mem_from_phys rknn_create_mem_from_fd rknn_create_mem_from_mb_blk rknn_create_mem
        rknn_create_mem2 rknn_destroy_mem rknn_set_weight_mem rknn_set_internal_mem rknn_set_io_mem
        rknn_set_input_shape rknn_set_input_shapes rknn_mem_sync rknn_matmul_create
        rknn_matmul_create_dynamic_shape rknn_matmul_set_io_mem rknn_matmul_set_core_mask
        rknn_matmul_set_quant_params rknn_matmul_get_quant_params rknn_matmul_set_dynamic_shape
        rknn_matmul_run rknn_matmul_destroy rknn_B_normal_layout_to_native_layout
        rknn_register_custom_ops rknn_custom_op_get_op_attr
    );
    let version = env!("CARGO_PKG_VERSION");
    let known = format!("triune soft runtime {version}: computes by cpu (");
    assert!(soft.identity().starts_with(&known), "{}", soft.identity());
}

#[test]
fn a_model_tells_what_it_is() {
    let soft = Soft::open();
    let context = soft
        .load_with(&mixer(), sys::RKNN_FLAG_COLLECT_PERF_MASK)
        .unwrap();
    let count: sys::rknn_input_output_num =
        soft.query(context, ask::RKNN_QUERY_IN_OUT_NUM, 0).unwrap();
    assert_eq!((count.n_input, count.n_output), (2, 2));
    let left = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 0);
    assert_eq!(name(&left.name), "left");
    assert_eq!((left.n_dims, left.dims[0], left.dims[1]), (2, 1, 3));
    assert_eq!(
        (left.type_, left.fmt, left.size, left.n_elems),
        (F32, UNDEFINED, 12, 3)
    );
    assert_eq!((left.w_stride, left.size_with_stride), (0, 12));
    let double = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 1);
    assert_eq!(name(&double.name), "double");
    let beyond = soft.query::<sys::rknn_tensor_attr>(context, ask::RKNN_QUERY_OUTPUT_ATTR, 2);
    assert_eq!(beyond.err(), Some(sys::RKNN_ERR_PARAM_INVALID));
    let versions: sys::rknn_sdk_version =
        soft.query(context, ask::RKNN_QUERY_SDK_VERSION, 0).unwrap();
    assert!(name(&versions.api_version).starts_with("2.3.2 (triune soft runtime"));
    assert_eq!(name(&versions.drv_version), "0.9.8 (soft)");
    let custom: sys::rknn_custom_string = soft
        .query(context, ask::RKNN_QUERY_CUSTOM_STRING, 0)
        .unwrap();
    assert_eq!(name(&custom.string), "mixer 1.0.0");
    let sizes: sys::rknn_mem_size = soft.query(context, ask::RKNN_QUERY_MEM_SIZE, 0).unwrap();
    assert_eq!(sizes.total_weight_size as usize, mixer().bytes.len());

    let early = soft.query::<sys::rknn_perf_run>(context, ask::RKNN_QUERY_PERF_RUN, 0);
    assert_eq!(early.err(), Some(sys::RKNN_ERR_FAIL));
    soft.give_mixer(context);
    soft.run(context).unwrap();
    soft.query::<sys::rknn_perf_run>(context, ask::RKNN_QUERY_PERF_RUN, 0)
        .unwrap();
    let detail: sys::rknn_perf_detail =
        soft.query(context, ask::RKNN_QUERY_PERF_DETAIL, 0).unwrap();
    // SAFETY: the text lives until the next question.
    let text = unsafe { CStr::from_ptr(detail.perf_data) };
    assert_eq!(text.to_bytes().len() as u64, detail.data_len);
    assert!(text.to_str().unwrap().starts_with("computed on the CPU"));
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

/// The size of an older struct is noticed, as the real runtime does.
#[test]
fn answers_need_their_room() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    let mut attribute = [0_u8; 376];
    let place = attribute.as_mut_ptr().cast();
    let short = call!(
        soft,
        rknn_query(context, ask::RKNN_QUERY_INPUT_ATTR, place, 372)
    );
    assert_eq!(short, sys::RKNN_ERR_PARAM_INVALID);
    let whole = call!(
        soft,
        rknn_query(context, ask::RKNN_QUERY_INPUT_ATTR, place, 376)
    );
    assert_eq!(whole, 0);
    let nowhere = std::ptr::null_mut();
    let null = call!(
        soft,
        rknn_query(context, ask::RKNN_QUERY_INPUT_ATTR, nowhere, 376)
    );
    assert_eq!(null, sys::RKNN_ERR_PARAM_INVALID);
    for unknown in [
        ask::RKNN_QUERY_DEVICE_MEM_INFO,
        ask::RKNN_QUERY_INPUT_DYNAMIC_RANGE,
        18,
        4711,
    ] {
        let code = call!(soft, rknn_query(context, unknown, place, 376));
        assert_eq!(code, sys::RKNN_ERR_PARAM_INVALID, "query {unknown}");
    }
    soft.destroy(context).unwrap();
}

#[test]
fn a_model_runs_by_copying() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    assert_eq!(
        soft.run(context),
        Err(sys::RKNN_ERR_INPUT_INVALID),
        "nothing was given"
    );
    assert_eq!(
        soft.output(context, 0, true),
        Err(sys::RKNN_ERR_OUTPUT_INVALID)
    );
    soft.give_mixer(context);
    soft.run(context).unwrap();
    assert_eq!(floats(&soft.output(context, 0, true).unwrap()), [0.0, 10.0]);
    assert_eq!(
        floats(&soft.output(context, 1, false).unwrap()),
        [3.0, -4.0]
    );
    // Inputs of another size, type, or place are refused, and those before stay.
    for (index, kind, size) in [(0, F32, 11), (0, F32, 16), (0, 9, 12), (2, F32, 12)] {
        let refused = soft.set_input(context, index, (kind, UNDEFINED), &vec![0; size]);
        assert_eq!(refused, Err(sys::RKNN_ERR_INPUT_INVALID));
    }
    soft.run(context).unwrap();
    assert_eq!(floats(&soft.output(context, 0, true).unwrap()), [0.0, 10.0]);
    soft.set_input(context, 0, (F32, UNDEFINED), &bytes(&[f32::NAN; 3]))
        .unwrap();
    assert_eq!(soft.run(context), Err(sys::RKNN_ERR_INPUT_INVALID));
    assert_eq!(
        soft.output(context, 0, true),
        Err(sys::RKNN_ERR_OUTPUT_INVALID),
        "a failed run leaves no result"
    );
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_model_runs_on_bound_memory() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    let mut memories = Vec::new();
    for (what, index) in [
        (ask::RKNN_QUERY_INPUT_ATTR, 0),
        (ask::RKNN_QUERY_INPUT_ATTR, 1),
        (ask::RKNN_QUERY_OUTPUT_ATTR, 0),
        (ask::RKNN_QUERY_OUTPUT_ATTR, 1),
    ] {
        let mut attribute = soft.attribute(context, what, index);
        memories.push(soft.bind(context, &mut attribute).unwrap());
    }
    assert_eq!(soft.held(), [1, 4, 12 + 8 + 8 + 8, 0]);
    contents(memories[0]).copy_from_slice(&bytes(&[1.0, 2.0, 3.0]));
    contents(memories[1]).copy_from_slice(&bytes(&[1.5, -2.0]));
    soft.run(context).unwrap();
    assert_eq!(floats(contents(memories[2])), [0.0, 10.0]);
    assert_eq!(floats(contents(memories[3])), [3.0, -4.0]);
    for memory in memories {
        soft.destroy_memory(context, memory).unwrap();
    }
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn integers_are_quantised_where_the_program_wants_real_values() {
    let soft = Soft::open();
    let context = soft.load(&quantised()).unwrap();
    let coded = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 0);
    let affine = sys::_rknn_tensor_qnt_type::RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC;
    assert_eq!(
        (coded.type_, coded.qnt_type, coded.zp, coded.scale),
        (I8, affine, -10, 0.5)
    );
    // 0, 1, 5 and 68.5: doubled, the last is beyond what the output can say.
    let integers: Vec<u8> = [-10_i8, -8, 0, 127].map(|value| value as u8).to_vec();
    let expected: Vec<u8> = [5_i8, 13, 45, 127].map(|value| value as u8).to_vec();
    soft.set_input(context, 0, (I8, UNDEFINED), &integers)
        .unwrap();
    soft.run(context).unwrap();
    assert_eq!(soft.output(context, 0, false).unwrap(), expected);
    soft.set_input(context, 0, (F32, UNDEFINED), &bytes(&[0.0, 1.0, 5.0, 1e9]))
        .unwrap();
    soft.run(context).unwrap();
    assert_eq!(soft.output(context, 0, false).unwrap(), expected);
    let real = floats(&soft.output(context, 0, true).unwrap());
    assert_eq!(real, [0.0, 2.0, 10.0, 30.5]);
    soft.destroy(context).unwrap();
}

/// Passed through, bytes are the model's own, whatever type the program names.
#[test]
fn passed_through_integers_are_taken_as_they_are() {
    let soft = Soft::open();
    let context = soft.load(&quantised()).unwrap();
    let mut integers = [-10_i8, -8, 0, 127];
    let mut input = sys::rknn_input {
        index: 0,
        buf: integers.as_mut_ptr().cast(),
        size: 4,
        pass_through: 1,
        type_: F32,
        fmt: UNDEFINED,
    };
    assert_eq!(call!(soft, rknn_inputs_set(context, 1, &raw mut input)), 0);
    soft.run(context).unwrap();
    let expected = [5_i8, 13, 45, 127].map(|value| value as u8);
    assert_eq!(soft.output(context, 0, false).unwrap(), expected);
    soft.destroy(context).unwrap();
}

#[test]
fn buffers_of_the_program_are_filled_and_those_of_the_runtime_counted() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    let mut frame = sys::rknn_run_extend {
        frame_id: 0,
        non_block: 1,
        timeout_ms: 0,
        fence_fd: 7,
    };
    assert_eq!(call!(soft, rknn_run(context, &raw mut frame)), 0);
    assert_eq!((frame.frame_id, frame.fence_fd), (1, -1));
    assert_eq!(
        call!(soft, rknn_wait(context, &raw mut frame)),
        sys::RKNN_ERR_FAIL
    );

    let mut own = [0.0_f32; 2];
    let output = |own: *mut f32, size, index| sys::rknn_output {
        want_float: 1,
        is_prealloc: u8::from(!own.is_null()),
        index,
        buf: own.cast(),
        size,
    };
    let nothing = std::ptr::null_mut();
    let mut outputs = [output(own.as_mut_ptr(), 8, 0), output(nothing, 0, 1)];
    let first = outputs.as_mut_ptr();
    assert_eq!(
        call!(
            soft,
            rknn_outputs_get(context, 2, first, std::ptr::null_mut())
        ),
        0
    );
    assert_eq!(own, [0.0, 10.0]);
    assert_eq!(soft.held(), [1, 0, 0, 1]);
    assert_eq!(call!(soft, rknn_outputs_release(context, 2, first)), 0);
    assert!(outputs[1].buf.is_null());
    assert_eq!(soft.held(), [1, 0, 0, 0]);
    // A second release of the same buffer, and a buffer that is too small, leave nothing behind.
    let again = call!(soft, rknn_outputs_release(context, 2, outputs.as_mut_ptr()));
    assert_eq!(again, sys::RKNN_ERR_PARAM_INVALID);
    let mut outputs = [output(nothing, 0, 1), output(own.as_mut_ptr(), 7, 0)];
    let first = outputs.as_mut_ptr();
    let short = call!(
        soft,
        rknn_outputs_get(context, 2, first, std::ptr::null_mut())
    );
    assert_eq!(short, sys::RKNN_ERR_OUTPUT_INVALID);
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_duplicate_is_a_context_of_its_own() {
    let soft = Soft::open();
    let mut context = soft.load(&mixer()).unwrap();
    let mut copy = 0;
    assert_eq!(
        call!(soft, rknn_dup_context(&raw mut context, &raw mut copy)),
        0
    );
    assert_ne!(copy, context);
    soft.give_mixer(context);
    assert_eq!(soft.run(copy), Err(sys::RKNN_ERR_INPUT_INVALID));
    soft.destroy(context).unwrap();
    soft.give_mixer(copy);
    soft.run(copy).unwrap();
    assert_eq!(floats(&soft.output(copy, 0, true).unwrap()), [0.0, 10.0]);
    soft.destroy(copy).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn shapes_may_be_set_to_what_they_are() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    let mut both = [0, 1].map(|index| soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, index));
    assert_eq!(
        call!(soft, rknn_set_input_shapes(context, 2, both.as_mut_ptr())),
        0
    );
    assert_eq!(
        call!(soft, rknn_set_input_shape(context, both.as_mut_ptr())),
        0
    );
    both[1].dims[1] = 7;
    let other = call!(soft, rknn_set_input_shapes(context, 2, both.as_mut_ptr()));
    assert_eq!(other, sys::RKNN_ERR_PARAM_INVALID);
    soft.destroy(context).unwrap();
}
