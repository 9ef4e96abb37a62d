//! Which DMARC record applies to a domain: the tree walk of RFC 9989 §4.10.

use serde::{Deserialize, Serialize};

use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::net::Network;

use super::record::{DmarcRecord, Psd, read};
use super::version::is_dmarc;

/// Questions in one walk (RFC 9989 §4.10).
const MOST: usize = 8;
/// A longer name is cut to this many labels after the first question.
const LABELS: usize = 7;

/// The answers of one walk, from the domain upwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeWalk {
    pub answers: Vec<DnsAnswer>,
}

/// The record that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// At the domain itself.
    Own(DmarcRecord),
    /// At a name above it.
    Inherited { from: String, record: DmarcRecord },
    /// Several at the domain: receivers discard them all.
    Several(Vec<String>),
    /// Proven that none applies.
    Absent,
    /// It could not be told; why.
    Unclear(String),
}

/// The domains that are asked for, the domain itself first.
pub fn path(domain: &HostName) -> Vec<HostName> {
    let mut names = vec![domain.clone()];
    let mut next = domain.clone();
    while names.len() < MOST {
        let above = (0..next.labels().saturating_sub(LABELS).max(1))
            .try_fold(next.clone(), |name, _| name.parent());
        match above {
            Some(name) => {
                names.push(name.clone());
                next = name;
            }
            None => break,
        }
    }
    names
}

/// Asks, and stops as a receiver does: at the domain's own record, at a `psd=` tag, or at the top.
pub async fn walk(network: &Network, domain: &HostName) -> TreeWalk {
    let mut answers: Vec<DnsAnswer> = Vec::new();
    for name in path(domain) {
        let answer = network.ask(&name.child("_dmarc"), RecordType::Txt).await;
        answers.push((*answer).clone());
        let found = records(&answer);
        let ends = match found.as_slice() {
            [only] => answers.len() == 1 || read(only).psd != Psd::Unknown,
            [] => false,
            _ => answers.len() == 1,
        };
        if ends || answer.is_unusable() {
            break;
        }
    }
    TreeWalk { answers }
}

/// Asks up to the top, past the domain's own record: what the organisational domain is told from (RFC 9989 §4.10.2).
pub async fn climb(network: &Network, domain: &HostName) -> TreeWalk {
    let mut answers: Vec<DnsAnswer> = Vec::new();
    for name in path(domain) {
        let answer = network.ask(&name.child("_dmarc"), RecordType::Txt).await;
        answers.push((*answer).clone());
        let ends = matches!(records(&answer).as_slice(), [only] if read(only).psd != Psd::Unknown);
        if ends || answer.is_unusable() {
            break;
        }
    }
    TreeWalk { answers }
}

/// The DMARC records in an answer, sorted.
pub fn records(answer: &DnsAnswer) -> Vec<String> {
    let mut found: Vec<String> = answer.texts().into_iter().filter(|t| is_dmarc(t)).collect();
    found.sort();
    found
}

impl TreeWalk {
    /// The answer at the domain's own name.
    pub fn own(&self) -> Option<&DnsAnswer> {
        self.answers.first()
    }

    /// The record that applies.
    pub fn discovery(&self) -> Discovery {
        let Some((own, above)) = self.answers.split_first() else {
            return Discovery::Unclear("nothing was asked".to_owned());
        };
        if own.is_unusable() {
            return Discovery::Unclear(escape(&own.outcome_line()));
        }
        let mut mine = records(own);
        match mine.len() {
            0 => {}
            1 => return Discovery::Own(read(&mine.remove(0))),
            _ => return Discovery::Several(mine),
        }
        if let Some(blind) = above.iter().find(|answer| answer.is_unusable()) {
            return Discovery::Unclear(format!(
                "{}: {}",
                blind.name,
                escape(&blind.outcome_line())
            ));
        }
        inherited(above)
    }

    /// The organisational domain of the name at which a [`climb`] began; `None` where an answer is missing. A name without
    /// any record above it is its own (RFC 9989 §4.10.2).
    pub fn organisation(&self) -> Option<HostName> {
        if self.answers.iter().any(DnsAnswer::is_unusable) {
            return None;
        }
        let start = asked(self.own()?)?;
        let mut widest = start.clone();
        for answer in &self.answers {
            let found = records(answer);
            let [only] = found.as_slice() else { continue };
            let name = asked(answer)?;
            match read(only).psd {
                Psd::No => return Some(name),
                Psd::Yes if name != start => return Some(one_below(&start, &name)),
                _ => widest = name,
            }
        }
        Some(widest)
    }
}

/// The domain whose record an answer is about.
fn asked(answer: &DnsAnswer) -> Option<HostName> {
    let name = answer.name.as_str();
    HostName::parse(name.strip_prefix("_dmarc.").unwrap_or(name)).ok()
}

/// The name above `start` that has one label more than `suffix`.
fn one_below(start: &HostName, suffix: &HostName) -> HostName {
    std::iter::successors(Some(start.clone()), HostName::parent)
        .find(|name| name.labels() == suffix.labels() + 1)
        .unwrap_or_else(|| start.clone())
}

/// The organisational domain's record: one that says `psd=n`, else the one with the fewest labels. One that says `psd=y`
/// belongs to the suffix; it applies when nothing below it has one.
fn inherited(above: &[DnsAnswer]) -> Discovery {
    let found: Vec<(String, DmarcRecord)> = above
        .iter()
        .filter_map(|answer| match records(answer).as_slice() {
            [only] => Some((answer.name.to_string(), read(only))),
            _ => None,
        })
        .collect();
    let organisational = found
        .iter()
        .find(|(_, record)| record.psd == Psd::No)
        .or_else(|| found.iter().rev().find(|(_, r)| r.psd != Psd::Yes))
        .or_else(|| found.first());
    match organisational {
        Some((name, record)) => Discovery::Inherited {
            from: name.strip_prefix("_dmarc.").unwrap_or(name).to_owned(),
            record: record.clone(),
        },
        None => Discovery::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::{broken, name, no_name, nothing, txt};

    fn names(domain: &str) -> Vec<String> {
        path(&name(domain))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_walk_climbs_to_the_top_and_jumps_over_long_names() {
        assert_eq!(
            names("a.acme.example"),
            ["a.acme.example", "acme.example", "example"]
        );
        let long = names("a.b.c.d.e.f.g.h.i.acme.example");
        assert_eq!(long.len(), 8);
        assert_eq!(long[1], "e.f.g.h.i.acme.example");
        assert_eq!(
            names("a.b.c.d.e.f.acme.example")[1],
            "b.c.d.e.f.acme.example"
        );
        assert_eq!(long[7], "example");
    }

    fn discovery(answers: Vec<DnsAnswer>) -> Discovery {
        TreeWalk { answers }.discovery()
    }

    #[test]
    fn the_record_that_applies() {
        let own = "_dmarc.a.acme.example";
        let org = "_dmarc.acme.example";
        let tld = "_dmarc.example";
        let none = || no_name(own, RecordType::Txt);
        assert!(matches!(
            discovery(vec![txt(own, &["v=DMARC1; p=none", "other"])]),
            Discovery::Own(_)
        ));
        assert!(matches!(
            discovery(vec![txt(own, &["v=DMARC1; p=none", "v=DMARC1; p=reject"])]),
            Discovery::Several(_)
        ));
        assert_eq!(
            discovery(vec![none(), nothing(org, RecordType::Txt)]),
            Discovery::Absent
        );
        assert!(matches!(
            discovery(vec![broken(own, RecordType::Txt)]),
            Discovery::Unclear(_)
        ));
        assert!(matches!(
            discovery(vec![none(), broken(org, RecordType::Txt)]),
            Discovery::Unclear(_)
        ));
        for (above, want) in [
            (
                vec![
                    txt(org, &["v=DMARC1; p=reject"]),
                    no_name(tld, RecordType::Txt),
                ],
                "acme.example",
            ),
            (
                vec![
                    txt(org, &["v=DMARC1; p=reject"]),
                    txt(tld, &["v=DMARC1; p=none; psd=y"]),
                ],
                "acme.example",
            ),
            (
                vec![txt(org, &["v=DMARC1; p=reject; psd=n"])],
                "acme.example",
            ),
            (
                vec![
                    nothing(org, RecordType::Txt),
                    txt(tld, &["v=DMARC1; p=reject; psd=y"]),
                ],
                "example",
            ),
            (
                vec![
                    txt(org, &["v=DMARC1; p=reject"]),
                    txt(tld, &["v=DMARC1; p=none"]),
                ],
                "example",
            ),
        ] {
            let answers = std::iter::once(none()).chain(above).collect();
            match discovery(answers) {
                Discovery::Inherited { from, .. } => assert_eq!(from, want),
                other => panic!("{want}: {other:?}"),
            }
        }
    }
    #[test]
    fn the_organisation_is_told_from_the_records() {
        let own = "_dmarc.a.acme.example";
        let org = "_dmarc.acme.example";
        let tld = "_dmarc.example";
        let none = |at: &str| no_name(at, RecordType::Txt);
        let some = |at: &str| txt(at, &["v=DMARC1; p=none"]);
        for (answers, want) in [
            (vec![none(own), some(org), none(tld)], Some("acme.example")),
            (vec![some(own), some(org), none(tld)], Some("acme.example")),
            (
                vec![some(own), none(org), none(tld)],
                Some("a.acme.example"),
            ),
            (
                vec![none(own), none(org), none(tld)],
                Some("a.acme.example"),
            ),
            (
                vec![txt(own, &["v=DMARC1; p=none; psd=n"])],
                Some("a.acme.example"),
            ),
            (
                vec![none(own), none(org), txt(tld, &["v=DMARC1; p=none; psd=y"])],
                Some("acme.example"),
            ),
            (
                vec![
                    none(own),
                    txt(org, &["v=DMARC1; p=none", "v=DMARC1; p=reject"]),
                    none(tld),
                ],
                Some("a.acme.example"),
            ),
            (vec![some(own), broken(org, RecordType::Txt)], None),
        ] {
            let organisation = TreeWalk { answers }.organisation();
            assert_eq!(organisation.as_ref().map(HostName::as_str), want);
        }
    }
}
