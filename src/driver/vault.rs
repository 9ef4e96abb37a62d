//! Credentials, on a thread that may block: a keyring may ask the person first.

use std::path::PathBuf;
use std::thread;

use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedSender;

use super::turn::Answer;
use crate::app::vault::{Credential, Secret, Vault as Known};
use crate::app::{Effect, Message};
use crate::vault::{COMMON, Options, Sources, Vault, VaultProblem, gather};

/// Where the credentials of a session are.
#[derive(Clone)]
pub(super) struct VaultSide {
    pub(super) folder: PathBuf,
    pub(super) passphrase: Option<SecretString>,
    /// Credentials as files.
    pub(super) mounted: Option<PathBuf>,
    pub(super) answers: UnboundedSender<Answer>,
}

/// Passwords that are lent, by name.
pub(super) type Passwords = Vec<(&'static str, SecretString)>;

/// What is to be done with the vault of one session.
pub(super) enum Work {
    Read,
    Store {
        name: String,
        secret: Secret,
    },
    Test(String),
    Remove(String),
    /// Lends passwords to what begins then; what is not stored is not lent.
    Lend {
        names: Vec<&'static str>,
        effect: Effect,
    },
}

impl VaultSide {
    /// Does it, and tells what is in the vault afterwards.
    pub(super) fn ask(&self, scope: String, work: Work) {
        let side = self.clone();
        let spawned = thread::Builder::new()
            .name("vault".to_owned())
            .spawn(move || side.work(scope, work));
        if let Err(why) = spawned {
            self.say(Message::VaultFailed(why.to_string()));
        }
    }

    fn work(&self, scope: String, work: Work) {
        if let Work::Lend { names, effect } = work {
            return self.lend(&scope, &names, effect);
        }
        let opened = Vault::open(Options {
            folder: self.folder.clone(),
            scope,
            passphrase: self.passphrase.clone(),
            only: None,
            work_factor: None,
        });
        let mut vault = match opened {
            Ok(vault) => vault,
            Err(why) => return self.say(Message::VaultFailed(why.to_string())),
        };
        let done = match work {
            Work::Read | Work::Lend { .. } => Ok(()),
            Work::Store { name, secret } => vault.set(&name, secret.inner()).map(|_| ()),
            Work::Remove(name) => vault.remove(&name),
            Work::Test(name) => {
                let result = vault
                    .test(&name)
                    .map(|place| format!("read from {place}"))
                    .map_err(|why| why.to_string());
                return self.say(Message::CredentialTested { name, result });
            }
        };
        match done.and_then(|()| known(&vault)) {
            Ok(known) => self.say(Message::VaultRead(Box::new(known))),
            Err(why) => self.say(Message::VaultFailed(why.to_string())),
        }
    }

    /// Of the session, else of none; the vault is opened only where it has one of them.
    fn lend(&self, scope: &str, names: &[&'static str], effect: Effect) {
        let sources = Sources {
            folder: &self.folder,
            scopes: vec![scope, COMMON],
            mounted: self.mounted.as_deref(),
        };
        let passwords = match gather(names, &sources, || self.passphrase.clone()) {
            Ok(found) => names
                .iter()
                .filter_map(|name| Some((*name, found.get(*name)?.clone())))
                .collect(),
            // The check says what is missing.
            Err(why) => {
                self.say(Message::VaultFailed(why.to_string()));
                Passwords::new()
            }
        };
        // The cockpit may be gone by now.
        let _ = self.answers.send(Answer::Lent { passwords, effect });
    }

    fn say(&self, message: Message) {
        // The cockpit may be gone by now.
        let _ = self.answers.send(Answer::Message(message));
    }
}

/// Names, never values.
fn known(vault: &Vault) -> Result<Known, VaultProblem> {
    Ok(Known {
        backend: Some(vault.place().to_string()),
        credentials: vault
            .names()?
            .into_iter()
            .map(|name| Credential {
                name,
                used_by: String::new(),
                stored: true,
                tested: None,
            })
            .collect(),
        problem: None,
        busy: false,
    })
}
