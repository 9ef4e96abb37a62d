//! How a broken chain of trust is mended, by what broke it. The order of the steps is the point of each.

use super::DnssecCheck;
use crate::checks::rule::{Case, Rule};
use crate::model::finding::Remedy;
use crate::remedy;

const PROOF: &str = DnssecCheck::META.id;

/// The order matters: without the DS the domain is back at once, and nothing is signed anew before the caches have let go.
pub fn take_back(tags: &str, signed: bool, case: Case<'_>) -> Remedy {
    let zone = case.subject;
    let place = remedy::place::console(case.intent);
    let anew = match signed {
        true => format!(
            "Only then sign anew: {} signs the zone already, so enter at the registrar the DS record that it shows today, and check again.",
            place.name()
        ),
        false => format!(
            "Only then sign anew, if at all: {}, and enter the DS record that it shows at the registrar.",
            switch_on(case)
        ),
    };
    remedy::manual(
        PROOF,
        [
            format!("First, at the registrar of {zone} (not at the DNS host): delete the DS record with key tag {tags}. That alone brings the domain back, as unsigned."),
            "Then wait until the DS record's TTL at the parent is over, often a day: until then validating resolvers may hold it still (public ones can be asked to flush). Change neither keys nor name servers meanwhile.".to_owned(),
            anew,
            "Next time: remove the DS and wait for its TTL before the name servers are moved, and add the new one after.".to_owned(),
        ],
        "Enter the former DS record at the registrar again; it stands in the evidence.",
    )
}

/// `switch DNSSEC on at …`, where the DNS host is known by its place.
pub fn switch_on(case: Case<'_>) -> String {
    let place = remedy::place::console(case.intent);
    match place.host() {
        Some(host) if !host.dnssec.is_empty() => {
            format!("switch DNSSEC on at {} ({})", host.title, host.dnssec)
        }
        _ => format!("switch DNSSEC on at {}, if it offers it", place.name()),
    }
}

/// The chain is right, the signatures are old.
pub fn sign_again(case: Case<'_>) -> Remedy {
    remedy::manual(
        PROOF,
        [
            format!("At {}: start a re-signing of {}; where the zone is signed by a program of your own, look why it stopped, and at the clock of that machine.", remedy::place::console(case.intent).name(), case.subject),
            "Leave the DS record at the registrar as it is: it fits.".to_owned(),
            "If the signing cannot be started again today: delete the DS record at the registrar. That brings the domain back, as unsigned, once the DS record's TTL is over.".to_owned(),
        ],
        "Nothing is changed but the dates of the signatures.",
    )
}

/// Where it is not plain which side is wrong.
pub fn repair(case: Case<'_>) -> Remedy {
    let place = remedy::place::console(case.intent);
    remedy::manual(
        PROOF,
        [
            format!("Look whether {} signs the zone {} now, and which DS record it shows.", place.name(), case.subject),
            "If it does not sign: delete the DS record at the registrar. That alone brings the domain back, as unsigned.".to_owned(),
            "If it signs: replace the DS at the registrar by the one shown; if signatures ran out, start a re-signing there.".to_owned(),
            "Wait for the DS record's TTL at the parent (often a day; resolvers may be asked to flush), then check again.".to_owned(),
            "Next time: remove the DS before name servers are moved, and add the new one after.".to_owned(),
        ],
        "Enter the former DS record at the registrar again; it stands in the evidence.",
    )
}
