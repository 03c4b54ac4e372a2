#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| triune_fuzz::targets::patterns_file(bytes));
