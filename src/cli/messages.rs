//! `--message KIND=FILE`: real messages that the operator brings. Their bytes go to the checks and nowhere else.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Result;

use super::problem::Problem;
use crate::model::intent::Intent;
use crate::model::intent::message::MessageKind;
use crate::model::observation::message::{Folder, LONGEST_MESSAGE, RawMessage};
use crate::model::text::nearest;
use crate::net::Brought;

/// Longest file that is taken, in bytes; of a longer message than [`LONGEST_MESSAGE`] the beginning is read.
const LONGEST: u64 = 100 * 1024 * 1024;

/// Reads the messages of `--message`, in their order. `-` is the standard input, once.
pub fn read(arguments: &[String]) -> Result<Vec<Brought>> {
    let mut brought = Vec::new();
    let mut piped = false;
    for text in arguments {
        let (kind, file) = parts(text)?;
        if file == "-" && std::mem::replace(&mut piped, true) {
            return Err(refused(
                text,
                "the standard input can be read once only",
                "name a file",
            )
            .into());
        }
        brought.push(Brought {
            kind,
            message: message(text, file)?,
        });
    }
    Ok(brought)
}

/// The intent in which what was brought is expected: for this run, and in a session for those that follow.
pub fn expect(intent: &mut Intent, brought: &[Brought]) {
    for Brought { kind, .. } in brought {
        intent.expect(*kind);
    }
}

fn parts(text: &str) -> Result<(MessageKind, &str), Problem> {
    let known = || MessageKind::ALL.map(MessageKind::word);
    let Some((word, file)) = text.split_once('=') else {
        let hint = "--message reset=message.eml";
        return Err(refused(text, "it is not KIND=FILE", hint));
    };
    let kind = MessageKind::parse(word).ok_or_else(|| {
        let hint = nearest(word, known()).map_or_else(
            || format!("kinds: {}", known().join(" ")),
            |near| format!("did you mean `{near}`? kinds: {}", known().join(" ")),
        );
        refused(text, format!("`{word}` is no kind of message"), hint)
    })?;
    match file {
        "" => Err(refused(
            text,
            "no file is named",
            format!("--message {word}=message.eml, or {word}=- to pipe it in"),
        )),
        file => Ok((kind, file)),
    }
}

fn message(text: &str, file: &str) -> Result<RawMessage, Problem> {
    let unread = |why: io::Error| {
        refused(
            text,
            why,
            "give a file that holds the whole source of the message",
        )
    };
    let (source, bytes) = if file == "-" {
        (
            "a message from the standard input".to_owned(),
            head(io::stdin().lock()).map_err(unread)?,
        )
    } else {
        let path = Path::new(file);
        let meta = path.metadata().map_err(unread)?;
        if meta.is_dir() {
            return Err(refused(
                text,
                "it is a folder",
                "name the file of one message, such as message.eml",
            ));
        }
        if meta.len() > LONGEST {
            return Err(refused(
                text,
                format!(
                    "it has {} MiB, and no message has more than {}",
                    meta.len() >> 20,
                    LONGEST >> 20
                ),
                "give the source of one message, not a whole mailbox",
            ));
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let opened = File::open(path).map_err(unread)?;
        (
            format!("the message in {}", name.unwrap_or_default()),
            head(opened).map_err(unread)?,
        )
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refused(
            text,
            "it is empty",
            "save the whole source of the message (“Show original”, “View source”) there",
        ));
    }
    let cut = bytes.len() > LONGEST_MESSAGE;
    let kept = bytes.get(..LONGEST_MESSAGE).unwrap_or(&bytes);
    Ok(RawMessage {
        source,
        folder: Folder::Untold,
        arrived: None,
        bytes: kept.into(),
        cut,
    })
}

/// One byte more than is kept, so that a cut can be told.
fn head(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST_MESSAGE as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn refused(text: &str, why: impl std::fmt::Display, hint: impl Into<String>) -> Problem {
    Problem::usage(format!("reading --message {text}"), why, hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::HostName;

    fn problem(text: String) -> String {
        let why = read(&[text]).unwrap_err();
        let problem = why.downcast_ref::<Problem>().unwrap();
        format!("{} {}", problem.why, problem.try_next)
    }

    #[test]
    fn a_message_is_read_and_expected_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.eml");
        std::fs::write(&file, "From: a@b.example\n\nx").unwrap();
        let argument = format!("reset={}", file.display());
        let brought = read(&[argument.clone(), argument]).unwrap();
        assert_eq!(brought[0].message.source, "the message in m.eml");
        assert!(!brought[0].message.cut);
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        expect(&mut intent, &brought);
        assert_eq!(intent.messages.len(), 1);
        std::fs::write(&file, vec![b'x'; LONGEST_MESSAGE + 10]).unwrap();
        let long = read(&[format!("reset={}", file.display())]).unwrap();
        assert!(long[0].message.cut && long[0].message.bytes.len() == LONGEST_MESSAGE);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        let huge = folder.path().join("huge");
        std::fs::File::create(&huge)
            .unwrap()
            .set_len(LONGEST + 1)
            .unwrap();
        for (text, words) in [
            ("m.eml".to_owned(), "KIND=FILE"),
            ("rest=m.eml".to_owned(), "did you mean `reset`"),
            (
                "xyzzy=m.eml".to_owned(),
                "kinds: test reset invite sign-up notification receipt",
            ),
            ("reset=".to_owned(), "no file"),
            (
                format!("reset={}", folder.path().display()),
                "it is a folder",
            ),
            (
                format!("reset={}/none", folder.path().display()),
                "whole source",
            ),
            (format!("reset={}", empty.display()), "it is empty"),
            (format!("reset={}", huge.display()), "mailbox"),
        ] {
            let said = problem(text.clone());
            assert!(said.contains(words), "{text}: {said}");
        }
    }
}
