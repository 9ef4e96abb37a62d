//! The organisational domain of a name, by the tree walk of RFC 9989 §4.10.2: what relaxed alignment compares.

use futures_util::future::join_all;

use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::net::Network;

use super::discover::{TreeWalk, path, records};
use super::record::{Psd, read};

/// Asks from the name up to the top; unlike the search for a policy it does not end at the name's own record, only at a
/// `psd=` tag.
pub async fn climb(network: &Network, domain: &HostName) -> TreeWalk {
    let owners: Vec<HostName> = path(domain).iter().map(|n| n.child("_dmarc")).collect();
    let asked = owners.iter().map(|name| network.ask(name, RecordType::Txt));
    let mut answers: Vec<DnsAnswer> = Vec::new();
    for answer in join_all(asked).await {
        answers.push((*answer).clone());
        if psd_of(&answer) != Psd::Unknown || answer.is_unusable() {
            break;
        }
    }
    TreeWalk { answers }
}

/// The organisational domain of the name that the walk began at; why not, when an answer on the way says nothing.
pub fn organisation(walk: &TreeWalk, start: &HostName) -> Result<HostName, String> {
    let mut highest: Option<HostName> = None;
    for (answer, name) in walk.answers.iter().zip(path(start)) {
        if answer.is_unusable() {
            return Err(format!(
                "{}: {}",
                answer.name,
                escape(&answer.outcome_line())
            ));
        }
        match psd_of(answer) {
            Psd::No => return Ok(name),
            Psd::Yes if name != *start => return Ok(one_below(&name, start)),
            _ if records(answer).len() == 1 => highest = Some(name),
            _ => {}
        }
    }
    Ok(highest.unwrap_or_else(|| start.clone()))
}

/// The name one label below `suffix` on the way to `start`: a long name is not asked for label by label.
fn one_below(suffix: &HostName, start: &HostName) -> HostName {
    let mut name = start.clone();
    while let Some(above) = name.parent().filter(|above| above != suffix) {
        name = above;
    }
    name
}

/// What the one record of an answer says of `psd=`; several are discarded.
fn psd_of(answer: &DnsAnswer) -> Psd {
    match records(answer).as_slice() {
        [only] => read(only).psd,
        _ => Psd::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::{broken, name, no_name, txt};

    fn found(start: &str, answers: Vec<DnsAnswer>) -> Result<String, String> {
        organisation(&TreeWalk { answers }, &name(start)).map(|name| name.to_string())
    }

    #[test]
    fn the_organisation_is_the_highest_record_unless_a_tag_says_otherwise() {
        let below = "_dmarc.a.acme.example";
        let own = "_dmarc.acme.example";
        let top = "_dmarc.example";
        let none = |at: &str| no_name(at, RecordType::Txt);
        let plain = |at: &str| txt(at, &["v=DMARC1; p=none"]);
        let suffix = |at: &str| txt(at, &["v=DMARC1; p=none; psd=y"]);
        let org = |at: &str| txt(at, &["v=DMARC1; p=none; psd=n"]);
        for (answers, want) in [
            (vec![none(below), plain(own), none(top)], "acme.example"),
            (vec![plain(below), plain(own), none(top)], "acme.example"),
            (vec![none(below), none(own), suffix(top)], "acme.example"),
            (vec![none(below), plain(own), suffix(top)], "acme.example"),
            (vec![none(below), none(own), plain(top)], "example"),
            (vec![org(below)], "a.acme.example"),
            (vec![suffix(below), plain(own), none(top)], "acme.example"),
            (vec![none(below), none(own), none(top)], "a.acme.example"),
        ] {
            assert_eq!(found("a.acme.example", answers), Ok(want.to_owned()));
        }
        let blind = vec![plain(own), broken(top, RecordType::Txt)];
        assert!(
            found("acme.example", blind)
                .unwrap_err()
                .contains("SERVFAIL")
        );
    }

    #[test]
    fn a_suffix_far_above_a_long_name_counts_by_labels() {
        let start = "a.b.c.d.e.f.g.h.acme.example";
        let answers: Vec<DnsAnswer> = path(&name(start))
            .iter()
            .map(|n| {
                let at = format!("_dmarc.{n}");
                if n.as_str() == "example" {
                    txt(&at, &["v=DMARC1; psd=y; p=none"])
                } else {
                    no_name(&at, RecordType::Txt)
                }
            })
            .collect();
        assert_eq!(found(start, answers), Ok("acme.example".to_owned()));
    }
}
