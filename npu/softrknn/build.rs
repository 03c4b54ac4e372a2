//! How the library is linked, and for what machine the tests compile their C client.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Its threads outlive a dlclose: the code must stay.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    // What the real one calls itself.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,librknnrt.so");
    for name in ["TARGET", "HOST"] {
        let value = std::env::var(name).expect("cargo tells build scripts");
        println!("cargo::rustc-env=BUILD_{name}={value}");
    }
}
