//! `tls.revocation`: the certificate is not revoked, and one that promises a stapled OCSP response has it (T20 T21, trap 66).
//!
//! No OCSP URL is fine: authorities do without since 2025. The stapled response is read first. A revocation list is fetched
//! only where the operator lets authorities be asked, and believed only when the issuer signed it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::look::{self, HostLook};
use super::path::links;
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{
    Certificate, ListReading, RevocationList, Staple, Status, TlsSession,
};
use crate::model::text::escape;
use crate::model::third_party::REVOCATION;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Revocation;

/// One handshake an address, and the lists of the certificates shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub host: HostLook,
    /// Whether authorities may be asked.
    pub may_ask: bool,
    /// By the fingerprint of the leaf.
    pub lists: Vec<(String, RevocationList)>,
}

impl Rule for Revocation {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.revocation",
        title: "The certificate is not revoked, and is stapled if it says so",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 5280 §5", "RFC 6960 §4.2", "RFC 7633 §4"],
        guide: include_str!("../../../assets/guides/tls.revocation.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let host = look::look(look).await;
        let may_ask = look.network.may_ask(&REVOCATION);
        let mut lists: Vec<(String, RevocationList)> = Vec::new();
        if may_ask {
            for shake in &host.handshakes {
                let Some((leaf, issuer)) = shake
                    .session()
                    .and_then(|session| leaf_and_issuer(session, shake.at))
                else {
                    continue;
                };
                let known = lists.iter().any(|(of, _)| *of == leaf.sha256);
                if let Some(url) = leaf.crl_urls.first().filter(|_| !known) {
                    let list = look.network.revocation_list(url, leaf, issuer).await;
                    lists.push((leaf.sha256.clone(), (*list).clone()));
                }
            }
        }
        Seen {
            host,
            may_ask,
            lists,
        }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = says::judge_sessions(&seen.host, case.subject, |session| {
            let says = judge_session(session, seen, case.now);
            match says.verdict {
                Verdict::Fail => says
                    .severity(look::severity(case.intent, case.subject, Severity::Blocker))
                    .remedy(remedy(session, case.subject)),
                _ => says,
            }
        });
        judgement.evidence(
            seen.lists
                .iter()
                .map(|(_, list)| evidence::revocation_list(list)),
        )
    }
}

fn leaf_and_issuer(session: &TlsSession, at: Timestamp) -> Option<(&Certificate, &Certificate)> {
    let above = *links(&session.chain, at).used.get(1)?;
    Some((session.chain.first()?, session.chain.get(above)?))
}

/// What one source says; the error says why it counts for nothing.
type Word = Result<Standing, String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    Revoked(Timestamp),
}

fn stapled(staple: &Result<Staple, String>, now: Timestamp) -> Word {
    let staple = staple
        .as_ref()
        .map_err(|why| format!("the stapled response: {}", escape(why)))?;
    if !staple.about_leaf {
        return Err("the stapled response is about another certificate".to_owned());
    }
    staple
        .signed
        .as_ref()
        .map_err(|why| format!("the stapled response: {}", escape(why)))?;
    // That a certificate was revoked stays true.
    if let Status::Revoked(at) = staple.status {
        return Ok(Standing::Revoked(at));
    }
    dates(
        "the stapled response",
        staple.this_update,
        staple.next_update,
        now,
    )?;
    match staple.status {
        Status::Good => Ok(Standing::Good),
        _ => Err(
            "the stapled response says that the authority does not know this certificate"
                .to_owned(),
        ),
    }
}

fn listed(list: &RevocationList, now: Timestamp) -> Word {
    let reading: &ListReading = list
        .outcome
        .as_ref()
        .map_err(|failure| format!("the revocation list: {}", escape(&failure.text)))?;
    reading
        .signed
        .as_ref()
        .map_err(|why| format!("the revocation list: {}", escape(why)))?;
    if let Some(at) = reading.revoked {
        return Ok(Standing::Revoked(at));
    }
    dates(
        "the revocation list",
        reading.this_update,
        reading.next_update,
        now,
    )?;
    Ok(Standing::Good)
}

fn dates(
    what: &str,
    from: Timestamp,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), String> {
    if now < from {
        return Err(format!("{what} begins only on {from}"));
    }
    match until.filter(|until| *until <= now) {
        Some(until) => Err(format!("{what} ran out on {until}")),
        None => Ok(()),
    }
}

fn judge_session(session: &TlsSession, seen: &Seen, now: Timestamp) -> Says {
    let Some(leaf) = session.chain.first() else {
        return Says::new(
            Verdict::Unknown,
            "no certificate was sent",
            "The server showed no certificate, so nothing can be said about it.",
        );
    };
    let staple = session.staple.as_ref().map(|staple| stapled(staple, now));
    let list = seen
        .lists
        .iter()
        .find(|(of, _)| *of == leaf.sha256)
        .map(|(_, list)| listed(list, now));
    let words = [
        (staple.clone(), "the stapled OCSP response"),
        (list, "its authority's revocation list"),
    ];
    for (word, source) in &words {
        if let Some(Ok(Standing::Revoked(at))) = word {
            return Says::new(
                Verdict::Fail,
                format!("the certificate was revoked on {at}, says {source}"),
                "The authority took the certificate back: browsers refuse the site, or will within days.",
            )
            .fact("revoked");
        }
    }
    if leaf.must_staple && !matches!(staple, Some(Ok(Standing::Good))) {
        let what = match staple {
            Some(Err(why)) => why,
            _ => "none is stapled".to_owned(),
        };
        return Says::new(
            Verdict::Fail,
            format!("the certificate demands a stapled OCSP response, but {what}"),
            "The certificate promises browsers a proof that the server does not send; Firefox refuses the site for it.",
        )
        .fact("must-staple without a good staple");
    }
    let good: Vec<&str> = words
        .iter()
        .filter(|(word, _)| matches!(word, Some(Ok(Standing::Good))))
        .map(|(_, source)| *source)
        .collect();
    if !good.is_empty() {
        return Says::new(
            Verdict::Pass,
            format!(
                "not revoked, say{} {}",
                if good.len() == 1 { "s" } else { "" },
                good.join(" and ")
            ),
            "The authority stands behind the certificate.",
        )
        .fact("not revoked");
    }
    let why: Vec<String> = words
        .into_iter()
        .filter_map(|(word, _)| word?.err())
        .collect();
    if !why.is_empty() {
        return Says::new(
            Verdict::Unknown,
            format!(
                "whether the certificate is revoked could not be told: {}",
                why.join("; ")
            ),
            "Whether the authority still stands behind the certificate could not be told this time.",
        );
    }
    if !seen.may_ask {
        return Says::new(
            Verdict::NotApplicable,
            format!(
                "nothing is stapled and no staple is promised, and the authority is not asked unless you opt in with --third-parties {} (T in the sprint)",
                REVOCATION.name
            ),
            "Whether the authority took the certificate back was not asked, since that means asking somebody else.",
        )
        .fact("not asked");
    }
    if leaf.crl_urls.is_empty() {
        return Says::new(
            Verdict::NotApplicable,
            "the certificate names no revocation list over http and nothing is stapled: there is nobody to ask (short-lived certificates need none)",
            "The certificate is of a kind that is not taken back but simply ends soon.",
        );
    }
    Says::new(
        Verdict::Unknown,
        "the issuer was not sent, so its revocation list could not be verified",
        "Whether the authority still stands behind the certificate could not be told this time.",
    )
}

fn remedy(session: &TlsSession, host: &str) -> Remedy {
    let promised = session.chain.first().is_some_and(|leaf| leaf.must_staple);
    let renew = format!(
        "Order a new certificate for {host} with a new key: `certbot certonly --force-renewal --reuse-key=false --cert-name {host}`, or the rekey button of the authority."
    );
    let steps = if promised {
        vec![
            "Switch stapling on where the TLS connection ends. nginx: `ssl_stapling on; ssl_stapling_verify on;` and a `resolver`; Apache: `SSLUseStapling On` with an SSLStaplingCache.".to_owned(),
            format!("Or do without the promise: order the certificate of {host} again without must-staple (certbot without `--must-staple`). Let's Encrypt no longer answers OCSP at all."),
            "Reload, and look again.".to_owned(),
        ]
    } else {
        vec![
            renew,
            "Find out why it was revoked: the authority wrote to the address of the account. If the key leaked, look where it was stored.".to_owned(),
            "Install the new file and reload the server, on every machine that answers for this name.".to_owned(),
        ]
    };
    remedy::manual(
        "tls.revocation",
        steps,
        "A revoked certificate cannot be used again; a change of the stapling is undone by putting the old lines back.",
    )
}

#[cfg(test)]
#[path = "revocation_tests.rs"]
mod tests;
