//! The loop with a surface and keys of its own, on real files and the practice range.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::Stream;
use tokio::sync::mpsc;

use super::screen::Surface;
use super::signals::Signals;
use super::turn::Turn;
use super::*;
use crate::app::message::Hit;
use crate::app::{Message, Screen};
use crate::model::session::Session;
use crate::store::{Store, catalog};
use crate::ui::{Gesture, Palette};

/// The practice range as it opens by itself.
fn practice(scenario: &str) -> Opening {
    Opening::Range {
        scenario: scenario.to_owned(),
        playbook: crate::model::playbook::USUAL.to_owned(),
    }
}

/// Presses the next key once the state is as it waits for.
type Step = (&'static str, fn(&State) -> bool, &'static str);

/// A surface that plays the operator: after each frame it looks whether the next step is due.
struct Operator {
    steps: Vec<Step>,
    keys: mpsc::UnboundedSender<Event>,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    frames: usize,
    copied: Vec<String>,
    done: Vec<&'static str>,
    /// The last message that was shown.
    said: String,
    /// The session as last drawn.
    last: Option<Session>,
}

impl Surface for Operator {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        let mut log = self.log.lock().unwrap();
        log.frames += 1;
        if let Some(toast) = state.toasts.back() {
            log.said.clone_from(&toast.text);
        }
        log.last = state.opened.as_ref().map(|o| o.session.clone());
        while let Some((name, due, keys)) = self.steps.first().copied() {
            if !due(state) {
                break;
            }
            log.done.push(name);
            self.steps.remove(0);
            for key in keys.split_whitespace() {
                self.keys.send(event(key)).unwrap();
            }
            if !keys.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn hit(&self, _: &State, _: (u16, u16), _: Gesture) -> Option<Hit> {
        None
    }

    fn copy(&mut self, text: &str) -> Result<String, String> {
        self.log.lock().unwrap().copied.push(text.to_owned());
        Ok("here".to_owned())
    }

    fn notify(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn capture_mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Keys(mpsc::UnboundedReceiver<Event>);

impl Stream for Keys {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|event| event.map(Ok))
    }
}

fn event(key: &str) -> Event {
    let plain = |code| Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
    match key {
        "enter" => plain(KeyCode::Enter),
        "esc" => plain(KeyCode::Esc),
        "ctrl-c" => Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)),
        other => plain(KeyCode::Char(other.chars().next().unwrap())),
    }
}

fn options(folder: &Path, open: Opening) -> DriverOptions {
    DriverOptions {
        data_dir: folder.join("data"),
        out_dir: folder.to_owned(),
        network: NetworkConfig::default(),
        open,
        playbooks: crate::playbook::builtin().to_vec(),
        actor: "ada".into(),
        device: "desk".into(),
        terminal: Terminal::default(),
        palette: Palette::Ansi,
        passphrase: None,
        credentials_dir: None,
        record: None,
        replay: None,
    }
}

/// Runs the loop with these steps until it ends by itself.
async fn play(options: DriverOptions, steps: Vec<Step>) -> (Exit, Log) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let log = Arc::new(Mutex::new(Log::default()));
    let mut operator = Operator {
        steps,
        keys: sender,
        log: log.clone(),
    };
    let size = Size {
        width: 120,
        height: 40,
    };
    let replay = options
        .replay
        .as_deref()
        .map_or_else(Vec::new, |p| record::read(p).unwrap());
    let state = first_state(&options, size);
    let turn = Turn::new(options, state).unwrap();
    let mut signals = Signals::listen().unwrap();
    let going = turn.go(&mut operator, Keys(receiver), &mut signals, replay);
    let ended = tokio::time::timeout(std::time::Duration::from_mins(1), going).await;
    let Ok(exit) = ended.map(Result::unwrap) else {
        let log = log.lock().unwrap();
        panic!("after {:?} and “{}” nothing came", log.done, log.said);
    };
    assert!(
        operator.steps.is_empty(),
        "left: {:?}",
        operator.steps.len()
    );
    drop(operator);
    let log = Arc::into_inner(log).unwrap().into_inner().unwrap();
    (exit, log)
}

fn listed(state: &State) -> bool {
    matches!(state.sessions, crate::app::home::Listing::Ready(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_frame_comes_before_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, log) = play(
        options(folder.path(), Opening::Home),
        vec![
            ("nothing read yet", |s| !listed(s), ""),
            ("listed", listed, "q"),
        ],
    )
    .await;
    assert_eq!(exit, Exit::Quit);
    assert_eq!(log.done, ["nothing read yet", "listed"]);
    assert!(log.frames <= 3, "{} frames for one change", log.frames);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_range_is_set_up_audited_mended_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let idle = |s: &State| {
        s.opened
            .as_ref()
            .is_some_and(|o| o.run.phase == crate::app::run::RunPhase::Done && !o.is_saving())
    };
    let fault = |s: &State| {
        s.range.as_ref().is_some_and(|r| !r.mended.is_empty())
            && s.opened
                .as_ref()
                .is_some_and(|o| !o.run.is_busy() && !o.is_saving())
    };
    let open = practice("default");
    let (_, log) = play(
        options(folder.path(), open),
        vec![
            ("audited", idle, "m c Y"),
            ("mended", fault, "n h i enter"),
            (
                "noted",
                |s| {
                    s.opened
                        .as_ref()
                        .is_some_and(|o| !o.session.notes.is_empty())
                },
                "q",
            ),
        ],
    )
    .await;
    let session = log.last.unwrap();
    assert!(session.findings.len() > 20, "{}", session.findings.len());
    assert_eq!(log.copied.len(), 2);
    let lines = catalog(&folder.path().join("data")).unwrap();
    let events = Store::open(&lines[0].path).unwrap().events().unwrap();
    let stored = Session::fold(&events);
    assert_eq!(stored.practice.as_ref().unwrap().mended.len(), 1);
    assert_eq!(stored.notes[1].text, "hi");

    let again = options(folder.path(), Opening::Session(lines[0].path.clone()));
    let (_, log) = play(
        again,
        vec![(
            "as it was left",
            |s| s.range.as_ref().is_some_and(|r| r.mended.len() == 1),
            "q",
        )],
    )
    .await;
    assert_eq!(log.last.unwrap().findings.len(), stored.findings.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_world_after_the_switch_is_looked_at_and_not_kept() {
    fn rehearsed(s: &State) -> Option<&crate::app::rehearsal::Rehearsal> {
        s.opened.as_ref()?.rehearsal.as_deref()
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, log) = play(
        options(folder.path(), practice("healthy")),
        vec![
            (
                "audited",
                |s| {
                    s.opened.as_ref().is_some_and(|o| {
                        o.run.phase == crate::app::run::RunPhase::Done && !o.is_saving()
                    })
                },
                // Nothing answers there.
                "b p o r t a l . a c m e . e x a m p l e = 2 0 3 . 0 . 1 1 3 . 9 9 enter enter",
            ),
            (
                "seen",
                |s| {
                    rehearsed(s).is_some_and(|r| {
                        r.run.phase == crate::app::run::RunPhase::Done
                            && r.findings.values().any(|f| {
                                f.check.as_str() == "tls.reachable"
                                    && f.subject == "portal.acme.example"
                                    && f.verdict != crate::model::verdict::Verdict::Pass
                            })
                    })
                },
                "q",
            ),
        ],
    )
    .await;
    let session = log.last.unwrap();
    assert_eq!(session.runs.len(), 1);
    assert!(
        session
            .findings
            .values()
            .filter(|f| f.check.as_str() == "tls.reachable")
            .all(|f| f.verdict == crate::model::verdict::Verdict::Pass)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ctrl_c_does_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, _) = play(
        options(folder.path(), Opening::Home),
        vec![("at once", |_| true, "ctrl-c ctrl-c")],
    )
    .await;
    assert_eq!(exit, Exit::Interrupted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.launch");
    let (_, _) = play(
        options(folder.path(), Opening::Session(missing)),
        vec![(
            "said",
            |s| s.toasts.iter().any(|t| t.text.contains("none.launch")),
            "q",
        )],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_plays_again_without_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.jsonl");
    let mut first = options(folder.path(), Opening::Home);
    first.record = Some(file.clone());
    play(
        first,
        vec![
            ("vault", listed, "v n a enter h u n t e r 2"),
            ("typed", State::is_typing_a_secret, "esc esc n"),
            (
                "new",
                |s| matches!(s.screen(), Some(Screen::NewSession(_))),
                "x . y ctrl-c",
            ),
        ],
    )
    .await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("\"h\"") && !text.contains("\"2\""), "{text}");
    let mut second = options(folder.path(), Opening::Home);
    second.replay = Some(file);
    play(
        second,
        vec![(
            "where it was left",
            |s| matches!(s.screen(), Some(Screen::NewSession(new)) if new.domain.text() == "x.y"),
            "ctrl-c",
        )],
    )
    .await;
}

#[test]
fn messages_read_as_they_were_written() {
    let message = Message::Key("ctrl-p".parse().unwrap());
    let text = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message);
}
