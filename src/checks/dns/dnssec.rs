//! `dns.dnssec`: secure, or plainly unsigned; never bogus. A stale DS after a move of the DNS host is the commonest way to
//! take a whole domain off the air for validating resolvers, and it blocks certificates too.

mod ds;
mod repair;
mod signatures;

use self::ds::{Ds, Fit};
use self::repair::{repair, sign_again, switch_on, take_back};
use self::signatures::{Uncovered, covered, remarks};
use super::zone::{self, list};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Evidence;
use crate::model::intent::Intent;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, Dnssec, Rcode};
use crate::model::observation::{Failure, FailureKind};
use crate::model::verdict::{Confidence, Severity};
use crate::remedy;

/// The check.
pub struct DnssecCheck;

const BREAKS_VALIDATION: &str =
    "a validating resolver answers SERVFAIL, and NOERROR when told not to validate";

const META: Meta = Meta {
    id: "dns.dnssec",
    title: "DNSSEC is sound: the chain of trust holds, or none is claimed",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 40,
    version: 2,
    standards: &["RFC 4035 §5", "RFC 6840 §5", "RFC 8624 §3"],
    guide: include_str!("../../../assets/guides/dns.dnssec.md"),
};

impl Rule for DnssecCheck {
    type Seen = Dnssec;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Dnssec {
        let mut seen = (*look.network.dnssec(&zone::of(look.intent)).await).clone();
        if look.network.self_check().await.resolver == "lying" {
            disbelieve(&mut seen);
        }
        seen
    }

    fn judge(&self, seen: &Dnssec, case: Case<'_>) -> Judgement {
        let judgement = match zone::zone_above(&seen.unchecked) {
            Some(above) => Judgement::not_applicable(format!(
                "{} is no zone of its own: it lives in the zone {above}",
                case.subject
            ))
            .plainly(format!(
                "{} is part of a larger domain, {above}, which has its own settings.",
                case.subject
            )),
            None => judge_chain(seen, case),
        };
        judgement
            .exhibit(ds::table(&ds::all(seen), seen))
            .detail("ds_matches", seen.ds_matches.clone())
            .detail("signed", is_signed(seen))
            .evidence(all_evidence(seen))
    }
}

/// What a resolver says that makes answers up is as good as nothing.
fn disbelieve(seen: &mut Dnssec) {
    for answer in [
        &mut seen.ds,
        &mut seen.dnskey,
        &mut seen.checked,
        &mut seen.unchecked,
    ] {
        let why = format!("the resolver {} makes answers up", answer.server);
        answer.outcome = Err(Failure::new(FailureKind::Malformed, why));
    }
}

fn judge_chain(seen: &Dnssec, case: Case<'_>) -> Judgement {
    let zone = case.subject;
    if seen.ds.is_unusable() {
        return unknown(case, &seen.ds, "whether the parent has a DS record");
    }
    if seen.ds.is_absent() {
        return unsigned(seen, case);
    }
    let at_parent = ds::all(seen);
    if !at_parent.is_empty() && at_parent.iter().all(|ds| ds.fit == Fit::LeftOut) {
        return left_out(seen, &at_parent, case);
    }
    if seen.dnskey.is_absent() {
        return left_behind(seen, &at_parent, case);
    }
    if seen.dnskey.is_unusable() {
        return match breaks_validation(seen) {
            true => bogus(case, BREAKS_VALIDATION).remedy(repair(case)),
            false => unknown(case, &seen.dnskey, "the zone's keys"),
        };
    }
    if !ds::vouch(&at_parent, seen) {
        return match at_parent.iter().find(|ds| ds.fit == Fit::OtherDigest) {
            Some(ds) => bogus(case, &format!(
                "the DS at the parent names key {} of the zone, but its digest is of something else: it was copied wrongly, or is of a former key of the same tag",
                ds.key_tag
            ))
            .remedy(repair(case)),
            None => left_behind(seen, &at_parent, case),
        };
    }
    for covers in ["DNSKEY", "SOA"] {
        match covered(seen, covers, case.now) {
            Ok(()) => {}
            Err(Uncovered::RanOut(why)) => return bogus(case, &why).remedy(sign_again(case)),
            Err(Uncovered::Otherwise(why)) => return bogus(case, &why).remedy(repair(case)),
        }
    }
    if breaks_validation(seen) {
        return bogus(case, BREAKS_VALIDATION).remedy(repair(case));
    }
    if seen.checked.is_unusable() {
        return unknown(
            case,
            &seen.checked,
            "how a validating resolver sees the zone",
        );
    }
    let remarks = remarks(seen, case.now);
    let summary = format!("{zone} is secure: DS, keys and signatures hold");
    if remarks.is_empty() {
        return Judgement::pass(summary)
            .plainly("The records of your domain are signed, and the signatures hold.");
    }
    Judgement::warn(format!("{summary}; {}", list(&remarks)))
        .severity(Severity::Advice)
        .plainly("The records of your domain are signed and hold today, but the way they are signed needs care.")
        .fact("secure, with remarks")
        .remedy(remedy::manual(
            META.id,
            [
                format!("At {}, look at the zone's DNSSEC settings: algorithm 13 (ECDSA P-256) keys, automatic re-signing.", remedy::place::console(case.intent).name()),
                "Roll the keys there if they are old or short; wait until the new DS is at the parent before the old key goes.".to_owned(),
            ],
            "Keep the old key in the zone until every cache has the new DS.",
        ))
}

/// No DS fits: the commonest fault of a move. The zone itself answers, so that whoever does not validate notices nothing.
fn left_behind(seen: &Dnssec, at_parent: &[Ds], case: Case<'_>) -> Judgement {
    let mut tags: Vec<String> = at_parent.iter().map(|ds| ds.key_tag.to_string()).collect();
    tags.dedup();
    let tags = list(&tags);
    let signed = seen.dnskey.shape() == AnswerShape::Records;
    let fact = match signed {
        true => format!("the DS at the parent (key tag {tags}) fits no key of the zone"),
        false => format!("the parent has a DS record (key tag {tags}), but the zone has no DNSKEY"),
    };
    if seen.unchecked.shape() != AnswerShape::Records {
        return bogus(case, &fact).remedy(take_back(&tags, signed, case));
    }
    let origin = match signed {
        true => {
            "it was left behind by the move from the former DNS host, or by a key change that was not finished"
        }
        false => {
            "it was left behind by the move from the former DNS host, which signed the zone as the present one does not"
        }
    };
    bogus(case, &format!("{fact}; {origin}"))
        .plainly(format!("The seal of {0} at the registrar is still that of the former DNS host, and {0} is sealed otherwise now, or not at all. Who does not check seals notices nothing; for everyone else the site and its mail do not exist, and certificates cannot be renewed.", case.subject))
        .fact(fact)
        .remedy(take_back(&tags, signed, case))
}

/// Validators know no DS of the parent: to them the zone is unsigned. What one of them knows beyond the others is its own word.
fn left_out(seen: &Dnssec, at_parent: &[Ds], case: Case<'_>) -> Judgement {
    let zone = case.subject;
    if breaks_validation(seen) {
        return bogus(case, BREAKS_VALIDATION).remedy(repair(case));
    }
    let Some(checked) = seen
        .checked
        .message()
        .filter(|_| !seen.checked.is_unusable())
    else {
        return unknown(
            case,
            &seen.checked,
            "how a validating resolver sees the zone",
        );
    };
    let kinds = list(&ds::kinds(at_parent));
    if checked.ad {
        return Judgement::pass(format!(
            "{zone} is secure by the word of the resolver {}; its DS records ({kinds}) cannot be verified here",
            seen.checked.server
        ))
        .confidence(Confidence::Likely)
        .plainly("The records of your domain are signed in a way that not everybody can check; the resolver that was asked could.")
        .fact(format!("secure to a resolver, {kinds}"));
    }
    Judgement::warn(format!(
        "{zone} counts as unsigned: validators know none of its DS records at the parent ({kinds}) and leave them out"
    ))
    .severity(Severity::Advice)
    .plainly("The seal of your domain is of a kind that nobody can check. Nothing breaks, but it protects nobody.")
    .remedy(remedy::manual(
        META.id,
        [
            format!("At {}: change the zone's keys to algorithm 13 (ECDSA P-256), with a DS of digest type 2 (SHA-256).", remedy::place::console(case.intent).name()),
            format!("At the registrar of {zone}: add the new DS beside the old one, wait a day, then delete the old one."),
        ],
        "Enter the former DS record at the registrar again; it stands in the evidence.",
    ))
}

fn unsigned(seen: &Dnssec, case: Case<'_>) -> Judgement {
    if breaks_validation(seen) {
        let why = format!("{BREAKS_VALIDATION}, though the zone has no DS");
        return bogus(case, &why).remedy(repair(case));
    }
    let island = seen.dnskey.shape() == AnswerShape::Records;
    let summary = if island {
        format!(
            "{} has keys, but no DS at the parent: nobody can verify it",
            case.subject
        )
    } else {
        format!("{} is not signed", case.subject)
    };
    Judgement::warn(summary)
        .severity(Severity::Advice)
        .plainly("Answers about your domain are not signed, so a forged one cannot be told from a true one. Worth doing after the launch, not during it.")
        .remedy(remedy::manual(
            META.id,
            [
                "Not while the domain is being moved: first finish the move.".to_owned(),
                format!("Then {}.", switch_on(case)),
                format!("Copy the DS record that it shows to the registrar of {} (some do it by themselves).", case.subject),
            ],
            "Remove the DS at the registrar first, wait until its TTL is over, and only then switch signing off.",
        ))
}

fn bogus(case: Case<'_>, why: &str) -> Judgement {
    Judgement::fail(format!("{} is bogus: {why}", case.subject))
        .plainly(format!("The signature seal of {} is broken. For everyone whose network checks seals, the site and its mail do not exist, and certificates cannot be renewed.", case.subject))
        .fact(why.to_owned())
}

fn unknown(case: Case<'_>, answer: &DnsAnswer, what: &str) -> Judgement {
    Judgement::unknown(format!(
        "could not learn {what} for {}: {}",
        case.subject,
        answer.outcome_line()
    ))
    .plainly("The signatures of your domain could not be looked at.")
    .fact(format!("could not learn {what}"))
}

fn servfail(answer: &DnsAnswer) -> bool {
    answer.message().is_some_and(|m| m.rcode == Rcode::ServFail)
}

/// Whether only who validates is refused (trap 27).
fn breaks_validation(seen: &Dnssec) -> bool {
    servfail(&seen.checked) && seen.unchecked.shape() == AnswerShape::Records
}

fn is_signed(seen: &Dnssec) -> bool {
    seen.ds.shape() == AnswerShape::Records
}

fn all_evidence(seen: &Dnssec) -> Vec<Evidence> {
    let mut unchecked = evidence::dns(&seen.unchecked);
    unchecked.repeat = unchecked.repeat.replacen("dig ", "dig +cd ", 1);
    let mut list = vec![
        evidence::dns(&seen.ds),
        evidence::dns(&seen.dnskey),
        evidence::dns(&seen.checked),
        unchecked,
    ];
    for entry in &mut list {
        entry.repeat = entry.repeat.replacen("dig ", "dig +dnssec ", 1);
    }
    let signatures: Vec<String> = seen
        .signatures
        .iter()
        .map(|s| {
            let verified = s
                .verified
                .as_ref()
                .map_or_else(String::as_str, |()| "verifies");
            format!(
                "RRSIG {} by key {} ({} to {}): {verified}",
                s.covers, s.key_tag, s.inception, s.expiration
            )
        })
        .collect();
    if !signatures.is_empty() {
        list.push(evidence::note(seen.at, &signatures.join("\n")));
    }
    list
}

#[cfg(test)]
mod tests;
