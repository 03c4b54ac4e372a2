//! Prints `docs/npu-api.md`: every function of the NPU runtime's C interface and what wraps it.
//!
//! `cargo run -p triune-rknn --example api_table > docs/npu-api.md`

use triune_rknn::{SYMBOLS, Use};

fn main() {
    print!("{}", table());
}

/// The whole document.
pub fn table() -> String {
    let wrapped = SYMBOLS
        .iter()
        .filter(|symbol| !matches!(symbol.used, Use::NotWrapped { .. }))
        .count();
    let mut text = format!(
        "# The NPU runtime's C interface\n\n\
         The {} functions of `librknnrt.so` 2.3, as the crate `rknpu2-sys` declares them; `triune-rknn` \
         (`npu/rknn`) wraps {wrapped}.\nEach is looked up by itself when the library is opened: a library \
         without a needed one is refused, without another it lacks that feature.\n\
         Written by `cargo run -p triune-rknn --example api_table`; a test compares.\n\n\
         | function | in the library | wrapped by, or why not |\n|---|---|---|\n",
        SYMBOLS.len()
    );
    for symbol in SYMBOLS {
        let (presence, remark) = match symbol.used {
            Use::Needed { wrapped_by } => ("needed", wrapped_by.to_owned()),
            Use::Optional { wrapped_by } => ("optional", wrapped_by.to_owned()),
            Use::NotWrapped { reason } => ("not used", format!("not wrapped: {reason}")),
        };
        text += &format!("| `{}` | {presence} | {remark} |\n", symbol.name);
    }
    text
}
