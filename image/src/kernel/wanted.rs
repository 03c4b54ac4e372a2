//! Which modules QEMU's `virt` machine needs, by who loads them.

/// Loaded by the initramfs, to reach the root.
pub(super) const BEFORE_ROOT: &[&str] = &["virtio_blk", "squashfs"];

/// Loaded by the root's own boot script, in this order. The first ones are waited for.
pub(super) const AT_BOOT: &[&str] = &[
    "crc32c_generic", // ext4 asks for it without saying so
    "ext4",
    "vfat",
    "nls_cp437",
    "nls_ascii",
    "qemu_fw_cfg", // the token
    "virtio_net",
    "virtio_console",
    "virtio_rng",
    "snd_aloop",
    "vivid",
    "virtio_gpu",
    "i6300esb",
    "evdev",
    "gpio_keys", // the power key
];
