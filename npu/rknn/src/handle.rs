//! A context of the library, destroyed when nobody uses it any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bindings::rknn_context;
use crate::library::Library;
use crate::symbols::Call;

/// Whose context it is: they are destroyed by different functions.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Model,
    Matmul,
}

/// What [`crate::Context`], [`crate::Matmul`] and their memories share.
pub(crate) struct Handle {
    pub(crate) library: Arc<Library>,
    raw: rknn_context,
    kind: Kind,
    /// Nothing says that the library may be called for one context from two threads, and a memory may
    /// be dropped on another thread than its context's.
    calls: Mutex<()>,
    /// The context that this one was duplicated from or shares weights with: it must outlive this one.
    _origin: Option<Arc<Handle>>,
}

impl Handle {
    pub(crate) fn new(
        library: Arc<Library>,
        raw: rknn_context,
        kind: Kind,
        origin: Option<Arc<Self>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            library,
            raw,
            kind,
            calls: Mutex::new(()),
            _origin: origin,
        })
    }

    /// The context, for one call: nobody else calls for it until the guard is dropped.
    pub(crate) fn lock(&self) -> Locked<'_> {
        Locked {
            raw: self.raw,
            _calls: self.calls.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let (function, call) = match self.kind {
            Kind::Model => (&self.library.functions.rknn_destroy, Call::Destroy),
            Kind::Matmul => (
                &self.library.functions.rknn_matmul_destroy,
                Call::MatmulDestroy,
            ),
        };
        if let Ok(destroy) = function {
            // SAFETY: the library made this context, nothing else holds it, and it is destroyed once.
            let code = unsafe { destroy(self.raw) };
            self.library.note_release(call, code);
        } else {
            self.library.note_release(call, -1);
        }
    }
}

/// A context that nobody else calls for.
pub(crate) struct Locked<'a> {
    pub(crate) raw: rknn_context,
    _calls: MutexGuard<'a, ()>,
}
