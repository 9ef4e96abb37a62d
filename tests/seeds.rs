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

/// A target's folder below `fuzz/seeds`, and what it does with an input.
const TARGETS: [(&str, fn(&[u8])); 5] = [
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

#[test]
fn the_longest_inputs_are_read_in_linear_time() {
    for (name, run) in TARGETS {
        for piece in [
            "",
            " ",
            ";",
            "=",
            ":",
            ",",
            "\n",
            "%",
            "%{",
            "a ",
            "a=;",
            "x:\n",
            "mx: a.b\n",
            "mx:a.b\r\n",
            "-all ",
            "-all",
            "include:",
            "ip4:1.2.3.4 ",
            "a:b.c/",
            "%{d}",
            "mailto:a@b.c,",
            "rua=",
            "p=",
            "\u{1b}",
            "\u{fc}",
            "(",
            "\"",
            "\\",
            ". ",
            "\0",
        ] {
            // Told apart by a number, so that nothing can be taken for said before.
            let input: String = (0..)
                .map(|number| piece.replacen('a', &format!("a{number:x}"), 1))
                .scan(0, |length, piece| {
                    *length += piece.len().max(1);
                    (*length <= LONGEST).then_some(piece)
                })
                .collect();
            for head in [
                "",
                "v=spf1 ",
                "v=DMARC1; ",
                "v=TLSRPTv1; ",
                "v=STSv1; ",
                "v=DKIM1; p=",
            ] {
                let input = format!("{head}{input}");
                let begin = Instant::now();
                run(input.as_bytes());
                let took = begin.elapsed();
                assert!(
                    took < PATIENCE,
                    "{name}: {took:?} for {} bytes of {head:?} and {piece:?}",
                    input.len()
                );
            }
        }
    }
}
