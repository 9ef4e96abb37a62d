//! Names of credentials.

use super::super::state::State;
use super::super::vault::Credential;
use crate::model::intent::message::{INBOX_PASSWORD, SUBMISSION_PASSWORD};

/// The credentials that the open session names, and those that are stored.
pub fn credentials(state: &State) -> Vec<Credential> {
    let mut list = state.vault.credentials.clone();
    let accounts = state
        .opened
        .iter()
        .filter_map(|o| o.session.intent.as_ref())
        .flat_map(|intent| &intent.accounts);
    for account in accounts {
        let name = account.name.clone();
        if !list.iter().any(|c| c.name == name) {
            list.push(Credential {
                name,
                used_by: format!("test account {} ({})", account.name, account.sign_in),
                stored: false,
                tested: None,
            });
        }
    }
    let wanted = state
        .opened
        .iter()
        .filter_map(|o| o.session.intent.as_ref())
        .flat_map(|intent| {
            let inbox = intent.test_inbox.as_ref().filter(|i| i.imap.is_some());
            let inbox = inbox.map(|i| (INBOX_PASSWORD, format!("test inbox {}", i.address)));
            let outgoing = intent.submission.as_ref();
            let outgoing =
                outgoing.map(|s| (SUBMISSION_PASSWORD, format!("outgoing server {}", s.server)));
            [inbox, outgoing].into_iter().flatten()
        });
    for (name, used_by) in wanted {
        match list.iter_mut().find(|c| c.name == name) {
            Some(known) => known.used_by = used_by,
            None => list.push(Credential {
                name: name.to_owned(),
                used_by,
                stored: false,
                tested: None,
            }),
        }
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

/// Their names.
pub fn names(state: &State) -> Vec<String> {
    credentials(state).into_iter().map(|c| c.name).collect()
}
