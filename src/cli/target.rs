//! What a command is about: a domain, or a session in its file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;

use super::args;
use super::exit::Exit;
use super::future;
use super::intent;
use super::messages;
use super::problem::Problem;
use super::settings::Settings;
use super::third_party;
use crate::engine::Selection;
use crate::model::event::EventBody;
use crate::model::finding::Kept;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::self_check::SelfCheck;
use crate::model::progress::Progress;
use crate::model::sample::Sample;
use crate::model::session::Session;
use crate::model::text::nearest;
use crate::net::Network;
use crate::store::{ReadOnly, Store, StoreProblem, locate};

/// A domain or a session, and which checks are wanted.
pub struct Target {
    pub subject: Subject,
    pub selection: Selection,
    /// Whether the run is about the world after a switch.
    assumed: bool,
}

/// What is looked at.
pub enum Subject {
    Domain(HostName),
    Session(Box<Open>),
}

/// An open session file and its state.
pub struct Open {
    pub store: Store,
    pub session: Session,
    run: String,
    checked: Option<SelfCheck>,
}

impl Open {
    /// Opens a session by slug, domain or file.
    pub fn named(name: &str, settings: &Settings) -> Result<Self> {
        let path =
            locate(&settings.data_dir.value, name).map_err(|why| session_problem(name, &why))?;
        Self::at(&path)
    }

    /// Opens a session file.
    pub fn at(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let store = Store::open(path).map_err(|why| session_problem(&name, &why))?;
        let events = store.events().map_err(|why| session_problem(&name, &why))?;
        Ok(Self {
            store,
            session: Session::fold(&events),
            run: String::new(),
            checked: None,
        })
    }

    /// Writes events and folds them in.
    pub fn append(&mut self, bodies: Vec<EventBody>) -> Result<()> {
        let name = self.store.path().display().to_string();
        let events = self
            .store
            .append(bodies, Timestamp::now(), &actor(), &device())
            .map_err(|why| session_problem(&name, &why))?;
        for event in &events {
            self.session.apply(event);
        }
        Ok(())
    }
}

impl Target {
    /// Reads the target: something that names a session is one, everything else must be a domain.
    pub fn resolve(target: &args::Target, settings: &Settings) -> Result<Self> {
        let selection = Selection {
            only: target.only.clone(),
            skip: target.skip.clone(),
        };
        if let Some(stranger) = selection.strangers().first() {
            let ids = crate::checks::registry::CHECKS
                .iter()
                .map(|check| check.meta().id);
            let hint = nearest(stranger, ids).map_or_else(
                || "`launch-ready checks` lists them; globs like 'mail.*' work".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Problem::usage(
                "choosing the checks",
                format!("`{stranger}` matches none"),
                hint,
            )
            .into());
        }
        third_party::check(&target.third_parties)?;
        let subject = match locate(&settings.data_dir.value, &target.target) {
            Ok(path) => Subject::Session(Box::new(Open::at(&path)?)),
            Err(StoreProblem::Missing(path)) if !is_web_address(&target.target) => {
                return Err(session_problem(&target.target, &StoreProblem::Missing(path)).into());
            }
            Err(_) => Subject::Domain(domain(&target.target)?),
        };
        Ok(Self {
            subject,
            selection,
            assumed: !target.switch().is_empty(),
        })
    }

    /// Who may be asked: as the command line says, and as the session has it unless the command line says nobody.
    fn third_parties(&self, target: &args::Target) -> Vec<String> {
        let mut names = target.third_parties.clone();
        if let Subject::Session(open) = &self.subject
            && !target.offline_third_parties
        {
            names.extend(open.session.third_parties.iter().cloned());
        }
        names
    }

    /// The network of the run.
    pub async fn network(&self, target: &args::Target, settings: &Settings) -> Result<Network> {
        let name = match &self.subject {
            Subject::Domain(name) => name.clone(),
            Subject::Session(open) => domain(&open.session.domain)?,
        };
        let brought = messages::read(&target.message)?;
        let today = settings.network_with(&self.third_parties(target), brought)?;
        future::network(target, &name, today).await
    }

    /// The intent: the session's, or proposed from the file and what is found.
    pub async fn intent(&self, target: &args::Target, network: &Network) -> Result<Intent> {
        let mut intent = self.intended(target, network).await?;
        messages::expect(&mut intent, &network.config().brought);
        target.switch().adapt(&mut intent);
        Ok(intent)
    }

    async fn intended(&self, target: &args::Target, network: &Network) -> Result<Intent> {
        let known = match &self.subject {
            Subject::Session(open) => open.session.intent.clone(),
            Subject::Domain(_) => None,
        };
        if let (Some(mut intent), None) = (known, &target.intent) {
            for text in &target.host {
                let host = intent::added_host(text, &intent.domain)?;
                intent.hosts.retain(|known| known.name != host.name);
                intent.hosts.push(host);
            }
            return Ok(intent);
        }
        let name = match &self.subject {
            Subject::Domain(name) => name.clone(),
            Subject::Session(open) => domain(&open.session.domain)?,
        };
        intent::complete(&name, target.intent.as_deref(), &target.host, network).await
    }

    /// Whether the authority to run intrusive checks was stated, now or in the session.
    pub fn authorised(&self, target: &args::Target) -> bool {
        target.authorised
            || matches!(&self.subject, Subject::Session(open) if open.session.is_authorised(&open.session.domain))
    }

    /// The session's state, when the target is one.
    pub fn session(&self) -> Option<&Session> {
        match &self.subject {
            Subject::Session(open) => Some(&open.session),
            Subject::Domain(_) => None,
        }
    }

    /// What earlier runs of the session kept. It is about today, and says nothing of the world after a switch.
    pub fn kept(&self) -> Kept {
        let session = self.session().filter(|_| !self.assumed);
        session.map(Session::kept).unwrap_or_default()
    }

    /// The session's slug: whose credentials are used.
    pub fn slug(&self) -> Option<&str> {
        self.session().map(|session| session.slug.as_str())
    }

    /// Keeps a step of a run in the session's file. A file that can only be read keeps nothing, and says so once.
    /// A run about the world after a switch is kept nowhere: no gate, no drift and no report may take it for what is.
    pub fn keep(&mut self, step: &Progress) -> Result<()> {
        let Subject::Session(open) = &mut self.subject else {
            return Ok(());
        };
        if self.assumed {
            if matches!(step, Progress::Planned { .. }) {
                super::out::note(
                    "nothing of this run is kept in the session: it is about the world after the switch",
                );
            }
            return Ok(());
        }
        match step {
            Progress::Planned { run, .. } => {
                run.clone_into(&mut open.run);
                if let Some(why) = open.store.read_only() {
                    super::out::note(&format!("nothing is saved: {why}"));
                }
            }
            Progress::SelfChecked(check) => open.checked = Some(check.clone()),
            _ => {}
        }
        if open.store.read_only().is_some() {
            return Ok(());
        }
        let checked = open.checked.clone().unwrap_or_default();
        let mut bodies: Vec<EventBody> = EventBody::of(step, &open.run, &checked)
            .into_iter()
            .collect();
        if let Progress::Planned { run, keys, .. } = step
            && self.selection == Selection::default()
        {
            bodies.push(EventBody::RunPlanned {
                run: run.clone(),
                keys: keys.clone(),
            });
        }
        if bodies.is_empty() {
            return Ok(());
        }
        open.append(bodies)
    }
}

impl Target {
    /// Keeps what a look measured in the session's file; a domain, a file that can only be read, and a run about the world after
    /// a switch keep nothing.
    pub fn keep_samples(&mut self, samples: &[Sample]) -> Result<()> {
        let Subject::Session(open) = &mut self.subject else {
            return Ok(());
        };
        if self.assumed || open.store.read_only().is_some() {
            return Ok(());
        }
        let name = open.store.path().display().to_string();
        let kept = open.store.keep_samples(samples);
        Ok(kept.map_err(|why| session_problem(&name, &why))?)
    }
}

/// Whether what names no file reads as the address of a page: `https://…`, or `acme.example/pricing`.
fn is_web_address(typed: &str) -> bool {
    let is_session = Path::new(typed)
        .extension()
        .is_some_and(|ending| ending == "launch");
    let first = typed.split('/').next().unwrap_or_default();
    typed.contains("://") || (!is_session && !first.starts_with('.') && first.contains('.'))
}

/// The file of a session that can be opened: named by slug, domain or path, and in order.
pub fn located(name: &str, settings: &Settings) -> Result<PathBuf> {
    let path = locate(&settings.data_dir.value, name).map_err(|why| session_problem(name, &why))?;
    Store::open(&path).map_err(|why| session_problem(name, &why))?;
    Ok(path)
}

/// A domain from what was typed; says what of it was not used.
pub fn domain(typed: &str) -> Result<HostName> {
    let input = intent::domain(typed)?;
    if let Some(whole) = &input.dropped {
        super::out::note(&format!(
            "of `{}` only the domain {} is looked at",
            crate::model::text::escape(whole),
            input.name
        ));
    }
    Ok(input.name)
}

/// A problem with a session file, and its exit code: 4 where the file is locked, newer or damaged, 2 where it was misnamed.
pub fn session_problem(name: &str, why: &StoreProblem) -> Problem {
    let exit = match why {
        StoreProblem::Missing(_)
        | StoreProblem::Unknown { .. }
        | StoreProblem::Exists(_)
        | StoreProblem::ReadOnly {
            why: ReadOnly::Asked,
            ..
        } => Exit::Usage,
        _ => Exit::Session,
    };
    let text = why.to_string();
    // The store's sentences end in what to do, after a colon.
    let (why, hint) = text
        .rsplit_once(": ")
        .map_or((text.as_str(), ""), |(why, hint)| (why, hint));
    Problem::usage(format!("using the session {name}"), why, hint).exit(exit)
}

/// Who acts, by the operating system's word.
pub fn actor() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "operator".to_owned())
}

/// On which computer.
pub fn device() -> String {
    std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this computer".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_page_is_no_file() {
        for (typed, want) in [
            ("https://www.acme.example/a?b", true),
            ("acme.example/pricing", true),
            ("./acme.example/pricing", false),
            ("../x/y", false),
            ("/home/x.y/acme", false),
            ("work/acme", false),
            ("clients.d/acme.launch", false),
        ] {
            assert_eq!(is_web_address(typed), want, "{typed}");
        }
    }
}
