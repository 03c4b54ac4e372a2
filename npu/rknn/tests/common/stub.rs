//! The libraries of `tests/stubs`, each test with a copy of its own, so that what one sets no other sees.

use std::ffi::{CString, c_char, c_int, c_long};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use triune_rknn::{Context, InitFlags, Library};

use super::{compiler, must_succeed, source};

pub(crate) const MODEL: &[u8] = b"STUB model";

/// What stands open in a stub runtime.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) contexts: c_int,
    pub(crate) memories: c_int,
    pub(crate) outputs: c_int,
    pub(crate) matmuls: c_int,
    pub(crate) synced: c_int,
    pub(crate) mask: u32,
    pub(crate) flags: u32,
}

/// A compiled library in a folder of its own.
pub(crate) struct Compiled {
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

/// Compiles a stub; nothing where there is no compiler.
pub(crate) fn compile(file: &str, definitions: &[&str]) -> Option<Compiled> {
    let mut command = match compiler() {
        Ok(command) => command,
        Err(why) => {
            println!("skipped: no C compiler: {why}");
            return None;
        }
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("librknnrt.so");
    command.args(["-shared", "-fPIC"]).args(definitions);
    must_succeed(
        command
            .arg(source("tests/stubs").join(file))
            .arg("-o")
            .arg(&path)
            .arg("-lm"),
    );
    Some(Compiled {
        path,
        _folder: folder,
    })
}

/// The stub runtime, opened.
pub(crate) struct Stub {
    pub(crate) library: Arc<Library>,
    controls: libloading::Library,
    pub(crate) compiled: Compiled,
}

impl Stub {
    pub(crate) fn open() -> Option<Self> {
        // Compiled once in a process, then copied: each copy has variables of its own.
        static RUNTIME: OnceLock<Option<Vec<u8>>> = OnceLock::new();
        let bytes = RUNTIME.get_or_init(|| {
            let compiled = compile("runtime.c", &[])?;
            Some(std::fs::read(compiled.path).expect("it was written"))
        });
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("librknnrt.so");
        let Some(bytes) = bytes else {
            println!("skipped: no C compiler");
            return None;
        };
        std::fs::write(&path, bytes).expect("room for the library");
        let compiled = Compiled {
            path,
            _folder: folder,
        };
        let library = Library::open(&compiled.path).expect("the stub opens");
        // SAFETY: our own stub, loaded already.
        let controls = unsafe { libloading::Library::new(&compiled.path) }.expect("it loads again");
        Some(Self {
            library,
            controls,
            compiled,
        })
    }

    pub(crate) fn context(&self) -> Context {
        Context::load(&self.library, MODEL, InitFlags::empty()).expect("the model loads")
    }

    pub(crate) fn counters(&self) -> Counters {
        let mut counters = Counters::default();
        // SAFETY: the type is that of runtime.h.
        let read = unsafe {
            self.controls
                .get::<unsafe extern "C" fn(*mut Counters)>(b"stub_counters_read\0")
        }
        .expect("the stub has it");
        // SAFETY: the structure is alive.
        unsafe { read(&mut counters) };
        counters
    }

    /// Asserts that nothing stands open.
    pub(crate) fn assert_nothing_left(&self) {
        let left = self.counters();
        let counts = [left.contexts, left.memories, left.outputs, left.matmuls];
        assert_eq!(counts, [0; 4], "{left:?}");
        assert_eq!(self.library.failed_releases(), 0);
    }

    pub(crate) fn fail(&self, call: &str, count: c_int, code: c_int) {
        let call = CString::new(call).expect("no zero byte");
        // SAFETY: the type is that of runtime.h.
        let fail = unsafe {
            self.controls
                .get::<unsafe extern "C" fn(*const c_char, c_int, c_int)>(b"stub_fail\0")
        }
        .expect("the stub has it");
        // SAFETY: the text ends and is copied.
        unsafe { fail(call.as_ptr(), count, code) };
    }

    pub(crate) fn lie(&self, what: &str, value: c_long) {
        let what = CString::new(what).expect("no zero byte");
        // SAFETY: the type is that of runtime.h.
        let lie = unsafe {
            self.controls
                .get::<unsafe extern "C" fn(*const c_char, c_long)>(b"stub_lie\0")
        }
        .expect("the stub has it");
        // SAFETY: the text ends and is copied.
        unsafe { lie(what.as_ptr(), value) };
    }

    pub(crate) fn set_version(&self, version: &str) {
        let version = CString::new(version).expect("no zero byte");
        // SAFETY: the type is that of runtime.h.
        let set = unsafe {
            self.controls
                .get::<unsafe extern "C" fn(*const c_char)>(b"stub_set_version\0")
        }
        .expect("the stub has it");
        // SAFETY: the text ends and is copied.
        unsafe { set(version.as_ptr()) };
    }
}
