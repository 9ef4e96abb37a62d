//! Every kept input of the fuzz targets keeps its promises, and inputs as long as a DNS message lets them be are read in
//! time that grows with their length only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

#[path = "../fuzz/src/lib.rs"]
mod promises;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// What a target does with an input.
type Run = fn(&[u8]);

/// A target's folder below `fuzz/seeds`, and what it does.
const TARGETS: [(&str, Run); 6] = [
    ("auth-results", promises::auth_results::run),
    ("dkim", promises::dkim::run),
    ("dmarc", promises::dmarc::run),
    ("mta-sts", promises::mta_sts::run),
    ("spf", promises::spf::run),
    ("tls-rpt", promises::tls_rpt::run),
];
/// Fewer seeds would mean that they were not read.
const FEWEST: usize = 10;
/// The longest TXT record that a DNS message can carry, about.
const LONGEST: usize = 65_000;
/// What a debug build on a busy machine may take for the longest; time that grows with the square is far beyond it.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn every_seed_keeps_its_promises() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let folders: BTreeSet<String> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, TARGETS.map(|(name, _)| name.to_owned()).into());
    for (name, run) in TARGETS {
        let seeds: Vec<_> = fs::read_dir(root.join(name)).unwrap().collect();
        assert!(seeds.len() >= FEWEST, "{name}: {} seeds", seeds.len());
        for seed in seeds {
            let path = seed.unwrap().path();
            println!("{}", path.display());
            run(&fs::read(&path).unwrap());
        }
    }
}

/// Beginnings, and what is repeated behind them; an `a` gets a number, so that each is another one.
const LONG: [(&str, &str, &[&str]); 6] = [
    (
        "auth-results",
        "Authentication-Results: ",
        &[
            "(",
            "\\",
            "a=b;",
            "a.b=c ",
            "\r\n a",
            "a:b\n",
            "\"",
            "=?utf-8?q?a?= ",
        ],
    ),
    (
        "dkim",
        "v=DKIM1; p=",
        &["A", "; ", "a=;", "p=;", ":", "\u{fc}"],
    ),
    (
        "dmarc",
        "v=DMARC1; p=none; rua=mailto:d@acme.example",
        &[
            ";",
            ";a=",
            ";p=none",
            ",",
            ",mailto:a@b.example",
            "!1",
            "\u{1b}",
        ],
    ),
    (
        "mta-sts",
        "version: STSv1\nmx: ",
        &["a.b\nmx: ", "*.", "\n", "a:\n", "a\n", ";a=b", " "],
    ),
    (
        "spf",
        "v=spf1 ",
        &[
            " ", "a ", "a:a.b ", "-all", "-all ", "include:", "a:b.c/", "%{d}", "%", "exp=a.b ",
            "\u{fc} ",
        ],
    ),
    (
        "tls-rpt",
        "v=TLSRPTv1; rua=",
        &[
            ",",
            "mailto:a@b.example,",
            "a@b.example,",
            ";a=b",
            ";rua=a",
            "https://a/,",
            "!",
        ],
    ),
];

#[test]
fn the_longest_inputs_are_read_in_linear_time() {
    for (name, head, pieces) in LONG {
        let (_, run) = TARGETS.into_iter().find(|(n, _)| *n == name).unwrap();
        for piece in pieces {
            let mut input = head.to_owned();
            for number in 0.. {
                input.push_str(&piece.replacen('a', &format!("a{number:x}"), 1));
                if input.len() >= LONGEST {
                    break;
                }
            }
            let begin = Instant::now();
            run(input.as_bytes());
            let took = begin.elapsed();
            println!("{name}: {took:?} for {piece:?}");
            assert!(
                took < PATIENCE,
                "{name}: {took:?} for {} bytes of {piece:?}",
                input.len()
            );
        }
    }
}
