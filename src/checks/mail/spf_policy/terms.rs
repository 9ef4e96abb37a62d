//! Terms that let in too many, or nobody knows whom.

use crate::checks::mail::senders;
use crate::checks::mail::spf::parse::Parsed;
use crate::checks::mail::spf::term::{Mechanism, Qualifier};
use crate::checks::mail::spf::tree::{Looked, SpfNode};
use crate::model::intent::Intent;
use crate::model::text::escape;

/// Ranges wider than these let in whole providers by address.
const WIDEST_IP4: u8 = 8;
const WIDEST_IP6: u8 = 16;

/// Terms that deserve a look: `ptr`, wide ranges, includes of services that nobody declared.
pub fn remarks(tree: &SpfNode, intent: &Intent, parsed: &Parsed) -> Vec<String> {
    let declared = senders::includes(intent);
    let mut notes = Vec::new();
    for term in parsed.evaluated() {
        let text = escape(&term.text);
        match term.directive() {
            Some((_, Mechanism::Ptr(_))) => {
                notes.push(format!("`{text}` should not be used (RFC 7208 §5.5)"));
            }
            Some((_, Mechanism::Ip4 { prefix, .. })) if *prefix <= WIDEST_IP4 => {
                notes.push(format!("`{text}` lets in a very large range"));
            }
            Some((_, Mechanism::Ip6 { prefix, .. })) if *prefix <= WIDEST_IP6 => {
                notes.push(format!("`{text}` lets in a very large range"));
            }
            _ => {}
        }
        let Some(target) = term.include() else {
            continue;
        };
        let name = target.text.trim_end_matches('.').to_ascii_lowercase();
        let leads_to_declared = || {
            tree.branches.iter().any(|branch| {
                branch.term == term.text
                    && matches!(&branch.looked, Looked::Record(node)
                        if node.nodes().iter().any(|n| declared.contains(&n.domain)))
            })
        };
        if !intent.senders.is_empty() && !declared.contains(&name) && !leads_to_declared() {
            notes.push(format!("`{text}` belongs to no declared sender"));
        }
    }
    notes
}

/// A term that lets in every address, here or in a record that lets somebody in: what `-include:` refers to refuses.
pub fn opens_to_all(tree: &SpfNode) -> Option<String> {
    tree.admitting().into_iter().find_map(|node| {
        let (_, parsed) = node.parsed()?;
        let open = parsed.evaluated().find(|term| {
            matches!(
                term.directive(),
                Some((
                    Qualifier::Pass,
                    Mechanism::All
                        | Mechanism::Ip4 { prefix: 0, .. }
                        | Mechanism::Ip6 { prefix: 0, .. }
                ))
            )
        })?;
        Some(format!(
            "`{}` in the record of {}",
            escape(&open.text),
            escape(&node.domain)
        ))
    })
}
