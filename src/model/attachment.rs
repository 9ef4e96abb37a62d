//! What shows an answer beside its words: a file, known by its hash and never kept, or a link.

use serde::{Deserialize, Serialize};

/// One thing that shows an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Attachment {
    File {
        /// Where it was, to look at it again.
        path: String,
        /// The last part of the path: what reports show.
        name: String,
        /// Bytes.
        size: u64,
        /// SHA-256 of the content, in hex.
        sha256: String,
    },
    Link {
        url: String,
    },
}

impl Attachment {
    /// Its name for people, a file with its size and the first 12 hex digits of its hash.
    pub fn label(&self) -> String {
        match self {
            Self::File {
                name, size, sha256, ..
            } => {
                let start: String = sha256.chars().take(12).collect();
                format!("{name} ({}, SHA-256 {start})", bytes(*size))
            }
            Self::Link { url } => url.clone(),
        }
    }

    /// The path of a file.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Link { .. } => None,
        }
    }
}

/// How a file stands to what was attached, when it was looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    Same,
    /// The content is another one now.
    Changed,
    /// It could not be read, and why.
    Gone(String),
}

impl FileState {
    /// What to say of it; nothing when it is as it was.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Same => None,
            Self::Changed => Some("the file changed since".to_owned()),
            Self::Gone(why) => Some(why.clone()),
        }
    }
}

/// What is meant by what somebody typed as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    Words,
    /// The links in it.
    Links(Vec<Attachment>),
    /// A path, as typed.
    File(String),
}

/// Words, words with links, or the path of a file: that begins with `/`, `./`, `../` or `~/`, or with a drive (`C:\`).
pub fn meant(text: &str) -> Meant {
    let text = text.trim();
    let bare = text.trim_matches(['"', '\'']);
    let mut start = bare.chars();
    let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic())
        && start.next() == Some(':')
        && matches!(start.next(), Some('\\' | '/'));
    if drive || ["/", "./", "../", "~/"].iter().any(|p| bare.starts_with(p)) {
        return Meant::File(bare.to_owned());
    }
    let link = |word: &str| {
        let word = word.trim_end_matches(['.', ',', ';', ')']);
        let known = ["https://", "http://"]
            .iter()
            .any(|p| word.len() > p.len() && word.starts_with(p));
        known.then(|| Attachment::Link {
            url: word.to_owned(),
        })
    };
    let links: Vec<Attachment> = text.split_whitespace().filter_map(link).collect();
    if links.is_empty() {
        Meant::Words
    } else {
        Meant::Links(links)
    }
}

/// `812 bytes`, `3.4 MB`: powers of ten, as file managers show them.
pub fn bytes(size: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", size / unit, size % unit * 10 / unit),
        None => format!("{size} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_a_link_and_words_are_told_apart() {
        for path in [
            "/etc/hosts",
            "~/a b.pdf",
            "./x",
            "../x",
            "C:\\zone.txt",
            "\"/tmp/a b\"",
        ] {
            assert_eq!(
                meant(path),
                Meant::File(path.trim_matches('"').into()),
                "{path}"
            );
        }
        for words in ["runbook, page 2", "", "a/b", "https://", "c:d", "page ~/x"] {
            assert_eq!(meant(words), Meant::Words, "{words}");
        }
        let link = |url: &str| Attachment::Link { url: url.into() };
        assert_eq!(
            meant("see https://wiki.example/run, and http://b.example."),
            Meant::Links(vec![
                link("https://wiki.example/run"),
                link("http://b.example")
            ])
        );
    }

    #[test]
    fn entries_from_before_files_and_blockers_still_open_and_look_as_they_did() {
        let old = [
            r#"{"kind":"answered","question":"q","yes":true,"by":"Ada","evidence":"e"}"#,
            r#"{"kind":"assigned","item":"mail","owner":"Bo","due":null}"#,
        ];
        for text in old {
            let body: crate::model::event::EventBody = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
        }
    }

    #[test]
    fn a_file_is_named_with_its_size_and_the_start_of_its_hash() {
        let file = Attachment::File {
            path: "/home/ada/zone.txt".into(),
            name: "zone.txt".into(),
            size: 3_456,
            sha256: "0123456789abcdef".repeat(4),
        };
        assert_eq!(file.label(), "zone.txt (3.4 kB, SHA-256 0123456789ab)");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(10_000_000_000), "10.0 GB");
        // What stands in a file stays readable.
        let text = serde_json::to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<Attachment>(&text).unwrap(), file);
    }
}
