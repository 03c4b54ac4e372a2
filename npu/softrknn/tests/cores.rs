//! Three cores, each for one run at a time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::mixer;
use common::{Soft, call};
use rknpu2_sys as sys;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

#[test]
fn masks_are_those_of_the_device() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    for mask in [0, 1, 2, 4, 3, 7, 0xFFFF] {
        assert_eq!(
            call!(soft, rknn_set_core_mask(context, mask)),
            0,
            "mask {mask}"
        );
        soft.run(context).unwrap();
    }
    for mask in [5, 6, 8, 0x10000, u32::MAX] {
        let refused = call!(soft, rknn_set_core_mask(context, mask));
        assert_eq!(refused, sys::RKNN_ERR_PARAM_INVALID, "mask {mask}");
    }
    for (cores, code) in [(1, 0), (3, 0), (0, -5), (4, -5), (-1, -5)] {
        assert_eq!(call!(soft, rknn_set_batch_core_num(context, cores)), code);
    }
    soft.destroy(context).unwrap();
}

/// How long three contexts take for one run each, on cores of these masks.
fn time(soft: &Soft, masks: [u32; 3]) -> Duration {
    let contexts = masks.map(|mask| {
        let context = soft.load(&mixer()).unwrap();
        soft.give_mixer(context);
        assert_eq!(call!(soft, rknn_set_core_mask(context, mask)), 0);
        context
    });
    let run = *soft.api.rknn_run.as_ref().unwrap();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for context in contexts {
            // SAFETY: a null pointer is allowed there.
            scope.spawn(move || assert_eq!(unsafe { run(context, null_mut()) }, 0));
        }
    });
    let taken = begin.elapsed();
    for context in contexts {
        soft.destroy(context).unwrap();
    }
    taken
}

#[test]
fn cores_run_beside_each_other_and_one_core_one_run_after_the_other() {
    let soft = Soft::open();
    soft.faults("slow=300ms").unwrap();
    let one = time(&soft, [1, 1, 1]);
    // Three times 300 ms at least, whatever else the machine does.
    assert!(one >= Duration::from_millis(900), "{one:?}");
    let all = time(&soft, [7, 0xFFFF, 7]);
    assert!(all >= Duration::from_millis(900), "{all:?}");
    let three = time(&soft, [1, 2, 4]);
    assert!(three < one * 2 / 3, "{three:?} beside {one:?}");
    let any = time(&soft, [0, 0, 0]);
    assert!(any < one * 2 / 3, "{any:?} beside {one:?}");
}
