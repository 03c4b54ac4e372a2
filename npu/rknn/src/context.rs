//! A model loaded into the NPU.

use std::cell::Cell;
use std::ffi::{CString, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};
use std::sync::{Arc, Mutex, PoisonError};

use crate::attribute::Role;
use crate::binding::Bound;
use crate::bindings::{self as sys, rknn_init_extend};
use crate::code::Code;
use crate::cores::Cores;
use crate::error::{Error, check};
use crate::flags::InitFlags;
use crate::handle::{Handle, Kind};
use crate::library::{Library, function};
use crate::memory::{Memory, MemoryKind, expressible};
use crate::query::{self, MemorySize};
use crate::symbols::Call;
use crate::version::SdkVersion;

/// A loaded model: it may move to another thread, but be used by one at a time.
///
/// For each core of the NPU [`Context::duplicate`] it and give each duplicate a thread of its own, e.g.
/// a [`Lane`](crate::Lane): the runtimes do not run without waiting.
///
/// ```
/// fn moves<T: Send>() {}
/// moves::<triune_rknn::Context>();
/// ```
/// ```compile_fail
/// fn is_shared<T: Sync>() {}
/// is_shared::<triune_rknn::Context>();
/// ```
pub struct Context {
    slots: [Vec<Option<Bound>>; 2],
    weights: Arc<GivenWeights>,
    scratch: Option<Memory>,
    flags: InitFlags,
    versions: SdkVersion,
    reshaped: bool,
    handle: Arc<Handle>,
    /// The interface promises nothing of calls for one context from several threads.
    _not_sync: PhantomData<Cell<()>>,
}

/// What was given for weights. Contexts that share them compute with it too, so it stays as long as any.
struct GivenWeights {
    /// The last is the one in use.
    memories: Mutex<Vec<Memory>>,
    /// Of the context that this one's was made from.
    _origin: Option<Arc<Self>>,
}

impl GivenWeights {
    fn of(origin: Option<&Arc<Self>>) -> Arc<Self> {
        Arc::new(Self {
            memories: Mutex::default(),
            _origin: origin.map(Arc::clone),
        })
    }

    fn memories(&self) -> std::sync::MutexGuard<'_, Vec<Memory>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context {
    /// Loads a model from memory; the library copies it.
    ///
    /// # Errors
    /// [`Error::ModelSize`], [`Error::Call`], [`Error::Version`], and [`Error::TooManyTensors`] if the
    /// library says so.
    pub fn load(library: &Arc<Library>, model: &[u8], flags: InitFlags) -> Result<Self, Error> {
        let size = model_size(model)?;
        let start = model.as_ptr().cast_mut().cast();
        Self::init(library, start, size, flags, None)
    }

    /// Loads a model from a file, which the library reads by itself.
    ///
    /// # Errors
    /// [`Error::PathWithZero`], else as [`Context::load`].
    pub fn load_file(library: &Arc<Library>, path: &Path, flags: InitFlags) -> Result<Self, Error> {
        let text = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| Error::PathWithZero { path: path.into() })?;
        // A size of 0 says that it is a path.
        Self::init(library, text.as_ptr().cast_mut().cast(), 0, flags, None)
    }

    /// Loads a model with the same weights as this context's, e.g. one for another size of pictures.
    /// The weights are kept once.
    ///
    /// # Errors
    /// As [`Context::load`].
    pub fn load_sharing(&self, model: &[u8], flags: InitFlags) -> Result<Self, Error> {
        let size = model_size(model)?;
        let start = model.as_ptr().cast_mut().cast();
        Self::init(self.library(), start, size, flags, Some(self))
    }

    fn init(
        library: &Arc<Library>,
        model: *mut c_void,
        size: u32,
        flags: InitFlags,
        weights_of: Option<&Self>,
    ) -> Result<Self, Error> {
        let init = function!(library, rknn_init, Init)?;
        // SAFETY: a structure of numbers, for which all zero is valid and means nothing special.
        let mut extend: rknn_init_extend = unsafe { MaybeUninit::zeroed().assume_init() };
        // Bits that are no flag of ours could have the library keep the model's memory.
        let mut bits = flags.intersection(InitFlags::all()).bits();
        let shared = weights_of.map(|context| context.handle.lock());
        let extend = match &shared {
            Some(other) => {
                extend.ctx = other.raw;
                bits |= sys::RKNN_FLAG_SHARE_WEIGHT_MEM;
                &raw mut extend
            }
            None => ptr::null_mut(),
        };
        let mut raw = 0;
        // SAFETY: the model is `size` bytes long, or a text that ends; the library only reads it, and
        // not after it returns. The other pointers are to variables that live until then.
        let code = unsafe { init(&mut raw, model, size, bits, extend) };
        drop(shared);
        check(Call::Init, code).map_err(|error| with_hint(error, library))?;
        let origin = weights_of.map(|context| Arc::clone(&context.handle));
        let handle = Handle::new(Arc::clone(library), raw, Kind::Model, origin);
        Self::of(handle, flags, weights_of)
    }

    /// A context for the same model on another core: weights are kept once, the rest is its own.
    /// Nothing is bound to it yet.
    ///
    /// Where duplicates misbehave (some programs gave them up, sherpa-onnx pull request 2828), load the
    /// model again instead.
    ///
    /// # Errors
    /// [`Error::MissingSymbol`], [`Error::Call`], or as [`Context::load`].
    pub fn duplicate(&self) -> Result<Self, Error> {
        let duplicate = function!(self.library(), rknn_dup_context, DupContext)?;
        let mut raw = 0;
        let code = {
            let mut locked = self.handle.lock();
            // SAFETY: the context is alive and both pointers are to variables that live until it returns.
            unsafe { duplicate(&mut locked.raw, &mut raw) }
        };
        check(Call::DupContext, code)?;
        let library = Arc::clone(self.library());
        let origin = Some(Arc::clone(&self.handle));
        let handle = Handle::new(library, raw, Kind::Model, origin);
        Self::of(handle, self.flags, Some(self))
    }

    /// Takes over a context that the library just made. The version is asked only now, as libraries
    /// answer to nobody without a context (rknn-toolkit2 issue 45).
    fn of(handle: Arc<Handle>, flags: InitFlags, weights_of: Option<&Self>) -> Result<Self, Error> {
        let versions = query::versions(&handle)?;
        versions.check_for(&handle.library)?;
        let slots = query::counts(&handle)?.map(|count| (0..count).map(|_| None).collect());
        Ok(Self {
            slots,
            weights: GivenWeights::of(weights_of.map(|context| &context.weights)),
            scratch: None,
            flags,
            versions,
            reshaped: false,
            handle,
            _not_sync: PhantomData,
        })
    }

    /// What the library and the driver say that they are.
    #[must_use]
    pub fn versions(&self) -> &SdkVersion {
        &self.versions
    }

    /// The library that it was loaded with.
    #[must_use]
    pub fn library(&self) -> &Arc<Library> {
        &self.handle.library
    }

    /// Says which cores compute.
    ///
    /// # Errors
    /// [`Error::Call`] if the chip or this model's context does not have them.
    pub fn set_cores(&mut self, cores: Cores) -> Result<(), Error> {
        let set = function!(self.library(), rknn_set_core_mask, SetCoreMask)?;
        let locked = self.handle.lock();
        // SAFETY: the context is alive, and the mask is one of the interface's constants.
        let code = unsafe { set(locked.raw, cores.mask()) };
        check(Call::SetCoreMask, code)
    }

    /// On how many cores the pictures of a batch are spread, of a model converted for batches.
    ///
    /// # Errors
    /// [`Error::MissingSymbol`], [`Error::Call`].
    pub fn set_batch_cores(&mut self, cores: u8) -> Result<(), Error> {
        let set = function!(self.library(), rknn_set_batch_core_num, SetBatchCoreNum)?;
        let locked = self.handle.lock();
        // SAFETY: the context is alive; the library checks the number.
        let code = unsafe { set(locked.raw, cores.into()) };
        check(Call::SetBatchCoreNum, code)
    }

    /// Computes once, from the bound inputs into the bound outputs; returns when it is done.
    ///
    /// # Errors
    /// [`Error::NotBound`] or [`Error::OutgrownBinding`] if not everything is bound,
    /// [`Error::MemoryNotGiven`], [`Error::Call`].
    pub fn run(&mut self) -> Result<(), Error> {
        self.check_bindings(true)?;
        self.run_now()
    }

    pub(crate) fn run_now(&mut self) -> Result<(), Error> {
        self.check_memory()?;
        let run = function!(self.library(), rknn_run, Run)?;
        let locked = self.handle.lock();
        // SAFETY: the context is alive; all memory bound to it is kept beside it, was large enough
        // when it was bound, and is borrowed mutably with it, so that nobody else reads or writes it.
        let code = unsafe { run(locked.raw, ptr::null_mut()) };
        check(Call::Run, code)
    }

    /// Makes a memory of zeros for this context.
    ///
    /// # Errors
    /// [`Error::MemorySize`], [`Error::Call`] if there is none, [`Error::UnusableMemory`].
    pub fn memory(&self, size: usize) -> Result<Memory, Error> {
        Memory::new(&self.handle, size, MemoryKind::Usual)
    }

    /// Makes a memory of zeros of a certain kind.
    ///
    /// # Errors
    /// As [`Context::memory`], and [`Error::MissingSymbol`].
    pub fn memory_of_kind(&self, size: usize, kind: MemoryKind) -> Result<Memory, Error> {
        Memory::new(&self.handle, size, kind)
    }

    /// A memory over a DMA buffer that somebody else made, e.g. a camera.
    ///
    /// # Safety
    /// `address` is the buffer's mapping of `size` bytes from `offset`, readable and writable. Both the
    /// descriptor and the mapping stay until the memory is dropped. While a guard of the memory or a
    /// run is under way, nobody else writes the buffer.
    ///
    /// # Errors
    /// As [`Context::memory`], and [`Error::MissingSymbol`].
    pub unsafe fn memory_from_dma_buf(
        &self,
        descriptor: BorrowedFd<'_>,
        address: NonNull<u8>,
        size: usize,
        offset: i32,
    ) -> Result<Memory, Error> {
        let bytes = expressible(size)?;
        let create = function!(self.library(), rknn_create_mem_from_fd, CreateMemFromFd)?;
        let address = address.as_ptr().cast();
        let raw = {
            let locked = self.handle.lock();
            // SAFETY: the context is alive; the caller answers for the rest.
            unsafe { create(locked.raw, descriptor.as_raw_fd(), address, bytes, offset) }
        };
        Memory::of(&self.handle, Call::CreateMemFromFd, raw, size)
    }

    /// A memory over physical memory that somebody else reserved.
    ///
    /// # Safety
    /// `address` is a mapping, readable and writable, of the `size` bytes of physical memory at
    /// `physical`, which is contiguous and reserved for this. Both stay until the memory is dropped.
    /// While a guard of the memory or a run is under way, nobody else writes there.
    ///
    /// # Errors
    /// As [`Context::memory`], and [`Error::MissingSymbol`].
    pub unsafe fn memory_from_physical(
        &self,
        physical: u64,
        address: NonNull<u8>,
        size: usize,
    ) -> Result<Memory, Error> {
        let bytes = expressible(size)?;
        let create = function!(self.library(), rknn_create_mem_from_phys, CreateMemFromPhys)?;
        let address = address.as_ptr().cast();
        let raw = {
            let locked = self.handle.lock();
            // SAFETY: the context is alive; the caller answers for the rest.
            unsafe { create(locked.raw, physical, address, bytes) }
        };
        Memory::of(&self.handle, Call::CreateMemFromPhys, raw, size)
    }

    /// Gives the context memory for its weights; needed once if it was loaded with
    /// [`InitFlags::MEMORY_FROM_CALLER`]. It stays as long as this context and all that share its weights;
    /// what was given before stays too while there are such.
    ///
    /// # Errors
    /// [`Error::ForeignMemory`], [`Error::TooSmall`], [`Error::MissingSymbol`], [`Error::Call`].
    pub fn use_weights(&mut self, memory: Memory) -> Result<(), Error> {
        self.check_gift(&memory, "the weights", |size| size.weights)?;
        let set = function!(self.library(), rknn_set_weight_mem, SetWeightMem)?;
        let locked = self.handle.lock();
        // SAFETY: context and memory are alive and belong together; the memory is large enough and
        // kept as long as the context and those that share its weights.
        let code = unsafe { set(locked.raw, memory.raw()) };
        drop(locked);
        check(Call::SetWeightMem, code)?;
        let is_alone = Arc::strong_count(&self.weights) == 1;
        let mut memories = self.weights.memories();
        if is_alone {
            memories.clear();
        }
        memories.push(memory);
        drop(memories);
        Ok(())
    }

    /// Gives the context memory for intermediate values; needed once if it was loaded with
    /// [`InitFlags::MEMORY_FROM_CALLER`] or [`InitFlags::SCRATCH_FROM_CALLER`].
    ///
    /// # Errors
    /// As [`Context::use_weights`].
    pub fn use_scratch(&mut self, memory: Memory) -> Result<(), Error> {
        self.check_gift(&memory, "the intermediate values", |size| size.scratch)?;
        let set = function!(self.library(), rknn_set_internal_mem, SetInternalMem)?;
        let locked = self.handle.lock();
        // SAFETY: context and memory are alive and belong together; the memory is large enough and
        // kept as long as the context.
        let code = unsafe { set(locked.raw, memory.raw()) };
        drop(locked);
        check(Call::SetInternalMem, code)?;
        self.scratch = Some(memory);
        Ok(())
    }

    fn check_gift(
        &self,
        memory: &Memory,
        part: &str,
        needed: impl Fn(&MemorySize) -> usize,
    ) -> Result<(), Error> {
        if !memory.is_of(&self.handle) {
            return Err(Error::ForeignMemory);
        }
        let needed = needed(&self.memory_size()?);
        if memory.size() < needed {
            return Err(Error::TooSmall {
                what: part.to_owned(),
                needed,
                found: memory.size(),
            });
        }
        Ok(())
    }

    /// Whether the context has all memory that it was loaded without.
    fn check_memory(&self) -> Result<(), Error> {
        let all = self.flags.contains(InitFlags::MEMORY_FROM_CALLER);
        if all && self.weights.memories().is_empty() {
            return Err(Error::MemoryNotGiven {
                part: "weights",
                method: "use_weights",
            });
        }
        if (all || self.flags.contains(InitFlags::SCRATCH_FROM_CALLER)) && self.scratch.is_none() {
            return Err(Error::MemoryNotGiven {
                part: "intermediate values",
                method: "use_scratch",
            });
        }
        Ok(())
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }

    pub(crate) fn slots(&self, role: Role) -> &[Option<Bound>] {
        &self.slots[role as usize]
    }

    pub(crate) fn slots_mut(&mut self, role: Role) -> &mut [Option<Bound>] {
        &mut self.slots[role as usize]
    }

    pub(crate) fn check_index(&self, role: Role, index: usize) -> Result<(), Error> {
        let count = self.count(role);
        if index < count {
            return Ok(());
        }
        Err(Error::NoSuchTensor { role, index, count })
    }

    /// Whether a shape other than the model's first was set.
    pub(crate) fn is_reshaped(&self) -> bool {
        self.reshaped
    }

    pub(crate) fn note_reshaped(&mut self) {
        self.reshaped = true;
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Context")
            .field("inputs", &self.count(Role::Input))
            .field("outputs", &self.count(Role::Output))
            .field("versions", &self.versions)
            .finish_non_exhaustive()
    }
}

fn model_size(model: &[u8]) -> Result<u32, Error> {
    match u32::try_from(model.len()) {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(Error::ModelSize { bytes: model.len() }),
    }
}

/// What is known of why this library refuses a model.
fn with_hint(error: Error, library: &Library) -> Error {
    match error {
        Error::Call {
            call,
            code: code @ Code::ModelInvalid,
            ..
        } if library.soft_runtime().is_some() => Error::Call {
            call,
            code,
            hint: "the soft runtime takes ONNX files, .rknn files need the vendor's library",
        },
        other => other,
    }
}
