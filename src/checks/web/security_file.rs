//! The text of a security.txt to the letter of RFC 9116: its fields, and what is wrong with it. Pure; asks nobody.
//!
//! Field names are case-insensitive, comments begin with `#`, unknown fields are skipped, and the whole may be wrapped in an
//! OpenPGP cleartext signature (§2.3). A signature is not verified: whose key it should be is not known here.

use std::str::FromStr;

use jiff::Timestamp;
use url::Url;

/// Characters of a value that are shown.
const SHOWN: usize = 80;
/// Lines that are read.
const MOST_LINES: usize = 1_000;
/// The first lines of a signed form.
const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";

/// What stands in a security.txt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityFile {
    pub contacts: Vec<String>,
    /// The one Expires field, where it is one and a date.
    pub expires: Option<Timestamp>,
    pub canonical: Vec<String>,
    pub signed: bool,
    /// What makes it no valid file, in the order of the text.
    pub problems: Vec<String>,
}

/// Reads the text.
pub fn read(text: &str) -> SecurityFile {
    let mut file = SecurityFile {
        signed: text.trim_start_matches('\u{feff}').starts_with(SIGNED),
        ..SecurityFile::default()
    };
    let (mut expires, mut languages) = (Vec::new(), 0);
    for line in lines(text, file.signed) {
        let Some((name, value)) = line.split_once(':') else {
            file.problems.push(format!("`{}` is no field", cut(line)));
            continue;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "contact" => {
                file.problems.extend(contact_problem(value));
                file.contacts.push(value.to_owned());
            }
            "expires" => expires.push(value.to_owned()),
            "canonical" => file.canonical.push(value.to_owned()),
            "preferred-languages" => languages += 1,
            name if name.is_empty() || name.contains([' ', '\t']) => {
                file.problems.push(format!("`{}` is no field", cut(line)));
            }
            _ => {}
        }
    }
    if file.contacts.is_empty() {
        file.problems.push("it has no Contact".to_owned());
    }
    if languages > 1 {
        file.problems
            .push("Preferred-Languages stands in it more than once".to_owned());
    }
    match expires.as_slice() {
        [] => file.problems.push("it has no Expires".to_owned()),
        [one] => match Timestamp::from_str(one) {
            Ok(at) => file.expires = Some(at),
            Err(_) => file
                .problems
                .push(format!("Expires is `{}`, not a date and time", cut(one))),
        },
        more => file
            .problems
            .push(format!("Expires stands in it {} times", more.len())),
    }
    file
}

/// Whether the text is a security.txt at all, right or wrong: a line that begins like one of its fields.
pub fn is_one(text: &str) -> bool {
    text.lines().take(MOST_LINES).any(|line| {
        let line = line.trim_start_matches('\u{feff}').to_ascii_lowercase();
        line.starts_with("contact:") || line.starts_with("expires:")
    })
}

/// The lines that hold fields, dash-escaping undone where it is signed (RFC 9580 §7.2).
fn lines(text: &str, signed: bool) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .take(MOST_LINES)
        // Behind the first line stand armour headers (`Hash: SHA512`) until an empty line.
        .skip_while(move |line| signed && !line.trim().is_empty())
        .take_while(move |line| !(signed && line.starts_with(SIGNATURE)))
        .map(move |line| match line.strip_prefix("- ") {
            Some(rest) if signed => rest,
            _ => line,
        })
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A Contact is a URI; on the web it is https (§2.5.3).
fn contact_problem(value: &str) -> Option<String> {
    match Url::parse(value) {
        Ok(url) if url.scheme() == "http" => Some(format!("Contact `{}` is not https", cut(value))),
        Ok(_) => None,
        Err(_) if value.contains('@') => Some(format!("Contact `{0}` lacks `mailto:`", cut(value))),
        Err(_) => Some(format!("Contact `{}` is no URI", cut(value))),
    }
}

fn cut(text: &str) -> &str {
    crate::checks::page::cut(text, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# hello\nContact: mailto:security@acme.example\nEXPIRES: 2027-01-01T00:00:00Z\nX-Whatever: 1\n";

    #[test]
    fn what_is_wrong_is_named() {
        for (text, problem) in [
            (GOOD.to_owned(), None),
            (GOOD.replace('\n', "\r\n"), None),
            (GOOD.replace("T00:00:00Z", "T00:00:00+02:00"), None),
            (GOOD.replace("mailto:", ""), Some("lacks `mailto:`")),
            (
                GOOD.replace("mailto:security@", "http://"),
                Some("not https"),
            ),
            (
                GOOD.replace("mailto:security@acme.example", "us"),
                Some("no URI"),
            ),
            (GOOD.replace("Contact", "X"), Some("no Contact")),
            (GOOD.replace("EXPIRES", "X"), Some("no Expires")),
            (
                GOOD.replace("2027-01-01T00:00:00Z", "soon"),
                Some("not a date"),
            ),
            (
                format!("{GOOD}Expires: 2027-01-01T00:00:00Z"),
                Some("2 times"),
            ),
            (format!("{GOOD}hello"), Some("`hello` is no field")),
            (
                format!("{GOOD}Preferred-Languages: en\nPreferred-Languages: de"),
                Some("more than once"),
            ),
        ] {
            let file = read(&text);
            assert_eq!(file.problems.is_empty(), problem.is_none(), "{file:?}");
            let said = file.problems.join("; ");
            assert!(said.contains(problem.unwrap_or_default()), "{said}");
        }
    }

    #[test]
    fn a_signed_form_is_read_inside() {
        let text = format!(
            "{SIGNED}\nHash: SHA512\n\n{GOOD}- -----\n{SIGNATURE}\n\niQ/abc: x\n-----END PGP SIGNATURE-----\n"
        );
        let file = read(&text.replace("- -----\n", ""));
        assert!(file.signed && file.problems.is_empty(), "{file:?}");
        assert_eq!(read(&text).problems, ["`-----` is no field"]);
        assert!(is_one(&text) && !is_one("<!doctype html><title>Contact us</title>"));
    }
}
