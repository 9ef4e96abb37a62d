//! One turn after the other: wait, take all that is ready, do what follows, draw once.

use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::engine::EngineSide;
use super::record::{Line, Recorder};
use super::screen::Surface;
use super::signals::Signals;
use super::store::{Command, StoreThread};
use super::vault::{Passwords, VaultSide};
use super::{DriverOptions, Opening, input, update};
use crate::app::opened::SessionFile;
use crate::app::range::RangeControl;
use crate::app::select::pulse::{next_tick, pulse};
use crate::app::state::{Exit, State};
use crate::app::{self, Effect, Message};
use crate::model::intent::message::MessageKind;
use crate::net::Brought;
use crate::range::Range;

/// Between two frames while results stream in. Keys are shown at once.
const FRAME: Duration = Duration::from_millis(12);
/// Messages taken before a frame is drawn, so that a flood cannot hold the picture back.
const AT_ONCE: usize = 256;
/// How long leaving waits for the session file.
const PATIENCE: Duration = Duration::from_secs(15);

/// What comes from the store, the engine's watches and the range.
pub(super) enum Answer {
    Message(Message),
    /// A message that the operator brought, or why it was not taken.
    Brought {
        kind: MessageKind,
        result: Result<Brought, String>,
    },
    /// What the vault lends to a run or a watch, which begins now.
    Lent {
        passwords: Passwords,
        effect: Effect,
    },
    RangeStands {
        range: Arc<Range>,
        control: RangeControl,
        file: SessionFile,
    },
}

/// Everything that the loop holds.
pub(super) struct Turn {
    pub(super) options: DriverOptions,
    pub(super) state: State,
    pub(super) engine: EngineSide,
    pub(super) range: Option<Arc<Range>>,
    pub(super) vault: VaultSide,
    pub(super) answers: UnboundedSender<Answer>,
    pub(super) leaving: Option<Exit>,
    /// Leave without waiting for anything.
    pub(super) at_once: bool,
    inbox: UnboundedReceiver<Answer>,
    store: Option<StoreThread>,
    recorder: Option<Recorder>,
    /// Something changed that is not drawn yet.
    dirty: bool,
    drawn: Option<Instant>,
}

impl Turn {
    /// Starts the store's thread; opens and asks nothing.
    pub(super) fn new(options: DriverOptions, state: State) -> anyhow::Result<Self> {
        let (answers, inbox) = mpsc::unbounded_channel();
        let store = StoreThread::start(
            options.data_dir.clone(),
            options.actor.clone(),
            options.device.clone(),
            answers.clone(),
        )?;
        let recorder = options
            .record
            .as_deref()
            .map(Recorder::create)
            .transpose()?;
        Ok(Self {
            engine: EngineSide::new(options.network.clone(), answers.clone()),
            vault: VaultSide {
                folder: options.data_dir.clone(),
                passphrase: options.passphrase.clone(),
                mounted: options.credentials_dir.clone(),
                answers: answers.clone(),
            },
            options,
            state,
            range: None,
            answers,
            leaving: None,
            at_once: false,
            inbox,
            store: Some(store),
            recorder,
            dirty: true,
            drawn: None,
        })
    }

    /// Runs until the operator leaves, then waits for what is on its way to a file.
    pub(super) async fn go(
        mut self,
        surface: &mut impl Surface,
        mut keys: impl Stream<Item = io::Result<Event>> + Unpin,
        signals: &mut Signals,
        replay: Vec<Line>,
    ) -> anyhow::Result<Exit> {
        self.draw(surface)?;
        if replay.is_empty() {
            self.begin(surface);
        } else {
            self.play(replay);
        }
        while self.leaving.is_none() {
            let wait = self.wait();
            let first = tokio::select! {
                biased;
                () = signals.next() => Some(Message::Interrupt),
                event = keys.next() => self.typed(event, surface),
                Some(step) = self.engine.next() => Some(Message::Progress(Box::new(step))),
                Some(answer) = self.inbox.recv() => self.receive(answer),
                () = tokio::time::sleep(wait) => Some(Message::Tick),
            };
            let keyed = matches!(
                first,
                Some(Message::Key(_) | Message::Paste(_) | Message::Mouse(_))
            );
            if let Some(message) = first {
                self.take(message, surface)?;
            }
            self.drain(&mut keys, surface).await?;
            let rested = self.drawn.is_none_or(|at| at.elapsed() >= FRAME);
            if self.dirty && (keyed || rested) {
                self.draw(surface)?;
            }
        }
        self.finish(&mut keys, signals).await
    }

    /// What comes first: the list, and what was asked for on the command line.
    fn begin(&mut self, surface: &mut impl Surface) {
        let opening = match self.options.open.clone() {
            Opening::Home => None,
            Opening::Session(path) => Some(Effect::OpenSession(path)),
            Opening::Range { scenario, playbook } => {
                Some(Effect::StartRange { scenario, playbook })
            }
        };
        for effect in std::iter::once(Effect::ListSessions).chain(opening) {
            self.perform(effect, surface);
        }
    }

    /// Plays a recording. What it asked for then is not done again.
    fn play(&mut self, replay: Vec<Line>) {
        for line in replay {
            app::update(&mut self.state, line.message, line.at);
        }
        self.state.leaving = None;
        self.dirty = true;
    }

    /// How long until something is to be drawn without anything happening.
    fn wait(&self) -> Duration {
        let due = next_tick(&self.state);
        match self.drawn {
            Some(at) if self.dirty => due.min(FRAME.saturating_sub(at.elapsed())),
            _ => due,
        }
    }

    fn typed(
        &mut self,
        event: Option<io::Result<Event>>,
        surface: &impl Surface,
    ) -> Option<Message> {
        match event {
            Some(Ok(event)) => input::message(event, &self.state, surface),
            Some(Err(why)) => {
                tracing::error!(%why, "reading the terminal");
                Some(Message::Interrupt)
            }
            // The terminal is gone.
            None => Some(Message::Interrupt),
        }
    }

    /// Takes one message and does what follows.
    fn take(&mut self, message: Message, surface: &mut impl Surface) -> anyhow::Result<()> {
        if let Some(recorder) = &mut self.recorder {
            recorder.write(&message, &self.state)?;
        }
        let before = matches!(message, Message::Tick).then(|| pulse(&self.state));
        let begun = Instant::now();
        let effects = update(&mut self.state, message);
        if begun.elapsed() > Duration::from_millis(16) {
            tracing::warn!(took = ?begun.elapsed(), "a slow turn");
        }
        self.dirty |= before.is_none_or(|before| before != pulse(&self.state));
        for effect in effects {
            self.perform(effect, surface);
        }
        Ok(())
    }

    /// Takes everything that is ready, keys first.
    async fn drain(
        &mut self,
        keys: &mut (impl Stream<Item = io::Result<Event>> + Unpin),
        surface: &mut impl Surface,
    ) -> anyhow::Result<()> {
        for _ in 0..AT_ONCE {
            let message = if let Some(event) = ready(keys).await {
                self.typed(event, surface)
            } else if let Some(step) = self.engine.ready() {
                Some(Message::Progress(Box::new(step)))
            } else if let Ok(answer) = self.inbox.try_recv() {
                self.receive(answer)
            } else {
                return Ok(());
            };
            if let Some(message) = message {
                self.take(message, surface)?;
            }
            if self.leaving.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn draw(&mut self, surface: &mut impl Surface) -> anyhow::Result<()> {
        surface.draw(&self.state)?;
        self.dirty = false;
        self.drawn = Some(Instant::now());
        Ok(())
    }

    /// Ends what runs and waits until everything that was entered is in the file, unless asked to leave at once.
    async fn finish(
        mut self,
        keys: &mut (impl Stream<Item = io::Result<Event>> + Unpin),
        signals: &mut Signals,
    ) -> anyhow::Result<Exit> {
        let exit = self.leaving.unwrap_or(Exit::Quit);
        self.engine.stop_all();
        let Some(store) = self.store.take().filter(|_| !self.at_once) else {
            return Ok(exit);
        };
        let written = tokio::task::spawn_blocking(move || store.finish());
        tokio::select! {
            biased;
            () = signals.next() => return Ok(Exit::Interrupted),
            () = ctrl_c(keys) => return Ok(Exit::Interrupted),
            _ = written => {}
            () = tokio::time::sleep(PATIENCE) => anyhow::bail!(
                "writing the session took longer than {} s: look at its last entries when you open it again",
                PATIENCE.as_secs()
            ),
        }
        while let Ok(answer) = self.inbox.try_recv() {
            if let Answer::Message(Message::StoreFailed { why, .. }) = answer {
                anyhow::bail!("the last entries could not be saved: {why}");
            }
        }
        Ok(exit)
    }

    pub(super) fn store(&self, command: Command) {
        if let Some(store) = &self.store {
            store.ask(command);
        }
    }

    /// A message to the state machine, taken in this turn or the next.
    pub(super) fn say(&self, message: Message) {
        // The receiver is in `self`.
        let _ = self.answers.send(Answer::Message(message));
    }
}

/// Returns when Ctrl-C is pressed; never when the keys end.
async fn ctrl_c(keys: &mut (impl Stream<Item = io::Result<Event>> + Unpin)) {
    use crossterm::event::{KeyCode, KeyModifiers};
    while let Some(event) = keys.next().await {
        if let Ok(Event::Key(key)) = event
            && key.code == KeyCode::Char('c')
            && key.modifiers.contains(KeyModifiers::CONTROL)
        {
            return;
        }
    }
    std::future::pending::<()>().await;
}

/// The next key, if it is there. The waker is this task's own: an event stream keeps the first one that it is given, and
/// would wake nobody for the next key if that were an idle one.
async fn ready<S: Stream + Unpin>(keys: &mut S) -> Option<Option<S::Item>> {
    std::future::poll_fn(|cx| match keys.poll_next_unpin(cx) {
        Poll::Ready(event) => Poll::Ready(Some(event)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
