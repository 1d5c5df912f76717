//! The binary `jug`: everything is in the library, so that tests and benches reach it.

fn main() -> std::process::ExitCode {
    jug::run(std::env::args_os())
}
