//! See `time` in `src/bodies/`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::time(data));
