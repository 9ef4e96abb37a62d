//! How strictly a name must fit the From domain: `adkim` and `aspf` of the record that applies (RFC 9989 §4.4).

use crate::checks::mail::dmarc::discover::{Discovery, TreeWalk, records};
use crate::checks::mail::dmarc::organisation::organisation;
use crate::checks::mail::tags::Tags;
use crate::model::name::HostName;

/// What the DMARC record says of alignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mode {
    pub strict_dkim: bool,
    pub strict_spf: bool,
    /// The record that says so, and the name at which it stands; `None`: no record applies, and relaxed is the default.
    pub record: Option<(HostName, String)>,
}

/// Reads the mode; why not, when the record could not be read.
pub fn mode(walk: &TreeWalk, home: &HostName) -> Result<Mode, String> {
    let (at, text) = match walk.discovery() {
        Discovery::Unclear(why) => return Err(why),
        Discovery::Own(record) if record.policy.is_some() => (home.clone(), record.text),
        Discovery::Inherited { from, record } if record.policy.is_some() => (
            HostName::parse(&from).unwrap_or_else(|_| home.clone()),
            record.text,
        ),
        _ => {
            return Ok(Mode {
                strict_dkim: false,
                strict_spf: false,
                record: None,
            });
        }
    };
    let tags = Tags::parse(&text);
    let strict = |name| {
        tags.value(name)
            .is_some_and(|v| v.eq_ignore_ascii_case("s"))
    };
    Ok(Mode {
        strict_dkim: strict("adkim"),
        strict_spf: strict("aspf"),
        record: Some((at, text)),
    })
}

/// The record without the tags that ask for strict alignment; relaxed is what holds without them.
pub fn relaxed(record: &str) -> String {
    let kept = Tags::parse(record).pairs.into_iter().filter(|(name, _)| {
        !["adkim", "aspf"]
            .iter()
            .any(|tag| name.eq_ignore_ascii_case(tag))
    });
    let parts: Vec<String> = kept
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parts.join("; ")
}

/// Whether two names belong to one organisation. Where no record stands above either, nothing is compared yet: then a name
/// below the other counts, as it will once the domain has its record.
pub fn share_organisation(
    home: (&HostName, &TreeWalk),
    other: (&HostName, &TreeWalk),
) -> Result<bool, String> {
    let bare = |walk: &TreeWalk| walk.answers.iter().all(|answer| records(answer).is_empty());
    let ours = organisation(home.1, home.0)?;
    let theirs = organisation(other.1, other.0)?;
    if bare(home.1) && bare(other.1) {
        return Ok(other.0.is_within(home.0) || home.0.is_within(other.0));
    }
    Ok(ours == theirs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::{broken, name, no_name, txt};
    use crate::model::observation::dns::{DnsAnswer, RecordType};

    fn walk(answers: Vec<DnsAnswer>) -> TreeWalk {
        TreeWalk { answers }
    }

    #[test]
    fn the_tags_are_read_and_taken_out() {
        let home = name("acme.example");
        let own = "_dmarc.acme.example";
        for (text, want) in [
            ("v=DMARC1; p=none; adkim=s; aspf=s", (true, true)),
            ("v=DMARC1; p=none; adkim=S; aspf=r", (true, false)),
            ("v=DMARC1; p=none", (false, false)),
            ("v=DMARC1; p=none; adkim=strict", (false, false)),
        ] {
            let mode = mode(&walk(vec![txt(own, &[text])]), &home).unwrap();
            assert_eq!((mode.strict_dkim, mode.strict_spf), want, "{text}");
            assert_eq!(mode.record, Some((home.clone(), text.to_owned())));
        }
        let none = mode(&walk(vec![no_name(own, RecordType::Txt)]), &home).unwrap();
        assert_eq!(none.record, None);
        assert!(mode(&walk(vec![broken(own, RecordType::Txt)]), &home).is_err());
        assert_eq!(
            relaxed("v=DMARC1; p=reject; adkim=s; rua=mailto:a@b.example; aspf=s"),
            "v=DMARC1; p=reject; rua=mailto:a@b.example"
        );
    }

    #[test]
    fn organisations_are_compared_not_endings() {
        let home = name("acme.example");
        let own = txt("_dmarc.acme.example", &["v=DMARC1; p=none"]);
        let top = || no_name("_dmarc.example", RecordType::Txt);
        let below = name("bounce.acme.example");
        let here = walk(vec![own.clone(), top()]);
        let there = walk(vec![
            no_name("_dmarc.bounce.acme.example", RecordType::Txt),
            own.clone(),
            top(),
        ]);
        assert_eq!(
            share_organisation((&home, &here), (&below, &there)),
            Ok(true)
        );
        let apart = walk(vec![txt(
            "_dmarc.bounce.acme.example",
            &["v=DMARC1; p=none; psd=n"],
        )]);
        assert_eq!(
            share_organisation((&home, &here), (&below, &apart)),
            Ok(false)
        );
        let stranger = name("evilacme.example");
        let strange = walk(vec![
            no_name("_dmarc.evilacme.example", RecordType::Txt),
            top(),
        ]);
        assert_eq!(
            share_organisation((&home, &here), (&stranger, &strange)),
            Ok(false)
        );
        let nothing = walk(vec![no_name("_dmarc.acme.example", RecordType::Txt), top()]);
        let nothing_below = walk(vec![
            no_name("_dmarc.bounce.acme.example", RecordType::Txt),
            no_name("_dmarc.acme.example", RecordType::Txt),
            top(),
        ]);
        assert_eq!(
            share_organisation((&home, &nothing), (&below, &nothing_below)),
            Ok(true)
        );
    }
}
