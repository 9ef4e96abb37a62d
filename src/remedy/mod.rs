//! Remedies: what to change, composed for this domain and worded for its DNS host.
//!
//! A [`Remedy`] always has steps, an undo and the check that proves it. Nothing here asks the network or judges; what is
//! recognised comes from the [`catalog`], what is meant from the [`Intent`].

pub mod catalog;
pub mod http;
pub mod place;
pub mod portal_records;
pub mod records;
pub mod rollback;
pub mod runbook;

use crate::model::finding::{RecordChange, Remedy, Setting};
use crate::model::intent::Intent;

/// A remedy by DNS records: the steps name the console, the fields and the values.
pub fn change(intent: &Intent, proof: &str, records: Vec<RecordChange>) -> Remedy {
    let place = place::console(intent);
    Remedy {
        steps: place.steps(&records),
        undo: place.undo(&records),
        records,
        settings: Vec::new(),
        proof: proof.to_owned(),
    }
}

/// A remedy by hand: `steps` in order, and how to take them back.
pub fn manual<S: Into<String>>(
    proof: &str,
    steps: impl IntoIterator<Item = S>,
    undo: impl Into<String>,
) -> Remedy {
    Remedy {
        steps: steps.into_iter().map(Into::into).collect(),
        records: Vec::new(),
        settings: Vec::new(),
        undo: undo.into(),
        proof: proof.to_owned(),
    }
}

/// A remedy by settings or files to paste elsewhere than in DNS.
pub fn configure<S: Into<String>>(
    proof: &str,
    steps: impl IntoIterator<Item = S>,
    settings: Vec<Setting>,
    undo: impl Into<String>,
) -> Remedy {
    Remedy {
        settings,
        ..manual(proof, steps, undo)
    }
}
