//! Is every declared sender let in, at the domain or at its own bounce domain?

use crate::checks::mail::change::{add_txt, remedy, replace_txt};
use crate::checks::mail::senders;
use crate::checks::mail::spf::compose;
use crate::checks::mail::spf::tree::SpfNode;
use crate::checks::rule::{Case, Judgement, Rule};
use crate::model::intent::{Intent, Sender};
use crate::model::name::HostName;
use crate::model::text::escape;

use super::probe::{Probe, Standing};
use super::{PolicySeen, SpfPolicy};

/// Declared senders whose include lets them in nowhere.
#[derive(Default)]
pub struct Uncovered<'a> {
    /// Their mail is refused.
    pub sure: Vec<&'a Sender>,
    /// It could not be told.
    pub unsure: Vec<&'a Sender>,
    /// Their addresses are let in one by one.
    pub copied: Vec<&'a Sender>,
}

/// The include of `sender` when no record lets it in, with the domains whose records may.
pub fn unnamed<'a>(
    seen: &'a PolicySeen,
    intent: &'a Intent,
    sender: &'a Sender,
) -> Option<(String, Vec<&'a HostName>)> {
    let include = senders::include_of(sender)?;
    let bounce = bounce_tree(seen, sender);
    let named = std::iter::once(&seen.spf.tree)
        .chain(bounce)
        .flat_map(SpfNode::admitting)
        .any(|node| node.domain == include);
    let domains = std::iter::once(&intent.domain)
        .chain(sender.bounce_domain.as_ref().filter(|_| bounce.is_some()))
        .collect();
    (!named).then_some((include, domains))
}

fn bounce_tree<'a>(seen: &'a PolicySeen, sender: &Sender) -> Option<&'a SpfNode> {
    let bounce = sender.bounce_domain.as_ref()?;
    seen.bounces
        .iter()
        .find(|node| node.domain == bounce.as_str())
}

/// Compares the senders of the intent with the trees, and with what was tried.
pub fn uncovered<'a>(seen: &PolicySeen, intent: &'a Intent) -> Uncovered<'a> {
    let mut result = Uncovered::default();
    for sender in &intent.senders {
        let Some((include, _)) = unnamed(seen, intent, sender) else {
            continue;
        };
        let tried = seen
            .probes
            .iter()
            .find(|probe| probe.tree.domain == include);
        let unread = std::iter::once(&seen.spf.tree)
            .chain(bounce_tree(seen, sender))
            .flat_map(SpfNode::nodes)
            .any(|node| node.selection().is_none());
        match tried.map(Probe::standing) {
            Some(Standing::In) => result.copied.push(sender),
            Some(Standing::Unclear) => result.unsure.push(sender),
            _ if unread => result.unsure.push(sender),
            _ => result.sure.push(sender),
        }
    }
    result
}

/// The failure, with the include merged into the record that is there.
pub fn uncovered_judgement(case: Case<'_>, record: &str, missing: &[&Sender]) -> Judgement {
    let domain = &case.intent.domain;
    let mut here: Vec<String> = Vec::new();
    let mut changes = Vec::new();
    for sender in missing {
        let Some(include) = senders::include_of(sender) else {
            continue;
        };
        match &sender.bounce_domain {
            Some(bounce) if bounce != domain => {
                changes.push(add_txt(bounce, format!("v=spf1 include:{include} ~all")));
            }
            _ => here.push(include),
        }
    }
    if !here.is_empty() {
        changes.push(replace_txt(
            domain,
            record,
            compose::with_includes(record, &here),
        ));
    }
    Judgement::fail(format!(
        "SPF does not cover the declared {}",
        names(missing)
    ))
    .plainly("A service that sends your mail is not on the list of allowed ones, so its mail may land in spam.")
    .detail("missing", missing.iter().map(|s| escape(senders::title(s))).collect::<Vec<_>>())
    .detail("missing_senders", missing.iter().map(|s| escape(&s.name)).collect::<Vec<_>>())
    .remedy(remedy(
        case.intent,
        SpfPolicy::META.id,
        ["Add the service's `include:` to the record that is there. Never add a second SPF record."],
        changes,
    ))
}

/// `senders A (`include:a`), B`.
pub fn names(list: &[&Sender]) -> String {
    let named: Vec<String> = list
        .iter()
        .map(|sender| match senders::include_of(sender) {
            Some(include) => format!("{} (`include:{include}`)", escape(senders::title(sender))),
            None => escape(senders::title(sender)),
        })
        .collect();
    format!(
        "sender{} {}",
        if list.len() == 1 { "" } else { "s" },
        named.join(", ")
    )
}
