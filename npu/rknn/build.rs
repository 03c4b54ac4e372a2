//! With the feature `bindgen`, makes the bindings from the header that `TRIUNE_RKNN_HEADER` names.

#[cfg(feature = "bindgen")]
mod regenerate;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=regenerate.rs");
    // The tests compile small C programs for the machine that they run on.
    for (variable, name) in [("TARGET", "TRIUNE_TARGET"), ("HOST", "TRIUNE_HOST")] {
        let triple = std::env::var(variable).expect("cargo sets it");
        println!("cargo::rustc-env={name}={triple}");
    }
    #[cfg(feature = "bindgen")]
    regenerate::run();
}
