//! What every store here needs of files: whole creation, moving aside, directory sync.

use super::disk::{Disk, DiskFile, RealDisk};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the entries of `directory` durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    RealDisk.sync_directory(directory)
}

/// Opens an existing file to read and write.
pub(crate) fn open_read_write(path: &Path) -> io::Result<DiskFile> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    Ok(DiskFile {
        file,
        path: path.to_owned(),
    })
}

/// Creates `path` with `length` bytes that begin with `head` and are zero after it.
///
/// The file appears under its name whole and durable or not at all. Every block
/// is written once: later writes in place then neither run out of space nor
/// need the file system's journal.
pub(crate) fn create_whole(
    disk: &dyn Disk,
    path: &Path,
    head: &[u8],
    length: usize,
) -> io::Result<DiskFile> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let young = with_suffix(path, "new");
    let created = fill(disk, &young, head, length).and_then(|file| {
        disk.rename(&young, path)?;
        disk.sync_directory(directory)?;
        Ok(DiskFile {
            file: file.file,
            path: path.to_owned(),
        })
    });
    if created.is_err() {
        // A file that is not whole must not keep the space that others lack.
        let _ = disk.remove(&young);
    }
    created
}

fn fill(disk: &dyn Disk, path: &Path, head: &[u8], length: usize) -> io::Result<DiskFile> {
    const CHUNK: usize = 64 * 1024;
    let file = disk.create(path)?;
    disk.reserve(&file, length as u64)?;
    disk.write_at(&file, head, 0)?;
    let zeros = vec![0_u8; CHUNK.min(length)];
    let mut offset = head.len();
    while offset < length {
        let part = CHUNK.min(length - offset);
        disk.write_at(&file, &zeros[..part], offset as u64)?;
        offset += part;
    }
    disk.sync(&file)?;
    Ok(file)
}

/// Renames `from` to `to`, which must not exist yet.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot promise it; a name that is there is refused all the same.
        Err(Errno::INVAL | Errno::NOSYS) if !to.try_exists()? => std::fs::rename(from, to),
        Err(Errno::INVAL | Errno::NOSYS) => Err(io::ErrorKind::AlreadyExists.into()),
        other => Ok(other?),
    }
}

/// `path` with `.suffix` appended to its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Renames a damaged file to the first free `<name>.damaged-N`, so that it can be looked into.
pub(crate) fn move_aside(disk: &dyn Disk, path: &Path) -> io::Result<PathBuf> {
    move_aside_as(disk, path, path)
}

/// The same, but to the first free `<stem>.damaged-N`.
pub(crate) fn move_aside_as(disk: &dyn Disk, path: &Path, stem: &Path) -> io::Result<PathBuf> {
    let directory = path.parent().unwrap_or(Path::new("."));
    for number in 1_u32.. {
        let aside = with_suffix(stem, &format!("damaged-{number}"));
        if !aside.try_exists()? {
            disk.rename(path, &aside)?;
            disk.sync_directory(directory)?;
            return Ok(aside);
        }
    }
    Err(io::Error::other("no free name to move a damaged file to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn a_created_file_is_whole_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        create_whole(&RealDisk, &path, b"head", 100_000).unwrap();
        let content = std::fs::read(&path).unwrap();
        assert_eq!(content.len(), 100_000);
        assert_eq!(&content[..4], b"head");
        assert!(content[4..].iter().all(|&byte| byte == 0));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn damaged_files_never_replace_one_another() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        for text in ["one", "two"] {
            std::fs::write(&path, text).unwrap();
            move_aside(&RealDisk, &path).unwrap();
        }
        assert!(!path.exists());
        let first = std::fs::read_to_string(directory.path().join("file.damaged-1")).unwrap();
        let second = std::fs::read_to_string(directory.path().join("file.damaged-2")).unwrap();
        assert_eq!((first.as_str(), second.as_str()), ("one", "two"));
    }
}
