//! Names of credentials.

use super::super::state::State;
use super::super::vault::Credential;

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
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

/// Their names.
pub fn names(state: &State) -> Vec<String> {
    credentials(state).into_iter().map(|c| c.name).collect()
}
