//! Does what the state machine wants done.

use crate::app::run::RunPhase;
use crate::app::state::State;
use crate::app::{Effect, Message};
use crate::engine::Watch;
use crate::model::intent::Intent;
use crate::model::session::Session;
use crate::report::Edition;

use super::screen::Surface;
use super::store::Command;
use super::turn::{Answer, Turn};
use super::vault::{Passwords, Work};
use super::{attach, files, listing, mail, practice};

impl Turn {
    /// Does one effect. What it leads to comes back as messages, some at once.
    pub(super) fn perform(&mut self, effect: Effect, surface: &mut impl Surface) {
        match effect {
            Effect::ListSessions => self.list(),
            Effect::OpenSession(path) => self.store(Command::Open(path)),
            Effect::CreateSession { domain, bodies } => self.store(Command::Create {
                name: domain.to_string(),
                bodies,
            }),
            Effect::ImportSession(path) => self.store(Command::Import(path)),
            Effect::CloseSession => self.close(),
            Effect::Append { ticket, bodies } => self.store(Command::Append { ticket, bodies }),
            Effect::Export => self.export(),
            Effect::Discover(domain) => self.engine.discover(domain),
            Effect::StopDiscovery => self.engine.stop_discovery(),
            Effect::StartRun(request) => match self.passwords(&request.intent) {
                wanted if wanted.is_empty() => self.engine.start_run(*request),
                names => self.ask_vault(Work::Lend {
                    names,
                    effect: Effect::StartRun(request),
                }),
            },
            Effect::StopRun => self.engine.stop_run(),
            Effect::StartRehearsal(request) => self.engine.start_rehearsal(*request),
            Effect::StopRehearsal => self.engine.stop_rehearsal(),
            Effect::BringMessage(what) => mail::bring(what, self.answers.clone()),
            Effect::StartWatch(request) => match self.passwords(&request.intent) {
                wanted if wanted.is_empty() => self.engine.start_watch(*request),
                names => self.ask_vault(Work::Lend {
                    names,
                    effect: Effect::StartWatch(request),
                }),
            },
            Effect::StopWatch(key) => self.engine.stop_watch(&key),
            Effect::StartVigil(request) => match self.passwords(&request.run.intent) {
                wanted if wanted.is_empty() => self.engine.start_vigil(*request),
                names => self.ask_vault(Work::Lend {
                    names,
                    effect: Effect::StartVigil(request),
                }),
            },
            Effect::StopVigil => self.engine.stop_vigil(),
            Effect::KeepSamples(samples) => self.store(Command::Keep(samples)),
            Effect::StartRange { scenario, playbook } => {
                match practice::session(&scenario, &playbook) {
                    Ok(command) => self.store(command),
                    Err(why) => self.say(Message::RangeFailed(why)),
                }
            }
            Effect::Mend { fault } => {
                practice::mend(self.range.clone(), fault, self.answers.clone());
            }
            Effect::Report { format, edition } => self.report(&format, &edition),
            Effect::WriteFile { name, text } => self.write(name, text),
            Effect::HashFile(path) => self.aside(move || Message::Hashed {
                result: attach::hash(&path),
                path,
            }),
            Effect::LookAtFiles(list) => {
                self.aside(move || Message::FilesLooked(attach::look(list)));
            }
            Effect::Quit(exit) => {
                // Asked twice: at once, whatever is still under way.
                self.at_once = self.leaving.is_some();
                self.leaving = Some(exit);
            }
            other => self.perform_here(other, surface),
        }
    }

    /// Effects on the terminal and the vault.
    fn perform_here(&mut self, effect: Effect, surface: &mut impl Surface) {
        match effect {
            Effect::Copy(text) => {
                let result = surface.copy(&text);
                self.say(Message::Copied(result));
            }
            Effect::Notify(text) => noted("notifying", surface.notify(&text)),
            Effect::Mouse(wanted) => noted("taking the mouse", surface.capture_mouse(wanted)),
            Effect::Redraw => noted("drawing afresh", surface.redraw()),
            Effect::Suspend => noted("suspending", surface.suspend()),
            Effect::ReadVault => self.ask_vault(Work::Read),
            Effect::StoreSecret { name, secret } => self.ask_vault(Work::Store { name, secret }),
            Effect::TestCredential(name) => self.ask_vault(Work::Test(name)),
            Effect::RemoveCredential(name) => self.ask_vault(Work::Remove(name)),
            _ => {}
        }
    }

    /// A message that comes from outside. One that needs more than the state machine is taken here.
    pub(super) fn receive(&mut self, answer: Answer) -> Option<Message> {
        match answer {
            Answer::Message(Message::SessionOpened(file)) => {
                if let Some(practised) = Session::fold(&file.events).practice {
                    practice::start(practised, *file, self.answers.clone());
                    return None;
                }
                self.range = None;
                let network = self.options.network.clone();
                self.engine.reset(network, Watch::default().every);
                Some(Message::SessionOpened(file))
            }
            Answer::Message(message) => Some(message),
            Answer::Brought { kind, result } => {
                let result = result.map(|brought| {
                    let bytes = brought.message.bytes.len();
                    self.engine.bring(brought);
                    bytes
                });
                Some(Message::Brought { kind, result })
            }
            Answer::Lent { passwords, effect } => {
                self.lent(passwords, effect);
                None
            }
            Answer::RangeStands {
                range,
                control,
                file,
            } => {
                self.engine
                    .reset(range.network_config(), std::time::Duration::from_secs(2));
                self.range = Some(range);
                Some(Message::RangeReady {
                    control: Box::new(control),
                    session: Box::new(file),
                })
            }
        }
    }

    /// What waited for the vault begins, unless another session was opened meanwhile.
    fn lent(&mut self, passwords: Passwords, effect: Effect) {
        let domain = match &effect {
            Effect::StartRun(request) => &request.intent.domain,
            Effect::StartWatch(request) => &request.intent.domain,
            Effect::StartVigil(request) => &request.run.intent.domain,
            _ => return,
        };
        let opened = self.state.opened.as_ref();
        if opened.is_none_or(|o| o.session.domain != domain.as_str()) {
            return;
        }
        let stopped = opened.is_some_and(|o| o.run.phase == RunPhase::Stopping);
        self.engine.lend(passwords);
        match effect {
            Effect::StartRun(_) if stopped => {
                self.say(Message::RunFailed("it was stopped".to_owned()));
            }
            Effect::StartRun(request) => self.engine.start_run(*request),
            Effect::StartWatch(request) => self.engine.start_watch(*request),
            Effect::StartVigil(request) => self.engine.start_vigil(*request),
            _ => {}
        }
    }

    /// The passwords that the checks of an intent need, and that the vault is to lend: those of the test inbox and of the
    /// outgoing server.
    fn passwords(&self, intent: &Intent) -> Vec<&'static str> {
        let wanted = intent.passwords().into_iter();
        wanted
            .filter(|name| !self.engine.has_password(name))
            .collect()
    }

    fn close(&mut self) {
        self.store(Command::Close);
        self.range = None;
        let network = self.options.network.clone();
        self.engine.reset(network, Watch::default().every);
    }

    fn list(&self) {
        let (folder, playbooks) = (
            self.options.data_dir.clone(),
            self.options.playbooks.clone(),
        );
        self.aside(move || listing::list(&folder, &playbooks));
    }

    fn report(&self, format: &str, edition: &str) {
        let (Some(opened), Some(playbook)) = (&self.state.opened, self.state.playbook()) else {
            return self.say(Message::Written(Err("no session is open".to_owned())));
        };
        let edition = match edition {
            "client" => Edition::Client,
            _ => Edition::Internal,
        };
        let (file, events) = (opened.file.clone(), opened.events.clone());
        let (session, playbook) = (opened.session.clone(), playbook.clone());
        let (folder, format) = (self.options.out_dir.clone(), format.to_owned());
        self.aside(move || {
            let samples = files::samples(&file);
            let sealed = files::sealed(&file, events.len());
            let document = files::document(
                (&session, &events),
                &playbook,
                &format,
                edition,
                sealed.as_ref(),
                &samples,
            );
            Message::Written(document.and_then(|(name, text)| files::write(&folder, &name, &text)))
        });
    }

    fn write(&self, name: String, text: String) {
        let folder = self.options.out_dir.clone();
        self.aside(move || Message::Written(files::write(&folder, &name, &text)));
    }

    fn export(&self) {
        let slug = slug(&self.state);
        let to = files::free(&self.options.out_dir, &format!("{slug}.launch"));
        self.store(Command::Export(to));
    }

    fn ask_vault(&self, work: Work) {
        self.vault.ask(slug(&self.state), work);
    }

    /// Does work that blocks, beside the loop.
    fn aside(&self, work: impl FnOnce() -> Message + Send + 'static) {
        let answers = self.answers.clone();
        tokio::task::spawn_blocking(move || {
            // The cockpit may be gone by now.
            let _ = answers.send(Answer::Message(work()));
        });
    }
}

fn slug(state: &State) -> String {
    state
        .opened
        .as_ref()
        .map_or("launch-ready", |o| o.session.slug.as_str())
        .to_owned()
}

/// What the terminal could not do is no reason to stop.
fn noted(what: &str, result: std::io::Result<()>) {
    if let Err(why) = result {
        tracing::warn!(%why, what, "the terminal refused");
    }
}
