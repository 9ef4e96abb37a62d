//! `credentials`: set, list, test and remove, by name. A value is read without echo, or from standard input, and never shown.

use std::io::{self, IsTerminal, Read};

use anyhow::Result;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::args::CredentialsAction;
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use super::settings::Settings;
use crate::model::intent::Intent;
use crate::net::{Credentials, Network};
use crate::vault::{COMMON, Options, Sources, Vault, VaultProblem, file_in, gather};

/// Longest value that is taken, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Runs one action.
pub fn run(action: CredentialsAction, settings: &Settings) -> Result<Exit> {
    match action {
        CredentialsAction::Set { name, session } => {
            let mut vault = open(session, settings)?;
            let value = read_value(&name)?;
            let place = vault.set(&name, &value).map_err(problem)?;
            out::line(&format!("{name}: stored in {place}"))?;
        }
        CredentialsAction::List { session } => {
            let vault = open(session, settings)?;
            for name in vault.names().map_err(problem)? {
                out::line(&name)?;
            }
            out::note(&format!("new ones go to {}", vault.place()));
        }
        CredentialsAction::Test { name, session } => {
            let place = open(session, settings)?.test(&name).map_err(problem)?;
            out::line(&format!("{name}: can be read from {place}"))?;
        }
        CredentialsAction::Remove { name, session } => {
            open(session, settings)?.remove(&name).map_err(problem)?;
            out::line(&format!("{name}: removed"))?;
        }
    }
    Ok(Exit::Go)
}

/// `network` with the passwords that `intent` needs, as far as there are any: of the session, else of no session. What is
/// missing stays missing, and the check that wants it says so.
pub async fn with_passwords(
    network: Network,
    intent: &Intent,
    session: Option<&str>,
    settings: &Settings,
) -> Result<Network> {
    let names = intent.passwords();
    if names.is_empty() {
        return Ok(network);
    }
    let (settings, session) = (settings.clone(), session.map(str::to_owned));
    // A keyring may ask the person first.
    let read = tokio::task::spawn_blocking(move || {
        let sources = Sources {
            folder: &settings.data_dir.value,
            scopes: session.as_deref().into_iter().chain([COMMON]).collect(),
            mounted: settings.credentials_dir.as_deref(),
        };
        gather(&names, &sources, || passphrase(&settings).ok().flatten())
    });
    let mut credentials = Credentials::default();
    for (name, value) in read.await?.map_err(problem)? {
        credentials.insert(&name, value);
    }
    if credentials.is_empty() {
        return Ok(network);
    }
    network.with_credentials(credentials).map_err(|why| {
        Problem::usage(
            "setting up the network",
            why,
            "`launch-ready config show` tells where each value comes from",
        )
        .into()
    })
}

/// The credential `name` of the session, else of no session; `None` where there is none.
pub async fn one(
    name: &str,
    session: Option<&str>,
    settings: &Settings,
) -> Result<Option<SecretString>> {
    let (settings, session) = (settings.clone(), session.map(str::to_owned));
    let name = name.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let sources = Sources {
            folder: &settings.data_dir.value,
            scopes: session.as_deref().into_iter().chain([COMMON]).collect(),
            mounted: settings.credentials_dir.as_deref(),
        };
        gather(&[&name], &sources, || passphrase(&settings).ok().flatten())
    });
    Ok(read.await?.map_err(problem)?.into_values().next())
}

/// The passphrase of the encrypted file, from the environment; asked for only when such a file is there already.
fn passphrase(settings: &Settings) -> Result<Option<SecretString>> {
    if let Some(given) = given_passphrase() {
        return Ok(Some(given));
    }
    let file = file_in(&settings.data_dir.value);
    if file.exists() && io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("passphrase of {}: ", file.display()))?;
        return Ok(Some(SecretString::from(typed)));
    }
    Ok(None)
}

/// The passphrase that the environment gives.
pub fn given_passphrase() -> Option<SecretString> {
    std::env::var("LAUNCH_READY_PASSPHRASE")
        .ok()
        .map(SecretString::from)
}

fn open(session: Option<String>, settings: &Settings) -> Result<Vault> {
    let options = Options {
        folder: settings.data_dir.value.clone(),
        scope: session.unwrap_or_else(|| COMMON.to_owned()),
        passphrase: passphrase(settings)?,
        only: None,
        work_factor: None,
    };
    Vault::open(options).map_err(|why| problem(why).into())
}

fn read_value(name: &str) -> Result<SecretString> {
    let typed = if io::stdin().is_terminal() {
        Zeroizing::new(rpassword::prompt_password(format!("{name}: "))?)
    } else {
        let mut piped = Zeroizing::new(String::new());
        io::stdin()
            .lock()
            .take(LONGEST)
            .read_to_string(&mut piped)?;
        piped
    };
    let value = typed.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(Problem::usage(
            format!("storing {name}"),
            "the value is empty",
            "type it, or pipe it in",
        )
        .into());
    }
    Ok(SecretString::from(value.to_owned()))
}

fn problem(why: VaultProblem) -> Problem {
    let hint = match why {
        VaultProblem::NoPlace(_) => "LAUNCH_READY_PASSPHRASE=… launch-ready credentials set NAME",
        _ => "`launch-ready doctor` looks at the keyring",
    };
    Problem::usage("using the vault", why, hint)
}
