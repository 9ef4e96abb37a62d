//! Which traps of the research on checks of the net have a world (`tests/simulations/*-tNN.toml`), and why the others have none.
//! `cargo test --test traps -- --nocapture` prints the list.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

/// All numbers that there are. Each of them has a world or a reason.
const ALL: RangeInclusive<u32> = 1..=95;

/// Traps of checks that are not there yet; their worlds come with them.
const TO_COME: [u32; 0] = [];

/// Families whose worlds name traps of these numbers; those of others are numbered elsewhere.
const FAMILIES: [&str; 4] = ["dns-", "mail-", "tls-", "web-"];

/// Traps that no world can show.
const REASONS: [(u32, &str); 3] = [
    (
        20,
        "the record type SPF (99) is never asked for, so that nothing in it can change a verdict",
    ),
    (
        80,
        "the redirect 307 of HSTS is made inside the browser; no server sends it and no check of ours can meet it",
    ),
    (
        94,
        "a scan sends no header, cookie or credential of the operator's, so there is nothing that a hop over http could leak",
    ),
];

#[test]
fn every_trap_has_a_world_or_a_reason() {
    let worlds = worlds();
    let reasons: BTreeMap<u32, &str> = REASONS.into_iter().collect();
    let mut bare = Vec::new();
    let mut needless = Vec::new();
    for trap in ALL {
        match (worlds.get(&trap), reasons.get(&trap)) {
            (Some(worlds), None) => println!("{trap:2} {}", worlds.join(" ")),
            (None, Some(reason)) => println!("{trap:2} no world: {reason}"),
            (Some(_), Some(_)) => needless.push(trap),
            (None, None) if TO_COME.contains(&trap) => {}
            (None, None) => bare.push(trap),
        }
    }
    assert!(bare.is_empty(), "neither world nor reason: {bare:?}");
    assert!(needless.is_empty(), "a reason beside a world: {needless:?}");
    let strange: Vec<&u32> = worlds.keys().filter(|trap| !ALL.contains(trap)).collect();
    assert!(strange.is_empty(), "no such traps: {strange:?}");
}

#[test]
fn a_world_is_called_after_the_traps_that_it_speaks_of() {
    let mut wrong = Vec::new();
    for (name, text) in files() {
        if !FAMILIES.iter().any(|family| name.starts_with(family)) {
            continue;
        }
        let about = text.lines().next().unwrap_or_default();
        if in_name(&name) != in_words(about) {
            wrong.push(format!("{name}: {about}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "name and first line differ:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn numbers_are_read() {
    assert_eq!(in_name("tls-a-t64-t74"), BTreeSet::from([64, 74]));
    assert_eq!(in_name("dns-two-t"), BTreeSet::new());
    assert_eq!(in_words("x (D07, trap 23)"), BTreeSet::from([23]));
    assert_eq!(in_words("x (traps 64 and 74)"), BTreeSet::from([64, 74]));
    assert_eq!(in_words("two traps, and 12 more"), BTreeSet::new());
}

/// Worlds by trap.
fn worlds() -> BTreeMap<u32, Vec<String>> {
    let mut worlds: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (name, _) in files() {
        for trap in in_name(&name) {
            worlds.entry(trap).or_default().push(name.clone());
        }
    }
    worlds
}

/// The numbers of `-t64-t74`.
fn in_name(name: &str) -> BTreeSet<u32> {
    name.split('-')
        .filter_map(|part| part.strip_prefix('t')?.parse().ok())
        .collect()
}

/// The numbers of `trap 64`, `traps 64 and 74`, `traps 64, 74 and 79`.
fn in_words(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for (at, word) in text.match_indices("trap") {
        let rest = text.get(at + word.len()..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(' ') else {
            continue;
        };
        for word in rest.split(' ').filter(|word| *word != "and") {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            let Ok(number) = digits.parse() else {
                break;
            };
            found.insert(number);
            if word.contains(')') {
                break;
            }
        }
    }
    found
}

/// Names without their ending, and texts.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulations");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            (name.into_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}
