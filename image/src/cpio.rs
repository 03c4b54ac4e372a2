//! Writes the archive that the kernel unpacks as its first root: cpio in the "newc" form
//! (`Documentation/driver-api/early-userspace/buffer-format.rst` of the kernel).

/// The type bits of a mode, inode(7).
const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const CHARACTER: u32 = 0o020_000;

/// An archive under construction. The same entries give the same bytes.
#[derive(Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

struct Header {
    mode: u32,
    device: (u32, u32),
}

impl Archive {
    pub(crate) fn directory(&mut self, name: &str) {
        self.entry(
            name,
            &Header {
                mode: DIRECTORY | 0o755,
                device: (0, 0),
            },
            b"",
        );
    }

    pub(crate) fn executable(&mut self, name: &str, content: &[u8]) {
        self.entry(
            name,
            &Header {
                mode: REGULAR | 0o755,
                device: (0, 0),
            },
            content,
        );
    }

    pub(crate) fn symlink(&mut self, name: &str, target: &str) {
        self.entry(
            name,
            &Header {
                mode: SYMLINK | 0o777,
                device: (0, 0),
            },
            target.as_bytes(),
        );
    }

    pub(crate) fn character_device(&mut self, name: &str, major: u32, minor: u32) {
        self.entry(
            name,
            &Header {
                mode: CHARACTER | 0o600,
                device: (major, minor),
            },
            b"",
        );
    }

    /// The finished archive.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry(
            "TRAILER!!!",
            &Header {
                mode: 0,
                device: (0, 0),
            },
            b"",
        );
        self.bytes
    }

    fn entry(&mut self, name: &str, header: &Header, content: &[u8]) {
        self.entries += 1;
        let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
        let name_size = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        let links = if header.mode & DIRECTORY == DIRECTORY {
            2
        } else {
            1
        };
        // inode, mode, user, group, links, time, size, device of the file (2), device that it
        // is (2), name size, check
        let fields = [
            self.entries,
            header.mode,
            0,
            0,
            links,
            0,
            size,
            0,
            0,
            header.device.0,
            header.device.1,
            name_size,
            0,
        ];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes
                .extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(content);
        self.pad();
    }

    /// Names and contents begin at multiples of four.
    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the archive back by the format's text: (name, mode, content).
    fn read(mut bytes: &[u8]) -> Vec<(String, u32, Vec<u8>)> {
        let mut entries = Vec::new();
        loop {
            assert_eq!(&bytes[..6], b"070701");
            let field = |n: usize| {
                let text = std::str::from_utf8(&bytes[6 + 8 * n..14 + 8 * n]).unwrap();
                usize::from_str_radix(text, 16).unwrap()
            };
            let (mode, size, name_size) = (field(1), field(6), field(11));
            let name = String::from_utf8(bytes[110..110 + name_size - 1].to_vec()).unwrap();
            let start = (110 + name_size).next_multiple_of(4);
            let content = bytes[start..start + size].to_vec();
            if name == "TRAILER!!!" {
                return entries;
            }
            entries.push((name, u32::try_from(mode).unwrap(), content));
            bytes = &bytes[(start + size).next_multiple_of(4)..];
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(files in proptest::collection::vec(("[a-z]{1,9}", proptest::collection::vec(any::<u8>(), 0..40)), 0..6)) {
            let mut archive = Archive::default();
            archive.directory("d");
            for (name, content) in &files {
                archive.executable(name, content);
            }
            archive.symlink("l", "target");
            let entries = read(&archive.finish());
            prop_assert_eq!(entries.len(), files.len() + 2);
            prop_assert_eq!(entries[0].1, 0o040_755);
            for ((name, content), entry) in files.iter().zip(&entries[1..]) {
                prop_assert_eq!(&entry.0, name);
                prop_assert_eq!(&entry.2, content);
            }
            prop_assert_eq!(&entries[files.len() + 1].2, b"target");
        }
    }
}
