//! `cargo appliance build`: from sources and packages to what a board boots.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::{Board, BuildOptions};
use crate::kernel;
use crate::packages;
use crate::progress;
use crate::rootfs::{Contents, Library};
use crate::store::Store;
use crate::workspace::Workspace;
use crate::{cross, initramfs, rootfs, wheels};

/// What QEMU boots.
pub(crate) struct Image {
    pub(crate) kernel: PathBuf,
    pub(crate) initramfs: PathBuf,
    pub(crate) root: PathBuf,
    /// The user land that the root is made from: programs beside it are checked against it.
    pub(crate) base: PathBuf,
    /// Whether packages had to be downloaded for it.
    pub(crate) downloaded: bool,
}

/// Builds for the asked board and says where the result lies.
pub(crate) fn run(workspace: &Workspace, options: &BuildOptions) -> anyhow::Result<()> {
    match options.board {
        Board::QemuAarch64 => {
            let image = quick_image(workspace, options)?;
            println!("kernel     {}", image.kernel.display());
            println!("initramfs  {}", image.initramfs.display());
            println!("root       {}", image.root.display());
            println!("boot it with `cargo appliance boot`");
        }
        Board::OrangePi5Plus => {
            let service = cross::service(workspace, options)?;
            let folder = workspace.folder("orangepi-5-plus")?;
            let place = folder.join("triune");
            copy_program(&service, &place)?;
            println!("service    {}", place.display());
            println!("tuned for its cores; it needs libasound2 on an arm64 system with glibc");
        }
    }
    Ok(())
}

/// The quick image for QEMU; nothing is made twice from the same things.
pub(crate) fn quick_image(workspace: &Workspace, options: &BuildOptions) -> anyhow::Result<Image> {
    let programs = cross::programs(workspace, options)
        .context("the service could not be built for the board")?;
    let onnx_runtime = onnx_runtime(workspace);
    let _claim = workspace.claim()?;
    let packages = packages::fetch(workspace, &packages::IMAGE)?;
    let store = Store::open(workspace.folder("store")?)?;
    let base = rootfs::base(&packages, &store)?;
    let kernel = kernel::extract(&packages, &store)?;
    let initramfs = initramfs::make(&base, &kernel, &store)?;
    let mut libraries = vec![Library::soft_runtime(programs.soft_runtime)];
    libraries.extend(onnx_runtime.map(Library::onnx_runtime));
    let contents = Contents {
        base: &base,
        kernel: &kernel,
        service: &programs.service,
        libraries: &libraries,
        board: "qemu-aarch64",
    };
    let root = rootfs::image(workspace, &contents, &store)?;
    Ok(Image {
        kernel: kernel.image(),
        initramfs,
        root,
        base,
        downloaded: packages.downloaded(),
    })
}

/// ONNX Runtime for the board, or a note that the image goes without it.
fn onnx_runtime(workspace: &Workspace) -> Option<PathBuf> {
    match wheels::bring_for(workspace, "aarch64") {
        Ok(library) => Some(library),
        Err(error) => {
            progress::note(&format!(
                "the image goes without ONNX Runtime, and models compute in pure Rust: {error}"
            ));
            None
        }
    }
}

fn copy_program(from: &Path, to: &Path) -> anyhow::Result<()> {
    let unfinished = to.with_extension("unfinished");
    fs::copy(from, &unfinished).with_context(|| format!("cannot copy {}", from.display()))?;
    fs::rename(&unfinished, to).with_context(|| format!("cannot write {}", to.display()))
}
