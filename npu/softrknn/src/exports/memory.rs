//! Memories.

use super::{call, call_for_memory};
use crate::lent::Lent;
use crate::memory::Memory;
use crate::query::{scratch_size, weight_size};
use crate::refusal::Refusal;
use crate::runtime::lock;
use rknpu2_sys as sys;
use std::ffi::{c_int, c_void};
use std::sync::atomic::Ordering;
use sys::{_rknn_mem_alloc_flags as place, _rknn_mem_sync_mode as mode};
use sys::{rknn_context, rknn_tensor_attr, rknn_tensor_mem};

/// Where memory may be wanted: it makes no difference here.
const KNOWN_PLACES: u64 = (place::RKNN_FLAG_MEMORY_CACHEABLE
    | place::RKNN_FLAG_MEMORY_NON_CACHEABLE
    | place::RKNN_FLAG_MEMORY_TRY_ALLOC_SRAM) as u64;

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_create_mem(ctx: rknn_context, size: u32) -> *mut rknn_tensor_mem {
    call_for_memory("rknn_create_mem", |runtime| {
        runtime.entry(ctx)?;
        Ok(runtime.add_memory(Memory::new(u64::from(size))?))
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_create_mem2(
    ctx: rknn_context,
    size: u64,
    alloc_flags: u64,
) -> *mut rknn_tensor_mem {
    call_for_memory("rknn_create_mem2", |runtime| {
        runtime.entry(ctx)?;
        if alloc_flags & !KNOWN_PLACES != 0 {
            return Err(Refusal::parameter(format!(
                "allocation flags {alloc_flags:#x} are not supported"
            )));
        }
        Ok(runtime.add_memory(Memory::new(size)?))
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_create_mem_from_phys(
    ctx: rknn_context,
    phys_addr: u64,
    virt_addr: *mut c_void,
    size: u32,
) -> *mut rknn_tensor_mem {
    call_for_memory("rknn_create_mem_from_phys", |runtime| {
        runtime.entry(ctx)?;
        // SAFETY: the interface's contract, which here holds until the memory is destroyed.
        let memory = unsafe { Memory::from_physical(phys_addr, virt_addr, size) }?;
        Ok(runtime.add_memory(memory))
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_create_mem_from_fd(
    ctx: rknn_context,
    fd: i32,
    virt_addr: *mut c_void,
    size: u32,
    offset: i32,
) -> *mut rknn_tensor_mem {
    call_for_memory("rknn_create_mem_from_fd", |runtime| {
        runtime.entry(ctx)?;
        // SAFETY: the interface's contract, which here holds until the memory is destroyed.
        let memory = unsafe { Memory::from_file(fd, virt_addr, size, offset) }?;
        Ok(runtime.add_memory(memory))
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_create_mem_from_mb_blk(
    ctx: rknn_context,
    _mb_blk: *mut c_void,
    _offset: i32,
) -> *mut rknn_tensor_mem {
    call_for_memory("rknn_create_mem_from_mb_blk", |runtime| {
        runtime.entry(ctx)?;
        let why = "blocks of Rockchip's media library are not known here";
        Err(Refusal::parameter(why))
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_destroy_mem(ctx: rknn_context, mem: *mut rknn_tensor_mem) -> c_int {
    call("rknn_destroy_mem", |runtime| {
        runtime.entry(ctx)?;
        runtime.remove_memory(mem)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_mem_sync(
    context: rknn_context,
    mem: *mut rknn_tensor_mem,
    mode: u32,
) -> c_int {
    call("rknn_mem_sync", |runtime| {
        runtime.entry(context)?;
        let memory = runtime.memory(mem)?;
        if !(mode::RKNN_MEMORY_SYNC_TO_DEVICE..=mode::RKNN_MEMORY_SYNC_BIDIRECTIONAL)
            .contains(&mode)
        {
            return Err(Refusal::parameter(format!("there is no mode {mode}")));
        }
        if mode & mode::RKNN_MEMORY_SYNC_TO_DEVICE != 0 {
            memory.sync_to_device()?;
            runtime.syncs_to_device.fetch_add(1, Ordering::Relaxed);
        }
        if mode & mode::RKNN_MEMORY_SYNC_FROM_DEVICE != 0 {
            memory.sync_from_device()?;
            runtime.syncs_from_device.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_set_io_mem(
    ctx: rknn_context,
    mem: *mut rknn_tensor_mem,
    attr: *mut rknn_tensor_attr,
) -> c_int {
    call("rknn_set_io_mem", |runtime| {
        let context = runtime.context(ctx)?;
        let memory = runtime.memory(mem)?;
        // SAFETY: the interface's contract.
        let attribute = unsafe { Lent::one(attr, "attr") }?.read(0);
        lock(&context).bind(memory, &attribute)
    })
}

/// The weights stay where they are: the memory is only held to be large enough.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_set_weight_mem(
    ctx: rknn_context,
    mem: *mut rknn_tensor_mem,
) -> c_int {
    call("rknn_set_weight_mem", |runtime| {
        let context = runtime.context(ctx)?;
        let mut context = lock(&context);
        let memory = runtime.memory(mem)?;
        check_outside(
            context.has_flag(sys::RKNN_FLAG_MEM_ALLOC_OUTSIDE),
            &memory,
            weight_size(&context),
        )?;
        context.weights = Some(memory);
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_set_internal_mem(
    ctx: rknn_context,
    mem: *mut rknn_tensor_mem,
) -> c_int {
    call("rknn_set_internal_mem", |runtime| {
        let context = runtime.context(ctx)?;
        let mut context = lock(&context);
        let memory = runtime.memory(mem)?;
        let outside = sys::RKNN_FLAG_MEM_ALLOC_OUTSIDE | sys::RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE;
        check_outside(context.has_flag(outside), &memory, scratch_size(&context))?;
        context.scratch = Some(memory);
        Ok(())
    })
}

fn check_outside(outside: bool, memory: &Memory, needed: u32) -> Result<(), Refusal> {
    if !outside {
        let why = "the context was made to allocate this itself";
        return Err(Refusal::parameter(why));
    }
    if memory.size() < needed as usize {
        return Err(Refusal::parameter(format!(
            "{needed} bytes are needed, the memory has {}",
            memory.size()
        )));
    }
    Ok(())
}
