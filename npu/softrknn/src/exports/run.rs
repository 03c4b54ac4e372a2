//! Runs, and the copying way in and out.

use super::call;
use crate::lent::Lent;
use crate::refusal::Refusal;
use crate::runtime::lock;
use rknpu2_sys::{rknn_context, rknn_input, rknn_output, rknn_output_extend, rknn_run_extend};
use std::ffi::c_int;

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_inputs_set(
    context: rknn_context,
    n_inputs: u32,
    inputs: *mut rknn_input,
) -> c_int {
    call("rknn_inputs_set", |runtime| {
        let context = runtime.context(context)?;
        let mut context = lock(&context);
        // SAFETY: the interface's contract.
        let inputs = unsafe { Lent::many(inputs, n_inputs, "inputs") }?.to_vec();
        for input in &inputs {
            context.check_input(input)?;
        }
        for input in &inputs {
            // SAFETY: the caller says that `size` bytes lie at `buf`.
            let bytes = unsafe { Lent::many(input.buf.cast::<u8>(), input.size, "buf") }?;
            context.set_input(input, &bytes.to_vec())?;
        }
        Ok(())
    })
}

/// Runs and waits, whatever `non_block` says: the real one does too.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_run(
    context: rknn_context,
    extend: *mut rknn_run_extend,
) -> c_int {
    call("rknn_run", |runtime| {
        let context = runtime.context(context)?;
        // SAFETY: the interface's contract.
        let extend = unsafe { Lent::maybe(extend) };
        let frame = lock(&context).run(runtime)?;
        if let Some(extend) = extend {
            let mut told = extend.read(0);
            told.frame_id = frame;
            told.fence_fd = -1;
            extend.write(0, told);
        }
        Ok(())
    })
}

/// The real one gives -1 everywhere (airockchip/rknn-toolkit2 #577).
#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_wait(context: rknn_context, _extend: *mut rknn_run_extend) -> c_int {
    call("rknn_wait", |runtime| {
        runtime.context(context)?;
        Err(Refusal::failed("waiting is not supported: rknn_run waits"))
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_outputs_get(
    context: rknn_context,
    n_outputs: u32,
    outputs: *mut rknn_output,
    extend: *mut rknn_output_extend,
) -> c_int {
    call("rknn_outputs_get", |runtime| {
        let context = runtime.context(context)?;
        let context = lock(&context);
        // SAFETY: the interface's contract.
        let outputs = unsafe { Lent::many(outputs, n_outputs, "outputs") }?;
        // SAFETY: the interface's contract.
        let extend = unsafe { Lent::maybe(extend) };
        // All are made before the first is handed out, so that a refusal leaks nothing.
        let wanted = outputs.to_vec();
        let results = wanted
            .iter()
            .map(|output| {
                let bytes = context.output(output.index, output.want_float != 0)?;
                let room = output.size as usize;
                if output.is_prealloc != 0 && (output.buf.is_null() || room < bytes.len()) {
                    return Err(Refusal::output(format!(
                        "output {} needs {} bytes, its buffer has {room}",
                        output.index,
                        bytes.len()
                    )));
                }
                Ok(bytes)
            })
            .collect::<Result<Vec<_>, _>>()?;
        for (place, (mut output, bytes)) in wanted.into_iter().zip(results).enumerate() {
            if output.is_prealloc != 0 {
                // SAFETY: the caller says that `size` bytes lie at `buf`.
                unsafe { Lent::many(output.buf.cast::<u8>(), output.size, "buf") }?.fill(&bytes);
            } else {
                output.size = bytes.len() as u32;
                output.buf = runtime.add_output(bytes).cast();
                outputs.write(place, output);
            }
        }
        if let Some(extend) = extend {
            extend.write(
                0,
                rknn_output_extend {
                    frame_id: context.frames(),
                },
            );
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_outputs_release(
    context: rknn_context,
    n_ouputs: u32,
    outputs: *mut rknn_output,
) -> c_int {
    call("rknn_outputs_release", |runtime| {
        runtime.context(context)?;
        // SAFETY: the interface's contract.
        let outputs = unsafe { Lent::many(outputs, n_ouputs, "outputs") }?;
        for place in 0..outputs.len() {
            let mut output = outputs.read(place);
            if output.is_prealloc != 0 {
                continue;
            }
            if !runtime.release_output(output.buf.cast()) {
                return Err(Refusal::parameter(format!(
                    "output {}: this buffer was released before, or never handed out",
                    output.index
                )));
            }
            output.buf = std::ptr::null_mut();
            outputs.write(place, output);
        }
        Ok(())
    })
}
