//! What the receiver says of a message and what it proves: DMARC, and the two ways to it. Pure.

use super::points::{Kind, Point, point};
use super::proof::{Proof, Way};
use super::seen::Facts;
use crate::model::verdict::Verdict;

/// The points of SPF, DKIM and DMARC by the receiver's word.
pub(super) fn authentication(facts: &Facts, proof: &Proof) -> Vec<Point> {
    if !facts.told {
        let text = match (&facts.receiver, facts.told_cut) {
            (None, _) => "nobody said whose Authentication-Results count for this inbox".to_owned(),
            (Some(receiver), true) => {
                format!("the Authentication-Results of {receiver} are too long to be read")
            }
            (Some(receiver), false) => {
                format!("no Authentication-Results of {receiver} stand in it")
            }
        };
        let kind = match facts.receiver {
            None => Kind::ReceiverUnknown,
            Some(_) => Kind::Untold,
        };
        return vec![point(kind, Verdict::Unknown, text)];
    }
    let receiver = facts.receiver.as_deref().unwrap_or("the receiver");
    let mut points = dmarc(facts, proof, receiver);
    let fails = points.iter().any(|p| p.verdict == Verdict::Fail);
    if !fails {
        points.extend(ways(proof, receiver));
    }
    if facts.told_cut {
        points.push(point(
            Kind::Untold,
            Verdict::Unknown,
            format!("a part of what {receiver} says is too long to be read"),
        ));
    }
    if facts.cut {
        points.push(point(
            Kind::Cut,
            Verdict::Unknown,
            "only its beginning was read, so its signatures could not be verified",
        ));
    }
    points
}

fn dmarc(facts: &Facts, proof: &Proof, receiver: &str) -> Vec<Point> {
    let mut said: Vec<&str> = facts.of("dmarc").map(|r| r.result.as_str()).collect();
    said.dedup();
    let why = format!("SPF {}; DKIM {}", proof.spf.said(), proof.dkim.said());
    let home = facts.home();
    let other = facts
        .of("dmarc")
        .find_map(|r| r.domain.as_ref().filter(|d| home != Some(*d)));
    match said.as_slice() {
        [] if proof.spf.is_no() && proof.dkim.is_no() => vec![point(
            Kind::NotAligned,
            Verdict::Fail,
            format!("neither SPF nor DKIM proves the From domain: {why}"),
        )],
        [] => vec![point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} says nothing of DMARC ({why})"),
        )],
        ["pass"] => match other {
            Some(domain) => vec![point(
                Kind::Untold,
                Verdict::Unknown,
                format!("{receiver} speaks of {domain}, which is not the domain in From"),
            )],
            None if proof.spf.is_no() && proof.dkim.is_no() => vec![point(
                Kind::NotAligned,
                Verdict::Fail,
                format!(
                    "{receiver} let it pass, yet by today's DMARC record neither SPF nor DKIM aligns: {why}"
                ),
            )],
            None => Vec::new(),
        },
        ["temperror"] => vec![point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} could not tell whether DMARC passes just then (temperror)"),
        )],
        ["none" | "bestguesspass"] => vec![point(
            Kind::NoDmarc,
            Verdict::Fail,
            format!("{receiver} found no DMARC record ({why})"),
        )],
        [one] => vec![point(
            Kind::Dmarc,
            Verdict::Fail,
            format!("{receiver} says dmarc={one}: {why}"),
        )],
        several => vec![point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} says both dmarc={}", several.join(" and dmarc=")),
        )],
    }
}

/// Where DMARC passes by one of the two ways, what is the matter with the other.
fn ways(proof: &Proof, receiver: &str) -> Vec<Point> {
    let spf = match &proof.spf {
        Way::Aligned(_) => None,
        Way::Unclear(why) => Some(point(
            Kind::Unseen,
            Verdict::Unknown,
            format!("whether SPF aligns is not known: {why}"),
        )),
        Way::Untold => Some(point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} says nothing of SPF"),
        )),
        Way::Unaligned(domain) => Some(point(
            Kind::SpfUnaligned,
            Verdict::Warn,
            format!("SPF passes for {domain} only, the service's own bounce domain"),
        )),
        Way::Not { result, .. } => {
            let verdict = match result.as_str() {
                "softfail" | "neutral" | "none" | "policy" => Verdict::Warn,
                "temperror" => Verdict::Unknown,
                _ => Verdict::Fail,
            };
            Some(point(
                Kind::Spf,
                verdict,
                format!("SPF {}", proof.spf.said()),
            ))
        }
    };
    let dkim = match &proof.dkim {
        Way::Aligned(_) => None,
        Way::Unclear(why) => Some(point(
            Kind::Unseen,
            Verdict::Unknown,
            format!("whether DKIM aligns is not known: {why}"),
        )),
        Way::Untold => Some(point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} says nothing of DKIM"),
        )),
        Way::Unaligned(domain) => Some(point(
            Kind::DkimUnaligned,
            Verdict::Warn,
            format!("DKIM passes for {domain} only, the service's own domain"),
        )),
        Way::Not { result, .. } if result == "none" => Some(point(
            Kind::Unsigned,
            Verdict::Warn,
            "it is not signed with DKIM",
        )),
        Way::Not { result, .. } if result == "temperror" => Some(point(
            Kind::Untold,
            Verdict::Unknown,
            format!("{receiver} could not verify DKIM just then (temperror)"),
        )),
        Way::Not { .. } => Some(point(
            Kind::Dkim,
            Verdict::Fail,
            format!("DKIM {}", proof.dkim.said()),
        )),
    };
    spf.into_iter().chain(dkim).collect()
}
