//! The session file has a thread of its own: one writer, in order, and quitting waits for it.

use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use super::turn::Answer;
use crate::app::Message;
use crate::app::opened::SessionFile;
use crate::model::event::{Event, EventBody};
use crate::model::sample::Sample;
use crate::store::{News, Store, StoreProblem, file_of, free_slug, import};

/// How often it is looked whether another program wrote to the same file.
const LOOK: Duration = Duration::from_secs(2);

/// Between two times that old samples are put together.
const TIDY: SignedDuration = SignedDuration::from_hours(1);

/// Asks the thread for something.
#[derive(Debug)]
pub(super) enum Command {
    Open(PathBuf),
    Create {
        name: String,
        bodies: Vec<EventBody>,
    },
    Import(PathBuf),
    Append {
        ticket: u64,
        bodies: Vec<EventBody>,
    },
    Keep(Vec<Sample>),
    Export(PathBuf),
    Close,
}

/// The thread, while it runs.
pub(super) struct StoreThread {
    commands: mpsc::Sender<Command>,
    thread: JoinHandle<()>,
}

/// What the thread works with.
struct Worker {
    folder: PathBuf,
    actor: String,
    device: String,
    answers: UnboundedSender<Answer>,
    open: Option<Open>,
}

struct Open {
    store: Store,
    /// The last event that the cockpit knows.
    seq: i64,
    /// When old samples were last put together.
    tidied: Option<Timestamp>,
}

impl StoreThread {
    /// Starts it. Nothing is opened before it is asked.
    pub(super) fn start(
        folder: PathBuf,
        actor: String,
        device: String,
        answers: UnboundedSender<Answer>,
    ) -> std::io::Result<Self> {
        let (commands, inbox) = mpsc::channel();
        let mut worker = Worker {
            folder,
            actor,
            device,
            answers,
            open: None,
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || worker.work(&inbox))?;
        Ok(Self { commands, thread })
    }

    /// Asks for something. Commands are done in order.
    pub(super) fn ask(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!("the store's thread is gone");
        }
    }

    /// Ends it once everything that was asked for is done. Blocks.
    pub(super) fn finish(self) {
        drop(self.commands);
        if self.thread.join().is_err() {
            tracing::error!("the store's thread broke");
        }
    }
}

impl Worker {
    fn work(&mut self, inbox: &mpsc::Receiver<Command>) {
        let mut put_off: Option<Command> = None;
        loop {
            let command = match put_off.take() {
                Some(command) => command,
                None => match inbox.recv_timeout(LOOK) {
                    Ok(command) => command,
                    Err(RecvTimeoutError::Timeout) => {
                        self.look_for_others();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                },
            };
            match command {
                Command::Append { ticket, bodies } => {
                    put_off = self.append_all(inbox, (ticket, bodies));
                }
                other => self.obey(other),
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(path) => self.open(path),
            Command::Create { name, bodies } => {
                let slug = free_slug(&self.folder, &name);
                let path = file_of(&self.folder, &slug);
                match self.create(&path, &slug, bodies) {
                    Ok(()) => self.open(path),
                    Err(why) => self.failed(path, &why),
                }
            }
            Command::Import(source) => match import(&self.folder, &source) {
                Ok(path) => self.open(path),
                Err(why) => self.failed(source, &why),
            },
            Command::Export(to) => {
                let result = match &self.open {
                    Some(open) => open.store.export(&to).map_err(|why| why.to_string()),
                    None => Err("no session is open".to_owned()),
                };
                self.say(Message::Written(result.map(|()| to)));
            }
            Command::Keep(samples) => self.keep(&samples),
            Command::Close => self.open = None,
            Command::Append { .. } => {}
        }
    }

    fn create(
        &self,
        path: &std::path::Path,
        slug: &str,
        mut bodies: Vec<EventBody>,
    ) -> Result<(), StoreProblem> {
        let mut rest = bodies.split_off(bodies.len().min(1));
        let Some(first) = bodies.pop().map(|body| named(body, slug)) else {
            return Ok(());
        };
        let now = Timestamp::now();
        let mut store = Store::create(path, first, now, &self.actor, &self.device)?;
        if !rest.is_empty() {
            store.append(std::mem::take(&mut rest), now, &self.actor, &self.device)?;
        }
        Ok(())
    }

    fn open(&mut self, path: PathBuf) {
        self.open = None;
        let read = || -> Result<(Open, SessionFile), StoreProblem> {
            let mut store = Store::open(&path)?;
            store.changed_by_others()?;
            let News { mut events, seq } = store.events_since(0)?;
            events.sort_by(|a, b| a.id.cmp(&b.id));
            let file = SessionFile {
                file: path.clone(),
                read_only: store.read_only().map(ToString::to_string),
                events,
                samples: store.samples()?.into_values().flatten().collect(),
            };
            let open = Open {
                store,
                seq,
                tidied: None,
            };
            Ok((open, file))
        };
        match read() {
            Ok((open, file)) => {
                self.open = Some(open);
                self.say(Message::SessionOpened(Box::new(file)));
            }
            Err(why) => self.failed(path, &why),
        }
    }

    /// Writes an append and all that wait behind it in one go: a stream of findings costs one flush of the disk, not
    /// hundreds. Gives back the first command that is no append.
    fn append_all(
        &mut self,
        inbox: &mpsc::Receiver<Command>,
        first: (u64, Vec<EventBody>),
    ) -> Option<Command> {
        let mut batch = vec![first];
        let mut other = None;
        while let Ok(command) = inbox.try_recv() {
            match command {
                Command::Append { ticket, bodies } => batch.push((ticket, bodies)),
                command => {
                    other = Some(command);
                    break;
                }
            }
        }
        let sizes: Vec<(u64, usize)> = batch.iter().map(|(t, b)| (*t, b.len())).collect();
        let bodies: Vec<EventBody> = batch.into_iter().flat_map(|(_, b)| b).collect();
        match self.append(bodies) {
            Ok(mut events) => {
                for (ticket, size) in sizes {
                    let rest = events.split_off(size.min(events.len()));
                    self.say(Message::Stored { ticket, events });
                    events = rest;
                }
            }
            Err(why) => {
                for (ticket, _) in sizes {
                    self.say(Message::StoreFailed {
                        ticket,
                        why: why.clone(),
                    });
                }
            }
        }
        other
    }

    fn append(&mut self, bodies: Vec<EventBody>) -> Result<Vec<Event>, String> {
        let open = self.open.as_mut().ok_or("no session is open")?;
        open.store
            .append(bodies, Timestamp::now(), &self.actor, &self.device)
            .map_err(|why| why.to_string())
    }

    /// Keeps samples. One that is lost leaves a gap, which the figures tell: no reason to stop.
    fn keep(&mut self, samples: &[Sample]) {
        let Some(open) = &mut self.open else { return };
        if open.store.read_only().is_some() {
            return;
        }
        let now = Timestamp::now();
        let due = open.tidied.is_none_or(|at| now.duration_since(at) >= TIDY);
        let mut kept = open.store.keep_samples(samples);
        if due && kept.is_ok() {
            open.tidied = Some(now);
            kept = open.store.thin_samples(now).map(|_| ());
        }
        if let Err(why) = kept {
            tracing::warn!(%why, "keeping samples");
        }
    }

    /// Tells what another program wrote. The cockpit passes over the events that it knows.
    fn look_for_others(&mut self) {
        let Some(open) = &mut self.open else {
            return;
        };
        let news = match open.store.changed_by_others() {
            Ok(true) => open.store.events_since(open.seq),
            Ok(false) => return,
            Err(why) => {
                tracing::warn!(%why, "looking for changes of the session file");
                return;
            }
        };
        match news {
            Ok(news) => {
                open.seq = news.seq;
                let samples = open.store.samples();
                self.say(Message::Merged(news.events));
                if let Ok(samples) = samples {
                    let samples = samples.into_values().flatten().collect();
                    self.say(Message::Sampled(samples));
                }
            }
            Err(why) => tracing::warn!(%why, "reading changes of the session file"),
        }
    }

    fn failed(&self, file: PathBuf, why: &StoreProblem) {
        self.say(Message::SessionFailed {
            file,
            why: why.to_string(),
        });
    }

    fn say(&self, message: Message) {
        // Nobody listens any more once the cockpit is gone.
        let _ = self.answers.send(Answer::Message(message));
    }
}

/// The creation with the slug that was free.
fn named(body: EventBody, slug: &str) -> EventBody {
    match body {
        EventBody::Created {
            domain, playbook, ..
        } => EventBody::Created {
            slug: slug.to_owned(),
            domain,
            playbook,
        },
        other => other,
    }
}
