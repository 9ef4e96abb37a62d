//! One message in, the next state and the effects out. Nothing else changes a [`State`].

pub(super) mod act;
mod engine;
pub(super) mod forms;
pub(super) mod items;
mod keys;
mod mouse;
mod moving;
mod overlays;
mod session;
mod submit;
pub(super) mod work;

use jiff::{SignedDuration, Timestamp};

use super::state::{Exit, State, Tone};
use super::{Effect, Message};
use crate::app::attach;
use crate::app::home::Listing;
use crate::app::mail;
use crate::app::new_session;
use crate::app::rehearsal;
use crate::app::vigil;
use crate::model::event::EventBody;

/// A step back by more than this is a clock that was set.
const JUMP: SignedDuration = SignedDuration::from_mins(2);

/// Takes one message.
pub fn update(state: &mut State, message: Message, now: Timestamp) -> Vec<Effect> {
    let before = state.now;
    state.now = follow(before, now);
    expire_toasts(state);
    items::waivers_over(state, before);
    match message {
        Message::Key(key) => keys::press(state, key),
        Message::Paste(text) => keys::paste(state, &text),
        Message::Mouse(hit) => mouse::hit(state, &hit),
        Message::Resize(size) => {
            state.size = size;
            Vec::new()
        }
        Message::Focus(focused) => {
            state.focused = focused;
            Vec::new()
        }
        Message::Tick => {
            state.spinner = if super::select::pulse::spins(state) {
                state.spinner.wrapping_add(1)
            } else {
                0
            };
            Vec::new()
        }
        Message::Interrupt => leave(state, Exit::Interrupted),
        Message::SessionsListed(list) => {
            state.sessions = Listing::Ready(list);
            Vec::new()
        }
        Message::SessionsFailed(why) => {
            state.sessions = Listing::Failed(why);
            Vec::new()
        }
        Message::Discovered(step) => {
            new_session::discovered(state, step);
            Vec::new()
        }
        other => answered(state, other),
    }
}

/// Answers to effects.
fn answered(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::SessionOpened(file) => session::opened(state, *file, None),
        Message::SessionFailed { file, why } => session::failed(state, &file, &why),
        Message::RangeReady { control, session } => {
            session::opened(state, *session, Some(*control))
        }
        Message::RangeFailed(why) => {
            problem(state, format!("the practice range did not start: {why}"))
        }
        Message::Stored { ticket, events } => session::stored(state, ticket, events),
        Message::StoreFailed { ticket, why } => session::store_failed(state, ticket, why),
        Message::Merged(events) => session::merged(state, events),
        Message::Progress(step) => engine::progress(state, &step),
        Message::RunFailed(why) => engine::run_failed(state, &why),
        Message::Rehearsed(step) => rehearsal::progress(state, &step),
        Message::RehearsalFailed(why) => rehearsal::failed(state, why),
        Message::Brought { kind, result } => mail::brought(state, kind, result),
        Message::Looked { finding, next } => engine::looked(state, *finding, next),
        Message::Sighted { sight, next } => vigil::sighted(state, *sight, next),
        Message::VigilFailed(why) => vigil::failed(state, &why),
        Message::Sampled(samples) => {
            if let Some(opened) = &mut state.opened {
                opened.samples.clear();
                opened.keep(&samples);
            }
            Vec::new()
        }
        Message::WatchEnded(key) => engine::watch_ended(state, &key),
        Message::Mended { fault, result } => engine::mended(state, &fault, result),
        Message::Hashed { path, result } => attach::hashed(state, &path, result),
        Message::FilesLooked(list) => attach::looked(state, list),
        Message::Copied(Ok(way)) => good(state, format!("copied {way}")),
        Message::Copied(Err(why)) => problem(state, format!("not copied: {why}")),
        Message::Written(Ok(path)) => good(state, format!("written to {}", path.display())),
        Message::Written(Err(why)) => problem(state, format!("not written: {why}")),
        Message::VaultRead(vault) => {
            state.vault = *vault;
            Vec::new()
        }
        Message::VaultFailed(why) => {
            state.vault.busy = false;
            state.vault.problem = Some(why.clone());
            problem(state, why)
        }
        Message::CredentialTested { name, result } => {
            state.vault.busy = false;
            if let Some(known) = state.vault.credentials.iter_mut().find(|c| c.name == name) {
                known.tested = Some(result);
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

pub(super) use act::{choose_one_of, go, look_at, practise};
pub(super) use session::{close, open_file};
pub(super) use submit::{keep_answer, moment};

/// Hands entries to the store. They show on the screen once they are in the file.
pub(super) fn append(state: &mut State, bodies: Vec<EventBody>) -> Vec<Effect> {
    session::append(state, bodies)
}

/// Says that something went well.
pub(super) fn good(state: &mut State, text: impl Into<String>) -> Vec<Effect> {
    state.toast(Tone::Good, text);
    Vec::new()
}

/// Says why a key does nothing now.
pub(super) fn refused(state: &mut State, text: impl Into<String>) -> Vec<Effect> {
    state.toast(Tone::Refused, text);
    Vec::new()
}

/// Says that something went wrong.
pub(super) fn problem(state: &mut State, text: impl Into<String>) -> Vec<Effect> {
    state.toast(Tone::Problem, text);
    Vec::new()
}

/// Leaves, once everything is written; asked a second time, at once.
pub(super) fn leave(state: &mut State, exit: Exit) -> Vec<Effect> {
    state.leaving = Some(exit);
    vec![Effect::Quit(exit)]
}

/// The clock of the computer, which may jump: a small step back is not followed, so that no time on the screen runs
/// backwards; a large one means that somebody set the clock right.
fn follow(before: Timestamp, now: Timestamp) -> Timestamp {
    let back = before.duration_since(now);
    if back > JUMP { now } else { now.max(before) }
}

fn expire_toasts(state: &mut State) {
    let now = state.now;
    state
        .toasts
        .retain(|toast| (0..toast.stays()).contains(&now.duration_since(toast.at).as_secs()));
}
