//! What a registry said of a domain.

use super::{made, redact, repeat};
use crate::model::finding::Evidence;
use crate::model::observation::rdap::{DomainObject, RdapGap, Registration};
use crate::model::text::escape;

/// Events that move with the registry's clock and prove nothing.
const CLOCK: &str = "last update of rdap database";

/// One RDAP answer: the members that are judged. Repeats as `curl`.
pub fn registration(seen: &Registration) -> Evidence {
    let text = match &seen.outcome {
        Ok(object) => lines(object).join("\n"),
        Err(gap) => said(gap),
    };
    let repeat = match seen.outcome {
        Err(RdapGap::NotOptedIn | RdapGap::PrivateSuffix(_)) => String::new(),
        _ => format!(
            "curl -sS -L -H 'accept: application/rdap+json' {}",
            repeat::quote(&seen.source)
        ),
    };
    made("rdap", seen.at, &redact::url(&seen.source), &text, repeat)
}

/// Why nothing was learned, for a sentence.
pub fn said(gap: &RdapGap) -> String {
    match gap {
        RdapGap::NotOptedIn => "registries are a third party and were not opted in to".to_owned(),
        RdapGap::PrivateSuffix(suffix) => {
            format!("names below {suffix} are given out by a company, no registry holds them")
        }
        RdapGap::NoService(tld) => format!("the registry of .{tld} offers no RDAP service"),
        RdapGap::NotFound => "the registry's RDAP server knows no such domain (404)".to_owned(),
        RdapGap::RateLimited { seconds, again } => {
            let when = match (seconds, again) {
                (Some(seconds), _) => format!("try again {seconds} s later, as it asks"),
                (None, Some(again)) => format!("try again after {again}, as it asks"),
                (None, None) => "try again in an hour".to_owned(),
            };
            format!("the RDAP server was asked too often from here (429); {when}")
        }
        RdapGap::NotRdap(why) => format!("what came back is not RDAP: {why}"),
        RdapGap::NotTrusted(why) => format!("the RDAP server cannot be trusted: {why}"),
        RdapGap::Failed(failure) => failure.text.clone(),
    }
}

fn lines(object: &DomainObject) -> Vec<String> {
    let told = |list: &Option<Vec<String>>| match list {
        None => "not told".to_owned(),
        Some(list) if list.is_empty() => "none".to_owned(),
        Some(list) => list.join(", "),
    };
    let mut lines = vec![
        format!("domain {}", object.name),
        format!("status {}", told(&object.status)),
        format!("nameservers {}", told(&object.nameservers)),
    ];
    lines.extend(
        object
            .events
            .iter()
            .filter(|event| event.action != CLOCK)
            .map(|event| match &event.date {
                Ok(date) => format!("{} {date}", event.action),
                Err(text) => format!("{} `{text}` (no date)", event.action),
            }),
    );
    lines.extend(object.delegation_signed.map(|signed| {
        match signed {
            true => "delegation signed",
            false => "delegation not signed",
        }
        .to_owned()
    }));
    lines.extend(object.registrar.as_ref().map(|r| format!("registrar {r}")));
    lines.iter().map(|line| escape(line)).collect()
}
