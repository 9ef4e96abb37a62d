//! `dns.ttl`: a record that is about to change is forgotten within minutes, and one that stays is kept for an hour. Which of
//! the two a host is comes from the intent: what it names and the servers do not say yet is about to change. Only answers
//! with authority count; in a resolver's answer the TTL is what is left of it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::addresses::{Expectation, behind, expected};
use super::kept::{self, Set, Wanted, sets};
use super::propagation::{Asked, ask_authorities, heard, none_heard};
use super::told::Told;
use super::view::View;
use super::zone::{self, list};
use super::{outlook, special};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::{Host, Intent};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::verdict::{Confidence, Severity};
use crate::remedy;
use crate::remedy::records::{self, TTL_SETTLED, TTL_WHILE_CHANGING};

/// The check.
pub struct Ttl;

const META: Meta = Meta {
    id: "dns.ttl",
    title: "Records about to change are forgotten within minutes, the others are kept for an hour",
    severity: Severity::Advice,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1035 §3.2.1", "RFC 2181 §5.2"],
    guide: include_str!("../../../assets/guides/dns.ttl.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Why the zone's servers are not known; empty when they are.
    lost: String,
    authorities: Vec<Asked>,
    /// By the resolver: where an alias that leads out of the zone ends.
    a: DnsAnswer,
    aaaa: DnsAnswer,
    /// Whether the resolver was seen not to make answers up.
    honest: bool,
    /// A of the intended alias target, where the intent names one.
    target: Option<DnsAnswer>,
    /// TTL of the delegation at the parent, where the host is the zone's apex.
    parent_ttl: Option<u32>,
}

impl Rule for Ttl {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let zone = zone::of(look.intent);
        let network = look.network;
        let (authorities, a, aaaa, footing, target, delegation) = futures_util::join!(
            ask_authorities(network, &zone, &host),
            network.ask(&host, RecordType::A),
            network.ask(&host, RecordType::Aaaa),
            network.self_check(),
            behind(look, &host),
            network.delegation(&zone),
        );
        let (lost, authorities) = match authorities {
            Ok(asked) => (String::new(), asked),
            Err(why) => (why, Vec::new()),
        };
        let found = delegation.outcome.as_ref().ok();
        Some(Seen {
            lost,
            authorities,
            a: (*a).clone(),
            aaaa: (*aaaa).clone(),
            honest: footing.resolver != "lying",
            target,
            parent_ttl: found
                .filter(|_| host == zone)
                .and_then(|found| found.parent_ttl),
        })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        judge_seen(seen, case).evidence(
            seen.authorities
                .iter()
                .flat_map(|asked| [&asked.a, &asked.aaaa])
                .map(evidence::dns),
        )
    }
}

/// What is ahead of a host.
enum Ahead {
    /// It should become that.
    Change(String),
    /// It is what it should be.
    Nothing,
    /// The intent does not say what it should be.
    Unsaid,
    Untold(String),
}

fn judge_seen(seen: &Seen, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let (_, mut dark) = heard(&seen.authorities);
    let answered = seen.authorities.iter().filter(|a| View::of(a).is_ok());
    let (own, relayed): (Vec<&Asked>, Vec<&Asked>) =
        answered.partition(|asked| asked.a.message().is_some_and(|m| m.aa));
    dark.extend(relayed.iter().map(|asked| {
        format!(
            "{}: it answers without authority, so its TTL may be what is left of it",
            asked.title
        )
    }));
    if own.is_empty() {
        return none_heard(host, &seen.lost, &dark);
    }
    let ahead = ahead(seen, &own, case);
    if let Ahead::Untold(why) = &ahead {
        return Judgement::unknown(format!(
            "whether {host} is about to change could not be told: {why}"
        ))
        .plainly("Whether the address is the right one already could not be looked up.")
        .fact("ahead not told");
    }
    let sets = sets(&own, case);
    let rows: Vec<(&Set, Wanted)> = sets
        .iter()
        .map(|set| (set, wanted(set, &sets, &ahead, seen, case)))
        .collect();
    let missed: Vec<&Set> = rows
        .iter()
        .filter(|(set, wanted)| !wanted.holds(set))
        .map(|(set, _)| *set)
        .collect();
    let judgement = if !missed.is_empty() {
        unfit(&missed, &ahead, case)
    } else if !dark.is_empty() {
        Judgement::unknown(format!(
            "the TTL of {host} is right where it could be asked; not told by {}",
            list(&dark)
        ))
        .plainly("Not every server of your domain could be asked.")
        .fact("some authorities dark")
    } else {
        fit(&sets, &rows, &ahead, &own, case)
    };
    judgement
        .detail("about_to_change", matches!(ahead, Ahead::Change(_)))
        .exhibit(kept::table(
            &rows,
            [&seen.a, &seen.aaaa],
            seen.parent_ttl.map(|ttl| (host, ttl)),
        ))
}

/// Whether the host is about to change, by the rule of `dns.addresses` put over what each server says.
fn ahead(seen: &Seen, own: &[&Asked], case: Case<'_>) -> Ahead {
    let Some(host) =
        outlook::intended(case).filter(|h| !h.address.is_empty() || h.target.is_some())
    else {
        return Ahead::Unsaid;
    };
    let mut untold = None;
    for asked in own {
        let told = |truth: &DnsAnswer, resolver: &DnsAnswer| Told {
            truth: truth.clone(),
            resolver: resolver.clone(),
            honest: seen.honest,
        };
        let (a, aaaa) = (told(&asked.a, &seen.a), told(&asked.aaaa, &seen.aaaa));
        let a = match a.best() {
            Ok(a) => a,
            Err(why) => {
                untold = Some(why);
                continue;
            }
        };
        let six = aaaa.best().map(DnsAnswer::addresses).unwrap_or_default();
        let mut found: BTreeSet<IpAddr> = a.addresses().into_iter().collect();
        found.extend(six.into_iter().filter(|a| !special::is_synthesised(*a)));
        if found.is_empty() {
            return Ahead::Change(meant(host));
        }
        match expected(host, seen.target.as_ref(), a, &found, case.intent) {
            Expectation::Met | Expectation::Hidden(_) | Expectation::Extra(_) => {}
            Expectation::Missed(want) => return Ahead::Change(want),
            Expectation::Untold(why) => untold = Some(why),
        }
    }
    untold.map_or(Ahead::Nothing, Ahead::Untold)
}

/// What the intent says of the host.
fn meant(host: &Host) -> String {
    let addresses: Vec<String> = host.address.iter().map(ToString::to_string).collect();
    match &host.target {
        Some(target) if addresses.is_empty() => target.to_string(),
        _ => list(&addresses),
    }
}

fn wanted(set: &Set, all: &[Set], ahead: &Ahead, seen: &Seen, case: Case<'_>) -> Wanted {
    if let Some(edge) = set.made_by_edge(&seen.authorities, case) {
        return Wanted::SetBy(edge.to_owned());
    }
    let intended = outlook::intended(case);
    let is_own = set.owner.as_str() == case.subject;
    match ahead {
        Ahead::Change(_) => {
            // A new alias takes the place of what stands at the host; new addresses that of the record that has the old ones.
            let changes = match intended.is_some_and(|host| host.target.is_some()) {
                true => is_own,
                false => !set.leads_to_one_of(all),
            };
            match changes {
                true => Wanted::AtMost(TTL_WHILE_CHANGING),
                false => Wanted::Anything,
            }
        }
        // An alias that answers as addresses is flattened by the DNS host, which makes up the TTL.
        Ahead::Nothing
            if is_own
                && set.rtype != RecordType::Cname
                && intended.is_some_and(|host| host.target.is_some()) =>
        {
            Wanted::SetBy("the DNS host, which flattens the alias".to_owned())
        }
        _ if !is_own && case.intent.host_named(&set.owner).is_some() => Wanted::Anything,
        _ => Wanted::AtLeast(TTL_SETTLED),
    }
}

fn unfit(missed: &[&Set], ahead: &Ahead, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let told = list(&missed.iter().map(|set| set.told()).collect::<Vec<_>>());
    match ahead {
        Ahead::Change(want) => Judgement::fail(format!(
            "{host} should become {want}, but resolvers may keep today's answer for longer than {TTL_WHILE_CHANGING} s: {told}"
        ))
        .plainly(format!("{host} is about to move, and networks are allowed to remember the old place for too long. Lower that time first, then move."))
        .remedy(retime(missed, TTL_WHILE_CHANGING, case)),
        Ahead::Unsaid => Judgement::warn(format!(
            "{told} is kept for less than {TTL_SETTLED} s; the intent does not say where {host} should lead, so a change may be ahead"
        ))
        .severity(Severity::Info)
        .confidence(Confidence::Likely)
        .plainly(format!("The entry of {host} is asked for again every few minutes. Fine while it is being moved; afterwards an hour is better."))
        .remedy(retime(missed, TTL_SETTLED, case)),
        Ahead::Nothing | Ahead::Untold(_) => Judgement::warn(format!(
            "{host} is where it should be, and still kept for less than {TTL_SETTLED} s: {told}"
        ))
        .plainly(format!("{host} has arrived, but its entry is still set as if it were about to move. A longer time makes the site quicker to reach, and reachable through a short outage of the DNS host."))
        .remedy(retime(missed, TTL_SETTLED, case)),
    }
}

fn fit(
    sets: &[Set],
    rows: &[(&Set, Wanted)],
    ahead: &Ahead,
    own: &[&Asked],
    case: Case<'_>,
) -> Judgement {
    let host = case.subject;
    if sets.is_empty() {
        let negative = own.iter().filter_map(|asked| asked.a.negative_ttl()).max();
        let kept = negative.map_or_else(String::new, |ttl| {
            format!("; who asks before there is one may be told so for {ttl} s more")
        });
        return Judgement::not_applicable(format!("{host} has no record yet{kept}")).plainly(
            format!("{host} has no entry yet, so there is nothing to set."),
        );
    }
    let judged: Vec<String> = rows
        .iter()
        .filter(|(_, wanted)| !matches!(wanted, Wanted::Anything))
        .map(|(set, _)| set.told())
        .collect();
    if let Ahead::Change(want) = ahead {
        return Judgement::pass(format!(
            "{host} should become {want}, and today's answer is kept for {TTL_WHILE_CHANGING} s at most: {}",
            list(&judged)
        ))
        .plainly(format!("{host} is about to move, and whoever asks from now on will notice within minutes."));
    }
    let others: Vec<&str> = rows
        .iter()
        .filter_map(|(_, wanted)| match wanted {
            Wanted::SetBy(who) => Some(who.as_str()),
            _ => None,
        })
        .collect();
    let by = match others.first() {
        Some(who) => format!("; the TTL is set by {who}"),
        None => String::new(),
    };
    let told = if judged.is_empty() {
        format!("{host} leads to another host of the intent")
    } else {
        list(&judged)
    };
    Judgement::pass(format!("{told}{by}")).plainly(format!(
        "The entry of {host} is kept as long as it should be."
    ))
}

/// The same records with another TTL.
fn retime(missed: &[&Set], seconds: u32, case: Case<'_>) -> Remedy {
    let changes = missed.iter().flat_map(|set| {
        set.data
            .iter()
            .map(|data| records::retime(&set.owner, set.rtype, data.to_string(), seconds))
    });
    let mut remedy = remedy::change(case.intent, META.id, changes.collect());
    let longest = missed.iter().flat_map(|set| &set.ttls).max();
    match (seconds, longest) {
        (TTL_WHILE_CHANGING, Some(longest)) => {
            remedy.steps.push(format!("Change nothing else yet. Wait {longest} s: until then a resolver may hold the record with the old TTL. Then make the change itself."));
            remedy.steps.push("If the name servers move too: the TTL of the delegation is the registry's, often a day or two. Keep the old servers answering, with the same records, for that long.".to_owned());
        }
        _ => remedy.steps.push("Do it once nothing has to be corrected any more, a day or two after the launch. If the editor does not offer a TTL for this record, the platform sets it: leave it.".to_owned()),
    }
    let before: Vec<String> = missed
        .iter()
        .map(|set| format!("{} to {}", set.title(), set.ttl_text()))
        .collect();
    remedy.undo = format!("In the same editor: set the TTL back, {}.", list(&before));
    remedy
}

#[cfg(test)]
#[path = "ttl_tests.rs"]
mod tests;
