//! What needs a password begins when the vault was read, on a thread that may block: a keyring may ask the person first.

use std::thread;

use super::turn::{Answer, Turn};
use crate::app::Message;
use crate::app::effect::{RehearsalRequest, RunRequest, WatchRequest};
use crate::model::finding::FindingKey;
use crate::model::intent::Intent;
use crate::net::Credentials;
use crate::vault::{COMMON, Sources, gather};

/// Something that the engine is asked for.
pub(super) enum Errand {
    Run(Box<RunRequest>),
    Rehearsal(Box<RehearsalRequest>),
    Watch(Box<WatchRequest>),
}

/// What it is about, while it waits for its passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Run,
    Rehearsal,
    Watch(FindingKey),
}

impl Errand {
    fn intent(&self) -> &Intent {
        match self {
            Self::Run(request) => &request.intent,
            Self::Rehearsal(request) => &request.run.intent,
            Self::Watch(request) => &request.intent,
        }
    }

    fn about(&self) -> About {
        match self {
            Self::Run(_) => About::Run,
            Self::Rehearsal(_) => About::Rehearsal,
            Self::Watch(request) => About::Watch(request.key.clone()),
        }
    }
}

/// What waits, by ticket.
#[derive(Default)]
pub(super) struct Waiting {
    next: u64,
    open: Vec<(u64, About)>,
}

impl Waiting {
    fn take_ticket(&mut self, about: About) -> u64 {
        self.next += 1;
        self.open.push((self.next, about));
        self.next
    }

    /// Whether that ticket still stands; it is used up.
    fn redeem(&mut self, ticket: u64) -> bool {
        let before = self.open.len();
        self.open.retain(|(open, _)| *open != ticket);
        self.open.len() < before
    }

    /// Gives up what is about that; true when there was any.
    pub(super) fn drop_about(&mut self, about: &About) -> bool {
        let before = self.open.len();
        self.open.retain(|(_, open)| open != about);
        self.open.len() < before
    }

    /// Gives up everything.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }
}

impl Turn {
    /// Begins at once what needs no password; the practice range told its own.
    pub(super) fn send_off(&mut self, errand: Errand) {
        let names = errand.intent().passwords();
        if names.is_empty() || self.range.is_some() {
            return self.engine.start(errand);
        }
        let ticket = self.waiting.take_ticket(errand.about());
        let vault = self.vault.clone();
        let slug = self.slug();
        let spawned = thread::Builder::new()
            .name("passwords".to_owned())
            .spawn(move || {
                let sources = Sources {
                    folder: &vault.folder,
                    scopes: vec![slug.as_str(), COMMON],
                    mounted: vault.mounted.as_deref(),
                };
                let found = gather(&names, &sources, || vault.passphrase.clone());
                let found = found.map_err(|why| why.to_string()).map(|values| {
                    let mut credentials = Credentials::default();
                    for (name, value) in values {
                        credentials.insert(&name, value);
                    }
                    credentials
                });
                // The cockpit may be gone by now.
                let _ = vault.answers.send(Answer::Passwords {
                    ticket,
                    found,
                    errand,
                });
            });
        if let Err(why) = spawned {
            self.waiting.redeem(ticket);
            self.say(Message::RunFailed(why.to_string()));
        }
    }

    /// Begins what waited, unless nobody wants it any more. A vault that does not open is no reason to look at nothing.
    pub(super) fn informed(
        &mut self,
        ticket: u64,
        found: Result<Credentials, String>,
        errand: Errand,
    ) {
        if !self.waiting.redeem(ticket) {
            return;
        }
        match found {
            Ok(credentials) => self.engine.know(credentials),
            Err(why) => self.say(Message::VaultFailed(why)),
        }
        self.engine.start(errand);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_not_after_it_was_given_up() {
        let mut waiting = Waiting::default();
        let first = waiting.take_ticket(About::Run);
        let second = waiting.take_ticket(About::Rehearsal);
        assert!(waiting.redeem(first) && !waiting.redeem(first));
        assert!(!waiting.drop_about(&About::Run));
        assert!(waiting.drop_about(&About::Rehearsal));
        assert!(!waiting.redeem(second));
        let third = waiting.take_ticket(About::Run);
        waiting.clear();
        assert!(!waiting.redeem(third));
    }
}
