//! The mail pack on the practice range, and how many answers an SPF record with ten includes waits for one after the other.

use std::time::Duration;

use launch_ready::range::Range;
use launch_ready::range::world::World;
use tokio::runtime::Runtime;

use super::check::{RUNS, SLOW, run, runtime, served, whole_program};
use super::{row, spread};

/// The checks that read the whole tree of the record.
const TREE: [&str; 2] = ["mail.spf", "mail.spf-lookups"];

/// No check.
const NOTHING: [&str; 1] = ["nothing"];

pub fn measure() {
    let runtime = runtime();
    let range = served(&runtime);
    let times = (0..RUNS).map(|_| whole_program(&range, &["--only", "mail.*"]));
    row(
        "mail of the default scenario, whole program",
        &spread(times.collect()),
        "<= 400 ms",
    );
    let flat: Vec<String> = (0..10)
        .map(|n| format!("include:i{n}.spf.example"))
        .collect();
    let flat = std::iter::once(("acme.example".to_owned(), flat.join(" ")))
        .chain((0..10).map(|n| (format!("i{n}.spf.example"), "ip4:192.0.2.1".to_owned())));
    sequential(
        &runtime,
        "ten includes at one level",
        flat.collect(),
        "<= 4",
    );
    // Two services with two lists each, of which one has lists of its own: ten terms, as deep as published records go.
    let tree = [
        (
            "acme.example",
            "include:a.spf.example include:b.spf.example",
        ),
        (
            "a.spf.example",
            "include:a1.spf.example include:a2.spf.example",
        ),
        (
            "b.spf.example",
            "include:b1.spf.example include:b2.spf.example",
        ),
        (
            "a1.spf.example",
            "include:x.spf.example include:y.spf.example",
        ),
        (
            "a2.spf.example",
            "include:z.spf.example include:w.spf.example",
        ),
        ("b1.spf.example", "ip4:192.0.2.1"),
        ("b2.spf.example", "ip4:192.0.2.2"),
        ("x.spf.example", "ip4:192.0.2.3"),
        ("y.spf.example", "ip4:192.0.2.4"),
        ("z.spf.example", "ip4:192.0.2.5"),
        ("w.spf.example", "ip4:192.0.2.6"),
    ];
    let own = |(name, terms): &(&str, &str)| ((*name).to_owned(), (*terms).to_owned());
    sequential(
        &runtime,
        "ten includes on three levels",
        tree.iter().map(own).collect(),
        "<= 4",
    );
    // Each record names the next: nobody can ask for it sooner.
    let mut chain = vec![(
        "acme.example".to_owned(),
        "include:i0.spf.example".to_owned(),
    )];
    chain.extend((0..9).map(|n| {
        let next = format!("include:i{}.spf.example", n + 1);
        (format!("i{n}.spf.example"), next)
    }));
    chain.push(("i9.spf.example".to_owned(), "ip4:192.0.2.1".to_owned()));
    sequential(&runtime, "ten includes, each in the last", chain, "<= 11.5");
}

/// Times the walk through `records` where every answer comes late; the late answers that it waits for in a row.
fn sequential(runtime: &Runtime, name: &str, records: Vec<(String, String)>, promised: &str) {
    let add: Vec<String> = records
        .into_iter()
        .map(|(name, terms)| format!("'{name}. 300 IN TXT \"v=spf1 {terms} -all\"'"))
        .collect();
    let text = format!(
        "[[dns]]\nremove = [\"acme.example TXT\"]\nadd = [{}]",
        add.join(",\n")
    );
    let range = runtime
        .block_on(Range::start(World::parse(&text).unwrap()))
        .unwrap();
    let best = |only: &[&str]| -> Duration {
        let times = (0..3).map(|_| run(runtime, &range, only, &[]));
        times.map(|(wall, ..)| wall).min().unwrap()
    };
    let (_, _, findings) = run(runtime, &range, &TREE, &[]);
    let seen = findings
        .iter()
        .all(|f| f.details.contains_key("records") || f.details.contains_key("lookups"));
    assert!(seen && findings.len() == TREE.len(), "{findings:?}");
    range.set_delay(SLOW);
    // What every run asks first, of the resolver itself.
    let start = best(&NOTHING);
    let walk = best(&TREE).saturating_sub(start);
    range.set_delay(Duration::ZERO);
    row(
        &format!("  {name}, in round trips"),
        &format!("{:.1}", walk.as_secs_f64() / SLOW.as_secs_f64()),
        promised,
    );
}
