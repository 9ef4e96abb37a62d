//! How to get off the lists.

use super::{Blocklists, Lines};
use crate::checks::rule::{Case, Rule};
use crate::model::finding::Remedy;
use crate::remedy;
use crate::remedy::catalog::blocklist::{self, Weight};

/// The cause first, since whoever is taken off with it comes back.
pub(super) fn leave(lines: &Lines, case: Case<'_>) -> Remedy {
    let mut steps = vec![
        format!(
            "Find the cause before you ask anybody: look in the mail server's log for messages that nobody of {} wrote, for a form or an account that strangers use, and for a site that was broken into.",
            case.intent.domain
        ),
        "Mend it: change the password or the key, close the form, take bought addresses off the list of recipients. Wait until the log is quiet.".to_owned(),
    ];
    for list in blocklist::all() {
        let things: Vec<&str> = lines
            .lines
            .iter()
            .filter(|line| line.list.id == list.id && line.weight().is_some())
            .map(|line| line.thing.as_str())
            .collect();
        if !things.is_empty() {
            steps.push(format!(
                "{} ({}): {}. {}",
                list.title,
                things.join(", "),
                list.leaving,
                list.page
            ));
        }
    }
    if lines.gravest() == Some(Weight::Policy) {
        steps = steps.split_off(2);
        steps.insert(0, "If this server only receives, or hands mail to a provider, nothing is to be done. If it sends by itself, let it send through the provider's server, or have the address taken off:".to_owned());
    }
    steps.push(
        "Never pay for a removal, and ask each list once: repeated requests make it slower."
            .to_owned(),
    );
    remedy::manual(
        Blocklists::META.id,
        steps,
        "A removal needs no undo. Whatever was closed to stop the abuse can be opened again once it is safe.",
    )
}
