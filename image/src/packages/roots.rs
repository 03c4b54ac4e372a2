//! What the image needs from Debian; apt adds what these depend on.

/// The Debian release whose packages make the image.
pub(super) const SUITE: &str = "trixie";

/// The board's architecture in Debian's words.
pub(super) const ARCHITECTURE: &str = "arm64";

/// Names the current kernel: full-featured, without the cloud or real-time variants.
pub(super) const KERNEL_META: &str = "linux-image-arm64";

/// How a kernel package's name begins.
pub(super) const KERNEL_PREFIX: &str = "linux-image-6.";

/// User land.
pub(super) const ROOTS: &[&str] = &[
    "busybox-static", // init, shell and tools
    "e2fsprogs",      // checks and grows the data file system
    "libasound2t64",  // the service's sound
    "libc6",
    "libgcc-s1", // unwinding
];
