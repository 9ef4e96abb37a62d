//! The figures of the README, measured on this machine and printed with what was promised: `cargo bench --bench figures`.
//!
//! `cargo bench --bench figures -- mail lint` measures these parts alone. Whole processes are the released program itself. Times are medians; a noisy machine shows in the spread beside them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench"
)]

mod beside;
mod check;
mod cockpit;
mod frame;
mod lint;
mod mail;
mod session;

use std::time::Duration;

fn main() {
    // `cargo test --benches` runs this too, with `--test`: nothing is measured then.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    println!("{:<46} {:>14} {:>14}", "figure", "measured", "promised");
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let parts: [(&str, fn()); 8] = [
        ("cockpit", cockpit::measure),
        ("frame", frame::measure),
        ("lint", lint::measure),
        ("session", session::measure),
        ("check", check::measure),
        ("mail", mail::measure),
        ("beside", beside::measure),
        ("size", size),
    ];
    for (name, measure) in parts {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            measure();
        }
    }
}

/// One line of the table.
fn row(name: &str, measured: &str, promised: &str) {
    println!("{name:<46} {measured:>14} {promised:>14}");
}

/// Median and spread of some runs, in milliseconds.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    let median = times[times.len() / 2];
    format!("{:.1} ms", ms(median))
}

fn size() {
    let file = std::path::Path::new(env!("CARGO_BIN_EXE_launch-ready"));
    let of = |path: &std::path::Path| std::fs::metadata(path).map(|m| m.len() as f64 / 1e6);
    let dist = file
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("dist")
        .join("launch-ready");
    if let Ok(megabytes) = of(&dist) {
        row(
            "distribution binary (profile dist)",
            &format!("{megabytes:.1} MB"),
            "<= 35 MB",
        );
    } else {
        let megabytes = of(file).unwrap();
        row(
            "release binary (no `cargo build --profile dist` yet)",
            &format!("{megabytes:.1} MB"),
            "<= 35 MB",
        );
    }
}
