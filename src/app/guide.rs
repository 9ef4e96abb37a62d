//! The founder's guide: one fix at a time, closed by the check itself.

use super::action::Action;
use super::effect::Effect;
use super::overlay::{Overlay, Reader};
use super::screen::Screen;
use super::select;
use super::state::{State, Words};
use super::update::{forms, go, look_at, work};
use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GuideScreen {
    /// The fix that is shown.
    pub current: Option<FindingKey>,
    /// Put off, in this sitting.
    pub skipped: Vec<FindingKey>,
    /// Turned green in this sitting.
    pub closed: Vec<FindingKey>,
    /// How many there were when the guide began.
    pub total: usize,
    /// Lines scrolled.
    pub scroll: usize,
}

/// Begins with the gravest fix, in the founder's words, and watches it.
pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    state.words = Words::Founder;
    let total = select::guide::todo(state).len();
    let effects = go(
        state,
        Screen::Guide(GuideScreen {
            total,
            ..GuideScreen::default()
        }),
    );
    if matches!(state.screen(), Some(Screen::Guide(guide)) if guide.current.is_some()) {
        return effects;
    }
    next(state)
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let current = select::selected_key(state);
    match (action, current) {
        (Action::Skip, Some(key)) => forms::skip(state, select::item_of(&key)),
        (Action::Brief, Some(key)) => {
            let lines = select::text::brief(state, &key);
            state.overlay = Some(Overlay::Reader(Reader {
                title: "brief for an engineer".to_owned(),
                lines,
                scroll: 0,
                file_name: format!("{}-brief.txt", key.check),
            }));
            Vec::new()
        }
        _ => work::act(state, action, None),
    }
}

/// Enter: the next fix once this one is green, else a closer look at it.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match state.screen() {
        Some(Screen::Guide(guide)) if select::guide::is_closed(guide) => next(state),
        _ => match select::selected_key(state) {
            Some(key) => look_at(state, key),
            None => Vec::new(),
        },
    }
}

/// The fix that is shown was put off: goes to the next.
pub(super) fn skipped(state: &mut State) -> Vec<Effect> {
    if let Some(Screen::Guide(guide)) = state.screens.last_mut()
        && let Some(key) = guide.current.clone()
    {
        guide.skipped.retain(|k| *k != key);
        guide.skipped.push(key);
    }
    next(state)
}

/// A row turned green: closes its fix.
pub(super) fn closed(state: &mut State, key: &FindingKey) {
    for screen in &mut state.screens {
        if let Screen::Guide(guide) = screen
            && !guide.closed.contains(key)
        {
            guide.closed.push(key.clone());
        }
    }
}

/// Shows the next fix and watches it.
fn next(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Guide(guide)) = state.screen() else {
        return Vec::new();
    };
    let key = select::guide::next(state, guide);
    if let Some(Screen::Guide(guide)) = state.screens.last_mut() {
        guide.current.clone_from(&key);
        guide.scroll = 0;
    }
    match key {
        Some(key) => work::start_watch(state, key),
        None => Vec::new(),
    }
}
