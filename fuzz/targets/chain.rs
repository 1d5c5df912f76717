//! See `chain` in `src/bodies/`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::chain(data));
