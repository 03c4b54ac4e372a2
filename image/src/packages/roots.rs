//! What is needed from Debian; apt adds what these depend on.

/// The Debian release whose packages these are.
pub(super) const SUITE: &str = "trixie";

/// Packages that are had together, pinned by a lock file of their own.
pub(crate) struct Set {
    /// Says in the lock file what it pins.
    pub(super) about: &'static str,
    /// The lock file, from the repository's root.
    pub(super) lock: &'static str,
    /// The private apt's folder and that of the downloads, under `target/appliance`.
    pub(super) tree: &'static str,
    pub(super) folder: &'static str,
    /// In Debian's words.
    pub(super) architecture: &'static str,
    pub(super) roots: &'static [&'static str],
    /// Whether a kernel comes with them.
    pub(super) kernel: bool,
}

/// What the quick image is made of.
pub(crate) const IMAGE: Set = Set {
    about: "The Debian packages of the quick image",
    lock: "image/packages.lock",
    tree: "apt",
    folder: "packages",
    architecture: "arm64",
    roots: ROOTS,
    kernel: true,
};

/// What pins [`EMULATOR`].
pub(crate) const EMULATOR_LOCK: &str = "image/emulator.lock";

/// A newer emulator of aarch64 programs for this machine than its own Debian may have.
pub(crate) const EMULATOR: Set = Set {
    about: "The Debian package of the emulator in which the NPU crates are tested",
    lock: EMULATOR_LOCK,
    tree: "emulator/apt",
    folder: "emulator/packages",
    architecture: "amd64",
    roots: &["qemu-user"],
    kernel: false,
};

/// Names the current kernel: full-featured, without the cloud or real-time variants.
pub(super) const KERNEL_META: &str = "linux-image-arm64";

/// How a kernel package's name begins.
pub(super) const KERNEL_PREFIX: &str = "linux-image-6.";

/// User land.
const ROOTS: &[&str] = &[
    "busybox-static", // init, shell and tools
    "e2fsprogs",      // checks and grows the data file system
    "libasound2t64",  // the service's sound
    "libc6",
    "libgcc-s1",  // unwinding
    "libstdc++6", // ONNX Runtime is C++
];
