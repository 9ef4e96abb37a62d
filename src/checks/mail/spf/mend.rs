//! Remedies of `mail.spf`: the first record, a near miss made whole, a record without a part that is broken.

use crate::checks::mail::change::{remedy, replace_txt};
use crate::checks::mail::posture::Sending;
use crate::checks::mail::senders;
use crate::checks::rule::{Case, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::text::escape;

use super::parse::parse;
use super::select::{NearMiss, Selection, select};
use super::{Spf, compose};

/// A near miss that is a record once what stands before it is gone.
pub fn mended(miss: &NearMiss) -> Option<String> {
    let bare = miss.text.trim().trim_matches('"').trim();
    let Selection::One(record) = select(&[bare.to_owned()]) else {
        return None;
    };
    parse(&record).problems.is_empty().then_some(record)
}

/// The record to begin with: the declared senders and nobody else.
pub fn first_record(sending: Sending, intent: &Intent) -> String {
    if matches!(sending, Sending::Denied | Sending::Unlikely) {
        return "v=spf1 -all".to_owned();
    }
    let includes: Vec<String> = senders::includes(intent);
    if includes.is_empty() {
        return "v=spf1 mx ~all".to_owned();
    }
    compose::with_includes("v=spf1 -all", &includes)
}

/// A term out of the record whose target is broken.
pub fn without(case: Case<'_>, record: &str, broken: &[String]) -> Remedy {
    let domain = &case.intent.domain;
    let mut steps = vec![
        "Ask the service behind that name which include is right today, or take the term out if the service is no longer used.".to_owned(),
    ];
    let without: Vec<&str> = record
        .split(' ')
        .filter(|word| {
            word.is_empty()
                || !broken
                    .iter()
                    .any(|line| line.starts_with(&escape(word)) && line.contains(domain.as_str()))
        })
        .collect();
    let new = without.join(" ");
    let mut changes = Vec::new();
    if new != record && parse(&new).problems.is_empty() {
        steps.push("If it is not used any more, this is the record without it.".to_owned());
        changes.push(replace_txt(domain, record, new));
    }
    remedy(case.intent, Spf::META.id, steps, changes)
}
