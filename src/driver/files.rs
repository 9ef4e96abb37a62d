//! What the operator takes along: panes, reports and exports as files, never over another file.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::playbook::Playbook;
use crate::model::session::Session;
use crate::report::{self, Account, Edition};

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

/// A session as a document: its file name and its text. The seal is not told here: it would have to be verified first.
pub(super) fn document(
    session: &Session,
    playbook: &Playbook,
    format: &str,
    edition: Edition,
) -> Result<(String, String), String> {
    let account = Account {
        session,
        playbook,
        edition,
        now: Timestamp::now(),
        seal: None,
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
