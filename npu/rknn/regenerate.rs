//! Bindings from the vendor's headers, which nobody may hand on: each user has their own.

use std::path::{Path, PathBuf};

/// The headers that stand beside the main one and declare the rest of the interface.
const BESIDE: [&str; 2] = ["rknn_matmul_api.h", "rknn_custom_op.h"];

pub(crate) fn run() {
    println!("cargo::rerun-if-env-changed=TRIUNE_RKNN_HEADER");
    let Some(header) = std::env::var_os("TRIUNE_RKNN_HEADER").map(PathBuf::from) else {
        println!(
            "cargo::error=the feature bindgen needs TRIUNE_RKNN_HEADER, the path of the vendor's \
             rknn_api.h; without the feature the bindings of rknpu2-sys are used"
        );
        return;
    };
    let mut headers = vec![header.clone()];
    let folder = header.parent().unwrap_or(Path::new("."));
    headers.extend(
        BESIDE
            .iter()
            .map(|name| folder.join(name))
            .filter(|path| path.exists()),
    );
    let mut builder = bindgen::Builder::default()
        // What rknpu2-sys was made with, so that both have the same names.
        .default_enum_style(bindgen::EnumVariation::ModuleConsts)
        .dynamic_library_name("rknn")
        .dynamic_link_require_all(false)
        .allowlist_item("_?rknn_.*|RKNN_.*")
        .layout_tests(false)
        .generate_comments(false);
    for header in &headers {
        println!("cargo::rerun-if-changed={}", header.display());
        builder = builder.header(header.to_string_lossy());
    }
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    let written = match builder.generate() {
        Ok(bindings) => bindings
            .write_to_file(folder.join("bindings.rs"))
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = written {
        println!(
            "cargo::error=no bindings from {}: {error}",
            header.display()
        );
    }
}
