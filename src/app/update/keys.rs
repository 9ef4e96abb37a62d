//! From a key to what it does: the overlay first, then the screen, then everywhere; in a text, to the text.

use super::super::action::Action;
use super::super::enabled::enabled;
use super::super::key::{Code, Key};
use super::super::overlay::{FieldKind, Overlay};
use super::super::screen::Screen;
use super::super::state::{Exit, State};
use super::super::{Effect, mail, new_session, select};
use super::{act, leave, overlays, refused};

/// Takes a key.
pub(super) fn press(state: &mut State, key: Key) -> Vec<Effect> {
    if key == Key::ctrl('c') {
        return leave(state, Exit::Interrupted);
    }
    let context = select::context(state);
    let action = state.keymap.action(context, key);
    match action {
        Some(action) if !is_texts_own(state, action) => perform(state, action, Some(key)),
        _ if context.is_text() => {
            type_key(state, key);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Does an action, or says why not.
pub(super) fn perform(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    if state.overlay.is_some() {
        return overlays::act(state, action, key);
    }
    match enabled(state, action) {
        Ok(()) => act::act(state, action, key),
        Err(reason) => refused(state, reason.0),
    }
}

/// Takes pasted text: into the text that is being typed, and nowhere else.
pub(super) fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if !select::context(state).is_text() {
        return refused(state, "nothing takes text here");
    }
    if let Some(Overlay::Form(form)) = &mut state.overlay
        && mail::takes(form, text)
    {
        return Vec::new();
    }
    if let Some(input) = focused(state) {
        input.paste(text);
    }
    typed(state);
    Vec::new()
}

fn type_key(state: &mut State, key: Key) {
    if key.code == Code::Right && complete(state) {
        return;
    }
    let edited = focused(state).is_some_and(|input| input.press(key));
    if edited {
        typed(state);
    }
}

/// At the end of a text, right takes what is known to follow.
fn complete(state: &mut State) -> bool {
    let Some(Overlay::Form(form)) = &mut state.overlay else {
        return false;
    };
    let focus = form.focus;
    let Some(field) = form.fields.get_mut(focus) else {
        return false;
    };
    let Some(rest) = field.completion().map(str::to_owned) else {
        return false;
    };
    if let Some(input) = field.input_mut() {
        input.paste(&rest);
    }
    field.problem = None;
    true
}

/// Left and right move the cursor in a text field, and choose in a field of choices.
fn is_texts_own(state: &State, action: Action) -> bool {
    let Some(Overlay::Form(form)) = &state.overlay else {
        return false;
    };
    let in_choice = form
        .fields
        .get(form.focus)
        .is_some_and(|f| matches!(f.kind, FieldKind::Choice { .. }));
    matches!(action, Action::NextChoice | Action::PreviousChoice) && !in_choice
}

/// The text that is being typed.
fn focused(state: &mut State) -> Option<&mut super::super::input::Input> {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => return Some(&mut palette.input),
        Some(Overlay::Form(form)) => {
            let focus = form.focus;
            return form.fields.get_mut(focus)?.input_mut();
        }
        Some(_) => return None,
        None => {}
    }
    let screen = state.screens.last_mut()?;
    if let Screen::NewSession(new) = screen {
        return new.input_mut();
    }
    screen
        .filter_mut()
        .filter(|f| f.editing)
        .map(|f| &mut f.input)
}

/// What follows from a changed text at once.
fn typed(state: &mut State) {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected = 0,
        Some(Overlay::Form(form)) => {
            let focus = form.focus;
            if let Some(field) = form.fields.get_mut(focus) {
                field.problem = None;
            }
        }
        Some(_) => {}
        None => {
            if let Some(Screen::NewSession(new)) = state.screens.last_mut() {
                new_session::typed(new);
            }
        }
    }
}
