//! The program `toancanh`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
