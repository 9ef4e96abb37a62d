//! The session file against kills, cuts, flipped bytes, other programs and other people's files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use launch_ready::model::event::{Event, EventBody};
use launch_ready::model::finding::{CheckId, FindingKey};
use launch_ready::model::session::Session;
use launch_ready::store::{
    Merged, ReadOnly, Store, StoreProblem, catalog, file_of, free_slug, import, is_lines, locate,
    remove, salvage, verify_lines,
};
use proptest::prelude::*;
use rusqlite::Connection;

fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

fn created(domain: &str) -> EventBody {
    EventBody::Created {
        slug: "acme-example".into(),
        domain: domain.into(),
        playbook: "b2b-support".into(),
    }
}

fn note(text: impl Into<String>) -> EventBody {
    EventBody::Noted {
        item: "row".into(),
        text: text.into(),
    }
}

fn append(store: &mut Store, bodies: Vec<EventBody>) -> Vec<Event> {
    store.append(bodies, now(), "ada", "desk").unwrap()
}

/// A session with `count` events, closed.
fn session(folder: &Path, name: &str, count: usize) -> PathBuf {
    let path = file_of(folder, name);
    let mut store = Store::create(&path, created("acme.example"), now(), "ada", "desk").unwrap();
    for number in 1..count {
        append(&mut store, vec![note(format!("note {number} grüße"))]);
    }
    path
}

/// Changes the file behind the program's back, with the triggers out of the way.
fn tamper(path: &Path, sql: &str) {
    let raw = Connection::open(path).unwrap();
    let triggers: Vec<(String, String)> = raw
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    raw.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        raw.execute_batch(sql).unwrap();
    }
}

#[test]
fn what_is_appended_is_read_back_by_the_next_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_of(folder.path(), "acme-example");
    let mut store = Store::create(&path, created("acme.example"), now(), "ada", "desk").unwrap();
    let written = append(
        &mut store,
        vec![note("a"), EventBody::ClockStarted, note("b")],
    );
    assert_eq!(written.len(), 3);
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.read_only(), None);
    let events = store.events().unwrap();
    assert_eq!(events.len(), 4);
    assert_eq!(events[1..], written);
    let state = Session::fold(&events);
    assert_eq!(
        (state.domain.as_str(), state.notes.len()),
        ("acme.example", 2)
    );
    let news = store.events_since(2).unwrap();
    assert_eq!(news.events, written[1..]);
    assert_eq!(news.seq, 4);
    assert!(store.events_since(4).unwrap().events.is_empty());
    assert_eq!(
        Store::create(&path, created("acme.example"), now(), "ada", "desk").unwrap_err(),
        StoreProblem::Exists(path)
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone_and_one_file_when_closed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 3);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Not a test of its own: the child that the test below kills.
#[test]
fn child_that_appends() {
    let Some(path) = std::env::var_os("LAUNCH_READY_TEST_CHILD") else {
        return;
    };
    let mut store = Store::open(Path::new(&path)).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        let events = append(&mut store, vec![note("from the child"), note("and again")]);
        for event in events {
            writeln!(out, "ack {}", event.id).unwrap();
        }
        out.flush().unwrap();
    }
}

#[test]
fn a_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 1);
    let mut acknowledged = Vec::new();
    for round in 0..100 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_appends", "--exact", "--nocapture"])
            .env("LAUNCH_READY_TEST_CHILD", &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut heard = 0;
        while lines.read_line(&mut line).unwrap() > 0 {
            if let Some(at) = line.find("ack ").filter(|_| line.ends_with('\n')) {
                acknowledged.push(line[at + 4..].trim().to_owned());
                heard += 1;
            }
            if heard == 1 + round % 7 {
                child.kill().unwrap();
            }
            line.clear();
        }
        child.wait().unwrap();
        assert!(heard > round % 7, "the child died on its own");
    }
    let store = Store::open(&path).unwrap();
    let kept: std::collections::BTreeSet<String> = store
        .events()
        .unwrap()
        .into_iter()
        .map(|event| event.id)
        .collect();
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|id| !kept.contains(*id))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    let sealed = store.verify().unwrap();
    assert!(sealed.is_intact(), "{:?}", sealed.broken);
}

#[test]
fn two_programs_take_turns_on_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 1);
    let mut watcher = Store::open(&path).unwrap();
    assert!(!watcher.changed_by_others().unwrap());
    std::thread::scope(|scope| {
        for device in ["desk", "phone"] {
            let path = &path;
            scope.spawn(move || {
                let mut store = Store::open(path).unwrap();
                for number in 0..40 {
                    store
                        .append(vec![note(format!("{number}"))], now(), "ada", device)
                        .unwrap();
                }
            });
        }
    });
    assert!(watcher.changed_by_others().unwrap());
    assert!(!watcher.changed_by_others().unwrap());
    let events = watcher.events().unwrap();
    assert_eq!(events.len(), 81);
    assert!(events.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert!(watcher.verify().unwrap().is_intact());
}

#[test]
fn a_flipped_byte_in_any_sealed_column_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 5);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TRIGGER event_stays").unwrap();
    let store = Store::open_read_only(&path).unwrap();
    for (column, kind) in [
        ("body", "TEXT"),
        ("id", "TEXT"),
        ("at", "TEXT"),
        ("actor", "TEXT"),
        ("device", "TEXT"),
        ("kind", "TEXT"),
        ("prev", "BLOB"),
        ("hash", "BLOB"),
    ] {
        let right: Vec<u8> = raw
            .query_row(
                &format!("SELECT CAST({column} AS BLOB) FROM event WHERE seq = 3"),
                [],
                |row| row.get(0),
            )
            .unwrap();
        let write = format!("UPDATE event SET {column} = CAST(?1 AS {kind}) WHERE seq = 3");
        for at in 0..right.len() {
            for bit in [0x01, 0x20, 0x80] {
                let mut wrong = right.clone();
                wrong[at] ^= bit;
                raw.execute(&write, [&wrong]).unwrap();
                let sealed = store.verify().unwrap();
                let found = sealed
                    .broken
                    .unwrap_or_else(|| panic!("{column} byte {at} went unseen"));
                assert_eq!(found.event, 3, "{column} byte {at}: {found:?}");
                assert_eq!(sealed.events, 2);
            }
        }
        raw.execute(&write, [&right]).unwrap();
        assert!(store.verify().unwrap().is_intact(), "{column}");
    }
}

#[test]
fn a_removed_moved_or_inserted_event_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, sql, event, how) in [
        (
            "removed",
            "DELETE FROM event WHERE seq = 3",
            3,
            "event 3 is missing",
        ),
        (
            "closed-up",
            "DELETE FROM event WHERE seq = 3; UPDATE event SET seq = seq - 1 WHERE seq > 3",
            3,
            "does not follow",
        ),
        (
            "swapped",
            "UPDATE event SET seq = 99 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 4; \
             UPDATE event SET seq = 4 WHERE seq = 99",
            3,
            "does not follow",
        ),
        (
            "beheaded",
            "DELETE FROM event WHERE seq = 1; UPDATE event SET seq = seq - 1",
            1,
            "does not follow",
        ),
        (
            "copied-in",
            "INSERT INTO event SELECT 6, 'x', at, actor, device, kind, body, prev, hash FROM event WHERE seq = 5",
            6,
            "does not follow",
        ),
    ] {
        let path = session(folder.path(), name, 5);
        tamper(&path, sql);
        let sealed = Store::open_read_only(&path).unwrap().verify().unwrap();
        let found = sealed.broken.unwrap();
        assert_eq!(found.event, event, "{name}: {found:?}");
        assert!(found.how.contains(how), "{name}: {found:?}");
    }
}

#[test]
fn the_head_hash_tells_a_shortened_chain_from_the_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 5);
    let whole = Store::open(&path).unwrap().verify().unwrap();
    assert_eq!((whole.events, whole.head.len()), (5, 64));
    tamper(&path, "DELETE FROM event WHERE seq = 5");
    let short = Store::open(&path).unwrap().verify().unwrap();
    assert!(short.is_intact());
    assert_ne!(short.head, whole.head);
}

#[test]
fn events_cannot_be_changed_or_removed_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 2);
    let raw = Connection::open(&path).unwrap();
    for sql in ["UPDATE event SET actor = 'eve'", "DELETE FROM event"] {
        let said = raw.execute_batch(sql).unwrap_err().to_string();
        assert!(said.starts_with("events are never"), "{said}");
    }
}

#[test]
fn a_newer_format_is_shown_and_left_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 3);
    tamper(
        &path,
        "PRAGMA user_version = 2; ALTER TABLE event ADD COLUMN colour TEXT; \
         UPDATE event SET body = '{\"kind\":\"from-the-future\"}' WHERE seq = 3",
    );
    let before = fs::read(&path).unwrap();
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.read_only(), Some(&ReadOnly::Newer(2)));
    assert_eq!(store.events().unwrap().len(), 2);
    let refused = store
        .append(vec![note("x")], now(), "ada", "desk")
        .unwrap_err();
    assert!(matches!(
        refused,
        StoreProblem::ReadOnly {
            why: ReadOnly::Newer(2),
            ..
        }
    ));
    assert!(refused.to_string().contains("update"), "{refused}");
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
    let listed = catalog(folder.path()).unwrap();
    assert!(listed[0].problem.as_ref().unwrap().contains("newer"));
}

#[test]
fn events_of_a_newer_program_make_a_file_read_only_and_are_taken_from_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 3);
    let copy = folder.path().join("copy.launch");
    fs::copy(&path, &copy).unwrap();
    let newer = "UPDATE event SET kind = 'from-the-future', body = '{\"kind\":\"from-the-future\"}' WHERE seq = 2";
    tamper(&path, newer);
    for store in [Store::open(&path), Store::open_read_only(&path)] {
        let store = store.unwrap();
        let why = store.read_only().unwrap();
        assert_eq!(*why, ReadOnly::NewerEvents("from-the-future".into()));
        assert!(why.to_string().contains("update"), "{why}");
        assert_eq!(store.events().unwrap().len(), 2);
    }
    let listed = catalog(folder.path()).unwrap();
    let problem = |name: &str| {
        let line = listed.iter().find(|line| line.slug == name).unwrap();
        (line.domain.clone(), line.problem.clone())
    };
    assert!(problem("acme").1.unwrap().contains("newer"));
    assert_eq!(problem("copy"), ("acme.example".to_owned(), None));
    let refused = Store::open(&copy).unwrap().merge(&path).unwrap_err();
    assert!(matches!(refused, StoreProblem::Newer { .. }), "{refused}");
}

#[test]
fn a_file_with_foreign_parts_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 2);
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TRIGGER evil AFTER INSERT ON event BEGIN SELECT 1; END")
        .unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(
        store.read_only(),
        Some(&ReadOnly::Foreign("trigger evil".into()))
    );
    assert_eq!(store.events().unwrap().len(), 2);
}

#[test]
fn what_is_no_session_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text.launch"), "hello, this is not a database at all").unwrap();
    fs::write(at("empty.launch"), "").unwrap();
    fs::create_dir(at("folder.launch")).unwrap();
    Connection::open(at("other.launch"))
        .unwrap()
        .execute_batch("CREATE TABLE event (a)")
        .unwrap();
    for (name, want) in [
        ("text.launch", "is no session file"),
        ("empty.launch", "was cut short (it is empty)"),
        ("folder.launch", "is no session file"),
        ("other.launch", "is no session file"),
        ("missing.launch", "there is no session file"),
    ] {
        let before = fs::read(at(name)).ok();
        let said = Store::open(&at(name)).unwrap_err().to_string();
        assert!(said.contains(want), "{name}: {said}");
        assert_eq!(fs::read(at(name)).ok(), before, "{name}");
    }
    assert_eq!(catalog(folder.path()).unwrap().len(), 4);
}

#[test]
fn a_file_cut_anywhere_is_refused_without_a_panic_and_partly_read() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(session(folder.path(), "acme", 60)).unwrap();
    let path = file_of(folder.path(), "cut");
    let mut most = 0;
    for length in (0..whole.len())
        .step_by(397)
        .chain([1, 15, 16, 99, 100, 4095, 4096])
    {
        fs::write(&path, &whole[..length]).unwrap();
        let problem = Store::open(&path).unwrap_err();
        assert!(
            matches!(
                problem,
                StoreProblem::Truncated { .. } | StoreProblem::Damaged { .. }
            ),
            "{length}: {problem}"
        );
        assert_eq!(fs::read(&path).unwrap().len(), length);
        if let Ok(left) = salvage(&path) {
            most = most.max(left.events.len());
        }
    }
    assert!(
        most > 30,
        "only {most} of 60 events could be read of any cut file"
    );
}

#[test]
fn a_byte_changed_anywhere_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(session(folder.path(), "acme", 20)).unwrap();
    let path = file_of(folder.path(), "flipped");
    for at in (0..whole.len()).step_by(211).chain(0..110) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        if let Ok(store) = Store::open_read_only(&path) {
            let _ = store.verify();
        }
        let _ = Store::open(&path).map(|store| store.events());
        let _ = salvage(&path);
        let _ = remove(&path);
        let _ = fs::remove_file(&path);
    }
}

#[test]
fn copies_that_went_apart_merge_into_the_same_session() {
    let folder = tempfile::tempdir().unwrap();
    let ours = session(folder.path(), "acme", 3);
    let theirs = folder.path().join("sent.launch");
    Store::open(&ours).unwrap().export(&theirs).unwrap();
    append(&mut Store::open(&ours).unwrap(), vec![note("ours")]);
    append(
        &mut Store::open(&theirs).unwrap(),
        vec![note("theirs"), note("theirs too")],
    );
    let mut store = Store::open(&ours).unwrap();
    assert_eq!(
        store.merge(&theirs).unwrap(),
        Merged {
            added: 2,
            shared: 3
        }
    );
    assert_eq!(
        store.merge(&theirs).unwrap(),
        Merged {
            added: 0,
            shared: 5
        }
    );
    let mut other = Store::open(&theirs).unwrap();
    assert_eq!(
        other.merge(&ours).unwrap(),
        Merged {
            added: 1,
            shared: 5
        }
    );
    assert_eq!(store.events().unwrap(), other.events().unwrap());
    assert!(store.verify().unwrap().is_intact());
    assert!(other.verify().unwrap().is_intact());
}

#[test]
fn nothing_is_taken_from_another_session_or_a_changed_copy() {
    let folder = tempfile::tempdir().unwrap();
    let ours = session(folder.path(), "acme", 3);
    let stranger = session(folder.path(), "stranger", 3);
    let copy = folder.path().join("copy.launch");
    let mut store = Store::open(&ours).unwrap();
    store.export(&copy).unwrap();
    assert_eq!(
        store.merge(&stranger).unwrap_err(),
        StoreProblem::AnotherSession(stranger)
    );
    tamper(&copy, "UPDATE event SET actor = 'eve' WHERE seq = 2");
    assert!(matches!(
        store.merge(&copy).unwrap_err(),
        StoreProblem::SealBroken { event: 2, .. }
    ));
    assert!(matches!(
        import(&folder.path().join("new"), &copy).unwrap_err(),
        StoreProblem::SealBroken { event: 2, .. }
    ));
    assert_eq!(store.events().unwrap().len(), 3);
}

#[test]
fn an_export_is_one_file_that_another_computer_takes_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme-example", 4);
    let sent = folder.path().join("sent.launch");
    let open = Store::open(&path).unwrap();
    open.export(&sent).unwrap();
    assert_eq!(
        open.export(&sent).unwrap_err(),
        StoreProblem::Exists(sent.clone())
    );
    let elsewhere = folder.path().join("elsewhere");
    let taken = import(&elsewhere, &sent).unwrap();
    assert_eq!(taken, file_of(&elsewhere, "acme-example"));
    let copy = Store::open(&taken).unwrap();
    assert_eq!(copy.events().unwrap(), open.events().unwrap());
    assert_eq!(copy.verify().unwrap().head, open.verify().unwrap().head);
    assert_eq!(
        import(&elsewhere, &sent).unwrap_err(),
        StoreProblem::Exists(taken)
    );
}

#[test]
fn the_catalog_lists_finds_and_removes() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(catalog(&folder.path().join("none")).unwrap(), []);
    let path = session(folder.path(), "acme-example", 3);
    fs::write(folder.path().join("notes.txt"), "x").unwrap();
    let list = catalog(folder.path()).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(
        (
            list[0].slug.as_str(),
            list[0].domain.as_str(),
            list[0].events
        ),
        ("acme-example", "acme.example", 3)
    );
    assert_eq!((list[0].created, list[0].handed_over), (Some(now()), false));
    for name in ["acme-example", "acme.example", path.to_str().unwrap()] {
        assert_eq!(locate(folder.path(), name).unwrap(), path, "{name}");
    }
    let said = locate(folder.path(), "acme-exmaple")
        .unwrap_err()
        .to_string();
    assert!(said.contains("did you mean `acme-example`?"), "{said}");
    assert_eq!(free_slug(folder.path(), "acme.example"), "acme-example-2");
    remove(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let text = folder.path().join("notes.txt");
    assert_eq!(remove(&text).unwrap_err(), StoreProblem::NotASession(text));
}

#[test]
fn evidence_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&session(folder.path(), "acme", 1)).unwrap();
    let key = FindingKey {
        check: CheckId::from("mail.spf"),
        subject: "acme.example".into(),
    };
    let later: Timestamp = "2026-11-21T21:00:00Z".parse().unwrap();
    let (one, two) = (
        serde_json::json!({"txt": ["a"]}),
        serde_json::json!({"txt": ["b"]}),
    );
    let first = store.put_observation(&key, &one, now()).unwrap();
    assert_eq!(store.put_observation(&key, &one, later).unwrap(), first);
    store.put_observation(&key, &two, later).unwrap();
    let seen = store.observations(&key).unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0].seen, &seen[1].seen), (&two, &one));
}

#[test]
fn json_lines_carry_the_seal() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 5);
    let store = Store::open(&path).unwrap();
    let lines = folder.path().join("acme.jsonl");
    store.export_lines(&lines).unwrap();
    assert_eq!(
        store.export_lines(&lines).unwrap_err(),
        StoreProblem::Exists(lines.clone())
    );
    assert!(is_lines(&lines) && !is_lines(&path));
    let whole = verify_lines(&lines).unwrap();
    let sealed = store.verify().unwrap();
    assert!(whole.is_intact(), "{whole:?}");
    assert_eq!((whole.events, &whole.head), (5, &sealed.head));

    let text = std::fs::read_to_string(&lines).unwrap();
    let all: Vec<&str> = text.lines().collect();
    let told = |lines: &[&str]| {
        let copy = folder.path().join("copy.jsonl");
        std::fs::write(&copy, lines.join("\n")).unwrap();
        let seen = verify_lines(&copy).unwrap();
        seen.broken.map(|found| (found.event, found.how))
    };
    assert_eq!(told(&all), None);
    let mut moved = all.clone();
    moved.swap(2, 3);
    for (case, lines, event, how) in [
        ("removed", [&all[..2], &all[3..]].concat(), 3, "missing"),
        ("moved", moved, 3, "missing"),
        ("cut", all[..4].to_vec(), 5, "cut"),
        (
            "cut before the end",
            [&all[..3], &all[5..]].concat(),
            4,
            "some are missing",
        ),
        (
            "more",
            [&all[..], &all[..1]].concat(),
            6,
            "behind the last line",
        ),
        ("empty", vec![], 1, "cut"),
    ] {
        let (at, said) = told(&lines).unwrap_or_else(|| panic!("{case}"));
        assert!(at == event && said.contains(how), "{case}: {at} {said}");
    }
    let changed = text.replacen("note 2", "note 7", 1);
    assert_ne!(changed, text);
    let (at, said) = told(&changed.lines().collect::<Vec<_>>()).unwrap();
    assert!(said.contains("content was changed"), "{at} {said}");
}

#[test]
fn a_head_that_was_kept_tells_what_came_since_and_what_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path(), "acme", 3);
    let kept = Store::open(&path).unwrap().verify().unwrap().head;
    append(&mut Store::open(&path).unwrap(), vec![note("later")]);
    let grown = Store::open(&path).unwrap().verify().unwrap();
    assert_eq!((grown.events, grown.event_of(&kept)), (4, Some(3)));
    tamper(&path, "DELETE FROM event WHERE seq >= 3");
    let cut = Store::open_read_only(&path).unwrap().verify().unwrap();
    assert!(cut.is_intact());
    assert_eq!(cut.event_of(&kept), None, "the end is missing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever two copies wrote, and in which order they are merged: both have the same events, and merging again adds none.
    #[test]
    fn merging_is_commutative_and_idempotent(
        shared in 1_usize..5,
        ours in 0_usize..6,
        theirs in 0_usize..6,
        turns in proptest::collection::vec(any::<bool>(), 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let a = session(folder.path(), "acme", shared);
        let b = folder.path().join("sent.launch");
        Store::open(&a).unwrap().export(&b).unwrap();
        for n in 0..ours {
            append(&mut Store::open(&a).unwrap(), vec![note(format!("ours {n}"))]);
        }
        for n in 0..theirs {
            append(&mut Store::open(&b).unwrap(), vec![note(format!("theirs {n}"))]);
        }
        for turn in turns {
            let (into, from) = if turn { (&a, &b) } else { (&b, &a) };
            Store::open(into).unwrap().merge(from).unwrap();
        }
        Store::open(&a).unwrap().merge(&b).unwrap();
        Store::open(&b).unwrap().merge(&a).unwrap();
        let (one, other) = (Store::open(&a).unwrap(), Store::open(&b).unwrap());
        prop_assert_eq!(one.events().unwrap(), other.events().unwrap());
        prop_assert_eq!(one.events().unwrap().len(), shared + ours + theirs);
        prop_assert!(one.verify().unwrap().is_intact() && other.verify().unwrap().is_intact());
        drop((one, other));
        let again = Store::open(&a).unwrap().merge(&b).unwrap();
        prop_assert_eq!(again.added, 0);
    }
}
