//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    launch_ready::cli::main(std::env::args_os())
}
