//! One Authentication-Results field (RFC 8601 §2.2): who says it, and what of which method.
//!
//! Written as receivers write it, not only as the RFC has it: Outlook names nobody, Yahoo puts no space before a parenthesis,
//! Gmail leaves base64 unquoted, and comments stand anywhere. What is read here is not yet believed: see [`super::trust`].

use super::scan::{Token, tokens};

/// Most results and, of each, most properties that are read.
const MOST_RESULTS: usize = 100;
const MOST_PROPERTIES: usize = 30;

/// A field taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// Lower case; `None`: nobody is named.
    pub authserv_id: Option<String>,
    /// In their order.
    pub results: Vec<Resinfo>,
    /// Whether some of it was left out, for there was too much.
    pub cut: bool,
}

/// What is said of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resinfo {
    /// Lower case: `spf`, `dkim`, `dmarc`.
    pub method: String,
    /// Lower case: `pass`, `fail`, `softfail`, `none`.
    pub result: String,
    /// `ptype.property` in lower case, and the value.
    pub properties: Vec<(String, String)>,
    /// The comment behind the result.
    pub comment: String,
    pub reason: Option<String>,
}

impl Resinfo {
    /// The value of the first of these properties that is there.
    pub fn property(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let mut all = self.properties.iter();
            all.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
        })
    }
}

/// Reads the value of a field, unfolded.
pub fn read(text: &str) -> Results {
    let (tokens, cut) = tokens(text, &[';']);
    let tokens = pairs(tokens);
    let mut read = Results {
        cut,
        ..Results::default()
    };
    for (index, segment) in tokens.split(|t| *t == Token::Sign(';')).enumerate() {
        let names_somebody = index == 0 && !segment.contains(&Token::Sign('='));
        if names_somebody {
            read.authserv_id = first_text(segment);
            continue;
        }
        if read.results.len() >= MOST_RESULTS {
            read.cut = true;
            break;
        }
        read.results.extend(resinfo(segment));
    }
    read
}

/// Words taken apart at their first equals sign; a value keeps its others, as base64 and bounce addresses have them.
fn pairs(tokens: Vec<Token>) -> Vec<Token> {
    let mut found = Vec::with_capacity(tokens.len());
    for token in tokens {
        let is_value = found.last() == Some(&Token::Sign('='));
        match token {
            Token::Word(word) if !is_value => {
                let (name, value) = match word.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (word.as_str(), None),
                };
                let text = |text: &str| (!text.is_empty()).then(|| Token::Word(text.to_owned()));
                found.extend(text(name));
                if let Some(value) = value {
                    found.push(Token::Sign('='));
                    found.extend(text(value));
                }
            }
            other => found.push(other),
        }
    }
    found
}

/// The authserv-id; a version may follow it (RFC 8601 §2.2).
fn first_text(segment: &[Token]) -> Option<String> {
    segment.iter().find_map(|token| match token {
        Token::Word(text) | Token::Quoted(text) => Some(text.to_lowercase()),
        _ => None,
    })
}

/// `method[/version]=result`, then `reason=` and properties. `None`: `none`, or nothing that can be read.
fn resinfo(segment: &[Token]) -> Option<Resinfo> {
    let mut info = Resinfo::default();
    let mut name = String::new();
    let mut value: Option<Option<String>> = None;
    for token in segment.iter().chain([&Token::Word(String::new())]) {
        match (token, &mut value) {
            (Token::Sign('='), None) => value = Some(None),
            // Base64 behind an equals sign: its own padding belongs to it.
            (Token::Sign(sign), Some(Some(text))) => text.push(*sign),
            (Token::Word(text) | Token::Quoted(text), Some(empty @ None)) => {
                *empty = Some(text.clone());
            }
            (Token::Word(text) | Token::Quoted(text), Some(Some(done))) => {
                info.add(&std::mem::take(&mut name), std::mem::take(done))?;
                value = None;
                name.push_str(text);
            }
            (Token::Word(text) | Token::Quoted(text), None) => {
                // `header . d` is one name in three words.
                if !(name.ends_with('.') || text.starts_with('.')) {
                    name.clear();
                }
                name.push_str(text);
            }
            // The first comment behind a method's result; nothing was added yet.
            (Token::Comment(text), Some(Some(_))) if info.method.is_empty() => {
                info.comment.clone_from(text);
            }
            (Token::Comment(_) | Token::Sign(_), _) => {}
        }
    }
    (!info.method.is_empty()).then_some(info)
}

impl Resinfo {
    /// Adds a name and its value; `None`: the first one is no method.
    fn add(&mut self, name: &str, value: String) -> Option<()> {
        let name = name.to_ascii_lowercase();
        if self.method.is_empty() {
            let method = name.split('/').next().unwrap_or_default();
            if method.is_empty() || value.is_empty() {
                return None;
            }
            method.clone_into(&mut self.method);
            self.result = value.to_ascii_lowercase();
        } else if name == "reason" {
            self.reason = Some(value);
        } else if self.properties.len() < MOST_PROPERTIES {
            self.properties.push((name, value));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `id | method=result name=value … | …`, comments left out.
    fn told(text: &str) -> String {
        let read = read(text);
        let mut out = vec![read.authserv_id.unwrap_or_else(|| "-".to_owned())];
        for info in read.results {
            let mut line = format!("{}={}", info.method, info.result);
            for (name, value) in info.properties {
                line.push_str(&format!(" {name}={value}"));
            }
            out.push(line);
        }
        out.join(" | ")
    }

    #[test]
    fn as_receivers_write_it() {
        for (text, want) in [
            (
                "mx.google.com; dkim=pass header.i=@acme.example header.s=s1 header.b=Ax3/+q==; spf=pass (google.com: domain of b@send.acme.example designates 192.0.2.45 as permitted sender) smtp.mailfrom=b@send.acme.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=acme.example",
                "mx.google.com | dkim=pass header.i=@acme.example header.s=s1 header.b=Ax3/+q== | spf=pass smtp.mailfrom=b@send.acme.example | dmarc=pass header.from=acme.example",
            ),
            (
                "spf=pass (sender IP is 192.0.2.45) smtp.mailfrom=send.acme.example; dkim=pass (signature was verified) header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100",
                "- | spf=pass smtp.mailfrom=send.acme.example | dkim=pass header.d=acme.example | dmarc=pass action=none header.from=acme.example | compauth=pass",
            ),
            (
                "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com; dkim=pass header.i=@acme.example header.s=s1; spf=pass smtp.mailfrom=acme.example; dmarc=pass(p=REJECT) header.from=acme.example;",
                "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com | dkim=pass header.i=@acme.example header.s=s1 | spf=pass smtp.mailfrom=acme.example | dmarc=pass header.from=acme.example",
            ),
            (
                "dmarc.icloud.com; dmarc=pass header.from=acme.example",
                "dmarc.icloud.com | dmarc=pass header.from=acme.example",
            ),
            ("mx.example 1; none", "mx.example"),
            ("mx.example; none;", "mx.example"),
            (
                "\"mx;1\" (c) 1 ; spf (a;b=c) = (d) pass reason=\"x; dkim=pass\" smtp . mailfrom = a@b.example",
                "mx;1 | spf=pass smtp.mailfrom=a@b.example",
            ),
            (
                "mx.example; dkim/1=fail (x (dkim=pass) y) header.d=a.example",
                "mx.example | dkim=fail header.d=a.example",
            ),
            (
                "mx.example; =pass; dkim=; dmarc=none",
                "mx.example | dmarc=none",
            ),
            ("", "-"),
        ] {
            assert_eq!(told(text), want, "{text}");
        }
    }

    #[test]
    fn comment_and_reason_are_kept_apart() {
        let read =
            read("mx.example; dmarc=pass(p=REJECT) reason=\"it is\" (other) header.from=a.example");
        let info = &read.results[0];
        assert_eq!(info.comment, "p=REJECT");
        assert_eq!(info.reason.as_deref(), Some("it is"));
        assert_eq!(
            info.property(&["header.d", "header.from"]),
            Some("a.example")
        );
    }

    #[test]
    fn too_much_is_said() {
        let many = format!(
            "mx.example{}",
            "; dkim=pass header.d=a.example".repeat(3_000)
        );
        let read = read(&many);
        assert!(read.cut);
        assert!(read.results.len() <= MOST_RESULTS);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([a-z]{1,5}|=|;|\\(|\\)|\"|\\\\|\\.| |\\PC){0,80}") {
            let _ = read(&text);
        }

        /// What stands in a comment or in quotes is never taken for a result.
        #[test]
        fn nothing_is_smuggled_in(inner in "[a-z=; .]{0,40}") {
            for text in [format!("mx.example; spf=fail ({inner}) smtp.mailfrom=a.example"), format!("mx.example; spf=fail reason=\"{inner}\" smtp.mailfrom=a.example")] {
                let read = read(&text);
                prop_assert_eq!(read.results.len(), 1);
                prop_assert_eq!(read.results[0].result.as_str(), "fail");
            }
        }
    }
}
