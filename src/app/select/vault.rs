//! Names of credentials.

use super::super::state::State;
use super::super::vault::Credential;

/// The credentials that the open session names, and those that are stored.
pub fn credentials(state: &State) -> Vec<Credential> {
    let mut list = state.vault.credentials.clone();
    let accounts = state
        .opened
        .iter()
        .filter_map(|o| o.session.intent.as_ref().map(|i| (&o.session.slug, i)))
        .flat_map(|(slug, intent)| intent.accounts.iter().map(move |a| (slug, a)));
    for (slug, account) in accounts {
        let name = format!("{slug}/{}", account.name);
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
