//! What building, booting and testing need, how to see that it is there, and which Debian
//! packages bring it.

use std::env::consts::ARCH;
use std::fs;
use std::path::Path;

use crate::process::find_program;

/// One thing that must be there.
pub(super) struct Need {
    /// For people.
    pub(super) what: &'static str,
    pub(super) package: &'static str,
    probe: Probe,
}

enum Probe {
    /// A program on the search path.
    Program(&'static str),
    /// One of these files; `{host}` stands for this machine's library folder.
    AnyFile(&'static [&'static str]),
    /// A file whose name begins so, in one of these folders; `*` stands for any one folder.
    AnyNamed(&'static str, &'static [&'static str]),
}

const fn program(what: &'static str, name: &'static str, package: &'static str) -> Need {
    Need {
        what,
        package,
        probe: Probe::Program(name),
    }
}

const fn file(what: &'static str, paths: &'static [&'static str], package: &'static str) -> Need {
    Need {
        what,
        package,
        probe: Probe::AnyFile(paths),
    }
}

/// The whole list.
pub(super) const NEEDS: &[Need] = &[
    // Building for this machine.
    // It brings the C compiler, which links; libFuzzer, of `make test-long`, is C++.
    program("the C++ compiler", "g++", "g++"),
    program("pkg-config", "pkg-config", "pkg-config"),
    file(
        "C library headers",
        &["/usr/lib/{host}/crt1.o"],
        "libc6-dev",
    ),
    file(
        "kernel headers",
        &["/usr/include/linux/videodev2.h"],
        "linux-libc-dev",
    ),
    file(
        "ALSA headers",
        &["/usr/lib/{host}/pkgconfig/alsa.pc"],
        "libasound2-dev",
    ),
    Need {
        what: "libclang",
        package: "libclang1",
        probe: Probe::AnyNamed("libclang", &["/usr/lib/llvm-*/lib", "/usr/lib/{host}"]),
    },
    // Building for the board.
    program(
        "the cross compiler",
        "aarch64-linux-gnu-gcc",
        "gcc-aarch64-linux-gnu",
    ),
    file(
        "C library headers for arm64",
        &["/usr/lib/aarch64-linux-gnu/crt1.o"],
        "libc6-dev:arm64",
    ),
    file(
        "ALSA headers for arm64",
        &["/usr/lib/aarch64-linux-gnu/pkgconfig/alsa.pc"],
        "libasound2-dev:arm64",
    ),
    file(
        "the C library for arm64",
        &[
            "/lib/ld-linux-aarch64.so.1",
            "/usr/lib/ld-linux-aarch64.so.1",
        ],
        "libc6:arm64",
    ),
    file(
        "the compiler's library for arm64",
        &[
            "/usr/lib/aarch64-linux-gnu/libgcc_s.so.1",
            "/lib/aarch64-linux-gnu/libgcc_s.so.1",
        ],
        "libgcc-s1:arm64",
    ),
    // Tests of the NPU crates as aarch64 programs: ONNX Runtime is C++.
    file(
        "the C++ library for arm64",
        &["/usr/lib/aarch64-linux-gnu/libstdc++.so.6"],
        "libstdc++6:arm64",
    ),
    // The image.
    program("dpkg-deb", "dpkg-deb", "dpkg"),
    program("mksquashfs", "mksquashfs", "squashfs-tools"),
    program("mkfs.ext4", "mkfs.ext4", "e2fsprogs"),
    program("xz", "xz", "xz-utils"),
    file(
        "Debian's keys",
        &[
            "/usr/share/keyrings/debian-archive-keyring.gpg",
            "/usr/share/keyrings/debian-archive-keyring.pgp",
        ],
        "debian-archive-keyring",
    ),
    // ONNX Runtime, out of its wheel.
    program("pip", "pip3", "python3-pip"),
    // Running it.
    program(
        "QEMU for aarch64 machines",
        "qemu-system-aarch64",
        "qemu-system-arm",
    ),
    program("QEMU for aarch64 programs", "qemu-aarch64", "qemu-user"),
    program("setpriv", "setpriv", "util-linux"),
    program("a speech synthesiser", "espeak-ng", "espeak-ng"),
    // Holding the kernel to its promises.
    program("strace", "strace", "strace"),
    program("valgrind", "valgrind", "valgrind"),
    program("cyclictest", "cyclictest", "rt-tests"),
];

impl Need {
    /// Whether it is there.
    pub(super) fn met(&self) -> bool {
        match self.probe {
            Probe::Program(name) => find_program(name).is_some(),
            Probe::AnyFile(paths) => paths.iter().any(|path| Path::new(&on_host(path)).exists()),
            Probe::AnyNamed(prefix, folders) => {
                (prefix == "libclang" && std::env::var_os("LIBCLANG_PATH").is_some())
                    || folders.iter().any(|folder| holds(&on_host(folder), prefix))
            }
        }
    }
}

/// The needs that are not met.
pub(super) fn missing() -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| !need.met()).collect()
}

fn on_host(path: &str) -> String {
    path.replace("{host}", &format!("{ARCH}-linux-gnu"))
}

/// Whether a folder, in whose path one name may be a pattern, holds a file so named.
fn holds(folder: &str, prefix: &str) -> bool {
    let begins =
        |entry: &fs::DirEntry, start: &str| entry.file_name().to_string_lossy().starts_with(start);
    let entries = |path: &str| {
        fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
    };
    match folder.split_once('*') {
        Some((before, after)) => {
            let (parent, start) = before.rsplit_once('/').unwrap_or((".", before));
            entries(parent)
                .filter(|entry| begins(entry, start))
                .any(|entry| holds(&format!("{}{after}", entry.path().display()), prefix))
        }
        None => entries(folder).any(|entry| {
            // The C++ interface, libclang-cpp, is another library.
            begins(&entry, prefix) && !begins(&entry, "libclang-cpp")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_in_a_folder_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("llvm-14/lib");
        fs::create_dir_all(&folder).unwrap();
        let pattern = format!("{}/llvm-*/lib", root.path().display());
        assert!(!holds(&pattern, "libclang"));
        fs::write(folder.join("libclang-cpp.so.14"), "").unwrap();
        assert!(
            !holds(&pattern, "libclang"),
            "the C++ library does not count"
        );
        fs::write(folder.join("libclang-14.so.1"), "").unwrap();
        assert!(holds(&pattern, "libclang"));
    }

    #[test]
    fn every_package_is_named_once() {
        let packages: std::collections::BTreeSet<_> =
            NEEDS.iter().map(|need| need.package).collect();
        assert_eq!(packages.len(), NEEDS.len());
    }
}
