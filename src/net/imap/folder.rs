//! Folders: which one holds the junk (RFC 6154 §2), and names in modified UTF-7 (RFC 3501 §5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::tokens::Token;
use crate::model::text::escape;

/// Last parts of the names of junk folders where the server marks none, lower case.
const JUNK_NAMES: [&str; 19] = [
    "junk",
    "spam",
    "bulk mail",
    "bulk",
    "junk email",
    "junk e-mail",
    "junk-email",
    "junk mail",
    "junk messages",
    "spamverdacht",
    "spam-verdacht",
    "junk-e-mail",
    "courrier indésirable",
    "indésirables",
    "correo no deseado",
    "posta indesiderata",
    "ongewenste e-mail",
    "skräppost",
    "lixo eletrônico",
];

/// A folder that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    /// As the server writes it, printable ASCII.
    raw: String,
    /// For people.
    pub(super) name: String,
    marked_junk: bool,
    last: String,
}

impl Mailbox {
    /// Reads `LIST (\Junk) "/" name`; `None` for what cannot be opened, or not named in a command.
    pub(super) fn read(listed: &[Token]) -> Option<Self> {
        let close = listed.iter().position(|token| *token == Token::Close)?;
        let (flags, rest) = listed.split_at_checked(close + 1)?;
        let [delimiter, name, ..] = rest else {
            return None;
        };
        let has = |flag: &str| flags.iter().any(|token| token.is(flag));
        let raw = String::from_utf8(name.bytes()?.to_vec()).ok()?;
        let is_plain = !raw.is_empty() && raw.chars().all(|c| matches!(c, ' '..='~'));
        if has("\\Noselect") || has("\\NonExistent") || !is_plain {
            return None;
        }
        let name = decoded(&raw);
        let delimiter = match delimiter {
            Token::Text(text) => String::from_utf8(text.clone()).ok()?,
            _ => String::new(),
        };
        let last = match delimiter.is_empty() {
            true => name.as_str(),
            false => name.rsplit(&delimiter).next().unwrap_or(&name),
        };
        Some(Self {
            marked_junk: has("\\Junk"),
            last: last.to_lowercase(),
            name: escape(&name),
            raw,
        })
    }

    /// The name as a command takes it.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.raw)
    }
}

/// The junk folder: the one that is marked so, else the one with such a name; the shortest name of several.
pub(super) fn junk(mut folders: Vec<Mailbox>) -> Option<Mailbox> {
    let inbox = |folder: &Mailbox| folder.raw.eq_ignore_ascii_case("INBOX");
    folders.retain(|folder| !inbox(folder));
    folders.sort_by_key(|folder| folder.raw.len());
    let marked = folders.iter().find(|folder| folder.marked_junk);
    let named = || {
        folders
            .iter()
            .find(|folder| JUNK_NAMES.contains(&folder.last.as_str()))
    };
    marked.or_else(named).cloned()
}

/// A quoted string (RFC 3501 §4.3); the text must be free of line breaks.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `Courrier ind&AOk-sirable` as people write it; what is no modified UTF-7 stays as it is.
fn decoded(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('&') {
        let Some((coded, after)) = behind.split_once('-') else {
            return raw.to_owned();
        };
        out.push_str(before);
        match coded {
            "" => out.push('&'),
            _ => match utf16(coded) {
                Some(text) => out.push_str(&text),
                None => return raw.to_owned(),
            },
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn utf16(coded: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let bytes = GeneralPurpose::new(&IMAP_MUTF7, config)
        .decode(coded)
        .ok()?;
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn read(line: &str) -> Option<Mailbox> {
        Mailbox::read(&tokens(line.as_bytes()).unwrap())
    }

    #[test]
    fn the_junk_folder_is_marked_or_known_by_its_name() {
        let pick = |lines: &[&str]| {
            junk(lines.iter().filter_map(|line| read(line)).collect()).map(|folder| folder.name)
        };
        let inbox = r#"LIST () "/" INBOX"#;
        let spam = r#"LIST (\HasNoChildren) "/" Spam"#;
        let marked = r#"LIST (\HasNoChildren \Junk) "/" "Rubbish bin""#;
        assert_eq!(pick(&[inbox]), None);
        assert_eq!(pick(&[inbox, spam]).as_deref(), Some("Spam"));
        assert_eq!(pick(&[spam, marked]).as_deref(), Some("Rubbish bin"));
        for (line, want) in [
            (r#"LIST () "/" "[Gmail]/Spam""#, Some("[Gmail]/Spam")),
            (r#"LIST () "." "INBOX.Junk""#, Some("INBOX.Junk")),
            (r#"LIST () NIL "Bulk Mail""#, Some("Bulk Mail")),
            (
                r#"LIST () "/" "Courrier ind&AOk-sirable""#,
                Some("Courrier indésirable"),
            ),
            (r#"LIST (\Noselect \Junk) "/" Junk"#, None),
            (r#"LIST () "/" "Spam reports""#, None),
            ("LIST () \"/\" {6}\r\nJu\r\nnk", None),
            ("LIST", None),
        ] {
            assert_eq!(pick(&[line]).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn modified_utf7_is_read_and_rubbish_stays() {
        for (raw, want) in [
            ("Tom &- Co", "Tom & Co"),
            ("&ZeVnLIqe-", "日本語"),
            ("&AOk", "&AOk"),
            ("&!!-", "&!!-"),
        ] {
            assert_eq!(decoded(raw), want);
        }
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
