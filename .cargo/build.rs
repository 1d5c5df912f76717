//! Links the program at a fixed address, which makes it start faster.
//!
//! A position-independent executable has thousands of pointers in its tables (Unicode properties, time zones, fonts) that the
//! loader adjusts at every start, which touches each page of them: 331 page faults for `jug --version`, and 192 without. This
//! is a build script because settings in `.cargo/config.toml` do not apply to `cargo install`.
//!
//! To build a position-independent executable all the same, set the relocation model: `RUSTFLAGS='-C relocation-model=pic'`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=.cargo/build.rs");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let features = variable("CARGO_CFG_TARGET_FEATURE");
    let is_static = features.split(',').any(|feature| feature == "crt-static");
    let is_dynamic_glibc = variable("CARGO_CFG_TARGET_OS") == "linux"
        && variable("CARGO_CFG_TARGET_ENV") == "gnu"
        && !is_static;
    let is_decided = variable("CARGO_ENCODED_RUSTFLAGS").contains("relocation-model");
    if is_dynamic_glibc && !is_decided {
        println!("cargo::rustc-link-arg-bin=jug=-no-pie");
    }
}
