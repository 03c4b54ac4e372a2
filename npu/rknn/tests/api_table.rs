//! The table of functions that people read is the table that the crate has.
#![allow(missing_docs)]

#[path = "../examples/api_table.rs"]
#[allow(dead_code, unreachable_pub, reason = "an example has a main")]
mod example;

#[test]
fn the_document_says_what_the_crate_does() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/npu-api.md");
    let written = std::fs::read_to_string(path).expect("docs/npu-api.md");
    assert_eq!(
        written,
        example::table(),
        "write it anew: cargo run -p triune-rknn --example api_table > docs/npu-api.md"
    );
}
