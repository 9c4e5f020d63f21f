//! Replays recorded cases: `cargo run --release -p rustzeug-tests --bin replay -- FILE…`.
//!
//! `--verbose` lists some of the failures of each op, `--verbose=N` lists N of them.
//! The last line is `N passed, N failed` over all files given.

use std::io;
use std::io::Write as _;
use std::process::ExitCode;

use rustzeug_tests::replay::Report;

fn main() -> io::Result<ExitCode> {
    let mut shown = 0;
    let mut report = Report::new();
    let mut out = io::stdout().lock();
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix("--verbose") {
            Some(rest) => shown = rest.trim_start_matches('=').parse().unwrap_or(5),
            None => files.push(argument),
        }
    }
    // A case that panics is a failure like any other; its message is printed with it.
    std::panic::set_hook(Box::new(|_| {}));
    for file in &files {
        report.replay(&std::fs::read_to_string(file)?);
    }
    report.print(&mut out, shown)?;
    out.flush()?;
    let clean = !files.is_empty() && report.failed() == 0;
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
