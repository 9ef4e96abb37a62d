//! What the operator takes along: panes, reports and exports as files, never over another file.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::event::Event;
use crate::model::playbook::Playbook;
use crate::model::session::Session;
use crate::report::{self, Account, Edition, Seal};
use crate::store::{Samples, Store, Verification};

/// Writes a text under a free name in `folder`. Blocks.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let path = free(folder, name);
    let say = |why: std::io::Error| format!("{}: {why}", path.display());
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .map_err(say)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(say)?;
    Ok(path)
}

/// `name` in `folder`, with a number before its ending when it is taken.
pub(super) fn free(folder: &Path, name: &str) -> PathBuf {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    std::iter::once(folder.join(name))
        .chain((2..1_000).map(|n| folder.join(format!("{stem}-{n}.{ending}"))))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name))
}

/// The seal of a session file, where its chain is intact and holds just the `events` that a document is made from.
pub(super) fn sealed(file: &Path, events: usize) -> Option<Verification> {
    let seen = Store::open_read_only(file).and_then(|store| store.verify());
    seen.ok()
        .filter(|seen| seen.is_intact() && usize::try_from(seen.events) == Ok(events))
}

/// What watches measured. A file that cannot be read now has nothing to tell.
pub(super) fn samples(file: &Path) -> Samples {
    let read = Store::open_read_only(file).and_then(|store| store.samples());
    read.unwrap_or_default()
}

/// A session as a document: its file name and its text.
pub(super) fn document(
    (session, events): (&Session, &[Event]),
    playbook: &Playbook,
    format: &str,
    edition: Edition,
    sealed: Option<&Verification>,
    samples: &Samples,
) -> Result<(String, String), String> {
    let account = Account {
        samples,
        session,
        playbook,
        events,
        edition,
        now: Timestamp::now(),
        seal: sealed.map(|seen| Seal {
            events: seen.events,
            head: &seen.head,
        }),
    };
    let (ending, text) = match format {
        "markdown" => ("md", report::session_markdown(&account)),
        "html" => ("html", report::session_html(&account)),
        "json" => (
            "json",
            report::session_json(&account).map_err(|why| why.to_string())?,
        ),
        other => return Err(format!("reports are not written as {other}")),
    };
    Ok((format!("{}-report.{ending}", session.slug), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::EventBody;

    #[test]
    fn a_document_tells_the_seal_of_the_events_that_it_is_made_from_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme-example.launch");
        let created = EventBody::Created {
            slug: "acme-example".into(),
            domain: "acme.example".into(),
            playbook: "b2b-support".into(),
        };
        let store = Store::create(&path, created, Timestamp::now(), "ada", "desk").unwrap();
        let session = Session::fold(&store.events().unwrap());
        let playbook = &crate::playbook::builtin()[0];
        let written = |sealed: Option<&Verification>| {
            document(
                (&session, &[]),
                playbook,
                "markdown",
                Edition::Client,
                sealed,
                &Samples::new(),
            )
            .unwrap()
            .1
        };
        let seen = sealed(&path, 1).unwrap();
        let command = format!("launch-ready verify acme-example --head {}", seen.head);
        assert!(written(Some(&seen)).contains(&command));
        assert!(written(None).contains("not sealed"));
        assert!(sealed(&path, 2).is_none(), "the file is behind");
        assert!(sealed(&folder.path().join("none.launch"), 1).is_none());
    }

    #[test]
    fn no_file_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let first = write(folder.path(), "a.txt", "one").unwrap();
        let second = write(folder.path(), "a.txt", "two").unwrap();
        assert_eq!(second, folder.path().join("a-2.txt"));
        assert_eq!(std::fs::read_to_string(first).unwrap(), "one");
        assert!(write(&folder.path().join("none"), "a.txt", "x").is_err());
    }
}
