//! The mail servers that the MX records of a domain name, with their addresses.

use std::net::IpAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::rule::{Judgement, Look};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::Failure;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;

use super::mx::exchange::is_internal;
use super::posture::mail_servers;

/// Mail servers that are looked at, the best first.
const MOST: usize = 10;

/// A mail server. Addresses that nobody outside can reach are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailServer {
    pub name: HostName,
    pub addresses: Result<Vec<IpAddr>, Failure>,
}

/// The MX answer, and the servers that it names, each once.
pub async fn look(look: Look<'_>) -> (DnsAnswer, Vec<MailServer>) {
    let mx = look.network.ask(&look.intent.domain, RecordType::Mx).await;
    let found = named(&mx).into_iter().map(|name| resolve(look, name));
    ((*mx).clone(), join_all(found).await)
}

/// A name with its addresses.
pub async fn resolve(look: Look<'_>, name: HostName) -> MailServer {
    let addresses = look.network.addresses(&name).await.map(|mut list| {
        list.retain(|address| !is_internal(*address));
        list
    });
    MailServer { name, addresses }
}

/// The hosts that MX records name: no null MX, no address, no token, not the sender's own machine. `mail.mx` speaks of those.
fn named(mx: &DnsAnswer) -> Vec<HostName> {
    let mut names: Vec<HostName> = Vec::new();
    for (_, text) in mail_servers(mx) {
        let is_host = text.parse::<IpAddr>().is_err()
            && text != "localhost"
            && !text.ends_with(".localhost")
            && !text.ends_with(".invalid");
        let name = HostName::parse(&text).ok().filter(|_| is_host);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names.truncate(MOST);
    names
}

/// Why there is no mail server to judge; `None` where there is one.
pub fn nobody(mx: &DnsAnswer, servers: &[MailServer], intent: &Intent) -> Option<Judgement> {
    let domain = &intent.domain;
    if mx.is_unusable() {
        return Some(
            Judgement::unknown(format!(
                "the MX records of {domain} could not be read: {}",
                escape(&mx.outcome_line())
            ))
            .plainly("We could not look where mail to your domain goes."),
        );
    }
    if !servers.is_empty() {
        return None;
    }
    let says_none = mail_servers(mx).iter().all(|(_, name)| name.is_empty());
    Some(if says_none {
        Judgement::not_applicable(format!("{domain} names no mail server"))
            .plainly("Your domain names no mail server, so there is none to look at.")
    } else {
        Judgement::blocked(format!(
            "no MX record of {domain} names a real host: see mail.mx"
        ))
        .plainly("The signposts for mail to your domain must be put right first.")
    })
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{intent, mx, nothing, silent};
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn hosts_alone_are_spoken_to_and_each_once() {
        let answer = mx(
            "acme.example",
            &[
                (10, "mx.acme.example"),
                (20, "mx.acme.example"),
                (5, "203.0.113.25"),
                (5, "localhost"),
                (5, "ms1.msv1.invalid"),
                (30, "mx2.acme.example"),
            ],
        );
        let names: Vec<String> = named(&answer).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["mx.acme.example", "mx2.acme.example"]);
    }

    #[test]
    fn no_server_is_told_apart_from_no_answer() {
        for (answer, want) in [
            (silent("acme.example", RecordType::Mx), Verdict::Unknown),
            (
                nothing("acme.example", RecordType::Mx),
                Verdict::NotApplicable,
            ),
            (mx("acme.example", &[(0, "")]), Verdict::NotApplicable),
            (
                mx("acme.example", &[(10, "203.0.113.25")]),
                Verdict::Blocked,
            ),
        ] {
            let judgement = nobody(&answer, &[], &intent()).unwrap();
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }
}
