//! Holds the house together: who may import whom, how long a file may be, and that the registry, the guides, the playbooks
//! and the simulated worlds speak of the same checks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use launch_ready::checks::registry::CHECKS;
use launch_ready::model::playbook::glob_matches;
use launch_ready::range::fault;
use regex::Regex;

/// Room → rooms that it may import. Downwards only.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("playbook", &["model"]),
    ("net", &["model"]),
    ("providers", &["model", "net"]),
    ("remedy", &["model"]),
    ("checks", &["model", "net", "providers", "remedy"]),
    ("engine", &["model", "net", "providers", "remedy", "checks"]),
    ("store", &["model"]),
    ("vault", &["model"]),
    ("report", &["model", "remedy"]),
    ("range", &["model", "net"]),
    ("app", &["model", "playbook", "remedy"]),
    ("ui", &["model", "app"]),
    ("diagnostics", &["model"]),
    (
        "driver",
        &[
            "model",
            "playbook",
            "net",
            "providers",
            "checks",
            "engine",
            "store",
            "vault",
            "report",
            "range",
            "app",
            "ui",
            "diagnostics",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "playbook",
            "net",
            "providers",
            "checks",
            "engine",
            "store",
            "vault",
            "report",
            "range",
            "driver",
            "diagnostics",
        ],
    ),
    ("main.rs", &["cli"]),
    ("lib.rs", &[]),
];

const LONGEST_FILE: usize = 400;
const GUIDE_SECTIONS: [&str; 6] = [
    "What it looks at",
    "Why it matters",
    "Passes when",
    "How to fix",
    "How to undo",
    "Standards",
];

#[test]
fn rooms_import_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let import = Regex::new(r"\b(?:crate|launch_ready)::([a-z_]+)").unwrap();
    let mut wrong = Vec::new();
    for (path, text) in sources()
        .into_iter()
        .filter(|(path, _)| !is_test_only(path))
    {
        let room = room_of(&path);
        let Some(may) = allowed.get(room.as_str()) else {
            wrong.push(format!("{} stands in no room of the table", path.display()));
            continue;
        };
        for (number, line) in code_lines(&text) {
            for found in import.captures_iter(line) {
                let to = &found[1];
                if to != room && !may.contains(&to) {
                    wrong.push(format!("{}:{number}: {room} imports {to}", path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports against the table:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn only_the_network_opens_sockets() {
    let socket = Regex::new(r"\b(TcpStream|UdpSocket|TcpListener|reqwest::|TcpSocket)\b").unwrap();
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| !matches!(room_of(path).as_str(), "net" | "range"))
        .flat_map(|(path, text)| {
            code_lines(&text)
                .filter(|(_, line)| socket.is_match(line))
                .map(|(number, _)| format!("{}:{number}", path.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "sockets outside net and range:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_model_and_the_state_machine_know_no_runtime() {
    let outside = Regex::new(
        r"\b(tokio|ratatui|crossterm|std::fs|std::net::Tcp|Timestamp::now|SystemTime|Instant::now)\b",
    )
    .unwrap();
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| matches!(room_of(path).as_str(), "model" | "app"))
        .flat_map(|(path, text)| {
            code_lines(&text)
                .filter(|(_, line)| outside.is_match(line))
                .map(|(number, line)| format!("{}:{number}: {}", path.display(), line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "no I/O, no runtime, no clock here:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn files_are_rooms_and_say_what_they_are_for() {
    let unfinished = Regex::new(r"\b(TODO|FIXME|XXX)\b").unwrap();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        // Tests stand at the bottom and do not count.
        let lines = text
            .lines()
            .take_while(|line| *line != "#[cfg(test)]")
            .count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{} has {lines} lines", path.display()));
        }
        if !text.starts_with("//!") && !is_test_only(&path) {
            wrong.push(format!("{} does not say what it is for", path.display()));
        }
        if unfinished.is_match(&text) {
            wrong.push(format!("{} holds something unfinished", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_registry_is_sorted_and_whole() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.meta().id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "ids are unique and sorted");
    let form = Regex::new(r"^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    for check in CHECKS {
        let meta = check.meta();
        assert!(form.is_match(meta.id), "{} is not family.name", meta.id);
        assert!(
            !meta.title.is_empty() && !meta.standards.is_empty(),
            "{} has no title or no source",
            meta.id
        );
    }
}

#[test]
fn every_check_has_its_guide_with_all_sections() {
    let mut wrong = Vec::new();
    for meta in CHECKS.iter().map(|check| check.meta()) {
        let path = root().join("assets/guides").join(format!("{}.md", meta.id));
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text != meta.guide {
            wrong.push(format!("{}: the guide is not {}", meta.id, path.display()));
        }
        let mut rest = text.as_str();
        for section in GUIDE_SECTIONS {
            match rest.split_once(&format!("\n## {section}\n")) {
                Some((_, after)) => rest = after,
                None => wrong.push(format!("{}: no section “{section}” in its place", meta.id)),
            }
        }
        for voice in ["**Engineer.**", "**Founder.**"] {
            if !text.contains(voice) {
                wrong.push(format!("{}: {voice} has nothing to read", meta.id));
            }
        }
    }
    let ids: BTreeSet<String> = CHECKS
        .iter()
        .map(|check| check.meta().id.to_owned())
        .collect();
    for file in files_below(&root().join("assets/guides")) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if !ids.contains(&name) {
            wrong.push(format!("{} guides no check", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_has_worlds_where_it_passes_fails_and_cannot_tell() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files_below(&root().join("tests/simulations")) {
        let world: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        let expect = world
            .get("expect")
            .and_then(toml::Value::as_table)
            .cloned()
            .unwrap_or_default();
        assert!(!expect.is_empty(), "{} expects nothing", file.display());
        for (key, verdict) in expect {
            let check = key.split(' ').next().unwrap().to_owned();
            let verdict = verdict.as_str().unwrap().to_owned();
            for id in CHECKS
                .iter()
                .map(|c| c.meta().id)
                .filter(|id| glob_matches(&check, id))
            {
                seen.entry(id.to_owned())
                    .or_default()
                    .insert(verdict.clone());
            }
        }
    }
    let mut wrong = Vec::new();
    for meta in CHECKS.iter().map(|check| check.meta()) {
        let verdicts = seen.get(meta.id).cloned().unwrap_or_default();
        // An informing check has no failure to show; its warning is the other side.
        let bad = verdicts.contains("fail") || verdicts.contains("warn");
        for (there, what) in [
            (verdicts.contains("pass"), "passes"),
            (bad, "fails"),
            (verdicts.contains("unknown"), "is unknown"),
        ] {
            if !there {
                wrong.push(format!("{}: no world in which it {what}", meta.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_step_of_each_trouble_runs_checks_that_exist() {
    let troubles = launch_ready::remedy::catalog::runbook::all();
    assert!(!troubles.is_empty());
    for glob in troubles.iter().flat_map(|trouble| trouble.only.split(',')) {
        let known = CHECKS.iter().any(|c| glob_matches(glob, c.meta().id));
        assert!(known, "{glob} matches no check");
    }
}

#[test]
fn every_check_has_a_fault_that_it_must_see() {
    for meta in CHECKS.iter().map(|check| check.meta()) {
        let has_one = fault::catalogue().iter().any(|f| f.check == meta.id);
        assert!(has_one, "{}", meta.id);
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file, with its text, by path relative to `src`.
fn sources() -> Vec<(PathBuf, String)> {
    let src = root().join("src");
    let list: Vec<(PathBuf, String)> = files_below(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| {
            (
                path.strip_prefix(&src).unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    assert!(list.len() > 20, "the sources were found");
    list
}

/// Files that are compiled for tests alone: their samples may come from any room.
fn is_test_only(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "fixtures")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn room_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    match first.strip_suffix(".rs") {
        Some("main" | "lib") | None => first,
        Some(room) => room.to_owned(),
    }
}

/// Lines of code with their numbers, comments left out.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}
