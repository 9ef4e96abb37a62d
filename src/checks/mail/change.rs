//! Changes to TXT and MX records, and remedies made of them.

use crate::model::finding::{RecordChange, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::RecordType;
use crate::model::text::escape;
use crate::remedy::{change, manual, records};

/// A TXT record that is not there yet.
pub fn add_txt(name: &HostName, value: impl Into<String>) -> RecordChange {
    records::add(name, RecordType::Txt, value)
}

/// A TXT record that becomes another one.
pub fn replace_txt(name: &HostName, old: &str, value: impl Into<String>) -> RecordChange {
    records::replace(name, RecordType::Txt, escape(old), value)
}

/// A TXT record that must go.
pub fn delete_txt(name: &HostName, value: &str) -> RecordChange {
    records::delete(name, RecordType::Txt, escape(value))
}

/// A remedy: what to think of first, then the records in the words of the DNS host. `proof` is the check that proves it.
pub fn remedy<S: Into<String>>(
    intent: &Intent,
    proof: &str,
    first: impl IntoIterator<Item = S>,
    changes: Vec<RecordChange>,
) -> Remedy {
    let mut steps: Vec<String> = first.into_iter().map(Into::into).collect();
    if changes.is_empty() {
        return manual(
            proof,
            steps,
            "Put back what you took out; nothing else is touched.",
        );
    }
    let mut remedy = change(intent, proof, changes);
    steps.append(&mut remedy.steps);
    remedy.steps = steps;
    remedy
}
