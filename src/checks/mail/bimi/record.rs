//! One BIMI record, tag by tag.

use url::Url;

use crate::checks::mail::tags::Tags;
use crate::model::observation::dns::DnsAnswer;
use crate::model::text::escape;

/// A record that opens with the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BimiRecord {
    /// As published.
    pub text: String,
    /// Where the logo is, when that is a place over https.
    pub logo: Option<Url>,
    /// `l=` is empty on purpose: no logo is wanted.
    pub declines: bool,
    /// Why receivers discard it.
    pub problems: Vec<String>,
    /// What some of them miss.
    pub notes: Vec<String>,
}

/// The BIMI records in an answer, sorted: `v=BIMI1` stands first, letter by letter. A wildcard's text is none.
pub fn records(answer: &DnsAnswer) -> Vec<String> {
    let mut found: Vec<String> = answer.texts().into_iter().filter(|t| is_bimi(t)).collect();
    found.sort();
    found
}

fn is_bimi(text: &str) -> bool {
    let tags = Tags::parse(text);
    let first = tags.pairs.first();
    first.is_some_and(|(name, value)| name == "v" && value == "BIMI1")
}

/// Reads a record.
pub fn read(text: &str) -> BimiRecord {
    let tags = Tags::parse(text);
    let mut record = BimiRecord {
        text: text.to_owned(),
        logo: None,
        declines: false,
        problems: Vec::new(),
        notes: Vec::new(),
    };
    for name in tags.repeated() {
        record
            .problems
            .push(format!("the tag `{}=` stands twice", escape(&name)));
    }
    let mark = tags.value("a").unwrap_or_default();
    match tags.value("l") {
        None => record
            .problems
            .push("there is no `l=`: the logo is missing".to_owned()),
        Some("") if mark.is_empty() => record.declines = record.problems.is_empty(),
        Some("") => record
            .problems
            .push("`l=` is empty, and `a=` is not".to_owned()),
        Some(place) => match over_https(place) {
            Ok(url) => record.logo = Some(url),
            Err(why) => record.problems.push(format!("`l={}` {why}", escape(place))),
        },
    }
    if mark.is_empty() {
        record
            .notes
            .push("it names no certificate of the mark (`a=`)".to_owned());
    } else if let Err(why) = over_https(mark) {
        record.problems.push(format!("`a={}` {why}", escape(mark)));
    }
    record
}

fn over_https(place: &str) -> Result<Url, &'static str> {
    match Url::parse(place) {
        Ok(url) if url.scheme() == "https" && url.host_str().is_some() => Ok(url),
        Ok(_) => Err("is not over https"),
        Err(_) => Err("is no URL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::txt;

    #[test]
    fn a_record_is_read_to_the_letter() {
        let at = "default._bimi.acme.example";
        let mixed = txt(at, &["v=bimi1; l=", "v=spf1 -all", "v = BIMI1; l="]);
        assert_eq!(records(&mixed), ["v = BIMI1; l="]);
        let whole =
            read("v=BIMI1; l=https://www.acme.example/logo.svg; a=https://www.acme.example/m.pem");
        assert_eq!(whole.logo.unwrap().path(), "/logo.svg");
        assert!(whole.problems.is_empty() && whole.notes.is_empty());
        assert!(read("v=BIMI1; l=; a=;").declines);
        for (text, words) in [
            ("v=BIMI1", "no `l=`"),
            (
                "v=BIMI1; l=http://www.acme.example/logo.svg",
                "not over https",
            ),
            ("v=BIMI1; l=logo.svg", "no URL"),
            (
                "v=BIMI1; l=; a=https://www.acme.example/m.pem",
                "`l=` is empty",
            ),
            (
                "v=BIMI1; l=https://a.example/l.svg; l=https://b.example/l.svg",
                "twice",
            ),
            (
                "v=BIMI1; l=https://a.example/l.svg; a=self",
                "`a=self` is no URL",
            ),
        ] {
            let record = read(text);
            let said = record.problems.join("; ");
            assert!(said.contains(words), "{text}: {said}");
            assert!(!record.declines);
        }
    }
}
