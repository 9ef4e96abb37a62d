//! Messages in a file, one JSON object a line, to play a session of the cockpit again. Nothing that is typed into a secret is
//! written.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::key::Key;
use crate::app::{Message, State};

/// Stands for every character of a secret.
const DOT: char = '•';

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) at: Timestamp,
    pub(super) message: Message,
}

/// A file that messages are written to.
pub(super) struct Recorder(File);

impl Recorder {
    /// A new file, readable by its owner only: messages hold findings of a client.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .with_context(|| format!("creating the recording {}", path.display()))?;
        Ok(Self(file))
    }

    /// Writes a message; what is typed into a secret, as dots.
    pub(super) fn write(&mut self, message: &Message, state: &State) -> anyhow::Result<()> {
        let message = match message {
            Message::Key(key) if state.is_typing_a_secret() && key.typed().is_some() => {
                Message::Key(Key::char(DOT))
            }
            Message::Paste(_) if state.is_typing_a_secret() => Message::Paste(DOT.to_string()),
            other => other.clone(),
        };
        let line = Line {
            at: Timestamp::now(),
            message,
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        self.0.write_all(text.as_bytes())?;
        Ok(())
    }
}

/// Reads a recording.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Line>> {
    let file =
        File::open(path).with_context(|| format!("reading the recording {}", path.display()))?;
    BufReader::new(file)
        .lines()
        .enumerate()
        .map(|(n, line)| {
            serde_json::from_str(&line?)
                .with_context(|| format!("reading line {} of {}", n + 1, path.display()))
        })
        .collect()
}
