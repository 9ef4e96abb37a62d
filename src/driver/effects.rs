//! Does what the state machine wants done.

use crate::app::state::State;
use crate::app::{Effect, Message};
use crate::engine::Watch;
use crate::model::session::Session;
use crate::report::Edition;

use super::passwords::{About, Errand};
use super::screen::Surface;
use super::store::Command;
use super::turn::{Answer, Turn};
use super::vault::Work;
use super::{files, listing, practice};

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
            Effect::StartRun(request) => self.send_off(Errand::Run(request)),
            Effect::StopRun => match self.waiting.drop_about(&About::Run) {
                true => self.say(Message::RunFailed("stopped before it began".to_owned())),
                false => self.engine.stop_run(),
            },
            Effect::StartRehearsal(request) => self.send_off(Errand::Rehearsal(request)),
            Effect::StopRehearsal => match self.waiting.drop_about(&About::Rehearsal) {
                true => self.say(Message::RehearsalFailed(
                    "stopped before it began".to_owned(),
                )),
                false => self.engine.stop_rehearsal(),
            },
            Effect::StartWatch(request) => self.send_off(Errand::Watch(request)),
            Effect::StopWatch(key) => {
                self.waiting.drop_about(&About::Watch(key.clone()));
                self.engine.stop_watch(&key);
            }
            Effect::StartRange { scenario } => match practice::session(&scenario) {
                Ok(command) => self.store(command),
                Err(why) => self.say(Message::RangeFailed(why)),
            },
            Effect::Mend { fault } => {
                practice::mend(self.range.clone(), fault, self.answers.clone());
            }
            Effect::Report { format, edition } => self.report(&format, &edition),
            Effect::WriteFile { name, text } => self.write(name, text),
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
                self.leave_world();
                Some(Message::SessionOpened(file))
            }
            Answer::Message(message) => Some(message),
            Answer::Passwords {
                ticket,
                found,
                errand,
            } => {
                self.informed(ticket, found, errand);
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
                self.waiting.clear();
                Some(Message::RangeReady {
                    control: Box::new(control),
                    session: Box::new(file),
                })
            }
        }
    }

    fn close(&mut self) {
        self.store(Command::Close);
        self.leave_world();
    }

    /// Ends what is under way and goes on in the world outside.
    fn leave_world(&mut self) {
        self.range = None;
        self.waiting.clear();
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
        let document = files::document(&opened.session, playbook, format, edition);
        let folder = self.options.out_dir.clone();
        self.aside(move || {
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
        self.vault.ask(self.slug(), work);
    }

    /// Whose credentials are meant.
    pub(super) fn slug(&self) -> String {
        slug(&self.state)
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
