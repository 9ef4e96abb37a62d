//! Messages that the operator brings: read here, kept in memory, given to the runs that follow and to nobody else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use secrecy::ExposeSecret;
use tokio::sync::mpsc::UnboundedSender;

use super::turn::Answer;
use crate::app::effect::Bringing;
use crate::model::observation::message::{Folder, LONGEST_MESSAGE, RawMessage};
use crate::model::text::escape;
use crate::net::Brought;

/// Reads what is brought, a file on a thread that may block, and tells.
pub(super) fn bring(what: Bringing, answers: UnboundedSender<Answer>) {
    tokio::task::spawn_blocking(move || {
        let (kind, result) = match what {
            Bringing::Text { kind, text } => {
                let text = text.inner().expose_secret();
                // A terminal pastes a line break as a carriage return.
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                (
                    kind,
                    message(text.into_bytes(), "a pasted message".to_owned()),
                )
            }
            Bringing::File { kind, file } => (kind, read(&file)),
        };
        let result = result.map(|message| Brought { kind, message });
        // The cockpit may be gone by now.
        let _ = answers.send(Answer::Brought { kind, result });
    });
}

fn read(path: &Path) -> Result<RawMessage, String> {
    let shown = escape(&path.display().to_string());
    let say = |why: std::io::Error| format!("{shown}: {why}");
    let file = File::open(path).map_err(say)?;
    if !file.metadata().map_err(say)?.is_file() {
        return Err(format!("{shown} is no file"));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST_MESSAGE).unwrap_or(u64::MAX);
    file.take(most + 1).read_to_end(&mut bytes).map_err(say)?;
    let name = path.file_name().map(|name| name.to_string_lossy());
    message(bytes, escape(&name.unwrap_or_default()))
}

fn message(mut bytes: Vec<u8>, source: String) -> Result<RawMessage, String> {
    if !begins_with_a_field(&bytes) {
        return Err(format!(
            "{source} is not the source of a message: that begins with lines like `Received: from …`. Use “show original” \
             or “view source” in your mail program"
        ));
    }
    let cut = bytes.len() > LONGEST_MESSAGE;
    bytes.truncate(LONGEST_MESSAGE);
    Ok(RawMessage {
        source,
        folder: Folder::Untold,
        arrived: None,
        bytes: bytes.into(),
        cut,
    })
}

/// Whether the first line that is not empty is a header field (RFC 5322 §2.2), or the line that mbox files begin with.
fn begins_with_a_field(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let Some(first) = lines.find(|line| !line.is_empty()) else {
        return false;
    };
    let name = first.split(|b| *b == b':').next().unwrap_or_default();
    first.starts_with(b"From ")
        || name.len() < first.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_source_of_a_message_is_taken() {
        for text in [
            "Received: from mx\n\nhello",
            "\n\nFrom: a@b.example\n",
            "From mx Thu\nTo: x",
        ] {
            assert!(message(text.into(), "it".to_owned()).is_ok(), "{text}");
        }
        for text in ["", " \n ", "Dear team, please: reset", "hello"] {
            let why = message(text.into(), "it".to_owned()).unwrap_err();
            assert!(why.contains("show original"), "{why}");
        }
    }

    #[test]
    fn a_file_that_is_none_says_why() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().contains("is no file"));
        let path = folder.path().join("gone\u{1b}.eml");
        let why = read(&path).unwrap_err();
        assert!(!why.contains('\u{1b}'), "{why:?}");
        let path = folder.path().join("long.eml");
        std::fs::write(&path, format!("To: a\n\n{}", "x".repeat(LONGEST_MESSAGE))).unwrap();
        let message = read(&path).unwrap();
        assert!(message.cut && message.bytes.len() == LONGEST_MESSAGE);
        assert_eq!(message.source, "long.eml");
    }
}
