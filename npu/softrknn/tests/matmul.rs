//! Products of matrices.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Soft, call, contents};
use rknpu2_sys as sys;
use std::ptr::null_mut;
use sys::{RKNN_ERR_CTX_INVALID, RKNN_ERR_PARAM_INVALID};
use sys::{rknn_matmul_info, rknn_matmul_io_attr, rknn_matmul_shape};

fn info(m: i32, k: i32, n: i32) -> rknn_matmul_info {
    rknn_matmul_info {
        M: m,
        K: k,
        N: n,
        type_: sys::_rknn_matmul_type::RKNN_INT8_MM_INT8_TO_INT32,
        B_layout: 0,
        B_quant_type: 0,
        AC_layout: 0,
        AC_quant_type: 0,
        iommu_domain_id: 0,
        group_size: 0,
        reserved: [0; 34],
    }
}

fn create(soft: &Soft, mut info: rknn_matmul_info) -> Result<(u64, rknn_matmul_io_attr), i32> {
    // SAFETY: plain numbers.
    let mut attributes = unsafe { std::mem::zeroed() };
    let mut context = 0;
    let code = call!(
        soft,
        rknn_matmul_create(&raw mut context, &raw mut info, &raw mut attributes)
    );
    if code == 0 {
        Ok((context, attributes))
    } else {
        Err(code)
    }
}

/// Elements of A and B that no symmetry hides.
fn element(place: usize, seed: usize) -> i8 {
    (place.wrapping_mul(7919).wrapping_add(seed) % 251) as u8 as i8
}

#[test]
fn a_product_is_what_its_definition_says() {
    let soft = Soft::open();
    let (m, k, n) = (3, 64, 32);
    let (context, mut attributes) = create(&soft, info(3, 64, 32)).unwrap();
    assert_eq!(common::name(&attributes.C.name), "C");
    assert_eq!(
        (attributes.A.size, attributes.B.size, attributes.C.size),
        (192, 2048, 384)
    );
    let bind = |attribute: &mut sys::rknn_matmul_tensor_attr| {
        let memory = soft.memory(context, attribute.size).unwrap();
        let code = call!(
            soft,
            rknn_matmul_set_io_mem(context, memory, &raw mut *attribute)
        );
        assert_eq!(code, 0);
        memory
    };
    let memories = [
        bind(&mut attributes.A),
        bind(&mut attributes.B),
        bind(&mut attributes.C),
    ];
    for (memory, seed) in [(memories[0], 3), (memories[1], 100)] {
        for (place, byte) in contents(memory).iter_mut().enumerate() {
            *byte = element(place, seed) as u8;
        }
    }
    assert_eq!(call!(soft, rknn_matmul_set_core_mask(context, 2)), 0);
    assert_eq!(call!(soft, rknn_matmul_run(context)), 0);
    let sums = contents(memories[2]);
    for row in 0..m {
        for column in 0..n {
            let expected: i32 = (0..k)
                .map(|at| {
                    let left = element(row * k + at, 3);
                    let right = element(at * n + column, 100);
                    i32::from(left) * i32::from(right)
                })
                .sum();
            let place = (row * n + column) * 4;
            let found = i32::from_ne_bytes(sums[place..place + 4].try_into().unwrap());
            assert_eq!(found, expected, "row {row}, column {column}");
        }
    }
    for memory in memories {
        soft.destroy_memory(context, memory).unwrap();
    }
    assert_eq!(
        call!(soft, rknn_matmul_run(context)),
        RKNN_ERR_PARAM_INVALID
    );
    assert_eq!(
        soft.run(context),
        Err(RKNN_ERR_CTX_INVALID),
        "it is no model"
    );
    assert_eq!(call!(soft, rknn_matmul_destroy(context)), 0);
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn products_that_the_device_cannot_do_are_refused() {
    let soft = Soft::open();
    for (m, k, n) in [
        (0, 32, 32),
        (1, 33, 32),
        (1, 32, 31),
        (1, 8224, 32),
        (-1, 32, 32),
        (1, 0, 32),
    ] {
        let refused = create(&soft, info(m, k, n));
        assert_eq!(refused.err(), Some(RKNN_ERR_PARAM_INVALID), "{m} {k} {n}");
    }
    let mut other = info(1, 32, 32);
    other.type_ = sys::_rknn_matmul_type::RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32;
    assert_eq!(create(&soft, other).err(), Some(RKNN_ERR_PARAM_INVALID));
    let mut native = info(1, 32, 32);
    native.B_layout = 1;
    assert_eq!(create(&soft, native).err(), Some(RKNN_ERR_PARAM_INVALID));
    let (context, _) = create(&soft, info(1, 32, 32)).unwrap();
    for mask in [3, 5, 7, 0xFFFF] {
        let refused = call!(soft, rknn_matmul_set_core_mask(context, mask));
        assert_eq!(refused, RKNN_ERR_PARAM_INVALID, "mask {mask}");
    }
    let refused = call!(soft, rknn_matmul_set_quant_params(context, null_mut()));
    assert_eq!(refused, RKNN_ERR_PARAM_INVALID);
    let native = call!(
        soft,
        rknn_B_normal_layout_to_native_layout(null_mut(), null_mut(), 32, 32, null_mut())
    );
    assert_eq!(native, RKNN_ERR_PARAM_INVALID);
    assert_eq!(call!(soft, rknn_matmul_destroy(context)), 0);
    assert_eq!(
        call!(soft, rknn_matmul_destroy(context)),
        RKNN_ERR_CTX_INVALID
    );
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_product_has_the_shapes_that_it_was_made_for() {
    let soft = Soft::open();
    let mut shapes = [1, 4].map(|m| rknn_matmul_shape { M: m, K: 32, N: 32 });
    let mut info = info(0, 0, 0);
    // SAFETY: plain numbers.
    let mut attributes: [rknn_matmul_io_attr; 2] = unsafe { std::mem::zeroed() };
    let mut context = 0;
    let mut make = |count| {
        call!(
            soft,
            rknn_matmul_create_dynamic_shape(
                &raw mut context,
                &raw mut info,
                count,
                shapes.as_mut_ptr(),
                attributes.as_mut_ptr()
            )
        )
    };
    assert_eq!(make(0), RKNN_ERR_PARAM_INVALID);
    assert_eq!(make(-1), RKNN_ERR_PARAM_INVALID);
    assert_eq!(make(2), 0);
    assert_eq!((attributes[0].A.size, attributes[1].A.size), (32, 128));
    let set = |m| {
        let mut shape = rknn_matmul_shape { M: m, K: 32, N: 32 };
        call!(soft, rknn_matmul_set_dynamic_shape(context, &raw mut shape))
    };
    assert_eq!(set(4), 0);
    assert_eq!(set(2), RKNN_ERR_PARAM_INVALID);
    assert_eq!(call!(soft, rknn_matmul_destroy(context)), 0);
    assert_eq!(soft.held(), [0; 4]);
}
